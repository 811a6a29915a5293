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


def note(*cells: Cell, num_seeds: int = 8, faults: dict | None = None, **untrained: str):
    return list_notes(cells, range(num_seeds), faults or {}, untrained)


def test_a_complete_study_of_networks_that_learned_needs_no_note():
    assert note(make_cell(*[0.95] * 8), make_cell(*[0.6] * 8, train=0.97)) == ()


def test_who_was_not_trained_far_enough_is_named_with_numbers():
    cells = [
        make_cell(*[0.10] * 4, *[0.2] * 4, train=0.251),
        make_cell(*[0.15] * 8, train=0.176, name="frozen"),
        make_cell(*[0.90] * 8, name="best"),
    ]
    assert note(*cells, none="knows little", frozen="still rises") == (
        "Not trained far enough: Label of none (knows little; 10.0 % to 20.0 % by seed); Label of "
        "frozen (still rises; 15.0 % by seed). No verdict is given on them: more steps would tell.",
    )
    (told,) = note(*cells, frozen="still rises")
    assert told.endswith("No verdict is given on it: more steps would tell.")


def test_seeds_in_two_heaps_are_told():
    assert note(make_cell(0.1, 0.11, 0.12, 0.1, 0.6, 0.62, 0.61, 0.59)) == (
        "The seeds of Label of none fall into two heaps: 4 of 8 read 10.0 % to 12.0 % of the "
        "characters, the others 59.0 % to 62.0 %. Their average describes neither.",
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
    text = note(make_cell(0.1, train=0.2), num_seeds=1, none="knows little")[-1]
    assert "Label of none (knows little; 10.0 % by seed)" in text


def test_missing_and_failed_runs():
    cells = [make_cell(*[0.95] * 5), make_cell(train=None, name="frozen")]
    faults = {("frozen", 0): "the loss is not a number."}
    assert note(*cells, num_seeds=6, faults=faults) == (
        "5 of 12 runs are there; comparisons use the seeds that both sides have.",
        "frozen, seed 0, failed: the loss is not a number.",
    )


def test_no_cells_no_notes():
    assert note() == ()
