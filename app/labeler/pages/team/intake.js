/* Bringing pictures: many files or zips, with a verdict for each. Stands on kit and team. */

const BATCH_SIZE = 60;
const MAX_SHOWN = 500;
const HOLDER = /\.(zip|csv|txt|json|jsonl)$/i; // holds many: it goes alone
const PROGRESS_MS = 400;
const VERDICTS = {
  added: "Added", "same file": "Here already", "near duplicate of": "Looks like another",
  refused: "Refused",
};
const unfinished = new Unfinished("intake");
const tally = { done: 0, total: 0, verdicts: {} };

function showTally() {
  find(".intake").hidden = false;
  const parts = Object.entries(tally.verdicts)
    .map(([verdict, number]) => `${(VERDICTS[verdict] ?? verdict).toLowerCase()}: ${number}`);
  find(".intake-count").textContent = tally.done < tally.total
    ? `${tally.done} of ${count(tally.total, "file")} …` : `${count(tally.total, "file")} done. ${parts.join(", ")}.`;
  find(".intake .bar i").style.width = `${tally.total ? (100 * tally.done) / tally.total : 0}%`;
}

/* What needs a look comes first: refusals and doubles before what was simply added. */
function showVerdict({ name, verdict, sentence, picture_id, like }) {
  tally.verdicts[verdict] = (tally.verdicts[verdict] ?? 0) + 1;
  const list = find(".verdicts");
  if (list.childElementCount >= MAX_SHOWN && verdict === "added") return;
  const picture = (id, alt) => make("img", { src: `picture/${id}`, alt, loading: "lazy", height: 56 });
  const row = make("li", { class: verdict.replaceAll(" ", "-") },
    make("span", { class: "badge" }, VERDICTS[verdict] ?? verdict),
    make("b", {}, name), make("span", { class: "why" }, sentence));
  const isDouble = like && like !== picture_id;
  if (isDouble) {
    row.append(make("span", { class: "doubles" },
      ...(picture_id ? [picture(picture_id, `New: ${name}`)] : []), picture(like, `Here before, like ${name}`)));
  }
  verdict === "added" ? list.append(row) : list.prepend(row);
}

async function takeBatch(files) {
  const uploads = await Promise.all(files.map(async (file) => {
    const stored = await upload(file).catch(() => null);
    return stored?.path && { path: stored.path, name: file.name };
  }));
  const arrived = uploads.filter(Boolean);
  for (const file of files.filter((_, at) => !uploads[at])) {
    showVerdict({ name: file.name, verdict: "refused", sentence: "It did not arrive: too large, or the connection broke." });
  }
  const job = crypto.randomUUID?.() ?? String(Math.random());
  const before = tally.done;
  const timer = setInterval(async () => {
    const { done = 0, total = 0 } = await ask(server.intake_progress, { job });
    if (files.length > 1 || !total) return;
    find(".intake-count").textContent = `${files[0].name}: ${done} of ${total} …`;
    find(".intake .bar i").style.width = `${(100 * done) / total}%`;
  }, PROGRESS_MS);
  const report = arrived.length ? await ask(server.take_in, {
    job, paths: arrived.map(({ path }) => path), project_id: Number(find(".intake-project").value),
  }) : { rows: [] };
  clearInterval(timer);
  const rows = report.rows ?? arrived.map(({ name }) => ({ name, verdict: "refused", sentence: report.error }));
  rows.forEach(showVerdict);
  tally.total += Math.max(0, rows.length - arrived.length); // a zip holds many
  tally.done = before + files.length + Math.max(0, rows.length - arrived.length);
  showTally();
}

async function takeFiles(files) {
  const waiting = [...files];
  if (!waiting.length) return;
  tally.total += waiting.length;
  unfinished.begin(waiting.map((file) => file.name));
  showTally();
  while (waiting.length) {
    const holderAt = waiting.slice(0, BATCH_SIZE).findIndex((file) => HOLDER.test(file.name));
    const batch = waiting.splice(0, holderAt < 0 ? BATCH_SIZE : Math.max(1, holderAt));
    await takeBatch(batch).finally(() => batch.forEach((file) => unfinished.end(file.name)));
  }
  refresh();
}

find(".choose").addEventListener("click", () => find(".files").click());
find(".intake-drop").addEventListener("click", () => find(".files").click());
find(".files").addEventListener("change", (event) => {
  takeFiles(event.target.files);
  event.target.value = "";
});
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  showTab("pictures");
});
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  takeFiles(event.dataTransfer.files);
});

const left = unfinished.tellLeft();
if (left) {
  find(".intake").hidden = false;
  find(".intake-count").textContent = left;
}
