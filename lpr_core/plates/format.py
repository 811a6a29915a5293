"""The shape of a plate's text: how many slots, which symbols, and text to numbers and back."""

import unicodedata
from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

_SEPARATORS = frozenset(".,:;·•|/'")


class PlateFormat(BaseModel):
    """Slots and alphabet that a reader is built for.

    The default is the account's: seven slots, 35 symbols. The letter O is not among them: most
    plate lettering draws O and 0 alike, so both are the symbol 0, and the grammar puts the letter
    back where a regional pattern wants one.

    Attributes:
        name: What people call the format.
        slots: Character positions that the reader answers for.
        alphabet: Symbols in the order of the network's outputs, upper case, each once.
        pad: One symbol of the alphabet that means "nothing here" and fills plates shorter than
            `slots` at the right. `None`: every plate has exactly `slots` characters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "seven"
    slots: int = Field(default=7, ge=1, le=64)
    alphabet: str = Field(
        default="0123456789ABCDEFGHIJKLMNPQRSTUVWXYZ", min_length=1, max_length=1000
    )
    pad: str | None = None

    @model_validator(mode="after")
    def _check_symbols(self) -> Self:
        repeated = sorted({symbol for symbol in self.alphabet if self.alphabet.count(symbol) > 1})
        if repeated:
            raise ValueError(
                f"`alphabet` must not repeat symbols. Received: {self.alphabet!r} "
                f"(repeated: {', '.join(repeated)})"
            )
        if self.alphabet != self.alphabet.upper():
            raise ValueError(f"`alphabet` must be upper case. Received: {self.alphabet!r}")
        if self.pad is not None and (len(self.pad) != 1 or self.pad not in self.alphabet):
            raise ValueError(f"`pad` must be one symbol of the alphabet. Received: {self.pad!r}")
        return self

    @property
    def num_symbols(self) -> int:
        """Symbols in the alphabet, the pad included."""
        return len(self.alphabet)


SEVEN = PlateFormat()


def normalize_plate(text: str, plate_format: PlateFormat) -> str:
    """Return a plate's text as the format writes it, without pads.

    Letters become upper case; spaces, dashes, dots and other separators are dropped, unless the
    alphabet has them; the letter O becomes 0 when the alphabet has no O.

    Raises:
        ValueError: A symbol is not in the alphabet, or the number of symbols does not fit.
    """
    symbols = [
        symbol
        for symbol in unicodedata.normalize("NFKC", text).upper()
        if not _is_dropped(symbol, plate_format)
    ]
    if "O" not in plate_format.alphabet and "0" in plate_format.alphabet:
        symbols = ["0" if symbol == "O" else symbol for symbol in symbols]
    unknown = sorted({symbol for symbol in symbols if symbol not in plate_format.alphabet})
    if unknown:
        raise ValueError(
            f"plate text may only use {plate_format.alphabet!r}. "
            f"Received: {text!r} (unknown: {', '.join(map(repr, unknown))})"
        )
    _check_length(text, len(symbols), plate_format)
    return "".join(symbols)


def encode_plate(text: str, plate_format: PlateFormat) -> NDArray[np.int64]:
    """Return the alphabet positions of a plate's symbols, shape `(S,)`, pads at the right.

    Raises:
        ValueError: As `normalize_plate`.
    """
    symbols = normalize_plate(text, plate_format)
    if plate_format.pad is not None:
        symbols = symbols.ljust(plate_format.slots, plate_format.pad)
    return np.array([plate_format.alphabet.index(symbol) for symbol in symbols], dtype=np.int64)


def encode_plates(texts: Sequence[str], plate_format: PlateFormat) -> NDArray[np.int64]:
    """Return `encode_plate` of each text, shape `(N, S)`.

    Raises:
        ValueError: As `normalize_plate`, for the first text that does not fit.
    """
    rows = [encode_plate(text, plate_format) for text in texts]
    return np.array(rows, dtype=np.int64).reshape(len(rows), plate_format.slots)


def decode_plate(indices: ArrayLike, plate_format: PlateFormat) -> str:
    """Return the text of alphabet positions `(S,)`, without pads wherever they stand.

    Raises:
        ValueError: There are not `slots` positions, or one lies outside the alphabet.
    """
    positions = _checked_indices(indices, plate_format)
    if positions.ndim != 1:
        raise ValueError(f"indices must have the shape (S,). Received: {positions.shape}")
    text = "".join(plate_format.alphabet[position] for position in positions)
    return text if plate_format.pad is None else text.replace(plate_format.pad, "")


def one_hot(indices: ArrayLike, plate_format: PlateFormat) -> NDArray[np.float32]:
    """Return targets `(N, S, V)` that are 1 at the alphabet positions `(N, S)`, else 0.

    Raises:
        ValueError: A row has not `slots` positions, or one lies outside the alphabet.
    """
    positions = _checked_indices(indices, plate_format)
    return np.eye(plate_format.num_symbols, dtype=np.float32)[positions]


def _is_dropped(symbol: str, plate_format: PlateFormat) -> bool:
    if symbol == plate_format.pad:
        return True
    if symbol in plate_format.alphabet:
        return False
    # Pd: dashes of all lengths; Cf: zero-width spaces and direction marks of pasted text.
    return symbol in _SEPARATORS or symbol.isspace() or unicodedata.category(symbol) in {"Pd", "Cf"}


def _check_length(text: str, num_symbols: int, plate_format: PlateFormat) -> None:
    slots = plate_format.slots
    if plate_format.pad is None and num_symbols != slots:
        raise ValueError(
            f"plate text must have {slots} symbols. Received: {text!r} ({num_symbols})"
        )
    if not 1 <= num_symbols <= slots:
        raise ValueError(
            f"plate text must have 1 to {slots} symbols. Received: {text!r} ({num_symbols})"
        )


def _checked_indices(indices: ArrayLike, plate_format: PlateFormat) -> NDArray[np.int64]:
    positions = np.asarray(indices, dtype=np.int64)
    if positions.shape[-1:] != (plate_format.slots,):
        raise ValueError(
            f"indices must have {plate_format.slots} slots. Received the shape: {positions.shape}"
        )
    if positions.size and not 0 <= positions.min() <= positions.max() < plate_format.num_symbols:
        raise ValueError(
            f"indices must lie in 0..{plate_format.num_symbols - 1}. "
            f"Received: {positions.min()}..{positions.max()}"
        )
    return positions
