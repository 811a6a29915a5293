/* The review: two readings of one plate that differ, side by side. Stands on kit and stage. */

const bench = find(".bench");
const note = find(".note");
const address = new URLSearchParams(location.search);
const stage = new Stage(find(".stage"), find(".view-tools"));
let waiting = [];

const say = ({ text, mark }) => text || MARK_NAMES[mark];

const sayRead = (read) => (read.is_readable
  ? `The reader says ${read.text}, ${percent(read.confidence)} sure.` : `The reader saw ${read.note}.`);

function fetchPicture(dispute) {
  dispute.image ??= make("img", {
    src: `picture/${dispute.id}`, width: dispute.width, height: dispute.height,
    alt: `Picture ${dispute.name}`, draggable: "false",
  });
  return dispute.image;
}

function showSide(place, key, reading, other) {
  const words = reading.text ? markDifferences(reading.text, other.text) : [MARK_NAMES[reading.mark]];
  const side = find(`[data-do=${place}]`);
  side.replaceChildren(
    make("span", { class: "who" }, make("kbd", {}, key), ` ${reading.author || "Somebody"}`),
    make("span", { class: reading.text ? "reading" : "reading words" }, ...words));
  side.setAttribute("aria-label", `${reading.author || "Somebody"} is right: ${say(reading)}`);
}

function show() {
  const [dispute] = waiting;
  bench.dataset.state = dispute ? "open" : "empty";
  find(".left-to-settle").textContent = dispute ? `${count(waiting.length, "plate")} to settle` : "";
  note.textContent = "";
  if (!dispute) return;
  stage.show(fetchPicture(dispute), dispute.name);
  if (waiting[1]) fetchPicture(waiting[1]).decode().catch(() => {});
  showSide("first", "1", dispute.first, dispute.second);
  showSide("second", "2", dispute.second, dispute.first);
  find(".facts").textContent = dispute.read ? sayRead(dispute.read) : "";
  find(".own-text").value = "";
  if (!isTouch() && !document.activeElement?.closest?.(".tools, header")) {
    bench.focus({ preventScroll: true });
  }
}

async function settle(text, mark) {
  const [dispute] = waiting;
  if (!dispute || dispute.isSaving) return;
  dispute.isSaving = true;
  const answer = await ask(server.resolve, { picture_id: dispute.id, text, mark });
  dispute.isSaving = false;
  if (answer.error) {
    note.textContent = answer.error;
    return;
  }
  find(".spoken").textContent = `${text || MARK_NAMES[mark]} saved.`;
  waiting = waiting.filter((other) => other !== dispute);
  waiting.length ? show() : load();
}

async function load() {
  const answer = await ask(server.disputes, { project_id: Number(find(".project").value) });
  if (answer.error) {
    bench.dataset.state = "empty";
    find(".curtained h2").textContent = "This did not work";
    find(".curtained p").textContent = answer.error;
    return;
  }
  waiting = answer.disputes;
  show();
}

const side = (place) => () => waiting[0] && settle(waiting[0][place].text, waiting[0][place].mark);
const actions = {
  first: side("first"),
  second: side("second"),
  unreadable: () => settle("", "unreadable"),
  not_a_plate: () => settle("", "not_a_plate"),
  later: () => { waiting.push(waiting.shift()); show(); },
};
for (const button of findAll("[data-do]")) {
  button.addEventListener("click", actions[button.dataset.do]);
}
find(".third").addEventListener("submit", (event) => {
  event.preventDefault();
  settle(find(".own-text").value, "corrected");
});
find(".own-text").addEventListener("keydown", (event) => {
  if (event.key === "Escape") bench.focus();
});
document.addEventListener("keydown", (event) => {
  if (!isShortcut(event) || event.repeat || !waiting.length) return;
  const keys = {
    1: actions.first, 2: actions.second, u: actions.unreadable, n: actions.not_a_plate,
    s: actions.later, e: () => find(".own-text").focus(),
    "+": () => stage.zoomBy(ZOOM_STEP), "-": () => stage.zoomBy(1 / ZOOM_STEP),
    r: () => stage.rotate(90), 0: () => stage.neutral(),
  };
  const action = keys[keyName(event)];
  if (!action) return;
  event.preventDefault();
  action();
});
find(".project").addEventListener("change", () => {
  address.set("project", find(".project").value);
  history.replaceState(history.state, "", `?${address}`);
  load();
});

ask(server.review_projects).then(({ projects = [] }) => {
  fillSelect(find(".project"), projects, address.get("project") ?? "1");
  return load();
}).then(() => element.classList.add("ready"));
