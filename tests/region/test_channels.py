"""Channels: what a model hears of a file, and where its stereo goes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge_server.protocol.requests import Generate, Repaint
from bridge_server.protocol.span import Span
from bridge_server.region.channels import convert, layout_of_mask, mask_of, usual_layout, vorbis_layout
from bridge_server.region.deliver import deliver
from bridge_server.region.prepare import prepare
from bridge_server.region.read import open_audio
from tests.region.conftest import ask, capabilities, noise, rendered

SPAN = Span(2_000, 8_000, 48_000)


def one_hot(channels: int, channel: int) -> np.ndarray:
    audio = np.zeros((channels, 4), np.float32)
    audio[channel] = 1
    return audio


def test_surround_folds_as_bs775_says() -> None:
    layout, stereo = usual_layout(6), usual_layout(2)
    shares = [convert(one_hot(6, channel), layout, stereo)[:, 0].tolist() for channel in range(6)]
    third = pytest.approx(0.7071, abs=1e-4)
    assert shares == [[1, 0], [0, 1], [third, third], [0, 0], [third, 0], [0, third]]


def test_vorbis_puts_the_centre_second() -> None:
    folded = convert(one_hot(6, 1), vorbis_layout(6), usual_layout(2))
    assert folded[:, 0] == pytest.approx([0.7071, 0.7071])
    back = convert(np.ones((2, 4), np.float32), usual_layout(2), vorbis_layout(6))
    assert back[:, 0].tolist() == [1, 0, 1, 0, 0, 0]


def test_mono_made_stereo_folds_back_to_itself() -> None:
    mono = noise(1, 100)
    stereo = convert(mono, usual_layout(1), usual_layout(2))
    assert np.array_equal(stereo[0], mono[0])
    assert np.array_equal(stereo[1], mono[0])
    assert np.array_equal(convert(stereo, usual_layout(2), usual_layout(1)), mono)


@pytest.mark.parametrize("channels", range(3, 9))
def test_masks_and_layouts_tell_the_same(channels: int) -> None:
    layout = usual_layout(channels)
    assert layout_of_mask(mask_of(layout), channels) == layout
    assert layout_of_mask(0, channels) == layout


def test_a_file_that_names_its_loudspeakers_is_believed(tmp_path: Path) -> None:
    """Four channels as left, right, centre, back centre instead of quadrophonic: the mask is kept in the result."""
    path = tmp_path / "lcrs.wav"
    soundfile.write(path, noise(4, 10_000).T, 48_000, format="WAVEX", subtype="PCM_16")
    raw = bytearray(path.read_bytes())
    at = raw.index(b"fmt ") + 8 + 20
    raw[at : at + 4] = (0x107).to_bytes(4, "little")
    path.write_bytes(raw)
    assert open_audio(path).layout == ("FL", "FR", "FC", "BC")
    request = ask(Repaint, path, SPAN, form="whole")
    prepared = prepare(request, capabilities())
    take = deliver(prepared, rendered(prepared), tmp_path)
    assert open_audio(Path(take.path)).layout == ("FL", "FR", "FC", "BC")


@pytest.mark.parametrize("channels", range(3, 9))
def test_in_surround_the_new_audio_is_in_front_and_the_rest_is_silent(sound, tmp_path: Path, channels: int) -> None:
    path = sound("surround.wav", noise(channels, 10_000), subtype="PCM_24")
    prepared = prepare(ask(Repaint, path, SPAN), capabilities())
    take = deliver(prepared, rendered(prepared), tmp_path)
    audio = soundfile.read(take.path, always_2d=True)[0].T
    assert take.channels == len(audio) == channels
    inside = slice(take.parts[0].fade.in_samples, -take.parts[0].fade.out_samples)
    assert audio[:2, inside].std(axis=1).min() > 0.001
    assert not audio[2:, inside].any()
    assert "front left and right" in take.notes[0]


@pytest.mark.parametrize("asked", [1, 2, 6])
@pytest.mark.parametrize("has", [1, 2, 6])
def test_the_result_has_as_many_channels_as_were_asked_for(sound, tmp_path: Path, asked: int, has: int) -> None:
    path = sound("source.wav", noise(has, 10_000), subtype="PCM_24")
    request = ask(Repaint, path, SPAN, channels=asked, handles=500)
    prepared = prepare(request, capabilities())
    take = deliver(prepared, rendered(prepared), tmp_path)
    audio = soundfile.read(take.path, always_2d=True)[0]
    assert audio.shape == (7_000, asked) == (take.samples, take.channels)
    original = np.asarray(soundfile.read(path, always_2d=True, dtype="float32")[0].T)
    handle = convert(original[:, 1_500:2_000], usual_layout(has), usual_layout(asked))
    assert np.abs(audio[:500].T - handle).max() < 2**-22


@pytest.mark.parametrize(("engine", "asked", "gets"), [(1, 0, 2), (2, 0, 2), (2, 1, 1), (1, 1, 1)])
def test_without_a_source_the_result_is_stereo_unless_asked(tmp_path: Path, engine: int, asked: int, gets: int) -> None:
    request = Generate(job="job-0001", span=Span(0, 6_000, 48_000), channels=asked)
    prepared = prepare(request, capabilities(channels=engine))
    assert prepared.context.shape[0] == engine
    assert deliver(prepared, rendered(prepared), tmp_path).channels == gets
