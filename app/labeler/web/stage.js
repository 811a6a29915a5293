/* The picture of one plate, to look at closely: zoom, contrast, brightness and rotation change
   nothing but the view. Contrast and brightness stay from plate to plate, the rest starts anew. */

const ZOOM_STEP = 1.5;
const MAX_ZOOM = 6;

class Stage {
  constructor(figure, tools) {
    this.figure = figure;
    this.name = make("span", { class: "name" });
    this.sliders = ["contrast", "brightness"].map((name) => this.slider(name));
    this.resetButton = this.button("Reset view", "", () => this.neutral(), "quiet");
    tools.append(
      this.button("−", "Smaller", () => this.zoomBy(1 / ZOOM_STEP)),
      this.button("+", "Larger", () => this.zoomBy(ZOOM_STEP)),
      this.button("↺", "Turn left", () => this.rotate(-90)),
      this.button("↻", "Turn right", () => this.rotate(90)),
      ...this.sliders.map((slider) => slider.parentElement), this.resetButton, this.name);
    figure.addEventListener("pointerdown", (event) => this.drag(event));
    this.neutral();
  }

  button(sign, label, action, kind = "") {
    const look = { type: "button", class: `action ${kind}`, "aria-label": label || null };
    const node = make("button", look, sign);
    keepFocus(node);
    node.addEventListener("click", action);
    return node;
  }

  slider(name) {
    const node = make("input", { type: "range", name, min: 40, max: 300, step: 10 });
    make("label", {}, name[0].toUpperCase() + name.slice(1), node);
    node.addEventListener("input", () => {
      this.light[name] = Number(node.value);
      this.draw();
    });
    return node;
  }

  get isNeutral() {
    const { contrast, brightness } = this.light;
    return this.zoom === 1 && this.degrees % 360 === 0 && contrast === 100 && brightness === 100;
  }

  /* Show a picture that has been fetched already: the old one makes room at once. */
  show(image, name) {
    this.image = image;
    this.name.textContent = this.name.title = name;
    this.figure.replaceChildren(image);
    this.reset();
    this.draw();
  }

  reset() {
    this.zoom = 1;
    this.degrees = 0;
    this.offset = { x: 0, y: 0 };
  }

  neutral() {
    this.light = { contrast: 100, brightness: 100 };
    this.reset();
    this.draw();
  }

  zoomBy(factor) {
    this.zoom = Math.min(MAX_ZOOM, Math.max(1, this.zoom * factor));
    if (this.zoom < 1.01) this.reset();
    this.draw();
  }

  rotate(degrees) {
    this.degrees += degrees;
    this.draw();
  }

  /* Bring a slot of the plate into the middle; only where there is something to see closer. */
  lookAt(place, numSlots) {
    if (!this.image || this.zoom === 1 || this.degrees % 360) return;
    const width = this.image.clientWidth;
    this.offset.x = width * this.zoom * (0.5 - (place + 0.5) / numSlots);
    this.draw();
  }

  drag(event) {
    if (this.zoom === 1) return;
    event.preventDefault(); // the focus stays where somebody types
    const from = { x: event.clientX - this.offset.x, y: event.clientY - this.offset.y };
    const move = ({ clientX, clientY }) => {
      this.offset = { x: clientX - from.x, y: clientY - from.y };
      this.draw();
    };
    const stop = new AbortController();
    const { signal } = stop;
    this.figure.setPointerCapture(event.pointerId);
    this.figure.addEventListener("pointermove", move, { signal });
    this.figure.addEventListener("pointerup", () => stop.abort(), { signal });
    this.figure.addEventListener("pointercancel", () => stop.abort(), { signal });
  }

  draw() {
    const { x, y } = this.offset;
    const { contrast, brightness } = this.light;
    for (const slider of this.sliders) slider.value = this.light[slider.name];
    this.resetButton.disabled = this.isNeutral;
    this.figure.classList.toggle("near", this.zoom > 1);
    if (!this.image) return;
    // On its side a wide picture must fit the height.
    const fit = this.degrees % 180 ? this.figure.clientHeight / this.image.clientWidth || 1 : 1;
    const scale = this.zoom * Math.min(1, fit);
    this.image.style.filter = `contrast(${contrast}%) brightness(${brightness}%)`;
    this.image.style.transform =
      `translate(${x}px, ${y}px) rotate(${this.degrees}deg) scale(${scale})`;
  }
}
