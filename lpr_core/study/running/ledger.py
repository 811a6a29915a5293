"""How far a study is: runs that are done, on their way, failed, and the time that is left."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean

from lpr_core.study.designs import Variant
from lpr_core.study.folder.results import StudyFolder
from lpr_core.study.running.run import RunOrder
from lpr_core.study.running.workers import RunEvent


@dataclass(frozen=True)
class StudyProgress:
    """How far a study is.

    Attributes:
        done: Runs that are finished, earlier ones included.
        total: Runs in all.
        failures: By run name, why it failed in this session.
        running: By run name, the share of its training that is done.
        seconds_left: Estimate; `None` before there is anything to go by.
    """

    done: int
    total: int
    failures: dict[str, str] = field(default_factory=dict)
    running: dict[str, float] = field(default_factory=dict)
    seconds_left: float | None = None


Listener = Callable[[StudyProgress], None]


class Ledger:
    """Keeps account of the runs of one session and tells a listener."""

    def __init__(
        self,
        folder: StudyFolder,
        chosen: Sequence[tuple[Variant, int]],
        orders: Sequence[RunOrder],
        jobs: int,
        on_progress: Listener | None,
    ) -> None:
        self._folder = folder
        self._waiting = {(order.variant, order.seed): order.name for order in orders}
        self._total = len(chosen)
        self._jobs = jobs
        self._on_progress = on_progress
        self._running: dict[str, float] = {}
        self._failures: dict[str, str] = {}
        self._seconds: dict[str, list[float]] = defaultdict(list)
        for variant, seed in chosen:
            if (variant.name, seed) not in self._waiting:
                self._note_seconds(variant.name, seed)
        self._tell()

    def note(self, event: RunEvent) -> None:
        """Take notice of what happened to a run."""
        order = event.order
        self._running[order.name] = event.share
        if event.is_over:
            del self._running[order.name]
            del self._waiting[order.variant, order.seed]
            if event.error:
                self._failures[order.name] = event.error
            else:
                self._note_seconds(order.variant, order.seed)
        self._tell()

    def progress(self) -> StudyProgress:
        """Return how far the study is."""
        left = [
            (variant, self._running.get(name, 0.0)) for (variant, _), name in self._waiting.items()
        ]
        return StudyProgress(
            self._total - len(self._waiting) - len(self._failures),
            self._total,
            dict(self._failures),
            dict(self._running),
            estimate_seconds_left(left, self._seconds, self._jobs),
        )

    def _note_seconds(self, variant: str, seed: int) -> None:
        metrics = self._folder.run(variant, seed).read_metrics()
        self._seconds[variant].append(metrics["train_seconds"])

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self.progress())


def estimate_seconds_left(
    left: Sequence[tuple[str, float]], known: Mapping[str, Sequence[float]], jobs: int
) -> float | None:
    """Estimate how long runs will take; `None` when none is known to go by.

    Args:
        left: For each unfinished run its variant and the share that is done.
        known: Seconds of finished runs by variant; a variant without takes the mean of all.
        jobs: Runs at a time.
    """
    everything = [seconds for values in known.values() for seconds in values]
    if not everything:
        return None if left else 0.0
    whole = mean(everything)
    seconds = [
        (1 - share) * (mean(known[variant]) if known.get(variant) else whole)
        for variant, share in left
    ]
    return sum(seconds) / min(jobs, max(len(left), 1))
