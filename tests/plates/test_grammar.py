import itertools
import math
import re

import numpy as np
import pytest

from lpr_core.plates import grammar
from lpr_core.plates.format import SEVEN, PlateFormat, decode_plate, encode_plate, one_hot
from lpr_core.plates.grammar import decode_probabilities
from lpr_core.plates.patterns import all_patterns, patterns_for

PADDED = PlateFormat(slots=9, alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_", pad="_")


def seen(text, plate_format=SEVEN, **doubts):
    """Probabilities of a nearly clear picture; `slot_3="B"` puts a rival at 0.6 into slot 3."""
    probabilities = 0.99 * one_hot(encode_plate(text, plate_format)[None], plate_format)[0]
    for slot, rival in doubts.items():
        row = probabilities[int(slot.removeprefix("slot_"))]
        row *= 0.39 / 0.99
        row[plate_format.alphabet.index(rival)] = 0.6
    return probabilities + (1 - probabilities.sum(axis=1, keepdims=True)) / len(probabilities[0])


def brackets_of_texts(texts, plate_format, region):
    """The factor of every text `(T, S)`, term by term from the formula in the module."""
    zero_is_o = "O" not in plate_format.alphabet
    allowed = {
        "L": np.array([s.isalpha() or (s == "0" and zero_is_o) for s in plate_format.alphabet]),
        "N": np.array([s.isdigit() for s in plate_format.alphabet]),
        "_": np.array([s == plate_format.pad for s in plate_format.alphabet]),
    }
    no_pattern = 0.5 if region is None else 0.1
    brackets = np.full(len(texts), no_pattern)
    lengths = range(plate_format.slots + 1) if plate_format.pad else [plate_format.slots]
    known = all_patterns() if region is None else patterns_for(region)
    patterns = [p for p in known if len(p.template) in lengths]
    for pattern in patterns:
        kinds = pattern.template.ljust(plate_format.slots, "_")
        fits = np.all([allowed[kind][texts[:, s]] for s, kind in enumerate(kinds)], axis=0)
        equally_long = [p for p in patterns if len(p.template) == len(pattern.template)]
        share = (1 - no_pattern) * pattern.weight / sum(p.weight for p in equally_long)
        brackets += fits * share * 2 ** len(pattern.template)
    return brackets


@pytest.mark.parametrize(
    ("plate_format", "region"),
    [
        (PlateFormat(slots=7, alphabet="01AB"), None),  # 0 is a letter as well
        (PlateFormat(slots=7, alphabet="01AB"), "us-ca"),
        (PlateFormat(slots=7, alphabet="O0A1"), "eu"),  # 0 is a digit only
        (PlateFormat(slots=7, alphabet="01A_", pad="_"), None),  # and shorter patterns
    ],
)
def test_decoding_is_bayes_rule_over_every_text(plate_format, region):
    slots, symbols = np.arange(7), range(plate_format.num_symbols)
    texts = np.array([*itertools.product(symbols, repeat=7)])  # (T, S)
    brackets = brackets_of_texts(texts, plate_format, region)
    rng = np.random.default_rng(0)
    for _ in range(20):
        probabilities = rng.dirichlet([0.3] * len(symbols), size=7)
        softened = 0.9999 * probabilities + 0.0001 / len(symbols)
        posterior = brackets * softened[slots, texts].prod(axis=1)
        posterior /= posterior.sum()
        marginals = [np.bincount(column, weights=posterior) for column in texts.T]
        decoding = decode_probabilities(probabilities, plate_format, region)
        assert decoding.text == decode_plate(texts[posterior.argmax()], plate_format)
        assert decoding.log_probability == pytest.approx(math.log(posterior.max()), abs=1e-9)
        np.testing.assert_allclose(decoding.slot_probabilities, marginals, atol=1e-6)


@pytest.mark.parametrize("text", ["ABC1234", "ZZZ9Z99", "1ABC234", "AB12CDE", "1234567", "ABCDEFG"])
@pytest.mark.parametrize("region", [None, "br", "eu", "us-ca"])
def test_a_clear_picture_overrules_every_pattern(text, region):
    decoding = decode_probabilities(seen(text), SEVEN, region)
    assert decoding.text == text
    np.testing.assert_allclose(decoding.slot_probabilities.sum(axis=1), 1, atol=1e-6)
    assert decoding.slot_probabilities.dtype == np.float32


@pytest.mark.parametrize(
    ("probabilities", "region", "expected"),
    [
        (seen("ABC1238", slot_6="B"), None, "ABC1238"),  # a digit ends all patterns that begin so
        (seen("B123456", slot_0="8"), "us-la", "B123456"),
        (seen("8123456", slot_0="B"), "us-nh", "8123456"),
        (seen("A8C1D34", slot_1="B"), "br", "ABC1D34"),
        (seen("ABC1834", slot_4="B"), "br", "ABC1B34"),  # Mercosul
        (seen("ABC1834", slot_4="B"), "us-ny", "ABC1834"),
        (seen("1ABC234", slot_0="I"), "us-ca", "1ABC234"),
        (seen("1ABC234", slot_0="I"), "be", "1ABC234"),
    ],
)
def test_a_doubtful_slot_is_settled_by_the_pattern(probabilities, region, expected):
    assert decode_probabilities(probabilities, SEVEN, region).text == expected


def test_the_region_speaks_in_the_slots_too():
    probabilities = seen("ABC1234", slot_0="8")
    assert probabilities[0].argmax() == SEVEN.alphabet.index("8")
    decoding = decode_probabilities(probabilities, SEVEN, "br")
    assert decoding.slot_probabilities[0].argmax() == SEVEN.alphabet.index("A")
    assert decoding.slot_probabilities[0].max() > 0.95


@pytest.mark.parametrize(
    ("text", "region", "display_text", "name"),
    [
        ("0000000", "br", "OOO0000", "Brazil, 1990 to 2018"),
        ("F0X1C30", "br", "FOX1C30", "Brazil, Mercosul"),
        ("0000000", "us-nh", "0000000", "New Hampshire"),
        ("R0AD0SS", None, "R0AD0SS", None),  # no pattern, no claim
    ],
)
def test_the_letter_o_is_restored_where_a_pattern_wants_it(text, region, display_text, name):
    decoding = decode_probabilities(seen(text), SEVEN, region)
    assert (decoding.text, decoding.display_text) == (text, display_text)
    assert (decoding.pattern and decoding.pattern.name) == name


def test_a_shared_template_is_named_after_the_region_or_the_most_cars():
    assert decode_probabilities(seen("ABC1234"), SEVEN).pattern.region == "br"
    assert decode_probabilities(seen("ABC1234"), SEVEN, "us").pattern.region == "us-tx"
    assert decode_probabilities(seen("ABC1234"), SEVEN, "gr").pattern.region == "gr"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AB123CD", "Italy"),
        ("ABC123", "Argentina, 1995 to 2016"),
        ("OO1234OO", "Ukraine"),
        ("12345", None),  # as short as no pattern
    ],
)
def test_a_format_with_pads_reads_all_lengths(text, name):
    decoding = decode_probabilities(seen(text, PADDED), PADDED)
    assert (decoding.text, decoding.display_text) == (text, text)
    assert (decoding.pattern and decoding.pattern.name) == name
    assert decoding.slot_probabilities.shape == (9, 37)


