"""A judged diary as Markdown."""

from lpr_core.evidence.diary import Audit
from lpr_core.evidence.diary.wording import RULES, tell_headline, tell_notes
from lpr_core.evidence.tables.diary import tabulate_audit
from lpr_core.report.markdown import render_table


def render_audit(audit: Audit, title: str = "What this diary shows") -> str:
    """Return the sentences and the table, as GitHub reads them."""
    parts = [f"# {title}", tell_headline(audit), render_table(tabulate_audit(audit))]
    parts += [f"- {note}" for note in tell_notes(audit)]
    return "\n\n".join([*parts, RULES]) + "\n"
