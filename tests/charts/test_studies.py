"""Figures of studies: what is drawn where, in whose colours, and what is told in words."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from lpr_core.charts import (
    COLOURS,
    MAX_BANDS,
    RAMP,
    TRANSFER_COLOURS,
    describe_figure,
    plot_bands,
    plot_bars,
    plot_cells,
    plot_confusions,
    plot_costs,
    plot_differences,
    plot_dose_response,
    plot_factor,
    plot_gaps,
    plot_layers,
    plot_noise_map,
    plot_slots,
    style_variants,
)
from lpr_core.study.designs import NOISE_GRID

VARIANTS = [
    {"name": name, "label": name.capitalize(), "factors": {"transfer": transfer, "noise": noise}}
    for name, transfer, noise in (
        ("none", "none", 0.0),
        ("none+noise", "none", 0.1),
        ("frozen", "frozen", 0.0),
    )
]
STYLES = style_variants(VARIANTS)


def test_transfer_chooses_the_colour_and_noise_the_dash():
    looks = {name: (style.colour, style.dash, style.symbol) for name, style in STYLES.items()}
    assert looks == {
        "none": (TRANSFER_COLOURS["none"], "solid", "circle"),
        "none+noise": (TRANSFER_COLOURS["none"], "dash", "diamond-open"),
        "frozen": (TRANSFER_COLOURS["frozen"], "solid", "circle"),
    }


def make_variants(**factors) -> list[dict]:
    """Return a variant for each combination of the factors' levels."""
    rows = [dict(zip(factors, levels, strict=True)) for levels in product(*factors.values())]
    return [
        {"name": str(n), "label": str(n), "factors": {"transfer": "fine-tuned", **row}}
        for n, row in enumerate(rows)
    ]


def test_variants_along_a_scale_go_from_one_end_of_the_ramp_to_the_other():
    colours = [style.colour for style in style_variants(make_variants(noise=NOISE_GRID)).values()]
    assert (colours[0], colours[-1]) == (RAMP[0], RAMP[-1])
    assert len(set(colours)) == len(NOISE_GRID)


def test_a_level_keeps_its_colour_whatever_the_order():
    variants = make_variants(freeze=(0.0, 0.25, 0.5, 1.0))
    assert style_variants(variants[::-1]) == style_variants(variants)


def test_a_second_factor_beside_a_scale_chooses_the_dash():
    variants = make_variants(share=(0.05, 0.4, 0.7, 1.0), transfer=("none", "fine-tuned"))
    styles = list(style_variants(variants).values())
    assert [style.dash for style in styles] == ["solid", "dash"] * 4
    assert [style.colour for style in styles[::2]] == [style.colour for style in styles[1::2]]


def test_other_variants_take_their_turn_and_change_the_dash_when_colours_repeat():
    styles = list(style_variants(make_variants(head=[str(n) for n in range(7)])).values())
    assert [style.colour for style in styles] == [*COLOURS, COLOURS[0]]
    assert [style.dash for style in styles] == ["solid"] * 6 + ["dash"]


@pytest.mark.parametrize("count", [0, 1, 40])
def test_any_number_of_variants_has_a_look(count):
    assert len(style_variants(make_variants(head=[str(n) for n in range(count)]))) == count


def test_a_scale_with_too_much_beside_it_is_none():
    variants = make_variants(noise=(0.0, 0.1, 0.2), backbone=("a", "b", "c", "d"))
    assert [style.colour for style in style_variants(variants).values()][:6] == list(COLOURS)


def test_variants_that_would_look_alike_take_their_turn():
    variants = [
        {"name": f"n{noise}", "label": "", "factors": {"transfer": "none", "noise": noise}}
        for noise in (0.01, 0.03)
    ]
    assert [style.colour for style in style_variants(variants).values()] == list(COLOURS[:2])


def make_cells() -> tuple[pd.DataFrame, pd.DataFrame]:
    cells = pd.DataFrame(
        [
            ("none", "none", False, 0.9, 0.88, 0.92),
            ("none+noise", "none", True, 0.8, 0.75, 0.84),
            ("frozen", "frozen", False, 0.4, 0.3, 0.5),
        ],
        columns=["variant", "transfer", "noise", "mean", "low", "high"],
    )
    scores = pd.DataFrame(
        [(name, seed, 0.5 + seed / 10) for name in cells["variant"] for seed in (0, 1)],
        columns=["variant", "seed", "value"],
    )
    return cells, scores


def test_cells_have_a_line_for_each_noise_seeds_and_intervals():
    figure = plot_cells(*make_cells(), STYLES, limits={"usable": 0.9})
    lines = {line.name: list(line.y) for line in figure.data if line.mode == "lines"}
    assert lines == {"Without noise": [0.9, 0.4], "With noise": [0.8]}
    means = [line for line in figure.data if line.error_y.array is not None]
    assert [mean.y[0] for mean in means] == [0.9, 0.4, 0.8]
    np.testing.assert_allclose([mean.error_y.array[0] for mean in means], [0.02, 0.1, 0.04])
    np.testing.assert_allclose([mean.error_y.arrayminus[0] for mean in means], [0.02, 0.1, 0.05])
    seeds = [line for line in figure.data if line.mode == "markers" and len(line.y) == 2]
    assert [list(line.y) for line in seeds] == [[0.5, 0.6]] * 3
    assert figure.layout.xaxis.ticktext == ("From scratch", "Frozen")
    assert figure.layout.annotations[0].text == "usable"
    assert "Frozen: 40.0 % (30.0 % to 50.0 %)" in describe_figure(figure)


