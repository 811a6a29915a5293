/* The team: projects, people, quality, access for programs. Bringing pictures is in intake.js. */

const place = new URLSearchParams(location.search);
const ROLE_NAMES = { annotator: "Annotator", reviewer: "Reviewer", admin: "Admin" };
let team = null;

function complain(sentence = "", box = element.querySelector(":scope > .problem, .problem")) {
  box.textContent = sentence;
  box.hidden = !sentence;
}

/* Call the server, show what it complains about, and return its answer or null. */
async function call(name, data = {}, box) {
  const answer = await ask(server[name], data);
  complain(answer.error, box);
  return answer.error ? null : answer;
}

const button = (label, action, kind = "") => {
  const node = make("button", { type: "button", class: `action ${kind}` }, label);
  node.addEventListener("click", action);
  return node;
};
const cell = (content, kind = "") => make("td", { class: kind || null }, content);
const share = (part) => (part ? `${+(100 * part).toFixed(1)}%` : "–");

/* --- tabs: the chosen one lives in the address */

function showTab(name) {
  for (const tab of findAll("[data-tab]")) {
    const isIt = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", String(isIt));
    tab.tabIndex = isIt ? 0 : -1;
    find(`[data-panel=${tab.dataset.tab}]`).hidden = !isIt;
  }
  place.set("tab", name);
  history.replaceState(history.state, "", `?${place}`);
  if (name === "quality" && team) showQuality();
  if (name === "accesses" && team) showAccesses();
}
for (const tab of findAll("[data-tab]")) {
  tab.addEventListener("click", () => showTab(tab.dataset.tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = findAll("[data-tab]:not([hidden])");
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    next.focus();
    showTab(next.dataset.tab);
  });
}

async function refresh() {
  team = await call("overview");
  if (!team) return;
  showProjects();
  showPeople();
  showTokens();
  const projects = team.projects.map(({ name, project_id }) => [name, project_id]);
  fillSelect(find(".intake-project"), projects, find(".intake-project").value || place.get("project"));
  fillSelect(find(".quality-project"), projects);
}

/* --- who looked and took away */

async function showAccesses() {
  const person = find(".accesses-person");
  const people = [["Everybody", ""], ...team.people.map(({ name }) => [name, name])];
  fillSelect(person, people, person.value);
  const answer = await call("accesses", { person: person.value });
  find(".accesses tbody").replaceChildren(...(answer?.accesses ?? []).map((row) => make("tr", {},
    cell(row.at), cell(row.actor || "–"), cell(row.kind),
    cell(row.picture_id ? make("a", { href: `.?plate=${row.picture_id}` }, row.picture_id.slice(0, 8)) : ""),
    cell(row.detail))));
}
find(".accesses-person").addEventListener("change", showAccesses);

/* --- projects */

function showProjects() {
  const names = new Map(props.regions.flatMap(([, pairs]) => pairs.map(([name, code]) => [code, name])));
  find(".projects tbody").replaceChildren(...team.projects.map((project) => (
    make("tr", {},
      cell(make("a", { href: `queue?project=${project.project_id}` }, project.name)),
      cell(names.get(project.region) ?? "Any"),
      cell(project.plates.toLocaleString("en"), "n"),
      cell(project.checked.toLocaleString("en"), "n"),
      cell(share(project.second_share), "n"), cell(share(project.gold_share), "n"),
      cell(button("Change", () => openProject(project)), "end")))));
}

const projectForm = find(".project-form form");
let openedProject = null;

function openProject(project) {
  openedProject = project;
  find("#project-title").textContent = project ? `Change ${project.name}` : "New project";
  projectForm.elements.namedItem("name").value = project?.name ?? "";
  projectForm.region.value = project?.region ?? "";
  projectForm.second_share.value = 100 * (project?.second_share ?? 0);
  projectForm.gold_share.value = 100 * (project?.gold_share ?? 0);
  showShares();
  complain("", projectForm.querySelector(".problem"));
  find(".project-form").showModal();
}

