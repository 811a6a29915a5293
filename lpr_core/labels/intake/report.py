"""What became of each file that was brought."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from lpr_core.labels.tables.filing import Filed


class IntakeVerdict(StrEnum):
    """What became of a picture."""

    ADDED = "added"
    NEAR = "near duplicate of"
    """Added all the same, and marked."""
    SAME = "same file"
    """The store has it; nothing was added."""
    REFUSED = "refused"


@dataclass(frozen=True)
class IntakeRow:
    """One file.

    Attributes:
        name: As it was brought, with the folders in it.
        verdict: What became of the picture.
        sentence: For a person; empty for a picture that was added without any remark.
        picture_id: In the store; None where it was refused.
        like: Id of the picture that it is the same as, or nearly.
        labels: What became of each label that came along.
    """

    name: str
    verdict: IntakeVerdict
    sentence: str = ""
    picture_id: str | None = None
    like: str | None = None
    labels: tuple[Filed, ...] = ()


@dataclass(frozen=True)
class IntakeReport:
    """Everything that was brought: pictures in the order they came, then labels without one."""

    rows: tuple[IntakeRow, ...]

    def counts(self) -> dict[IntakeVerdict, int]:
        """Return the number of files of each verdict, also of those that did not occur."""
        counted = Counter(row.verdict for row in self.rows)
        return {verdict: counted[verdict] for verdict in IntakeVerdict}

    def label_counts(self) -> dict[Filed, int]:
        """Return what became of the labels, also what did not occur."""
        counted = Counter(filed for row in self.rows for filed in row.labels)
        return {filed: counted[filed] for filed in Filed}
