"""A team at work over HTTP as browsers are: people who answer plates, people who bring pictures.

`Ledger` keeps what the server acknowledged; `check_ledger` says what of it the store lost.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import cv2
import httpx
import numpy as np
from sqlalchemy import insert, select

from lpr_core.labels import LabelStore, Role
from lpr_core.labels.tables.schema import pictures, readings, standings
from tests.kit.label_samples import reading_dict

PATIENCE_SECONDS = 180
ROWS_AT_ONCE = 1000
PASSWORD = "the team has one password"


@dataclass(frozen=True)
class Answer:
    """One acknowledged answer."""

    picture_id: str
    text: str
    author: str


@dataclass
class Ledger:
    """What was promised and how long it took; lists grow from many threads.

    Attributes:
        answers: Acknowledged answers.
        uploads: Ids of acknowledged uploads.
        seconds: From sending an answer to having the next plate.
        errors: What went wrong, and how often.
    """

    answers: list[Answer] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


def add_team(store: LabelStore, num_people: int) -> list[str]:
    """Make an admin and annotators with `PASSWORD`; return the annotators' names."""
    names = [f"person {number}" for number in range(num_people)]
    known = {user.name for user in store.people.list()}
    for name, role in [("boss", Role.ADMIN), *((name, Role.ANNOTATOR) for name in names)]:
        if name not in known:
            store.people.add_user(name, PASSWORD, role)
    return names


def make_pictures(seed: int, width: int = 240, height: int = 80) -> Callable[[], bytes]:
    """Return a function that returns another JPEG at each call."""
    generator = np.random.default_rng(seed)
    coarse = generator.integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    base = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    numbers = count()

    def make() -> bytes:
        picture = base.copy()
        label = f"{seed} {next(numbers)}"
        cv2.putText(picture, label, (8, 52), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (255, 255, 255), 3)
        return cv2.imencode(".jpg", picture)[1].tobytes()

    return make


def plant_plates(store: LabelStore, number: int) -> None:
    """Put plates into the queue, each read with another confidence."""
    make = make_pictures(seed=0)
    for index in range(number):
        picture_id = store.add_picture(make(), f"planted {index}.jpg")
        store.add_reading(picture_id, reading_dict(confidence=(index % 997) / 997))


def plant_rows(store: LabelStore, number: int) -> None:
    """Put very many plates into the queue at once; all of them show the same stored picture."""
    first = store.add_picture(make_pictures(seed=99)(), "row.jpg")
    store.add_reading(first, reading_dict())
    with store._database.write() as connection:
        picture, reading, standing = (
            dict(
                connection.execute(select(table).where(table.c.picture_id == first))
                .mappings()
                .one()
            )
            for table in (pictures, readings, standings)
        )
        del reading["reading_id"]
        for start in range(0, number, ROWS_AT_ONCE):
            wanted = range(start, min(start + ROWS_AT_ONCE, number))
            ids = {f"{index:064x}": (index % 9973) / 9973 for index in wanted}
            connection.execute(insert(pictures), [picture | {"picture_id": key} for key in ids])
            rows = [reading | {"picture_id": key, "confidence": ids[key]} for key in ids]
            columns = (readings.c.picture_id, readings.c.reading_id)
            read = dict(connection.execute(insert(readings).returning(*columns), rows).all())
            connection.execute(
                insert(standings),
                [
                    standing
                    | {"picture_id": key, "confidence": ids[key], "latest_reading_id": read[key]}
                    for key in ids
                ],
            )


class Visitor:
    """One browser: signed in, with the pages' functions.

    Args:
        url: Of the server.
        name: Of the account.
    """

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self.client = httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, trust_env=False)
        answer = self.client.post("/sign-in", data={"name": name, "password": PASSWORD})
        if answer.status_code != 303:
            raise RuntimeError(f"{name} cannot sign in: {answer.status_code}")
        config = self.client.get("/config").json()
        self._components = {
            part["props"].get("elem_id"): part["id"] for part in config["components"]
        }

    def ask(self, page: str, function: str, **data: Any) -> dict[str, Any]:
        """Call a function of a page as its script does."""
        answer = self.client.post(
            "/gradio_api/component_server",
            json={
                "session_hash": "load",
                "component_id": self._components[page],
                "fn_name": function,
                "data": data,
            },
        )
        answer.raise_for_status()
        return answer.json()

    def upload(self, content: bytes, name: str) -> dict[str, Any]:
        """Bring one picture and have it read; return its card."""
        answer = self.client.post("/gradio_api/upload", files={"files": (name, content)})
        answer.raise_for_status()
        (path,) = answer.json()
        return self.ask("sheet", "read_upload", path=path, name=name, region="")["cards"][0]


