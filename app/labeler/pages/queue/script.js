/* The queue: one plate at a time, by keyboard. The page answers at once; the outbox brings what was
   said to the server, the stock has the next plates ready. Stands on kit, stage, outbox, stock,
   plate_text and patterns. */

const bench = find(".bench");
const help = find(".help");
const address = new URLSearchParams(location.search);
const TRAIL_LENGTH = 6;
const MAX_SECONDS = 300;

const done = []; // what was said here, newest last: {task, text, mark}
let lookingBack = 0; // how many plates back; 0 is the one on the desk
let shown = null; // the task that lies on the desk or that is looked back at
let since = 0;

const stage = new Stage(find(".stage"), find(".view-tools"));
const plate = new PlateText(
  { input: find(".plate-text"), chips: find(".chips"), alternatives: find(".others") },
  { change: showNote, slot: (place, number) => stage.lookAt(place, number) },
);
const stock = new Stock(wanted, {
  first: showFirst, progress: showProgress, failed: showBanner, lost: tellLost,
});
const outbox = new Outbox(deliver, {
  sent: noteSent, refused: noteRefused, waiting: showBanner,
});

function wanted() {
  return {
    project_id: Number(find(".project").value || 1),
    order: find(".order").value,
    region: find(".only-region").value,
  };
}

/* --- one plate */

function showFirst() {
  lookingBack = 0;
  show(stock.first, stock.first?.typed);
  since = performance.now();
}

function show(task, typed) {
  shown = task;
  bench.dataset.state = task ? (lookingBack ? "back" : "open") : "empty";
  if (!task) return showNothing();
  stage.show(task.image, task.name);
  find(".region").value = task.read?.region ?? "";
  if (find(".region").selectedIndex < 0) find(".region").value = "";
  plate.show(task.read, typed);
  plate.input.readOnly = lookingBack > 0;
  showFacts();
  beginPlate();
}

function showFacts() {
  const { read } = shown;
  const facts = read ? [sureOf(read)] : ["Not read"];
  if (read?.pattern) facts.push(read.pattern);
  find(".facts").textContent = facts.join(" · ");
}

function showNothing() {
  const waits = outbox.items.length > 0;
  find(".curtained h2").textContent = waits ? "Sending what you said …" : "Nothing left to check";
  find(".curtained p").textContent = waits ? ""
    : "No plate waits for you here. New ones are shown as soon as they come.";
  if (bench.contains(document.activeElement)) find("[data-do=look]").focus();
}

/* Put the focus where the work is, unless the person is busy elsewhere on the page. */
function beginPlate() {
  const elsewhere = document.activeElement?.closest?.(".tools, .notices, dialog, .facts-side, header");
  const outside = lookingBack || find(".begin-outside").checked;
  if (elsewhere || isTouch()) return showMode();
  outside ? bench.focus({ preventScroll: true }) : plate.focus();
  showMode();
}

function showMode() {
  const typing = document.activeElement === plate.input && !lookingBack;
  bench.classList.toggle("typing", typing);
  const words = { true: "Typing. Esc for keys.", false: "Keys. E to edit, ? for all." };
  find(".mode").textContent = lookingBack
    ? `Looking back: ${lookingBack} of ${done.length}. ${lookingBack === 1 ? "Z takes it up again. " : ""}Esc goes on.`
    : words[typing];
}

function showNote(text) {
  const region = find(".region");
  const name = region.selectedOptions[0]?.label ?? "";
  const said = lookingBack ? MARK_NAMES[done.at(-lookingBack).mark] : "";
  const warning = said || patternWarning(text, region.value, name);
  find(".note").textContent = warning;
  bench.classList.toggle("edited", !lookingBack && plate.isEdited);
}

function refuse(sentence) {
  find(".note").textContent = sentence;
  plate.focus();
}

/* --- what a person says */

function answer(mark) {
  if (lookingBack || !stock.first) return;
  const text = mark === "correct" ? plate.text : "";
  if (mark === "correct" && !plate.isPlateText) {
    return refuse(text ? `A plate has only letters and digits, at most 16. Received: ${text}`
      : WRITE_TEXT);
  }
  const seconds = Math.min(MAX_SECONDS, (performance.now() - since) / 1000);
  const task = stock.next();
  const corrected = mark === "correct" && text !== (task.read?.text ?? "");
  done.push({ task, text, mark: corrected ? "corrected" : mark });
  say("answer", task, { mark, text, seconds: Math.round(seconds * 10) / 10 });
  showFirst();
  showTrail();
}

