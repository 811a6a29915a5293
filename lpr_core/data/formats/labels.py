"""What a file of labels says about one plate, whatever its format; and what is wrong in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from lpr_core.data.samples import Box
from lpr_core.plates.facts import UNKNOWN, PlateFacts

_NO_TEXTS = {
    *("car", "vehicle", "plate", "license-plate", "licence-plate", "number-plate"),
    *("licenseplate", "licenceplate", "numberplate", "none", "null", "nan", "n/a", "unknown"),
    *("unreadable", "illegible", "temporary", "todo", "tbd", "待识别"),
}
"""Classes of detectors, and what other tools write where nobody has read a plate yet."""

Changed = TypeVar("Changed")


@dataclass(frozen=True)
class Said:
    """A person's verdict, all in the words of the file.

    Attributes:
        text: What the plate says; empty where the mark is one without a text.
        mark: Whether that was a correction, or why there is no text; empty where not told.
        author: Who says so; empty where not told.
        moment: When; empty where not told.
    """

    text: str
    mark: str = ""
    author: str = ""
    moment: str = ""


@dataclass(frozen=True)
class PictureLabel:
    """One plate in one picture.

    Attributes:
        place: Where in the file this stands, such as "line 3".
        picture: The picture's path, address or name as the file has it; `PictureIndex` finds it.
        said: What counts; None where the file has the picture, but no verdict.
        region: Empty when unknown.
        split: One of `SPLITS`, or empty.
        box: The plate's place; None when the file does not say.
        fills_picture: Whether the plate is known to be the whole picture.
        facts: What else is known.
        earlier: What stood when a program wrote the file, before people changed it elsewhere.
        is_cancelled: Somebody looked, and gave no verdict.
        note: What a person should know of this label; one sentence or nothing.
        not_found: What to say where the picture is not there; empty for the usual sentence.
    """

    place: str
    picture: str
    said: Said | None
    region: str = ""
    split: str = ""
    box: Box | None = None
    fills_picture: bool = False
    facts: PlateFacts = UNKNOWN
    earlier: Said | None = None
    is_cancelled: bool = False
    note: str = ""
    not_found: str = ""


@dataclass(frozen=True)
class Fault:
    """Something in a file of labels that cannot be used: where, empty for the file, and why."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}" if self.place else self.problem


Found = PictureLabel | Fault


def change_labels(
    found: Iterable[Found], change: Callable[[PictureLabel], Changed]
) -> tuple[list[Changed], list[str]]:
    """Return what `change` makes of each label, and everything that is wrong, both in order.

    A ValueError of `change` is a fault in the place of its label.
    """
    changed: list[Changed] = []
    problems: list[str] = []
    for one in found:
        try:
            if isinstance(one, Fault):
                problems.append(str(one))
            else:
                _check_text(one)
                changed.append(change(one))
        except ValueError as error:
            problems.append(str(Fault(one.place, str(error))))
    return changed, problems


def is_no_text(text: str) -> bool:
    """Tell what stands where a text should and is none: a class, or a mark for "not read yet"."""
    return "-".join(text.casefold().replace("_", " ").replace("-", " ").split()) in _NO_TEXTS


def _check_text(label: PictureLabel) -> None:
    if label.said and is_no_text(label.said.text):
        raise ValueError(
            "the text must be the plate's; a class or a mark for what nobody has read is none. "
            f"Received: {label.said.text[:40]!r}"
        )
