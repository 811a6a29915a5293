"""The words that verdicts are given in: the same in sentences, tables, pages and files."""

from enum import StrEnum


class VerdictWord(StrEnum):
    """What a comparison comes to, of a variant with another one or with the usable accuracy.

    A hypothesis is told in these words too, for each says that something reads better than
    something else: than the usable accuracy, than networks from scratch, than those without noise.
    """

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENT = "no different"
    UNDECIDED = "undecided"
    NOT_TRAINED = "not trained far enough"
    BELOW_USABLE = "below usable"


SIGNS = {
    VerdictWord.BETTER: "✓",
    VerdictWord.WORSE: "✗",
    VerdictWord.NO_DIFFERENT: "=",
    VerdictWord.UNDECIDED: "?",
    VerdictWord.NOT_TRAINED: "…",
    VerdictWord.BELOW_USABLE: "✗",
}
"""Before each word, so that colour is not needed to tell them apart."""

TONES = {
    VerdictWord.BETTER: "good",
    VerdictWord.WORSE: "bad",
    VerdictWord.NO_DIFFERENT: "even",
    VerdictWord.UNDECIDED: "open",
    VerdictWord.NOT_TRAINED: "open",
    VerdictWord.BELOW_USABLE: "bad",
}
"""Names of the colours that pages and reports have for them."""
