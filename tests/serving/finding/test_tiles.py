"""Photos in overlapping parts, with a finder that sees bright blocks of enough pixels."""

import cv2
import numpy as np
import pytest

from lpr_core.serving.finding.finder import FoundBox
from lpr_core.serving.finding.tiles import find_in_tiles


class BlockFinder:
    """Finds bright blocks, also those that an edge cuts, and counts its looks."""

    def __init__(self):
        self.sizes = []

    def find(self, picture):
        self.sizes.append(picture.shape[:2])
        _, _, stats, _ = cv2.connectedComponentsWithStats((picture[..., 0] > 128).astype(np.uint8))
        found = []
        for x, y, width, height, _ in stats[1:].tolist():
            edges = (float(x), float(y), float(x + width), float(y + height))
            corners = ((edges[0], edges[1]),) * 4
            found.append(FoundBox("plate", 0.5 + width / 1000, edges, corners))
        return sorted(found, key=lambda box: box.score, reverse=True)


def photo(size, *blocks):
    picture = np.zeros((*size, 3), np.uint8)
    for left, top, right, bottom in blocks:
        picture[top:bottom, left:right] = 255
    return picture


@pytest.mark.parametrize("size", [(400, 400), (200, 800), (600, 300), (301, 517)])
def test_things_of_up_to_a_quarter_are_found_wherever_they_are_and_once(size):
    height, width = size
    rng = np.random.default_rng(0)
    quarter = max(size) // 4 - 6
    for _ in range(40):
        w, h = int(rng.integers(8, quarter)), int(rng.integers(6, min(30, quarter)))
        left, top = int(rng.integers(3, width - w - 3)), int(rng.integers(3, height - h - 3))
        block = (left, top, left + w, top + h)
        (found,) = find_in_tiles(BlockFinder(), photo(size, block))
        assert found.box == block
        assert found.corners[0] == (left, top)


def test_several_come_surest_first():
    blocks = [(10, 10, 40, 20), (300, 200, 380, 230), (700, 300, 750, 320)]
    found = find_in_tiles(BlockFinder(), photo((400, 800), *blocks))
    assert [box.box for box in found] == [blocks[1], blocks[2], blocks[0]]


def test_nothing_is_nothing_and_the_looks_stay_few():
    for size in ((400, 400), (200, 800), (1080, 1920), (9, 3000)):
        finder = BlockFinder()
        assert find_in_tiles(finder, photo(size)) == []
        assert len(finder.sizes) <= 9
        assert all(max(one) <= max(size) // 2 + 1 for one in finder.sizes)
