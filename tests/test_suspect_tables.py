"""Tables behind the suspects: every number of a measurement, in words."""

from lpr_core.evidence.measurements import (
    Difference,
    DriftMeasurement,
    FeaturesMeasurement,
    FormScore,
    GapMeasurement,
    LayerDrift,
    MemoryMeasurement,
    NormDistance,
    NormMeasurement,
    PositionMeasurement,
    ScaleMeasurement,
    ScaleScore,
    StageScore,
)
from lpr_core.evidence.suspects import QUESTIONS
from lpr_core.study.report.suspect_tables import tabulate_suspect

NOTHING = Difference(value=0, low=0, high=0)


def form(accuracy: float, *slots: float) -> FormScore:
    return FormScore(accuracy=accuracy, slots=list(slots), anywhere=0.75, place=0.5)


MEASURED = {
    "gap": GapMeasurement(
        variant="frozen", seeds=8, train=0.9, validation=0.4, baseline=0.07, gap=NOTHING
    ),
    "memory": MemoryMeasurement(
        epochs=5,
        num_train=100,
        baseline=0.07,
        train_true=0.8,
        validation_true=0.4,
        train_shuffled=0.3,
        validation_shuffled=0.05,
        gap=NOTHING,
        memorised=NOTHING,
    ),
    "position": PositionMeasurement(
        head="pooled",
        pooled=form(0.2, 0.3, 0.1),
        unpooled=form(0.6, 0.7, 0.5),
        scrambled=form(0.25, 0.3, 0.2),
        lost=NOTHING,
    ),
    "features": FeaturesMeasurement(
        stages=[
            StageScore(name="picture", pooled=0.1, unpooled=0.4),
            StageScore(name="1/4", pooled=0.2, unpooled=0.8),
        ],
        last="1/4",
        best="picture",
        missed=NOTHING,
    ),
    "drift": DriftMeasurement(
        source="a new training",
        layers=[
            LayerDrift(name="stem", weight_change=0.125, cka=0.9),
            LayerDrift(name="top", weight_change=0.5),
        ],
        frozen=0.3,
        tuned=0.5,
        gained=NOTHING,
    ),
    "batch_statistics": NormMeasurement(
        layers=[NormDistance(name="stem_bn", mean_shift=0.25, scale_shift=1.5)],
        inference=0.4,
        batch=0.5,
        mixed=0.1,
        frozen_moves=0.0,
        gained=NOTHING,
    ),
    "input_scale": ScaleMeasurement(
        scales=[
            ScaleScore(name="0 to 255", inputs=(-1, 1), spread=0.5, norm_shift=None, accuracy=0.4),
            ScaleScore(
                name="0 to 1", inputs=(-1, -0.992), spread=0.1, norm_shift=2.0, accuracy=0.1
            ),
        ],
        backbones={"xception": {"0 to 255": (-1, 1), "0 to 1": (-1, -0.992)}, "own": {}},
        gained=NOTHING,
    ),
}


def tabulate(name: str) -> list[tuple]:
    measurements = {key: value.model_dump(mode="json") for key, value in MEASURED.items()}
    return [table.rows for table in tabulate_suspect(name, measurements)]


def test_every_suspect_has_tables_whose_rows_fit_their_columns():
    for name in QUESTIONS:
        tables = tabulate_suspect(name, {name: MEASURED[name].model_dump(mode="json")})
        assert tables
        for table in tables:
            assert {len(row) for row in table.rows} == {len(table.columns)}


def test_nothing_is_shown_of_what_was_not_measured():
    assert tabulate_suspect("gap", {}) == ()
    assert tabulate_suspect("magic", {"magic": {}}) == ()


def test_accuracies_of_the_gap_and_of_memory():
    assert tabulate("gap")[0][0] == ("training plates", "90.0 %")
    assert tabulate("memory")[0][2] == ("shuffled labels, training plates", "30.0 %")


def test_probes_by_slot():
    slots, areas = tabulate("position")
    assert slots[0] == ("whole map", "60.0 %", "70.0 %", "50.0 %")
    assert slots[2] == ("pooled vector", "20.0 %", "30.0 %", "10.0 %")
    assert areas[1] == ("map in disorder", "0.750", "0.500")


def test_stages_whole_and_pooled():
    assert tabulate("features") == [(("picture", "40.0 %", "10.0 %"), ("1/4", "80.0 %", "20.0 %"))]


def test_layers_that_fine_tuning_moved():
    probes, layers = tabulate("drift")
    assert probes[1] == ("fine-tuned features", "50.0 %")
    assert layers == (("stem", "0.125", "0.900"), ("top", "0.500", ""))


def test_layers_whose_statistics_do_not_fit():
    probes, layers = tabulate("batch_statistics")
    assert probes[2][1] == "10.0 %"
    assert layers == (("stem_bn", "0.250", "1.500"),)


def test_ranges_of_pictures_and_what_arrives():
    scales, backbones = tabulate("input_scale")
    assert scales[1] == ("0 to 1", "10.0 %", "-1 to -0.992", "0.100", "2.000")
    assert backbones == (("xception", "-1 to 1", "-1 to -0.992"), ("own", "", ""))
