"""HTML of the labelling app that is made from data: the header, the past readings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from operator import itemgetter

from lpr_core.labels import UNCHECKED, Page, PlateRecord, Revision, StoredReading
from lpr_core.labels.audit import diff
from lpr_core.plates.readable import NOT_READ

MARK_NAMES = {
    UNCHECKED: "Not checked",
    "correct": "Correct",
    "corrected": "Corrected",
    "unreadable": "Unreadable",
    "not_a_plate": "Not a plate",
}
PAGES = {
    ".": ("Read", "Read plates", ""),
    "queue": ("Queue", "Check plates one by one", ""),
    "history": ("History", "Past readings", ""),
    "review": ("Review", "Readings that differ", "reviewer"),
    "team": ("Team", "Projects and people", "admin"),
}
"""Address of each page: its name in the header, its heading, and the role that it needs."""


def page_header(logo: str, current: str, dashboard_url: str | None) -> str:
    """Return the header with the way to the other pages; `current` is a key of `PAGES`."""
    links = [
        _page_link(path, name, role, path == current) for path, (name, _, role) in PAGES.items()
    ]
    if dashboard_url:
        links.append(f'<a href="{escape(dashboard_url)}">Dashboard</a>')
    return (
        f'<header class="top"><a class="logo" href="." aria-label="LPR workbench">{logo}</a>'
        f'<nav aria-label="Pages">{"".join(links)}</nav><span class="visitor"></span>'
        f'</header><h1 class="unseen">{PAGES[current][1]}</h1>'
    )


def _page_link(path: str, name: str, role: str, is_here: bool) -> str:
    """Return a link; one for a role is shown when the visitor turns out to have it."""
    here = ' aria-current="page"' if is_here else ""
    needs = f' data-role="{role}" hidden' if role and not is_here else ""
    return f'<a href="{path}"{here}{needs}>{escape(name)}</a>'


def mark_choices(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return (label with count, mark) of every mark, all of them first."""
    total = sum(counts.values())
    return [
        (f"All ({total})", ""),
        *((f"{MARK_NAMES[mark]} ({count})", mark) for mark, count in counts.items()),
    ]


def past_readings(page: Page, *, filtered: bool, may_make_gold: bool = False) -> str:
    """Return one page of plates, each with its picture, what stands, and its history."""
    if not page.total:
        return f'<p class="nothing">{_say_nothing(filtered)}</p>'
    rows = (_plate_row(record, may_make_gold) for record in page.records)
    return f'<ol class="past">{"".join(rows)}</ol>'


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


def _plate_row(record: PlateRecord, may_make_gold: bool) -> str:
    picture, reading = record.picture, record.reading
    text = record.text or record.read_text
    gone = " gone" * (not record.text)
    if not text and reading:
        text, gone = NOT_READ, " unread"
    steps = _steps(record)
    return (
        f'<li class="entry" data-mark="{record.mark}" data-id="{picture.picture_id}">'
        f'<figure class="picture"><img src="picture/{picture.picture_id}" loading="lazy"'
        f' width="{picture.width}" height="{picture.height}"'
        f' alt="Picture {escape(picture.name)}"></figure>'
        f'<div class="work"><div class="plate{gone}">{escape(text)}</div>'
        f'<span class="badge">{MARK_NAMES[record.mark]}</span>'
        f'<p class="facts"><b>{escape(picture.name)}</b>{_read_as(record)}</p>'
        f"<details><summary>History ({len(steps)} steps)</summary>"
        f'<ol class="steps">{"".join(steps)}</ol>{_ways_on(record, may_make_gold)}'
        f"</details></div></li>"
    )


def _ways_on(record: PlateRecord, may_make_gold: bool) -> str:
    """Return what can be done about a plate; all of it adds to the history."""
    ways = [f'<a class="action" href=".?plate={record.picture.picture_id}">Check again</a>']
    if record.revisions:
        latest = record.revisions[-1].revision_id
        ways.append(
            f'<button type="button" class="action" data-call="take_back" data-revision="{latest}">'
            "Undo the last step</button>"
        )
    if may_make_gold and record.revision and record.text:
        ways.append(
            '<button type="button" class="action" data-call="make_gold"'
            f' data-text="{escape(record.text)}">Make it a gold plate</button>'
        )
    return f'<p class="ways">{"".join(ways)}</p>'


def _read_as(record: PlateRecord) -> str:
    reading = record.reading
    if reading is None:
        return ""
    if not reading.is_readable:
        return f" · the reader saw {NOT_READ}"
    return f" · read as {escape(reading.text)}, {_percent(reading.confidence)} sure"


def _steps(record: PlateRecord) -> Sequence[str]:
    """Return what happened to a plate, oldest first."""
    steps = [(record.picture.added_at, "Picture added")]
    steps += [(reading.read_at, _say_reading(reading)) for reading in record.readings]
    steps += [(revision.saved_at, _say_revision(revision)) for revision in record.revisions]
    return [f"<li>{_time(when)} {what}</li>" for when, what in sorted(steps, key=itemgetter(0))]


def _say_reading(reading: StoredReading) -> str:
    if not reading.is_readable:
        return f"<b>{escape(reading.reader_version)}</b> saw {NOT_READ}"
    return (
        f"<b>{escape(reading.reader_version)}</b> read <code>{escape(reading.text)}</code>"
        f" ({_percent(reading.confidence)} sure)"
    )


def _say_revision(revision: Revision) -> str:
    who = f"<b>{escape(revision.author or 'Somebody')}</b>"
    by = f' <span class="saw">(saw {escape(revision.reader_version)})</span>'
    return f"{who} {_say_change(revision)}{by * bool(revision.reader_version)}"


def _say_change(revision: Revision) -> str:
    before, after = revision.before, revision.after
    if revision.mark == UNCHECKED:
        return f"took back {_code(before)}" if before else "took the verdict back"
    if not after:
        return f"marked it: {MARK_NAMES[revision.mark].lower()}"
    if after == before:
        return f"confirmed {_code(after)}"
    return f"wrote {_code(after)}" + (f" instead of {show_diff(before, after)}" if before else "")


def show_diff(before: str, after: str) -> str:
    """Show a change symbol by symbol: `<del>` for what went, `<ins>` for what came."""
    parts = []
    for change in diff(before, after):
        if change.kind == "equal":
            parts.append(escape(change.after))
            continue
        parts.append(f"<del>{escape(change.before)}</del>" * bool(change.before))
        parts.append(f"<ins>{escape(change.after)}</ins>" * bool(change.after))
    return f"<code>{''.join(parts)}</code>"


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _percent(probability: float) -> str:
    """Round, but never up to a certainty that nobody claims."""
    return f"{100 if probability == 1 else min(round(100 * probability), 99)}%"


def _time(moment: datetime) -> str:
    return f'<time datetime="{moment.isoformat()}">{moment:%Y-%m-%d %H:%M} UTC</time>'
