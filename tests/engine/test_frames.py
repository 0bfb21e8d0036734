"""Frames: rounding outwards, inwards, and no further."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bridge_server.protocol.span import Span
from engine.frames import Frames, Grid, hop_at

HOP = hop_at(48_000, 4_096, 44_100)
positions = st.integers(-(10**7), 10**7)
lengths = st.integers(1, 10**7)
grids = st.builds(lambda n: Grid(Fraction(n, 147), HOP), st.integers(-(10**9), 10**9))


def test_a_frame_is_93_milliseconds() -> None:
    assert abs(float(HOP) / 48_000 - 0.09288) < 1e-5
    assert hop_at(44_100, 4_096, 44_100) == 4_096


@given(grids, positions, lengths)
def test_outward_holds_all_and_not_a_frame_more(grid: Grid, start: int, length: int) -> None:
    frames = grid.outward(start, start + length)
    tolerance = HOP / 1_000_000
    assert grid.position(frames.start) <= start + tolerance
    assert grid.position(frames.end) >= start + length - tolerance
    assert grid.position(frames.start + 1) > start
    assert grid.position(frames.end - 1) < start + length


@given(grids, positions, lengths)
def test_inward_stays_within(grid: Grid, start: int, length: int) -> None:
    inner, outer = grid.inward(start, start + length), grid.outward(start, start + length)
    assert inner.count >= 0
    if inner.count:
        assert outer.covers(inner)
        assert outer.count - inner.count <= 2


@given(st.integers(0, 10**7), lengths)
def test_a_grid_that_starts_at_a_seam_takes_nothing_before_it(seam: int, length: int) -> None:
    grid = Grid.starting(seam, HOP)
    frames = grid.over(Span(seam, seam + length, 48_000))
    assert grid.position(frames.start) == seam
    assert 0 <= grid.origin < HOP


@given(grids, st.integers(-10_000, 10_000))
def test_floats_and_moves_lose_nothing(grid: Grid, frame: int) -> None:
    assert grid.moved(frame).position(0) == grid.position(frame)
    through_a_float = Grid(Fraction(float(grid.origin)), HOP)
    start = grid.sample(frame)
    exact = Grid.starting(max(start, 0), HOP)
    assert exact.outward(start, start + 1).count in (1, 2)
    if abs(grid.position(frame) - start) > Fraction(1, 1000):
        assert through_a_float.outward(start, start + 1) == grid.outward(start, start + 1)


def test_frames_cover_frames() -> None:
    assert Frames(0, 10).covers(Frames(3, 10))
    assert not Frames(0, 10).covers(Frames(3, 11))
