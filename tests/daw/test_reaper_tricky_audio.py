"""The tricky cases of REAPER that are about sound, by their numbers: what the bridge gets is what is heard."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge_server.protocol.requests import Repaint
from bridge_server.protocol.span import Span
from tests.daw.conftest import Song, write_wav
from tests.daw.studio import items_of, listed

MakeSong = Callable[..., Song]
RATE = 48_000


def noise(path: Path, seconds: float, rate: int = RATE, channels: int = 2, seed: int = 1) -> np.ndarray:
    samples = np.random.default_rng(seed).uniform(-0.5, 0.5, (round(seconds * rate), channels)).astype(np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, subtype="FLOAT")
    return samples


def loud(song: Song, seconds: float = 10.0, **how: Any) -> np.ndarray:
    """Fills the song's file with noise."""
    song.studio.world.sounds = song.studio.table()
    return noise(song.path, seconds, **how)


def heard(request: Repaint) -> np.ndarray:
    """The range that is meant, out of the WAV that the script has written."""
    samples, rate = soundfile.read(request.source.path, dtype="float32", always_2d=True)
    assert rate == request.span.rate
    return samples[request.span.start : request.span.end]


def listened(request: Repaint) -> bool:
    return request.source.path.endswith(f"{request.job}/source.wav")


# 1: playrate, with and without pitch preserved


@pytest.mark.parametrize("rate", [0.5, 2, 1.0595])
@pytest.mark.parametrize("preserves", [0, 1])
def test_case_01_another_speed_is_listened_to(make_song: MakeSong, rate: float, preserves: int):
    song = make_song(D_PLAYRATE=rate, B_PPITCH=preserves, D_LENGTH=4.0)
    samples = loud(song)
    song.studio.select(song.project, 3.0, 4.0)
    request = song.ask("", "", "1", "1", "")
    assert listened(request)
    at = np.floor((1.0 + np.arange(RATE) / RATE + 1e-7) * rate * RATE + 0.500001).astype(int)
    np.testing.assert_array_equal(heard(request), samples[at])
    assert request.timeline == 3 * RATE


def test_case_01_the_edit_counts_in_seconds_of_the_timeline(make_song: MakeSong):
    song = make_song(D_PLAYRATE=2.0, D_LENGTH=5.0)
    loud(song)
    song.studio.select(song.project, 3.0, 4.0)
    request = song.ask_and_start("", "", "1", "1", "")
    assert request.span.length == RATE
    song.desk.done(request)
    song.studio.finish()
    assert items_of(song.project.tracks[2])[0].info.D_POSITION == 3.0


# 2: offsets and loops


@pytest.mark.parametrize(
    ("item", "span"),
    [
        ({"D_STARTOFFS": 1.5, "D_LENGTH": 8.0}, (3.5, 7.5)),
        ({"D_STARTOFFS": -3.0, "D_LENGTH": 8.0}, (0, 3.0)),
        ({"D_LENGTH": 40.0}, (2.0, 6.0)),
    ],
    ids=["behind the start", "before the start: silence is left out", "longer than its file"],
)
def test_case_02_offsets_name_the_right_samples(make_song: MakeSong, item: dict[str, Any], span: tuple[float, float]):
    song = make_song(**item)
    if "D_LENGTH" in item and item["D_LENGTH"] == 8.0 and item["D_STARTOFFS"] < 0:
        song.studio.select(song.project, 4.0, 8.0)
    assert song.ask("", "", "1", "1", "").span == Span(round(span[0] * RATE), round(span[1] * RATE), RATE)


def test_case_02_a_range_over_the_seam_of_a_loop_is_sent_as_a_looped_clip(make_song: MakeSong):
    song = make_song(D_LENGTH=40.0, B_LOOPSRC=1)
    song.studio.select(song.project, 10.0, 14.0)
    request = song.ask("", "", "1", "1", "")
    (clip,) = request.source.clips
    assert (clip.loop_start, clip.loop_end, clip.offset) == (0.0, 10.0, 0.0)
    assert (clip.start, clip.length) == (2 * RATE, 40 * RATE)
    assert request.span == Span(10 * RATE, 14 * RATE, RATE)


# 3: item and selection


