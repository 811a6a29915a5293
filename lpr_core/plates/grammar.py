"""Read a network's slot probabilities in the light of the regional patterns.

The network gives each slot `s` a probability `p_s(v)` for each symbol `v`, and has learned how
common each symbol is. A pattern tells which slots hold letters and which hold digits, no more. How
long a text is, the picture says alone: patterns are compared with those of their own length. Of
the plates of each length a share `w_k` follows pattern `k`, which has `L_k` characters; a share
`w_0` (vanity plates, countries that we do not know) may have any text:

    P(text | picture)  ∝  [ w_0 + Σ_k w_k · 2^L_k · (text fits k) ] · Π_s p_s(text_s)

This is Bayes' rule. With `q(v)` the frequency of symbols that the network learned, the likelihood
of slot `s` is `p_s(v) / q(v)`, and the prior of a letter in a letter slot is `q(v)` over the share
of letters. Letters and digits are about equally common on plates, so that share is a half, `q(v)`
cancels, and each slot that a pattern settles doubles the odds of the texts that fit. Hence a
doubtful slot follows the pattern, while a picture that is clear in every slot overrules it.

Nothing is approximated. The bracket is the same for all texts of one *shape*, which is a kind
(letter, digit, both, pad) for each slot. Shapes do not overlap, all patterns together allow a few
thousand of them, and within a shape the slots are independent: the best text is a maximum over
shapes, its posterior probability and the marginals of the slots are sums over shapes.
"""

import itertools
import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lpr_core.plates.format import PlateFormat, decode_plate
from lpr_core.plates.patterns import (
    Pattern,
    all_patterns,
    patterns_for,
    regions,
    restore_letters,
)

__all__ = [
    "Decoding",
    "Pattern",
    "decode_probabilities",
    "patterns_for",
    "regions",
    "restore_letters",
]

_NO_PATTERN_SHARE = 0.5
_NO_PATTERN_SHARE_IN_REGION = 0.1

# Part of each slot's probability that is spread over all symbols: a softmax that is wrongly sure
# of one symbol must not outweigh all other slots together.
_SLOT_DOUBT = 1e-4

_LETTER, _DIGIT, _PAD = 1, 2, 4


@dataclass(frozen=True)
class Decoding:
    """The most probable text of a plate.

    Attributes:
        text: In symbols of the format, without pads.
        display_text: The same with the letter O where the pattern wants a letter.
        pattern: The likeliest pattern that the text fits, `None` when it fits none. Regions share
            templates; without a region given, the most frequent pattern stands for all of them.
        log_probability: Natural logarithm of the posterior probability of the text.
        slot_probabilities: Posterior probabilities of each slot, `(S, V)`, rows sum to 1. A slot's
            best symbol may differ from the one in `text`, which is best as a whole.
    """

    text: str
    display_text: str
    pattern: Pattern | None
    log_probability: float
    slot_probabilities: NDArray[np.float32]


def decode_probabilities(
    probabilities: NDArray[np.floating], plate_format: PlateFormat, region: str | None = None
) -> Decoding:
    """Return the most probable text under the regional patterns; the module has the formula.

    Patterns that do not fit the format are left out: longer than its slots, or shorter where it
    has no pad.

    Args:
        probabilities: Of each slot, `(S, V)`, rows sum to 1. Calibrated ones decide best.
        plate_format: What slots and symbols mean.
        region: Where the plate comes from: its patterns get nearly all of the prior, but no text
            is ruled out. `None`: all patterns count, by their cars, and "no pattern" for half.

    Raises:
        ValueError: The region is not known, or these are no probabilities of this format.
    """
    prior = _build_prior(plate_format, region)
    softened = _soften(probabilities, plate_format)
    kind_sums = softened @ np.eye(prior.num_kinds)[prior.kinds]  # (S, K)
    evidence = prior.boosts * _pick(kind_sums, prior.shapes).prod(axis=1)  # (M,)
    total = prior.no_pattern + evidence.sum()
    indices, pattern, weight = _find_best_text(softened, prior)
    text = decode_plate(indices, plate_format)
    return Decoding(
        text=text,
        display_text=text if pattern is None else restore_letters(text, pattern),
        pattern=pattern,
        log_probability=math.log(weight / total),
        slot_probabilities=_slot_posteriors(softened, kind_sums, evidence, prior),
    )


@dataclass(frozen=True)
class _Prior:
    """The bracket of the formula, shape by shape.

    Attributes:
        kinds: Kind of each symbol, `(V,)`, numbered from 0.
        shapes: The M shapes that some pattern allows: kind of each slot, `(M, S)`.
        boosts: The sum over patterns for each shape, `(M,)`.
        patterns: The likeliest pattern of each shape.
        no_pattern: `w_0`, which every text has.
    """

    kinds: NDArray[np.int64]
    shapes: NDArray[np.int64]
    boosts: NDArray[np.float64]
    patterns: tuple[Pattern, ...]
    no_pattern: float

    @property
    def num_kinds(self) -> int:
        return int(self.kinds.max()) + 1


