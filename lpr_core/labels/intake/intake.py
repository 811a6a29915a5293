"""Take in many pictures at once: from files, folders and ZIP archives, their labels along."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path, PurePosixPath

from lpr_core.labels.exchange.words import PlateLabels
from lpr_core.labels.intake.items import Item, Labels, open_items
from lpr_core.labels.intake.label_files import find_labels
from lpr_core.labels.intake.report import IntakeReport, IntakeRow, IntakeVerdict
from lpr_core.labels.intake.sources import SourceFile, open_sources
from lpr_core.labels.pictures import SavedPicture, is_picture_id, plain_name
from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables.bulk import Arrival
from lpr_core.labels.tables.database import explain_errors
from lpr_core.labels.tables.filing import FilingResult
from lpr_core.labels.tables.rows import DEFAULT_PROJECT_ID
from lpr_core.pictures.apart import read_picture_apart
from lpr_core.pictures.decoding import PictureError
from lpr_core.pictures.likeness import LikenessIndex
from lpr_core.progress import CountListener

BATCH_FILES = 64
BATCH_BYTES = 64_000_000

_NO_PICTURE = "Its picture did not come along, and the store does not have it."


def take_in(
    store: LabelStore,
    source: Path | Sequence[Path],
    project_id: int = DEFAULT_PROJECT_ID,
    *,
    layout: str | None = None,
    author: str = "",
    on_progress: CountListener | None = None,
) -> IntakeReport:
    """Store all pictures of a source, and the labels that come along.

    Everything is checked before anything is stored. Then pictures are stored in batches, each
    whole or not at all, so an intake that was cut can be repeated: what is there stays as it is,
    and nothing is there twice. Near duplicates are added, and marked. Pictures whose labels have a
    box are cut to it. Labels of pictures that are in the store need no picture to come along; how
    labels and people's words get on is said at `filing.file_labels`.

    Args:
        store: Where to.
        source: A folder, a ZIP archive, a picture, a file of labels, or several of these.
        project_id: Where new pictures belong; known ones stay where they are.
        layout: The layout of the labels, one of `data.formats.layouts()`; None recognises
            a manifest and the kinds of `exchange`.
        author: Who brings them; stands for the author of labels that name none.
        on_progress: Called after each batch.

    Raises:
        ArchiveError, SourceError, ManifestError: Nothing was stored; one sentence, or all bad rows.
        FileNotFoundError: There is no such file or folder.
        StoreError: The store cannot save; batches before this one are stored.
        ValueError: The project or the layout is unknown.
    """
    store.projects.get(project_id)
    paths = [source] if isinstance(source, Path) else list(source)
    with open_sources(paths) as files:
        found = find_labels(files, layout)
        pictures = [
            file for file in files if file.name not in found.label_files | found.others.keys()
        ]
        desk = _Desk(store, project_id, author)
        total = len(pictures) + len(found.strangers)
        rows: list[IntakeRow] = []
        done = 0
        for batch in _cut_batches(pictures):
            rows += desk.take([(file, found.by_file.get(file.name, [])) for file in batch])
            done += len(batch)
            if on_progress:
                on_progress(done, total)
        for start in range(0, len(found.strangers), BATCH_FILES):
            labels = found.strangers[start : start + BATCH_FILES]
            rows += desk.file(labels)
            done += len(labels)
            if on_progress:
                on_progress(done, total)
    rows += [IntakeRow(name, IntakeVerdict.REFUSED, said) for name, said in found.others.items()]
    return IntakeReport(tuple(rows))


def _cut_batches(files: Sequence[SourceFile]) -> Iterator[list[SourceFile]]:
    batch: list[SourceFile] = []
    size = 0
    for file in files:
        if batch and (len(batch) == BATCH_FILES or size + file.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.size
    if batch:
        yield batch


class _Desk:
    """Takes batch after batch, and remembers what every picture looks like."""

    def __init__(self, store: LabelStore, project_id: int, author: str) -> None:
        self._bulk = store.bulk
        self._project_id = project_id
        self._author = author
        self._bulk.hash_missing()
        self._index = LikenessIndex()
        for picture_id, looks in store.picture_hashes().items():
            self._index.add(picture_id, looks)

    def take(self, batch: Sequence[tuple[SourceFile, Sequence[Labels]]]) -> list[IntakeRow]:
        """Store the pictures of a batch with their labels, all or none."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            opened = pool.map(lambda pair: open_items(*pair), batch)
            items = [item for plates in opened for item in plates]
            sound = {item.picture_id: item for item in items if not item.problem}
            known = self._bulk.find_known(sound)
            new = {found: item for found, item in sound.items() if found not in known}
            saved = dict(zip(new, pool.map(self._save, new.values()), strict=True))
        rows, arrivals = [], []
        for item in items:
            outcome = item.problem or saved.get(item.picture_id)
            row = self._judge(item, outcome, known.get(item.picture_id, item.picture_id))
            rows.append(row)
            arrivals.append(_make_arrival(row, outcome, item.labels))
            if row.picture_id is not None:
                saved.pop(item.picture_id, None)  # the next one of the same bytes is no news
        return self._store(rows, arrivals)

    def file(self, strangers: Sequence[tuple[Labels, str]]) -> list[IntakeRow]:
        """File labels whose pictures did not come along, where the store has the pictures."""
        ids = [PurePosixPath(labels.image_path).stem for labels, _ in strangers]
        known = self._bulk.find_known({found for found in ids if is_picture_id(found)})
        rows = [
            IntakeRow(labels.image_path, IntakeVerdict.SAME, "", known[found], known[found])
            if found in known
            else IntakeRow(labels.image_path, IntakeVerdict.REFUSED, problem or _NO_PICTURE)
            for found, (labels, problem) in zip(ids, strangers, strict=True)
        ]
        said = zip(rows, strangers, strict=True)
        return self._store(rows, [_make_arrival(row, None, (labels,)) for row, (labels, _) in said])

    def _save(self, item: Item) -> SavedPicture | str:
        """Write a new picture's file; return why not where it is no picture."""
        try:
            with explain_errors():
                return self._bulk.folder.write(item.picture_id, read_picture_apart(item.content))
        except PictureError as error:
            return str(error)

    def _judge(self, item: Item, outcome: SavedPicture | str | None, stored_id: str) -> IntakeRow:
        """Say what becomes of a picture; a new one can be resembled from now on."""
        if isinstance(outcome, str):
            return IntakeRow(item.name, IntakeVerdict.REFUSED, outcome)
        if outcome is None:
            return IntakeRow(item.name, IntakeVerdict.SAME, "", stored_id, stored_id)
        like = self._index.find_nearest(outcome.phash)
        self._index.add(item.picture_id, outcome.phash)
        verdict = IntakeVerdict.NEAR if like else IntakeVerdict.ADDED
        return IntakeRow(item.name, verdict, "", item.picture_id, like)

    def _store(
        self, rows: Sequence[IntakeRow], arrivals: Sequence[Arrival | None]
    ) -> list[IntakeRow]:
        """Store what is new, and say in each row what became of it."""
        stored = [arrival for arrival in arrivals if arrival is not None]
        results: list[list[FilingResult]] = [[]] * len(stored)
        if any(arrival.saved or arrival.labels for arrival in stored):
            results = self._bulk.add(stored, self._project_id, self._author)
        names = self._bulk.names({row.like for row in rows if row.like})
        filed = iter(results)
        return [
            row if arrival is None else _finish_row(row, arrival.labels, next(filed), names)
            for row, arrival in zip(rows, arrivals, strict=True)
        ]


def _make_arrival(
    row: IntakeRow, outcome: SavedPicture | str | None, labels: tuple[Labels, ...]
) -> Arrival | None:
    if row.picture_id is None or isinstance(outcome, str):
        return None
    like = row.like if row.verdict is IntakeVerdict.NEAR else None
    return Arrival(row.picture_id, plain_name(row.name), outcome, labels, like)


def _finish_row(
    row: IntakeRow,
    labels: Sequence[Labels],
    results: Sequence[FilingResult],
    names: Mapping[str, str],
) -> IntakeRow:
    """Add what became of the labels, and the sentences."""
    sentences = [one.note for one in labels if isinstance(one, PlateLabels) and one.note]
    sentences += [result.sentence for result in results if result.sentence]
    if row.like:
        seen = "It looks like" if row.verdict is IntakeVerdict.NEAR else "It is here already, as"
        sentences.insert(0, f"{seen} {names.get(row.like, row.like)!r}.")
    filed = tuple(result.filed for result in results)
    return replace(row, sentence=" ".join(sentences), labels=filed)