@pytest.mark.parametrize(
    ("chosen", "span", "timeline"),
    [
        ((1.0, 5.0), (0, 3), 2),
        ((9.0, 20.0), (7, 10), 9),
        ((0.0, 30.0), (0, 10), 2),
        ((4.0, 8.0), (2, 6), 4),
        ((2.0, 12.0), (0, 10), 2),
    ],
    ids=["left", "right", "item inside", "selection inside", "the same"],
)
def test_case_03_a_selection_is_cut_to_the_item(
    song: Song, chosen: tuple[float, float], span: tuple[int, int], timeline: int
):
    song.studio.select(song.project, *chosen)
    request = song.ask("", "", "1", "1", "")
    assert request.span == Span(span[0] * RATE, span[1] * RATE, RATE)
    assert request.timeline == timeline * RATE


@pytest.mark.parametrize(
    ("chosen", "words"), [((20.0, 24.0), "No item"), ((4.0, 4.05), "tenth of a second"), ((4.0, 4.0), "Nothing")]
)
def test_case_03_no_overlap_and_zero_length_are_told(song: Song, chosen: tuple[float, float], words: str):
    song.studio.select(song.project, *chosen)
    song.studio.run()
    assert words in song.studio.messages[0]


# 4: several items


def test_case_04_crossfading_items_are_listened_to_with_their_fades(make_song: MakeSong):
    song = make_song(D_LENGTH=4.0, D_FADEOUTLEN=0.1, D_FADEOUTLEN_AUTO=1.0)
    one = loud(song)
    path = song.studio.folder / "second.wav"
    two = noise(path, 6.0, seed=2)
    song.studio.item(song.track, path, D_POSITION=5.0, D_FADEINLEN=0.2, D_FADEINLEN_AUTO=1.0)
    song.studio.select(song.project, 4.0, 7.0)
    request = song.ask("", "", "1", "1", "")
    assert listened(request)
    sound = heard(request)
    np.testing.assert_array_equal(sound[:RATE], one[2 * RATE : 3 * RATE])
    half = RATE // 2
    middle = one[3 * RATE + half] * 0.5 + two[half] * 0.5
    np.testing.assert_allclose(sound[RATE + half], middle, atol=1e-6, err_msg="the automatic fade of a second wins")
    np.testing.assert_array_equal(sound[2 * RATE :], two[RATE : 2 * RATE])


