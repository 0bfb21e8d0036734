"""What an engine hears: how much of the file, where in it the targets lie, and where the bar is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.protocol.requests import Accompany, Edit, Extend, Generate, Layer, Repaint, Separate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Source
from bridge_server.region.prepare import prepare
from tests.region.conftest import ask, capabilities, noise

RATE = 48_000


def hertz_at(context: np.ndarray, start: int, length: int, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(context[0, start : start + length] * np.hanning(length)))
    return float(np.argmax(spectrum) * rate / length)


@settings(max_examples=40, deadline=None)
@given(
    rate=st.sampled_from((22_050, 44_100, 48_000, 192_000)),
    engine=st.sampled_from((32_000, 44_100, 48_000)),
    start=st.integers(0, 20_000),
    length=st.integers(1, 20_000),
    after=st.integers(0, 20_000),
)
def test_context_is_what_there_is_and_no_more_than_was_asked(
    tmp_path_factory: pytest.TempPathFactory, rate: int, engine: int, start: int, length: int, after: int
) -> None:
    path = tmp_path_factory.mktemp("context") / "source.wav"
    audio = noise(2, start + length + after)
    soundfile.write(path, audio.T, rate, subtype="FLOAT")
    request = ask(Repaint, path, Span(start, start + length, rate))
    prepared = prepare(request, capabilities(sample_rate=engine))
    target, total = prepared.targets[0], prepared.context.shape[1]
    wanted = int(0.1 * engine)
    assert prepared.context.shape[0] == 2
    assert prepared.context.dtype == np.float32
    assert prepared.context.flags.c_contiguous
    assert target.start == min(wanted, start * engine // rate)
    assert target.length == -(-length * engine // rate)
    assert total - target.end == min(wanted, after * engine // rate)
    # The file itself, resampled around the span's start: there both rates have a sample.
    lead = -(-rate // 4) // rate * rate + rate
    whole = soxr.resample(np.pad(audio[0, : start + length + after], (lead, rate))[start:], rate, engine, "HQ")
    first = lead * engine // rate - target.start
    assert np.abs(prepared.context[0] - whole[first : first + total]).max() < 1e-5


def test_nothing_but_the_needed_part_is_read(sound, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sound("long.wav", noise(2, 60 * RATE, peak=0.1), subtype="PCM_16")
    read = []
    original = soundfile.SoundFile.read

    def counted(self: soundfile.SoundFile, *args: object, **kwargs: object) -> np.ndarray:
        found = original(self, *args, **kwargs)
        read.append(len(found))
        return found

    monkeypatch.setattr(soundfile.SoundFile, "read", counted)
    span = Span(30 * RATE, 31 * RATE, RATE)
    prepare(ask(Repaint, path, span), capabilities())
    assert sum(read) <= 17 * RATE + 4_000


@pytest.mark.parametrize("kind", [Edit, Separate])
def test_edits_and_separations_hear_the_same_as_a_repaint(sound, kind: type) -> None:
    source = Source(path=str(sound("source.wav", noise(2, RATE))))
    span = Span(10_000, 20_000, RATE)
    extra = {"role": "vocals"} if kind is Separate else {}
    one = prepare(Repaint(job="job-0001", source=source, span=span), capabilities())
    other = prepare(kind(job="job-0001", source=source, span=span, **extra), capabilities())
    assert one.targets == other.targets
    assert one.context_sha256 == other.context_sha256


def test_the_hash_knows_samples_shape_and_rate(sound) -> None:
    audio = noise(2, RATE)
    source = Source(path=str(sound("source.wav", audio, subtype="FLOAT")))
    request = Repaint(job="job-0001", source=source, span=Span(10_000, 20_000, RATE))
    first = prepare(request, capabilities()).context_sha256
    assert len(first) == 64
    assert first == prepare(request, capabilities()).context_sha256
    assert first != prepare(request, capabilities(channels=1)).context_sha256
    assert first != prepare(request, capabilities(context_seconds=0.05)).context_sha256
    audio[0, 12_000] += 1e-3
    sound("source.wav", audio, subtype="FLOAT")
    assert first != prepare(request, capabilities()).context_sha256


def test_generate_hears_silence_as_long_as_it_is(tmp_path: Path) -> None:
    prepared = prepare(Generate(job="job-0001", span=Span(5, 48_006, RATE)), capabilities())
    assert prepared.context.shape == (2, 44_101)
    assert not prepared.context.any()
    assert prepared.targets == (Span(0, 44_101, 44_100),)


@pytest.mark.parametrize("engine", [44_100, 48_000])
def test_an_extension_hears_the_clip_and_room(sound, engine: int) -> None:
    """Outside the clip the file is loud; none of it may be heard."""
    audio = noise(2, RATE, peak=0.9)
    clip = Span(20_000, 28_000, RATE)
    audio[:, clip.start : clip.end] = 0.1 * noise(2, clip.length, seed=3)
    source = Source(path=str(sound("source.wav", audio)))
    able = capabilities(sample_rate=engine)

    def context(**sides: int) -> tuple[np.ndarray, tuple[Span, ...]]:
        prepared = prepare(Extend(job="job-0001", source=source, span=clip, **sides), able)
        return prepared.context, prepared.targets

    heard, targets = context(right=4_800)
    before = int(0.1 * engine)
    assert targets == (Span(before, before + engine // 10, engine),)
    assert heard.shape[1] == targets[0].end
    assert not heard[:, targets[0].start + 600 :].any()
    assert 0.001 < np.abs(heard[:, : targets[0].start - 600]).max() < 0.1

    heard, targets = context(left=4_800)
    assert targets == (Span(0, engine // 10, engine),)
    assert heard.shape[1] == targets[0].end + before
    assert not heard[:, : targets[0].end - 600].any()

    heard, targets = context(left=4_800, right=2_401)
    assert [target.start for target in targets] == [0, (4_800 + 8_000) * engine // RATE]
    assert heard.shape[1] == targets[1].end == -(-(4_800 + 8_000 + 2_401) * engine // RATE)
    assert np.abs(heard[:, targets[0].end + 600 : targets[1].start - 600]).max() > 0.001
    assert not heard[:, targets[1].start + 600 :].any()


def tone(path: Path, hertz: float, seconds: float, rate: int, peak: float = 0.1) -> Source:
    soundfile.write(path, peak * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate), rate)
    return Source(path=str(path))


def test_tracks_lie_where_the_timeline_says(tmp_path: Path) -> None:
    """Three tracks, one after the other, at three rates, before, in and after the span; one that touches nothing."""
    sources = tuple(
        Source(path=tone(tmp_path / f"{hertz}.wav", hertz, 1.0, rate).path, start=start, gain_db=gain)
        for hertz, rate, start, gain in (
            (500, 48_000, -24_000, 0),
            (1_000, 44_100, 24_000, -6),
            (2_000, 96_000, 72_000, 6),
            (3_000, 48_000, 48_000_000, 0),
        )
    )
    request = Layer(job="job-0001", sources=sources, span=Span(24_000, 72_000, RATE))
    prepared = prepare(request, capabilities(sample_rate=32_000, context_seconds=10))
    context, target = prepared.context, prepared.targets[0]
    assert (target.start, target.length) == (32_000, 32_000)
    assert context.shape[1] == 2 * 32_000 + 10 * 32_000
    expected = {0: (500, 0.1), 32_000: (1_000, 0.1 * 10 ** (-6 / 20)), 64_000: (2_000, 0.1 * 10 ** (6 / 20))}
    for start, (hertz, peak) in expected.items():
        assert hertz_at(context, start + 2_000, 28_000, 32_000) == pytest.approx(hertz, abs=2)
        assert np.abs(context[:, start + 2_000 : start + 30_000]).max() == pytest.approx(peak, rel=0.01)
    assert not context[:, 97_000:].any()


def test_tracks_add_up_to_the_sample(sound) -> None:
    a, b = noise(2, 9_000, seed=1), noise(1, 5_000, seed=2)
    sources = (
        Source(path=str(sound("a.wav", a, subtype="FLOAT")), start=100),
        Source(path=str(sound("b.wav", b, subtype="FLOAT")), start=2_000, gain_db=-6.0),
    )
    request = Accompany(job="job-0001", sources=sources, span=Span(3_000, 4_000, RATE))
    prepared = prepare(request, capabilities(sample_rate=RATE, context_seconds=10.0))
    mix = np.zeros((2, 9_100), np.float32)
    mix[:, 100:] += a
    mix[:, 2_000:7_000] += b * np.float32(10 ** (-6 / 20))
    assert prepared.targets == (Span(2_900, 3_900, RATE),)
    assert np.allclose(prepared.context, mix[:, 100:], atol=1e-7)


def test_a_layer_among_tracks_that_do_not_sound_there_hears_silence(sound) -> None:
    source = Source(path=str(sound("a.wav", noise(2, 1_000))), start=10_000_000)
    request = Layer(job="job-0001", sources=(source,), span=Span(0, 1_000, RATE))
    prepared = prepare(request, capabilities())
    assert not prepared.context.any()
    assert prepared.levels[0].target is None


@pytest.mark.parametrize(
    ("bpm", "sides", "expected"),
    [
        (None, {}, 0.25),
        (120.0, {}, 0.25),
        (120.0, {"right": 100}, (0.25 + 3.0) % 2.0),
        (120.0, {"left": 24_000}, (0.25 - 0.5) % 2.0),
        (120.0, {"left": 24_000, "right": 100}, (0.25 - 0.5) % 2.0),
        (None, {"right": 100}, 3.25),
        (None, {"left": 24_000}, 0.0),
    ],
)
def test_where_the_bar_is(sound, bpm: float | None, sides: dict, expected: float) -> None:
    source = Source(path=str(sound("source.wav", noise(1, 4 * RATE))))
    music = Music(bpm=bpm, meter="4/4", since_bar=12_000)
    span = Span(1_000, 1_000 + 3 * RATE, RATE)
    kind = Extend if sides else Repaint
    prepared = prepare(kind(job="job-0001", source=source, span=span, music=music, **sides), capabilities())
    assert prepared.bar_phase_seconds == pytest.approx(expected)


def test_bars_of_other_meters(sound) -> None:
    source = Source(path=str(sound("source.wav", noise(1, 4 * RATE))))
    request = Extend(
        job="job-0001", source=source, span=Span(0, 3 * RATE, RATE), right=100, music=Music(bpm=60, meter="6/8")
    )
    assert prepare(request, capabilities()).bar_phase_seconds == pytest.approx(0.0)
    request = Extend(
        job="job-0001", source=source, span=Span(0, 2 * RATE, RATE), right=100, music=Music(bpm=60, meter="3/8")
    )
    assert prepare(request, capabilities()).bar_phase_seconds == pytest.approx(0.5)


def test_paths_through_other_folders(sound, tmp_path: Path) -> None:
    sound("source.wav", noise(1, RATE))
    (tmp_path / "folder").mkdir()
    source = Source(path=str(tmp_path / "folder" / ".." / "source.wav"))
    assert prepare(Repaint(job="job-0001", source=source, span=Span(0, 100, RATE)), capabilities()).hull.length
