/* The header: links that a person may follow, who she is, the dashboard on her host name.
   Who she is was most often told before: then nothing moves. */

const RANKS = ["annotator", "reviewer", "admin"];

function showVisitor({ name, role }) {
  for (const link of findAll("[data-role]")) {
    link.hidden = RANKS.indexOf(role) < RANKS.indexOf(link.dataset.role);
  }
  const leave = () => make("a", { href: "sign-out", title: `Signed in as ${name}, ${role}` }, name);
  find(".visitor").replaceChildren(...(name ? [leave()] : []));
}

const dashboard = find('[href^="http://127.0.0.1:"]');
if (dashboard) dashboard.hostname = location.hostname;

const told = sessionStorage.getItem("lpr-visitor");
if (told) showVisitor(JSON.parse(told));
ask(server.who).then((visitor) => {
  if (visitor.error) return;
  sessionStorage.setItem("lpr-visitor", JSON.stringify(visitor));
  showVisitor(visitor);
});
