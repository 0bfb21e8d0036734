"""Bed and take together are what the DAW plays, to the last bit, for every kind of request.

What the DAW plays is put together by other means, in `as_played`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.protocol.requests import Accompany, Edit, Extend, Generate, Layer, Repaint, Separate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Clip, Source
from tests.panel.as_played import RATE, audition, check_all_alike, lay, song, stereo, what_the_daw_plays
from tests.panel.made import Made


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


@pytest.mark.parametrize("form", ["region", "whole"])
@pytest.mark.parametrize(("channels", "subtype"), [(1, "PCM_16"), (2, "PCM_24"), (2, "FLOAT")])
@pytest.mark.parametrize("kind", [Repaint, Edit])
def test_new_for_old(made: Made, kind: Any, channels: int, subtype: str, form: str) -> None:
    path = song(made, channels=channels, subtype=subtype)
    span = Span(50_001, 90_007, RATE)
    request = kind(
        job="job-0001",
        source=Source(path=str(path)),
        span=span,
        form=form,
        handles=777,
        variants=2,
        timeline=1_000_000,
        sample_format="float32" if subtype == "FLOAT" else "pcm24",
    )
    takes = made.add(request)
    heard = audition(made, "job-0001")
    check_all_alike(made, heard)
    before = 24_000
    assert (heard.span.start, heard.span.end) == (before, before + span.length)
    assert heard.timeline == 1_000_000 - before
    source = stereo(path)
    bed, original = made.sound(heard.bed.url)[0], made.sound(heard.original.url)[0]
    window = slice(span.start - before, span.end + 24_000)
    assert np.array_equal(bed + original, source[window])
    assert not original[: heard.span.start].any()
    assert not bed[heard.span.start : heard.span.end].any()
    for take, sound in zip(takes, heard.takes, strict=True):
        expected = what_the_daw_plays(source, take.parts[0], heard.timeline, heard.frames, 1_000_000 - span.start)
        assert np.array_equal(bed + made.sound(sound.url)[0], expected)
        assert not np.array_equal(expected, source[window])


@settings(max_examples=20, deadline=None)
@given(
    start=st.integers(0, 9_000),
    length=st.integers(200, 9_000),
    handles=st.sampled_from([0, 1, 5_000]),
    around=st.floats(0, 1),
)
def test_new_for_old_anywhere(
    tmp_path_factory: pytest.TempPathFactory, start: int, length: int, handles: int, around: float
) -> None:
    made = Made(tmp_path_factory.mktemp("made"))
    path = song(made, seconds=0.4)
    span = Span(start, min(start + length, 19_200), RATE)
    request = Repaint(job="job-0001", source=Source(path=str(path)), span=span, handles=handles)
    (take,) = made.add(request)
    heard = audition(made, "job-0001", around)
    expected = what_the_daw_plays(stereo(path), take.parts[0], heard.timeline, heard.frames)
    assert heard.frames <= 19_200
    assert np.array_equal(made.sound(heard.bed.url)[0] + made.sound(heard.takes[0].url)[0], expected)


@pytest.mark.parametrize("form", ["region", "whole"])
@pytest.mark.parametrize(("left", "right"), [(0, 20_001), (20_001, 0), (10_000, 20_001)])
def test_a_clip_continued(made: Made, left: int, right: int, form: str) -> None:
    """The bed is the clip alone: what the file holds beyond it does not sound in the project."""
    path = song(made)
    clip = Span(40_000, 100_000, RATE)
    request = Extend(
        job="job-0001",
        source=Source(path=str(path)),
        span=clip,
        left=left,
        right=right,
        form=form,
        handles=500,
        timeline=300_000,
    )
    (take,) = made.add(request)
    heard = audition(made, "job-0001")
    check_all_alike(made, heard)
    assert heard.original is None
    expected = np.zeros((heard.frames, 2), np.float32)
    lay(expected, stereo(path)[clip.start : clip.end], 300_000 - heard.timeline, replaces=True)
    for part in take.parts:
        lay(expected, stereo(part.path), part.timeline - heard.timeline, replaces=True)
    assert np.array_equal(made.sound(heard.bed.url)[0] + made.sound(heard.takes[0].url)[0], expected)
    new_start = 300_000 - left if left else 360_000
    assert heard.timeline + heard.span.start == new_start
    assert heard.timeline + heard.span.end == (360_000 + right if right else 300_000)


def test_a_layer_and_the_tracks_under_it(made: Made) -> None:
    loud, quiet = song(made, "drums.wav"), song(made, "bass-mono.wav", channels=1)
    sources = (Source(path=str(loud), start=10_000), Source(path=str(quiet), start=-4_000, gain_db=-6.0))
    span = Span(60_000, 100_000, RATE)
    request = Layer(job="job-0001", sources=sources, span=span, role="keys", variants=2)
    takes = made.add(request)
    heard = audition(made, "job-0001")
    check_all_alike(made, heard)
    tracks = np.zeros((heard.frames, 2), np.float32)
    lay(tracks, stereo(loud), 10_000 - heard.timeline)
    lay(tracks, stereo(quiet) * np.float32(10 ** (-6.0 / 20)), -4_000 - heard.timeline)
    bed = made.sound(heard.bed.url)[0]
    assert np.abs(bed - tracks).max() < 2**-23
    assert heard.original is None
    for take, sound in zip(takes, heard.takes, strict=True):
        added = bed.copy()
        lay(added, stereo(take.path), take.parts[0].timeline - heard.timeline)
        assert np.array_equal(bed + made.sound(sound.url)[0], added)


def test_a_backing_is_heard_under_the_voice(made: Made) -> None:
    voice = song(made, "voice.wav", channels=1, rate=44_100)
    request = Accompany(job="job-0001", sources=(Source(path=str(voice)),), span=Span(0, 96_000, RATE))
    made.add(request)
    heard = audition(made, "job-0001")
    check_all_alike(made, heard)
    assert heard.kind == "joins"
    assert made.sound(heard.bed.url)[0].any()


def test_music_that_stands_alone(made: Made) -> None:
    request = Generate(job="job-0001", span=Span(5, 30_000, RATE), variants=2)
    takes = made.add(request)
    heard = audition(made, "job-0001")
    assert heard.bed is None
    assert heard.original is None
    assert (heard.frames, heard.span.start, heard.span.end, heard.timeline) == (29_995, 0, 29_995, 5)
    for take, sound in zip(takes, heard.takes, strict=True):
        assert np.array_equal(made.sound(sound.url)[0], stereo(take.path))


def test_what_was_followed_is_heard_beside_it(made: Made) -> None:
    guide = song(made, "guide.wav")
    request = Generate(job="job-0001", span=Span(700, 48_700, RATE), reference=Source(path=str(guide), start=100))
    made.add(request)
    heard = audition(made, "job-0001")
    assert np.array_equal(made.sound(heard.original.url)[0][100:], stereo(guide)[:47_900])


def test_a_stem_taken_out_of_a_mix(made: Made) -> None:
    path = song(made)
    span = Span(30_000, 60_000, RATE)
    request = Separate(job="job-0001", source=Source(path=str(path)), span=span, role="vocals")
    (take,) = made.add(request)
    heard = audition(made, "job-0001")
    check_all_alike(made, heard)
    assert heard.original.lufs is not None
    assert np.array_equal(made.sound(heard.takes[0].url)[0][heard.span.start : heard.span.end], stereo(take.path))


def test_clips_as_the_daw_plays_them(made: Made) -> None:
    """Two slices of a file, one of them quieter: copied sample by sample, silence between them."""
    path = song(made)
    clips = (
        Clip(path=str(path), start=10_000, length=40_000, offset=0.5),
        Clip(path=str(path), start=60_000, length=40_000, offset=1.0, gain_db=-6.0),
    )
    span = Span(45_000, 65_000, RATE)
    request = Repaint(job="job-0001", source=Source(clips=clips), span=span)
    (take,) = made.add(request)
    heard = audition(made, "job-0001", 2.0)
    audio = stereo(path)
    timeline = np.zeros((100_000, 2), np.float32)
    lay(timeline, audio[24_000:64_000], 10_000)
    lay(timeline, audio[48_000:88_000] * np.float32(10 ** (-6.0 / 20)), 60_000)
    assert (heard.timeline, heard.frames) == (10_000, 90_000)
    expected = what_the_daw_plays(timeline, take.parts[0], heard.timeline, heard.frames)
    assert np.abs(made.sound(heard.bed.url)[0] + made.sound(heard.takes[0].url)[0] - expected).max() < 2**-23


@pytest.mark.parametrize(
    ("kind", "context", "around"), [(Repaint, 0.1, 60.0), (Repaint, 9.0, 0.25), (Extend, 0.1, 2.0)]
)
def test_stretched_clips_meet_the_take_without_a_seam(made: Made, kind: Any, context: float, around: float) -> None:
    """What a stretch makes of a clip depends on where its reading began: a take's handles hold how it was, and so must
    the bed."""
    path = song(made, seconds=30.0)
    clip = Clip(path=str(path), start=0, length=1_200_000, playrate=0.9, semitones=1.0)
    span = Span(600_000, 660_000, RATE)
    more = {"right": 48_000} if kind is Extend else {}
    request = kind(
        job="job-0001", source=Source(clips=(clip,)), span=span, handles=8_000, sample_format="float32", **more
    )
    (take,) = made.add(request, context_seconds=context)
    heard = audition(made, "job-0001", around)
    part = take.parts[0]
    bed = made.sound(heard.bed.url)[0]
    start, end = heard.span.start, heard.span.end
    before, after = part.handles
    laid = stereo(part.path)
    assert before == 8_000
    assert np.abs(bed[start - before : start] - laid[:before]).max() < 1e-6
    if kind is Repaint:
        assert np.abs(bed[end : end + after] - laid[len(laid) - after :]).max() < 1e-6
    assert len(bed) == heard.frames


def test_stems_lie_where_their_take_lies(made: Made) -> None:
    request = Generate(job="job-0001", span=Span(0, 30_000, RATE))
    made.add(request, roles=("drums", "bass", "keys"))
    (take,) = audition(made, "job-0001").takes
    assert [stem.role for stem in take.stems] == ["drums", "bass", "keys"]
    total = sum(made.sound(stem.url)[0].astype(np.float64) for stem in take.stems)
    assert np.abs(total - made.sound(take.url)[0]).max() < 2**-22


@pytest.mark.parametrize("form", ["region", "whole"])
def test_stems_of_an_extension_to_both_sides(made: Made, form: str) -> None:
    path = song(made)
    request = Extend(
        job="job-0001",
        source=Source(path=str(path)),
        span=Span(40_000, 100_000, RATE),
        left=9_000,
        right=20_000,
        form=form,
    )
    made.add(request, roles=("drums", "bass"))
    heard = audition(made, "job-0001")
    check_all_alike(made, heard)
    (take,) = heard.takes
    total = sum(made.sound(stem.url)[0].astype(np.float64) for stem in take.stems)
    difference = np.abs(total - made.sound(take.url)[0]).max(axis=1)
    seams = np.zeros(heard.frames, bool)
    for edge in (9_000, 9_000 + 60_000):
        seams[edge - 1_000 : edge + 1_000] = True  # there the clip's continuation fades away under the new
    assert difference[~seams].max() < 2**-22
