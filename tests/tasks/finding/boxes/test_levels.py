import numpy as np
import pytest

from lpr_core.tasks.finding.boxes.fitting import fit_default_boxes, overlap_shapes
from lpr_core.tasks.finding.boxes.levels import grid_boxes, list_ssd_shapes, spread_shapes
from lpr_core.tasks.finding.config import VOC_SCALES


def test_boxes_stand_in_the_middle_of_places_row_by_row():
    boxes = grid_boxes(1, 2, [(0.2, 0.1), (0.4, 0.3)])
    expected = [[0.25, 0.5, 0.2, 0.1], [0.25, 0.5, 0.4, 0.3], [0.75, 0.5, 0.2, 0.1]]
    np.testing.assert_allclose(boxes[:3], expected)
    assert boxes.shape == (4, 4)


def test_each_shape_goes_to_the_coarsest_map_that_is_fine_enough():
    maps = [(32, 32), (16, 16), (8, 8)]
    spread = spread_shapes([(0.1, 0.02), (0.2, 0.1), (0.5, 0.2)], maps)
    assert spread == [((0.1, 0.02),), ((0.2, 0.1),), ((0.5, 0.2),)]


def test_ssd_shapes_are_those_of_the_port():
    shapes = list_ssd_shapes(VOC_SCALES)
    assert [len(here) for here in shapes] == [4, 6, 6, 6, 4, 4]
    np.testing.assert_allclose(shapes[0][:2], [(0.1, 0.1), (0.02**0.5, 0.02**0.5)])
    np.testing.assert_allclose(shapes[1][4], (0.2 * 3**0.5, 0.2 / 3**0.5))


def test_fitted_shapes_are_those_of_the_boxes():
    rng = np.random.default_rng(0)
    kinds = np.array([[0.1, 0.04], [0.3, 0.1], [0.2, 0.2]])
    sizes = np.repeat(kinds, 50, axis=0) * rng.uniform(0.95, 1.05, (150, 2))
    fitted = np.array(fit_default_boxes(sizes, 3))
    assert overlap_shapes(kinds, fitted).max(axis=1) == pytest.approx([1, 1, 1], abs=0.05)


def test_there_are_no_more_shapes_than_sizes():
    assert fit_default_boxes(np.array([[0.1, 0.2]] * 5), 4) == ((0.1, 0.2),)


def test_default_boxes_need_a_box():
    with pytest.raises(ValueError, match="at least one box"):
        fit_default_boxes(np.zeros((0, 2)), 2)
