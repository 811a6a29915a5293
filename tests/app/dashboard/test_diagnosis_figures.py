"""The figures behind each suspect: what is drawn of a measurement, and in which order."""

import pandas as pd
import pytest
import streamlit

from lpr_core.evidence.suspects.judges import judge_suspects
from lpr_core.evidence.tables.suspects import frame_layers, tabulate_ranges
from lpr_core.study.folder.results import StudyFolder
from tests.kit.dashboard_kit import open_page, said, sit_at_the_machine
from tests.kit.planted_measurements import RANGES, plant_measurements
from tests.kit.planted_study import plant_study


@pytest.fixture(scope="module")
def why(tmp_path_factory):
    """The page of a study whose suspects are all measured."""
    home = tmp_path_factory.mktemp("home")
    path = plant_study(
        home / "studies" / "measured", seeds=range(1), num_plates=6, epochs=2, pictures=False
    )
    measured = plant_measurements()
    remedy = {"name": "all", "label": "All three", "gain": 0.2, "low": 0.1, "high": 0.3, "seeds": 1}
    StudyFolder(path).write_diagnosis(
        {
            "schema": 1,
            "suspects": [found.model_dump(mode="json") for found in judge_suspects(measured)],
            "measurements": measured,
            "remedies": [{**remedy, "sentence": "All three: +20.0 pp."}],
        }
    )
    streamlit.cache_data.clear()
    with pytest.MonkeyPatch.context() as patch:
        sit_at_the_machine(patch)
        patch.setenv("LPR_DATA_DIR", str(home))
        patch.setattr("lpr_core.study.folder.results.SHIPPED_DIR", home / "none")
        yield open_page("why")


def test_every_suspect_has_its_figures(why):
    alts = [figure.proto.alt for figure in why.get("plotly_chart")]
    heads = [alt.split(".")[0] for alt in alts]
    assert heads.count("Characters right") == 7
    assert set(heads) - {"Characters right"} == {
        "Characters right by slot, from left to right",
        "Change of the weights, by layer from the picture upwards",
        "Linear CKA, by layer from the picture upwards",
        "Distance from the stored, by layer from the picture upwards",
        "Differences",
    }
    assert len({figure.proto.id for figure in why.get("plotly_chart")}) == 12


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(
            "Whole map: 57 %, 58 %, 59 %, 60 %, 61 %, 62 %, 63 %; Map in disorder: 22 %,",
            id="slots",
        ),
        pytest.param("1/8, Whole map 80.0 %; 1/8, Pooled vector 30.0 %;", id="stages"),
        pytest.param("50.0 % at first, 100.0 % at last, at most 100.0 % (conv_2).", id="weights"),
        pytest.param("Linear CKA: 33.3 % at first, 33.3 % at last", id="similarity"),
        pytest.param("Mean, in standard deviations: 0.1 at first, 0.2 at last", id="means"),
        pytest.param("Spread, in doublings: 1 at first, 0.5 at last", id="spreads"),
    ],
)
def test_what_is_drawn_is_what_was_measured(why, told):
    assert any(told in figure.proto.alt for figure in why.get("plotly_chart"))


def test_the_ranges_in_every_backbone_stand_in_a_table(why):
    expected = pd.DataFrame(
        {
            "Backbone": ["compact", "own"],
            "0 to 255": ["-1 to 1", ""],
            "0 to 1": ["-1 to -0.992", ""],
        }
    )
    pd.testing.assert_frame_equal(why.dataframe[0].value, expected)
    pd.testing.assert_frame_equal(
        tabulate_ranges({"backbones": {"compact": RANGES, "own": {}}}).frame, expected
    )


def test_remedies_say_what_their_intervals_are_over(why):
    told = "hold at 95 % all together, over other plates alone, for there is one seed."
    assert told in said(why)


def test_layers_keep_their_place_where_one_was_not_measured():
    layers = [{"name": "stem", "cka": None}, {"name": "top", "cka": 0.5}]
    table = frame_layers(layers, {"cka": "CKA"})
    assert table.to_dict("records") == [{"measure": "CKA", "place": 2, "name": "top", "value": 0.5}]
