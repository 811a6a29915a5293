/* The page of past readings: what is looked for lives in the address.
   Runs as the body of gr.HTML's js_on_load: `element` and `server` are given. */

const PATIENCE_MS = 200;
const find = (selector) => element.querySelector(selector);
const address = new URLSearchParams(location.search);
let asked = 0;

async function show(page) {
  const turn = ++asked;
  const query = find(".query").value.trim();
  const mark = find(".mark").value || address.get("mark") || "";
  const found = (await server.find({ query, mark, page }).catch(() => null)) ?? {
    error: "The app does not answer. Is it still running?",
  };
  if (turn !== asked) return; // a later search has overtaken this one
  find(".found").setAttribute("aria-busy", "false");
  if (found.error) {
    find(".found").textContent = found.error;
    return;
  }
  find(".found").innerHTML = found.html;
  const choices = found.marks.map(([label, value]) => new Option(label, value, false, value === mark));
  find(".mark").replaceChildren(...choices);
  find(".pager").hidden = found.num_pages < 2;
  find(".place").textContent = found.place;
  find(".previous").disabled = found.page <= 1;
  find(".next").disabled = found.page >= found.num_pages;
  remember({ q: query, mark, page: found.page > 1 ? found.page : "" });
}

function remember(search) {
  for (const [name, value] of Object.entries(search)) {
    value ? address.set(name, value) : address.delete(name);
  }
  history.replaceState(history.state, "", location.pathname + (address.size ? `?${address}` : ""));
}

function turnPage(by) {
  show(Number(address.get("page") ?? 1) + by);
  scrollTo({ top: 0 });
}

let waiting;
find(".query").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => show(1), PATIENCE_MS);
});
find(".mark").addEventListener("change", () => {
  address.delete("mark");
  show(1);
});
find(".previous").addEventListener("click", () => turnPage(-1));
find(".next").addEventListener("click", () => turnPage(1));

find(".query").value = address.get("q") ?? "";
show(Number(address.get("page")) || 1);
