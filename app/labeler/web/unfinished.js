/* Files that a person has brought and the server has not taken yet. Leaving the page loses them: the
   browser asks before that; where it happens all the same, the next page says which they were. */

const MAX_TOLD = 8;

class Unfinished {
  constructor(place) {
    this.key = `lpr-unfinished ${place}`;
    this.names = [];
    window.addEventListener("beforeunload", (event) => {
      if (this.names.length) event.preventDefault();
    });
  }

  begin(names) { this.names.push(...names); this.keep(); }

  end(name) {
    const at = this.names.indexOf(name);
    if (at >= 0) this.names.splice(at, 1);
    this.keep();
  }

  keep() {
    try {
      this.names.length ? sessionStorage.setItem(this.key, JSON.stringify(this.names))
        : sessionStorage.removeItem(this.key);
    } catch (error) { console.warn(error); } // no room: the browser still asks
  }

  /* The sentence about what an earlier page has left, said once; empty where nothing is. */
  tellLeft() {
    const left = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    if (this.names.length || !left.length) return "";
    this.keep();
    const more = left.length > MAX_TOLD ? ` and ${left.length - MAX_TOLD} more` : "";
    return `The page was left before these were taken in; bring them again: ${left.slice(0, MAX_TOLD).join(", ")}${more}.`;
  }
}
