"""A report as one HTML page: no other file, no network, light or dark as the reader's system is."""

from collections.abc import Sequence
from html import escape
from itertools import count

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from lpr_core.charts import describe_figure
from lpr_core.evidence.answers import Answers
from lpr_core.evidence.tables.table import Table
from lpr_core.evidence.vocabulary import SIGNS
from lpr_core.report.facts import list_facts
from lpr_core.report.sections import Section, Statement

_SIGNS: dict[str, str] = {
    **{str(word): sign for word, sign in SIGNS.items()},
    "guilty": "✗",
    "cleared": "✓",
    "too strong": "✗",
    "not too strong": "✓",
}
"""Before each outcome, so that colour is not needed to tell them apart."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --quiet: #5a6675; --page: #ffffff;
  --card: #f4f6f9; --line: #d5dbe3; --good: #0f7a5f; --bad: #b3372c; --open: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --quiet: #a3afbd; --page: #12161c;
  --card: #1b2129; --line: #36404c; --good: #54c9a5; --bad: #ff8f83; --open: #e8b45a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.25; } h2 { margin-top: 2.5rem; } h3 { margin: 0; font-size: 1.05rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
.note { border-left: 4px solid var(--open); padding-left: .75rem; }
.claims { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); }
.claim { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: 1rem; min-width: 0; }
.outcome { font-weight: 600; margin: .25rem 0; } .good { color: var(--good); }
.bad { color: var(--bad); } .open { color: var(--open); }
.scroll { overflow-x: auto; } figure { margin: 1.5rem 0; } figcaption { color: var(--quiet);
  font-size: .9rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: right; }
td { white-space: nowrap; } th:first-child, td:first-child { text-align: left; }
td:first-child { white-space: normal; }
details { margin-top: .5rem; } summary { cursor: pointer; color: var(--quiet); }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dt { margin-top: .4rem; }
  .claims { grid-template-columns: 1fr; } }
"""

_SCRIPT = """
const dark = matchMedia('(prefers-color-scheme: dark)');
function paint() {
  const look = getComputedStyle(document.documentElement);
  const ink = look.getPropertyValue('--ink').trim(), line = look.getPropertyValue('--line').trim();
  for (const plot of document.querySelectorAll('.js-plotly-plot')) {
    const change = { 'font.color': ink };
    for (const axis of ['xaxis', 'yaxis'])
      for (const part of ['gridcolor', 'linecolor', 'zerolinecolor'])
        change[axis + '.' + part] = line;
    Plotly.relayout(plot, change);
  }
}
dark.addEventListener('change', paint);
paint();
"""


def render_page(answers: Answers, sections: Sequence[Section]) -> str:
    """Return the page, Plotly's own code once inside it."""
    title = escape(f"{answers.facts.get('name', 'Study')}: what holds")
    numbers = count(1)
    body = [
        f"<h1>{title}</h1>",
        f"<p>{escape(str(answers.facts.get('question', '')))}</p>",
        _render_facts(answers),
        *(f'<p class="note">{escape(note)}</p>' for note in answers.notes),
        *(_render_section(section, numbers) for section in sections),
    ]
    # In the head, because each figure calls it as soon as the browser comes to it.
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n"
        f"<script>{get_plotlyjs()}</script>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + f"\n</main>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n"
    )


def _render_facts(answers: Answers) -> str:
    rows = "".join(f"<dt>{escape(n)}</dt><dd>{escape(v)}</dd>" for n, v in list_facts(answers))
    return f"<dl>{rows}</dl>"


def _render_section(section: Section, numbers: "count[int]") -> str:
    parts = [f"<section>\n<h2>{escape(section.title)}</h2>"]
    parts += [f"<p>{escape(paragraph)}</p>" for paragraph in section.paragraphs]
    if section.claims:
        parts.append(f'<div class="claims">{"".join(map(_render_statement, section.claims))}</div>')
    parts += [_render_figure(figure, next(numbers)) for figure in section.figures]
    parts += [_render_table(table) for table in section.tables]
    return "\n".join([*parts, "</section>"])


def _render_statement(claim: Statement) -> str:
    sign = _SIGNS.get(claim.outcome, "~")
    kind = {"✓": "good", "✗": "bad"}.get(sign, "open")
    behind = "".join(map(_render_table, claim.tables))
    behind += f"<p>{escape(claim.method)}</p>" if claim.method else ""
    details = f"<details><summary>How this was found</summary>{behind}</details>" if behind else ""
    return (
        f'<article class="claim"><h3>{escape(claim.title)}</h3>'
        f'<p class="outcome {kind}">{sign} {escape(claim.outcome)}</p>'
        f"<p>{escape(claim.sentence)}</p>{details}</article>"
    )


def _render_figure(figure: go.Figure, number: int) -> str:
    shown = go.Figure(figure)
    clear = "rgba(0,0,0,0)"
    shown.update_layout(template="plotly_white", paper_bgcolor=clear, plot_bgcolor=clear)
    plot = shown.to_html(
        full_html=False,
        include_plotlyjs=False,
        default_height=f"{shown.layout.height}px",
        div_id=f"figure-{number}",
        config={"responsive": True, "displaylogo": False},
    )
    words = escape(describe_figure(figure))
    return (
        f'<figure><div role="img" aria-label="{words}">{plot}</div>'
        f"<figcaption>{words}</figcaption></figure>"
    )


def _render_table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in table.rows
    )
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{escape(table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
