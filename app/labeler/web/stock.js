/* The plates that were handed to this person: the first lies on the desk, the others are ready, with
   their pictures, before they are needed. Leases are renewed while somebody works. */

const STOCK_SIZE = 3;
const POLL_MS = 15_000;
const RENEW_MS = 60_000;
const RENEW_BELOW_SECONDS = 360;
const BUSY_MS = 300_000;

class Stock {
  /* `wanted()` gives project, order and region; `on` hears {first, lost, progress}. */
  constructor(wanted, on) {
    this.wanted = wanted;
    this.on = on;
    this.tasks = [];
    this.answered = new Set();
    this.lastSign = Date.now();
    setInterval(() => this.poll(), POLL_MS);
    setInterval(() => this.renew(), RENEW_MS);
    document.addEventListener("visibilitychange", () => document.hidden || this.comeBack());
    for (const sign of ["keydown", "pointerdown"]) {
      document.addEventListener(sign, () => this.noteSign(), { capture: true });
    }
  }

  get first() { return this.tasks[0] ?? null; }

  /* What an answer to any call brings along: plates to come, and how far the work is. */
  take({ tasks = [], progress }) {
    const before = this.first;
    const known = new Set(this.tasks.map((task) => task.assignment_id));
    for (const task of tasks) {
      if (known.has(task.assignment_id) || this.answered.has(task.assignment_id)) continue;
      this.tasks.push(this.prepare(task));
    }
    if (progress) this.on.progress(progress);
    if (!before && this.first) this.on.first();
  }

  prepare(task) {
    const image = make("img", {
      src: `picture/${task.id}`, width: task.width, height: task.height, alt: `Picture ${task.name}`,
      draggable: "false",
    });
    image.decode().catch(() => {}); // a broken picture shows its alternative text
    return { ...task, image, until: Date.now() + 1000 * task.seconds_left };
  }

  /* The plate on the desk is done; the next one lies there at once. */
  next() {
    const task = this.tasks.shift();
    if (task) this.answered.add(task.assignment_id);
    return task;
  }

  /* Lay a plate back on the desk, before all others. */
  putFirst(task) {
    this.answered.delete(task.assignment_id);
    this.tasks = this.tasks.filter((other) => other.assignment_id !== task.assignment_id);
    this.tasks.unshift(task.image ? task : this.prepare(task));
    this.on.first();
  }

  drop(assignmentId) {
    const task = this.tasks.find((other) => other.assignment_id === assignmentId);
    const wasFirst = task && task === this.first;
    this.tasks = this.tasks.filter((other) => other !== task);
    if (task) this.on.lost(task, wasFirst);
    if (wasFirst) this.on.first();
  }

  async fill() {
    const answer = await ask(server.next_plates, { ...this.wanted(), count: STOCK_SIZE });
    this.on.failed(answer.error ?? "");
    if (!answer.error) this.take(answer);
  }

  async start() {
    await this.fill();
    if (!this.first) this.on.first();
  }

  /* Other plates are wanted: those on the desk go back. */
  async exchange() {
    await ask(server.release, {});
    this.tasks = [];
    await this.start();
  }

  poll() { if (!document.hidden && this.tasks.length < STOCK_SIZE) this.fill(); }

  noteSign() {
    const wasAway = Date.now() - this.lastSign > BUSY_MS;
    this.lastSign = Date.now();
    if (wasAway) this.comeBack();
  }

  renew() {
    const isBusy = Date.now() - this.lastSign < BUSY_MS;
    const soon = Date.now() + 1000 * RENEW_BELOW_SECONDS;
    if (isBusy && this.tasks.some((task) => task.until < soon)) return this.comeBack();
  }

  /* Ask whether the plates here are still ours, and keep them so. */
  async comeBack() {
    if (!this.tasks.length) return;
    const ids = this.tasks.map((task) => task.assignment_id);
    const { kept = {}, lost = [] } = await ask(server.renew, { assignment_ids: ids });
    for (const task of this.tasks) {
      const seconds = kept[task.assignment_id];
      if (seconds) task.until = Date.now() + 1000 * seconds;
    }
    lost.forEach((id) => this.drop(id));
    if (lost.length) this.fill();
  }
}
