"""Tape speed, and files forwards, backwards and unrolled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.protocol.errors import BadRequest
from bridge_server.region.clips.strand import Strand
from bridge_server.region.clips.tape import at_speed
from bridge_server.region.clips.view import View
from bridge_server.region.read import open_audio
from tests.region.conftest import noise

RATE = 48_000


def strand(**changes: object) -> Strand:
    known: dict[str, object] = {"path": "/a.wav", "start": 0, "length": 100, "knots": ((0.0, 0.0), (100.0, 1.0))}
    return Strand(**{**known, **changes})  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(speed=st.floats(0.05, 12), origin=st.floats(-500, 5_000), start=st.integers(-2_000, 5_000))
def test_tape_plays_a_sine_where_it_should(speed: float, origin: float, start: int) -> None:
    hertz = 0.004 / max(1, speed)
    audio = at_speed(
        lambda a, b: np.sin(2 * np.pi * hertz * np.arange(a, b))[None].astype(np.float32),
        speed,
        origin,
        start,
        start + 3_000,
    )
    wanted = np.sin(2 * np.pi * hertz * (origin + np.arange(start, start + 3_000) * speed))
    # At worst half a sample of the file beside its place: 10 µs.
    assert np.abs(audio[0] - wanted).max() < 2 * np.pi * hertz * 0.5 + 1e-4


def test_faster_tape_lets_nothing_fold_back() -> None:
    """A tone of 20 kHz, twice as fast, is beyond hearing and must not come back as another one."""
    tone = lambda a, b: np.sin(2 * np.pi * 20_000 / RATE * np.arange(a, b))[None].astype(np.float32)  # noqa: E731
    assert np.abs(at_speed(tone, 2.0, 0.0, 1_000, 9_000)).max() < 1e-4


def test_any_range_of_tape_is_cut_from_the_same_sound() -> None:
    sound = noise(1, 60_000)
    whole = at_speed(lambda a, b: padded(sound, a, b), 1.0371, 100.0, 0, 20_000)
    part = at_speed(lambda a, b: padded(sound, a, b), 1.0371, 100.0, 7_001, 9_000)
    assert np.abs(whole[:, 7_001:9_000] - part).max() < 2e-4


def padded(audio: np.ndarray, start: int, end: int) -> np.ndarray:
    out = np.zeros((audio.shape[0], end - start), np.float32)
    first, last = max(start, 0), min(end, audio.shape[1])
    if first < last:
        out[:, first - start : last - start] = audio[:, first:last]
    return out


def test_backwards_is_backwards(sound: Callable[..., Path]) -> None:
    audio = noise(2, 1_000)
    view = View(open_audio(sound("a.wav", audio, subtype="FLOAT")), strand(is_reversed=True))
    np.testing.assert_array_equal(view.read(0, 1_000), audio[:, ::-1])
    np.testing.assert_array_equal(view.read(-5, 3), np.pad(audio[:, :-4:-1], ((0, 0), (5, 0))))


def test_one_channel_of_a_file(sound: Callable[..., Path]) -> None:
    audio = noise(2, 100)
    file = open_audio(sound("a.wav", audio, subtype="FLOAT"))
    view = View(file, strand(file_channel=2))
    assert view.layout == ("FC",)
    np.testing.assert_array_equal(view.read(0, 100), audio[1:])
    with pytest.raises(BadRequest, match=r"a\.wav has no channel 3, but 2"):
        View(file, strand(file_channel=3))


@settings(max_examples=60, deadline=None)
@given(
    loop_start=st.floats(0, 0.03),
    length=st.floats(0.0011, 0.05),
    start=st.integers(-200, 30_000),
    count=st.integers(0, 9_000),
)
def test_a_loop_unrolled(
    tmp_path_factory: pytest.TempPathFactory, loop_start: float, length: float, start: int, count: int
) -> None:
    """Sample n of what is unrolled is the sample of the file that a person would count out, give or take one."""
    import soundfile

    path = tmp_path_factory.mktemp("loop") / "ramp.wav"
    ramp = np.arange(4_800, dtype=np.float32) / 4_800
    soundfile.write(path, ramp, RATE, subtype="FLOAT")
    view = View(open_audio(path), strand(loop=(loop_start, loop_start + length)))
    heard = view.read(start, start + count)
    assert heard.shape == (1, count)
    at = np.arange(start, start + count) / RATE
    end = loop_start + length
    folded = np.where(at < end, at, loop_start + (at - loop_start) % length) * RATE
    wanted = np.where(folded < 0, 0, np.minimum(folded, 4_799.0)) / 4_800
    off = np.abs(heard[0] - wanted) * 4_800
    seam = np.minimum(np.abs((at - end) % length), length - np.abs((at - end) % length)) * RATE < 1
    assert (off[~seam & (folded < 4_799)] <= 1.01).all()


def test_a_loop_of_nothing_is_refused() -> None:
    with pytest.raises(BadRequest, match="thousandth of a second"):
        strand(loop=(1.0, 1.0005))


def test_a_long_loop_is_not_read_as_a_whole(sound: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from bridge_server.region.clips import view as module

    path = sound("long.wav", noise(1, 90 * RATE, peak=0.1), subtype="PCM_16")
    asked: list[tuple[int, int]] = []
    real = module.read
    monkeypatch.setattr(module, "read", lambda file, a, b: asked.append((a, b)) or real(file, a, b))
    view = View(open_audio(path), strand(loop=(0.0, 80.0)))
    assert view.read(79 * RATE, 81 * RATE).shape == (1, 2 * RATE)
    assert asked == [(79 * RATE, 80 * RATE), (0, RATE)]
