"""Read plates: pictures in, `PlateReading` out, with ONNX Runtime and no training framework."""

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lpr_core.pictures.decoding import add_margin, fit_picture
from lpr_core.places import shipped_reader_dir
from lpr_core.plates.format import PlateFormat
from lpr_core.plates.grammar import Decoding, decode_probabilities
from lpr_core.plates.readable import DEFAULT_READABLE_FROM, is_readable
from lpr_core.serving.bundle import (
    INPUT_NAME,
    OUTPUT_NAME,
    Bundle,
    ReaderCard,
    open_session,
    read_bundle,
)

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Picture = NDArray[np.uint8]
Floats = NDArray[np.floating[Any]]

BATCH_SIZE = 32
NUM_ALTERNATIVES = 5
DOUBT = "?"
SURE_VIEW = 0.95
"""Product of a view's slots from which no other view is asked for."""
_TINIEST = 1e-6  # a view may rule a symbol out, but not alone


@dataclass(frozen=True)
class SlotReading:
    """One character position.

    Attributes:
        symbol: The character that was read; the pad symbol where a short plate has ended.
        probability: Calibrated chance that it is right, 0 to 1.
        alternatives: At most five (symbol, probability) pairs, `symbol` first, then best first.
        doubtful: The probability lies below the reader's threshold.
    """

    symbol: str
    probability: float
    alternatives: tuple[tuple[str, float], ...]
    doubtful: bool


@dataclass(frozen=True)
class PlateReading:
    """What a reader says about one picture.

    Attributes:
        text: The plate as it is written: the letter O restored where the pattern has a letter. A
            picture without a plate has a text too: ask `is_readable` before you show it.
        doubtful_text: `text` with `?` at each doubtful slot.
        confidence: Calibrated chance that the whole text is right, 0 to 1.
        slots: One entry for each slot of the plate format.
        pattern: The regional pattern that the text follows, if any: its name where the region was
            given, else its template such as `LLLNNNN`, which many regions share.
        region: Region of that pattern where a region or family was given, else None.
        reader_version: Which reader said so.
        readable_from: The reader's floor, see `Floor`.
    """

    text: str
    doubtful_text: str
    confidence: float
    slots: tuple[SlotReading, ...]
    pattern: str | None
    region: str | None
    reader_version: str
    readable_from: float = DEFAULT_READABLE_FROM

    @property
    def is_readable(self) -> bool:
        """Whether the text counts as read: its confidence reaches the reader's floor.

        Below it, fewer than half of the reader's validation readings were right. Nobody shows or
        uses `text` then; `readable.NOT_READ` stands in its place.
        """
        return is_readable(self.confidence, self.readable_from)

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as it is stored, lists instead of tuples.

        It has the text of an unreadable one too; `readable.hide_unreadable` is for showing.
        """
        slots = [
            {**asdict(slot), "alternatives": [list(pair) for pair in slot.alternatives]}
            for slot in self.slots
        ]
        return {**asdict(self), "slots": slots}


def prepare_batch(pictures: Sequence[Picture], height: int, width: int) -> NDArray[np.float32]:
    """Return pictures of any sizes as a model takes them: `(N, height, width, 3)`, 0 to 255."""
    return np.stack([fit_picture(picture, height, width) for picture in pictures]).astype(
        np.float32
    )


def average_views(views: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the normalised geometric mean of probabilities `(..., V)` of the same plates."""
    logs = np.mean([np.log(np.maximum(view, _TINIEST)) for view in views], axis=0)
    means = np.exp(logs)
    return (means / means.sum(axis=-1, keepdims=True)).astype(np.float32)