function showShares() {
  for (const line of projectForm.querySelectorAll(".share")) {
    line.lastElementChild.textContent = `${line.firstElementChild.value}%`;
  }
}

projectForm.addEventListener("input", showShares);
projectForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  const saved = await call("save_project", {
    project_id: openedProject?.project_id ?? null,
    name: projectForm.elements.namedItem("name").value,
    region: projectForm.region.value,
    second_share: Number(projectForm.second_share.value) / 100,
    gold_share: Number(projectForm.gold_share.value) / 100,
  }, projectForm.querySelector(".problem"));
  if (!saved) return;
  find(".project-form").close();
  refresh();
});
find("[data-do=new-project]").addEventListener("click", () => openProject(null));
find("[data-do=close-project]").addEventListener("click", () => find(".project-form").close());

/* --- people */

function showPeople() {
  find(".alone-note").hidden = !team.alone;
  find(".people").hidden = find(".add-person").hidden = team.alone;
  find("[data-tab=tokens]").hidden = team.alone;
  find(".people tbody").replaceChildren(...team.people.map((person) => {
    const role = make("select", { "aria-label": `Role of ${person.name}` });
    fillSelect(role, Object.entries(ROLE_NAMES).map(([code, name]) => [name, code]), person.role);
    role.addEventListener("change", () => change("set_role", person, { role: role.value }));
    const active = person.active ? "Close the account" : "Open again";
    return make("tr", { class: person.active ? null : "closed" },
      cell(person.name), cell(role), cell(person.since),
      cell(make("span", { class: "buttons" },
        button("New password", () => askPassword(person)),
        button(active, () => change("set_active", person, { active: !person.active }))), "end"));
  }));
}

async function change(what, person, data) {
  await call(what, { user_id: person.user_id, ...data });
  const problem = find(":scope > .problem")?.textContent;
  await refresh();
  if (problem) complain(problem);
}

function askPassword(person) {
  const field = make("input", {
    type: "password", autocomplete: "new-password", required: true,
    "aria-label": `New password of ${person.name}`,
  });
  const save = make("button", { class: "action primary" }, "Save");
  const form = make("form", { class: "buttons" }, field, save, button("Cancel", showPeople));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change("set_password", person, { password: field.value });
  });
  const row = find(".people tbody").children[team.people.indexOf(person)];
  row.lastElementChild.replaceChildren(form);
  field.focus();
}

find(".add-person").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const person = Object.fromEntries(new FormData(form));
  if (!(await call("add_person", person))) return;
  form.reset();
  refresh();
});

/* --- access for programs */

function showTokens() {
  find(".tokens tbody").replaceChildren(...team.tokens.map((token) => (
    make("tr", {}, cell(token.label), cell(token.since),
      cell(button("Revoke", async () => {
        await call("revoke_token", { token_id: token.token_id });
        refresh();
      }), "end")))));
}

find(".add-token").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const made = await call("add_token", Object.fromEntries(new FormData(form)));
  if (!made) return;
  find(".new-token").hidden = false;
  find(".new-token code").textContent = made.secret;
  form.reset();
  refresh();
});

/* --- quality: the server writes the sentences, for it knows how sure they are */

async function showQuality() {
  const quality = await call("quality", { project_id: Number(find(".quality-project").value) });
  if (quality) find(".quality").innerHTML = quality.html;
}
find(".quality-project").addEventListener("change", showQuality);

/* --- begin */

fillSelect(projectForm.region, [["Any region", ""], ...props.regions], "");
fillSelect(find(".add-person select"), Object.entries(ROLE_NAMES).map(([code, name]) => [name, code]));
refresh().then(() => {
  const names = findAll("[data-tab]:not([hidden])").map((tab) => tab.dataset.tab);
  showTab(names.includes(place.get("tab")) ? place.get("tab") : "projects");
  element.classList.add("ready");
});
