"""Whatever a clip says, it is read exactly as long as asked, with numbers in it, and the same every time."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.protocol.errors import TooLong
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Clip, LiveClip, Source
from bridge_server.region.clips.timeline import Timeline, open_timeline
from tests.region.clips.test_live import clips as live_clips
from tests.region.conftest import noise

RATE = 48_000


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("any")
    made = []
    for channels, rate in ((1, 44_100), (2, 48_000), (6, 96_000)):
        path = folder / f"{channels}-{rate}.wav"
        soundfile.write(path, noise(channels, 2 * rate, seed=channels).T, rate, subtype="PCM_24")
        made.append(path)
    return made


@st.composite
def clips(draw: st.DrawFn) -> dict[str, object]:
    looped = draw(st.booleans())
    loop_start = draw(st.floats(0, 3))
    return {
        "start": draw(st.integers(-20_000, 40_000)),
        "length": draw(st.integers(1, 60_000)),
        "offset": draw(st.floats(-1, 3)),
        "playrate": draw(st.sampled_from((1.0, 1.0, 0.3, 0.999, 1.2, 3.0))),
        "keep_pitch": draw(st.booleans()),
        "semitones": draw(st.sampled_from((0.0, 0.0, -7.0, 0.3, 12.0))),
        "gain_db": draw(st.sampled_from((0.0, -120.0, 6.0))),
        "reversed": draw(st.booleans()),
        "fade_in": draw(st.integers(0, 90_000)),
        "fade_out": draw(st.integers(0, 90_000)),
        "file_channel": draw(st.sampled_from((0, 0, 1))),
        "channel": draw(st.integers(0, 3)),
        **({"loop_start": loop_start, "loop_end": loop_start + draw(st.floats(0.0011, 2))} if looped else {}),
    }


def check(made: Timeline, start: int, length: int) -> None:
    first = made.read(start, start + length)
    assert first.audio.shape == (made.channels, length)
    assert np.isfinite(first.audio).all()
    np.testing.assert_array_equal(made.read(start, start + length).audio, first.audio)


@settings(max_examples=80, deadline=None)
@given(described=st.lists(clips(), min_size=1, max_size=3), start=st.integers(-1_000, 60_000), data=st.data())
def test_any_clips(files: list[Path], described: list[dict[str, object]], start: int, data: st.DataObject) -> None:
    made = tuple(Clip(path=str(data.draw(st.sampled_from(files))), **each) for each in described)  # type: ignore[arg-type]
    timeline = open_timeline(Source(clips=made), Span(0, 48_000, RATE), (-(10**6), 10**6))
    check(timeline, start, data.draw(st.integers(0, 20_000)))


@settings(max_examples=40, deadline=None)
@given(clip=live_clips(), at=st.floats(0, 1), length=st.integers(0, 10_000))
def test_any_clip_of_live(files: list[Path], clip: LiveClip, at: float, length: int) -> None:
    clip = msgspec.structs.replace(clip, path=str(files[1]))
    beats = clip.start_time + at * (clip.end_time - clip.start_time)
    start = int(beats * 60 / clip.tempo * RATE)
    timeline = open_timeline(Source(live_clips=(clip,)), Span(0, 48_000, RATE), (0, 2**40))
    check(timeline, start, length)


def test_an_hour_of_file_in_a_moment_is_refused(files: list[Path]) -> None:
    clip = Clip(path=str(files[1]), start=0, length=120 * RATE, playrate=32.0)
    timeline = open_timeline(Source(clips=(clip,)), Span(0, 48_000, RATE), (0, 2**40))
    check(timeline, 0, 1_000)
    with pytest.raises(TooLong, match="plays so fast that 64 minutes"):
        timeline.read(0, 120 * RATE)
