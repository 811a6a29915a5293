"""Where the plate on the noise page comes from: the study, the samples, a person, the labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from app.dashboard.chosen.corrected_plates import list_corrected
from app.dashboard.chosen.study_view import StudyView, read_plates
from app.dashboard.open_dashboard import name_labeler, why_shut
from lpr_core.data.formats.pictures import PICTURE_SUFFIXES
from lpr_core.data.shipped import list_samples
from lpr_core.labels import StoreError
from lpr_core.pictures.apart import read_picture_apart
from lpr_core.pictures.decoding import Picture, PictureError, read_picture

PICTURE_TYPES = list(PICTURE_SUFFIXES)
STUDY, SAMPLE, OWN, CORRECTED = "Study's plates", "Sample plates", "Own picture", "Corrected plates"


@dataclass(frozen=True)
class ChosenPlate:
    """A picture and what is known about it.

    Attributes:
        picture: `(H, W, 3)` uint8 RGB.
        text: What it says, where that is known.
        number: Of the study's plate; None for all others.
    """

    picture: Picture
    text: str | None
    number: int | None = None


def choose_plate(view: StudyView | None) -> ChosenPlate | None:
    """Ask for a plate; where there is none to be had, say so in one line and return None."""
    sources: dict[str, Callable[[], ChosenPlate | None]] = {
        SAMPLE: _choose_sample,
        OWN: _choose_own,
        CORRECTED: _choose_corrected,
    }
    if view is not None and has_pictures(view):
        sources = {STUDY: lambda: _choose_of_study(view), **sources}
    source = st.segmented_control(
        "Picture",
        sources,
        default=next(iter(sources)),
        required=True,
        key="source",
        bind="query-params",
        wrap=True,
    )
    try:
        return sources[source]()
    except PictureError as problem:
        st.warning(str(problem))
        return None


def has_pictures(view: StudyView) -> bool:
    """Whether the study's plates may be shown, and are there."""
    return view.folder.picture_path(0) is not None


def choose_study_plate(view: StudyView) -> int:
    """Ask for one of the study's plates; return its number."""
    names = [f"{plate} {text}" for plate, text in enumerate(read_plates(view)["truth"])]
    return names.index(st.selectbox("Plate of the study", names, key="plate", bind="query-params"))


def _choose_of_study(view: StudyView) -> ChosenPlate | None:
    plate = choose_study_plate(view)
    path = view.folder.picture_path(plate)
    if path is None:
        st.info("This plate has no picture. Choose another one.")
        return None
    return ChosenPlate(read_picture(path), read_plates(view)["truth"][plate], plate)


def _choose_sample() -> ChosenPlate | None:
    samples = {f"{sample.text} {sample.region}".strip(): sample for sample in list_samples()}
    if not samples:
        st.info("No sample plates are here yet (data/samples is empty). Choose a picture of yours.")
        return None
    sample = samples[_choose_label("sample", samples)]
    return ChosenPlate(read_picture(sample.path), sample.text)


def _choose_corrected() -> ChosenPlate | None:
    if reason := why_shut():
        st.info(f"{reason}, so corrected plates are not shown here; see them in {name_labeler()}.")
        return None
    try:
        plates = {plate.label: plate for plate in list_corrected()}
    except StoreError as problem:
        st.info(f"The labels cannot be read: {problem}")
        return None
    if not plates:
        st.info("No plate was corrected yet. Those of the labelling app come here.")
        return None
    label = st.selectbox("Plate, newest first", plates, key="corrected", bind="query-params")
    return ChosenPlate(read_picture(plates[label].path), plates[label].text)


def _choose_own() -> ChosenPlate | None:
    if reason := why_shut():
        st.info(
            f"{reason}, so no picture is taken in here; choose a sample plate, or read yours in "
            f"{name_labeler()}."
        )
        return None
    upload = st.file_uploader(
        "A picture of one plate, cut out roughly", type=PICTURE_TYPES, key="picture"
    )
    text = st.text_input("What the plate says (optional)", key="text")
    if upload is None:
        st.info("Drop a picture above. It stays on this machine and is not kept.")
        return None
    return ChosenPlate(read_picture_apart(upload.getvalue()), text or None)


def _choose_label(key: str, options: Mapping[str, object]) -> str:
    return st.pills(
        "Plate",
        options,
        default=next(iter(options)),
        required=True,
        key=key,
        bind="query-params",
        wrap=True,
    )
