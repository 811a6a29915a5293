/* What the scripts of all pages stand on. Each page's script runs as the body of gr.HTML's
   js_on_load, with this file before it: `element`, `props`, `server` and `upload` are given. */

const MARK_NAMES = {
  unchecked: "Not checked",
  correct: "Correct",
  corrected: "Corrected",
  unreadable: "Unreadable",
  not_a_plate: "Not a plate",
};
const LEVEL_NAMES = { sure: "sure", unsure: "not quite sure", doubtful: "doubtful" };
const NO_ANSWER = "The app does not answer. Is it still running?";
const SIGNED_OUT = "You are signed out. Sign in again in another tab; what you did is kept here.";

const find = (selector) => element.querySelector(selector);
const findAll = (selector) => [...element.querySelectorAll(selector)];

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/* Round, but never to a certainty that nobody claims. */
function percent(probability) {
  if (probability > 0 && probability < 0.005) return "<1%";
  return `${probability < 1 ? Math.min(Math.round(probability * 100), 99) : 100}%`;
}

/* What may be shown of a reading: its text, or the sentence that stands in its place. */
const readText = (read) => (read.is_readable ? read.text : read.note);
/* How sure the reader is, for the line of facts. */
const sureOf = (read) => (read.is_readable ? `${percent(read.confidence)} sure of the whole plate`
  : `Too unsure to suggest a text (${percent(read.confidence)})`);
const WRITE_TEXT = "Write the text, or say that the plate is unreadable.";

const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/* The name that a person without an account goes by; remembered in this browser. */
const ownName = () => (localStorage.getItem("lpr-author") ?? "").trim();

/* Ask the server; the answer may be {error: sentence}, never an exception. A server that is gone
   answers undefined (Gradio's client keeps the failure to itself) or an exception: `away`. */
async function ask(call, data = {}) {
  const problem = (error) => void console.warn(error);
  const answer = await call({ author: ownName(), ...data }).catch(problem);
  if (answer) return answer;
  return { error: (await isSignedOut()) ? SIGNED_OUT : NO_ANSWER, away: true };
}

async function isSignedOut() {
  const page = await fetch(location.href, { method: "HEAD", redirect: "manual" }).catch(() => null);
  return page !== null && (page.type === "opaqueredirect" || page.status === 401);
}

/* Do not let a click take the focus from the text that somebody is typing. */
function keepFocus(...nodes) {
  nodes.forEach((node) => node.addEventListener("mousedown", (event) => event.preventDefault()));
}

/* Whether a key is meant as a shortcut: not while typing, choosing or reading a dialog, and never
   together with Ctrl, Alt or Meta, which belong to the browser. */
function isShortcut(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  return !event.target.closest?.("input, textarea, select, dialog, [contenteditable], .options");
}

/* The name of a key as tables of shortcuts have it: letters lower case. */
const keyName = (event) => (event.key.length === 1 ? event.key.toLowerCase() : event.key);

const isTouch = () => !matchMedia("(hover: hover)").matches;

/* Letters that changed between two texts: same, gone or new, place by place where the lengths are
   equal; the server does the same for the history. */
function markDifferences(text, other) {
  return [...text].map((symbol, place) => (
    make(text.length === other.length && symbol === other[place] ? "span" : "mark", {}, symbol)));
}

/* Fill a select with [label, value] pairs or with groups of them: [group, pairs]. */
function fillSelect(select, choices, value = select.value) {
  const option = ([label, code]) => new Option(label, code);
  select.replaceChildren(...choices.map((choice) => {
    if (!Array.isArray(choice[1])) return option(choice);
    if (!choice[0]) return make("optgroup", { label: "Countries" }, ...choice[1].map(option));
    return make("optgroup", { label: choice[0] }, ...choice[1].map(option));
  }));
  select.value = value;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}