@pytest.mark.parametrize(
    ("plate_format", "text"),
    [
        (PlateFormat(slots=3), "AB1"),  # shorter than any pattern
        (PlateFormat(slots=12), "ABCDEF123456"),  # longer, and no pad
        (PlateFormat(slots=7, alphabet="-+"), "+-+-+-+"),  # neither letters nor digits
    ],
)
def test_without_a_fitting_pattern_the_network_decides_alone(plate_format, text):
    probabilities = seen(text, plate_format)
    decoding = decode_probabilities(probabilities, plate_format)
    assert (decoding.text, decoding.pattern) == (text, None)
    np.testing.assert_allclose(decoding.slot_probabilities, probabilities, atol=1e-4)


def test_digits_alone_are_a_pattern_too():
    digits = PlateFormat(slots=7, alphabet="0123456789")
    assert decode_probabilities(seen("0001234", digits), digits).display_text == "0001234"


def test_a_sure_and_wrong_slot_does_not_break_the_region():
    sure = one_hot(encode_plate("ABC1Z34", SEVEN)[None], SEVEN)[0]
    decoding = decode_probabilities(sure, SEVEN, "us-ny")
    assert decoding.text == "ABC1Z34"  # never a hard refusal
    assert math.isfinite(decoding.log_probability)


