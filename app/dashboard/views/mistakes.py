"""The mistakes page: which symbols are misread, on which plates, and by which of two runs."""

import pandas as pd
import streamlit as st

from app.dashboard.chosen.run_choice import ChosenRun, choose_run, list_seeds
from app.dashboard.chosen.study_answers import require_answers
from app.dashboard.chosen.study_picker import require_study
from app.dashboard.chosen.study_view import StudyView, tell_masked
from app.dashboard.shown.figures import show_figure
from app.dashboard.shown.mistake_tables import (
    count_of_variant,
    list_alphabet,
    rank_all_plates,
    tell_mcnemar,
)
from app.dashboard.shown.plate_view import card_grid
from app.dashboard.shown.study_plates import study_card
from lpr_core.charts import plot_confusions, plot_slots
from lpr_core.evidence.mistakes import (
    arrange_confusions,
    compare_runs,
    list_disagreements,
    list_misread,
)
from lpr_core.evidence.tables.mistakes import frame_slots, tabulate_pairs
from lpr_core.evidence.units import whole_percent
from lpr_core.evidence.wording import describe_intervals

NUM_PLATES = 12


def show_confusions(view: StudyView) -> None:
    st.subheader("Which symbol is read for which", anchor=False)
    tell_masked(view)
    if view.record.data.masked:
        return
    by_label = {text: name for name, text in view.labels.items() if list_seeds(view, name)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = st.selectbox(
            "Variant", list(by_label), key="variant", bind="query-params", width=300
        )
        counts = count_of_variant(view, by_label[label])
        slots = ["All", *map(str, range(1, counts["slot"].max() + 1))]
        slot = st.segmented_control(
            "Slot", slots, default="All", required=True, key="slot", bind="query-params", wrap=True
        )
    chosen = counts if slot == "All" else counts[counts["slot"] == int(slot)]
    square = arrange_confusions(chosen, list_alphabet(chosen))
    pairs = list_misread(chosen)
    figure_side, table_side = st.columns([3, 2], gap="medium")
    with figure_side:
        show_figure(plot_confusions(square), pairs, "confusions")
    with table_side:
        show_pairs(pairs)
    st.caption("Over all seeds of the variant. Right readings are left out of the map.")


def show_pairs(pairs: pd.DataFrame) -> None:
    st.dataframe(
        tabulate_pairs(pairs.head(50)).style(),
        hide_index=True,
        height=420,
        alt="Symbols that are read for others, the most frequent first",
    )


def show_slots(view: StudyView) -> None:
    st.subheader("Slot by slot", anchor=False)
    answers = require_answers(view)
    slots = frame_slots(answers)
    show_figure(plot_slots(slots, view.styles), slots, "slots")
    over = describe_intervals(len(cell.by_seed) for cell in answers.cells if cell.slots)
    st.caption(f"Means over seeds with their 95 % intervals {over}.")


def show_worst(view: StudyView) -> None:
    st.subheader("The worst plates", anchor=False)
    ranked = rank_all_plates(view)
    if ranked is None:
        st.caption("The runs of this study were measured on different plates.")
        return
    cards = [
        study_card(
            view,
            row.plate,
            row.truth,
            [("Most often read", row.most_read)],
            f"{whole_percent(row.share_right)} of the symbols, whole by "
            f"{whole_percent(row.share_whole)} of the runs",
        )
        for row in ranked.head(NUM_PLATES).itertuples()
    ]
    st.html(card_grid(cards))
    st.caption("Plates of which all runs together read the fewest symbols.")


def show_comparison(view: StudyView) -> None:
    st.subheader("Two runs on the same plates", anchor=False)
    first, second = st.columns(2)
    with first:
        one = choose_run(view, "a", "One run")
    with second:
        other = choose_run(view, "b", "Another run", last=True)
    if one.label == other.label:
        st.caption("Choose two different runs.")
        return
    try:
        result = compare_runs(one.read(), other.read())
        differ = list_disagreements(one.read(), other.read())
    except ValueError as problem:
        st.info(str(problem))
        return
    st.markdown(tell_mcnemar(result, one.label, other.label))
    st.markdown(f"They read **{len(differ)}** plates differently.")
    show_disagreements(view, one, other, differ)


def show_disagreements(
    view: StudyView, one: ChosenRun, other: ChosenRun, differ: pd.DataFrame
) -> None:
    num_pages = max(1, -(-len(differ) // NUM_PLATES))
    number = st.pagination(num_pages, key="page", bind="query-params") if num_pages > 1 else 1
    rows = differ.iloc[(number - 1) * NUM_PLATES : number * NUM_PLATES]
    cards = [
        study_card(
            view,
            row.plate,
            row.truth,
            [(one.label, row.first), (other.label, row.second)],
            "One of them reads it whole." if row.first_right or row.second_right else "",
        )
        for row in rows.itertuples()
    ]
    st.html(card_grid(cards))


view = require_study()
st.title("What is misread?", anchor=False)
show_confusions(view)
show_slots(view)
show_worst(view)
show_comparison(view)
