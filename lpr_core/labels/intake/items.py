"""Open one brought file: the plates in it, each as a picture of its own."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from lpr_core.data.samples import Box, cut_box
from lpr_core.labels.exchange.words import PlateHistory, PlateLabels
from lpr_core.labels.intake.sources import SourceFile
from lpr_core.labels.pictures import identify_picture, number_plate
from lpr_core.pictures.apart import read_picture_apart
from lpr_core.pictures.decoding import Picture, PictureError

Labels = PlateLabels | PlateHistory


@dataclass(frozen=True)
class Item:
    """One plate on its way into the store.

    Attributes:
        name: As it was brought, with the folders in it.
        content: The picture's bytes; empty where there is a problem.
        picture_id: Their SHA-256; empty where there is a problem.
        labels: What was said about it.
        problem: Why it cannot be taken, in one sentence.
    """

    name: str
    content: bytes = b""
    picture_id: str = ""
    labels: tuple[Labels, ...] = ()
    problem: str = ""


def open_items(file: SourceFile, labels: Sequence[Labels]) -> list[Item]:
    """Read a file; where labels have boxes, each box is a plate, else the whole picture is one."""
    try:
        content = file.read()
        boxes = dict.fromkeys(_box_of(one) for one in labels) or {None: None}
        picture = None if list(boxes) == [None] else read_picture_apart(content)
        return [
            _open_box(number_plate(file.name, number), content, picture, box, labels)
            for number, box in enumerate(boxes, start=1)
        ]
    except (PictureError, ValueError) as error:
        return [Item(file.name, problem=str(error))]
    except OSError as error:
        return [Item(file.name, problem=f"The file cannot be read: {error.strerror}.")]


def _open_box(
    name: str, content: bytes, picture: Picture | None, box: Box | None, labels: Sequence[Labels]
) -> Item:
    if picture is not None and box is not None and not _is_whole(box, picture):
        content = _encode(cut_box(picture, box))
    said = tuple(one for one in labels if _box_of(one) == box)
    return Item(name, content, identify_picture(content), said)


def _is_whole(box: Box, picture: Picture) -> bool:
    height, width = picture.shape[:2]
    return (box.x, box.y) == (0, 0) and box.width >= width and box.height >= height


def _encode(crop: Picture) -> bytes:
    """Encode as BMP, which has one form only: the same crop has the same hash for ever."""
    stream = io.BytesIO()
    Image.fromarray(crop).save(stream, "BMP")
    return stream.getvalue()


def _box_of(labels: Labels) -> Box | None:
    return labels.box if isinstance(labels, PlateLabels) else None
