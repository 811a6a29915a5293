"""Tables behind the suspects: every number of a measurement, in words."""

from lpr_core.evidence.suspects.suspects import QUESTIONS
from lpr_core.evidence.tables.suspects import tabulate_suspect
from tests.kit.planted_measurements import plant_measurements

MEASURED = plant_measurements()


def tabulate(name: str) -> list[tuple]:
    return [table.rows for table in tabulate_suspect(name, MEASURED)]


def test_every_suspect_has_tables_whose_rows_fit_their_columns():
    for name in QUESTIONS:
        tables = tabulate_suspect(name, {name: MEASURED[name]})
        assert tables
        for table in tables:
            assert {len(row) for row in table.rows} == {len(table.columns)}


def test_nothing_is_shown_of_what_was_not_measured():
    assert tabulate_suspect("gap", {}) == ()
    assert tabulate_suspect("magic", {"magic": {}}) == ()


def test_accuracies_of_the_gap_and_of_memory():
    assert tabulate("gap")[0][0] == ("Training plates", "90.0 %")
    assert tabulate("memory")[0][2] == ("Shuffled labels, training plates", "50.0 %")


def test_probes_by_slot():
    slots, areas = tabulate("position")
    assert slots[0][:4] == ("Whole map", "60.0 %", "57.0 %", "58.0 %")
    assert slots[2][:4] == ("Pooled vector", "30.0 %", "27.0 %", "28.0 %")
    assert areas[1] == ("Map in disorder", "0.800", "0.600")


def test_stages_whole_and_pooled():
    (stages,) = tabulate("features")
    assert stages[:2] == (("picture", "20.0 %", "10.0 %"), ("1/8", "80.0 %", "30.0 %"))


def test_layers_that_fine_tuning_moved():
    probes, layers = tabulate("drift")
    assert probes[1] == ("Fine-tuned features", "80.0 %")
    assert layers == (("conv_1", "50.0 %", ""), ("conv_2", "100.0 %", "33.3 %"))


def test_layers_whose_statistics_do_not_fit():
    probes, layers = tabulate("batch_statistics")
    assert probes[2][1] == "20.0 %"
    assert layers == (("norm_1", "0.100", "1.000"), ("norm_2", "0.200", "0.500"))


def test_ranges_of_pictures_and_what_arrives():
    scales, backbones = tabulate("input_scale")
    assert scales[1] == ("0 to 1", "10.0 %", "-1 to -0.992", "0.100", "")
    assert backbones == (("compact", "-1 to 1", "-1 to -0.992"), ("own", "", ""))
