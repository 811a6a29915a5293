/* The sheet of plates: takes pictures in, leads from plate to plate, saves.
   Stands on kit.js and plate_card.js. */

const UPLOADS_AT_ONCE = 3;
const READ_AGAIN_AT_ONCE = 20;
const query = new URLSearchParams(location.search);

const sheet = {
  cards: [],
  current: null,
  options: new Options(),

  setCurrent(card) {
    this.current?.element.classList.remove("current");
    this.current = card;
    card.element.classList.add("current");
  },

  async save(id, text, mark) {
    const author = find(".author").value.trim();
    return ask(server.correct, { picture_id: id, text, mark, author });
  },

  /* Lead to the next plate that nobody has checked, here or on the server; else all is done. */
  async goOn(card) {
    const typing = document.activeElement !== card.element;
    const next = this.findNext(card) ?? (await this.fetchWaiting(), this.findNext(card));
    if (!card.element.contains(document.activeElement)) return; // gone elsewhere meanwhile
    if (!next) return find(".progress").focus();
    const still = { preventScroll: true };
    typing ? next.focusText(still) : next.element.focus(still);
    next.element.scrollIntoView({ block: "nearest", behavior: "smooth" });
  },

  findNext(card) {
    const place = this.cards.indexOf(card);
    const others = [...this.cards.slice(place + 1), ...this.cards.slice(0, place)];
    return others.find((other) => !other.isChecked);
  },

  /* Show the plates that nobody has checked yet, or the one that the address asks for. */
  async fetchWaiting() {
    const asked = { picture_id: query.get("plate") ?? "" };
    const { cards = [], alone = true, error } = await ask(server.waiting, asked);
    find(".alone").hidden = !alone; // an account has a name already
    const known = new Set(this.cards.map((card) => card.data.id));
    cards.filter((card) => !known.has(card.id)).forEach((card) => this.place(card));
    if (error) refuse("Waiting plates:", error);
  },

  /* Put the caret where the work begins, unless the person is busy or on a touch screen. */
  greet() {
    const busy = document.activeElement?.closest?.(".card, .tools");
    if (busy || !matchMedia("(hover: hover)").matches) return;
    const first = find(".pending, .card[data-state=waiting]");
    const card = this.cards.find((other) => other.element === first);
    card?.focusText({ preventScroll: true });
  },

  step(card, by) {
    const next = this.cards[this.cards.indexOf(card) + by];
    if (!next) return;
    document.activeElement === card.element ? next.element.focus() : next.focusText();
  },

  announce(sentence) { find(".spoken").textContent = sentence; },

  refreshProgress() {
    const done = this.cards.filter((card) => card.isChecked).length;
    const all = this.cards.length;
    element.classList.toggle("empty", all === 0 && !find(".pending, .refused"));
    find(".progress").hidden = all === 0;
    find(".bar i").style.width = `${all ? (100 * done) / all : 0}%`;
    find(".count").textContent = done < all ? `${done} of ${all} checked` : `All ${all} checked`;
  },

  /* Show a card the server sent in place of what stood for it. */
  place(card, stand) {
    const known = this.cards.find((other) => other.data.id === card.id);
    if (known) {
      stand?.remove();
      known.show(card);
      known.flash();
      return known;
    }
    const plate = new PlateCard(this, card);
    stand ? stand.replaceWith(plate.element) : find(".sheet").append(plate.element);
    this.cards.push(plate);
    const order = [...find(".sheet").children];
    this.cards.sort((one, two) => order.indexOf(one.element) - order.indexOf(two.element));
    this.refreshProgress();
    return plate;
  },
};

/* --- pictures in */

const unfinished = new Unfinished("sheet");

function refuse(name, sentence, stand) {
  const label = { type: "button", class: "action quiet", "aria-label": `Dismiss ${name}` };
  const close = make("button", label, "Dismiss");
  const words = make("span", {}, make("b", {}, name), " ", sentence);
  const note = make("li", { class: "refused", role: "alert" }, words, close);
  close.addEventListener("click", () => { note.remove(); sheet.refreshProgress(); });
  stand ? stand.replaceWith(note) : find(".sheet").append(note);
  sheet.refreshProgress();
}

function standIn(name) {
  const words = make("span", { class: "name" }, `Reading ${name} …`);
  const stand = make("li", { class: "pending" }, words);
  find(".sheet").append(stand);
  return stand;
}

async function readOne({ name, job }, stand) {
  const { cards, boxes = [], file, error } = await ask(job);
  if (error) return refuse(name, error, stand);
  let last = sheet.place(cards[0], stand).element;
  if (file && boxes.length) last.before(showPhoto(name, file, boxes));
  cards.slice(1).forEach((card) => {
    const place = make("li", {});
    last.after(place);
    last = sheet.place(card, place).element;
  });
  sheet.greet();
}

