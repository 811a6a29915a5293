"""The figure of cells when they are no clean factorial."""

import pandas as pd

from lpr_core.charts import describe_figure, plot_cells, style_variants

COLUMNS = ["variant", "transfer", "noise", "mean", "low", "high"]


def plot(*rows: tuple):
    cells = pd.DataFrame([(*row, row[-1] - 0.1, row[-1] + 0.1) for row in rows], columns=COLUMNS)
    scores = pd.DataFrame(columns=["variant", "seed", "value"])
    styles = style_variants(
        {"name": name, "label": name, "factors": {"transfer": transfer, "noise": noise}}
        for name, transfer, noise, _ in rows
    )
    return plot_cells(cells, scores, styles)


def test_lines_go_through_the_transfers_in_order():
    figure = plot(("c", "fine-tuned", False, 0.5), ("a", "none", False, 0.3))
    (line,) = [line for line in figure.data if line.mode == "lines"]
    assert list(line.y) == [0.3, 0.5]
    assert figure.layout.xaxis.ticktext == ("From scratch", "Fine-tuned")


def test_two_strengths_of_noise_stand_in_one_place():
    figure = plot(("b", "none", True, 0.3), ("a", "frozen", True, 0.4), ("c", "none", True, 0.5))
    (line,) = [line for line in figure.data if line.mode == "lines"]
    assert list(line.y) == [0.3, 0.5, 0.4]
    assert line.x[0] == line.x[1] < line.x[2]
    means = [line for line in figure.data if line.error_y.array is not None]
    assert [mean.y[0] for mean in means] == [0.3, 0.5, 0.4]


def test_an_unknown_transfer_is_left_out():
    figure = plot(("a", "none", False, 0.3), ("b", "borrowed", False, 0.4))
    assert figure.layout.xaxis.ticktext == ("From scratch",)
    assert "borrowed" not in describe_figure(figure)
