"""Figures: their lines and colours, and what they tell people who cannot see them."""

import numpy as np
import pandas as pd
import pytest

from lpr_core.charts import (
    COLOURS,
    MEASURES,
    NAME_LENGTH,
    describe_figure,
    plot_histories,
    plot_noise,
)


def make_history(*plates: float, **columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "epoch": range(1, len(plates) + 1),
            "plate_accuracy": plates,
            "val_plate_accuracy": [value / 2 for value in plates],
            **columns,
        }
    )


def lines_of(figure) -> list[tuple]:
    return [
        (line.meta, list(line.x), list(line.y), line.line.color, line.line.dash)
        for line in figure.data
    ]


def test_histories_give_a_solid_and_a_dotted_line_for_each_run():
    histories = {"a": make_history(0.2, 0.4), "b": make_history(0.6)}
    assert lines_of(plot_histories(histories, "plate_accuracy")) == [
        ("a, validation", [1, 2], [0.1, 0.2], COLOURS[0], "solid"),
        ("a, training", [1, 2], [0.2, 0.4], COLOURS[0], "dot"),
        ("b, validation", [1], [0.3], COLOURS[1], "solid"),
        ("b, training", [1], [0.6], COLOURS[1], "dot"),
    ]


def test_each_run_is_in_the_legend_once():
    figure = plot_histories({"a": make_history(0.2), "b": make_history(0.6)}, "plate_accuracy")
    shown = [(line.name, line.showlegend) for line in figure.data]
    assert shown == [("a", True), ("a", False), ("b", True), ("b", False)]


def test_a_run_of_which_only_training_is_drawn_is_in_the_legend_too():
    figure = plot_histories({"a": make_history(0.2)}, "plate_accuracy", parts=["training"])
    assert [(line.meta, line.showlegend) for line in figure.data] == [("a, training", True)]


def test_long_names_are_cut_in_the_legend_only():
    name = "x" * (NAME_LENGTH + 1)
    (line, _) = plot_histories({name: make_history(0.2)}, "plate_accuracy").data
    assert line.name == "x" * (NAME_LENGTH - 1) + "…"
    assert line.hovertemplate.startswith(f"{name}, validation<br>")


def test_epochs_without_a_value_are_left_out():
    history = make_history(0.2, np.nan, 0.4)
    assert lines_of(plot_histories({"a": history}, "plate_accuracy", parts=["training"])) == [
        ("a, training", [1, 3], [0.2, 0.4], COLOURS[0], "dot")
    ]


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(make_history(), id="no epoch yet"),
        pytest.param(make_history(0.5).drop(columns="val_plate_accuracy"), id="no such column"),
        pytest.param(make_history(np.nan), id="nothing but NaN"),
    ],
)
def test_nothing_to_draw_draws_nothing(history):
    figure = plot_histories({"a": history}, "plate_accuracy", parts=["validation"])
    assert len(figure.data) == 0
    assert describe_figure(figure) == "Plates right by epoch. Last values: none yet."


def test_more_runs_than_colours_begin_again():
    histories = {str(number): make_history(0.1) for number in range(len(COLOURS) + 1)}
    figure = plot_histories(histories, "plate_accuracy", parts=["validation"])
    assert [line.line.color for line in figure.data] == [*COLOURS, COLOURS[0]]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("log_scale", [False, True])
def test_axes_follow_the_measure(measure, log_scale):
    axis = plot_histories({}, measure, log_scale=log_scale).layout.yaxis
    assert axis.title.text == MEASURES[measure]
    assert axis.type == ("log" if log_scale else "linear")
    is_share = measure != "loss" and not log_scale
    assert axis.range == ((-0.02, 1.04) if is_share else None)
    assert axis.tickformat == (".0%" if is_share else None)


def test_description_has_the_last_values():
    figure = plot_histories({"a": make_history(0.2, 0.4321)}, "plate_accuracy")
    assert describe_figure(figure) == (
        "Plates right by epoch. Last values: a, validation 0.216; a, training 0.432."
    )


def test_unknown_measure_and_part_are_refused_with_the_known_ones():
    known = "loss, character_accuracy, plate_accuracy"
    with pytest.raises(ValueError, match=f"^measure must be one of {known}. Received: 'speed'$"):
        plot_histories({}, "speed")
    with pytest.raises(ValueError, match=r"^part must be one of validation, training\. Received:"):
        plot_histories({}, "loss", parts=["test"])


def test_histories_are_not_changed():
    history = make_history(0.2, 0.4)
    before = history.copy()
    plot_histories({"a": history}, "plate_accuracy")
    pd.testing.assert_frame_equal(history, before)


AVERAGES = pd.DataFrame(
    {
        "strength": [0.0, 0.1],
        "symbols_right": [1.0, 0.43],
        "plate_right": [1.0, 0.0],
        "confidence": [0.98, 0.2],
    }
)


def test_noise_has_one_line_for_each_measure_told_apart_without_colour():
    lines = plot_noise(AVERAGES).data
    assert [(line.name, list(line.x), list(line.y)) for line in lines] == [
        ("Symbols right", [0.0, 0.1], [1.0, 0.43]),
        ("Whole plate right", [0.0, 0.1], [1.0, 0.0]),
        ("Reader's confidence", [0.0, 0.1], [0.98, 0.2]),
    ]
    assert len({(line.line.dash, line.marker.symbol) for line in lines}) == 3


def test_noise_marks_the_chosen_strength():
    assert len(plot_noise(AVERAGES).layout.shapes) == 0
    figure = plot_noise(AVERAGES, chosen=0.07)
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(0.07, 0.07)]
    assert figure.layout.annotations[0].text == "0.07"


def test_noise_is_described():
    assert describe_figure(plot_noise(AVERAGES)) == (
        "What is still read as noise grows. By strength, 0: 100 % of the symbols right; "
        "0.1: 43 % of the symbols right."
    )
    assert describe_figure(plot_noise(AVERAGES[:0])).endswith("By strength, nothing.")


def test_figures_leave_room_for_their_legend():
    few, many = (
        plot_histories({str(run): make_history(0.1) for run in range(count)}, "plate_accuracy")
        for count in (1, 9)
    )
    assert many.layout.height - few.layout.height == 8 * 20