def test_differences_are_in_points_with_the_margin_shaded():
    effects = pd.DataFrame(
        [("A less B", 0.03, 0.01, 0.05)], columns=["name", "mean", "low", "high"]
    )
    seeds = pd.DataFrame([("A less B", 0, 0.02), ("C", 0, 1.0)], columns=["name", "seed", "value"])
    figure = plot_differences(effects, seeds, margin=0.01)
    points, means = figure.data
    assert (list(points.x), list(means.x)) == ([2.0], [3.0])
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (-1, 1)
    assert describe_figure(figure) == "Differences. A less B: +3.0 pp (+1.0 to +5.0)."


def make_bands() -> pd.DataFrame:
    rows = [
        ("none", part, epoch, value, value - 0.1, value + 0.1)
        for part, value in (("training", 0.8), ("validation", 0.6))
        for epoch in (1, 2)
    ]
    return pd.DataFrame(rows, columns=["variant", "part", "epoch", "mean", "low", "high"])


def test_bands_lie_around_each_line_and_the_legend_names_a_variant_once():
    figure = plot_bands(make_bands(), STYLES, "character_accuracy")
    named = [line for line in figure.data if line.meta]
    assert [(line.meta, list(line.y)) for line in named] == [
        ("None, training", [0.8, 0.8]),
        ("None, validation", [0.6, 0.6]),
    ]
    assert [line.showlegend for line in named] == [True, False]
    assert [list(line.y) for line in figure.data if line.fill == "tonexty"] == [
        [0.9] * 2,
        [0.7] * 2,
    ]
    assert describe_figure(figure).endswith("None, training 0.8; None, validation 0.6.")


def test_many_variants_have_no_bands_but_tell_their_intervals():
    variants = make_variants(share=[n / 10 for n in range(MAX_BANDS + 1)])
    bands = pd.concat(make_bands().assign(variant=variant["name"]) for variant in variants)
    figure = plot_bands(bands, style_variants(variants), "character_accuracy")
    assert not any(line.fill for line in figure.data)
    assert sum(line.showlegend for line in figure.data) == len(variants)
    np.testing.assert_allclose(figure.data[0].customdata, [[0.7, 0.9]] * 2)


@pytest.mark.parametrize(
    ("bands", "measure"), [(make_bands(), "height"), (make_bands().assign(part="test"), "loss")]
)
def test_unknown_measures_and_parts_are_refused(bands, measure):
    with pytest.raises(ValueError, match="must be one of"):
        plot_bands(bands, STYLES, measure)


def test_gaps_and_costs_tell_both_of_their_numbers():
    gaps = pd.DataFrame([("frozen", 0.95, 0.4)], columns=["variant", "train", "validation"])
    assert describe_figure(plot_gaps(gaps, STYLES)).endswith("Frozen: 95.0 % and 40.0 %.")
    costs = pd.DataFrame([("frozen", 2.5, 0.4)], columns=["variant", "minutes", "value"])
    assert describe_figure(plot_costs(costs, STYLES)).endswith("Frozen: 40.0 % in 2.5 minutes.")


def make_response() -> pd.DataFrame:
    rows = [("none", 0.0, 0.9, 0.8, 1.0), ("none", 0.26, 0.2, 0.1, 0.3)]
    return pd.DataFrame(rows, columns=["variant", "strength", "mean", "low", "high"])


def test_dose_and_response_with_the_knee_below_and_the_chosen_strength():
    knees = pd.DataFrame(
        [("none", 0.1, 0.08, 0.13)], columns=["variant", "strength", "low", "high"]
    )
    figure = plot_dose_response(make_response(), STYLES, knees=knees, chosen=0.05)
    knee = figure.data[-1]
    assert (knee.x[0], knee.y[0] < 0) == (0.1, True)
    np.testing.assert_allclose([knee.error_x.array[0], knee.error_x.arrayminus[0]], [0.03, 0.02])
    assert figure.layout.shapes[0].x0 == 0.05
    assert (
        describe_figure(figure) == "Characters right as noise grows. None: 90 % at 0, 20 % at 0.26."
    )


def test_the_noise_map_says_which_training_reads_best():
    table = pd.DataFrame([[0.9, 0.2], [0.8, 0.6]], index=["clean", "noisy"], columns=[0.0, 0.26])
    figure = plot_noise_map(table)
    assert figure.data[0].z.tolist() == table.to_numpy().tolist()
    assert figure.data[0].text.tolist() == [[90, 20], [80, 60]]
    assert "on 0 reads best: clean; on 0.26 reads best: noisy" in describe_figure(figure)


