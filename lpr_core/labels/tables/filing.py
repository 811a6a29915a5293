"""File a label that comes from elsewhere: it adds to what people have said, and never undoes it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, update

from lpr_core.labels.exchange.words import PlateHistory, PlateLabels, Word
from lpr_core.labels.tables.queries import load_record
from lpr_core.labels.tables.rows import (
    PlateRecord,
    Revision,
    StoredPicture,
    StoredReading,
    clean_text,
)
from lpr_core.labels.tables.schema import pictures
from lpr_core.labels.tables.standing import change_standing, lock_standing
from lpr_core.labels.tables.verdicts import clean_author, write_history, write_revision
from lpr_core.plates.facts import PlateFacts

MAX_REGION_LENGTH = 32


class Filed(StrEnum):
    """What became of a label.

    `taken`; `known`: it stood already; `kept`: what a person has said here was kept instead;
    `refused`: it is no label of a plate.
    """

    TAKEN = "taken"
    KNOWN = "known"
    KEPT = "kept"
    REFUSED = "refused"


class FilingResult(NamedTuple):
    """What became of a label, and why where it was not taken; one sentence or nothing."""

    filed: Filed
    sentence: str = ""


def file_labels(
    connection: Connection,
    picture_id: str,
    labels: PlateLabels | PlateHistory,
    author: str,
    now: datetime,
) -> FilingResult | None:
    """Store what a file says about a picture; None where it says nothing.

    Times decide: a word is taken if it is newer than the last one here. A word without a time is
    taken only where nobody's word stands. A history is taken where nothing has been said, or where
    it goes on from what is here. Filing the same again changes nothing.

    Args:
        connection: In a writing transaction.
        picture_id: Of a stored picture.
        labels: What the file says.
        author: Who brought it; stands for an author that the file does not name.
        now: UTC; stands for a time that the file does not give.
    """
    standing = lock_standing(connection, picture_id)
    record = load_record(connection, picture_id)
    region = clean_region(labels.region)
    # What a model said of the region is no news when it comes back.
    if record.picture.region is None and region not in (None, standing["region"]):
        _set_region(connection, picture_id, region)
    _fill_in_facts(connection, record.picture, labels.facts)
    if isinstance(labels, PlateHistory):
        return _file_history(connection, standing, record, labels)
    if labels.word is None:
        return None
    return _file_word(connection, standing, record, labels.word, author, now)


def clean_region(region: str) -> str | None:
    """Return a region as it is stored; None for none, or for what cannot be one."""
    cleaned = " ".join(region.split())
    return cleaned if 1 <= len(cleaned) <= MAX_REGION_LENGTH and cleaned.isprintable() else None


def _set_region(connection: Connection, picture_id: str, region: str | None) -> None:
    found = update(pictures).where(pictures.c.picture_id == picture_id)
    connection.execute(found.values(region=region))
    change_standing(connection, picture_id, region=region)


def _fill_in_facts(connection: Connection, picture: StoredPicture, facts: PlateFacts) -> None:
    """Keep what was said first, and add what was unknown."""
    filled = picture.facts.fill_in(facts)
    if filled != picture.facts:
        found = update(pictures).where(pictures.c.picture_id == picture.picture_id)
        connection.execute(found.values(fact_columns(filled)))


def fact_columns(facts: PlateFacts) -> dict[str, Any]:
    """Return facts as the columns of a stored picture; None where unknown."""
    return {name: None if value == "" else value for name, value in vars(facts).items()}


def _file_word(
    connection: Connection,
    standing: Any,
    record: PlateRecord,
    word: Word,
    author: str,
    now: datetime,
) -> FilingResult:
    try:
        text = clean_text(word.text) if word.mark is None or word.mark.is_readable else ""
    except ValueError as error:
        return FilingResult(Filed.REFUSED, f"Its label was left out: {error}.")
    if _is_known(record, word, text):
        return FilingResult(Filed.KNOWN)
    if _is_edited(record, word):
        # Said now, by whoever brings it: the file's author and time are those of what stood.
        write_revision(connection, standing, (word.mark, text), clean_author(author), now)
        return FilingResult(Filed.TAKEN)
    if _outweighs(record, word):
        who = record.revisions[-1].author or "somebody"
        stands = record.text or record.mark.replace("_", " ")
        said = text or str(word.mark).replace("_", " ")
        return FilingResult(
            Filed.KEPT, f"Its label {said!r} was left out: {who} has said {stands!r} here."
        )
    who = clean_author(word.author) or clean_author(author)
    write_revision(connection, standing, (word.mark, text), who, word.saved_at or now)
    return FilingResult(Filed.TAKEN)


def _is_known(record: PlateRecord, word: Word, text: str) -> bool:
    """Tell whether this was said here: at the same time, or as what stands where no time is given.

    Whether a text was a correction depends on the readings of its store, so it does not count.
    """
    if word.saved_at is None:
        said = [record.revision] if record.revision else []
    else:
        said = [found for found in record.revisions if found.saved_at == word.saved_at]
    return any(found.after == text and (text or found.mark == word.mark) for found in said)


def _is_edited(record: PlateRecord, word: Word) -> bool:
    """Tell whether a file was handed out while this stood, and its text changed since.

    Spreadsheets drop parts of a second.
    """
    stands = record.revision
    return (
        stands is not None
        and word.saved_at is not None
        and word.saved_at.replace(microsecond=0) == stands.saved_at.replace(microsecond=0)
        and clean_author(word.author) == stands.author
    )


def _outweighs(record: PlateRecord, word: Word) -> bool:
    """Tell whether what was said here is to be kept."""
    if word.saved_at is None:
        return record.revision is not None
    return bool(record.revisions) and record.revisions[-1].saved_at >= word.saved_at


def _file_history(
    connection: Connection, standing: Any, record: PlateRecord, history: PlateHistory
) -> FilingResult | None:
    if not history.readings and not history.revisions:
        return None
    if not record.readings and not record.revisions:
        write_history(connection, standing, history.readings, history.revisions)
        return FilingResult(Filed.TAKEN)
    here = [_without_id(revision) for revision in record.revisions]
    there = [_without_id(revision) for revision in history.revisions]
    if there == here[: len(there)]:
        return FilingResult(Filed.KNOWN)
    if here != there[: len(here)]:
        return FilingResult(Filed.KEPT, "Its history was left out: another one has begun here.")
    for revision in history.revisions[len(here) :]:
        verdict = (revision.mark, revision.after)
        write_revision(
            connection, standing, verdict, clean_author(revision.author), revision.saved_at
        )
    return FilingResult(Filed.TAKEN)


def _without_id(row: Revision | StoredReading) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.endswith("_id")}
