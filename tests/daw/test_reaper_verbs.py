"""Every verb as a single action: what it asks, what it sends, and where its result lies."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bridge_server.protocol.errors import Problem
from bridge_server.protocol.requests import Again, Edit, Extend, Generate, Layer, Retake
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import AbsentBackend, Capabilities
from tests.daw.conftest import Song, write_wav
from tests.daw.studio import BUNDLES, items_of, landed, listed, names

MakeSong = Callable[..., Song]
RATE = 48_000
TITLES = {
    "Repaint time selection",
    "Extend item to the left",
    "Extend item to the right",
    "Generate into time selection",
    "Retake selected result",
    "Add layer to time selection",
    "Edit lyrics of time selection",
    "Make selected result again",
    "Choose next variant",
    "Choose previous variant",
    "Keep variant",
    "Discard result",
    "Cancel newest job",
    "Show status",
}


def land(song: Song, request: Any, **how: Any) -> None:
    song.desk.accept(request.job)
    song.desk.done(request, **how)
    song.studio.finish()


def test_there_is_an_action_for_every_verb():
    assert {f"Dawbridge_{title}.lua" for title in TITLES} <= set(BUNDLES)


# extend


@pytest.mark.parametrize(
    ("title", "sides", "position"),
    [("Extend item to the left", (2 * RATE, 0), 1.0), ("Extend item to the right", (0, 2 * RATE), 13.0)],
)
def test_extending_goes_on_beyond_the_item(make_song: MakeSong, title: str, sides: tuple[int, int], position: float):
    song = make_song(is_selected=True, D_POSITION=3.0)
    request = song.do(title, "2 s", "strings", "", "2", "5")
    assert isinstance(request, Extend)
    assert (request.left, request.right) == sides
    assert request.span == Span(0, 10 * RATE, RATE)
    assert (request.timeline, request.source.path) == (3 * RATE, str(song.path))
    land(song, request)
    assert [item.info.D_POSITION for item in items_of(song.project.tracks[2])] == [position, position]


def test_bars_are_those_at_the_edge(make_song: MakeSong):
    song = make_song(is_selected=True, D_POSITION=4.0)
    markers = [{"t": 0, "bpm": 120, "num": 3, "den": 4}, {"t": 10, "bpm": 60, "num": 4, "den": 4}]
    song.project.tempo = song.studio.runtime.table_from([song.studio.table(**one) for one in markers])
    left = song.do("Extend item to the left", "2 bars", "", "", "1", "")
    assert left.left == 2 * 3 * RATE // 2
    song.desk.accept(left.job)
    song.studio.until(lambda: not song.desk.outbox)
    assert song.do("Extend item to the right", "2 bars", "", "", "1", "").right == 2 * 4 * RATE


def test_there_must_be_room_on_the_left(make_song: MakeSong):
    song = make_song(is_selected=True)
    song.studio.answer("3 s", "", "", "1", "")
    song.studio.act("Extend item to the left")
    assert song.studio.messages == [
        "There are only 2.0 s before it. Choose a shorter length, or move everything to the right."
    ]
    assert song.desk.unread == []


def test_two_selected_items_cannot_be_continued_together(make_song: MakeSong):
    song = make_song(is_selected=True)
    song.studio.item(song.track, song.path, D_POSITION=20.0, is_selected=True)
    song.studio.act("Extend item to the right")
    assert "just the one" in song.studio.messages[0]


def test_an_item_at_another_speed_is_listened_to_before_it_is_continued(make_song: MakeSong):
    song = make_song(is_selected=True, D_PLAYRATE=2.0, D_LENGTH=2.0)
    request = song.do("Extend item to the right", "1 s", "", "", "1", "")
    assert request.source.path.endswith("source.wav")
    assert (request.span, request.timeline) == (Span(0, 2 * RATE, RATE), 2 * RATE)
    land(song, request)
    assert items_of(song.project.tracks[2])[0].info.D_POSITION == 4.0


# generate


def test_generating_into_an_empty_selection(song: Song):
    song.studio.select(song.project, 20.0, 24.0)
    request = song.do("Generate into time selection", "dub", "", "2", "")
    assert isinstance(request, Generate)
    assert (request.span, request.timeline) == (Span(20 * RATE, 24 * RATE, RATE), 20 * RATE)
    land(song, request)
    assert names(song.project) == ["Voice", "Voice – variants"]
    assert [item.info.D_POSITION for item in items_of(song.project.tracks[2])] == [20.0, 20.0]


def test_without_a_selected_track_there_is_a_new_one(make_song: MakeSong):
    song = make_song(track={"is_selected": False})
    land(song, song.do("Generate into time selection", "dub", "", "1", ""))
    assert names(song.project) == ["Voice", "Dawbridge"]
    land(song, song.do("Generate into time selection", "dub", "", "1", ""))
    assert names(song.project) == ["Voice", "Dawbridge", "Dawbridge"]


def test_generating_needs_a_range(song: Song):
    song.studio.select(song.project, 0, 0)
    song.studio.act("Generate into time selection")
    assert "No range" in song.studio.messages[0]


# layer


def test_a_layer_hears_what_the_other_tracks_play(song: Song):
    world, studio = song.studio.world, song.studio
    folder = studio.track(song.project, P_NAME="Band", I_FOLDERDEPTH=1, D_VOL=0.5)
    drums = studio.track(song.project, P_NAME="Drums", D_VOL=0.5)
    muted = studio.track(song.project, P_NAME="Muted", B_MUTE=1, I_FOLDERDEPTH=-1)
    synth = studio.track(song.project, P_NAME="Synth")
    path = write_wav(studio.folder / "drums.wav", 480_000)
    studio.item(drums, path, D_POSITION=1.0, D_VOL=0.5, take_volume=1, D_PLAYRATE=1.5, B_PPITCH=1)
    studio.item(drums, path, D_POSITION=3.0, B_MUTE=1)
    studio.item(muted, path, D_POSITION=1.0)
    studio.item(synth, path, world.add_source("", studio.table(type="MIDI")), D_POSITION=1.0, D_LENGTH=9.0)
    assert folder is not None
    studio.answer("bass", "warm", "", "1", "")
    studio.act("Add layer to time selection")
    request = studio.until(song.desk.next_job)
    assert isinstance(request, Layer)
    voice, band = request.sources
    assert [clip.path for clip in voice.clips] == [str(song.path)]
    (clip,) = band.clips
    assert (clip.path, clip.start, clip.playrate, clip.keep_pitch) == (str(path), RATE, 1.5, True)
    assert clip.gain_db == pytest.approx(-6.02, abs=0.01)
    assert band.gain_db == pytest.approx(-12.04, abs=0.01), "its own fader and that of its folder"
    assert (request.role, request.span) == ("bass", Span(4 * RATE, 8 * RATE, RATE))
    assert "Synth" in studio.text, "what could not be heard is told"
    song.desk.accept(request.job)
    song.desk.done(request)
    studio.until(lambda: "bass" in names(song.project))
    assert names(song.project)[:2] == ["Voice", "bass"]


def test_a_solo_silences_the_others(song: Song):
    other = song.studio.track(song.project, P_NAME="Drums", I_SOLO=2)
    path = write_wav(song.studio.folder / "drums.wav", 480_000)
    song.studio.item(other, path, D_POSITION=1.0)
    request = song.do("Add layer to time selection", "bass", "", "", "1", "")
    assert [[clip.path for clip in source.clips] for source in request.sources] == [[str(path)]]


def test_a_layer_needs_something_to_fit_to(song: Song):
    song.studio.select(song.project, 100.0, 104.0)
    song.studio.act("Add layer to time selection")
    assert "nothing to fit a layer to" in song.studio.messages[0]


# edit


def test_versions_of_the_words_become_jobs_with_one_seed(make_song: MakeSong):
    song = make_song(P_NOTES="old words")
    song.studio.answer("new words | --- | other words | in two lines")
    song.studio.act("Edit lyrics of time selection")
    found: list[Any] = []
    song.studio.until(lambda: found.extend(song.desk.read()) or len(found) == 2)
    first, second = found
    assert isinstance(first, Edit)
    assert [one.lyrics for one in found] == ["new words", "other words\nin two lines"]
    assert first.seed == second.seed is not None
    assert (first.source_lyrics, first.mode) == ("old words", "only_lyrics")
    form = listed(song.studio.world.forms)[0]
    assert listed(form.shown)[1] == "old words"
    for request in found:
        song.desk.accept(request.job)
        song.desk.done(request)
    song.studio.finish()
    takes = [item.takes[1].text.P_NAME for item in items_of(song.project.tracks[2])]
    assert takes == ["Edit lyrics 1.1", "Edit lyrics 1.2", "Edit lyrics 2.1", "Edit lyrics 2.2"]


# retake and again


@pytest.fixture
def result(song: Song) -> Song:
    """A song with a result of two variants, the first of which is selected."""
    request = song.ask("lofi", "", "1", "2", "7")
    land(song, request)
    song.item.is_selected = False
    items_of(song.project.tracks[2])[0].is_selected = True
    return song


def test_a_retake_lies_where_its_take_lies_today(result: Song):
    item = items_of(result.project.tracks[2])[0]
    item.info.D_POSITION = 21.5
    path = item.takes[1].source.path
    request = result.do("Retake selected result", "0.3", "1", "")
    assert isinstance(request, Retake)
    assert (request.take, request.variance) == (path, 0.3)
    land(result, request, span=Span(96_000, 288_000, RATE))
    assert [one.info.D_POSITION for one in items_of(result.project.tracks[2])] == [21.5, 4.0, 21.5]
    assert names(result.project) == ["Voice", "Voice – variants"]


def test_again_asks_for_nothing(result: Song):
    path = items_of(result.project.tracks[2])[0].takes[1].source.path
    request = result.do("Make selected result again")
    assert isinstance(request, Again)
    assert (request.take, request.seed) == (path, None)
    assert len(listed(result.studio.world.forms)) == 1, "only that of the repaint"


@pytest.mark.parametrize("title", ["Retake selected result", "Make selected result again", "Choose next variant"])
def test_without_a_result_the_user_is_told(song: Song, title: str):
    song.studio.act(title)
    assert song.studio.messages == ["Select a result of Dawbridge first."]


def test_a_result_whose_file_is_gone_is_told(result: Song):
    Path(items_of(result.project.tracks[2])[0].takes[1].source.path).unlink()
    result.studio.act("Make selected result again")
    assert "is gone" in result.studio.messages[0]


# no engine, no bridge, no backend


def welcome(song: Song, **abilities: Any) -> None:
    """Run something, so that the bridge tells what it can do."""
    song.desk.abilities = abilities
    song.studio.act("Show status")
    song.studio.until(lambda: song.desk.read() == [] and "engine is ready" in song.studio.text)


def test_what_no_backend_can_is_refused_with_the_reason(song: Song):
    sketch = Capabilities(backend="sketch", model="sketch 1", about="No AI.", tasks=("repaint",), sample_rate=RATE)
    problem = Problem(code="unsupported", message="No weights.", hint="Run `dawbridge models pull ace-step-v1`.")
    absent = AbsentBackend(backend="ace-step-v1", tasks=("edit",), problem=problem)
    welcome(song, backends=(sketch,), absent=(absent,))
    song.studio.act("Edit lyrics of time selection")
    song.studio.act("Generate into time selection")
    assert song.studio.messages == [
        "Run `dawbridge models pull ace-step-v1`.",
        "No backend that is installed can do this.",
    ]
    assert len(song.studio.world.forms) == 0


def test_the_status_shows_what_the_engine_remarked_on_the_selected_result(song: Song):
    request = song.ask("lofi", "", "1", "2", "7", "", "Am F C G")
    remarks = ("m does not follow chords; these were left out: Am F C G", "key heard: " + "D major, perhaps " * 40)
    song.desk.accept(request.job)
    song.desk.done_with(request, tuple(replace(take, notes=remarks) for take in song.desk.takes(request)))
    song.studio.finish()
    song.item.is_selected = False
    items_of(song.project.tracks[2])[0].is_selected = True
    welcome(song)
    assert "The selected result: m does not follow chords; these were left out: Am F C G" in song.studio.text
    assert song.studio.world.window.height > 20 * len(song.studio.lines), "all of it can be read"
    song.item.is_selected = True
    items_of(song.project.tracks[2])[0].is_selected = False
    song.studio.select(song.project, 0.0, 1.0)
    song.studio.until(lambda: "does not follow" not in song.studio.text)


def test_a_path_of_300_characters_can_be_read_in_the_window(song: Song):
    request = song.ask("lofi", "", "1", "1", "7", "", "")
    song.desk.accept(request.job)
    take = song.desk.takes(request)[0]
    folder = Path(take.path).parent / ("ö" * 60) / ("x" * 120) / ("音" * 40)
    folder.mkdir(parents=True)
    path = Path(take.path).rename(folder / "take-1.wav")
    song.studio.world.remove(song.project.tracks, song.track)
    part = replace(take.parts[0], path=str(path))
    song.desk.done_with(request, (replace(take, path=str(path), parts=(part,)),))
    song.studio.until(lambda: "is gone" in song.studio.text)
    assert str(path) in "".join(song.studio.lines)
    assert max(len(line) for line in song.studio.lines) <= 61, "seven pixels a letter in a window of 432"


def test_the_status_shows_the_engine_until_it_is_closed(song: Song):
    welcome(song)
    assert "No job is running" in song.studio.text
    song.studio.press(-1)
    song.studio.finish()
    assert not song.studio.has_window


def test_a_bridge_that_is_not_running_is_started_when_the_user_wants_it(song: Song):
    song.desk.close()
    words = ["/opt/Zoë's venv/bin/python", "-m", "bridge_server", "up"]
    (song.desk.home / "start.json").write_text(json.dumps({"version": 1, "command": words, "home": ""}))
    song.studio.decide("yes")
    song.studio.answer("lofi", "", "1", "1", "")
    song.studio.run()
    assert listed(song.studio.world.executed) == ['"/opt/Zoë\'s venv/bin/python" "-m" "bridge_server" "up"']
    song.studio.until(lambda: "was started" in song.studio.text)
    song.desk.open()
    request = song.studio.until(song.desk.next_job)
    assert request.tags == "lofi"


@pytest.mark.parametrize(
    ("start_file", "fails", "words"),
    [
        (None, False, "Nobody has written down"),
        ("{", False, "cannot be understood"),
        ("good", True, "could not be started"),
    ],
)
def test_a_bridge_that_cannot_be_started(song: Song, start_file: str | None, fails: bool, words: str):
    song.desk.close()
    good = json.dumps({"version": 1, "command": ["dawbridge", "up"], "home": ""})
    if start_file:
        (song.desk.home / "start.json").write_text(good if start_file == "good" else start_file)
    song.studio.world.exec_fails = fails
    song.studio.decide("yes")
    song.studio.run()
    assert words in song.studio.messages[1]
    assert landed(song.project) == 0
    assert not song.studio.tick()
