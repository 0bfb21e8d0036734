"""Running medians, beside those of scipy."""

import numpy as np
import pytest
from scipy.ndimage import median_filter

from engine.sketch.medians import running_median


@pytest.mark.parametrize("width", [1, 3, 7, 13, 17])
@pytest.mark.parametrize("axis", [0, 1])
def test_medians_are_those_of_scipy(width: int, axis: int) -> None:
    table = np.random.default_rng(width).random((40, 31)).astype(np.float32)
    size = (width, 1) if axis == 0 else (1, width)
    assert np.array_equal(running_median(table, width, axis), median_filter(table, size))
