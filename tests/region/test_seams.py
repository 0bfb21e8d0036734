"""P6: seams do not click, and the fades are the stated ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.protocol.requests import Extend, Layer, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Fade, Source
from bridge_server.region.deliver import Rendered, deliver
from bridge_server.region.excerpt import mirrored
from bridge_server.region.prepare import prepare
from bridge_server.region.splice import fade_for, rise, splice
from tests.region.conftest import ask, capabilities, noise, rendered

RATE = 48_000


@settings(max_examples=100, deadline=None)
@given(length=st.integers(1, 4_000), rate=st.sampled_from((22_050, 48_000, 192_000)), from_silence=st.booleans())
def test_fades_fit_and_only_fades_mix(length: int, rate: int, from_silence: bool) -> None:
    fade = fade_for(length, rate, from_silence)
    assert fade.in_samples + fade.out_samples <= length
    assert fade.in_samples <= 0.004 * rate + 1
    assert fade.out_samples <= 0.020 * rate + 1
    dry, wet = noise(2, length, seed=1), noise(2, length, seed=2)
    out = splice(dry, wet, fade)
    body = slice(fade.in_samples, length - fade.out_samples)
    assert np.array_equal(out[:, body], wet[:, body])


def test_a_fade_has_equal_power() -> None:
    assert np.allclose(rise(192) ** 2 + rise(192)[::-1] ** 2, 1.0)
    dry, wet = np.full((1, 1_000), 0.5, np.float32), np.zeros((1, 1_000), np.float32)
    out = splice(dry, wet, Fade(in_samples=100, out_samples=200))
    assert out[0, 0] == pytest.approx(0.5, abs=1e-3)
    assert out[0, -1] == pytest.approx(0.5, abs=1e-3)
    assert not out[0, 100:800].any()


def steps(audio: np.ndarray) -> np.ndarray:
    return np.abs(np.diff(audio, axis=0)).max(axis=-1)


def sines(path: Path, seconds: float, hertz: float = 80.0, phase: float = 1.0) -> Path:
    time = np.arange(round(seconds * RATE)) / RATE
    left = 0.4 * np.sin(2 * np.pi * hertz * time + phase)
    soundfile.write(path, np.stack([left, 0.7 * left], axis=1), RATE, subtype="PCM_24")
    return path


@pytest.mark.parametrize("engine", [44_100, 48_000])
def test_no_click_where_a_repaint_meets_the_file(tmp_path: Path, engine: int) -> None:
    """Constants instead of music: without a fade the step at the seam would be 0.8."""
    path = sines(tmp_path / "source.wav", 1.0)
    span = Span(10_007, 30_011, RATE)
    request = ask(Repaint, path, span, form="whole", match_loudness=False)
    prepared = prepare(request, capabilities(sample_rate=engine))
    new = np.full((2, prepared.hull.length), -0.4, np.float32)
    take = deliver(prepared, Rendered(number=1, seed=0, stems={"mix": new}), tmp_path)
    audio = soundfile.read(take.path)[0]
    slope = 2 * np.pi * 80 / RATE * 0.4
    fade = take.parts[0].fade
    assert (fade.in_samples, fade.out_samples) == (192, 960)
    # A fade of n samples over a difference of 0.8 adds at most 0.8·π/2/n a sample.
    allowed_in, allowed_out = (slope + 0.8 * np.pi / n for n in (192, 960))
    assert steps(audio[span.start - 2 : span.start + 2]).max() < allowed_in
    assert steps(audio[span.start - 200 : span.start + 400]).max() < allowed_in
    assert steps(audio[span.end - 1_200 : span.end + 200]).max() < allowed_out


@pytest.mark.parametrize("clip", [Span(0, RATE, RATE), Span(9_000, 30_000, RATE)])
def test_no_click_where_an_extension_meets_the_clip(tmp_path: Path, clip: Span) -> None:
    """A clip of a whole file has nothing to fade from, one that was cut out of a file goes on in it."""
    path = sines(tmp_path / "source.wav", 1.0)
    request = ask(
        Extend,
        path,
        clip,
        left=8_000,
        right=8_000,
        form="whole",
        match_loudness=False,
    )
    prepared = prepare(request, capabilities())
    new = np.full((2, prepared.hull.length), -0.4, np.float32)
    take = deliver(prepared, Rendered(number=1, seed=0, stems={"mix": new}), tmp_path)
    audio = soundfile.read(take.path)[0]
    slope = 2 * np.pi * 80 / RATE * 0.4
    for seam, fade in ((8_000, 960), (8_000 + clip.length, 192)):
        assert steps(audio[seam - 1_100 : seam + 1_100]).max() < 2 * slope + 0.8 * np.pi / fade
    # Towards nothing, new audio ends in silence.
    assert np.abs(audio[-1]).max() < 0.01
    assert np.abs(audio[0]).max() < 0.01


def test_an_extension_fades_from_the_files_own_continuation(tmp_path: Path) -> None:
    path = sines(tmp_path / "source.wav", 1.0)
    original = soundfile.read(path)[0]
    clip = Span(9_000, 30_000, RATE)
    request = ask(Extend, path, clip, right=8_000, match_loudness=False)
    prepared = prepare(request, capabilities())
    silent = Rendered(number=1, seed=0, stems={"mix": np.zeros((2, prepared.hull.length), np.float32)})
    heard = soundfile.read(deliver(prepared, silent, tmp_path).path)[0]
    assert np.allclose(heard[:192], original[30_000:30_192] * rise(192)[::-1, None], atol=1e-6)


def test_a_mirror_goes_on_from_the_last_sample() -> None:
    audio = np.array([[1, 2, 3]], np.float32)
    assert mirrored(audio, 8).tolist() == [[3, 2, 1, 1, 2, 3, 3, 2]]
    assert mirrored(audio[:, :0], 2).tolist() == [[0, 0]]


def test_full_scale_on_both_sides_does_not_clip(tmp_path: Path) -> None:
    """Equal power would reach 1.41 where loud old audio meets loud new audio of the same sign."""
    path = tmp_path / "loud.wav"
    soundfile.write(path, np.full((RATE, 2), 0.999), RATE, subtype="PCM_16")
    span = Span(10_000, 30_000, RATE)
    request = ask(Repaint, path, span, form="whole", match_loudness=False)
    prepared = prepare(request, capabilities(sample_rate=RATE))
    loud = {role: np.full((2, span.length), 0.4995, np.float32) for role in ("a", "b")}
    take = deliver(prepared, Rendered(number=1, seed=0, stems=loud), tmp_path)
    audio = soundfile.read(take.path)[0]
    assert audio.max() <= 0.9995
    assert audio.min() > 0.99
    stems = sum(soundfile.read(stem.path)[0] for stem in take.parts[0].stems)
    assert np.allclose(stems[0], 0, atol=1e-3)


def test_a_layer_starts_and_ends_in_silence(tmp_path: Path) -> None:
    path = sines(tmp_path / "source.wav", 1.0)
    request = Layer(job="job-0001", sources=(Source(path=str(path)),), span=Span(0, RATE, RATE))
    prepared = prepare(request, capabilities())
    take = deliver(prepared, rendered(prepared), tmp_path)
    audio = soundfile.read(take.path)[0]
    assert take.parts[0].fade == Fade(in_samples=48, out_samples=960)
    assert np.abs(audio[[0, -1]]).max() < 0.01


def test_what_was_kept_makes_no_bump_at_the_seams(tmp_path: Path) -> None:
    """At a low strength, old and new are alike: equal power would add up to 3 dB where they meet."""
    path = tmp_path / "song.wav"
    song = noise(2, 4 * RATE, seed=5) * np.float32(0.1)
    soundfile.write(path, song.T, RATE, "FLOAT")
    span = Span(RATE, 3 * RATE, RATE)
    request = ask(Repaint, path, span, strength=0.0, sample_format="float32", match_loudness=False)
    prepared = prepare(request, capabilities(sample_rate=RATE))
    kept = np.ascontiguousarray(song[:, span.start : span.end])
    take = deliver(prepared, Rendered(number=1, seed=1, stems={"source": kept}), tmp_path)
    out, _ = soundfile.read(take.path, dtype="float32")
    assert np.abs(out.T - kept).max() < 1e-3
