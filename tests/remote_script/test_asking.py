"""From what is selected in Live to a request, in samples and in Live's own values."""

from collections.abc import Callable

import pytest

from daw_scripts.remote_script.Dawbridge.subjects import Range, gather
from tests.remote_script.conftest import Studio, fill
from tests.remote_script.fake_clips import Clip, Marker, Vector
from tests.remote_script.fake_live import Cue

RATE = 44_100
"""Of the files; the script is not told that of the set."""


def samples(beats: float, tempo: float = 120.0) -> int:
    return round(beats * 60 / tempo * RATE)


def test_repaint_of_the_brace(studio: Studio):
    request = studio.ask("repaint", "lofi, rhodes", "strength=0,6", "variants=3", "seed=7")
    assert (request.span.start, request.span.end, request.span.rate) == (samples(20), samples(28), RATE)
    assert (request.tags, request.strength, request.variants, request.seed) == ("lofi, rhodes", 0.6, 3, 7)
    assert request.project == str(studio.folder)
    assert request.job.startswith("repaint-")
    (clip,) = request.source.live_clips
    assert clip.path == str(studio.folder / "söng, “1”.wav")
    assert (clip.start_time, clip.end_time, clip.tempo) == (16.0, 32.0, 120.0)
    assert (clip.warping, clip.loop_end) == (False, 8.0)
    assert request.music.bpm == 120.0
    assert request.music.since_bar == 0
    assert "Repaint Voice, bars 6–8: handed over." in studio.said[-1]
    assert studio.song.steps == studio.song.stray == []


def test_without_a_loop_it_is_the_clip_in_view(studio: Studio):
    studio.song.loop = False
    (clip,) = studio.song.tracks[1].arrangement_clips
    studio.song.view.detail_clip = clip
    request = studio.ask("repaint")
    assert (request.span.start, request.span.end) == (samples(0), samples(64))
    assert request.source.live_clips[0].path.endswith("keys.wav")


def test_a_track_selected_since_is_meant_rather_than_the_clip_in_view(studio: Studio):
    (clip,) = studio.song.tracks[1].arrangement_clips
    studio.song.view.detail_clip = clip
    assert studio.ask("repaint").source.live_clips[0].path.endswith("“1”.wav")
    studio.song.view.selected_track = studio.song.tracks[1]
    assert studio.ask("repaint").source.live_clips[0].path.endswith("keys.wav")


def test_source_says_which_of_them(studio: Studio):
    (clip,) = studio.song.tracks[0].arrangement_clips
    studio.song.view.detail_clip = clip
    assert studio.ask("repaint", "source=clip").span.start == samples(16)
    assert studio.ask("repaint", "source=brace").span.start == samples(20)
    studio.song.loop = False
    assert studio.ask("repaint", "source=brace").span.start == samples(20)


def test_warped_clips_go_out_in_beats_with_their_markers(studio: Studio):
    markers = Vector([Marker(0.0, 0.0), Marker(2.0, 4.0), Marker(5.0, 8.0), Marker(5.02, 8.03125)])
    (clip,) = studio.song.tracks[0].arrangement_clips
    clip.__dict__["_warping"] = True
    clip.values.update(warp_markers=markers, warp_mode=3, pitch_coarse=-2, gain_display_string="-6,5 dB")
    clip.looping, clip.loop_start, clip.loop_end = True, 2.0, 8.0
    (sent,) = studio.ask("repaint").source.live_clips
    assert sent.warping
    assert sent.looping
    assert (sent.loop_start, sent.loop_end, sent.warp_mode, sent.pitch_coarse) == (2.0, 8.0, 3, -2.0)
    assert sent.warp_markers == ((0.0, 0.0), (2.0, 4.0), (5.0, 8.0), (5.02, 8.03125))
    assert sent.gain_db == -6.5


@pytest.mark.parametrize(("text", "decibels"), [("-inf dB", -120), ("0.0 dB", 0), ("−3.5 dB", -3.5), ("24.0 dB", 24)])
def test_gain_comes_from_what_live_shows(studio: Studio, text: str, decibels: float):
    studio.song.tracks[0].arrangement_clips[0].values["gain_display_string"] = text
    assert studio.ask("repaint").source.live_clips[0].gain_db == decibels


