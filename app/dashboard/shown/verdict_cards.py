"""The four hypotheses as cards: what holds, by how much, and how that was found."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from lpr_core.evidence.judging.parts import Part, Verdict
from lpr_core.evidence.judging.sentences import show_range
from lpr_core.evidence.tables.verdicts import show_effect, tabulate_parts
from lpr_core.evidence.vocabulary import SIGNS, TONES, VerdictWord
from lpr_core.evidence.wording import name_scope


def show_verdicts(verdicts: Iterable[Verdict]) -> None:
    """Show a card for each hypothesis, side by side where there is room."""
    verdicts = list(verdicts)
    for start in (0, 2):
        for column, verdict in zip(st.columns(2), verdicts[start : start + 2], strict=False):
            with column, st.container(border=True, height="stretch"):
                _show_verdict(verdict)


def _show_verdict(verdict: Verdict) -> None:
    st.html(
        f'<div class="lpr-claim"><h3>{verdict.hypothesis} · {escape(verdict.title)}</h3>'
        "</div>"
        f'<div class="lpr-parts" role="list">{"".join(map(_part_tile, verdict.parts))}</div>'
    )
    with st.expander("In sentences, with all numbers", icon=":material/notes:"):
        for sentence in verdict.sentences:
            st.markdown(f"- {sentence}")
    with st.popover("How this was found", icon=":material/function:", type="tertiary"):
        st.markdown(verdict.method)
        st.dataframe(
            tabulate_parts(verdict).style(),
            hide_index=True,
            alt=f"{verdict.hypothesis}: effect, interval and p-value for each way of transfer",
        )


def _outcome_badge(outcome: VerdictWord) -> str:
    word = f"{SIGNS[outcome]} {outcome.capitalize()}"
    return f'<span class="lpr-outcome lpr-{TONES[outcome]}">{word}</span>'


def _part_tile(part: Part) -> str:
    """Return one way of transfer: its word, its effect large, its interval small."""
    return (
        f'<div role="listitem"><span class="lpr-scope">{escape(name_scope(part.scope))}</span>'
        f"{_outcome_badge(part.outcome)}"
        f"<strong>{show_effect(part)}</strong>"
        f"<small>{show_range(part, part.low, part.high)}</small>"
        f"{'<small>over plates alone</small>' if part.num_seeds == 1 else ''}</div>"
    )
