import pytest

from lpr_core.diagnosis import saved_runs
from lpr_core.diagnosis.saved_runs import (
    find_frozen_variant,
    find_remedies,
    judge_remedies,
    measure_gap,
    read_frozen_config,
)
from lpr_core.evidence.answers import answer_study
from lpr_core.evidence.suspects.judges import judge_gap
from lpr_core.study.folder.inputs import read_inputs
from lpr_core.study.folder.results import StudyFolder
from tests.kit.planted_study import plant_study
from tests.kit.planted_variants import Variant

REMEDIES = [
    Variant("frozen", {"transfer": "frozen", "noise": 0.1}, 0.40, label="Frozen, pooled, noisy"),
    Variant("unfreeze", {"transfer": "fine-tuned", "noise": 0.1}, 0.80, label="Unfrozen"),
    Variant("keep-position", {"transfer": "frozen", "noise": 0.1}, 0.42, label="Position kept"),
    Variant("milder-noise", {"transfer": "frozen", "noise": 0.03}, 0.25, label="Milder noise"),
]


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies")
    small = {"diagnosis": False, "pictures": False, "epochs": 1}
    plant_study(folder / "hypotheses", seeds=range(2), num_plates=20, **small)
    plant_study(
        folder / "cures",
        design="remedies",
        variants=REMEDIES,
        seeds=range(6),
        num_plates=80,
        missing=[("unfreeze", 5)],
        **small,
    )
    return folder


@pytest.fixture(autouse=True)
def _no_other_studies(monkeypatch, tmp_path):
    monkeypatch.setattr(saved_runs, "studies_dirs", lambda: (tmp_path, tmp_path))


def test_the_frozen_variant_with_least_noise(studies):
    assert find_frozen_variant(StudyFolder(studies / "hypotheses").read_study()) == "frozen"
    assert find_frozen_variant(StudyFolder(studies / "cures").read_study()) == "milder-noise"


def test_a_study_without_a_frozen_variant(tmp_path):
    variants = [Variant("only", {"transfer": "none", "noise": 0.0}, 0.5)]
    plant_study(tmp_path / "s", variants=variants, seeds=range(1), num_plates=5, pictures=False)
    with pytest.raises(ValueError, match="needs a frozen variant"):
        find_frozen_variant(StudyFolder(tmp_path / "s").read_study())


def test_the_gap_of_the_saved_runs(studies):
    found = measure_gap(StudyFolder(studies / "hypotheses"), "frozen")
    assert (found.variant, found.seeds, found.baseline) == ("frozen", 2, 0.07)
    assert found.train == 0.95  # as planted
    assert found.validation == pytest.approx(0.45, abs=0.15)
    assert found.gap.value == pytest.approx(found.train - found.validation)
    assert found.gap.low < found.gap.value < found.gap.high


def test_a_planted_gap_is_guilty(studies):
    found = measure_gap(StudyFolder(studies / "cures"), "frozen")
    assert judge_gap(found).verdict == "guilty"


def test_no_run_yet(studies, tmp_path):
    plant_study(
        tmp_path / "s",
        seeds=range(1),
        num_plates=5,
        missing=[("frozen", 0)],
        pictures=False,
        epochs=1,
    )
    folder = StudyFolder(tmp_path / "s")
    with pytest.raises(ValueError, match="no finished run of frozen"):
        measure_gap(folder, "frozen")
    with pytest.raises(ValueError, match="starts from a finished run of frozen; s has none yet"):
        read_frozen_config(folder, "frozen")


def test_the_frozen_configuration_has_no_noise(studies):
    folder = StudyFolder(studies / "hypotheses")
    assert folder.run("frozen+noise", 0).read_config()["config"]["noise_strength"] == 0.1
    config = read_frozen_config(folder, "frozen+noise")
    assert config.noise_strength == 0
    assert config.network.weights == "imagenet"


def test_remedies_are_compared_over_common_seeds(studies):
    unfreeze, position, noise = judge_remedies(StudyFolder(studies / "cures"))
    assert [(r.name, r.label, r.seeds) for r in (unfreeze, position, noise)] == [
        ("unfreeze", "Unfrozen", 5),
        ("keep-position", "Position kept", 6),
        ("milder-noise", "Milder noise", 6),
    ]
    assert unfreeze.gain == pytest.approx(0.40, abs=0.08)
    assert unfreeze.low < unfreeze.gain < unfreeze.high
    told = [found.sentence for found in (unfreeze, position, noise)]
    assert all("against Frozen, pooled, noisy: " in sentence for sentence in told)
    assert ": undecided, " in told[0]  # five seeds cannot say more
    assert told[2].endswith(": worse.")


def test_the_study_of_remedies_says_the_same_of_them(studies):
    folder = StudyFolder(studies / "cures")
    findings = answer_study(read_inputs(folder)).findings
    assert [r.sentence for r in judge_remedies(folder)] == [f.sentence for f in findings]


def test_a_remedy_without_common_seeds_is_left_out(tmp_path):
    plant_study(
        tmp_path / "s",
        design="remedies",
        variants=REMEDIES[:3],
        seeds=range(1),
        num_plates=5,
        missing=[("unfreeze", 0)],
        pictures=False,
        epochs=1,
    )
    assert [r.name for r in judge_remedies(StudyFolder(tmp_path / "s"))] == ["keep-position"]


def test_remedies_are_found_beside_a_study_of_the_same_plates(studies):
    found = find_remedies(StudyFolder(studies / "hypotheses"))
    assert found == StudyFolder(studies / "cures")
    assert find_remedies(found) == found


def test_remedies_on_other_plates_do_not_count(studies, tmp_path):
    folder = StudyFolder(
        plant_study(tmp_path / "s", seeds=range(1), num_plates=5, pictures=False, epochs=1)
    )
    assert find_remedies(folder) is None  # nothing beside it
    record = StudyFolder(studies / "hypotheses").read_study()
    other = record.model_copy(update={"data": record.data.model_copy(update={"fingerprint": "f"})})
    other.write(tmp_path / "other")
    (studies / "moved").mkdir()
    other.write(studies / "moved")
    assert find_remedies(StudyFolder(studies / "moved")) is None