def test_meter_key_section_and_bar_phase(studio: Studio):
    song = studio.song
    song.signature_numerator, song.signature_denominator = 6, 8
    song.loop_start = 20.5
    song.scale_mode, song.scale_name, song.root_note = True, "Minor", 3
    song.cue_points = Vector([Cue(40.0, "Chorus"), Cue(16.0, "Verse 1"), Cue(0.0, "Intro")])
    music = studio.ask("repaint").music
    assert (music.meter, music.key, music.section) == ("6/8", "Eb minor", "Verse 1")
    assert music.since_bar == samples(2.5)


def test_a_key_that_means_nothing_is_not_sent(studio: Studio):
    assert studio.ask("repaint").music.key == ""
    assert studio.ask("repaint", "key=F# moll").music.key == "F# minor"
    assert studio.ask("repaint", "chords=Am | F C | G").music.chords == "Am | F C | G"


def test_a_tempo_that_varies_is_told(studio: Studio):
    studio.song.master_track.mixer_device.song_tempo.automation_state = 1
    studio.ask("repaint")
    assert "tempo is automated" in "\n".join(studio.said)


@pytest.mark.parametrize(("verb", "side", "start"), [("extend_right", "right", 16), ("extend_left", "left", 16)])
def test_extend_continues_the_clip_in_view_by_bars(studio: Studio, verb: str, side: str, start: int):
    (clip,) = studio.song.tracks[0].arrangement_clips
    studio.song.view.detail_clip = clip
    request = studio.ask(verb, "length=2 bars")
    assert (request.span.start, request.span.end) == (samples(start), samples(32))
    assert getattr(request, side) == samples(8)
    assert getattr(studio.ask(verb, "length=1,5 s"), side) == round(1.5 * RATE)


def test_nothing_can_be_put_before_the_set_begins(studio: Studio):
    (clip,) = studio.song.tracks[0].arrangement_clips
    studio.song.view.detail_clip = clip
    assert "Only 4 bars lie before the clip" in studio.refuse("extend_left", "length=5 bars")


def test_generate_needs_no_clip(studio: Studio):
    studio.song.loop_start = 100.0
    request = studio.ask("generate", "lofi")
    assert (request.span.start, request.span.end) == (round(100 / 2 * 48_000), round(108 / 2 * 48_000))
    assert request.span.rate == 48_000


def test_layer_hears_the_other_tracks(studio: Studio):
    song = studio.song
    quiet = song.add("Muted")
    quiet._mute = True
    studio.audio(quiet, 0, 64, "quiet.wav")
    request = studio.ask("layer", "role=bass")
    assert [[clip.path.rsplit("/", 1)[1] for clip in source.live_clips] for source in request.sources] == [["keys.wav"]]
    assert request.role == "bass"


def test_edit_with_several_versions_is_several_jobs_with_one_seed(studio: Studio):
    studio.ask("edit", "lyrics=New words | more\n---\nOther words")
    studio.until(lambda: len(studio.desk.requests) == 2)
    one, two = studio.desk.requests
    assert (one.lyrics, two.lyrics) == ("New words\nmore", "Other words")
    assert one.seed == two.seed is not None
    assert one.job != two.job
    assert one.mode == "only_lyrics"


def test_emoji_and_right_to_left_words_by_file(studio: Studio):
    words = "שלום 🎸 " * 300
    request = studio.ask("edit", "lyrics=" + words)
    assert request.lyrics == words.strip()
    studio.accept(request)
    assert list((studio.desk.home / "ableton" / "letters").iterdir()) == []


def test_retake_and_again_take_the_file_of_the_clip_in_view(studio: Studio):
    (clip,) = studio.song.tracks[0].arrangement_clips
    studio.song.view.detail_clip = clip
    retake = studio.ask("retake", "variance=0.3")
    assert (retake.take, retake.variance) == (clip.file_path, 0.3)
    assert studio.ask("again").take == clip.file_path


def test_context_is_what_the_backend_wants(studio: Studio):
    """Ten seconds at 120 bpm are twenty beats."""
    voice = studio.song.tracks[0]
    studio.audio(voice, 44, 46, "near.wav")
    studio.audio(voice, 50, 52, "far.wav")
    names = [clip.path.rsplit("/", 1)[1] for clip in studio.ask("repaint").source.live_clips]
    assert names == ["söng, “1”.wav", "near.wav"]


