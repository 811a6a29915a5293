"""The suspects of a diagnosis: what may keep a frozen network from reading plates.

Each cause is charged with character accuracy that it costs, as a difference between two
measurements that differ in that cause alone. So the causes can be compared, and ranked.
"""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from lpr_core.evidence.suspects.measurements import Difference

GUILTY = 0.10
"""A tenth of all characters: 0.90 of them is 48 of 100 seven-character plates, 0.80 is 21."""

PARTLY = 0.03
"""Below, a cause is cleared: probes on another thousand plates differ by one to two points."""

Verdict = Literal["guilty", "partly", "cleared", "not measured"]
_ORDER: dict[str, int] = {"guilty": 0, "partly": 1, "cleared": 2, "not measured": 3}


class Suspect(BaseModel):
    """One possible reason, and what became of it.

    Attributes:
        name: Short name, as in `QUESTIONS`.
        question: What it is suspected of.
        measured: What was measured, with the numbers.
        guilty_if: What it would look like if it were guilty.
        verdict: `guilty`, `partly`, `cleared` or `not measured`.
        strength: Share of all characters that it costs, 0 to 1; the ranking's key.
        sentence: The verdict with its reason.
        role: The `symptom` says whether there is anything to explain; each `cause` may explain it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    question: str
    measured: str
    guilty_if: str
    verdict: Verdict
    strength: float = Field(ge=0, le=1)
    sentence: str
    role: Literal["symptom", "cause"] = "cause"


class Remedy(BaseModel):
    """What one change gained, as far as it is sure.

    Attributes:
        name: The variant's.
        label: What people read.
        gain: Character accuracy gained, negative when lost.
        low: Lower end of its 95 % interval.
        high: Upper end.
        seeds: Pairs of runs.
        sentence: The same in words, with what it comes to.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    gain: float
    low: float
    high: float
    seeds: int
    sentence: str


SYMPTOM = "gap"

QUESTIONS = {
    "gap": "Does the frozen network read the plates that it learned from better than others?",
    "memory": "Does the head learn its training plates by heart?",
    "position": "Does pooling throw away where a symbol stands?",
    "features": "Do the frozen features miss what plates are read by?",
    "drift": "Would the features have had to change?",
    "batch_statistics": "Do the stored BatchNormalization statistics fit the plates?",
    "input_scale": "Do the pictures reach the backbone in a wrong range?",
}
"""The suspects in the order in which they are measured."""

GUILTY_IF = {
    "gap": "training plates are read at least 10 percentage points better than validation plates; "
    "with no gap the network learned too little, not too much.",
    "memory": "with shuffled labels, where there is nothing to learn, the head still gets its "
    "training plates right, and with true labels it reads new plates much worse than old ones.",
    "position": "a probe reads the whole map much better than the pooled vector, and better than "
    "the same map with its places in disorder: the symbols are there, their order is not.",
    "features": "an earlier stage, random weights or the bare picture can be read better than the "
    "last stage that the head gets.",
    "drift": "the same probe reads the fine-tuned features much better, and fine-tuning moved the "
    "layers far: low CKA, large weight change.",
    "batch_statistics": "each batch's own statistics make the features much easier to read than "
    "the stored ones, or a frozen layer gives different answers in training and in use.",
    "input_scale": "pictures of another range are read better than those of 0 to 255, which every "
    "backbone here expects and scales by itself.",
}


def weigh(charge: Difference) -> Verdict:
    """Return the verdict on a charge: it counts when its interval excludes 0, and by its size."""
    if charge.low <= 0 or charge.value < PARTLY:
        return "cleared"
    return "guilty" if charge.value >= GUILTY else "partly"


def name_suspect(
    name: str,
    measured: str,
    verdict: Verdict,
    strength: float,
    sentence: str,
) -> Suspect:
    """Return a suspect with its question and what it would look like if it were guilty."""
    return Suspect(
        name=name,
        question=QUESTIONS[name],
        measured=measured,
        guilty_if=GUILTY_IF[name],
        verdict=verdict,
        strength=min(max(strength, 0.0), 1.0),
        sentence=sentence,
        role="symptom" if name == SYMPTOM else "cause",
    )


def not_measured(name: str, reason: str) -> Suspect:
    """Return a suspect that nothing is known about, and why."""
    return name_suspect(name, "Nothing.", "not measured", 0.0, reason)


def rank_suspects(suspects: Iterable[Suspect]) -> list[Suspect]:
    """Return the symptom first, then the causes: by verdict, and by strength among equals."""
    return sorted(
        suspects, key=lambda s: (s.role != "symptom", _ORDER[s.verdict], -s.strength, s.name)
    )


def summarize(suspects: Iterable[Suspect]) -> str:
    """Return the answer in one or two sentences: who is guilty, or that nobody is."""
    measured = [s for s in rank_suspects(suspects) if s.verdict != "not measured"]
    symptom = [suspect.sentence for suspect in measured if suspect.role == "symptom"]
    causes = [suspect for suspect in measured if suspect.role == "cause"]
    if not causes:
        return " ".join([*symptom, "No cause has been measured yet."])
    if causes[0].verdict == "cleared":
        return " ".join([*symptom, "No suspect is guilty."])
    return " ".join([*symptom, causes[0].sentence])
