/* One plate on the sheet: its picture, the text to edit, a chip for each symbol read.
   Knows neither server nor neighbours; it tells the sheet what a person wants. */

class PlateCard {
  constructor(sheet, data) {
    this.sheet = sheet;
    this.data = data;
    this.lastSave = Promise.resolve();
    this.element = make("li", { class: "card", tabindex: "-1", "data-id": data.id });
    this.build();
    this.show(data);
  }

  get isChecked() { return this.state === "saving" || (this.state === "saved" && !this.isEdited); }
  get isEdited() { return this.typed !== this.standing; }
  get typed() { return this.input.value.trim().toUpperCase(); }
  get standing() { return this.data.text || this.data.read?.text || ""; }

  build() {
    const { data } = this;
    this.input = make("input", {
      class: "plate-text", type: "text", maxlength: "24", spellcheck: "false",
      autocomplete: "off", autocapitalize: "characters", enterkeyhint: "next",
      "aria-label": `Plate text of ${data.name}`,
    });
    this.chips = make("div", {
      class: "chips", role: "group", "aria-label": "What the reader saw, symbol by symbol",
    });
    this.chipRow = make("div", { class: "chip-row" }, this.chips);
    this.badge = make("span", { class: "badge" });
    this.facts = make("span", { class: "facts" });
    this.restoreButton = this.button("Restore", "Esc", () => this.restore(), "quiet");
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    const name = make("span", { class: "name", title: data.name }, data.name);
    this.element.append(
      make("figure", { class: "picture" }, make("img", {
        src: `picture/${data.id}`, width: data.width, height: data.height,
        alt: `Picture ${data.name}`, decoding: "async",
      })),
      make("div", { class: "work" },
        make("div", { class: "head" }, name, this.restoreButton, this.badge),
        make("div", { class: "plate" }, this.input),
        this.chipRow,
        make("div", { class: "actions" },
          this.button("Save", "Enter", () => this.accept(), "primary"),
          this.button("Unreadable", "U", () => this.reject("unreadable")),
          this.button("Not a plate", "N", () => this.reject("not_a_plate"))),
        this.problem,
        this.facts),
    );
    this.input.addEventListener("input", () => {
      if (this.problem.textContent === WRITE_TEXT) this.setState(this.state);
      else this.noteEdit();
    });
    this.input.addEventListener("keydown", (event) => this.handleTyping(event));
    this.element.addEventListener("focusin", () => this.sheet.setCurrent(this));
  }

  button(label, key, action, kind = "") {
    const look = { type: "button", class: `action ${kind}` };
    const node = make("button", look, label, make("kbd", {}, key));
    node.addEventListener("click", action);
    return node;
  }

  /* Take over what the server says, but never over what is being typed. */
  show(data) {
    const untouched = !this.isEdited || !this.state;
    this.data = data;
    this.input.placeholder = data.read?.note ?? "";
    if (untouched) this.input.value = this.standing;
    this.showChips();
    this.showFacts();
    this.setState(data.mark === "unchecked" ? "waiting" : "saved");
  }

  showChips() {
    const slots = this.data.read?.slots ?? [];
    this.element.style.setProperty("--symbols", Math.max(slots.length, this.standing.length, 7));
    this.chips.replaceChildren(...slots.map((slot, place) => this.chip(slot, place)));
  }

  chip(slot, place) {
    const { symbol, level } = slot;
    const chance = percent(slot.probability);
    const node = make("button", {
      type: "button", class: `chip ${level}`, tabindex: place ? "-1" : "0",
      "aria-haspopup": "listbox", "aria-expanded": "false",
      "aria-label": `Symbol ${place + 1}: ${symbol}, ${chance}, ${LEVEL_NAMES[level]}`,
    }, make("b", {}, symbol), make("small", {}, chance));
    node.addEventListener("click", () => this.sheet.options.open(this, node, slot, place));
    node.addEventListener("keydown", (event) => this.walkChips(event, place));
    return node;
  }

