"""Any record that a label store may hand out, as strategies of Hypothesis."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from lpr_core.labels.exchange import Word
from lpr_core.labels.tables.rows import Mark, PlateRecord, Revision, StoredPicture, StoredReading
from tests.kit.exported_labels import LONG_AGO
from tests.kit.label_samples import reading_dict

AUTHORS = st.text(st.characters().filter(str.isprintable), max_size=20).map(str.strip)


def nothing_later_than(moment):
    return st.datetimes(datetime(2000, 1, 1), moment, timezones=st.just(UTC))


PLATE_TEXTS = st.text("ABCDEFGH0123456789ÄЖ", min_size=1, max_size=16)

TIMES = nothing_later_than(datetime(2026, 1, 1))

READINGS = st.builds(
    StoredReading,
    reading_id=st.integers(1, 9),
    text=PLATE_TEXTS,
    confidence=st.floats(0, 1),
    region=st.sampled_from([None, "br", "us-ca"]),
    pattern=st.sampled_from([None, "Mercosul"]),
    slots=st.just(tuple(reading_dict()["slots"])),
    reader_version=st.sampled_from(["a-1", "b-2"]),
    read_at=TIMES,
)


@st.composite
def revisions(draw):
    mark = draw(st.sampled_from(Mark))
    return Revision(
        revision_id=draw(st.integers(1, 9)),
        mark=mark,
        before=draw(st.just("") | PLATE_TEXTS),
        after=draw(PLATE_TEXTS) if mark.is_readable else "",
        author=draw(AUTHORS | st.sampled_from(["=cmd", "@maria", "'x", "-"])),
        reader_version="a-1",
        saved_at=draw(TIMES),
    )


@st.composite
def records(draw):
    picture_id = draw(st.text("0123456789abcdef", min_size=64, max_size=64))
    picture = StoredPicture(
        picture_id=picture_id,
        name="a.png",
        file_name=f"{picture_id[:2]}/{picture_id}.png",
        width=60,
        height=20,
        added_at=LONG_AGO,
        region=draw(st.sampled_from([None, "br", "=region", "-"])),
    )
    read = tuple(draw(st.lists(READINGS, max_size=2)))
    return PlateRecord(picture, read, tuple(draw(st.lists(revisions(), max_size=3))))


SOME_RECORDS = st.lists(records(), max_size=4, unique_by=lambda record: record.picture.picture_id)


def readable(record):
    return record.revision is not None and record.revision.mark.is_readable


def word_of(record):
    revision = record.revision
    if revision is None:
        return None
    return Word(revision.mark, revision.after, revision.author, revision.saved_at)
