"""Which pictures are read: folders, lists, pipes; and when a shard has to be read again."""

import os
from pathlib import Path

import pytest

from lpr_core.serving.many.listing import count_pictures, list_names, read_shard, write_listing


@pytest.fixture
def folder(tmp_path):
    for name in ("b.jpg", "a.png", "sub/d.JPEG", "sub/c.webp", "notes.md"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * len(name))
    return tmp_path / "photos"


def names_of(*sources, standard_input=()) -> list[str]:
    return [Path(name).name for name in list_names(map(Path, sources), standard_input)]


def test_folders_lists_files_and_pipes(folder, tmp_path):
    (tmp_path / "some.txt").write_text("photos/b.jpg\n\nphotos/none.jpg\r\n")
    assert names_of(folder) == ["a.png", "b.jpg", "c.webp", "d.JPEG"]
    assert names_of(tmp_path / "some.txt", folder / "a.png") == ["b.jpg", "none.jpg", "a.png"]
    assert names_of("-", standard_input=["x.jpg\n", " \n", "y z.jpg"]) == ["x.jpg", "y z.jpg"]
    with pytest.raises(FileNotFoundError, match=r"no picture, folder or list '.*nowhere'"):
        names_of(tmp_path / "nowhere")


def test_shards_lead_back_to_their_names(folder, tmp_path):
    names = [*list_names([folder]), str(tmp_path / "tab\there.jpg"), str(tmp_path / "ü.jpg")]
    shards = write_listing(names, tmp_path / "listing", 4, "reader-1")
    assert [(shard.number, shard.count) for shard in shards] == [(0, 4), (1, 2)]
    assert [name for shard in shards for name in read_shard(tmp_path / "listing", shard)] == names
    assert count_pictures(shards) == 6
    assert write_listing([], tmp_path / "listing", 4, "reader-1") == []


def test_names_that_are_no_text_lead_back_too(tmp_path):
    name = os.fsdecode(b"\xff\xfe.jpg")
    (shard,) = write_listing([name], tmp_path / "listing", 4, "reader-1")
    assert read_shard(tmp_path / "listing", shard) == [name]


def test_a_digest_changes_with_files_and_with_what_reads_them(folder, tmp_path):
    def digests(reads_with="reader-1"):
        shards = write_listing(list_names([folder]), tmp_path / "listing", 2, reads_with)
        return [shard.digest for shard in shards]

    before = digests()
    assert digests() == before
    assert all(one != other for one, other in zip(digests("reader-2"), before, strict=True))
    os.utime(folder / "sub" / "d.JPEG", ns=(1, 1))
    after = digests()
    assert (after[0] == before[0], after[1] == before[1]) == (True, False)