  walkChips(event, place) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) {
      this.chips.children[place + step]?.focus();
      event.preventDefault();
    } else if (event.key === "ArrowDown") {
      event.target.click();
      event.preventDefault();
      event.stopPropagation();
    }
  }

  showFacts() {
    const { read, author, mark } = this.data;
    const facts = [];
    if (read) facts.push(sureOf(read));
    if (read?.pattern) facts.push(read.pattern);
    if (mark === "corrected" && read) facts.push(read.is_readable ? `read as ${read.text}` : read.note);
    if (author) facts.push(`checked by ${author}`);
    this.facts.textContent = facts.join(" · ");
  }

  setState(state, problem = "") {
    this.state = state;
    this.problem.textContent = problem;
    this.problem.hidden = !problem;
    this.noteEdit();
  }

  refresh() {
    const edited = this.isEdited && ["waiting", "saved"].includes(this.state);
    const state = edited ? "edited" : this.state;
    this.element.dataset.state = state;
    this.element.dataset.mark = this.data.mark;
    this.badge.textContent = {
      waiting: "Not checked", edited: "Edited, not saved", saving: "Saving …", failed: "Not saved",
      saved: `✓ ${MARK_NAMES[this.data.mark]}, saved`,
    }[state];
    this.restoreButton.hidden = !this.isEdited || this.state === "saving";
  }

  noteEdit() {
    const read = this.data.read?.text ?? "";
    const { typed } = this;
    [...this.chips.children].forEach((chip, place) => {
      const changed = typed.length === read.length && typed[place] !== read[place];
      chip.classList.toggle("changed", changed);
    });
    this.refresh();
    this.sheet.refreshProgress();
  }

  handleTyping(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter") this.accept();
    else if (event.key === "Escape") this.isEdited ? this.restore() : this.element.focus();
    else if (event.altKey && event.key === "ArrowDown") this.openAtCaret();
    else if (event.key === "ArrowDown") this.sheet.step(this, 1);
    else if (event.key === "ArrowUp") this.sheet.step(this, -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  openAtCaret() {
    const last = this.chips.children.length - 1;
    this.chips.children[Math.min(this.input.selectionStart, last)]?.click();
  }

  restore() {
    this.input.value = this.standing;
    this.setState(this.data.mark === "unchecked" ? "waiting" : "saved");
    this.focusText();
  }

  replaceSymbol(place, symbol) {
    const text = this.typed.padEnd(place, " ");
    this.input.value = text.slice(0, place) + symbol + text.slice(place + 1);
    this.noteEdit();
  }

  accept() { this.typed ? this.save(this.typed, "correct") : this.askForText(); }
  askForText() {
    this.setState(this.state, WRITE_TEXT);
    this.input.focus();
  }
  reject(mark) { this.input.value = this.standing; this.save("", mark); }

  /* Save in the order of the keystrokes; the person is already at the next plate. */
  save(text, mark) {
    this.setState("saving");
    this.sheet.goOn(this);
    this.lastSave = this.lastSave.then(async () => {
      const card = await this.sheet.save(this.data.id, text, mark);
      if (card.error) return this.setState("failed", card.error);
      if (mark === "correct" && this.typed === text) this.input.value = card.text;
      this.data = card;
      this.showFacts();
      this.setState("saved");
      this.sheet.announce(`${card.text || card.name}: ${MARK_NAMES[card.mark]}, saved.`);
    });
  }

  /* Put the caret on the most doubtful symbol, so that typing replaces it. */
  focusText(options) {
    this.input.focus(options);
    const slots = this.data.read?.slots ?? [];
    const worst = slots.reduce((low, slot, place) =>
      slot.level !== "sure" && slot.probability < (slots[low]?.probability ?? 1) ? place : low, -1);
    const untouched = worst >= 0 && this.typed === this.data.read.text && !this.isChecked;
    if (untouched) this.input.setSelectionRange(worst, worst + 1);
    else this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  flash() {
    this.element.scrollIntoView({ block: "center", behavior: "smooth" });
    this.element.classList.remove("flash");
    void this.element.offsetWidth;
    this.element.classList.add("flash");
  }
}

/* The one list of alternatives, opened below a chip. */
class Options {
  constructor() {
    this.list = make("div", { class: "options", role: "listbox", tabindex: "-1", hidden: true });
    this.list.addEventListener("keydown", (event) => this.handleKey(event));
    document.addEventListener("pointerdown", (event) => {
      if (!this.list.contains(event.target) && !this.chip?.contains(event.target)) this.close();
    });
  }

  open(card, chip, slot, place) {
    if (this.chip === chip) return this.close();
    this.close();
    this.chip = chip;
    chip.setAttribute("aria-expanded", "true");
    this.list.setAttribute("aria-label", `Alternatives for symbol ${place + 1}`);
    this.list.replaceChildren(...slot.alternatives.map(([symbol, probability]) =>
      this.option(card, symbol, probability, place)));
    card.chipRow.append(this.list);
    this.list.hidden = false;
    const room = card.chipRow.clientWidth - this.list.offsetWidth;
    this.list.style.left = `${Math.max(0, Math.min(chip.offsetLeft, room))}px`;
    this.list.children[0]?.focus({ preventScroll: true });
    this.list.scrollIntoView({ block: "nearest" });
  }

  option(card, symbol, probability, place) {
    const node = make("button", {
      type: "button", class: "option", role: "option", tabindex: "-1",
      "aria-selected": String(card.typed[place] === symbol),
    },
    make("b", {}, symbol),
    make("i", { style: `--p:${probability}` }),
    make("small", {}, percent(probability)));
    node.addEventListener("click", () => {
      card.replaceSymbol(place, symbol);
      this.close();
      card.input.focus();
      card.input.setSelectionRange(place + 1, place + 1);
    });
    return node;
  }

  handleKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const options = [...this.list.children];
    const typed = options.find((node) => node.firstChild.textContent === event.key.toUpperCase());
    const { chip } = this;
    if (step) {
      const next = options.indexOf(document.activeElement) + step;
      options[(next + options.length) % options.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      this.close();
      chip.focus();
    } else if (typed) typed.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  close() {
    this.chip?.setAttribute("aria-expanded", "false");
    this.chip = null;
    this.list.hidden = true;
  }
}
