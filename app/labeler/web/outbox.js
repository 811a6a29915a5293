/* What a person has said and the server has not yet acknowledged: kept in this browser, sent in
   order, sent again until it arrives. An answer leaves only when the server has taken it or has
   said why it cannot. */

const PATIENCE_MS = [500, 1000, 2000, 4000, 8000];

class Outbox {
  /* `deliver(item)` returns the server's answer; `on` hears {sent, refused, waiting}. */
  constructor(deliver, on) {
    this.deliver = deliver;
    this.on = on;
    this.items = [];
    this.isSending = false;
  }

  /* Take up what an earlier page of the same person has left. */
  open(person) {
    this.key = `lpr-outbox ${person}`;
    this.items = [...JSON.parse(localStorage.getItem(this.key) ?? "[]"), ...this.items];
    this.send();
  }

  push(item) {
    this.items.push(item);
    this.keep();
    this.send();
  }

  /* Take back the newest item, unless it is on its way already. */
  takeBack() {
    if (this.items.length - (this.isSending ? 1 : 0) < 1) return null;
    const item = this.items.pop();
    this.keep();
    return item;
  }

  keep() {
    this.items.length
      ? localStorage.setItem(this.key, JSON.stringify(this.items))
      : localStorage.removeItem(this.key);
  }

  async send() {
    if (this.isSending) return;
    this.isSending = true;
    for (let failures = 0; this.items.length;) {
      const item = this.items[0];
      const answer = await this.deliver(item);
      if (answer.away || answer.again) {
        this.on.waiting(answer.error);
        const place = Math.min(failures++, PATIENCE_MS.length - 1);
        await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS[place]));
        continue;
      }
      failures = 0;
      this.items.shift();
      this.keep();
      this.on.waiting("");
      answer.error ? this.on.refused(item, answer) : this.on.sent(item, answer);
    }
    this.isSending = false;
  }
}
