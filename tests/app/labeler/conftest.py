"""A label store of its own and a desk over it."""

import pytest

from app.labeler.desk import LabelDesk
from lpr_core.labels import LabelStore
from tests.kit.fake_reader import FakeReader


@pytest.fixture
def store(tmp_path):
    opened = LabelStore(data_dir=tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def desk(store):
    return LabelDesk(FakeReader(), store)
