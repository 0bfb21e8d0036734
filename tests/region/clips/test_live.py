"""Clips of Ableton Live: what of the file sounds when."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.protocol.errors import BadRequest
from bridge_server.protocol.values import LiveClip
from bridge_server.region.clips.live import Piece, WarpMap, pieces, strand_of_live

RATE = 48_000


def live(**changes: object) -> LiveClip:
    known: dict[str, object] = {
        "path": "/music/loop.wav",
        "start_time": 16.0,
        "end_time": 40.0,
        "loop_start": 2.0,
        "loop_end": 8.0,
        "sample_length": 480_000,
        "sample_rate": 48_000.0,
        "tempo": 120.0,
    }
    return LiveClip(**{**known, **changes})  # type: ignore[arg-type]


WORKED = live(looping=True, warping=True, warp_markers=((0.0, 0.0), (2.0, 4.0), (5.0, 8.0)))
"""Clip 16 to 40, loop 2 to 8, start marker 0: 2 s for the first four beats, 3 s for the next four."""


def merged(found: tuple[Piece, ...]) -> list[tuple[float, float, float]]:
    """(src_start, src_end, at) with pieces that only a marker parts put together."""
    out: list[tuple[float, float, float]] = []
    for piece in found:
        if out and out[-1][1] == pytest.approx(piece.src_start):
            out[-1] = (out[-1][0], piece.src_end, out[-1][2])
        else:
            out.append((piece.src_start, piece.src_end, piece.at))
    return out


def test_a_looped_and_warped_clip_worked_out_by_hand() -> None:
    found = pieces(WORKED, 20.0, 34.0)
    assert merged(found) == [(2.0, 5.0, 20.0), (1.0, 5.0, 24.0), (1.0, 3.5, 30.0)]
    assert [piece.at for piece in found] == [20.0, 24.0, 26.0, 30.0, 32.0], "split at the marker of beat 4 too"


def test_a_clip_without_warp_counts_in_seconds() -> None:
    assert pieces(live(tempo=90.0), 19.0, 22.0) == (Piece(19.0, 22.0, 4.0, 6.0),)


def test_an_unwarped_clip_that_is_transposed_plays_faster() -> None:
    up = live(pitch_coarse=12.0, pitch_fine=0.0)
    assert pieces(up, 16.0, 18.0) == (Piece(16.0, 18.0, 2.0, 4.0),)
    strand = strand_of_live(up, RATE)
    assert not strand.keeps_pitch
    assert strand.semitones == 0


def test_the_same_numbers_mean_beats_in_a_warped_clip() -> None:
    """Off by tempo/60 is the mistake that is made first."""
    warped = live(warping=True, warp_markers=((0.0, 0.0), (10.0, 10.0)), tempo=120.0)
    assert pieces(warped, 16.0, 18.0)[0].src_start == 2.0
    assert pieces(warped, 16.0, 18.0)[-1].src_end == pytest.approx(4.0), "60 BPM inside: one second a beat"


def test_an_unlooped_clip_begins_at_its_loop_start_whatever_the_marker_says() -> None:
    clip = live(warping=True, start_marker=5.0, warp_markers=((0.0, 0.0), (10.0, 20.0)))
    assert pieces(clip)[0].src_start == 1.0
    assert pieces(clip)[-1].src_end == 13.0, "and goes on beyond its loop end, which is not a limit"


def test_a_start_marker_behind_the_loop_begins_inside_it() -> None:
    clip = live(looping=True, warping=True, start_marker=9.0, warp_markers=((0.0, 0.0), (10.0, 20.0)))
    assert pieces(clip)[0].src_start == pytest.approx(1.5), "beat 9 is beat 3 of a loop of 6 from 2"


def test_beyond_the_markers_the_end_stretches_go_on() -> None:
    warp = WarpMap(WORKED)
    assert warp.seconds(-2.0) == -1.0
    assert warp.seconds(12.0) == 8.0


def test_the_hidden_marker_gives_the_last_stretch_its_tempo() -> None:
    fresh = live(warping=True, warp_markers=((0.5, 0.0), (0.5 + 1 / 64, 1 / 32)), loop_start=0.0, loop_end=24.0)
    assert list(WarpMap(fresh).tempi()) == [120.0]
    found = pieces(fresh)
    assert len(found) == 1
    assert (found[0].src_start, found[0].src_end) == pytest.approx((0.5, 12.5))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"warp_markers": ((0.0, 0.0), (60.0, 4.0))}, "4.0 BPM"),
        ({"warp_markers": ((0.0, 0.0), (0.1, 4.0))}, "2400.0 BPM"),
        ({"warp_markers": ((0.0, 0.0), (0.0, 4.0))}, "inf BPM"),
        ({"warp_markers": ((0.0, 4.0), (2.0, 0.0))}, "-120.0 BPM"),
        ({"warp_markers": ((0.0, 0.0),)}, "fewer than two warp markers"),
        ({"warp_markers": WORKED.warp_markers, "looping": True, "loop_end": 2.0}, "no length"),
    ],
)
def test_what_cannot_be_is_refused_and_not_guessed(changes: dict[str, object], words: str) -> None:
    with pytest.raises(BadRequest, match=words) as caught:
        pieces(live(warping=True, **changes))
    assert "loop.wav" in caught.value.message


def test_outside_the_clip_there_is_nothing() -> None:
    assert pieces(WORKED, 0.0, 16.0) == ()
    assert pieces(WORKED, 40.0, 44.0) == ()
    assert merged(pieces(WORKED, 0.0, 18.0)) == [(0.0, 1.0, 16.0)]


def test_re_pitch_plays_like_tape_and_is_not_transposed() -> None:
    strand = strand_of_live(live(warping=True, warp_mode=3, pitch_coarse=5.0, warp_markers=WORKED.warp_markers), RATE)
    assert not strand.keeps_pitch
    assert strand.semitones == 0
    stretched = strand_of_live(live(warping=True, warp_mode=6, pitch_coarse=-5.0, pitch_fine=25.0,
                                    warp_markers=WORKED.warp_markers), RATE)  # fmt: skip
    assert stretched.keeps_pitch
    assert stretched.semitones == pytest.approx(-4.75)


def test_a_strand_lies_where_the_beats_do() -> None:
    strand = strand_of_live(live(start_time=1.0, end_time=2.5, tempo=97.0), 44_100, shift=-100)
    assert strand.start == round(1.0 * 60 / 97 * 44_100) - 100
    assert strand.end == round(2.5 * 60 / 97 * 44_100) - 100


MARKERS = st.lists(
    st.tuples(st.floats(0.05, 4.0), st.floats(0.3, 3.0)), min_size=1, max_size=6
)  # steps: beats, seconds a beat


@st.composite
def clips(draw: st.DrawFn) -> LiveClip:
    seconds, beats = draw(st.floats(-2, 2)), draw(st.floats(-4, 4))
    markers = [(seconds, beats)]
    for step, pace in draw(MARKERS):
        beats, seconds = beats + step, seconds + step * pace
        markers.append((seconds, beats))
    start, loop_start = draw(st.floats(0, 100)), draw(st.floats(-4, 8))
    return live(
        start_time=start,
        end_time=start + draw(st.floats(0.5, 60)),
        loop_start=loop_start,
        loop_end=loop_start + draw(st.floats(0.25, 16)),
        start_marker=draw(st.floats(-4, 20)),
        looping=draw(st.booleans()),
        warping=draw(st.sampled_from((True, True, False))),
        warp_markers=tuple(markers),
        pitch_coarse=float(draw(st.integers(-12, 12))),
        tempo=draw(st.floats(20, 300)),
    )


@settings(max_examples=300, deadline=None)
@given(clip=clips(), at=st.floats(-10, 180), length=st.floats(0.1, 40))
def test_pieces_tile_the_range_and_run_forwards(clip: LiveClip, at: float, length: float) -> None:
    found = pieces(clip, at, at + length)
    first, last = max(at, clip.start_time), min(at + length, clip.end_time)
    if first >= last:
        assert found == ()
        return
    assert found[0].at == pytest.approx(first)
    assert found[-1].until == pytest.approx(last)
    for before, after in pairwise(found):
        assert before.until == pytest.approx(after.at)
    assert all(piece.until > piece.at and piece.src_end > piece.src_start for piece in found)


@settings(max_examples=300, deadline=None)
@given(clip=clips(), cut=st.floats(0.05, 0.95))
def test_a_range_is_the_sum_of_its_halves(clip: LiveClip, cut: float) -> None:
    middle = clip.start_time + cut * (clip.end_time - clip.start_time)
    whole = sum(piece.src_end - piece.src_start for piece in pieces(clip))
    halves = (*pieces(clip, clip.start_time, middle), *pieces(clip, middle, clip.end_time))
    assert sum(piece.src_end - piece.src_start for piece in halves) == pytest.approx(whole, rel=1e-6, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(clip=clips())
def test_the_way_through_the_file_is_continuous_and_rises(clip: LiveClip) -> None:
    strand = strand_of_live(clip, RATE)
    at = np.linspace(strand.start, strand.end, 2_000)
    seconds = strand.seconds_at(at)
    steps = np.diff(seconds)
    assert (steps > 0).all()
    fastest = max(60 / tempo for tempo in WarpMap(clip).tempi()) * clip.tempo / 60 if clip.warping else 2.0
    assert steps.max() <= fastest * (at[1] - at[0]) / RATE * (1 + 1e-6) + 1e-9, "no jump anywhere"
