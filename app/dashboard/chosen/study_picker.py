"""The row above the pages of a study: which study, where it was made, and how to bring another."""

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from app.dashboard.chosen.study_owners import note_owner, owner_of
from app.dashboard.chosen.study_view import StudyView, describe_origin, stamp_study
from app.dashboard.open_dashboard import (
    PEOPLE,
    is_alone,
    name_labeler,
    visitor_name,
    why_shut,
)
from lpr_core.places import studies_dir
from lpr_core.study.designs import Design, find_design
from lpr_core.study.folder.results import (
    StudyFolder,
    StudySummary,
    list_studies,
    studies_dirs,
    summarize_study,
)
from lpr_core.study.intake import StudyRefusedError, take_in

KEY = "study"
_HOW_TO_MAKE_ONE = (
    "`lpr study run hypotheses --preset smoke` makes a small one in a minute; "
    "`--preset laptop` the real one. It appears here while it runs."
)


def show_picker() -> None:
    """Show the row; the choice lives in the address as `study`."""
    studies = offer_studies()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if studies:
            st.selectbox(
                "Study",
                studies,
                index=_find_default(list(studies.values())),
                key=KEY,
                bind="query-params",
                width=360,
            )
        if not why_shut():
            with st.popover("Bring a study", icon=":material/upload_file:"):
                _show_intake()
    tell_shut()
    if KEY in st.session_state:
        _describe(studies[st.session_state[KEY]])
    elif may_open_paths():
        st.info(f"There is no study yet in `{studies_dir()}`. {_HOW_TO_MAKE_ONE}")


def tell_shut() -> None:
    """Say why people's own studies are not here, where that is so."""
    if reason := why_shut():
        st.caption(
            f"{reason}, so only the studies that ship with the workbench are shown and none is "
            "taken in; on the server itself, `lpr study report FOLDER` tells of another."
            + (f" Sign in to {name_labeler()}, then open this page again." * (reason == PEOPLE))
        )


def require_study() -> StudyView:
    """Return the study that is chosen; without one that has results, end the page here.

    What it lacks stands in the row above.
    """
    view = find_study_view()
    if view is None:
        st.stop()
    return view


def find_study_view() -> StudyView | None:
    """Return the study that is chosen if it has results; None otherwise."""
    summary = offer_studies().get(st.session_state.get(KEY))
    return open_study(summary) if summary and summary.runs_done else None


def open_study(summary: StudySummary) -> StudyView | None:
    """Return a study as the pages see it; `None` for one that is damaged."""
    if summary.state == "damaged":
        return None
    return StudyView(summary, StudyFolder(summary.path).read_study(), stamp_study(summary.path))


def offer_study(is_wanted: Callable[[Design], bool], label: str) -> None:
    """Offer to show the page for the furthest study of some designs; nothing without results.

    A button, because a link to the page that is shown already would leave the choice as it is.

    Args:
        is_wanted: Told a study's design.
        label: With `{name}` where the study's name shall stand.
    """
    studies = {name: study for name, study in offer_studies(is_wanted).items() if study.runs_done}
    if not studies:
        return
    name = max(studies, key=lambda name: _rank(studies[name]))
    st.button(
        label.format(name=name),
        key=f"offer_{name}",
        icon=":material/arrow_forward:",
        type="tertiary",
        on_click=_choose,
        args=(name,),
    )


def offer_studies(is_wanted: Callable[[Design], bool] | None = None) -> dict[str, StudySummary]:
    """Return all studies by name, the user's before shipped ones of the same name.

    Where `why_shut` says so only the shipped ones, because the user's have pictures of her plates;
    else the one that the address or an earlier choice names by its path is among them.

    Args:
        is_wanted: Told a study's design; all of them without.
    """
    is_open = why_shut() is None
    own, shipped = map(str, studies_dirs())
    folders = (shipped, own) if is_open else (shipped,)
    studies = {study.name: study for study in list_known_studies(folders)}
    asked = st.query_params.get(KEY) or st.session_state.get(KEY) or ""
    if asked not in studies and may_open_paths() and (Path(asked) / "study.json").is_file():
        studies[asked] = summarize_study(Path(asked))
    return {
        name: study
        for name, study in sorted(studies.items())
        if is_wanted is None or is_wanted(find_design(study.design))
    }


