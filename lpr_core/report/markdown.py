"""A report as Markdown: the words and the tables."""

from collections.abc import Sequence

import pandas as pd

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.judging.parts import Part
from lpr_core.evidence.judging.sentences import show_range
from lpr_core.evidence.tables.table import Table
from lpr_core.evidence.tables.verdicts import show_effect
from lpr_core.evidence.units import show_p
from lpr_core.evidence.wording import HOLM_P, SIMULTANEOUS, name_scope
from lpr_core.report.facts import list_facts
from lpr_core.report.sections import Section, Statement

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
        rows.append((f"**{verdict.hypothesis} {verdict.title}**", "", "", ""))
        rows += map(_list_part, verdict.parts)
    interval = f"Effect ({SIMULTANEOUS})"
    frame = pd.DataFrame(rows, columns=["Hypothesis", "Verdict", interval, HOLM_P])
    return render_table(Table("Verdicts", frame))


def _list_part(part: Part) -> tuple[str, str, str, str]:
    name, effect = name_scope(part.scope), show_effect(part)
    if part.effect is None:
        return name, str(part.outcome), effect, ""
    alone = ", plates alone" if part.num_seeds == 1 else ""
    interval = show_range(part, part.low, part.high)
    return name, str(part.outcome), f"{effect} ({interval}{alone})", show_p(part.p_holm)


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