def annotate(
    visitor: Visitor, ledger: Ledger, stop: threading.Event, pause: float, seed: int
) -> None:
    """Answer plate after plate until `stop`; wait `pause` seconds between them on average."""
    chance = random.Random(seed)
    asked = {"project_id": 1, "order": "oldest", "region": "", "count": 2}
    with _noting(ledger, stop):
        stop.wait(chance.uniform(0, pause))
        tasks = visitor.ask("queue", "next_plates", **asked).get("tasks", [])
        while not stop.is_set():
            if not tasks:
                stop.wait(0.2)
                tasks = visitor.ask("queue", "next_plates", **asked).get("tasks", [])
                continue
            task = tasks[0]
            text = f"A{seed % 1000:03}{len(ledger.answers) % 10**6:06}"
            started = time.perf_counter()
            answer = visitor.ask(
                "queue", "answer", mark="correct", text=text, seconds=pause,
                assignment_id=task["assignment_id"], **asked,
            )  # fmt: skip
            elapsed = time.perf_counter() - started
            if "error" in answer:
                ledger.errors[answer["error"]] += 1
                stop.wait(0.2)
                tasks = visitor.ask("queue", "next_plates", **asked).get("tasks", [])
                continue
            ledger.seconds.append(elapsed)
            ledger.answers.append(Answer(task["id"], text, visitor.name))
            tasks = answer["tasks"]
            stop.wait(chance.uniform(0.5 * pause, 1.5 * pause))


def bring_pictures(visitor: Visitor, ledger: Ledger, stop: threading.Event, seed: int) -> None:
    """Upload and read one picture after the other until `stop`."""
    make = make_pictures(seed)
    with _noting(ledger, stop):
        for number in count():
            if stop.is_set():
                return
            card = visitor.upload(make(), f"{seed} {number}.jpg")
            if "error" in card:
                ledger.errors[card["error"]] += 1
            else:
                ledger.uploads.append(card["id"])


@contextmanager
def at_work(
    url: str, ledger: Ledger, *, people: int, uploaders: int, pause: float, first_seed: int = 0
) -> Iterator[threading.Event]:
    """Let a team of `add_team` work until the end of the block, or until the event is set."""
    stop = threading.Event()
    # One after the other: many sign-ins at once from one address look like an attack.
    visitors = [Visitor(url, f"person {number}") for number in range(people)]
    bosses = [Visitor(url, "boss") for _ in range(uploaders)]
    team = [
        threading.Thread(target=annotate, args=(visitor, ledger, stop, pause, first_seed + seed))
        for seed, visitor in enumerate(visitors)
    ] + [
        threading.Thread(
            target=bring_pictures, args=(boss, ledger, stop, 10_000 + first_seed + seed)
        )
        for seed, boss in enumerate(bosses)
    ]
    for member in team:
        member.start()
    try:
        yield stop
    finally:
        stop.set()
        for member in team:
            member.join()
        for visitor in visitors + bosses:
            visitor.client.close()


@contextmanager
def _noting(ledger: Ledger, stop: threading.Event) -> Iterator[None]:
    """Note what ends a visitor's work, unless the work is over."""
    try:
        yield
    except Exception as error:
        if not stop.is_set():
            ledger.errors[f"{type(error).__name__}: {error}"[:120]] += 1


@dataclass(frozen=True)
class Loss:
    """What a store does not have that was promised, and what it has twice."""

    lost_answers: int
    lost_uploads: int
    doubled: int


def check_ledger(store: LabelStore, ledger: Ledger) -> Loss:
    """Compare a store with what was promised.

    An answer is lost when no revision of its plate has its text and author; a plate is doubled
    when two people answered it, although no second reading was asked for.
    """
    said = {
        record.picture.picture_id: [
            (revision.after, revision.author) for revision in record.revisions
        ]
        for record in store.records()
    }
    lost = sum(
        (answer.text, answer.author) not in said.get(answer.picture_id, [])
        for answer in ledger.answers
    )
    people = {picture_id: {author for _, author in steps} for picture_id, steps in said.items()}
    return Loss(
        lost_answers=lost,
        lost_uploads=sum(picture_id not in said for picture_id in ledger.uploads),
        doubled=sum(len(authors) > 1 for authors in people.values()),
    )
