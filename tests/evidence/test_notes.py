"""What is told beside a study's numbers: what is missing, and what they do not speak for."""

import pytest

from lpr_core.evidence.cells import Cell, Score
from lpr_core.evidence.notes import list_notes


def make_cell(*by_seed: float, train: float | None = 0.99, name: str = "none") -> Cell:
    mean = sum(by_seed) / max(len(by_seed), 1)
    return Cell(
        variant=name,
        label=f"Label of {name}",
        factors={},
        characters=Score(mean=mean, low=0.0, high=1.0) if by_seed else None,
        train_characters=train,
        by_seed=dict(enumerate(by_seed)),
    )


def note(*cells: Cell, num_seeds: int = 8, faults: dict | None = None):
    return list_notes(cells, range(num_seeds), faults or {}, 0.9)


def test_a_complete_study_of_networks_that_learned_needs_no_note():
    assert note(make_cell(*[0.95] * 8), make_cell(*[0.6] * 8, train=0.97)) == ()


def test_who_learned_little_is_named_with_numbers():
    cells = [
        make_cell(*[0.10] * 7, 0.624, train=0.251),
        make_cell(*[0.15] * 8, train=0.176, name="frozen"),
        make_cell(*[0.90] * 8, name="fine-tuned"),
    ]
    assert note(*cells) == (
        "When training ended, little had been learned by (characters right on training plates; on "
        "validation plates, by seed): Label of none (25.1 %; 10.0 % to 62.4 %); Label of frozen "
        "(17.6 %; 15.0 %). Differences from these speak for this much training only.",
    )


@pytest.mark.parametrize(
    ("train", "validation", "is_told"),
    [
        (0.44, 0.30, True),
        (0.46, 0.30, False),  # more than half of 0.9: it learned, and does not generalise
        (0.44, 0.80, False),  # measured with noise and dropout
        (None, 0.10, False),  # nobody knows
    ],
)
def test_learned_little_is_less_than_half_of_what_is_usable(train, validation, is_told):
    notes = note(make_cell(*[validation] * 8, train=train))
    assert [text.endswith("this one speak for this much training only.") for text in notes] == (
        [True] if is_told else []
    )


def test_seeds_far_apart_are_told_once():
    assert note(make_cell(*[0.95] * 7, 0.7)) == (
        "Label of none reads 70.0 % to 95.0 % of the characters, by seed: the average says little "
        "of a single training.",
    )
    assert note(make_cell(*[0.95] * 7, 0.8)) == ()
    assert len(note(make_cell(*[0.05] * 7, 0.7, train=0.1))) == 1


@pytest.mark.parametrize(
    ("num_seeds", "told"),
    [
        (1, "With 1 seed no difference can be called sure; it takes 6 at least."),
        (2, "With 2 seeds no difference can be called sure; it takes 6 at least."),
        (5, "With 5 seeds no difference can be called sure; it takes 6 at least."),
        (6, None),
        (7, None),
    ],
)
def test_too_few_seeds(num_seeds, told):
    cell = make_cell(*[0.95] * num_seeds)
    assert note(cell, num_seeds=num_seeds) == ((told,) if told else ())


def test_one_seed_that_learned_little_has_no_range():
    text = note(make_cell(0.1, train=0.2), num_seeds=1)[-1]
    assert "Label of none (20.0 %; 10.0 %)" in text


def test_missing_and_failed_runs():
    cells = [make_cell(*[0.95] * 5), make_cell(train=None, name="frozen")]
    faults = {("frozen", 0): "the loss is not a number."}
    assert note(*cells, num_seeds=6, faults=faults) == (
        "5 of 12 runs are there; comparisons use the seeds that both sides have.",
        "frozen, seed 0, failed: the loss is not a number.",
    )


def test_no_cells_no_notes():
    assert note() == ()