@cache
def _build_prior(plate_format: PlateFormat, region: str | None) -> _Prior:
    flags = np.array([_symbol_flags(symbol, plate_format) for symbol in plate_format.alphabet])
    kind_flags, kinds = np.unique(flags, return_inverse=True)
    patterns = all_patterns() if region is None else patterns_for(region)
    allowed = _find_allowed_kinds(patterns, plate_format, kind_flags)
    no_pattern = _NO_PATTERN_SHARE if region is None else _NO_PATTERN_SHARE_IN_REGION
    of_length: dict[int, float] = defaultdict(float)
    for pattern in allowed:
        of_length[len(pattern.template)] += pattern.weight
    pattern_boosts = {
        pattern: (1 - no_pattern)
        * pattern.weight
        / of_length[len(pattern.template)]
        * 2 ** len(pattern.template)
        for pattern in allowed
    }
    boosts: dict[tuple[int, ...], float] = defaultdict(float)
    likeliest: dict[tuple[int, ...], Pattern] = {}
    for pattern in sorted(pattern_boosts, key=pattern_boosts.__getitem__):
        for shape in itertools.product(*allowed[pattern]):
            boosts[shape] += pattern_boosts[pattern]
            likeliest[shape] = pattern  # the last one claims it: boosts rise
    return _Prior(
        kinds=kinds,
        shapes=np.array(list(boosts), dtype=np.int64).reshape(-1, plate_format.slots),
        boosts=np.array(list(boosts.values())),
        patterns=tuple(likeliest[shape] for shape in boosts),
        no_pattern=no_pattern,
    )


def _find_allowed_kinds(
    patterns: tuple[Pattern, ...], plate_format: PlateFormat, kind_flags: NDArray[np.int64]
) -> dict[Pattern, list[NDArray[np.int64]]]:
    """Return the kinds that each slot may have, for the patterns that fit the format."""
    allowed = {}
    for pattern in patterns:
        num_pads = plate_format.slots - len(pattern.template)
        if num_pads < 0:
            continue
        slot_flags = [_LETTER if kind == "L" else _DIGIT for kind in pattern.template]
        slots = [np.flatnonzero(kind_flags & flag) for flag in slot_flags + [_PAD] * num_pads]
        if all(len(slot) for slot in slots):  # else the alphabet lacks the pad, or all letters
            allowed[pattern] = slots
    return allowed


def _symbol_flags(symbol: str, plate_format: PlateFormat) -> int:
    """Return which kinds of slots may hold a symbol; 0 is a letter too where only O is missing."""
    if symbol == plate_format.pad:
        return _PAD
    has_letters = any(other.isalpha() for other in plate_format.alphabet)
    if symbol == "0" and has_letters and "O" not in plate_format.alphabet:
        return _LETTER | _DIGIT
    return _LETTER if symbol.isalpha() else _DIGIT if symbol.isdigit() else 0


def _soften(probabilities: NDArray[np.floating], plate_format: PlateFormat) -> NDArray[np.float64]:
    """Check probabilities and return them with a trace of doubt, `(S, V)`, rows sum to 1."""
    shape = (plate_format.slots, plate_format.num_symbols)
    if probabilities.shape != shape:
        raise ValueError(
            f"probabilities must have the shape {shape}. Received: {probabilities.shape}"
        )
    sums = probabilities.sum(axis=1, dtype=np.float64, keepdims=True)
    if not (probabilities.min() >= 0 and np.allclose(sums, 1, atol=1e-2)):
        raise ValueError(
            "probabilities must be finite, at least 0 and sum to 1 in each slot. "
            f"Received: a minimum of {probabilities.min()}, sums of {sums.min()} to {sums.max()}"
        )
    return (1 - _SLOT_DOUBT) * probabilities / sums + _SLOT_DOUBT / plate_format.num_symbols


def _find_best_text(
    softened: NDArray[np.float64], prior: _Prior
) -> tuple[NDArray[np.int64], Pattern | None, float]:
    """Return the best text's symbols `(S,)`, its pattern, and its bracket times probabilities."""
    plain = softened.argmax(axis=1)
    best_plain = prior.no_pattern * softened.max(axis=1).prod()
    of_kind = np.eye(prior.num_kinds)[prior.kinds]  # (V, K)
    candidates = softened[:, :, None] * of_kind  # (S, V, K)
    best_in_shape = _pick(candidates.max(axis=1), prior.shapes).prod(axis=1)  # (M,)
    weights = (prior.no_pattern + prior.boosts) * best_in_shape
    if not weights.size or best_plain > weights.max():
        return plain, None, best_plain
    best = int(weights.argmax())
    symbols = _pick(candidates.argmax(axis=1), prior.shapes[best : best + 1])[0]
    return symbols, prior.patterns[best], float(weights[best])


def _pick(by_kind: NDArray[Any], shapes: NDArray[np.int64]) -> NDArray[Any]:
    """Return `by_kind` `(S, K)` at the kinds of each shape `(M, S)`."""
    return by_kind[np.arange(len(by_kind)), shapes]


def _slot_posteriors(
    softened: NDArray[np.float64],
    kind_sums: NDArray[np.float64],
    evidence: NDArray[np.float64],
    prior: _Prior,
) -> NDArray[np.float32]:
    """Return the marginals `(S, V)`: within a shape, a slot only drops the other kinds."""
    shares = np.stack([evidence @ (prior.shapes == k) for k in range(prior.num_kinds)], axis=1)
    factors = prior.no_pattern + shares / kind_sums  # (S, K)
    posteriors = softened * factors[:, prior.kinds] / (prior.no_pattern + evidence.sum())
    return posteriors.astype(np.float32)
