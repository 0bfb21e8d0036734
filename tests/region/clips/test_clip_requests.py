"""Requests whose source is clips: what the engine hears, where the take lies, and that it can be made again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from bridge_server.protocol.errors import BadSpan, NotFound
from bridge_server.protocol.requests import Accompany, Edit, Extend, Generate, Layer, Repaint, Separate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Clip, LiveClip, Source
from bridge_server.region.deliver import deliver
from bridge_server.region.prepare import prepare
from bridge_server.region.wav import read_recipe
from tests.region.conftest import ask, capabilities, exact, noise, rendered

RATE = 48_000
Sound = Callable[..., Path]


def about(kind: Callable[..., Any], source: Source, span: Span, **changes: object) -> Any:
    return kind(job="job-0001", source=source, span=span, **changes)


def same_as(path: Path, samples: int) -> Source:
    """The whole file as two clips that follow on each other."""
    half = samples // 2
    return Source(
        clips=(
            Clip(path=str(path), start=0, length=half),
            Clip(path=str(path), start=half, length=samples - half, offset=half / RATE),
        )
    )


@pytest.mark.parametrize("kind", [Repaint, Edit, Separate])
def test_clips_that_make_up_a_file_are_heard_as_the_file_is(sound: Sound, kind: Callable[..., Any]) -> None:
    path = sound("a.wav", noise(2, 3 * RATE), subtype="PCM_24")
    span, role = Span(RATE, 2 * RATE, RATE), ({"role": "drums"} if kind is Separate else {})
    by_file = prepare(ask(kind, path, span, **role), capabilities())
    by_clips = prepare(about(kind, same_as(path, 3 * RATE), span, **role), capabilities())
    np.testing.assert_array_equal(by_clips.context, by_file.context)
    assert by_clips.context_sha256 == by_file.context_sha256
    assert by_clips.targets == by_file.targets
    assert by_clips.levels == by_file.levels
    assert by_clips.layout == by_file.layout


def test_a_take_lies_on_the_timeline_with_the_timeline_in_its_handles(sound: Sound, tmp_path: Path) -> None:
    path = sound("a.wav", noise(2, 4 * RATE), subtype="PCM_24")
    start = 10 * RATE
    source = Source(clips=(Clip(path=str(path), start=start, length=4 * RATE),))
    span = Span(start + RATE, start + 2 * RATE, RATE)
    prepared = prepare(about(Repaint, source, span, handles=5_000), capabilities())
    part = deliver(prepared, rendered(prepared), tmp_path).parts[0]
    assert part.span == span
    assert part.timeline == span.start - 5_000
    assert part.handles == (5_000, 5_000)
    written, before = exact(Path(part.path)), exact(path)
    np.testing.assert_array_equal(written[:5_000], before[RATE - 5_000 : RATE])
    np.testing.assert_array_equal(written[-5_000:], before[2 * RATE : 2 * RATE + 5_000])
    assert len(written) == RATE + 10_000


def test_a_span_over_the_gap_between_two_clips(sound: Sound, tmp_path: Path) -> None:
    path = sound("a.wav", noise(1, RATE), subtype="FLOAT")
    source = Source(
        clips=(Clip(path=str(path), start=0, length=RATE), Clip(path=str(path), start=2 * RATE, length=RATE))
    )
    span = Span(RATE // 2, 5 * RATE // 2, RATE)
    prepared = prepare(about(Repaint, source, span), capabilities(sample_rate=RATE))
    target = prepared.targets[0]
    heard = prepared.context[:, target.start : target.end]
    assert heard[:, : RATE // 2].any()
    assert not heard[:, RATE // 2 : 3 * RATE // 2].any()
    take = deliver(prepared, rendered(prepared), tmp_path)
    assert (take.samples, take.channels) == (2 * RATE, 1)


def test_context_ends_where_the_clips_do(sound: Sound) -> None:
    """Silence before the first clip says nothing about the music."""
    path = sound("a.wav", noise(2, 2 * RATE), subtype="FLOAT")
    source = Source(clips=(Clip(path=str(path), start=50_000, length=2 * RATE),))
    prepared = prepare(
        about(Repaint, source, Span(51_000, 140_000, RATE)), capabilities(sample_rate=RATE, context_seconds=2.0)
    )
    assert prepared.targets[0].start == 1_000
    assert prepared.context.shape[1] == 2 * RATE


@pytest.mark.parametrize(("left", "right"), [(0, RATE), (RATE, 0), (RATE, RATE)])
def test_an_extension_counts_on_the_timeline(sound: Sound, tmp_path: Path, left: int, right: int) -> None:
    path = sound("a.wav", noise(2, 2 * RATE), subtype="PCM_24")
    start = 3 * RATE
    source = Source(clips=(Clip(path=str(path), start=start, length=2 * RATE),))
    span = Span(start, start + 2 * RATE, RATE)
    prepared = prepare(about(Extend, source, span, left=left, right=right), capabilities())
    for part in deliver(prepared, rendered(prepared), tmp_path).parts:
        began = start - RATE if part.side == "left" else start + 2 * RATE
        assert part.span == Span(began, began + RATE, RATE)
        assert part.timeline == began


def test_tracks_with_clips_are_mixed_like_files(sound: Sound) -> None:
    drums, bass = sound("d.wav", noise(2, 2 * RATE, seed=1)), sound("b.wav", noise(1, 2 * RATE, seed=2), 44_100)
    span = Span(RATE, 2 * RATE, RATE)
    files = (Source(path=str(drums), start=RATE // 2, gain_db=-6.0), Source(path=str(bass), gain_db=3.0))
    clips = (
        Source(clips=(Clip(path=str(drums), start=RATE // 2, length=2 * RATE),), gain_db=-6.0),
        Source(clips=(Clip(path=str(bass), start=0, length=3 * RATE, gain_db=1.0),), gain_db=2.0),
    )
    for kind in (Layer, Accompany):
        a, b = (
            prepare(kind(job="job-0001", sources=sources, span=span), capabilities(sample_rate=RATE))
            for sources in (files, clips)
        )
        assert a.targets == b.targets
        # The bass comes to 48 kHz by another way, which may be half a sample of it beside.
        assert np.abs(a.context - b.context).max() < 0.02
        assert np.corrcoef(a.context.ravel(), b.context.ravel())[0, 1] > 0.999


def test_a_reference_of_clips_counts_from_the_start_of_the_span(sound: Sound) -> None:
    audio = noise(2, 2 * RATE)
    path = sound("a.wav", audio, subtype="FLOAT")
    first_bars = Source(clips=(Clip(path=str(path), start=0, length=2 * RATE),))
    request = Generate(job="job-0001", span=Span(7 * RATE, 8 * RATE, RATE), reference=first_bars)
    prepared = prepare(request, capabilities(sample_rate=RATE))
    np.testing.assert_array_equal(prepared.context, audio[:, :RATE])


def test_a_recipe_with_clips_makes_the_same_context_again(sound: Sound, tmp_path: Path) -> None:
    path = sound("a.wav", noise(2, 4 * RATE), subtype="PCM_24")
    clip = Clip(path=str(path), start=0, length=3 * RATE, playrate=1.13, semitones=-2.0, fade_in=9_000)
    beat = LiveClip(
        path=str(path), start_time=0.0, end_time=6.0, loop_start=0.0, loop_end=2.0, looping=True, warping=True,
        sample_length=4 * RATE, sample_rate=float(RATE), warp_markers=((0.0, 0.0), (1.1, 2.0), (2.0, 4.0)), tempo=120.0,
    )  # fmt: skip
    for source in (Source(clips=(clip,)), Source(live_clips=(beat,))):
        prepared = prepare(about(Repaint, source, Span(RATE, 2 * RATE, RATE)), capabilities())
        take = deliver(prepared, rendered(prepared), tmp_path)
        recipe = read_recipe(Path(take.path))
        assert recipe.request.source == source  # type: ignore[union-attr]
        again = prepare(recipe.request, capabilities())  # type: ignore[arg-type]
        assert again.context_sha256 == recipe.context_sha256 == prepared.context_sha256


def test_a_whole_song_of_small_clips_is_one_request(sound: Sound) -> None:
    """Four hundred slices of a beat: as audio they are the file again."""
    path = sound("a.wav", noise(2, 10 * RATE), subtype="PCM_24")
    slices = tuple(Clip(path=str(path), start=at, length=1_200, offset=at / RATE) for at in range(0, 10 * RATE, 1_200))
    span = Span(4 * RATE, 5 * RATE, RATE)
    by_slices = prepare(about(Repaint, Source(clips=slices), span), capabilities(context_seconds=3.0))
    by_file = prepare(ask(Repaint, path, span), capabilities(context_seconds=3.0))
    np.testing.assert_array_equal(by_slices.context, by_file.context)


def test_an_offline_clip_is_told_of_before_the_engine_starts(sound: Sound, tmp_path: Path) -> None:
    source = Source(clips=(Clip(path=str(tmp_path / "gone.wav"), start=0, length=RATE),))
    with pytest.raises(NotFound, match=r"gone\.wav"):
        prepare(about(Repaint, source, Span(0, RATE, RATE)), capabilities())
    with pytest.raises(NotFound, match=r"gone\.wav"):
        prepare(Layer(job="job-0001", sources=(source,), span=Span(0, RATE, RATE)), capabilities())


def test_too_short_a_span_is_refused_for_clips_too(sound: Sound) -> None:
    source = same_as(sound("a.wav", noise(2, RATE)), RATE)
    with pytest.raises(BadSpan, match=r"shorter than the 0\.5 s"):
        prepare(about(Repaint, source, Span(0, 100, RATE)), capabilities(min_seconds=0.5))


def test_a_request_with_clips_travels() -> None:
    from bridge_server.protocol.codec import read_request, to_json

    request = about(Repaint, Source(clips=(Clip(path="/a.wav", start=0, length=9),)), Span(0, 9, RATE))
    assert read_request(to_json(request), "json") == request
    assert "form" not in msgspec.to_builtins(request)
