"""HTML of the labelling app that is made from data: the header, the past readings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from operator import itemgetter

from lpr_core.labels import UNCHECKED, Page, PlateRecord, Revision, StoredReading

MARK_NAMES = {
    UNCHECKED: "Not checked",
    "correct": "Correct",
    "corrected": "Corrected",
    "unreadable": "Unreadable",
    "not_a_plate": "Not a plate",
}
PAGES = {".": ("Label", "Label plates"), "history": ("History", "Past readings")}
"""Address of each page: its name in the header, and its heading."""


def page_header(logo: str, current: str, dashboard_url: str | None) -> str:
    """Return the header with the way to the other pages; `current` is a key of `PAGES`."""
    here = ' aria-current="page"'
    links = [
        f'<a href="{path}"{here * (path == current)}>{escape(name)}</a>'
        for path, (name, _) in PAGES.items()
    ]
    if dashboard_url:
        links.append(f'<a href="{escape(dashboard_url)}">Dashboard</a>')
    return (
        f'<header class="top"><a class="logo" href=".">{logo}</a><nav>{"".join(links)}</nav>'
        f'</header><h1 class="unseen">{PAGES[current][1]}</h1>'
    )


def mark_choices(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return (label with count, mark) of every mark, all of them first."""
    total = sum(counts.values())
    return [
        (f"All ({total})", ""),
        *((f"{MARK_NAMES[mark]} ({count})", mark) for mark, count in counts.items()),
    ]


def past_readings(page: Page, *, filtered: bool) -> str:
    """Return one page of plates, each with its picture, what stands, and its history."""
    if not page.total:
        return f'<p class="nothing">{_say_nothing(filtered)}</p>'
    return f'<ol class="past">{"".join(map(_plate_row, page.records))}</ol>'


def say_place(page: Page) -> str:
    """Say which plates of how many are shown."""
    if not page.total:
        return ""
    first = (page.number - 1) * page.page_size + 1
    last = first + len(page.records) - 1
    return f"{first} to {last} of {page.total}"


def _say_nothing(filtered: bool) -> str:
    if filtered:
        return "No plate fits this search."
    return 'No plate has been read yet. <a href=".">Bring the first pictures.</a>'


def _plate_row(record: PlateRecord) -> str:
    picture, reading = record.picture, record.reading
    text = record.text or (reading.text if reading else "")
    gone = " gone" * (not record.text)
    steps = _steps(record)
    return (
        f'<li class="entry" data-mark="{record.mark}">'
        f'<figure class="picture"><img src="picture/{picture.picture_id}" loading="lazy"'
        f' width="{picture.width}" height="{picture.height}"'
        f' alt="Picture {escape(picture.name)}"></figure>'
        f'<div class="work"><div class="plate{gone}">{escape(text)}</div>'
        f'<span class="badge">{MARK_NAMES[record.mark]}</span>'
        f'<p class="facts"><b>{escape(picture.name)}</b>{_read_as(record)}</p>'
        f"<details><summary>History ({len(steps)} steps)</summary>"
        f'<ol class="steps">{"".join(steps)}</ol>'
        f'<a href=".?plate={picture.picture_id}">Check again</a></details></div></li>'
    )


def _read_as(record: PlateRecord) -> str:
    reading = record.reading
    if reading is None:
        return ""
    return f" · read as {escape(reading.text)}, {_percent(reading.confidence)} sure"


def _steps(record: PlateRecord) -> Sequence[str]:
    """Return what happened to a plate, oldest first."""
    steps = [(record.picture.added_at, "Picture added")]
    steps += [(reading.read_at, _say_reading(reading)) for reading in record.readings]
    steps += [(revision.saved_at, _say_revision(revision)) for revision in record.revisions]
    return [f"<li>{_time(when)} {what}</li>" for when, what in sorted(steps, key=itemgetter(0))]


def _say_reading(reading: StoredReading) -> str:
    return (
        f"<b>{escape(reading.reader_version)}</b> read <code>{escape(reading.text)}</code>"
        f" ({_percent(reading.confidence)} sure)"
    )


def _say_revision(revision: Revision) -> str:
    who = f"<b>{escape(revision.author or 'Somebody')}</b>"
    before, after = (f"<code>{escape(text)}</code>" for text in (revision.before, revision.after))
    if not revision.after:
        return f"{who} marked it: {MARK_NAMES[revision.mark].lower()}"
    if revision.after == revision.before:
        return f"{who} confirmed {after}"
    return f"{who} wrote {after}" + (f" instead of {before}" if revision.before else "")


def _percent(probability: float) -> str:
    """Round, but never up to a certainty that nobody claims."""
    return f"{100 if probability == 1 else min(round(100 * probability), 99)}%"


def _time(moment: datetime) -> str:
    return f'<time datetime="{moment.isoformat()}">{moment:%Y-%m-%d %H:%M} UTC</time>'
