"""The figures are images with something drawn on them."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from matplotlib import image

from storage.schema.arrays import FloatArray
from training.evaluation.plots import predicted_against_actual, residuals_against_predicted

BLUE = np.array([0x1F, 0x5F, 0xA8]) / 255


@pytest.mark.parametrize("draw", [predicted_against_actual, residuals_against_predicted])
def test_every_row_is_drawn(draw: Callable[[str, FloatArray, FloatArray], bytes]) -> None:
    actual = np.linspace(0.2, 5, 2_000)
    few = image.imread(io.BytesIO(draw("Model", actual[:3], actual[:3])))
    many = image.imread(io.BytesIO(draw("Model", actual, actual[::-1])))
    assert few.shape == many.shape == (576, 768, 4)
    assert bluish_pixels(many) > 3 * bluish_pixels(few) > 0


def bluish_pixels(pixels: FloatArray) -> int:
    red, blue = pixels[..., 0], pixels[..., 2]
    return int((blue - red > 0.1).sum())
