"""A study's plates as small cards: the picture where it may be shown, and what was read."""

import base64
from collections.abc import Sequence
from html import escape

from app.dashboard.chosen.study_view import StudyView
from app.dashboard.shown.plate_view import pair_symbols, symbol_row
from lpr_core.untrusted import FileRefusedError, read_untrusted

MAX_PICTURE_BYTES = 500_000
"""Pictures of studies are small; what is larger came with somebody's zip and is left out."""


def study_card(
    view: StudyView, plate: int, truth: str, readings: Sequence[tuple[str, str]], verdict: str
) -> str:
    """Return one card as HTML.

    Args:
        view: The study.
        plate: Number of the plate.
        truth: What it says.
        readings: Who read it and what, under each other.
        verdict: One line below.
    """
    rows = "".join(
        f'<div class="lpr-who">{escape(who)}</div>{symbol_row(pair_symbols(text, truth))}'
        for who, text in readings
    )
    return (
        f'<figure class="lpr-card">{_picture(view, plate, truth)}'
        f'<figcaption><div class="lpr-facts"><b>{escape(truth)}</b><span>plate {plate}</span></div>'
        f'{rows}<div class="lpr-verdict">{escape(verdict)}</div></figcaption></figure>'
    )


def _picture(view: StudyView, plate: int, truth: str) -> str:
    path = view.folder.picture_path(plate)
    if path is None:
        return ""
    try:
        content = base64.b64encode(read_untrusted(path, MAX_PICTURE_BYTES)).decode()
    except FileRefusedError:
        return ""
    return f'<img src="data:image/jpeg;base64,{content}" alt="Plate {escape(truth)}">'
