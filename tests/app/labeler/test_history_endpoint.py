"""The endpoint `/history`: what an annotator is to read blindly stays out of it."""

from types import SimpleNamespace

from app.labeler.api import plate_endpoints
from lpr_core.labels import LabelStore
from tests.kit.label_samples import picture_bytes, reading_dict
from tests.kit.safe_app import add_people


def test_history_hides_what_an_annotator_reads_blindly(tmp_path):
    store = LabelStore(data_dir=tmp_path)
    add_people(store)
    store.projects.update(1, second_share=1.0)
    store.add_reading(store.add_picture(picture_bytes(), "a.png"), reading_dict())
    (first,) = store.queue.hand_out("ada")
    store.queue.submit(first.assignment_id, "ada", None, "ABC1D23", 1.0)
    store.queue.hand_out("ann")
    _, _, history, _ = plate_endpoints(None, store)
    totals = {
        name: history(SimpleNamespace(state=SimpleNamespace(user=store.people.get(name))))["total"]
        for name in ("ann", "rita")
    }
    assert totals == {"ann": 0, "rita": 1}
    store.close()
