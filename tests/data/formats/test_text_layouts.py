"""Layouts that are tables and text files: fast-plate-ocr, OpenALPR, UFPR."""

from tests.kit.labelled_folders import problems_of, put_picture, put_text, rows_of


def test_fast_plate_ocr(tmp_path):
    put_picture(tmp_path / "images" / "a.jpg")
    put_picture(tmp_path / "images" / "b.jpg")
    put_text(
        tmp_path / "train.csv",
        "image_path,plate_text,plate_region\nimages/a.jpg,AB-12,Brazil\n",
    )
    put_text(tmp_path / "valid_annotations.csv", "image_path,plate_text\nimages/b.jpg,NA\n")
    expected = [
        ("images/a.jpg", "AB-12", "Brazil", "train"),
        ("images/b.jpg", "NA", "", "validation"),
    ]
    assert rows_of("fast-plate-ocr", tmp_path) == expected
    assert rows_of("fast-plate-ocr", tmp_path / "train.csv", tmp_path) == expected[:1]


def test_fast_plate_ocr_rows_keep_their_own_split_and_box(tmp_path):
    put_picture(tmp_path / "a.jpg")
    put_text(
        tmp_path / "train.csv",
        "image_path,plate_text,split,x,y,width,height\na.jpg,AB,test,1,2,3,4\n",
    )
    assert rows_of("fast-plate-ocr", tmp_path) == [("a.jpg", "AB", "", "test", 1, 2, 3, 4)]


def test_bad_fast_plate_ocr_rows_of_all_files(tmp_path):
    put_text(tmp_path / "a.csv", "image_path,plate_text\nnone.jpg,AB\n,CD\n")
    put_text(tmp_path / "b" / "c.csv", "path,label\n")
    assert problems_of("fast-plate-ocr", tmp_path) == [
        f"a.csv: line 2: there is no file {tmp_path / 'none.jpg'}",
        "a.csv: line 3: image_path is empty",
        f"b/c.csv: {tmp_path / 'b' / 'c.csv'} must have the columns image_path and plate_text. "
        "Received: image_path, label",
    ]


def test_openalpr(tmp_path):
    put_picture(tmp_path / "endtoend" / "br" / "AYO9034.jpg")
    put_text(tmp_path / "endtoend" / "br" / "AYO9034.txt", "AYO9034.jpg\t52\t41\t16\t5\tAYO9034\n")
    put_picture(tmp_path / "own" / "two.png")
    put_text(tmp_path / "own" / "two.txt", "two.png\t1\t2\t3\t4\tA 1\n\ntwo.png\t5\t6\t7\t8\tB-2")
    assert rows_of("openalpr", tmp_path) == [
        ("endtoend/br/AYO9034.jpg", "AYO9034", "br", "", 52, 41, 16, 5),
        ("own/two.png", "A 1", "", "", 1, 2, 3, 4),
        ("own/two.png", "B-2", "", "", 5, 6, 7, 8),
    ]


def test_bad_openalpr_lines(tmp_path):
    put_picture(tmp_path / "a.jpg")
    put_text(
        tmp_path / "a.txt",
        "a.jpg 1 2 3 4 AB\na.jpg\t1\t2\t3\t4\tAB\nb.jpg\t1\t2\t3\t4\tAB\n"
        "a.jpg\t1\t2\t3\tx\tAB\na.jpg\t1\t2\t3\t0\tAB\na.jpg\t1\t2\t3\t4\t\n",
    )
    (tmp_path / "b.txt").write_bytes(b"\xff\xff")
    rule = "a line must be `picture x y width height TEXT` with tabs between. Received: "
    problems = problems_of("openalpr", tmp_path)
    assert problems[:-1] == [
        f"a.txt: line 1: {rule}'a.jpg 1 2 3 4 AB'",
        "a.txt: line 3: there must be one picture 'b.jpg'. Received: 0",
        f"a.txt: line 4: {rule}'a.jpg\\t1\\t2\\t3\\tx\\tAB'",
        "a.txt: line 5: a box must have x and y of at least 0, width and height of at least 1. "
        "Received: 1, 2, 3, 0",
        "a.txt: line 6: the plate's text is empty",
    ]
    assert problems[-1].startswith("b.txt: 'utf-8' codec can't decode")


UFPR = """camera: GoPro Hero4 Silver
position_vehicle: 805 391 278 221
\ttype: car
\tmake: Fiat
plate: AUZ-1234
position_plate: 940 518 67 23
\tchar 1: 943 526 9 12
"""

RODOSOL = "type: car\nplate: PPI6I68\nlayout: Mercosur\ncorners: 52,44 62,43 63,47 53,48\n"


def test_ufpr_and_relatives(tmp_path):
    put_picture(tmp_path / "training" / "track0001" / "track0001[01].png")
    put_text(tmp_path / "training" / "track0001" / "track0001[01].txt", UFPR)
    put_picture(tmp_path / "rodosol" / "img_1.jpg")
    put_text(tmp_path / "rodosol" / "img_1.txt", RODOSOL)
    assert rows_of("ufpr", tmp_path) == [
        ("rodosol/img_1.jpg", "PPI6I68", "br", "", 52, 43, 11, 5),
        ("training/track0001/track0001[01].png", "AUZ-1234", "br", "train", 940, 518, 67, 23),
    ]


def test_bad_ufpr_files(tmp_path):
    for name in ("b", "c", "d"):
        put_picture(tmp_path / f"{name}.png")
    put_text(tmp_path / "a.txt", UFPR)
    put_text(tmp_path / "b.txt", UFPR.replace("plate: AUZ-1234\n", ""))
    put_text(tmp_path / "c.txt", UFPR.replace("940 518 67 23", "940 518"))
    put_text(tmp_path / "d.txt", UFPR.replace("940 518 67 23", "-9 518 67 23"))
    place = "a line `position_plate: x y width height` or `corners:` must say the place"
    assert problems_of("ufpr", tmp_path) == [
        "a.txt: there must be one picture 'a'. Received: 0",
        "b.txt: a line `plate: TEXT` must say the text",
        f"c.txt: {place}",
        "d.txt: a box must have x and y of at least 0, width and height of at least 1. "
        "Received: -9, 518, 67, 23",
    ]