def test_unsaved_is_said_once(open_studio: Callable[..., Studio]):
    studio = open_studio(saved=False)
    fill(studio)
    assert studio.ask("repaint").project == ""
    studio.ask("repaint")
    assert len([text for text in studio.said if "not saved yet" in text]) == 1


def test_live_11_has_no_word_for_where_a_clip_lies(open_studio: Callable[..., Studio]):
    studio = open_studio(version=(11, 3))
    fill(studio)
    (clip,) = studio.song.tracks[0].arrangement_clips
    studio.song.loop, studio.song.view.detail_clip = False, clip
    request = studio.ask("repaint")
    assert request.span.start == samples(16)
    assert request.project == ""


def test_fader_and_buttons_of_a_control_surface(studio: Studio):
    studio.send("strength", 0.25)
    studio.send("variants", 4)
    studio.tick()
    request = studio.ask("repaint", 1.0)
    studio.send("repaint", 0.0)
    studio.tick(5)
    assert (request.strength, request.variants) == (0.25, 4)
    assert len(studio.desk.requests) == 1


class Counted(Clip):
    """A clip that counts how often it is read."""

    reads = 0

    def __getattribute__(self, name: str):
        Counted.reads += name in ("start_time", "end_time", "file_path", "warp_markers")
        return super().__getattribute__(name)


def test_reading_stops_every_few_clips(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    """P2: however many clips lie on a track, Live can go on after a handful of them."""
    voice = studio.song.tracks[0]
    far = Counted(studio.song, voice, 5_000.0, 5_001.0)
    voice._clips += [far] * 3_000
    most, all_reads = 0, 0
    monkeypatch.setattr(Counted, "reads", 0)
    for _ in gather(studio.song, "repaint", Range(voice, 20.0, 24.0), 10.0):
        most, all_reads, Counted.reads = max(most, Counted.reads), all_reads + Counted.reads, 0
    assert all_reads >= 3_000
    assert most <= 64


def test_one_tick_stays_short_in_a_large_set(studio: Studio):
    """P2: the reading is spread over ticks, whatever the size of the set."""
    for number in range(60):
        track = studio.song.add(f"Track {number}")
        track._clips = [studio.song.tracks[1].arrangement_clips[0]] * 50
    before = studio.now
    request = studio.ask("layer", "role=bass")
    assert len(request.sources) == 61
    assert studio.now - before >= 2 * 0.1


def test_a_path_of_300_characters_with_quotes_and_commas(studio: Studio):
    """Each part of a path is as long as file systems allow; the request goes out by file."""
    name = "/".join(['‘a’, "b" & ü' * 8, "日本" * 30, "x" * 120, "take; 1.wav"])
    path = studio.wav(name, 8.0)
    assert len(path) > 300
    studio.song.tracks[0].arrangement_clips[0].values["file_path"] = path
    assert studio.ask("repaint").source.live_clips[0].path == path


def test_the_rate_is_that_of_most_files(studio: Studio):
    """A set at 44.1 kHz with one file of 96 kHz in it: Live converts, so does the bridge."""
    voice = studio.song.tracks[0]
    studio.audio(voice, 32, 36, "b.wav")
    studio.audio(voice, 36, 40, "c.wav", sample_rate=96_000.0)
    request = studio.ask("repaint", "source=brace")
    assert request.span.rate == RATE
    assert sorted(clip.sample_rate for clip in request.source.live_clips) == [RATE, RATE, 96_000]


@pytest.mark.parametrize(("meter", "beat", "phase"), [((7, 16), 20.0, 0.75), ((3, 4), 20.0, 2.0), ((12, 8), 24.0, 0.0)])
def test_bars_of_every_meter(studio: Studio, meter: tuple[int, int], beat: float, phase: float):
    song = studio.song
    song.signature_numerator, song.signature_denominator = meter
    song.loop_start = beat
    music = studio.ask("repaint").music
    assert music.meter == f"{meter[0]}/{meter[1]}"
    assert music.since_bar == samples(phase)


@pytest.mark.parametrize("tempo", [20.0, 999.0])
def test_the_slowest_and_the_fastest_tempo(studio: Studio, tempo: float):
    """Models know tempos up to 400; a faster one is not told, but counted with."""
    studio.song.tempo = tempo
    request = studio.ask("repaint")
    assert request.span.start == samples(20, tempo)
    assert request.music.bpm == (tempo if tempo <= 400 else None)
