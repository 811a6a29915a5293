"""What a diary's comparisons come to: a published one, null ones, and what goes with each."""

import numpy as np
import pytest

from lpr_core.data.shipped import shipped_diary
from lpr_core.evidence.diary import Diary, DiaryError, DiaryVerdict, audit_diary, parse_diary
from lpr_core.evidence.diary.wording import tell_headline, tell_notes
from lpr_core.evidence.tables.diary import frame_comparisons, tabulate_audit
from lpr_core.report.diary import render_audit

SHIPPED = audit_diary(parse_diary(shipped_diary()))


def make_diary(*rows: str) -> Diary:
    return parse_diary("\n".join(["factor,level,right,count", *rows]))


def test_of_thirteen_published_comparisons_four_stand():
    found = [(one.factor, one.first, one.second, str(one.verdict)) for one in SHIPPED.comparisons]
    assert found == [
        ("base", "frozen", "unfrozen", "stands"),
        ("batch size", "32", "16", "no evidence"),
        ("batch size", "32", "64", "stands"),
        ("learning rate", "0.0001", "0.005", "undecided"),
        ("epochs", "50", "100", "undecided"),
        ("patience", "10", "5", "undecided"),
        ("patience", "10", "15", "no evidence"),
        ("steps an epoch", "100", "50", "stands"),
        ("steps an epoch", "100", "150", "stands"),
        (
            "backbone and top",
            "ResNet50 + GlobalAveragePooling2D",
            "InceptionResNetV2 + Flatten",
            "two things changed at once",
        ),
        ("steps an epoch, ResNet50", "7", "100", "no evidence"),
        ("last ten layers", "frozen", "open", "no evidence"),
        (
            "everything together",
            "best (steps an epoch, ResNet50: 7)",
            "start (base: frozen)",
            "no evidence",
        ),
    ]


def test_the_published_figures_are_reproduced():
    assert SHIPPED.inferred is not None
    assert (SHIPPED.inferred.count, SHIPPED.inferred.matched) == (744, 14)
    frozen, patience = SHIPPED.comparisons[0], SHIPPED.comparisons[5]
    assert (frozen.difference, frozen.low, frozen.high) == pytest.approx(
        (0.243, 0.193, 0.291), abs=6e-4
    )
    assert frozen.p_holm == pytest.approx(6.5e-20, rel=0.02)
    assert (patience.p_value, patience.p_holm) == pytest.approx((0.0121, 0.109), rel=0.02)
    assert "Also changed" in SHIPPED.comparisons[9].remarks[0]


def test_four_broken_runs_are_named():
    levels = [entry.level for entry in SHIPPED.entries if entry.line in SHIPPED.below_chance]
    assert levels == ["unfrozen", "64", "50", "150"]
    assert "4 runs are worse than guessing (50.0 %)" in " ".join(tell_notes(SHIPPED))


def test_the_test_set_that_chose_is_told():
    assert SHIPPED.selection_gain == pytest.approx(0.0322, abs=1e-3)
    assert "16 times to choose settings" in " ".join(tell_notes(SHIPPED))


@pytest.mark.parametrize("count", [60, 744])
def test_null_diaries_stand_in_at_most_one_of_twenty(count):
    """Exact Clopper-Pearson bound at 300 diaries: 5 % would give more than 24 in 1 of 100."""
    entries = parse_diary(shipped_diary()).entries
    rng = np.random.default_rng(count)
    false = 0
    for _ in range(300):
        rights = rng.binomial(count, 0.6, len(entries))
        drawn = [
            entry.model_copy(
                update={
                    "right": int(right),
                    "count": count,
                    "score": right / count,
                    "level": str(place),
                }
            )
            for place, (entry, right) in enumerate(zip(entries, rights, strict=True))
        ]
        false += audit_diary(Diary(tuple(drawn))).num_standing > 0
    assert false <= 24


def test_a_planted_difference_is_found_and_would_last():
    audit = audit_diary(make_diary("rate,low,900,1000", "rate,high,500,1000"))
    (one,) = audit.comparisons
    assert (one.first, one.verdict, one.would_last) == ("low", DiaryVerdict.STANDS, True)
    assert one.runs_needed == 2


def test_what_stands_on_pictures_may_fall_with_the_seed():
    audit = audit_diary(make_diary("rate,low,5500,10000", "rate,high,5000,10000"))
    (one,) = audit.comparisons
    assert (one.verdict, one.would_last) == (DiaryVerdict.STANDS, False)
    assert tell_headline(audit).startswith("Of 1 comparison 1 stands, and 0 would")


def test_few_pictures_are_tested_exactly():
    (one,) = audit_diary(make_diary("rate,a,5,5", "rate,b,0,5")).comparisons
    assert one.p_value == pytest.approx(2 / 252)  # of the ways to choose 5 of 10, two are as far


def test_equal_scores_are_no_evidence():
    (one,) = audit_diary(make_diary("rate,a,5,5", "rate,b,5,5")).comparisons
    assert (one.p_value, one.verdict, one.runs_needed) == (1.0, DiaryVerdict.NO_EVIDENCE, None)


def test_the_kept_level_is_compared_even_where_it_is_not_the_best():
    text = "factor,level,score,kept\nrate,a,30/50,yes\nrate,b,40/50,\n"
    (one,) = audit_diary(parse_diary(text)).comparisons
    assert (one.first, one.difference) == ("a", pytest.approx(-0.2))


def test_without_a_number_of_pictures_nothing_is_judged():
    audit = audit_diary(parse_diary("factor,level,score\nrate,a,0.5\nrate,b,0.75\n"))
    assert [str(one.verdict) for one in audit.comparisons] == ["cannot be told"]
    assert "None of 1 comparison can be judged" in tell_headline(audit)
    assert "unknown" in tabulate_audit(audit).rows[0]
    assert frame_comparisons(audit)["low"].isna().all()
    assert audit_diary(
        parse_diary("factor,level,score\nr,a,0.5\nr,b,0.75\n"), count=900
    ).num_standing


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("rate,a,1,2", "batch,b,1,2"), "two levels of one factor"),
        (("rate,a,1,2", "rate,a,2,2"), "lines 2 and 3: rate = a stands twice"),
    ],
)
def test_what_cannot_be_compared_is_refused(rows, words):
    with pytest.raises(DiaryError, match=words):
        audit_diary(make_diary(*rows))


@pytest.mark.parametrize("options", [{"classes": 1}, {"count": 0}, {"run_spread": 0.6}])
def test_numbers_out_of_range_are_refused(options):
    with pytest.raises(DiaryError, match="Received"):
        audit_diary(make_diary("rate,a,1,2", "rate,b,2,2"), **options)


def test_markdown_has_the_sentences_and_a_row_for_each_comparison():
    text = render_audit(SHIPPED)
    assert text.startswith("# What this diary shows\n\nOf 13 comparisons 4 stand, and 2 would")
    assert text.count("\n| ") == 2 + 13
