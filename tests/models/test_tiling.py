"""Pieces fit together exactly, whatever the length, the number of pieces and the layers."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from engine.models.ace_v1.tiling import Local, chain, pieces
from tests.models.audio_cases import noise, one_thread

__all__ = ["one_thread"]

BLUR = Local(lambda x: functional.conv1d(x, torch.ones(1, 1, 7) / 7, padding=3), 3)
HALVE = Local(lambda x: functional.conv1d(x, torch.tensor([[[0.2, 0.5, 0.3]]]), stride=2, padding=1), 1, Fraction(1, 2))
TRIPLE = Local(lambda x: x.repeat_interleave(3, dim=-1), 0, Fraction(3))


@given(st.integers(1, 500), st.integers(1, 40), st.integers(0, 20), st.sampled_from([1, 2, 8]))
def test_pieces_cover_everything_once_and_bring_their_neighbours(
    frames: int, count: int, halo: int, align: int
) -> None:
    cut = list(pieces(frames, count, halo, align))
    assert len(cut) <= count
    assert [piece.start for piece in cut] == [0, *(piece.end for piece in cut[:-1])]
    assert cut[-1].end == frames
    for piece in cut:
        assert piece.start % align == piece.low % align == 0
        assert piece.low <= max(0, piece.start - halo)
        assert piece.high >= min(frames, piece.end + halo)


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 9), st.permutations([BLUR, HALVE, HALVE, TRIPLE]))
def test_pieces_give_what_the_whole_gives(length: int, count: int, order: list[Local]) -> None:
    frames = noise(1, 1, 4 * length)
    layers = chain(order)
    assert layers.scale == Fraction(3, 4)
    whole = layers.run(frames)
    assert torch.allclose(layers.over(frames, count), whole, atol=1e-6)


def test_radius_counts_in_the_frames_of_the_first_layer() -> None:
    assert chain([BLUR, BLUR]).radius == 6
    assert chain([HALVE, BLUR]).radius == 1 + 2 * 3
    assert chain([TRIPLE, BLUR]).radius == 1


def test_too_short_a_reach_is_a_seam() -> None:
    frames = noise(1, 1, 64)
    blind = Local(BLUR.run, 1)
    assert (blind.over(frames, 4) - BLUR.run(frames)).abs().max() > 0.01


def test_every_piece_ticks_and_a_tick_can_end_the_work() -> None:
    class EnoughError(Exception):
        pass

    ticks: list[int] = []
    BLUR.over(noise(1, 1, 64), 4, lambda: ticks.append(1))
    assert len(ticks) == 4

    def stop() -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        BLUR.over(noise(1, 1, 64), 4, stop)