function skip() {
  if (lookingBack || !stock.first) return;
  say("skip", stock.next());
  showFirst();
}

/* Who says it is kept along: another name may stand there when it is sent. */
function say(call, task, data = {}) {
  const { assignment_id, name } = task ?? {};
  outbox.push({ call, name: name ?? "", data: { ...data, assignment_id, author: ownName() } });
}

/* Reopen the last answer: at once while it is still here, else the server gives it back. */
function undo() {
  lookingBack = 0;
  rememberTyped();
  const item = outbox.items.at(-1)?.call === "answer" ? outbox.takeBack() : null;
  if (item) return reopen(done.pop());
  say("undo");
}

function reopen({ task, text }, fresh = {}) {
  rememberTyped();
  stock.putFirst({ ...task, ...fresh, typed: text || undefined });
  find(".spoken").textContent = `${task.name} is open again.`;
  showTrail();
}

function rememberTyped() {
  if (stock.first && shown === stock.first && plate.isEdited) stock.first.typed = plate.text;
}

function lookBack() {
  if (lookingBack >= done.length) return;
  rememberTyped();
  lookingBack += 1;
  const { task, text } = done.at(-lookingBack);
  show(task, text || task.read?.text);
}

/* --- what the server answers */

function deliver({ call, data }) {
  return ask(server[call], { ...data, ...wanted(), count: STOCK_SIZE });
}

function noteSent(item, reply) {
  if (item.call === "answer") find(".spoken").textContent = `${item.data.text || item.name} saved.`;
  if (reply.reopened) {
    const at = done.findLastIndex(({ task }) => task.id === reply.reopened.id);
    const [was] = at < 0 ? [{ task: reply.reopened, text: "" }] : done.splice(at, 1);
    const { assignment_id, seconds_left } = reply.reopened;
    reopen(was, { assignment_id, until: Date.now() + 1000 * seconds_left });
  }
  stock.take(reply);
  showBanner(reply.note ?? "");
  if (!stock.first) showFirst();
}

/* The server would not take it: say so once, keep what was written, go on. */
function noteRefused(item, reply) {
  const words = item.data.text ? ` You had written ${item.data.text}.` : "";
  notice(`${item.name ? `${item.name}: ` : ""}${reply.error}${words}`);
  const at = done.findLastIndex(({ task }) => task.assignment_id === item.data.assignment_id);
  if (at >= 0) done.splice(at, 1);
  if (!reply.lost) stock.answered.delete(item.data.assignment_id); // still ours: it comes again
  showTrail();
  stock.fill();
}

function tellLost(task, wasFirst) {
  const typed = wasFirst && plate.isEdited ? plate.text : task.typed;
  if (wasFirst || typed) {
    notice(`${task.name} was given to somebody else, because nothing came from here for a while.`
      + (typed ? ` You had written ${typed}.` : ""));
  }
}

function notice(sentence) {
  const close = make("button", { type: "button", class: "action quiet" }, "Dismiss");
  const note = make("li", { role: "alert" }, make("span", {}, sentence), close);
  close.addEventListener("click", () => { note.remove(); beginPlate(); });
  find(".notices").append(note);
}

function showBanner(sentence) {
  const banner = find(".banner");
  const held = outbox.items.length;
  banner.hidden = !sentence;
  banner.textContent = sentence && held
    ? `${sentence} ${count(held, "answer")} kept here and sent again by ${held === 1 ? "itself" : "themselves"}.`
    : sentence;
}

function showProgress({ done_today, left, median_seconds }) {
  const waiting = outbox.items.filter(({ call }) => call === "answer").length;
  find(".done").textContent = (done_today + waiting).toLocaleString("en");
  find(".left").textContent = Math.max(0, left - waiting).toLocaleString("en");
  find(".pace").textContent = median_seconds == null ? "–" : `${median_seconds.toFixed(1)} s`;
}

function showTrail() {
  find(".trail").replaceChildren(...done.slice(-TRAIL_LENGTH).reverse().map(({ task, text, mark }) => (
    make("li", { class: mark }, make("b", {}, text || task.read?.text || "–"), ` ${MARK_NAMES[mark]}`))));
}

/* --- region: of this plate, and of those that are wanted */

async function readAs() {
  const task = shown;
  const reply = await ask(server.read_as, { picture_id: task.id, region: find(".region").value });
  if (reply.error) return task === shown && refuse(reply.error);
  task.read = reply.read;
  if (task !== shown) return;
  plate.show(task.read, plate.isEdited ? plate.text : undefined);
  showFacts();
  find(".spoken").textContent = `Read again: ${readText(task.read)}`;
}
