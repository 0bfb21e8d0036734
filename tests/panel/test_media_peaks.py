"""Waveforms and the shelf: what is drawn is what is there, made once, kept in bounds, and right for several at once."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge_server.panel.media import peaks, shelf
from bridge_server.panel.media.coarse import coarse_of
from bridge_server.panel.media.peaks import Overview, hop_for, kept_overview, of_file, of_wave
from bridge_server.panel.media.place import replaced
from bridge_server.panel.media.shelf import Shelf
from bridge_server.panel.media.sounds import Sounds, stamp_of
from bridge_server.panel.media.track import FromFiles, FromSource, Laid, track_id
from bridge_server.panel.media.wave_file import mapped, new_wave
from bridge_server.protocol.errors import BridgeFault, NotFound, SourceChanged, TooLong, UnreadableAudio
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Source
from bridge_server.region.read import open_audio
from tests.region.conftest import noise

RATE = 48_000


def write(path: Path, channels: int = 2, frames: int = 50_000, subtype: str = "PCM_24", seed: int = 1) -> Path:
    soundfile.write(path, noise(channels, frames, seed=seed, peak=0.9).T, RATE, subtype=subtype)
    return path


def plain_bins(path: Path, hop: int) -> np.ndarray:
    """The peaks, worked out slowly."""
    audio = soundfile.read(path, dtype="float32", always_2d=True)[0] * 32_767
    rows = [audio[first : first + hop] for first in range(0, len(audio), hop)]
    return np.array([[row.min(), row.max()] for row in rows])


@pytest.mark.parametrize(
    ("name", "subtype"),
    [
        ("a.wav", "PCM_16"),
        ("a.wav", "PCM_24"),
        ("a.wav", "FLOAT"),
        ("a.wav", "PCM_U8"),
        ("a.wav", "PCM_32"),
        ("a.flac", "PCM_24"),
        ("a.ogg", "VORBIS"),
    ],
)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_peaks_are_the_lowest_and_highest_samples(tmp_path: Path, name: str, subtype: str, channels: int) -> None:
    path = write(tmp_path / name, channels, subtype=subtype)
    overview = of_file(open_audio(path))
    assert (overview.hop, overview.frames) == (16, 50_000)
    assert np.abs(overview.bins - plain_bins(path, 16)).max() < 3


def test_a_file_that_shrinks_meanwhile_is_told_of(tmp_path: Path) -> None:
    """A DAW may be writing it anew."""
    file = open_audio(write(tmp_path / "a.wav"))
    with file.path.open("rb+") as opened:
        opened.truncate(70_000)
    with pytest.raises(UnreadableAudio):
        of_file(file)


def test_samples_behind_other_chunks_are_found(tmp_path: Path) -> None:
    """As in a Broadcast WAV, with a list before the samples and another one behind them."""
    plain, path = write(tmp_path / "plain.wav"), tmp_path / "a.wav"
    data = plain.read_bytes()
    extra = b"LIST\x05\x00\x00\x00abcde\x00"
    path.write_bytes(data[:36] + extra + data[36:] + extra)
    assert coarse_of(open_audio(path)).start == 44 + len(extra)
    assert np.array_equal(of_file(open_audio(path)).bins, of_file(open_audio(plain)).bins)


def test_a_long_file_is_read_in_two_halves_that_meet(tmp_path: Path) -> None:
    path = write(tmp_path / "long.wav", frames=1_200_007)
    overview = of_file(open_audio(path))
    assert len(overview.bins) == -(-1_200_007 // 16)
    assert np.abs(overview.bins - plain_bins(path, 16)).max() < 3


@given(st.integers(0, 2**40))
def test_bins_are_fine_enough_and_not_too_many(frames: int) -> None:
    hop = hop_for(frames)
    assert 16 <= hop <= 65_536
    assert peaks._BLOCK % hop == 0
    assert hop in {16, 65_536} or frames <= hop * 131_072 < 2 * frames


@settings(max_examples=60)
@given(
    bins=st.integers(1, 500), points=st.integers(1, 2_000), ends=st.tuples(st.integers(0, 9_000), st.integers(0, 9_000))
)
def test_points_leave_no_peak_out(bins: int, points: int, ends: tuple[int, int]) -> None:
    values = np.random.default_rng(bins).integers(-32_767, 32_767, (bins, 2)).astype(np.int16)
    values.sort(axis=1)
    overview = Overview(16, 16 * bins, values)
    whole = overview.points(points)
    assert whole.shape == (points, 2)
    if points <= bins:
        assert (whole[:, 0].min(), whole[:, 1].max()) == (values[:, 0].min(), values[:, 1].max())
    part = overview.points(points, min(ends), max(ends))
    assert part.shape == (points, 2)
    assert part[:, 0].min() >= values[:, 0].min()
    assert part[:, 1].max() <= values[:, 1].max()


def test_a_piece_of_a_waveform_is_that_piece() -> None:
    values = np.repeat(np.arange(100, dtype=np.int16)[:, None], 2, axis=1)
    overview = Overview(16, 1_600, values)
    assert list(overview.points(10, 160, 320)[:, 0]) == list(range(10, 20))


def test_silence_and_nothing_are_drawn_too(tmp_path: Path) -> None:
    assert not Overview(16, 0, np.zeros((0, 2), np.int16)).points(7).any()
    with new_wave(tmp_path / "silent.wav", RATE, 1_000):
        pass
    assert not of_wave(tmp_path / "silent.wav").bins.any()


def test_a_waveform_is_made_once_and_again_where_it_is_damaged(tmp_path: Path) -> None:
    made = []

    def make() -> Overview:
        made.append(1)
        return Overview(16, 33, np.array([[-1, 1], [-2, 2], [-3, 3]], np.int16))

    path = tmp_path / "x" / "a.peaks"
    first = kept_overview(path, make)
    second = kept_overview(path, make)
    assert len(made) == 1
    assert np.array_equal(first.bins, second.bins)
    for damage in (b"", b"DBP1", path.read_bytes()[:-2], b"RIFF" + path.read_bytes()[4:]):
        path.write_bytes(damage)
        assert np.array_equal(kept_overview(path, make).bins, first.bins)
    assert len(made) == 5


# the shelf


def whole(path: Path, frames: int = 50_000) -> FromFiles:
    return FromFiles(RATE, frames, (Laid(stamp_of(path), 0, 0, frames),))


@pytest.fixture
def kept(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "sounds")


def test_what_a_file_is_already_is_not_copied(tmp_path: Path, kept: Shelf) -> None:
    path = write(tmp_path / "take.wav")
    assert kept.wave(kept.add(whole(path))) == path


@pytest.mark.parametrize(
    ("name", "channels", "subtype"), [("a.flac", 2, "PCM_24"), ("a.wav", 1, "PCM_24"), ("a.aiff", 2, "PCM_16")]
)
def test_what_a_page_could_not_play_alike_is_made_a_float_wav(
    tmp_path: Path, kept: Shelf, name: str, channels: int, subtype: str
) -> None:
    path = write(tmp_path / name, channels, subtype=subtype)
    wave = kept.wave(kept.add_file(path))
    info = soundfile.info(wave)
    assert (info.subtype, info.channels, info.samplerate, info.frames) == ("FLOAT", 2, RATE, 50_000)
    source = soundfile.read(path, dtype="float32", always_2d=True)[0]
    assert np.array_equal(soundfile.read(wave, dtype="float32")[0], np.broadcast_to(source, (50_000, 2)))


def test_a_wav_of_ours_is_a_wav_to_others_and_maps_back(tmp_path: Path) -> None:
    audio = noise(2, 700)
    with new_wave(tmp_path / "a.wav", 44_100, 1_000) as wave:
        wave.put(200, audio)
    read, rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert rate == 44_100
    assert np.array_equal(read[200:900], audio.T)
    assert not read[:200].any() and not read[900:].any()
    assert np.array_equal(mapped(tmp_path / "a.wav"), read)
    with pytest.raises(TooLong), new_wave(tmp_path / "b.wav", 44_100, 2**30):
        pass
    assert not (tmp_path / "b.wav").exists()


def test_nothing_of_a_wav_stays_when_it_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), new_wave(tmp_path / "a.wav", RATE, 1_000) as wave:
        wave.put(0, noise(2, 100))
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_no_other_name_leads_anywhere(kept: Shelf, tmp_path: Path) -> None:
    (tmp_path / "sounds").mkdir()
    (tmp_path / "secret.json").write_text("{}")
    for name in ("../secret", "x", "", "0" * 31, "0" * 33, "A" * 32, "0" * 31 + "/", "0" * 32 + "\n"):
        with pytest.raises(NotFound):
            kept.wave(name)
    with pytest.raises(NotFound):
        kept.overview("0" * 32)


def test_a_track_that_is_none_is_told_of(kept: Shelf, tmp_path: Path) -> None:
    (tmp_path / "sounds").mkdir()
    (tmp_path / "sounds" / f"{'0' * 32}.json").write_text('{"kind":"files"}')
    with pytest.raises(BridgeFault):
        kept.wave("0" * 32)


def test_a_file_that_was_changed_meanwhile_is_not_passed_off_as_what_it_was(tmp_path: Path, kept: Shelf) -> None:
    path = write(tmp_path / "take.wav", channels=1)
    id_ = kept.add(whole(path))
    write(path, channels=1, seed=2)
    os.utime(path, ns=(1, 1))
    with pytest.raises(SourceChanged):
        kept.wave(id_)
    assert kept.add(whole(path)) != id_


def test_bed_and_original_come_of_one_reading(tmp_path: Path, kept: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "song.wav")
    place = replaced(Source(path=str(path)), Span(10_000, 20_000, RATE), 10_000)
    sounds = Sounds.of(place, 5_000)
    bed, original = (FromSource(place, (5_000, 25_000), 5_000, keep, sounds.stamps) for keep in ("outside", "inside"))
    readings = []
    read = Sounds.read
    monkeypatch.setattr(Sounds, "read", lambda *given: readings.append(1) or read(*given))
    names = [kept.add(bed), kept.add(original)]
    threads = [threading.Thread(target=kept.wave, args=(name,)) for name in names * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(readings) == 1
    both = sum(soundfile.read(kept.wave(name), dtype="float32")[0] for name in names)
    assert np.array_equal(both, soundfile.read(path, dtype="float32")[0][5_000:25_000])


def test_the_same_sound_has_the_same_name_after_a_restart(tmp_path: Path, kept: Shelf) -> None:
    path = write(tmp_path / "mono.wav", channels=1)
    id_ = kept.add(whole(path))
    wave = kept.wave(id_)
    again = Shelf(tmp_path / "sounds")
    assert again.add(whole(path)) == id_ == track_id(whole(path))
    assert again.wave(id_) == wave
    shape = msgspec.structs.replace(whole(path), frames=50_001)
    assert track_id(shape) != id_


def test_the_longest_unused_goes_when_there_is_no_room(tmp_path: Path) -> None:
    small = Shelf(tmp_path / "sounds", most_bytes=2 * 400_080)
    names = [small.add(whole(write(tmp_path / f"{n}.wav", channels=1, seed=n))) for n in range(4)]
    waves = []
    for age, name in zip((900, 700, 500), names, strict=False):
        waves.append(small.wave(name))
        os.utime(waves[-1], (time.time() - age,) * 2)
    assert not waves[0].exists()
    last = small.wave(names[3])
    assert [wave.exists() for wave in (*waves, last)] == [False, False, True, True]
    assert small.wave(names[0]).exists()  # made again, because somebody asked


def test_what_nobody_asked_for_in_a_month_is_forgotten(tmp_path: Path, kept: Shelf) -> None:
    path = write(tmp_path / "mono.wav", channels=1)
    old, new = kept.add(whole(path)), kept.add(whole(write(tmp_path / "other.wav", channels=1, seed=3)))
    kept.overview(old)
    long_ago = time.time() - shelf._FORGOTTEN_SECONDS - 10
    for file in (tmp_path / "sounds").glob(f"{old}.*"):
        os.utime(file, (long_ago, long_ago))
    kept.tidy()
    assert {file.stem for file in (tmp_path / "sounds").iterdir()} == {new}
    Shelf(tmp_path / "nothing yet").tidy()
