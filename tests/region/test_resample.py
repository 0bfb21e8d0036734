"""No drift: what goes to the engine and comes back lies where it lay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.protocol.requests import Repaint
from bridge_server.protocol.span import Span
from bridge_server.region.deliver import Rendered, deliver
from bridge_server.region.excerpt import Excerpt
from bridge_server.region.prepare import prepare
from bridge_server.region.resample import TO_ENGINE, TO_FILE, resample
from tests.region.conftest import ask, capabilities, noise

PAIRS = [(44_100, 48_000), (48_000, 44_100), (192_000, 44_100), (22_050, 48_000), (96_000, 32_000), (44_101, 48_000)]


@pytest.mark.parametrize(("rate", "engine"), PAIRS)
def test_a_sine_comes_back_at_the_same_place_and_level(tmp_path: Path, rate: int, engine: int) -> None:
    """The whole way: file, context, engine's answer (the context itself), take; a minute into the file."""
    start, length, hertz = 60 * rate + 12_345, rate // 2, 997.0
    time = np.arange(start + 2 * length) / rate
    path = tmp_path / "sine.wav"
    soundfile.write(path, 0.25 * np.sin(2 * np.pi * hertz * time), rate, subtype="FLOAT")
    request = ask(
        Repaint,
        path,
        Span(start, start + length, rate),
        match_loudness=False,
        sample_format="float32",
    )
    prepared = prepare(request, capabilities(sample_rate=engine))
    hull = prepared.context[:, prepared.hull.start : prepared.hull.end]
    take = deliver(prepared, Rendered(number=1, seed=0, stems={"mix": hull}), tmp_path)
    middle = slice(length // 8, length - length // 8)
    back = soundfile.read(take.path)[0][middle]
    turning = np.exp(-2j * np.pi * hertz * time[start : start + length][middle])
    heard, sent = (
        2 * np.mean(signal * turning) for signal in (back, 0.25 * np.sin(2 * np.pi * hertz * time[start:][middle]))
    )
    assert abs(20 * np.log10(abs(heard / sent))) < 0.01
    assert abs(np.angle(heard / sent)) / (2 * np.pi * hertz) * rate < 0.01


@pytest.mark.parametrize(("rate", "engine"), PAIRS)
def test_a_click_stays_on_its_sample(rate: int, engine: int) -> None:
    clicks = np.zeros((1, rate), np.float32)
    clicks[0, 5_000 :: rate // 7] = 1.0
    there = resample(Excerpt(clicks, 0, rate), engine, 0, engine, TO_ENGINE)
    back = resample(Excerpt(there, 0, engine), rate, 0, rate, TO_FILE)
    assert back.shape == clicks.shape
    for at in np.flatnonzero(clicks[0])[:-1]:
        window = back[0, at - 40 : at + 41].astype(np.float64)
        centre = np.sum(window**2 * np.arange(-40, 41)) / np.sum(window**2)
        assert abs(centre) < 0.02


@settings(max_examples=25, deadline=None)
@given(pair=st.sampled_from(PAIRS[:5]), start=st.integers(-3_000, 30_000), length=st.integers(1, 4_000))
def test_a_part_is_the_same_part_of_the_whole(pair: tuple[int, int], start: int, length: int) -> None:
    """Resampling only what is needed gives what resampling everything gives, with silence before and after it."""
    rate, engine = pair
    audio = noise(1, 40_000, peak=0.9)
    whole = soxr.resample(np.pad(audio[0], (rate, rate)), rate, engine, TO_FILE)
    silence = np.zeros(8_000, np.float32)
    whole = np.concatenate([silence, whole, silence])
    part = resample(Excerpt(audio, 0, rate), engine, start, start + length, TO_FILE)
    assert part.shape == (1, length)
    first = len(silence) + engine + start
    expected = whole[first : first + length]
    assert np.abs(part[0, : len(expected)] - expected).max(initial=0) < 2**-23


def test_the_same_rate_is_left_alone() -> None:
    audio = noise(2, 1_000)
    assert np.array_equal(resample(Excerpt(audio, 0, 48_000), 48_000, 100, 900, TO_ENGINE), audio[:, 100:900])


def test_mirrored_ends_do_not_ring() -> None:
    """A constant that is cut off would ripple by some percent at its ends."""
    constant = np.full((1, 4_410), 0.5, np.float32)
    cut = resample(Excerpt(constant, 0, 44_100), 48_000, 0, 4_800, TO_FILE)
    held = resample(Excerpt(constant, 0, 44_100), 48_000, 0, 4_800, TO_FILE, mirror=True)
    assert np.abs(cut - 0.5).max() > 0.02
    assert np.abs(held - 0.5).max() < 1e-5


def test_channels_do_not_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    """In threads or one after the other, every channel gets its own audio."""
    audio = noise(3, 30_000)
    together = resample(Excerpt(audio, 0, 48_000), 44_100, 0, 20_000, TO_FILE)
    monkeypatch.setattr("bridge_server.region.resample._PARALLEL_SAMPLES", 10)
    assert np.array_equal(together, resample(Excerpt(audio, 0, 48_000), 44_100, 0, 20_000, TO_FILE))
    for channel in range(3):
        alone = resample(Excerpt(audio[channel : channel + 1], 0, 48_000), 44_100, 0, 20_000, TO_FILE)
        assert np.array_equal(alone[0], together[channel])