def test_confusions_leave_right_readings_out():
    counts = pd.DataFrame([[50, 3], [0, 40]], index=["0", "D"], columns=["0", "D"])
    figure = plot_confusions(counts)
    np.testing.assert_array_equal(figure.data[0].z, [[np.nan, 3], [np.nan, np.nan]])
    assert describe_figure(figure).endswith("Most often: D for 0 3 times.")


def test_no_confusion_at_all():
    figure = plot_confusions(pd.DataFrame([[50]], index=["0"], columns=["0"]))
    assert describe_figure(figure).endswith("Most often: none.")


def test_slots_from_left_to_right():
    rows = [("none", slot, 0.9, 0.8, 1.0) for slot in (1, 2)]
    slots = pd.DataFrame(rows, columns=["variant", "slot", "mean", "low", "high"])
    assert describe_figure(plot_slots(slots, STYLES)).endswith("None: 90 %, 90 %.")


def test_slots_without_intervals_have_no_bars():
    slots = pd.DataFrame([("none", 1, 0.9)], columns=["variant", "slot", "mean"])
    assert plot_slots(slots, STYLES).data[0].error_y.array is None


def test_a_factor_has_a_line_for_each_series_in_its_colour():
    columns = ["series", "factor", "mean", "low", "high"]
    means = pd.DataFrame([("a", 0.5, 0.8, 0.7, 0.9), ("b", 0.5, 0.6, 0.5, 0.7)], columns=columns)
    scores = pd.DataFrame([("a", 0.5, 0, 0.8)], columns=["series", "factor", "seed", "value"])
    figure = plot_factor(means, scores, "Share", colours={"b": "#000000"})
    lines = [line for line in figure.data if line.name]
    assert [(line.name, line.line.color) for line in lines] == [("a", COLOURS[0]), ("b", "#000000")]
    assert describe_figure(figure).endswith("a: 80.0 % at 0.5; b: 60.0 % at 0.5.")


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Pooled vector", "Pooled vector"),
        ("Shuffled labels, validation plates", "Shuffled labels,<br>validation plates"),
        ("a_name_without_any_spaces", "a_name_without_any_spaces"),
        ("", ""),
    ],
)
def test_long_names_at_the_edge_are_broken_in_the_middle(name, drawn):
    assert plot_bars(pd.DataFrame({"name": [name], "value": [0.2]}), "Right").data[0].y[0] == drawn


@pytest.mark.parametrize("bounds", [{}, {"low": [0.1], "high": [0.3]}])
def test_bars_with_and_without_intervals(bounds):
    figure = plot_bars(pd.DataFrame({"name": ["Pooled"], "value": [0.2], **bounds}), "Right")
    assert (figure.data[0].error_x.array is not None) == bool(bounds)
    assert describe_figure(figure) == "Right. Pooled 20.0 %."


def test_bars_of_two_series_stand_beside_each_other_told_apart_without_colour():
    rows = pd.DataFrame(
        [("1/8", 0.4, "whole"), ("1/8", 0.2, "pooled"), ("1/32", 0.3, "whole")],
        columns=["name", "value", "series"],
    )
    figure = plot_bars(rows, "Right")
    drawn = [(bar.name, list(bar.y), list(bar.x), bar.marker.pattern.shape) for bar in figure.data]
    assert drawn == [("whole", ["1/8", "1/32"], [0.4, 0.3], ""), ("pooled", ["1/8"], [0.2], "/")]
    assert describe_figure(figure).startswith("Right. 1/8, whole 40.0 %; 1/8, pooled 20.0 %;")


LAYERS = pd.DataFrame(
    [("Mean", 1, "stem", 0.5), ("Mean", 2, "top", 0.25), ("Spread", 1, "stem", 0.125)],
    columns=["measure", "place", "name", "value"],
)


def test_layers_are_numbered_from_the_picture_and_named_on_hover():
    figure = plot_layers(LAYERS, "Distance")
    drawn = [(line.name, list(line.x), list(line.y), list(line.customdata)) for line in figure.data]
    assert drawn == [
        ("Mean", [1, 2], [0.5, 0.25], ["stem", "top"]),
        ("Spread", [1], [0.125], ["stem"]),
    ]
    looks = [(line.line.color, line.line.dash, line.marker.symbol) for line in figure.data]
    assert looks == [(COLOURS[0], "solid", "circle"), (COLOURS[1], "dot", "diamond-open")]
    assert describe_figure(figure) == (
        "Distance, by layer from the picture upwards. Mean: 0.5 at first, 0.25 at last, at most "
        "0.5 (stem); Spread: 0.125 at first, 0.125 at last, at most 0.125 (stem)."
    )


def test_one_measure_of_layers_needs_no_legend_and_may_be_a_share():
    figure = plot_layers(LAYERS.iloc[:2], "Change", as_share=True)
    assert (figure.layout.showlegend, figure.layout.yaxis.tickformat) == (False, ".0%")
    assert "50.0 % at first, 25.0 % at last" in describe_figure(figure)
