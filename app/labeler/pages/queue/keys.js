/* The queue's keys, buttons and choices, and its beginning. Stands on queue.js. */

const actions = {
  accept: () => answer("correct"),
  unreadable: () => answer("unreadable"),
  not_a_plate: () => answer("not_a_plate"),
  skip, undo, previous: lookBack,
  help: () => help.showModal(),
  look: () => stock.fill(),
};
for (const button of findAll("[data-do]")) {
  keepFocus(button);
  button.addEventListener("click", actions[button.dataset.do]);
}

plate.input.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const doubt = event.key === "Tab" ? plate.nextDoubt(event.shiftKey ? -1 : 1) : -1;
  if (event.key === "Enter") event.repeat || answer("correct");
  else if (event.key === "Escape") plate.isEdited ? plate.restore() : bench.focus();
  else if (event.key === "ArrowDown") plate.turn(1);
  else if (event.key === "ArrowUp") plate.turn(-1);
  else if (doubt >= 0) plate.select(doubt);
  else return;
  event.preventDefault();
  event.stopPropagation();
});

document.addEventListener("keydown", (event) => {
  if (!isShortcut(event) || event.repeat || help.open || !element.isConnected) return;
  const onControl = event.target.closest?.("button, a, summary");
  const keys = {
    Enter: !onControl && actions.accept,
    Escape: lookingBack > 0 && showFirst,
    ArrowLeft: () => plate.select(plate.slot - 1),
    ArrowRight: () => plate.select(plate.slot + 1),
    1: () => plate.takeOther(0), 2: () => plate.takeOther(1), 3: () => plate.takeOther(2),
    d: () => plate.select(Math.max(0, plate.nextDoubt(1, true))),
    e: () => { if (!lookingBack) plate.focus(); },
    g: () => find(".region").focus(),
    u: actions.unreadable, n: actions.not_a_plate, s: skip, z: undo, p: lookBack, "?": actions.help,
    "+": () => stage.zoomBy(ZOOM_STEP), "-": () => stage.zoomBy(1 / ZOOM_STEP),
    r: () => stage.rotate(90), 0: () => stage.neutral(),
  };
  const action = keys[keyName(event)];
  if (!action) return;
  event.preventDefault();
  action();
});

for (const kind of ["focusin", "focusout"]) bench.addEventListener(kind, () => setTimeout(showMode));
help.addEventListener("close", beginPlate);
find(".region").addEventListener("change", async () => {
  await readAs();
  document.activeElement === find(".region") && (isTouch() || plate.focus());
});

const outside = find(".begin-outside");
outside.checked = localStorage.getItem("lpr-begin-outside") === "yes";
outside.addEventListener("change", () => (
  localStorage.setItem("lpr-begin-outside", outside.checked ? "yes" : "no")));

const author = find(".author");
author.value = ownName();
author.addEventListener("change", () => {
  localStorage.setItem("lpr-author", author.value.trim());
  stock.exchange();
});

/* --- begin */

fillSelect(find(".region"), [["Any region", ""], ...props.regions], "");
fillSelect(find(".only-region"), [["Any region", ""], ...props.regions], address.get("region") ?? "");

for (const [name, selector] of [["project", ".project"], ["order", ".order"], ["region", ".only-region"]]) {
  find(selector).addEventListener("change", () => {
    address.set(name, find(selector).value);
    history.replaceState(history.state, "", `?${address}`);
    stock.exchange();
  });
}

window.addEventListener("beforeunload", (event) => {
  rememberTyped();
  if (outbox.items.length || stock.first?.typed) event.preventDefault();
});

(async () => {
  const desk = await ask(server.open_queue);
  if (desk.error) return showBanner(desk.error);
  find(".alone").hidden = !desk.alone;
  fillSelect(find(".project"), desk.projects, address.get("project") ?? "1");
  if (address.get("order")) find(".order").value = address.get("order");
  outbox.open(desk.name);
  await stock.start();
  element.classList.add("ready");
})();
