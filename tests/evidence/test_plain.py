"""Plain answers have the words of the verdicts and the numbers that stand behind them."""

import pytest

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.plain import tell_noise, tell_stagnation, tell_transfer
from lpr_core.places import SHIPPED_DIR


@pytest.fixture(scope="module")
def answers():
    path = SHIPPED_DIR / "studies" / "hypotheses" / "answers.json"
    return Answers.model_validate_json(path.read_bytes())


def with_h2(answers, **outcomes):
    """The same answers with other words for H2, by way of transfer."""
    verdicts = []
    for verdict in answers.verdicts:
        parts = tuple(
            part.model_copy(update={"outcome": outcomes.get(part.scope, part.outcome)})
            for part in verdict.parts
        )
        verdicts.append(verdict.model_copy(update={"parts": parts}))
    return answers.model_copy(update={"verdicts": tuple(verdicts)})


@pytest.mark.parametrize(
    ("word", "is_sure", "said"),
    [
        ("better", True, "Yes, for networks that start from pretrained weights"),
        ("worse", True, "No, for networks that start from pretrained weights"),
        ("no different", True, "it makes no difference"),
        ("undecided", False, "may change them: undecided, "),
        ("not trained far enough", False, "Not settled, for not all was trained far enough: "),
    ],
)
def test_each_word_has_its_sentence(answers, word, is_sure, said):
    told = tell_transfer(with_h2(answers, **{"fine-tuned": word}))
    assert told.is_sure is is_sure
    assert said in told.answer
    assert "percentage points" in told.answer  # the number and its interval, whatever the word


def test_both_ways_are_told(answers):
    both = with_h2(answers, **{"fine-tuned": "better", "frozen": "undecided"})
    assert tell_transfer(both).answer.count("weights") == 2
    told = tell_transfer(answers)  # as shipped: from scratch was not trained far enough
    assert told.answer.count("from scratch without noise knows") == 1
    assert "fine-tuned +68.7 (+42.4 to +95.1); frozen +4.4 (" in told.answer
    assert not told.is_sure


def test_without_verdicts_or_diagnosis_nothing_is_told(answers):
    empty = answers.model_copy(update={"verdicts": (), "noise": (), "diagnosis": {}})
    assert (tell_transfer(empty), tell_noise(empty), tell_stagnation(empty)) == (None, None, None)


def noise(answers, costs):
    """Answers with a finding for each strength: `{strength: (answer, effect)}`."""
    base = answers.noise[0]
    findings = tuple(
        base.model_copy(
            update={
                "strength": strength,
                "answer": answer,
                "cost": effect,
                "low": effect - 0.01,
                "high": effect + 0.01,
            }
        )
        for strength, (answer, effect) in costs.items()
    )
    return answers.model_copy(update={"noise": findings})


def test_noise_is_too_strong_from_the_first_strength_that_costs(answers):
    told = tell_noise(
        noise(
            answers,
            {0.2: ("too strong", -0.09), 0.1: ("too strong", -0.03), 0.05: ("undecided", 0)},
        )
    )
    assert told.answer.startswith("From strength 0.1 on, yes: there it costs 3.0 percentage points")
    assert "(2.0 to 4.0)" in told.answer
    assert told.answer.endswith("Of the milder ones no cost is shown.")
    assert told.is_sure


def test_noise_that_costs_nothing_for_sure_is_not_called_too_strong(answers):
    told = tell_noise(noise(answers, {0.1: ("undecided", -0.01)}))
    assert "none costs clean plates for sure" in told.answer
    assert not told.is_sure


def test_stagnation_is_what_the_diagnosis_sums_up(answers):
    told = tell_stagnation(answers)
    assert told.answer == answers.diagnosis["summary"]
    assert told.is_sure
    acquitted = [suspect | {"verdict": "cleared"} for suspect in answers.diagnosis["suspects"]]
    diagnosis = answers.diagnosis | {"suspects": acquitted}
    assert not tell_stagnation(answers.model_copy(update={"diagnosis": diagnosis})).is_sure
