"""The four hypotheses as cards: what holds, by how much, and how that was found."""

from collections.abc import Iterable
from html import escape

import pandas as pd
import streamlit as st

from lpr_core.evidence.judging.parts import Part, Verdict
from lpr_core.evidence.judging.sentences import show_range
from lpr_core.evidence.units import percent, points, show_p
from lpr_core.evidence.vocabulary import SIGNS, TONES, VerdictWord
from lpr_core.evidence.wording import name_scope


def show_verdicts(verdicts: Iterable[Verdict]) -> None:
    """Show a card for each hypothesis, side by side where there is room."""
    verdicts = list(verdicts)
    for start in (0, 2):
        for column, verdict in zip(st.columns(2), verdicts[start : start + 2], strict=False):
            with column, st.container(border=True, height="stretch"):
                _show_verdict(verdict)


def format_effect(part: Part) -> str:
    """Return the effect as people say it: an accuracy, or a difference in percentage points."""
    if part.effect is None:
        return "none yet"
    return percent(part.effect) if part.target else f"{points(part.effect)} pp"


def tabulate_parts(verdict: Verdict) -> pd.DataFrame:
    """Return one row for each way of transfer, for the table behind a verdict."""
    return pd.DataFrame([_tabulate_part(part) for part in verdict.parts])


def _tabulate_part(part: Part) -> dict[str, str | float]:
    over_seeds, over_plates = _format_alone(part)
    return {
        "Transfer": name_scope(part.scope),
        "Verdict": part.outcome,
        "Effect": format_effect(part),
        "Simultaneous 95 % interval": show_range(part, part.low, part.high),
        "Seeds alone (BCa)": over_seeds,
        "Plates alone": over_plates,
        "p": show_p(part.p_value),
        "p (Holm)": show_p(part.p_holm),
        "p (signs flipped)": show_p(part.weakest.p_signs) if part.comparisons else "",
        "Seeds": part.num_seeds,
        "Plates": part.num_plates,
    }


def _format_alone(part: Part) -> tuple[str, str]:
    """Return the effect's intervals over seeds and over plates, the other being as it is."""
    if not part.comparisons:
        return "", ""
    found = part.weakest
    return (
        show_range(part, found.seeds_low, found.seeds_high),
        show_range(part, found.plates_low, found.plates_high),
    )


def _show_verdict(verdict: Verdict) -> None:
    st.html(
        f'<div class="lpr-claim"><h3>{verdict.hypothesis} · {escape(verdict.title)}</h3>'
        f"{_outcome_badge(verdict.outcome)}</div>"
        f'<div class="lpr-parts" role="list">{"".join(map(_part_tile, verdict.parts))}</div>'
    )
    st.markdown(verdict.sentence)
    with st.popover("How this was found", icon=":material/function:", type="tertiary"):
        st.markdown(verdict.method)
        st.dataframe(
            tabulate_parts(verdict),
            hide_index=True,
            alt=f"{verdict.hypothesis}: effect, interval and p-value for each way of transfer",
        )


def _outcome_badge(outcome: VerdictWord) -> str:
    word = f"{SIGNS[outcome]} {outcome.capitalize()}"
    return f'<span class="lpr-outcome lpr-{TONES[outcome]}">{word}</span>'


def _part_tile(part: Part) -> str:
    """Return one way of transfer: its outcome as a sign, its effect large, its interval small."""
    scope = name_scope(part.scope)
    return (
        f'<div role="listitem"><span class="lpr-scope lpr-{TONES[part.outcome]}" '
        f'title="{part.outcome}">{SIGNS[part.outcome]} {escape(scope)}</span>'
        f"<strong>{format_effect(part)}</strong>"
        f"<small>{show_range(part, part.low, part.high)}</small>"
        f"{'<small>over plates alone</small>' if part.num_seeds == 1 else ''}</div>"
    )
