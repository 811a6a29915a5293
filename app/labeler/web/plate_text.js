/* The text of one plate, with a chip for each symbol that was read, and the alternatives of the
   symbol at the caret. Knows no server: `on` hears {change, slot}. */

const NUM_ALTERNATIVES = 3;
const SEPARATORS = /[\s·.:_-]/g;
const PLATE_TEXT = /^[\p{L}\p{Nd}]{1,16}$/u;

class PlateText {
  constructor({ input, chips, alternatives }, on) {
    Object.assign(this, { input, chips, alternatives, on, slot: 0, slots: [] });
    input.addEventListener("input", () => this.noteChange());
    document.addEventListener("selectionchange", () => {
      if (document.activeElement === input) this.setSlot(input.selectionStart);
    });
  }

  get text() { return this.input.value.replace(SEPARATORS, "").toUpperCase(); }
  get read() { return this.slots.map((slot) => slot.symbol).join(""); }
  get isEdited() { return this.text !== this.read; }
  get isPlateText() { return PLATE_TEXT.test(this.text); }

  /* Without a readable text there are no slots; its note stands in the empty field. */
  show(read, typed) {
    const slots = read?.slots ?? [];
    this.slots = slots;
    this.input.placeholder = read?.note ?? "";
    this.input.value = typed ?? this.read;
    this.input.parentElement.style.setProperty("--symbols", Math.max(slots.length, 7));
    this.chips.style.setProperty("--symbols", Math.max(slots.length, 7));
    this.chips.replaceChildren(...slots.map((slot, place) => this.chip(slot, place)));
    this.slot = -1;
    this.setSlot(this.worst());
    this.noteChange();
  }

  chip({ symbol, level, probability }, place) {
    const chance = percent(probability);
    const node = make("button", {
      type: "button", class: `chip ${level}`, tabindex: "-1",
      "aria-label": `Symbol ${place + 1}: ${symbol}, ${chance}, ${LEVEL_NAMES[level]}`,
    }, make("b", {}, symbol), make("small", {}, chance));
    keepFocus(node);
    node.addEventListener("click", () => this.select(place));
    return node;
  }

  setSlot(place) {
    const slot = Math.max(0, Math.min(place, this.slots.length - 1));
    if (slot === this.slot) return;
    this.slot = slot;
    [...this.chips.children].forEach((chip, at) => chip.classList.toggle("here", at === slot));
    this.showAlternatives();
    this.on.slot(slot, Math.max(1, this.slots.length));
  }

  /* The three best symbols beside the one that was read. */
  get others() {
    return (this.slots[this.slot]?.alternatives ?? []).slice(1, NUM_ALTERNATIVES + 1);
  }

  showAlternatives() {
    const others = this.others.map(([symbol, probability], place) => {
      const node = make("button", {
        type: "button", class: "action other", tabindex: "-1",
        "aria-label": `Take ${symbol} for symbol ${this.slot + 1}, ${percent(probability)}`,
      }, make("kbd", {}, String(place + 1)), make("b", {}, symbol),
      make("small", {}, percent(probability)));
      keepFocus(node);
      node.addEventListener("click", () => this.takeOther(place));
      return node;
    });
    const label = this.slots.length ? `Instead of ${this.slots[this.slot].symbol}` : "";
    this.alternatives.replaceChildren(make("span", { class: "label" }, label), ...others);
  }

  takeOther(place) {
    const symbol = this.others[place]?.[0];
    if (symbol) this.write(symbol);
  }

  /* Go up or down the list of the symbol at the caret: what was read, then the others. */
  turn(by) {
    const list = [this.slots[this.slot]?.symbol, ...this.others.map(([symbol]) => symbol)];
    const at = list.indexOf(this.text[this.slot]);
    const symbol = list[(Math.max(at, 0) + by + list.length) % list.length];
    if (symbol) this.write(symbol);
  }

  write(symbol) {
    const text = this.text.padEnd(this.slot, " ");
    this.input.value = text.slice(0, this.slot) + symbol + text.slice(this.slot + 1);
    this.select(this.slot);
    this.noteChange();
  }

  restore() {
    this.input.value = this.read;
    this.select(this.worst());
    this.noteChange();
  }

  noteChange() {
    const { text } = this;
    const isSameLength = text.length === this.slots.length;
    [...this.chips.children].forEach((chip, place) => {
      chip.classList.toggle("changed", isSameLength && text[place] !== this.slots[place].symbol);
    });
    this.on.change(text);
  }

  /* Mark a symbol, so that typing replaces it; the focus stays where it is. */
  select(place) {
    this.setSlot(place);
    if (document.activeElement === this.input) {
      this.input.setSelectionRange(this.slot, this.slot + 1);
    }
  }

  focus() {
    this.input.focus({ preventScroll: true });
    if (this.slot < this.text.length) this.input.setSelectionRange(this.slot, this.slot + 1);
    else this.input.setSelectionRange(this.text.length, this.text.length);
  }

  /* The slot to look at first: the least probable that is not sure; without one the end. */
  worst() {
    const unsure = this.slots.filter((slot) => slot.level !== "sure");
    if (!unsure.length) return Math.max(0, this.slots.length - 1);
    const least = Math.min(...unsure.map((slot) => slot.probability));
    return this.slots.findIndex((slot) => slot.level !== "sure" && slot.probability === least);
  }

  /* The next slot that is not sure, on this side; -1 without one. */
  nextDoubt(by, around = false) {
    const isDoubt = (slot) => slot.level !== "sure";
    const places = this.slots.flatMap((slot, place) => (isDoubt(slot) ? [place] : []));
    const on = by > 0 ? places.find((place) => place > this.slot)
      : places.findLast((place) => place < this.slot);
    return on ?? (around ? places.at(by > 0 ? 0 : -1) : undefined) ?? -1;
  }
}
