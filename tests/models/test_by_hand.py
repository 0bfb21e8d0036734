"""Formulas in which ours and the plain implementation could be wrong alike, worked out by hand."""

import math

import numpy as np
import pytest
import torch

from engine.models.ace_v1.attention import linear_attention
from engine.models.ace_v1.guidance import Momentum, apg, guided_range
from engine.models.ace_v1.lyric_encoder import relative_positions, relative_shift
from engine.models.ace_v1.rotary import rotary_table, rotate
from engine.models.ace_v1.samplers import granularity
from engine.models.ace_v1.schedule import Schedule
from tests.models.plain_pair import normal


def test_rotary_by_hand() -> None:
    """Position 3, head size 6: the pair (2, 3) turns by frequency 2 and frequency 0."""
    x = torch.arange(1.0, 25.0).reshape(4, 6)
    theta = [1e6 ** (-2 * k / 6) for k in range(3)]
    turned = rotate(x, rotary_table(4, 6, 1e6, torch.device("cpu")))[3].tolist()
    for column, partner, sign in [(0, 1, -1), (1, 0, 1), (2, 3, -1), (3, 2, 1), (4, 5, -1), (5, 4, 1)]:
        angle = 3 * theta[column % 3]
        expected = x[3, column] * math.cos(angle) + sign * x[3, partner] * math.sin(angle)
        assert turned[column] == pytest.approx(float(expected), rel=1e-5)


def test_relative_positions_by_hand() -> None:
    """The score of query i and key j is that of the offset i − j, and the table begins with the largest offset."""
    table = relative_positions(4, 6, torch.zeros(1))
    for row, offset in enumerate([3, 2, 1, 0, -1, -2, -3]):
        for m in range(3):
            w = math.exp(-2 * m * math.log(10_000) / 6)
            assert table[row, 2 * m].item() == pytest.approx(math.sin(offset * w), abs=1e-6)
            assert table[row, 2 * m + 1].item() == pytest.approx(math.cos(offset * w), abs=1e-6)
    scores = relative_shift(normal(1, 1, 4, 7))[0, 0]
    for i in range(4):
        for j in range(4):
            assert scores[i, j] == normal(1, 1, 4, 7)[0, 0, i, 3 - (i - j)]


@pytest.mark.parametrize("frames", [1, 3, 9])
def test_linear_attention_by_hand(frames: int) -> None:
    """Frame by frame, with the constant 1 appended; a query that is 0 everywhere gives 0."""
    q, k, v = normal(3, 1, 1, frames, 4).unbind(0)
    q, k = q.relu(), k.relu()
    q[..., -1, :] = 0
    memory = sum(torch.outer(torch.cat([v[0, 0, n], torch.ones(1)]), k[0, 0, n]) for n in range(frames))
    out = torch.stack([(memory @ row)[:4] / ((memory @ row)[4] + 1e-15) for row in q[0, 0]])
    torch.testing.assert_close(linear_attention(q, k, v)[0, 0], out)


def test_apg_by_hand() -> None:
    """In numpy, with momentum over three calls; a difference that is clipped, one that is not, and none."""
    momentum, running = Momentum(), np.zeros((2, 8, 16, 3))
    for index, size in enumerate((1.0, 0.001, 0.0)):
        cond = normal(2, 8, 16, 3, seed=index)
        null = cond - size * normal(2, 8, 16, 3, seed=index + 10)
        c = cond.numpy().astype(np.float64)
        running = c - null.numpy() - 0.75 * running
        norm = np.sqrt((running**2).sum((2, 3), keepdims=True))
        clipped = running * np.minimum(1, 2.5 / np.maximum(norm, 1e-30))
        along = (clipped * c).sum((2, 3), keepdims=True) / (c**2).sum((2, 3), keepdims=True)
        expected = c + 6.5 * (clipped - along * c)
        np.testing.assert_allclose(apg(cond, null, 7.5, momentum=momentum).numpy(), expected, atol=1e-5)


def test_intervals_by_hand() -> None:
    assert guided_range(10, 0.8) == range(0, 9), "0.1 is a little less in floating point: the interval starts at 0"
    assert guided_range(60, 0.5) == range(15, 45)
    assert guided_range(27, 0.5) == range(6, 20)
    assert guided_range(7, 1.0) == range(0, 7)
    assert len(guided_range(7, 0.0)) == 0


def test_schedules_by_hand() -> None:
    """Shifted twice at the low end, Heun's levels met twice, selected ones shifted a third time."""

    def shift(x: float) -> float:
        return 3 * x / (1 + 2 * x)

    sigmas = Schedule.even(4).sigmas
    low, high = shift(0.001), 1.0
    expected = [shift(high + (low - high) * k / 3) for k in range(4)]
    assert sigmas == pytest.approx([*expected, 0], rel=1e-6)
    assert sigmas[3] * 1000 == pytest.approx(8.92857, rel=1e-5)
    s = sigmas
    assert Schedule.even(4).doubled().sigmas == (s[0], s[1], s[1], s[2], s[2], s[3], s[3], 0)
    assert Schedule.selected((2, 4), compatible=True).sigmas == pytest.approx([shift(s[1]), shift(s[3]), 0], rel=1e-6)
    assert Schedule.even(5, 0.6).sigmas[0] == pytest.approx(shift(shift(0.6)), rel=1e-6)
    assert granularity(10) == pytest.approx(1.0462117, rel=1e-7)
    assert granularity(0) == 1
