"""A report as Markdown: the words and the tables."""

from collections.abc import Sequence

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.units import percent, points, show_p
from lpr_core.evidence.wording import SCOPES, SIMULTANEOUS
from lpr_core.report.facts import list_facts
from lpr_core.report.sections import Section, Statement
from lpr_core.report.tables import Table, show_effect

_MANY_ROWS = 12


def render_markdown(answers: Answers, sections: Sequence[Section]) -> str:
    """Return the report as GitHub reads it."""
    facts = answers.facts
    parts = [f"# {facts.get('name', 'Study')}", str(facts.get("question", ""))]
    parts.append("\n".join(f"- {name}: {value}" for name, value in list_facts(answers)))
    parts += render_notes(answers)
    for section in sections:
        if not section.claims and not section.tables:
            continue  # figures only
        parts.append(f"## {section.title}")
        parts += section.paragraphs
        parts += [_render_statement(claim) for claim in section.claims]
        parts += [_render_titled(table) for table in section.tables]
    return "\n\n".join(part for part in parts if part) + "\n"


def render_notes(answers: Answers) -> list[str]:
    """Return what a reader of the numbers has to know, each note as a quotation."""
    return [f"> {note}" for note in answers.notes]


def render_table(table: Table) -> str:
    """Return a table; numbers stand at the right."""
    lines = [
        _render_row(table.columns),
        _render_row(["---", *["---:"] * (len(table.columns) - 1)]),
        *map(_render_row, table.rows),
    ]
    return "\n".join(lines)


def render_verdicts(answers: Answers) -> str:
    """Return the verdicts as one table, for a README: a row for each hypothesis and way."""
    rows = []
    for verdict in answers.verdicts:
        rows.append((f"**{verdict.hypothesis} {verdict.title}**", f"**{verdict.outcome}**", "", ""))
        for part in verdict.parts:
            if part.effect is None or part.low is None or part.high is None:
                rows.append((SCOPES[part.scope], "not compared", "", ""))
                continue
            show = percent if part.target else points
            numbers = f"{show_effect(part)} [{show(part.low)}, {show(part.high)}]"
            numbers += ", plates alone" if part.num_seeds == 1 else ""
            rows.append((SCOPES[part.scope], part.outcome, numbers, show_p(part.p_holm)))
    columns = ("hypothesis", "verdict", f"effect ({SIMULTANEOUS})", "Holm p")
    return render_table(Table("Verdicts", columns, tuple(rows)))


def _render_statement(claim: Statement) -> str:
    colon = "" if claim.title.endswith("?") else ":"
    parts = [f"**{claim.title}{colon} {claim.outcome}.** {claim.sentence}"]
    parts += [_render_behind(table) for table in claim.tables]
    if claim.method:
        parts.append(fold("Method", claim.method))
    return "\n\n".join(parts)


def _render_titled(table: Table) -> str:
    return f"**{table.title}**\n\n{render_table(table)}"


def _render_behind(table: Table) -> str:
    """Return a table behind a claim, which must not bury the next claim."""
    is_long = len(table.rows) > _MANY_ROWS
    return fold(table.title, render_table(table)) if is_long else _render_titled(table)


def fold(title: str, content: str) -> str:
    """Return what is shown on a click on its title."""
    return f"<details><summary>{title}</summary>\n\n{content}\n\n</details>"


def _render_row(texts: Sequence[str]) -> str:
    return f"| {' | '.join(text.replace('|', '&#124;') for text in texts)} |"
