"""Diaries come as CSV or Markdown, with shares, percentages or counts; what is wrong is named."""

import pytest

from lpr_core.evidence.diary import DiaryError, parse_diary, read_diary

CSV = "factor,level,score\nrate,0.1,0.5\nrate,0.2,0.75\n"


def scores(text: str) -> list[tuple[str, float, int | None]]:
    return [(entry.level, entry.score, entry.count) for entry in parse_diary(text).entries]


@pytest.mark.parametrize(
    "text",
    [
        CSV,
        "Factor;Level;Score\nrate;0.1;0,5\nrate;0.2;0,75\n",
        "factor\tlevel\tscore\nrate\t0.1\t50 %\nrate\t0.2\t75 %\n",
        "setting,value,accuracy\nrate,0.1,50\nrate,0.2,75\n",
        "\ufefffactor,level,score\r\n\r\nrate,0.1,.5\r\nrate,0.2,0.75\r\n,,\r\n",
        "What I tried\n\n| factor | level | score |\n|---|---|---:|\n| rate | 0.1 | 0.5 |\n"
        "| rate | 0.2 | 0.75 |\n\nThe second is better.\n",
    ],
    ids=["comma", "semicolon", "tab, percent", "other names, percent", "mark, blank", "Markdown"],
)
def test_all_forms_say_the_same(text):
    assert scores(text) == [("0.1", 0.5, None), ("0.2", 0.75, None)]


def test_counts_in_one_cell_or_two_columns_or_for_all_rows():
    assert scores("factor,level,score\nrate,a,3/4\nrate,b,1 of 4\n") == [
        ("a", 0.75, 4),
        ("b", 0.25, 4),
    ]
    assert scores("factor,level,k,n\nrate,a,3,4\nrate,b,1,5\n") == [("a", 0.75, 4), ("b", 0.2, 5)]
    diary = parse_diary(f"# n: 744\n# classes = 2\n# a remark: kept\n{CSV}")
    assert (diary.count, diary.classes) == (744, 2)


def test_the_last_digit_is_kept_as_written():
    diary = parse_diary("factor,level,score\nrate,a,59.27 %\nrate,b,0.5930\n")
    assert [entry.grain for entry in diary.entries] == pytest.approx([1e-4, 1e-4])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Received: nothing"),
        ("plate,text\na,b\n", "Received: plate, text"),
        ("factor,level,score,result\nrate,a,1,1\n", "named twice"),
        (CSV.replace("0.75", "1.2 apples"), "line 3: score must be"),
        (CSV.replace("0.75", "nan"), "line 3: score must be"),
        (CSV.replace("0.75", "-0.1"), "line 3: score must be"),
        (CSV.replace("0.75", "1e9"), "line 3: score must be"),
        (CSV.replace("0.75", "750 %"), "line 3: score must be"),
        (CSV.replace("0.75", "5/4"), "right must be a whole number from 0 to 4"),
        (CSV.replace("0.75", "0/0"), "count must be a whole number from 1"),
        (CSV.replace("0.75", ""), "line 3: a score"),
        (CSV.replace("rate,0.2", ",0.2"), "line 3: factor and level"),
        (CSV.replace("rate,0.2,0.75\n", ""), "at least two rows"),
        (f"# n: many\n{CSV}", "line 1: n must be a whole number"),
        (f"# classes: 1\n{CSV}", "from 2"),
        ('factor,level,score\nrate,"a,0.5\nrate,b,0.5\n', "line 2:"),
        (CSV + "rate,x,0.1\n" * 1001, "at most 1,000 rows"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text, words):
    with pytest.raises(DiaryError) as error:
        parse_diary(text)
    assert words in str(error.value)


def test_all_bad_rows_are_named_at_once():
    with pytest.raises(DiaryError) as error:
        parse_diary("factor,level,score\nrate,a,x\nrate,b,0.5\nrate,,0.5\n")
    assert [line[:7] for line in str(error.value).splitlines()] == ["line 2:", "line 4:"]


def test_files_of_spreadsheets_are_read(tmp_path):
    path = tmp_path / "diary.csv"
    path.write_text(CSV.replace(",", ";"), encoding="utf-16")
    assert read_diary(path) == parse_diary(CSV)
    path.write_bytes(b"\xff\x00\xff")
    with pytest.raises(DiaryError, match="UTF-8"):
        read_diary(path)
