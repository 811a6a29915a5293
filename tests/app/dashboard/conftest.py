"""Studies of every design and state, and a machine that has them."""

import pytest
import streamlit

from tests.kit.dashboard_kit import sit_at_the_machine
from tests.kit.planted_study import plant_study
from tests.kit.study_pages import EVERY_RUN
from tests.kit.tiny_reader import write_tiny_bundle


@pytest.fixture(scope="session")
def planted(tmp_path_factory):
    """Studies of every design and state, planted once."""
    home = tmp_path_factory.mktemp("home") / "studies"
    size = {"num_plates": 12, "epochs": 2}
    plant_study(home / "hypotheses", **size)
    for design in ("noise", "freeze-depth", "learning-curve", "cross-validation"):
        plant_study(home / design, design=design, seeds=range(2), pictures=False, **size)
    plant_study(
        home / "halfway", seeds=range(2), missing=EVERY_RUN[1::8], failed=EVERY_RUN[:1], **size
    )
    plant_study(home / "begun", seeds=range(1), missing=EVERY_RUN, diagnosis=False, **size)
    plant_study(home / "broken", seeds=range(1), **size)
    (home / "broken" / "study.json").write_text('{"schema": 1')
    plant_study(home / "cut", seeds=range(2), **size)
    for path in (home / "cut" / "runs").glob("*/seed-0/predictions.csv.gz"):
        path.write_bytes(b"no gzip")
    plant_study(home / "single", seeds=range(1), pictures=False, **size)
    plant_study(home / "undiagnosed", seeds=range(1), diagnosis=False, pictures=False, **size)
    plant_study(home / "unfit", seeds=range(1), diagnosis=False, **size)
    (home / "unfit" / "plates.csv").write_text("plate,image_path,truth,plate_region\n")
    streamlit.cache_data.clear()  # once for all tests: what is kept goes by a study's files
    return home.parent


@pytest.fixture
def machine(planted, tmp_path, monkeypatch):
    """A machine that has the planted studies and a tiny reader, and nothing else."""
    monkeypatch.setenv("LPR_DATA_DIR", str(planted))
    monkeypatch.setenv("LPR_READER", str(write_tiny_bundle(tmp_path / "reader")))
    monkeypatch.delenv("LPR_RUNS_DIR", raising=False)
    monkeypatch.delenv("LPR_LABELER_URL", raising=False)
    monkeypatch.delenv("LPR_DATABASE_URL", raising=False)
    monkeypatch.setattr("lpr_core.data.shipped.SHIPPED_DIR", tmp_path)
    monkeypatch.setattr("lpr_core.study.folder.results.SHIPPED_DIR", tmp_path)
    sit_at_the_machine(monkeypatch)
