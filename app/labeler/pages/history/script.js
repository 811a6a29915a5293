/* The page of past readings: what is looked for lives in the address. Stands on kit.js. */

const PATIENCE_MS = 200;
const FILTERS = ["query", "mark", "person", "region", "project", "since", "until"];
const address = new URLSearchParams(location.search);
let asked = 0;

const field = (name) => find(`.${name}`);
const wanted = () => Object.fromEntries(FILTERS.map((name) => [name, field(name).value.trim()]));

async function show(page) {
  const turn = ++asked;
  const search = wanted();
  const found = await ask(server.find_plates, { ...search, page });
  if (turn !== asked) return; // a later search has overtaken this one
  find(".found").setAttribute("aria-busy", "false");
  complain(found.error);
  if (found.error) return;
  const open = new Set(findAll(".found details[open]").map(idOf));
  find(".found").innerHTML = found.html;
  findAll(".found details").forEach((details) => { details.open = open.has(idOf(details)); });
  fillSelect(field("mark"), found.marks, search.mark);
  find(".pager").hidden = found.num_pages < 2;
  find(".place").textContent = found.place;
  find(".previous").disabled = found.page <= 1;
  find(".next").disabled = found.page >= found.num_pages;
  remember({ ...search, page: found.page > 1 ? found.page : "" });
}

const idOf = (node) => node.closest("[data-id]").dataset.id;

function complain(sentence = "") {
  find(".problem").textContent = sentence;
  find(".problem").hidden = !sentence;
}

function remember(search) {
  for (const [name, value] of Object.entries(search)) {
    value ? address.set(name, value) : address.delete(name);
  }
  history.replaceState(history.state, "", location.pathname + (address.size ? `?${address}` : ""));
  const rest = new URLSearchParams(Object.entries(wanted()).filter(([, value]) => value));
  for (const link of findAll(".downloads a")) {
    link.search = rest.size ? `?${rest}` : "";
  }
}

const currentPage = () => Number(address.get("page") ?? 1);

function turnPage(by) {
  show(currentPage() + by);
  scrollTo({ top: 0 });
}

/* Buttons of an entry: each is one more revision, or a word about the plate; nothing is deleted. */
find(".found").addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-call]");
  if (!button) return;
  button.disabled = true;
  const { call, revision, text } = button.dataset;
  const answer = await ask(server[call], { picture_id: idOf(button), revision_id: Number(revision ?? 0), text });
  if (answer.error) {
    complain(answer.error);
    button.disabled = false;
  } else show(currentPage());
});

let waiting;
field("query").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => show(1), PATIENCE_MS);
});
for (const name of FILTERS.slice(1)) field(name).addEventListener("change", () => show(1));
find(".previous").addEventListener("click", () => turnPage(-1));
find(".next").addEventListener("click", () => turnPage(1));

ask(server.open_history).then((choices) => {
  if (choices.error) return complain(choices.error);
  fillSelect(field("person"), [["Anybody", ""], ...choices.people.map((name) => [name, name])], address.get("person") ?? "");
  fillSelect(field("project"), [["All", ""], ...choices.projects], address.get("project") ?? "");
  fillSelect(field("region"), [["Any", ""], ...props.regions], address.get("region") ?? "");
  fillSelect(field("mark"), choices.marks, address.get("mark") ?? "");
  for (const name of ["query", "since", "until"]) field(name).value = address.get(name) ?? "";
  find(".downloads").hidden = !choices.may_download;
  return show(currentPage());
});
