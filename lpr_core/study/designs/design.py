"""A design: everything that is known about one kind of study, as one value."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from lpr_core.evidence.asked import Asked
from lpr_core.study.designs.variant import Variant
from lpr_core.study.folder.record import VariantRecord
from lpr_core.tasks.task import find_task
from lpr_core.training.config import TrainingConfig

Vary = Callable[[TrainingConfig, str, str | None], Iterable[Variant]]
"""Takes the base configuration, what transfer starts from, and the backbone where a person has
chosen one; gives the variants."""


@dataclass(frozen=True)
class Axis:
    """What a design varies, where its levels lie on an axis.

    Attributes:
        factor: Key of the levels.
        series: Key of the levels that make a line of their own.
        title: What people read below the axis.
        is_share: Shown in percent.
    """

    factor: str
    series: str
    title: str
    is_share: bool = False


@dataclass(frozen=True)
class Design:
    """What is compared, and how it is told.

    Attributes:
        name: What people call it by.
        question: What the study answers, one sentence.
        heading: Of its part of the page More; empty for a design that has a page of its own.
        about: What differs between the variants, one sentence for the page.
        expected: What the answer is likely to be, with its range.
        command: How it is run, and for how long on which machine.
        vary: Makes the variants; `None` for a design that no command runs.
        variants: The cells; all of them run with all seeds. None before `build_design`.
        asked: What is compared with what.
        axis: What is varied; `None` where variants are names.
        place: Where it stands among others, small numbers first.
        task: What the networks are to do, as `find_task` knows it. The first of its scores decides.
        is_main: Whether it gets the preset's full number of seeds.
        tries_remedies: Whether a diagnosis on the same plates tells of its differences, the first
            variant being the frozen network without a remedy.
        fits: Whether single trainings of these variants, which differ in what their names say, are
            a study of this design; `None` never.
    """

    name: str
    question: str
    heading: str = ""
    about: str = ""
    expected: str = ""
    command: str = ""
    vary: Vary | None = None
    variants: tuple[Variant, ...] = ()
    asked: Asked = field(default_factory=Asked)
    axis: Axis | None = None
    place: int = 100
    task: str = "reading"
    is_main: bool = False
    tries_remedies: bool = False
    fits: Callable[[Collection[VariantRecord]], bool] | None = None

    @property
    def metric(self) -> str:
        """Key of a run's metrics that decides."""
        return find_task(self.task).scores[0]

    def find_variant(self, name: str) -> Variant:
        """Return the variant of this name.

        Raises:
            ValueError: There is none; the message lists all.
        """
        for variant in self.variants:
            if variant.name == name:
                return variant
        known = ", ".join(variant.name for variant in self.variants)
        raise ValueError(f"{self.name} has the variants {known}. Received: {name!r}")
