/* Whether a text follows a pattern of its region: a hint, never a refusal.
   `props.patterns` has the templates (L a letter, N a digit) of each region by code. */

function fitsTemplate(text, template) {
  return text.length === template.length && [...template].every((kind, place) => (
    /\p{Nd}/u.test(text[place]) === (kind === "N")));
}

/* Say what is unusual about a text; empty when it follows a pattern, or when nobody knows. */
function patternWarning(text, region, regionName) {
  const templates = props.patterns[region];
  if (!templates || !text || templates.some((template) => fitsTemplate(text, template))) return "";
  const shown = templates.slice(0, 4).join(", ") + (templates.length > 4 ? ", …" : "");
  return `${regionName} has no plates like this (L letter, N digit: ${shown}). Save it if you see it so.`;
}