def _sureness(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the product of the highest probability of each slot, `(..., S, V)` to `(...)`."""
    products: NDArray[np.float32] = probabilities.max(axis=-1).prod(axis=-1)
    return products


class Reader:
    """Reads plates with one bundle; safe to share between threads.

    The session is made at the first read, so that a page starts without waiting for it.

    Args:
        bundle: A verified bundle.
        threads: Threads for one read; None takes the number on the bundle's card.
    """

    def __init__(self, bundle: Bundle, threads: int | None = None) -> None:
        self._bundle = bundle
        self._threads = threads
        self._lock = threading.Lock()

    @classmethod
    def load(cls, bundle_dir: Path | None = None, threads: int | None = None) -> "Reader":
        """Load a bundle, by default the one that `places.shipped_reader_dir` names.

        Raises:
            FileNotFoundError: The folder or one of its files is missing.
            BundleError: The bundle is damaged or foreign.
        """
        return cls(read_bundle(bundle_dir or shipped_reader_dir()), threads)

    @property
    def card(self) -> ReaderCard:
        """What `reader.json` says."""
        return self._bundle.card

    @property
    def version(self) -> str:
        """Name and eight hex digits of the model's checksum."""
        return self.card.version

    @property
    def plate_format(self) -> PlateFormat:
        """Slots and symbols that this reader knows."""
        return self.card.plate_format

    def read(self, picture: Picture, region: str | None = None) -> PlateReading:
        """Read one picture `(H, W, 3)` uint8 RGB; see `read_batch`."""
        return self.read_batch([picture], region)[0]

    def read_batch(
        self, pictures: Sequence[Picture], region: str | None = None
    ) -> list[PlateReading]:
        """Read pictures of any sizes, each `(H, W, 3)` uint8 RGB.

        Args:
            pictures: Crops with one plate each.
            region: Where the plates come from, when that is known (`grammar.regions`).

        Raises:
            ValueError: The region is unknown.
        """
        return [
            self.decode(probabilities, region) for probabilities in self.predict_batch(pictures)
        ]

    def predict_batch(self, pictures: Sequence[Picture]) -> NDArray[np.float32]:
        """Return the model's probabilities `(N, S, V)`, not yet calibrated.

        Those of the card's margins are averaged on the log scale: one view that is sure that a
        symbol is wrong outweighs another that is not. Or the surest view decides; see `ReaderCard`.
        """
        if self.card.decide_by == "surest":
            return self._predict_surest(pictures)
        views = [self._predict_view(pictures, margin) for margin in self.card.margins]
        return views[0] if len(views) == 1 else average_views(views)

    def _predict_surest(self, pictures: Sequence[Picture]) -> NDArray[np.float32]:
        """Take for each picture the view of which the model is surest; no more where one is."""
        first, *others = self.card.margins
        said = self._predict_view(pictures, first)
        doubtful = np.flatnonzero(_sureness(said) < SURE_VIEW)
        if len(doubtful):
            again = [pictures[index] for index in doubtful.tolist()]
            views = np.stack(
                [said[doubtful], *(self._predict_view(again, margin) for margin in others)]
            )  # (M, N, S, V)
            best = _sureness(views).argmax(axis=0)
            said[doubtful] = views[best, np.arange(len(doubtful))]
        return said

    def _predict_view(self, pictures: Sequence[Picture], margin: float) -> NDArray[np.float32]:
        return self._predict([add_margin(picture, margin) for picture in pictures])

    def _predict(self, pictures: Sequence[Picture]) -> NDArray[np.float32]:
        shape = (0, self.plate_format.slots, self.plate_format.num_symbols)
        chunks = [np.empty(shape, np.float32)]
        for start in range(0, len(pictures), BATCH_SIZE):
            chunk = pictures[start : start + BATCH_SIZE]
            images = prepare_batch(chunk, self.card.height, self.card.width)
            chunks += self._open().run([OUTPUT_NAME], {INPUT_NAME: images})
        return np.concatenate(chunks)

    def decode(self, probabilities: Floats, region: str | None = None) -> PlateReading:
        """Turn the model's probabilities `(S, V)` of one plate into a reading."""
        calibration = self.card.calibration
        decoding = decode_probabilities(
            calibration.slot_probabilities(probabilities), self.plate_format, region
        )
        slots = self._read_slots(decoding)
        pattern = decoding.pattern
        marked = "".join(DOUBT if slot.doubtful else slot.symbol for slot in slots)
        return PlateReading(
            text=decoding.display_text,
            doubtful_text=marked.rstrip(self.plate_format.pad or ""),
            confidence=calibration.plate_confidence(decoding.log_probability),
            slots=slots,
            pattern=(pattern.name if region else pattern.template) if pattern else None,
            region=pattern.region if pattern and region else None,
            reader_version=self.version,
            readable_from=self.card.floor.readable_from,
        )

    def _read_slots(self, decoding: Decoding) -> tuple[SlotReading, ...]:
        """Pair each slot's symbol with its posterior; a short text is filled up with pads."""
        num_pads = self.plate_format.slots - len(decoding.text)
        pads = (self.plate_format.pad or "") * num_pads
        return tuple(
            self._read_slot(symbol, shown, probabilities)
            for symbol, shown, probabilities in zip(
                decoding.text + pads,
                decoding.display_text + pads,
                decoding.slot_probabilities,
                strict=True,
            )
        )

    def _read_slot(self, symbol: str, shown: str, probabilities: Floats) -> SlotReading:
        alphabet = self.plate_format.alphabet
        probability = float(probabilities[alphabet.index(symbol)])
        others = [
            (alphabet[index], float(probabilities[index]))
            for index in np.argsort(-probabilities, kind="stable")
            if alphabet[index] != symbol
        ]
        return SlotReading(
            symbol=shown,
            probability=probability,
            alternatives=((shown, probability), *others[: NUM_ALTERNATIVES - 1]),
            doubtful=probability < self.card.doubtful_below,
        )

    def _open(self) -> "InferenceSession":
        with self._lock:
            return self._session

    @cached_property
    def _session(self) -> "InferenceSession":
        return open_session(self._bundle, self._threads)