def test_case_04_items_that_only_meet_are_sent_as_clips(make_song: MakeSong):
    song = make_song(D_LENGTH=3.0, D_VOL=0.5)
    path = write_wav(song.studio.folder / "second.wav", 5 * 44_100, 44_100)
    song.studio.item(song.track, path, D_POSITION=5.0, D_STARTOFFS=1.0, D_FADEINLEN=0.25, D_LENGTH=4.0)
    request = song.ask_and_start("", "", "1", "1", "")
    first, second = request.source.clips
    assert (first.path, first.start, first.length, first.offset) == (str(song.path), 2 * RATE, 3 * RATE, 0.0)
    assert first.gain_db == pytest.approx(-6.02, abs=0.01)
    assert (second.path, second.start, second.offset) == (str(path), 5 * RATE, 1.0)
    assert (second.fade_in, second.gain_db) == (RATE // 4, 0.0)
    assert (request.span, request.timeline) == (Span(4 * RATE, 8 * RATE, RATE), 4 * RATE)
    song.desk.done(request)
    song.studio.finish()
    (item,) = items_of(song.project.tracks[2])
    assert (item.info.D_POSITION, item.info.D_VOL) == (4.0, 1), "the level is in the audio already"


# 7 and 8: rates and channels


@pytest.mark.parametrize(
    ("project", "device", "rate"),
    [
        ({"rate": 96_000}, 44_100, 96_000),
        ({"rate": 96_000, "uses_rate": False}, 44_100, 44_100),
        ({"rate": 88_200, "uses_rate": False, "offset": 5.0}, None, 88_200),
    ],
    ids=["the project's own", "the device's", "device closed: the ruler's"],
)
def test_case_07_the_rate_that_is_listened_at(make_song: MakeSong, project: dict[str, Any], device: Any, rate: int):
    song = make_song(rate=44_100, project=project, D_PITCH=2)
    loud(song, rate=44_100)
    song.studio.world.device_rate = device
    request = song.ask("", "", "1", "1", "")
    assert listened(request)
    assert request.span.rate == rate
    assert request.span.length == 4 * rate


@pytest.mark.parametrize(("file", "project"), [(44_100, 96_000), (96_000, 44_100)])
def test_case_07_a_file_is_named_in_its_own_samples_at_any_project_rate(make_song: MakeSong, file: int, project: int):
    song = make_song(rate=file, project={"rate": project})
    request = song.ask("", "", "1", "1", "")
    assert request.span == Span(2 * file, 6 * file, file)
    assert request.timeline == 4 * file


@pytest.mark.parametrize(
    ("channels", "item", "written"),
    [(1, {}, 1), (1, {"D_PAN": 0.5}, 2), (2, {}, 2), (2, {"I_CHANMODE": 2}, 1), (6, {}, 6), (32, {}, 8)],
    ids=["mono", "mono to one side", "stereo", "mono downmix", "5.1", "32 channels: eight at the most"],
)
def test_case_08_channels(make_song: MakeSong, channels: int, item: dict[str, Any], written: int):
    song = make_song(fx=1, seconds=1.0, **item)
    loud(song, 1.0, channels=channels)
    song.item.takes[1].source = song.studio.world.add_source(str(song.path), song.studio.table())
    song.studio.select(song.project, 2.2, 2.6)
    request = song.ask("", "", "1", "1", "")
    assert soundfile.info(request.source.path).channels == written


@pytest.mark.parametrize("mode", [1, 3])
def test_case_08_channel_modes_are_listened_to(make_song: MakeSong, mode: int):
    song = make_song(I_CHANMODE=mode)
    loud(song)
    assert listened(song.ask("", "", "1", "1", ""))


# 9: what does not sound


def test_case_09_muted_items_and_empty_ones_beside_it_do_no_harm(song: Song):
    song.studio.item(song.track, song.path, D_POSITION=3.0, B_MUTE=1)
    song.studio.world.add_item(song.track, song.studio.table(D_POSITION=3.0, D_LENGTH=2.0))
    assert song.ask("", "", "1", "1", "").source.path == str(song.path)


def test_case_09_a_selected_item_is_meant_even_where_it_is_muted(make_song: MakeSong):
    song = make_song(is_selected=True, B_MUTE=1)
    assert song.ask("", "", "1", "1", "").source.path == str(song.path)


def test_case_09_the_inactive_take_is_not_meant(song: Song):
    path = write_wav(song.studio.folder / "second.wav", 480_000)
    source = song.studio.world.add_source(str(path), song.studio.table())
    song.studio.world.add_take(song.item, song.studio.table(), source)
    assert song.ask("", "", "1", "1", "").source.path == str(song.path)


# 10: sections, reversed sources, and what only REAPER knows


def test_case_10_a_reversed_section_is_sent_as_a_clip_that_plays_backwards(song: Song):
    whole = song.item.takes[1].source
    song.item.takes[1].source = song.studio.world.add_section(whole, 3.0, 5.0, True)
    song.item.info.D_LENGTH = 5.0
    request = song.ask("", "", "1", "1", "")
    (clip,) = request.source.clips
    assert (clip.path, clip.reversed, clip.offset) == (str(song.path), True, 2.0)


@pytest.mark.parametrize("what", [{"stretch_markers": 2}, {"fx": 1}, {"envelopes": 1}, {"D_PITCH": -1}])
def test_case_10_what_reaper_does_to_a_take_is_listened_to(make_song: MakeSong, what: dict[str, Any]):
    song = make_song(**what)
    samples = loud(song)
    request = song.ask("", "", "1", "1", "")
    assert listened(request)
    factor = 2 if "fx" in what else 1
    np.testing.assert_array_equal(heard(request), samples[2 * RATE : 6 * RATE] * factor)
    whole = soundfile.info(request.source.path)
    assert (request.span.start, whole.frames) == (2 * RATE + 2 * RATE, 12 * RATE), "with the surroundings"
    assert not listed(song.studio.world.unguarded)
    assert song.studio.world.open_accessors == 0
