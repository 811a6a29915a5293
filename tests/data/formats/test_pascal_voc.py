"""Labels in the XML of Pascal VOC."""

import pytest

from tests.kit.labelled_folders import problems_of, put_picture, put_text, rows_of

BOX = "<bndbox><xmin>10.4</xmin><ymin>20</ymin><xmax>110</xmax><ymax>50</ymax></bndbox>"


def voc(*objects: str, filename="a.jpg") -> str:
    inside = "".join(f"<object>{found}{BOX}</object>" for found in objects)
    return f"<annotation><filename>{filename}</filename>{inside}</annotation>"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("<name>ABC1D23</name>", "ABC1D23"),
        ("<name>plate</name><text> ABC1D23 </text>", "ABC1D23"),
        ("<name>plate1</name><Plate_Number>VANITY</Plate_Number>", "VANITY"),
        (
            "<name>licence</name><attributes><attribute><name>rotation</name><value>0.0</value>"
            "</attribute><attribute><name>text</name><value>ABC1D23</value></attribute>"
            "</attributes>",
            "ABC1D23",
        ),
    ],
)
def test_voc_texts(tmp_path, said, text):
    put_picture(tmp_path / "a.jpg")
    put_text(tmp_path / "a.xml", voc(said))
    assert rows_of("pascal-voc", tmp_path) == [("a.jpg", text, "", "", 10, 20, 100, 30)]


@pytest.mark.parametrize("filename", ["a.jpg", "a", "C:\\pictures\\a.jpg", "/home/me/a.jpg", ""])
def test_voc_pictures_in_another_folder(tmp_path, filename):
    put_picture(tmp_path / "test" / "JPEGImages" / "a.jpg")
    xml = voc("<name>AB1</name>", "<name>car</name>", "<name>CD2</name>", filename=filename)
    put_text(tmp_path / "test" / "Annotations" / "a.xml", xml)
    assert rows_of("pascal-voc", tmp_path) == [
        ("test/JPEGImages/a.jpg", text, "", "test", 10, 20, 100, 30) for text in ("AB1", "CD2")
    ]


BOMB = '<!DOCTYPE annotation [<!ENTITY a "ABC1D23">]>' + voc("<name>&a;</name>")


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        (voc("<name>car</name>"), "no object says the text of a plate"),
        (voc(), "no object says the text of a plate"),
        (
            voc("<name>AB1</name>", filename="b.jpg"),
            "there must be one picture 'b.jpg'. Received: 0",
        ),
        (
            voc("<name>AB1</name>").replace("10.4", "ten"),
            "bndbox must have four numbers. Received: ['ten', '20', '110', '50']",
        ),
        (
            voc("<name>AB1</name>").replace("<xmax>110</xmax>", ""),
            "bndbox must have four numbers. Received: ['10.4', '20', None, '50']",
        ),
        (
            voc("<name>AB1</name>").replace("10.4", "nan"),
            "a box must have numbers for its corners.",
        ),
        ("<html/>", "the outermost element must be `annotation`. Received: 'html'"),
        ("<annotation>", "the XML is broken: no element found: line 1, column 12"),
        (BOMB, "a document type is not read. Received: <!DOCTYPE annotation>"),
        ('<?xml version="1.0" encoding="martian"?><annotation/>', "the XML is broken: unknown"),
    ],
)
def test_bad_voc_files(tmp_path, xml, problem):
    put_picture(tmp_path / "a.jpg")
    put_text(tmp_path / "a.xml", xml)
    (found,) = problems_of("pascal-voc", tmp_path)
    assert found.startswith(f"a.xml: {problem}")


def test_voc_entities_are_refused_in_any_encoding(tmp_path):
    (tmp_path / "a.xml").write_bytes(BOMB.encode("utf-16"))
    assert problems_of("pascal-voc", tmp_path) == [
        "a.xml: a document type is not read. Received: <!DOCTYPE annotation>"
    ]
