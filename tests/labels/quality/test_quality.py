import pytest

from lpr_core.labels import LeaseError, Mark
from lpr_core.labels.quality.agreement import DoubleReading, cohen_kappa, measure, report_agreement
from tests.kit.label_samples import picture_bytes, reading_dict

pytest_plugins = ["tests.kit.label_databases"]


def add_plate(store, seed=0, text="ABC1D23"):
    picture_id = store.add_picture(picture_bytes(seed), f"{seed}.png")
    store.add_reading(picture_id, reading_dict(text))
    return picture_id


def answer(store, annotator, text="", mark=None):
    """Take the next plate and answer it."""
    (assignment,) = store.queue.hand_out(annotator)
    store.queue.submit(assignment.assignment_id, annotator, mark, text, 1.0)
    return assignment


def compare(first, second, first_mark="corrected", second_mark="corrected"):
    return DoubleReading("ana", first_mark, first, "bob", second_mark, second)


# --- numbers


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ([], None),
        ([("A", "A")] * 5, None),  # chance alone would agree everywhere
        ([("A", "A"), ("B", "B")], 1.0),
        ([("A", "B"), ("B", "A")], -1.0),
        ([("A", "A"), ("A", "B"), ("B", "A"), ("B", "B")], 0.0),
        # https://en.wikipedia.org/wiki/Cohen's_kappa, simple example
        ([("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15, 0.4),
    ],
)
def test_kappa(pairs, kappa):
    assert cohen_kappa(pairs) == (None if kappa is None else pytest.approx(kappa))


@pytest.mark.parametrize(
    ("comparison", "agrees"),
    [
        (compare("ABC1", "ABC1"), True),
        (compare("ABC1", "ABC1", first_mark="correct"), True),
        (compare("AB00", "ABO0"), True),  # most plates draw them alike
        (compare("ABC1", "ABC2"), False),
        (compare("", "", "unreadable", "unreadable"), True),
        (compare("", "", "unreadable", "not_a_plate"), False),
        (compare("ABC1", "", second_mark="unreadable"), False),
    ],
)
def test_two_words_about_a_plate(comparison, agrees):
    assert comparison.agrees is agrees


def test_agreement_by_pair_person_and_symbol():
    comparisons = [
        compare("AB8", "AB8"),
        compare("AB8", "ABB"),
        compare("AB1", "AB"),
        DoubleReading("ana", "corrected", "CC7", "cid", "corrected", "CC7"),
    ]
    report = report_agreement(comparisons)
    assert (report.total.plates, report.total.agreed, report.total.rate) == (4, 2, 0.5)
    assert 0 < report.total.low < 0.5 < report.total.high < 1
    assert {names: pair.plates for names, pair in report.pairs.items()} == {
        ("ana", "bob"): 3,
        ("ana", "cid"): 1,
    }
    assert {name: (own.plates, own.agreed) for name, own in report.people.items()} == {
        "ana": (4, 2),
        "bob": (3, 1),
        "cid": (1, 1),
    }
    counts = {item.symbol: (item.count, item.agreed) for item in report.symbols}
    assert counts == {
        "1": (1, 0),
        "8": (2, 1),
        "B": (4, 3),
        "7": (1, 1),
        "A": (3, 3),
        "C": (2, 2),
    }
    assert [item.symbol for item in report.symbols[:3]] == ["1", "8", "B"]
    assert report.symbols[-1].kappa == 1.0


def test_a_pair_is_the_same_whoever_reads_first():
    there = DoubleReading("ana", "corrected", "AB8", "bob", "corrected", "ABB")
    back = DoubleReading("bob", "corrected", "ABB", "ana", "corrected", "AB8")
    report = report_agreement([there, back])
    assert report.pairs == {("ana", "bob"): measure([there, there])}


def test_no_comparison_is_no_agreement():
    report = report_agreement([])
    assert (report.total, report.pairs, report.people, report.symbols) == (None, {}, {}, ())


# --- second readings


@pytest.fixture
def team(store):
    """A store whose every plate wants a second reader."""
    store.projects.update(1, second_share=1.0)
    return store


@pytest.mark.parametrize(
    ("first", "second", "is_disputed"), [("AB1", "AB1", False), ("AB1", "AB2", True)]
)
def test_a_plate_is_confirmed_or_disputed(team, first, second, is_disputed):
    picture_id = add_plate(team)
    answer(team, "ana", first)
    answer(team, "bob", second)
    disputes = team.quality.disagreements()
    assert [item.record.picture.picture_id for item in disputes] == [picture_id] * is_disputed
    assert [(item.second.author, item.second.text) for item in disputes] == [
        ("bob", "AB2")
    ] * is_disputed
    report = team.quality.agreement()
    assert (report.total.plates, report.total.agreed) == (1, 1 - is_disputed)
    assert team.history(picture_id).text == first  # a second word never replaces the first


def test_a_second_reader_cannot_look_up_the_first_reading(team):
    add_plate(team)
    answer(team, "ana", "AB1")
    bob, ana = (team.seen_by(name, sees_all=False) for name in ("bob", "ana"))
    assert bob.search().total == 0  # he may be asked for it any time
    (assignment,) = team.queue.hand_out("bob")
    assert bob.search().total == 0
    assert ana.search().total == team.search().total == 1
    team.queue.submit(assignment.assignment_id, "bob", None, "AB1", 1.0)
    assert bob.search().total == 1


def test_a_reviewer_settles_a_dispute(team):
    picture_id = add_plate(team)
    answer(team, "ana", "AB1")
    answer(team, "bob", "AB2")
    record = team.quality.resolve(picture_id, "rev", None, "ab-2")
    assert (record.text, record.revision.author) == ("AB2", "rev")
    assert team.quality.disagreements() == ()
    assert team.queue.hand_out("cid") == ()
    assert team.quality.agreement().total.agreed == 0  # what was said stays said
    with pytest.raises(ValueError, match="settled by a verdict"):
        team.quality.resolve(picture_id, "rev", Mark.UNCHECKED)


def test_a_correction_can_end_a_dispute_or_begin_one(team):
    picture_id = add_plate(team)
    answer(team, "ana", "AB1")
    answer(team, "bob", "AB2")
    team.add_revision(picture_id, text="AB2", author="ana")
    assert team.quality.disagreements() == ()
    team.add_revision(picture_id, text="AB3", author="ana")
    assert len(team.quality.disagreements()) == 1


def test_a_second_reading_can_be_undone_until_it_is_settled(team):
    picture_id = add_plate(team)
    answer(team, "ana", "AB1")
    answer(team, "bob", "AB2")
    with pytest.raises(LeaseError, match="has worked on this plate since"):
        team.queue.undo("ana")
    again = team.queue.undo("bob")
    assert (again.kind, again.record.revisions) == ("second", ())
    assert team.quality.agreement().total is None
    team.queue.submit(again.assignment_id, "bob", None, "AB1", 1.0)
    assert team.quality.agreement().total.agreed == 1
    team.quality.resolve(picture_id, "rev", None, "AB1")
    with pytest.raises(LeaseError, match="has worked on this plate since"):
        team.queue.undo("bob")


def test_a_second_answer_sent_twice_counts_once(team):
    add_plate(team)
    answer(team, "ana", "AB1")
    assignment = answer(team, "bob", "AB2")
    shown = team.queue.submit(assignment.assignment_id, "bob", None, "AB2", 1.0)
    assert (shown.text, len(shown.revisions)) == ("AB2", 1)
    with pytest.raises(LeaseError, match="answered this plate already"):
        team.queue.submit(assignment.assignment_id, "bob", None, "AB3", 1.0)
    assert team.quality.agreement().total.plates == 1


def test_the_share_of_second_readings_is_kept(store):
    store.projects.update(1, second_share=0.5)
    for seed in range(40):
        store.add_revision(add_plate(store, seed), text="AB1", author="ana")
    wanted = store.queue.progress(1, "bob").left
    assert 10 <= wanted <= 30
    assert store.queue.progress(1, "ana").left == 0


# --- gold


def test_gold_plates_are_mixed_in_unseen_and_scored(store):
    store.projects.update(1, gold_share=1.0)
    gold = [add_plate(store, seed, "ABC1D23") for seed in range(2)]
    for picture_id in gold:
        store.quality.set_gold(picture_id, "abc 1d24", "rev")
    plain = add_plate(store, 9)
    seen = [answer(store, "ana", text) for text in ("ABC1D24", "ABC1D23", "XY1")]
    assert [item.kind for item in seen] == ["gold", "gold", "first"]
    assert seen[2].picture_id == plain
    for item in seen:
        assert (item.record.text, item.record.mark) == ("ABC1D23", "unchecked")
    (score,) = store.quality.gold_scores()
    assert (score.annotator, score.count, score.errors, score.rate) == ("ana", 2, 1, 0.5)
    assert 0 < score.low < 0.5 < score.high < 1
    assert {store.history(picture_id).text for picture_id in gold} == {"ABC1D24"}


def test_who_set_the_gold_is_not_tested_with_it(store):
    store.projects.update(1, gold_share=1.0)
    store.quality.set_gold(add_plate(store), "AB1", "rev")
    assert store.queue.hand_out("rev") == ()
    assert store.queue.progress(1, "ana").left == 0


def test_two_people_may_hold_the_same_gold_plate(store):
    store.projects.update(1, gold_share=1.0)
    picture_id = add_plate(store)
    store.quality.set_gold(picture_id, "AB1", "rev")
    held = [*store.queue.hand_out("ana"), *store.queue.hand_out("bob")]
    assert [item.picture_id for item in held] == [picture_id] * 2


def test_a_gold_answer_can_be_undone(store):
    store.projects.update(1, gold_share=1.0)
    store.quality.set_gold(add_plate(store), "AB1", "rev")
    answer(store, "ana", "AB2")
    again = store.queue.undo("ana")
    assert (again.kind, again.record.revisions) == ("gold", ())
    assert store.quality.gold_scores() == ()
    store.queue.submit(again.assignment_id, "ana", Mark.UNREADABLE, "", 1.0)
    (score,) = store.quality.gold_scores()
    assert (score.count, score.errors) == (1, 1)
