"""No cell of an exported table is a formula, and every cell comes back."""

import pytest
from hypothesis import given, settings

from lpr_core.data.formats.cells import guard_cell, unguard_cell
from lpr_core.labels.exchange import ExportKind
from tests.kit.exported_labels import add_plate, read_rows
from tests.kit.label_records import AUTHORS

pytest_plugins = ["tests.kit.label_databases"]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),  # noqa: RUF001
        ("\t=1", "'=1"),
        ("\r\n=1", "'=1"),
        ("'=1", "''=1"),
        ("'tis", "''tis"),
        ('a,"b"', 'a,"b"'),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(store, export, text, cell):
    store.add_revision(add_plate(store, 0, region=text), text="ABC1D23", author=text)
    row = read_rows(export(ExportKind.MANIFEST))[1]
    assert (row[2], row[4]) == (cell, cell)
    assert unguard_cell(cell) == text.strip()


@settings(deadline=None)
@given(AUTHORS | AUTHORS.map(lambda text: f"={text}"))
def test_guarded_cells_come_back(text):
    cell = guard_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert unguard_cell(cell) == text