/* Show a photo with the places of its plates, numbered as their cards follow. */
function showPhoto(name, file, boxes) {
  const image = make("img", { src: URL.createObjectURL(file), alt: `Photo ${name}` });
  const frame = make("div", { class: "frame" }, image);
  boxes.forEach(([left, top, right, bottom], number) => {
    const box = make("b", { class: "box" }, boxes.length > 1 ? String(number + 1) : "");
    const edges = { left, top, width: right - left, height: bottom - top };
    Object.entries(edges).forEach(([edge, share]) => (box.style[edge] = `${100 * share}%`));
    frame.append(box);
  });
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  image.addEventListener("error", () => frame.parentElement.remove()); // a kind that no browser shows
  return make("li", { class: "photo" }, frame);
}

/* Read a list of {name, job}, some at a time, in their order on the page. */
async function readAll(jobs) {
  const waiting = jobs.map((job) => [job, standIn(job.name)]);
  sheet.refreshProgress();
  unfinished.begin(jobs.map((job) => job.name));
  const work = async () => {
    while (waiting.length) {
      const [job, stand] = waiting.shift();
      await readOne(job, stand).finally(() => unfinished.end(job.name));
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, work));
}

function uploadJob(file) {
  const name = file.name || "pasted picture.png";
  const job = async () => {
    if (file.size > props.max_bytes) {
      const [size, limit] = [file.size, props.max_bytes].map((bytes) => +(bytes / 1e6).toFixed(1));
      return { error: `The file has ${size} MB; at most ${limit} MB are taken.` };
    }
    const { path } = await upload(file);
    return { ...(await server.read_upload({ path, name, region: region.value })), file };
  };
  return { name, job };
}

const takeFiles = (files) => readAll([...files].map(uploadJob));
const takeSamples = () => readAll(props.samples.map((name) => (
  { name, job: () => server.read_sample({ name, region: region.value }) })));

find(".choose").addEventListener("click", () => find(".files").click());
find(".files").addEventListener("change", (event) => {
  takeFiles(event.target.files);
  event.target.value = "";
});
find(".drop").addEventListener("click", (event) => {
  event.target.closest(".try-samples") ? takeSamples() : find(".files").click();
});

document.addEventListener("paste", (event) => {
  if (event.clipboardData.files.length) {
    event.preventDefault();
    takeFiles(event.clipboardData.files);
  }
});
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  element.classList.add("dragging");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) element.classList.remove("dragging");
});
document.addEventListener("drop", (event) => {
  element.classList.remove("dragging");
  if (!carriesFiles(event)) return;
  event.preventDefault();
  takeFiles(event.dataTransfer.files);
});

/* --- region and name are remembered: the one in the address, the other in this browser */

const region = find(".region");
region.value = query.get("region") ?? "";
if (region.selectedIndex < 0) region.value = "";
region.addEventListener("change", async () => {
  region.value ? query.set("region", region.value) : query.delete("region");
  history.replaceState(history.state, "", `?${query}`.replace(/\?$/, location.pathname));
  const waiting = sheet.cards.filter((card) => !card.isChecked);
  while (waiting.length) {
    const some = waiting.splice(0, READ_AGAIN_AT_ONCE);
    const asked = { picture_ids: some.map((card) => card.data.id), region: region.value };
    const { cards = [], error } = await ask(server.read_again, asked);
    if (error) return refuse("Reading again:", error);
    cards.forEach((card, place) => some[place].show(card));
    sheet.announce(`${cards.length} plates read again.`);
  }
});

const author = find(".author");
author.value = localStorage.getItem("lpr-author") ?? "";
author.addEventListener("change", () => localStorage.setItem("lpr-author", author.value.trim()));

/* --- keys outside of text fields */

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !sheet.options.list.hidden) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const card = sheet.current;
  if (!card?.element.isConnected) return;
  const free = event.target === card.element || event.target === document.body;
  const keys = {
    u: () => card.reject("unreadable"),
    n: () => card.reject("not_a_plate"),
    e: () => card.focusText(),
    Enter: free && (() => card.accept()),
    ArrowDown: free && (() => sheet.step(card, 1)),
    ArrowUp: free && (() => sheet.step(card, -1)),
  };
  const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

window.addEventListener("beforeunload", (event) => {
  const isUnsaved = (card) => card.isEdited || ["saving", "failed"].includes(card.state);
  if (sheet.cards.some(isUnsaved)) event.preventDefault();
});

sheet.fetchWaiting().then(() => {
  const left = unfinished.tellLeft();
  if (left) refuse("Not taken in:", left);
  sheet.refreshProgress();
  element.classList.add("ready");
  sheet.greet();
});
