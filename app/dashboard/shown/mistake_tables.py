"""The mistakes page's tables: counted by `lpr_core.evidence`, kept until the study changes."""

import pandas as pd
import streamlit as st

from app.dashboard.chosen.run_choice import list_seeds
from app.dashboard.chosen.study_view import BY_FILES, StudyView, read_plates, read_predictions
from lpr_core.evidence.mistakes import NOTHING, count_confusions, rank_plates
from lpr_core.evidence.units import p_text
from lpr_core.statistics.significance import McNemar


@st.cache_data(max_entries=64, show_spinner="Counting ...", hash_funcs=BY_FILES)
def count_of_variant(view: StudyView, variant: str) -> pd.DataFrame:
    """Return `count_confusions` over all finished seeds of a variant."""
    tables = [read_predictions(view, variant, seed) for seed in list_seeds(view, variant)]
    return count_confusions(pd.concat(tables))


def list_alphabet(counts: pd.DataFrame) -> str:
    """Return the symbols that stand on plates or were read, digits first."""
    symbols = set(counts["truth"]) | set(counts["read"]) - {NOTHING}
    return "".join(sorted(symbols))


@st.cache_data(max_entries=16, show_spinner="Ranking the plates ...", hash_funcs=BY_FILES)
def rank_all_plates(view: StudyView) -> pd.DataFrame | None:
    """Return `rank_plates` over all finished runs; None when they read different plates."""
    truth = read_plates(view)["truth"]
    readings = {}
    for variant in view.labels:
        for seed in list_seeds(view, variant):
            table = read_predictions(view, variant, seed)
            if list(table["truth"]) != list(truth):
                return None
            readings[f"{variant} {seed}"] = table["text"]
    return rank_plates(readings, truth)


def tell_mcnemar(result: McNemar, first: str, second: str) -> str:
    """Say in words what McNemar's test found."""
    total = result.both + result.only_first + result.only_second + result.neither
    return (
        f"Of {total:,} plates both read **{result.both:,}** whole and neither "
        f"**{result.neither:,}**; only *{first}* reads **{result.only_first:,}**, only *{second}* "
        f"**{result.only_second:,}** (McNemar's exact test, {p_text(result.p_value)})."
    )