def test_a_blank_picture_is_not_read_with_confidence():
    blank = np.full((7, 35), 1 / 35)
    decoding = decode_probabilities(blank, SEVEN)
    assert decoding.log_probability < math.log(1e-6)
    assert decoding.slot_probabilities.max() < 0.2


def test_patterns_do_not_hurt_where_there_is_none():
    """Half of the plates follow a pattern, half are any text; the picture is honestly blurred."""
    rng = np.random.default_rng(3)
    templates = [p.template for p in all_patterns() if len(p.template) == 7]
    right = {"symbols": 0, "patterns": 0}
    for number in range(300):
        template = rng.choice(templates) if number % 2 else "A" * 7
        pools = {"L": SEVEN.alphabet[10:], "N": SEVEN.alphabet[:10], "A": SEVEN.alphabet}
        text = "".join(rng.choice([*pools[kind]]) for kind in template)
        # A Gaussian channel: the softmax of its log-likelihoods is calibrated by construction.
        levels = 4 * one_hot(encode_plate(text, SEVEN)[None], SEVEN)[0]
        logits = 4 * (levels + rng.normal(size=levels.shape)) / 1.6
        probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        right["symbols"] += decode_plate(probabilities.argmax(axis=1), SEVEN) == text
        right["patterns"] += decode_probabilities(probabilities, SEVEN).text == text
    assert right["patterns"] >= right["symbols"]


def test_the_input_is_unchanged_and_the_answer_always_the_same():
    probabilities = seen("ABC1234", slot_0="8")
    before = probabilities.copy()
    first, second = (decode_probabilities(probabilities, SEVEN) for _ in range(2))
    np.testing.assert_array_equal(probabilities, before)
    np.testing.assert_array_equal(first.slot_probabilities, second.slot_probabilities)
    assert first.log_probability == second.log_probability


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        (seen("ABC1234")[:6], "must have the shape (7, 35). Received: (6, 35)"),
        (seen("ABC1234") * np.nan, "a minimum of nan"),
        (seen("ABC1234") * 3, "sums of 2.99"),
        (seen("ABC1234") - 0.01, "a minimum of -0.0"),
    ],
)
def test_what_are_no_probabilities_is_refused(probabilities, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        decode_probabilities(probabilities, SEVEN)


def test_an_unknown_region_is_refused():
    message = r"region must be one of ae, al, ar, at, .*\. Received: 'atlantis'"
    with pytest.raises(ValueError, match=message):
        decode_probabilities(seen("ABC1234"), SEVEN, "atlantis")


def test_the_shapes_stay_few():
    assert len(grammar._build_prior(SEVEN, None).boosts) < 5_000


@pytest.mark.parametrize("text", ["AB12", "AB123", "ABC123", "AB12CD34", "AB12CD3456"])
def test_patterns_invent_no_length(text):
    """Sevens are the commonest patterns by far, and must not pull others to their length."""
    any_length = PlateFormat(slots=10, alphabet=SEVEN.alphabet + "_", pad="_")
    probabilities = np.full((10, 36), 0.001)
    for slot, symbol in enumerate(text.ljust(10, "_")):
        probabilities[slot, any_length.alphabet.index(symbol)] = 0.7
    for slot in (len(text) - 1, min(len(text), 9)):  # where the text ends is doubtful
        probabilities[slot, any_length.alphabet.index("_" if slot < len(text) else "1")] = 0.2
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    assert len(decode_probabilities(probabilities, any_length).text) == len(text)
