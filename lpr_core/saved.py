"""Read JSON and tables that were saved, or say in one sentence what is damaged about a file.

A file of a study or of a run may have been cut off, edited or sent by anybody. Whatever is wrong
with it is one `DamagedFileError`, so that who lists studies can go on with the others.
"""

import gzip
import io
import json
import zlib
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype
from pydantic import BaseModel, TypeAdapter, ValidationError

from lpr_core.untrusted import FileRefusedError, FileTooLargeError, read_untrusted

Model = TypeVar("Model", bound=BaseModel)

MAX_BYTES = 64 * 1024**2
"""Of a file, unpacked; the predictions of 3,000 plates at eight strengths have 1.2 MB."""

MAX_RATIO = 200
"""Tables shrink to a twentieth; only a bomb shrinks to less than a two-hundredth."""

_FREE_BYTES = 64 * 1024
"""Smaller tables may shrink as they like."""


class DamagedFileError(ValueError):
    """A file is there and is not what was saved; the message names it and says why, in a line."""


def read_object(path: Path, shape: Any = dict[str, Any]) -> dict[str, Any]:
    """Return the JSON object of a file; empty where there is no file.

    Args:
        path: The file.
        shape: A type that pydantic knows, such as a model: what must hold of the object. The object
            is returned as it stands in the file, keys that the shape lacks included.

    Raises:
        DamagedFileError: It is no object of this shape.
    """
    if not path.exists():
        return {}
    content = _read(path)
    try:
        value = json.loads(content.decode())
    except UnicodeDecodeError as error:
        raise DamagedFileError(f"{path.name} is not UTF-8 text.") from error
    except (ValueError, RecursionError) as error:
        raise DamagedFileError(f"{path.name} is not JSON: {_first_line(error)}.") from error
    if not isinstance(value, dict):
        raise DamagedFileError(
            f"{path.name} must hold a JSON object. Received: {json.dumps(value)[:40]}"
        )
    try:
        _adapt(shape).validate_json(content, strict=True)
    except ValidationError as error:
        raise DamagedFileError(f"{path.name} is damaged: {_describe_faults(error)}.") from error
    return value


@cache
def _adapt(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def read_model(path: Path, model: type[Model]) -> Model:
    """Return what a JSON file holds as a value of a model.

    Raises:
        FileNotFoundError: There is no such file.
        DamagedFileError: It is no such value.
    """
    try:
        return model.model_validate_json(_read(path))
    except ValidationError as error:
        raise DamagedFileError(f"{path.name} is damaged: {_describe_faults(error)}.") from error


def _describe_faults(error: ValidationError) -> str:
    """Return the first fault and how many others there are, in one line."""
    first, *others = error.errors(include_url=False)
    cause = first.get("ctx", {}).get("error")
    place = ".".join(map(str, first["loc"]))
    message = first["msg"].removeprefix("Value error, ").splitlines()[0].removesuffix(".")
    if isinstance(cause, ValidationError):  # of a model within a validator
        message = _describe_faults(cause)
    more = f" (and {len(others)} more)" if others else ""
    return (f"{place}: {message}" if place else message) + more


def read_table(
    path: Path, texts: Collection[str] = (), numbers: Collection[str] = (), **options: Any
) -> pd.DataFrame:
    """Return a CSV table, gzipped where its name says so.

    Args:
        path: The file.
        texts: Columns that are read as texts ("0012345" stays) where they are there.
        numbers: Columns that must be there and hold numbers.
        options: More for `pandas.read_csv`.

    Raises:
        FileNotFoundError: There is no such file.
        DamagedFileError: It is no such table.
    """
    content = _read_text(path)
    try:
        table = pd.read_csv(io.BytesIO(content), dtype=dict.fromkeys(texts, str), **options)
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        raise DamagedFileError(f"{path.name} is no table: {_first_line(error)}.") from error
    require_columns(table, numbers, path.name)
    for column in numbers if len(table) else ():
        if not is_numeric_dtype(table[column]) or is_bool_dtype(table[column]):
            raise DamagedFileError(f"{path.name} has other things than numbers in {column!r}.")
    return table


def require_columns(table: pd.DataFrame, columns: Collection[str], name: str) -> None:
    """Raise DamagedFileError where a table lacks columns."""
    if missing := [column for column in columns if column not in table]:
        raise DamagedFileError(f"{name} lacks the columns {', '.join(missing)}.")


def require_places(table: pd.DataFrame, count: int | None, name: str) -> None:
    """Raise DamagedFileError where `plate` holds other things than places, 0 to `count` - 1."""
    plates = table["plate"]
    is_sound = table.empty or (is_integer_dtype(plates) and bool((plates >= 0).all()))
    if not is_sound or (count is not None and bool((plates >= count).any())):
        raise DamagedFileError(f"{name} names plates that the study does not have.")


def check_table(path: Path, columns: Collection[str]) -> None:
    """Check that a table is whole and begins with its columns; its rows are not looked at.

    Raises:
        FileNotFoundError: There is no such file.
        DamagedFileError: It is no such table.
    """
    head = _read_text(path).split(b"\n", 1)[0].decode().strip()
    require_columns(pd.DataFrame(columns=head.split(",")), columns, path.name)


def unpack_gzip(content: bytes, name: str) -> bytes:
    """Return what a gzipped table holds.

    Raises:
        DamagedFileError: It is damaged, or unpacks to more than any table does.
    """
    most = min(MAX_BYTES, _FREE_BYTES + MAX_RATIO * len(content))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            unpacked = stream.read(most + 1)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DamagedFileError(f"{name} is damaged: {_first_line(error)}.") from error
    if len(unpacked) > most:
        raise DamagedFileError(f"{name} is compressed like a zip bomb.")
    return unpacked


def _read_text(path: Path) -> bytes:
    """Return the bytes of a table, unpacked, which are UTF-8 and not empty."""
    content = _read(path)
    if path.suffix == ".gz":
        content = unpack_gzip(content, path.name)
        _require_content(content, path)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise DamagedFileError(f"{path.name} is not UTF-8 text.") from error
    if not content.endswith(b"\n"):
        raise DamagedFileError(f"{path.name} is cut off: its last line does not end.")
    return content


def _read(path: Path) -> bytes:
    try:
        content = read_untrusted(path, MAX_BYTES)
    except FileNotFoundError:
        raise
    except FileTooLargeError as error:
        raise DamagedFileError(f"{path.name} is larger than {MAX_BYTES // 1024**2} MB.") from error
    except FileRefusedError as error:
        raise DamagedFileError(f"{path.name} cannot be opened: it is no regular file.") from error
    except OSError as error:
        raise DamagedFileError(f"{path.name} cannot be opened: {error.strerror}.") from error
    _require_content(content, path)
    return content


def _require_content(content: bytes, path: Path) -> None:
    if not content.strip():
        raise DamagedFileError(f"{path.name} is empty.")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].removesuffix(".") if lines else type(error).__name__
