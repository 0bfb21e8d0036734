"""P6: new audio is as loud as its surroundings, by BS.1770."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.protocol.requests import Accompany, Extend, Generate, Layer, Repaint
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source, Take
from bridge_server.region.channels import usual_layout
from bridge_server.region.deliver import Rendered, deliver
from bridge_server.region.loudness import LAYER_BELOW_LU, integrated
from bridge_server.region.prepare import prepare
from tests.region.conftest import ask, capabilities, noise

RATE = 48_000


def music(channels: int, seconds: float, peak: float, seed: int = 0, rate: int = RATE) -> np.ndarray:
    """Noise in beats of changing strength, so that gating has something to do."""
    audio = noise(channels, round(seconds * rate), seed=seed, peak=1.0)
    beats = np.random.default_rng(seed).uniform(0.05, 1.0, 1 + int(seconds * 4))
    return np.asarray(audio * np.repeat(beats, -(-rate // 4))[: audio.shape[1]] * peak, np.float32)


def measured(path: str | Path, start: int = 0, end: int | None = None) -> float:
    audio, rate = soundfile.read(path, start=start, stop=end, always_2d=True)
    return pyloudnorm.Meter(rate).integrated_loudness(audio[:, [0, 1, 2, 4, 5] if audio.shape[1] == 6 else slice(None)])


@settings(max_examples=25, deadline=None)
@given(
    channels=st.integers(1, 5),
    tenths=st.integers(4, 40),
    rate=st.sampled_from((22_050, 44_100, 48_000, 96_000)),
    seed=st.integers(0, 99),
)
def test_the_meter_reads_what_pyloudnorm_reads(channels: int, tenths: int, rate: int, seed: int) -> None:
    audio = music(channels, tenths / 10, 0.5, seed, rate)
    theirs = pyloudnorm.Meter(rate).integrated_loudness(audio.T)
    ours = integrated(audio, rate, ("FL", "FR", "FC", "SL", "SR")[:channels])
    assert ours == pytest.approx(theirs, abs=0.001)


def test_the_reference_tone_reads_as_bs1770_says() -> None:
    """A full-scale 997 Hz sine in one channel is -3.01 LUFS. Source: BS.1770-4 Annex 1; tolerance: EBU Tech 3341."""
    tone = np.sin(2 * np.pi * 997 * np.arange(5 * RATE) / RATE).astype(np.float32)[None]
    assert integrated(tone, RATE, ("FC",)) == pytest.approx(-3.01, abs=0.1)
    assert integrated(np.repeat(tone, 6, axis=0), RATE, usual_layout(6)) == pytest.approx(
        -3.01 + 10 * np.log10(3 + 2 * 1.41), abs=0.1
    )


def test_what_cannot_be_measured_is_none() -> None:
    assert integrated(np.zeros((2, RATE), np.float32), RATE, usual_layout(2)) is None
    assert integrated(np.full((2, RATE), 1e-9, np.float32), RATE, usual_layout(2)) is None
    assert integrated(np.ones((2, 100), np.float32), RATE, usual_layout(2)) is None
    assert integrated(np.zeros((2, 0), np.float32), RATE, usual_layout(2)) is None
    assert integrated(noise(2, RATE // 10), RATE, usual_layout(2)) is not None


def repaint(folder: Path, audio: np.ndarray, span: Span, new: float = 0.1, **changes: object) -> Take:
    path = folder / "source.wav"
    soundfile.write(path, audio.T, RATE, subtype="PCM_24")
    request = ask(Repaint, path, span, **changes)
    prepared = prepare(request, capabilities())
    stem = music(2, prepared.hull.seconds + 1, new, seed=5, rate=44_100)[:, : prepared.hull.length]
    return deliver(prepared, Rendered(number=1, seed=0, stems={"mix": stem}), folder)


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("seconds", [0.15, 0.5, 4.0])
@pytest.mark.parametrize("new", [0.004, 0.9])
def test_a_repaint_is_as_loud_as_its_surroundings(tmp_path: Path, channels: int, seconds: float, new: float) -> None:
    span = Span(5 * RATE, 5 * RATE + round(seconds * RATE), RATE)
    take = repaint(tmp_path, music(channels, 11.0, 0.1), span, new)
    found = take.parts[0].loudness
    around = soundfile.read(tmp_path / "source.wav", always_2d=True)[0].T.astype(np.float32)
    around = np.concatenate([around[:, : span.start], around[:, span.end : span.end + 8 * RATE]], axis=1)
    assert found.surroundings == pytest.approx(integrated(around, RATE, usual_layout(channels)), abs=0.01)
    if seconds >= 0.4:
        assert measured(take.path) == pytest.approx(found.surroundings, abs=0.5)
        assert found.before == pytest.approx(measured(tmp_path / "source.wav", span.start, span.end), abs=0.1)
        assert found.after == pytest.approx(measured(take.path), abs=0.1)
    assert found.after == pytest.approx(found.surroundings, abs=0.5)


def test_mono_that_becomes_stereo_is_compared_as_stereo(tmp_path: Path) -> None:
    take = repaint(tmp_path, music(1, 12.0, 0.1), Span(5 * RATE, 7 * RATE, RATE), channels=2, handles=4 * RATE)
    part = take.parts[0]
    inside = measured(take.path, part.handles[0], part.handles[0] + part.span.length)
    handles = soundfile.read(take.path)[0]
    handles = np.concatenate([handles[: part.handles[0]], handles[-part.handles[1] :]])
    assert inside == pytest.approx(pyloudnorm.Meter(RATE).integrated_loudness(handles), abs=0.5)


def test_with_silence_around_the_replaced_audio_counts(tmp_path: Path) -> None:
    audio = music(2, 6.0, 0.05)
    audio[:, : 2 * RATE] = audio[:, 4 * RATE :] = 0
    found = repaint(tmp_path, audio, Span(2 * RATE, 4 * RATE, RATE)).parts[0].loudness
    assert found.surroundings is None
    assert found.after == pytest.approx(found.before, abs=0.5)


@pytest.mark.parametrize("match", [True, False])
def test_in_silence_or_when_switched_off_the_level_is_the_backends(tmp_path: Path, match: bool) -> None:
    audio = np.zeros((2, 6 * RATE), np.float32) if match else music(2, 6.0, 0.01)
    found = repaint(tmp_path, audio, Span(2 * RATE, 4 * RATE, RATE), match_loudness=match).parts[0].loudness
    assert found.gain_db == 0
    assert (found.surroundings is None) == match


def test_new_audio_is_not_turned_up_until_it_clips(tmp_path: Path) -> None:
    span = Span(2 * RATE, 4 * RATE, RATE)
    path = tmp_path / "loud.wav"
    soundfile.write(path, np.sign(noise(2, 6 * RATE)).T * 0.9, RATE, subtype="PCM_16")
    for form, sample_format, clips in (
        ("region", "pcm24", False),
        ("whole", "pcm24", False),
        ("region", "float32", True),
    ):
        request = ask(Repaint, path, span, form=form, sample_format=sample_format)
        prepared = prepare(request, capabilities())
        peaky = noise(2, prepared.hull.length, peak=0.01)
        peaky[:, 20_000] = 0.5
        take = deliver(prepared, Rendered(number=1, seed=0, stems={"mix": peaky}), tmp_path)
        inside = soundfile.read(take.path)[0]
        inside = inside[span.start : span.end] if form == "whole" else inside
        assert (np.abs(inside).max() > 1) == clips
        assert bool(take.notes) == (not clips)
        if not clips:
            assert 0.99 < np.abs(inside).max() <= 1
            assert "so that it does not clip" in take.notes[0]


def test_a_layer_lies_below_the_mix_and_a_backing_beside_the_voice(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.wav" for n in range(2)]
    for seed, path in enumerate(paths):
        soundfile.write(path, music(2, 6.0, 0.2, seed).T, RATE, subtype="PCM_24")
    sources = tuple(Source(path=str(path), gain_db=-6) for path in paths)
    mix = sum(soundfile.read(path)[0] for path in paths) * 10 ** (-6 / 20)
    reference = pyloudnorm.Meter(RATE).integrated_loudness(mix[RATE : 5 * RATE])
    for kind, below in ((Layer, LAYER_BELOW_LU), (Accompany, 0.0)):
        prepared = prepare(kind(job="job-0001", sources=sources, span=Span(RATE, 5 * RATE, RATE)), capabilities())
        stem = music(2, 5, 0.9, 9, 44_100)[:, : prepared.hull.length]
        take = deliver(prepared, Rendered(number=1, seed=0, stems={"drums": stem}), tmp_path)
        assert take.parts[0].loudness.surroundings == pytest.approx(reference, abs=0.1)
        assert measured(take.path) == pytest.approx(reference - below, abs=0.5)


def test_an_extension_is_as_loud_as_the_clip_beside_it(tmp_path: Path) -> None:
    """The clip is quiet, the file around it is loud: only the clip counts."""
    audio = music(2, 10.0, 0.9)
    clip = Span(3 * RATE, 6 * RATE, RATE)
    audio[:, clip.start : clip.end] *= 0.05
    soundfile.write(tmp_path / "source.wav", audio.T, RATE, subtype="PCM_24")
    request = Extend(
        job="job-0001", source=Source(path=str(tmp_path / "source.wav")), span=clip, left=RATE, right=2 * RATE
    )
    prepared = prepare(request, capabilities())
    stem = music(2, prepared.hull.seconds + 1, 0.5, 5, 44_100)[:, : prepared.hull.length]
    take = deliver(prepared, Rendered(number=1, seed=0, stems={"mix": stem}), tmp_path)
    quiet = measured(tmp_path / "source.wav", clip.start, clip.end)
    for part in take.parts:
        assert measured(part.path) == pytest.approx(quiet, abs=0.5)


def test_generated_music_keeps_its_level(tmp_path: Path) -> None:
    prepared = prepare(Generate(job="job-0001", span=Span(0, 2 * RATE, RATE)), capabilities(sample_rate=RATE))
    quiet = music(2, 2.0, 0.02)
    take = deliver(prepared, Rendered(number=1, seed=0, stems={"mix": quiet}), tmp_path)
    assert np.abs(soundfile.read(take.path)[0].T - quiet).max() <= 2**-24 * 1.01
    assert take.parts[0].loudness.gain_db == 0
    loud = np.clip(music(2, 2.0, 3.0), -1.7, 1.7)
    take = deliver(prepared, Rendered(number=2, seed=0, stems={"mix": loud}), tmp_path)
    assert np.abs(soundfile.read(take.path)[0]).max() == pytest.approx(1, abs=1e-4)
    assert take.notes
