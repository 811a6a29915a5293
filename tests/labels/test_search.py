"""Searching and paging through the store, and its counts."""

import pytest

from lpr_core.labels.tables.rows import MARKS, Mark
from tests.kit.label_samples import add_plate

pytest_plugins = ["tests.kit.label_databases"]


@pytest.fixture
def shelf(store):
    """Five plates: two unchecked, one of each other mark but `not_a_plate`."""
    names = ["north 1.png", "north_2.png", "south%.png", "east.png", "west.png"]
    texts = ["AAA1111", "AAA2222", "BBB3333", "CCC4444", "DDD5555"]
    ids = [
        add_plate(store, seed=number, name=name, text=text)
        for number, (name, text) in enumerate(zip(names, texts, strict=True))
    ]
    store.add_revision(ids[2], text="BBB3333")
    store.add_revision(ids[3], text="CCC4449")
    store.add_revision(ids[4], Mark.UNREADABLE)
    return store, ids


@pytest.mark.parametrize(
    ("query", "mark", "found"),
    [
        ("", None, [4, 3, 2, 1, 0]),
        ("aaa", None, [1, 0]),
        (" AAA-11 ", None, [0]),
        ("NORTH", None, [1, 0]),
        ("h_2", None, [1]),  # the underscore is no wildcard
        ("%", None, [2]),
        ("4449", None, [3]),  # what stands
        ("4444", None, [3]),  # what was read
        ("nothing", None, []),
        ("", "unchecked", [1, 0]),
        ("", "correct", [2]),
        ("", "corrected", [3]),
        ("", "unreadable", [4]),
        ("", "not_a_plate", []),
        ("aaa1", "unchecked", [0]),
        ("aaa1", "correct", []),
    ],
)
def test_search(shelf, query, mark, found):
    store, ids = shelf
    page = store.search(query, mark)
    assert [record.picture.picture_id for record in page.records] == [ids[i] for i in found]
    assert page.total == len(found)


@pytest.mark.parametrize(
    ("number", "shown", "found"),
    [(1, 1, [4, 3]), (2, 2, [2, 1]), (3, 3, [0]), (9, 3, [0]), (-1, 1, [4, 3])],
)
def test_pages(shelf, number, shown, found):
    store, ids = shelf
    page = store.search(page=number, page_size=2)
    assert [record.picture.picture_id for record in page.records] == [ids[i] for i in found]
    assert (page.total, page.number, page.num_pages) == (5, shown, 3)


def test_an_empty_store_has_one_empty_page(store):
    page = store.search()
    assert (page.records, page.total, page.number, page.num_pages) == ((), 0, 1, 1)
    assert store.counts() == dict.fromkeys(MARKS, 0)


@pytest.mark.parametrize("arguments", [{"mark": "nice"}, {"page_size": 0}, {"page_size": 201}])
def test_search_refuses_what_it_does_not_know(store, arguments):
    (name, value), *_ = arguments.items()
    with pytest.raises(ValueError, match=f"`{name}` must be .*{value}"):
        store.search(**arguments)


def test_counts_and_records(shelf):
    store, ids = shelf
    assert store.counts() == {
        "unchecked": 2,
        "correct": 1,
        "corrected": 1,
        "unreadable": 1,
        "not_a_plate": 0,
    }
    assert [record.picture.picture_id for record in store.records()] == ids
