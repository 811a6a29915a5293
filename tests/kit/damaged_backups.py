"""Backups with one thing wrong each, drawn with a fixed seed from a good one."""

import hashlib
import io
import json
import random
import struct
import zipfile
from collections.abc import Iterator

from tests.kit.label_samples import picture_bytes

Members = dict[str, bytes]
NO_TEXT = (None, 7, True, [], {}, "a\0b", "x" * 5000)
NO_NUMBER = (None, "7", True, [], {}, -1, 2**40, float("nan"), float("inf"))
NO_TIME = (None, 7, "yesterday", "2026-13-01T00:00:00", [], True)


def read_members(content: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(members: Members) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def rows_of(members: Members, table: str) -> list[dict]:
    return [json.loads(line) for line in members[f"tables/{table}.jsonl"].splitlines()]


def with_rows(members: Members, table: str, rows: list) -> Members:
    """Put a table's rows in, their number told rightly."""
    about = json.loads(members["backup.json"])
    about["rows"][table] = len(rows)
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return members | {f"tables/{table}.jsonl": lines, "backup.json": json.dumps(about).encode()}


def with_about(members: Members, **changes) -> Members:
    about = json.loads(members["backup.json"]) | changes
    kept = {name: value for name, value in about.items() if value is not ...}
    return members | {"backup.json": json.dumps(kept).encode()}


def without(members: Members, *names: str) -> Members:
    return {name: content for name, content in members.items() if name not in names}


def pictures_of(members: Members) -> list[str]:
    return sorted(name for name in members if name.startswith("pictures/"))


def tables_of(members: Members) -> list[str]:
    return sorted(name[7:-6] for name in members if name.startswith("tables/"))


def _damage_about(good: Members) -> Iterator[tuple[str, Members]]:
    yield "no backup.json", without(good, "backup.json")
    for content in (b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"format": 1}'):
        yield f"backup.json is {content[:9]!r}", good | {"backup.json": content}
    for key in ("format", "schema", "rows", "missing"):
        yield f"no {key}", with_about(good, **{key: ...})
        yield f"{key} is a number", with_about(good, **{key: 3})
    for version in ("0000", "9999", "latest", "7", "\u0660\u0660\u0660\u0667", "-001"):
        yield f"schema {version}", with_about(good, schema=version)
    for missing in (["pictures"], [3], ["../x"], [pictures_of(good)[0][9:]], "none"):
        yield f"missing {missing}", with_about(good, missing=missing)


def _damage_tables(good: Members) -> Iterator[tuple[str, Members]]:
    for table in tables_of(good):
        lines = good[f"tables/{table}.jsonl"]
        yield f"no {table}", without(good, f"tables/{table}.jsonl")
        rows = json.loads(good["backup.json"])["rows"]
        del rows[table]
        yield f"{table} untold", with_about(without(good, f"tables/{table}.jsonl"), rows=rows)
        if lines:
            yield f"{table} cut off", good | {f"tables/{table}.jsonl": lines[: len(lines) // 2]}
            yield f"{table} is empty", good | {f"tables/{table}.jsonl": b""}
    for line in (b"[1]\n", b"null\n", b"\xff\n", b"[" * 100_000 + b"\n", b"9" * 5000 + b"\n"):
        yield f"a row {line[:4]!r}", good | {"tables/events.jsonl": line}
    yield "a row without end", good | {"tables/events.jsonl": b" " * 5_000_000}


def _damage_values(good: Members) -> Iterator[tuple[str, Members]]:
    """Put wrong values into a row of each table, into a few columns, one at a time."""
    draw = random.Random(4)
    for table in tables_of(good):
        rows = rows_of(good, table)
        if not rows:
            continue
        number = draw.randrange(len(rows))
        for column in draw.sample(list(rows[number]), min(4, len(rows[number]))):
            value = rows[number][column]
            bad = draw.choice(_wrong_values(column, value))
            row = rows[number] | {column: bad}
            changed = [*rows[:number], row, *rows[number + 1 :]]
            yield f"{table}.{column} is {bad!r:.20}", with_rows(good, table, changed)
        first = dict(rows[0])
        first.pop(draw.choice(list(first)))
        yield f"{table} lacks a column", with_rows(good, table, [first, *rows[1:]])
        more = rows[0] | {"colour": "red"}
        yield f"{table} has a column more", with_rows(good, table, [more, *rows[1:]])
        yield f"{table} twice", with_rows(good, table, [*rows, rows[0]])


def _wrong_values(column: str, value: object) -> tuple:
    """Return values that a column cannot have; where None may stand, another kind."""
    if column.endswith(("_at", "_until")):
        return NO_TIME[1:]
    if column in ("slots", "detail"):
        return (3, "x", None, [3] if column == "slots" else [])
    if column == "active":
        return (None, 1, "yes")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return NO_NUMBER
    return NO_TEXT[1:]


def _damage_sense(good: Members) -> Iterator[tuple[str, Members]]:
    """Values that a column can have, and the store never has."""
    for table, column, value in (
        ("readings", "picture_id", "ab" * 32),
        ("standings", "project_id", 99),
        ("standings", "stage", "asleep"),
        ("standings", "latest_revision_id", 99),
        ("standings", "confidence", 1.5),
        ("revisions", "mark", "unreadable"),
        ("revisions", "before", "NEVER"),
        ("assignments", "kind", "third"),
        ("assignments", "outcome", "lost"),
        ("users", "role", "boss"),
        ("tokens", "user_id", 99),
        ("pictures", "width", 61),
        ("pictures", "height", 0),
        ("pictures", "file_hash", "0" * 64),
        ("pictures", "file_name", "../../../etc/passwd"),
        ("pictures", "picture_id", "../x"),
        ("projects", "project_id", 77),
    ):
        first, *others = rows_of(good, table)
        changed = [first | {column: value}, *others]
        yield f"{table}.{column} = {value}", with_rows(good, table, changed)
    yield "a standing less", with_rows(good, "standings", rows_of(good, "standings")[1:])
    yield "a picture's row less", with_rows(good, "pictures", rows_of(good, "pictures")[1:])


def _damage_pictures(good: Members) -> Iterator[tuple[str, Members]]:
    first, second, *_ = pictures_of(good)
    yield "a picture less", without(good, first)
    yield "no pictures", without(good, *pictures_of(good))
    yield (
        "no pictures, all said to be missing too often",
        with_about(without(good, first), missing=[name[9:] for name in pictures_of(good)]),
    )
    yield "pictures swapped", good | {first: good[second], second: good[first]}
    yield "another picture", good | {first: picture_bytes(77)}
    yield "a picture of nobody", good | {f"pictures/ab/{'ab' * 32}.png": picture_bytes(78)}
    for content in (
        b"",
        b"<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n",
        picture_bytes(5)[:-20],
    ):
        rows = _tell_hash(good, first, content)
        yield f"no picture: {content[:9]!r}", with_rows(good, "pictures", rows) | {first: content}
    hidden = picture_bytes(5) + b"<script>alert(1)</script>"
    for name, content in (("hidden behind", hidden), ("a JPEG", picture_bytes(5, kind="JPEG"))):
        rows = _tell_hash(good, first, content)
        yield f"{name} a picture", with_rows(good, "pictures", rows) | {first: content}
    yield "a picture too large", good | {first: random.Random(5).randbytes(25_000_001)}


def _tell_hash(good: Members, name: str, content: bytes) -> list[dict]:
    """Return the rows of pictures, with one's hash as it is: whoever made this can count."""
    told = {"file_hash": hashlib.sha256(content).hexdigest()}
    return [
        row | told if name.endswith(row["file_name"]) else row for row in rows_of(good, "pictures")
    ]


def _damage_names(good: Members) -> Iterator[tuple[str, Members]]:
    picture = pictures_of(good)[0]
    for name in (
        picture.replace("pictures/", "pictures/../"),
        picture.replace("pictures/", "/pictures/"),
        picture.replace("pictures/", "../pictures/"),
        picture.replace("pictures/", "C:/pictures/"),
        picture.replace("/", "\\..\\"),
        picture.replace(".png", ".php"),
        picture.replace(".png", ".png/x"),
        picture.upper(),
        "pictures/" + "00" + picture[11:],
        picture + "\n",
    ):
        yield f"named {name!r}", without(good, picture) | {name: good[picture]}
    for name in ("readme.txt", "tables/sessions.jsonl", "tables/x.jsonl", "tables/../x", "a.zip"):
        yield f"and {name}", good | {name: b""}


def _damage_container(good: Members) -> Iterator[tuple[str, bytes]]:
    picture = pictures_of(good)[0]
    whole = pack(good)
    yield "nothing at all", b""
    yield "noise", random.Random(6).randbytes(5000)
    yield "a foreign archive", pack({"a.txt": b"a", "b/c.png": picture_bytes()})
    yield "an empty archive", pack({})
    yield "an archive in an archive", pack({"backup.zip": whole})
    yield "a database", b"SQLite format 3\0" + bytes(4096)
    yield "a bomb", pack(good | {"tables/events.jsonl": bytes(30_000_000)})
    yield "a link", _pack_with(good, picture, external_attr=0o120777 << 16)
    yield "a device", _pack_with(good, picture, external_attr=0o020666 << 16)
    yield "encrypted", whole.replace(struct.pack("<4H", 20, 0, 8, 0)[:4], b"\x14\0\x01\0")
    for name in ("backup.json", picture, "tables/events.jsonl"):
        yield f"two {name}", _pack_twice(good, name)
    draw = random.Random(7)
    for _ in range(6):
        end = draw.randrange(1, len(whole))
        yield f"cut off after {end}", whole[:end]


def _pack_with(members: Members, changed: str, **attributes: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            for attribute, value in attributes.items() if name == changed else ():
                setattr(info, attribute, value)
            archive.writestr(info, content)
    return stream.getvalue()


def _pack_twice(members: Members, name: str) -> bytes:
    other = (
        next(one for one in members if len(one) == len(name) and one != name)
        if (sum(len(one) == len(name) for one in members) > 1)
        else None
    )
    if other:  # the same length: the list of files stays right
        return pack(members).replace(other.encode(), name.encode())
    alias = "~" * len(name)
    return pack(members | {alias: members[name]}).replace(alias.encode(), name.encode())


_KINDS = {
    "about": _damage_about,
    "tables": _damage_tables,
    "values": _damage_values,
    "sense": _damage_sense,
    "pictures": _damage_pictures,
    "names": _damage_names,
}


def draw(kind: str, good: Members) -> Iterator[tuple[str, bytes]]:
    """Yield what was done, and the backup: each of them must be refused."""
    if kind == "container":
        yield from _damage_container(good)
    else:
        for damage, members in _KINDS[kind](good):
            yield damage, pack(members)


def draw_all(good: Members) -> Iterator[tuple[str, bytes]]:
    """Yield the damaged backups of all kinds."""
    for kind in (*_KINDS, "container"):
        yield from draw(kind, good)


def swap_bytes(good: bytes, count: int) -> Iterator[tuple[int, bytes]]:
    """Yield a place and the backup with another byte there; some places mean nothing."""
    draw = random.Random(8)
    for _ in range(count):
        place = draw.randrange(len(good))
        yield (
            place,
            good[:place] + bytes([good[place] ^ draw.randrange(1, 256)]) + good[place + 1 :],
        )