@st.cache_data(ttl=5, max_entries=8, show_spinner=False)
def list_known_studies(folders: Sequence[str]) -> list[StudySummary]:
    """Return `list_studies` of each folder, at most every 5 seconds: pages ask at every click."""
    return [study for folder in folders for study in list_studies(Path(folder))]


def _describe(summary: StudySummary) -> None:
    """Say where a study was made and what it lacks."""
    view = open_study(summary)
    if view is None:
        st.warning(f"{summary.reason.removesuffix('.')}. Choose another study, or run it anew.")
        return
    owner = "" if why_shut() else owner_of(summary.path)
    st.caption(describe_origin(view) + (f" Brought by {owner}." if owner else ""))
    if summary.state == "empty":
        failed = f", {summary.runs_failed} failed" if summary.runs_failed else ""
        st.info(
            f"None of its {summary.runs_total} runs is finished yet{failed}. "
            f"`{_tell_command(view)}` goes on where it stopped; add what else it was begun with."
        )
    elif summary.state == "partial":
        st.info(f"{summary.reason} What follows rests on these.", icon=":material/hourglass:")
    elif summary.reason:
        st.info(summary.reason)


def _tell_command(view: StudyView) -> str:
    """Return what to say for the runs that an unfinished study lacks."""
    record = view.record
    plates = [] if record.data.kind == "drawn" else ["--manifest", "CSV"]
    options = ["--preset", record.preset, *plates, "--out", str(view.summary.path)]
    return shlex.join(["lpr", "study", "run", record.design, *options])


def may_open_paths() -> bool:
    """Whether a visitor may name any folder: only one who has this machine for herself."""
    return is_alone()


def _find_default(studies: Sequence[StudySummary]) -> int:
    """Return the place of the study to begin with: the one that has verdicts and is complete."""
    ranks = [(judges_hypotheses(find_design(study.design)), *_rank(study)) for study in studies]
    return ranks.index(max(ranks))


def judges_hypotheses(design: Design) -> bool:
    """Whether a study of this design has verdicts."""
    return design.asked.judges_hypotheses


def _rank(study: StudySummary) -> tuple[bool, bool]:
    """Return what puts a study before others of its design: all is there, nobody renamed it."""
    return study.state == "complete", study.name == study.design


def _show_intake() -> None:
    """Take a zip, or a path on this machine."""
    st.file_uploader(
        "A zip of a study, or of run folders", type="zip", key="study_zip", on_change=_take_upload
    )
    if problem := st.session_state.pop("study_problem", None):
        st.warning(problem)
    if not may_open_paths():
        st.caption("It is kept on the server; your name stands beside it.")
        return
    st.caption(f"It is kept in `{studies_dir()}`, where you can delete it again.")
    st.text_input("Or a study's folder on this machine", key="study_path", on_change=_open_path)


def _take_upload() -> None:
    if (upload := st.session_state["study_zip"]) is None or why_shut():
        return
    try:
        name = take_in(upload, Path(upload.name).stem).name
        note_owner(name, visitor_name())
        _choose(name)
    except StudyRefusedError as problem:
        st.session_state["study_problem"] = str(problem)


def _open_path() -> None:
    if not may_open_paths():
        return
    path = Path(st.session_state["study_path"].strip()).expanduser()
    if (path / "study.json").is_file():
        _choose(str(path))
    else:
        st.session_state["study_problem"] = f"{path} holds no study: there is no study.json in it."


def _choose(name: str) -> None:
    list_known_studies.clear()
    st.session_state[KEY] = name
