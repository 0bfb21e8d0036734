"""Clips heard as a DAW plays them: each setting of a clip, alone and together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bridge_server.protocol.errors import BadAudio, NotFound, UnreadableAudio
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Clip, LiveClip, Source
from bridge_server.region.clips.timeline import Timeline, open_timeline
from tests.region.conftest import exact, noise

RATE = 48_000
SPAN = Span(RATE, 2 * RATE, RATE)
Sound = Callable[..., Path]


def timeline(*clips: Clip, span: Span = SPAN, start: int = 0, around: int = 2**40) -> Timeline:
    return open_timeline(Source(clips=clips, start=start), span, (span.start - around, span.end + around))


def clip(path: Path, **changes: object) -> Clip:
    known: dict[str, object] = {"path": str(path), "start": 0, "length": RATE}
    return Clip(**{**known, **changes})  # type: ignore[arg-type]


def test_a_clip_at_its_own_rate_is_the_file_to_the_last_bit(sound: Sound) -> None:
    path = sound("a.wav", noise(2, 3 * RATE), subtype="PCM_24")
    written = exact(path, "float32").T
    heard = timeline(clip(path, start=700, offset=0.5)).read(0, 2 * RATE)
    assert not heard.audio[:, :700].any()
    np.testing.assert_array_equal(heard.audio[:, 700 : 700 + RATE], written[:, RATE // 2 : RATE // 2 + RATE])
    assert not heard.audio[:, 700 + RATE :].any(), "a clip ends where it ends"


def test_an_offset_before_the_file_is_silence_first(sound: Sound) -> None:
    audio = noise(1, RATE)
    heard = timeline(clip(sound("a.wav", audio, subtype="FLOAT"), offset=-0.25)).read(0, RATE).audio
    assert not heard[:, : RATE // 4].any()
    np.testing.assert_array_equal(heard[:, RATE // 4 :], audio[:, : -RATE // 4])


def test_behind_the_end_of_the_file_is_silence(sound: Sound) -> None:
    heard = timeline(clip(sound("a.wav", noise(1, 1_000), subtype="FLOAT"))).read(0, RATE).audio
    assert heard[:, :1_000].any()
    assert not heard[:, 1_000:].any()


def test_a_loop_goes_round(sound: Sound) -> None:
    audio = noise(1, RATE)
    looped = clip(sound("a.wav", audio, subtype="FLOAT"), offset=0.1, loop_start=0.05, loop_end=0.2, length=20_000)
    once = audio[:, 2_400:9_600]
    wanted = np.concatenate([audio[:, 4_800:9_600], once, once, once], axis=1)[:, :20_000]
    np.testing.assert_array_equal(timeline(looped).read(0, 20_000).audio, wanted)


def test_overlapping_clips_are_added_with_their_gains_and_fades(sound: Sound) -> None:
    flat = np.full((1, RATE), 0.25, np.float32)
    path = sound("a.wav", flat, subtype="FLOAT")
    left = clip(path, length=30_000, fade_out=10_000)
    right = clip(path, start=20_000, length=30_000, fade_in=10_000)
    heard = timeline(left, right).read(0, 50_000).audio[0]
    np.testing.assert_allclose(heard[:48_000], 0.25, atol=1e-6)  # two straight lines make a cross-fade that adds up
    louder = timeline(clip(path, gain_db=6.0206), clip(path, gain_db=-6.0206)).read(0, 100).audio
    np.testing.assert_allclose(louder, 0.25 * 2.5, rtol=1e-4)


def test_a_fade_longer_than_its_clip_is_as_long_as_the_clip(sound: Sound) -> None:
    path = sound("a.wav", np.full((1, RATE), 0.25, np.float32), subtype="FLOAT")
    heard = timeline(clip(path, length=1_000, fade_in=2**40)).read(0, 1_000).audio[0]
    assert heard[0] < 0.001
    assert heard[-1] > 0.249


def test_a_file_at_another_rate_keeps_its_pitch_and_its_place(sound: Sound) -> None:
    time = np.arange(2 * 44_100) / 44_100
    path = sound("a.wav", (0.5 * np.sin(2 * np.pi * 997 * time))[None].astype(np.float32), 44_100, "FLOAT")
    heard = timeline(clip(path, offset=0.5, start=123)).read(123, 123 + RATE).audio[0]
    wanted = 0.5 * np.sin(2 * np.pi * 997 * (0.5 + np.arange(RATE) / RATE))
    assert np.abs(heard - wanted)[100:-100].max() < 0.5 * 2 * np.pi * 997 * 0.5 / 44_100


def hertz(audio: np.ndarray, rate: int = RATE) -> float:
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio)), 8 * len(audio)))
    return float(np.argmax(spectrum) * rate / (8 * len(audio)))


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize(
    ("settings", "pitch", "speed"),
    [
        ({"playrate": 1.25}, 1.0, 1.25),
        ({"playrate": 0.8, "keep_pitch": False}, 0.8, 0.8),
        ({"semitones": 7.0}, 2 ** (7 / 12), 1.0),
        ({"semitones": -5.0, "playrate": 1.1}, 2 ** (-5 / 12), 1.1),
        ({"semitones": 3.0, "playrate": 0.9, "keep_pitch": False}, 0.9 * 2 ** (3 / 12), 0.9),
    ],
    ids=["stretched", "tape", "transposed", "both", "tape, transposed"],
)
def test_speed_and_pitch(sound: Sound, rate: int, settings: dict[str, object], pitch: float, speed: float) -> None:
    """A tone of 600 Hz until second 1.5 of the file, then one of 900: pitch and time are both heard."""
    time = np.arange(4 * rate) / rate
    tones = np.where(time < 1.5, np.sin(2 * np.pi * 600 * time), np.sin(2 * np.pi * 900 * time))
    path = sound("tones.wav", (0.5 * tones)[None].astype(np.float32), rate, "FLOAT")
    heard = timeline(clip(path, length=3 * RATE, **settings)).read(0, 3 * RATE).audio[0]
    change = int(1.5 / speed * RATE)
    assert hertz(heard[12_000 : change - 6_000]) == pytest.approx(600 * pitch, abs=0.5)
    assert hertz(heard[change + 6_000 : change + 30_000]) == pytest.approx(900 * pitch, abs=0.7)
    window = 1_024
    powers = [
        abs(
            np.vdot(
                np.exp(2j * np.pi * 900 * pitch / RATE * np.arange(window)),
                heard[at : at + window] * np.hanning(window),
            )
        )
        for at in range(change - 6_000, change + 6_000, 48)
    ]
    half = np.argmax(np.array(powers) > max(powers) / 2) * 48 - 6_000 + window // 2
    assert abs(half) < 0.012 * RATE, "the change comes at its time"


def test_almost_the_right_speed_is_not_stretched(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    from bridge_server.region.clips import sounding

    def never(*_: object) -> None:
        raise AssertionError("this was stretched")

    monkeypatch.setattr(sounding, "stretched", never)
    path = sound("a.wav", noise(1, 3 * RATE), subtype="FLOAT")
    assert timeline(clip(path, playrate=1.0004)).read(0, RATE).audio.any()
    with pytest.raises(AssertionError, match="this was stretched"):
        timeline(clip(path, playrate=1.0006)).read(0, RATE)


def test_backwards(sound: Sound) -> None:
    audio = noise(1, RATE)
    heard = timeline(clip(sound("a.wav", audio, subtype="FLOAT"), reversed=True, offset=0.25, length=12_000))
    np.testing.assert_array_equal(heard.read(0, 12_000).audio, audio[:, ::-1][:, 12_000:24_000])


def test_clips_move_with_their_source(sound: Sound) -> None:
    path = sound("a.wav", noise(1, RATE), subtype="FLOAT")
    here = timeline(clip(path, start=500)).read(500, 1_500).audio
    np.testing.assert_array_equal(timeline(clip(path), start=500).read(500, 1_500).audio, here)


def test_two_mono_files_make_a_stereo_source(sound: Sound) -> None:
    left, right = noise(1, 1_000, seed=1), noise(2, 1_000, seed=2)
    made = timeline(
        clip(sound("left.wav", left, subtype="FLOAT"), channel=1),
        clip(sound("right.wav", right, subtype="FLOAT"), channel=2, file_channel=2),
    )
    assert made.layout == ("FL", "FR")
    np.testing.assert_array_equal(made.read(0, 1_000).audio, np.concatenate([left, right[1:]]))


def test_mono_beside_stereo_is_heard_on_both_sides(sound: Sound) -> None:
    mono, stereo = noise(1, 1_000, seed=1), noise(2, 1_000, seed=2)
    made = timeline(clip(sound("m.wav", mono, subtype="FLOAT")), clip(sound("s.wav", stereo, subtype="FLOAT")))
    np.testing.assert_allclose(made.read(0, 1_000).audio, mono + stereo, atol=1e-7)


def test_no_clip_is_silence() -> None:
    made = open_timeline(Source(live_clips=(live(Path("/gone.wav"), muted=True),)), SPAN, (0, RATE))
    assert made.read(0, 100).audio.shape == (2, 100)
    assert not made.read(0, 100).audio.any()
    assert (made.begin, made.frames) == (SPAN.start, SPAN.end)


def test_a_missing_file_is_named_and_only_where_it_would_be_heard(sound: Sound, tmp_path: Path) -> None:
    here = sound("here.wav", noise(1, RATE), subtype="FLOAT")
    gone = clip(tmp_path / "Gitarre – offline.wav", start=10 * RATE)
    with pytest.raises(NotFound, match=r"Gitarre – offline\.wav"):
        timeline(clip(here), gone)
    near = timeline(clip(here), gone, around=RATE)
    assert near.frames == 11 * RATE
    (tmp_path / "text.wav").write_text("no audio")
    with pytest.raises(UnreadableAudio, match=r"text\.wav"):
        timeline(clip(tmp_path / "text.wav"))


def test_broken_samples_are_told_of_with_the_name_of_their_file(sound: Sound) -> None:
    audio = noise(1, RATE)
    audio[0, 500] = np.nan
    path = sound("nan.wav", audio, subtype="FLOAT")
    made = timeline(clip(path))
    assert made.read(600, 700).audio.any()
    with pytest.raises(BadAudio, match=r"nan\.wav"):
        made.read(0, RATE)


def test_only_what_is_needed_is_read(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    from bridge_server.region.clips import view

    path = sound("long.wav", noise(1, 60 * RATE, peak=0.1), subtype="PCM_16")
    asked: list[int] = []
    real = view.read
    monkeypatch.setattr(view, "read", lambda file, a, b: asked.append(b - a) or real(file, a, b))
    for settings in ({}, {"playrate": 1.2}, {"playrate": 1.2, "keep_pitch": False}, {"semitones": 1.0}):
        asked.clear()
        timeline(clip(path, length=50 * RATE, **settings)).read(20 * RATE, 21 * RATE)
        assert sum(asked) < 2 * RATE, settings


def live(path: Path, **changes: object) -> LiveClip:
    known: dict[str, object] = {
        "path": str(path), "start_time": 2.0, "end_time": 6.0, "loop_start": 0.0, "loop_end": 4.0,
        "sample_length": RATE, "sample_rate": 48_000.0, "tempo": 120.0,
    }  # fmt: skip
    return LiveClip(**{**known, **changes})  # type: ignore[arg-type]


def test_a_clip_of_live_that_is_warped_to_its_own_tempo_is_the_file(sound: Sound) -> None:
    audio = noise(2, 3 * RATE)
    path = sound("a.wav", audio, subtype="FLOAT")
    warped = live(path, warping=True, warp_markers=((0.25, 0.0), (0.25 + 1 / 64, 1 / 32)))
    made = open_timeline(Source(live_clips=(warped,)), SPAN, (0, 10 * RATE))
    np.testing.assert_array_equal(made.read(RATE, 3 * RATE).audio, audio[:, 12_000 : 12_000 + 2 * RATE])


def test_a_looped_clip_of_live_from_90_bpm_comes_in_time(sound: Sound) -> None:
    """One bar of four clicks at 90 BPM, looped in a set at 120: a click every half second, in its pitch."""
    audio = np.zeros((1, int(2.7 * RATE)), np.float32)
    beats = (np.arange(4) * 60 / 90 * RATE).astype(int)
    for beat in beats:
        audio[0, beat + 10 : beat + 490] = 0.5 * np.sin(2 * np.pi * 2_000 / RATE * np.arange(480))
    path = sound("a.wav", audio, subtype="FLOAT")
    looped = live(path, end_time=14.0, looping=True, warping=True, warp_markers=((0.0, 0.0), (4 * 60 / 90, 4.0)))
    heard = open_timeline(Source(live_clips=(looped,)), SPAN, (0, 10 * RATE)).read(0, 8 * RATE).audio[0]
    for number in range(12):
        place = RATE + number * RATE // 2
        if place == RATE:
            continue
        around = np.abs(heard[place - 4_000 : place + 4_000])
        assert abs(np.argmax(around > 0.25) - 4_000 - 10) < 0.004 * RATE, number
    assert hertz(heard[2 * RATE : 4 * RATE]) == pytest.approx(2_000, rel=0.02)
