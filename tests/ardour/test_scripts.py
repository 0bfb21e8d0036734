"""What of Ardour's scripts needs no Ardour: layers, tempo, files' headers, the book, forms, and landing over a fake."""

import re
from pathlib import Path
from typing import Any

import lupa.lua53
import lupa.lua54
import numpy as np
import pytest
import soundfile

from bridge_server.protocol.requests import Edit, Repaint
from daw_scripts.ardour.build import ACTIONS, files
from tests.daw.conftest import write_wav
from tests.daw.desk import Desk

HERE = Path(__file__).parent
SCRIPTS = HERE.parent.parent / "daw_scripts"
RATE = 48_000
HOST_WORDS = re.compile(r"\b(?:ARDOUR|ArdourUI|Editor|Editing|LuaDialog|PBD|Session|Temporal|C)[.:]")


@pytest.fixture(params=["5.3", "5.4"])
def lua(request: pytest.FixtureRequest) -> Any:
    """A stock Lua, as Ardour has it (5.3), and the next."""
    kind = {"5.3": lupa.lua53.LuaRuntime, "5.4": lupa.lua54.LuaRuntime}[request.param]
    runtime = kind(unpack_returned_tuples=True)
    runtime.execute("package.path = ...", f"{SCRIPTS}/?.lua;{HERE}/?.lua")
    return runtime


def module(lua: Any, name: str) -> Any:
    return lua.eval(f'(require("{name}"))')


def plain(value: Any) -> Any:
    """A Lua table as Python's."""
    if not hasattr(value, "items"):
        return value
    entries = dict(value.items())
    if entries and set(entries) == set(range(1, len(entries) + 1)):
        return [plain(entries[index]) for index in sorted(entries)]
    return {name: plain(entry) for name, entry in entries.items()}


def given(lua: Any, value: Any) -> Any:
    return lua.table_from(value, recursive=True)


def region(position: int, length: int, **more: Any) -> dict[str, Any]:
    usual = {
        "id": f"r{position}",
        "position": position,
        "length": length,
        "start": 0,
        "gain": 1.0,
        "fade_in": 0,
        "fade_out": 0,
        "is_opaque": True,
        "is_muted": False,
        "sources": [
            {"path": "/a%L.wav", "channel": 1, "is_own": True},
            {"path": "/a%R.wav", "channel": 1, "is_own": True},
        ],
    }
    return usual | more


def clips(lua: Any, regions: list[dict[str, Any]], facts: dict[str, tuple[int, int]] | None = None) -> Any:
    known = facts or {}
    answers = lua.table_from(
        {
            "rate": lambda path: known.get(path, (RATE, 1))[0],
            "channels": lambda path: known.get(path, (RATE, 1))[1],
            "exists": lambda path: "gone" not in path,
        }
    )
    found = module(lua, "ardour.layers").clips(given(lua, regions), 0, 100_000, RATE, answers)
    return (plain(found[0]) or [], found[1]) if isinstance(found, tuple) else plain(found) or []


# layers


def test_two_mono_files_are_heard_left_and_right(lua: Any):
    left, right = clips(lua, [region(1_000, 5_000, start=480)])
    assert left == {
        "path": "/a%L.wav", "start": 1_000, "length": 5_000, "offset": 0.01, "file_channel": 1, "channel": 1
    }  # fmt: skip
    assert (right["path"], right["channel"]) == ("/a%R.wav", 2)


def test_one_stereo_file_is_one_clip(lua: Any):
    sources = [{"path": "/s.wav", "channel": 1, "is_own": False}, {"path": "/s.wav", "channel": 2, "is_own": False}]
    (clip,) = clips(lua, [region(0, 5_000, sources=sources)], {"/s.wav": (RATE, 2)})
    assert clip == {"path": "/s.wav", "start": 0, "length": 5_000, "offset": 0.0}


def test_a_file_of_another_rate_plays_sample_by_sample(lua: Any):
    sources = [{"path": "/s.wav", "channel": 1, "is_own": False}]
    (clip,) = clips(lua, [region(0, 9_600, start=9_600, sources=sources)], {"/s.wav": (96_000, 1)})
    assert (clip["playrate"], clip["keep_pitch"], clip["offset"]) == (0.5, False, 0.1)


def test_what_is_covered_is_not_heard_and_fades_let_it_through(lua: Any):
    lower, upper = region(0, 10_000), region(4_000, 2_000, fade_in=64, fade_out=32, id="upper")
    heard = plain(module(lua, "ardour.layers").heard(given(lua, [lower, upper]), 0, 100_000))
    spans = sorted((piece["from"], piece["to"], piece["fade_in"], piece["fade_out"]) for piece in heard)
    assert spans == [(0, 4_064, 0, 64), (4_000, 6_000, 64, 32), (5_968, 10_000, 32, 0)]


@pytest.mark.parametrize(("more", "count"), [({"is_muted": True}, 1), ({"is_opaque": False}, 2)])
def test_muted_regions_cover_nothing_and_see_through_ones_neither(lua: Any, more: dict[str, bool], count: int):
    heard = module(lua, "ardour.layers").heard(given(lua, [region(0, 10_000), region(0, 10_000, **more)]), 0, 100_000)
    assert len(heard) == count


def test_gain_is_told_in_decibels(lua: Any):
    left, _ = clips(lua, [region(0, 100, gain=0.5)])
    assert left["gain_db"] == pytest.approx(-6.02, abs=0.01)


def test_a_file_that_is_gone_is_named(lua: Any):
    _, missing = clips(lua, [region(0, 100, sources=[{"path": "/gone.wav", "channel": 1, "is_own": True}])])
    assert missing == "/gone.wav"


# music


class Tempo:
    """A tempo map in steps: `(sample, bpm, beats)`; with `until` a ramp to the next."""

    def __init__(self, *steps: tuple[int, float, int], ramp: bool = False) -> None:
        self.steps, self.ramp = steps, ramp

    def bpm(self, at: float) -> float:
        place = [index for index, step in enumerate(self.steps) if step[0] <= at][-1]
        start, bpm, _ = self.steps[place]
        if not self.ramp or place + 1 == len(self.steps):
            return float(bpm)
        end, then, _ = self.steps[place + 1]
        return bpm + (then - bpm) * (at - start) / (end - start)

    def meter(self, at: float) -> tuple[int, int]:
        return [step[2] for step in self.steps if step[0] <= at][-1], 4


def changes(lua: Any, tempo: Tempo, start: int, stop: int) -> Any:
    asked = lua.table_from({"bpm": tempo.bpm, "meter": tempo.meter})
    return plain(module(lua, "ardour.music").changes(asked, start, stop, RATE)) or []


def test_a_change_of_tempo_and_meter_is_found_to_the_sample(lua: Any):
    tempo = Tempo((0, 120, 4), (61_234, 90, 4), (130_001, 90, 3))
    assert changes(lua, tempo, 10_000, 200_000) == [
        {"at": 51_234, "bpm": 90.0},
        {"at": 120_001, "bpm": 90.0, "meter": "3/4"},
    ]
    assert changes(lua, tempo, 140_000, 200_000) == []


def test_a_ramp_begins_and_ends(lua: Any):
    found = changes(lua, Tempo((0, 100, 4), (48_000, 100, 4), (240_000, 140, 4), ramp=True), 0, 480_000)
    first, last = found
    assert first["ramp"] is True
    assert first["at"] == pytest.approx(48_000, abs=RATE // 20)
    assert last["at"] == pytest.approx(240_000, abs=RATE // 10)
    assert last["bpm"] == pytest.approx(140, abs=1)


def test_the_section_is_the_smallest_range_or_the_last_marker(lua: Any):
    section = module(lua, "ardour.music").section
    marks = [{"name": "Intro", "from": 0}, {"name": "Strophe “1”", "from": 500}, {"name": "Later", "from": 9_000}]
    assert section(given(lua, marks), 1_000) == "Strophe “1”"
    ranges = [*marks, {"name": "Song", "from": 0, "to": 9_999}, {"name": "Verse", "from": 900, "to": 1_100}]
    assert section(given(lua, ranges), 1_000) == "Verse"
    assert section(given(lua, []), 1_000) == ""
    assert len(section(given(lua, [{"name": "é" * 80, "from": 0}]), 0)) == 64


# headers of files


@pytest.mark.parametrize("kind", ["WAV", "RF64", "FLAC", "AIFF", "W64"])
def test_rate_and_channels_are_read_from_the_header(lua: Any, kind: str, tmp_path: Path):
    path = tmp_path / "sound"
    soundfile.write(path, np.zeros((100, 3), np.float32), 88_200, format=kind, subtype="PCM_16")
    found = module(lua, "ardour.header").read(path.read_bytes()[:4096])
    assert found == (None if kind == "W64" else (88_200, 3))


@pytest.mark.parametrize("bytes_", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"fLaC\0", b"FORM\0\0\0\0AIFFCOMM", b"x" * 4096])
def test_a_broken_header_tells_nothing(lua: Any, bytes_: bytes):
    assert module(lua, "ardour.header").read(bytes_) is None


# the whole, over a fake


class World:
    """The scripts in a fake Ardour, with a session of one track."""

    def __init__(self, lua: Any, folder: Path, home: Path) -> None:
        self.lua, self.clock = lua, 0.0
        folder.mkdir(exist_ok=True)
        options = {
            "folder": str(folder), "exists": lambda path: Path(path).exists(), "now": lambda: self.clock,
            "environment": lua.table_from({"DAWBRIDGE_HOME": str(home)}),
        }  # fmt: skip
        self.host = module(lua, "fake_ardour").new(lua.table_from(options))
        self.act = module(lua, "ardour.act")
        self.watch = module(lua, "ardour.watch").new()

    def track(self, name: str, sound: Path, **more: Any) -> None:
        sources = [{"path": str(sound), "channel": 1, "is_own": True}]
        usual = {"id": name, "name": name, "comment": "", "channels": 1, "order": 1, "gain": 1.0, "is_muted": False,
                 "is_soloed": False, "regions": [region(0, 10 * RATE, sources=sources, id=f"{name}-1")]}  # fmt: skip
        self.host.tracks[len(self.host.tracks) + 1] = given(self.lua, usual | more)

    def select(self, start: int, stop: int, *tracks: str) -> None:
        self.host.selection = given(self.lua, {"from": start, "to": stop, "tracks": list(tracks), "regions": []})

    def answer(self, **texts: str) -> None:
        self.host.answers[len(self.host.answers) + 1] = given(self.lua, texts)

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            self.clock += 0.1
            self.watch.tick(self.watch)

    @property
    def told(self) -> list[str]:
        return list(self.host.told.values())

    def regions(self, track: int = 1) -> list[Any]:
        return plain(self.host.tracks[track].regions) or []


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    opened = Desk(tmp_path / "home", lambda name, samples, rate: write_wav(tmp_path / "takes" / name, samples, rate))
    opened.open()
    return opened


@pytest.fixture
def world(lua: Any, tmp_path: Path, desk: Desk) -> World:
    made = World(lua, tmp_path / "Söng, “live”", desk.home)
    made.track("Voice", write_wav(tmp_path / "voice.wav", 10 * RATE, RATE, 1))
    made.select(2 * RATE, 4 * RATE, "Voice")
    return made


def ask(world: World, desk: Desk, **texts: str) -> Any:
    world.answer(variants="2", **texts)
    world.act.run("repaint")
    known = {letter.job for letter in desk.letters if isinstance(letter, Repaint)}
    (request,) = [letter for letter in desk.read() if isinstance(letter, Repaint) and letter.job not in known]
    return request


def land(world: World, desk: Desk, request: Any) -> None:
    world.tick()
    desk.accept(request.job)
    desk.done(request)
    world.tick(12)


def test_a_letter_leaves_when_the_form_is_accepted_and_the_watcher_lays_the_takes_in(world: World, desk: Desk):
    request = ask(world, desk, tags="lofi 🎵, “dusty”", lyrics="שלום | 夜明け")
    assert request.lyrics == "שלום\n夜明け"
    assert request.span.start == 2 * RATE
    land(world, desk, request)
    first, second = world.regions(2)
    assert (second["position"], second["is_muted"], first["is_muted"]) == (2 * RATE, False, True)
    assert list(world.host.steps.values()) == ["Dawbridge: Repaint 0:02.000–0:04.000"]
    assert len(world.regions(1)) == 1
    assert "watcher" in world.told[0], "it was not at work yet when the key was pressed"


def test_a_reply_that_comes_twice_or_after_a_cancel_lays_nothing_in(world: World, desk: Desk):
    request = ask(world, desk)
    land(world, desk, request)
    desk.done(request)
    world.tick(5)
    assert len(world.regions(2)) == 2
    other = ask(world, desk)
    world.tick()
    desk.accept(other.job)
    world.tick(2)
    world.act.run("cancel")
    desk.done(other)
    world.tick(12)
    assert len(world.regions(2)) == 2
    assert "was finished before it could be stopped" in world.told[-1]


def test_a_region_that_was_moved_takes_its_result_along(world: World, desk: Desk):
    request = ask(world, desk)
    world.host.tracks[1].regions[1].position = RATE
    land(world, desk, request)
    assert {found["position"] for found in world.regions(2)} == {3 * RATE}


def test_a_recording_holds_the_landing_up(world: World, desk: Desk):
    request = ask(world, desk)
    world.host.is_recording = True
    land(world, desk, request)
    assert len(world.host.tracks) == 1
    world.host.is_recording = False
    world.tick(12)
    assert len(world.regions(2)) == 2


def test_a_file_that_ardour_cannot_read_is_parked_with_its_path(world: World, desk: Desk):
    request = ask(world, desk)
    world.host.refuses_imports = True
    land(world, desk, request)
    assert "cannot be read: " in world.told[-1]
    assert request.job in world.told[-1]


def test_what_was_laid_down_is_remembered_until_the_session_is_saved(world: World, desk: Desk, tmp_path: Path):
    request = ask(world, desk)
    land(world, desk, request)
    book = Path(world.host.session.path) / "dawbridge-jobs.json"
    assert request.job in book.read_text()
    again = World(world.lua, Path(world.host.session.path), desk.home)
    again.track("Voice", tmp_path / "voice.wav")
    world.lua.execute(
        "for name in pairs(package.loaded) do if name:find('^ardour%.') then package.loaded[name] = nil end end"
    )
    fresh = World(world.lua, Path(world.host.session.path), desk.home)
    fresh.track("Voice", tmp_path / "voice.wav")
    fresh.tick(12)
    assert len(fresh.regions(2)) == 2, "the session was never saved, so the takes come again"
    fresh.watch.saved(fresh.watch)
    assert request.job not in book.read_text()


def test_a_moved_session_keeps_its_jobs_and_a_copy_has_none(world: World, desk: Desk, tmp_path: Path):
    ask(world, desk)
    book = module(world.lua, "ardour.book")
    program = module(world.lua, "ardour.host.program")
    parts = world.lua.table_from({"files": program.files, "home": str(desk.home), "exists": program.exists})
    here = Path(world.host.session.path)
    name = book.open(parts, str(here)).state.client
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "dawbridge-jobs.json").write_bytes((here / "dawbridge-jobs.json").read_bytes())
    assert book.open(parts, str(copy)).state.client != name
    moved = tmp_path / "moved"
    here.rename(moved)
    assert book.open(parts, str(moved)).state.client == name


@pytest.mark.parametrize(
    ("selection", "sentence"),
    [
        ((2 * RATE, 4 * RATE), "on no track"),
        ((2 * RATE, 2 * RATE + 100, "Voice"), "shorter than a tenth"),
        ((20 * RATE, 22 * RATE, "Voice"), "Nothing sounds"),
        ((2 * RATE, 4 * RATE, "Voice", "Drums"), "2 tracks are selected"),
        ((2 * RATE, 4 * RATE, "MIDI"), "no audio track"),
    ],
)
def test_a_selection_that_does_not_do(world: World, desk: Desk, tmp_path: Path, selection: Any, sentence: str):
    world.track("Drums", tmp_path / "voice.wav")
    world.select(*selection)
    world.act.run("repaint")
    assert sentence in world.told[0]
    assert desk.unread == []


def test_a_file_that_is_offline_a_sandbox_and_no_session_are_said(world: World, tmp_path: Path):
    (tmp_path / "voice.wav").unlink()
    world.act.run("repaint")
    assert "is not there" in world.told[-1]
    world.host.is_sandboxed = True
    world.act.run("repaint")
    assert "Sandbox all Lua Scripts" in world.told[-1]
    world.host.is_sandboxed, world.host.session = False, None
    world.act.run("status")
    assert world.told[-1] == "No session is open."


def test_without_a_bridge_the_command_of_start_json_is_run(world: World, desk: Desk):
    desk.close()
    (desk.home / "start.json").write_text('{"version": 1, "command": ["/opt/pÿ thon", "up"], "home": "/h"}')
    world.host.agrees = True
    world.answer(variants="1")
    world.act.run("repaint")
    assert plain(world.host.started) == ["/opt/pÿ thon", "up"]
    assert "Start it now?" in world.told[0]
    desk.open(key="another")
    world.tick(40)
    assert any(isinstance(letter, Repaint) for letter in desk.read()), "it goes on as soon as there is a bridge"


def test_several_versions_of_the_words_are_several_jobs(world: World, desk: Desk):
    world.answer(lyrics="eins | zwei | --- | drei", variants="1")
    world.act.run("edit")
    first, second = [letter for letter in desk.read() if isinstance(letter, Edit)]
    assert {first.lyrics, second.lyrics} == {"eins\nzwei", "drei"}
    assert first.seed == second.seed is not None


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("Lyrics: la la\nlo", "la la\nlo"),
        ("[verse]\nla", "[verse]\nla"),
        ("Neumann U87, 12 dB pad", ""),
        ("take [3]", ""),
    ],
)
def test_words_are_found_in_a_tracks_comments(world: World, comment: str, words: str):
    assert module(world.lua, "ardour.form").lyrics_in(comment) == words


# the files that are installed


def test_every_script_stands_alone(lua: Any):
    """Ardour has no `require`, `package`, `debug` or `coroutine`, and keeps the bytecode of `factory` alone."""
    for name, data in files("0.1.0").items():
        loaded = lua.eval(
            "function(text) local env = { ardour = function(about) kind = about.type end } "
            "assert(load(text, '=script', 't', env))() "
            "local bare = {} for _, n in ipairs({'pcall','ipairs','pairs','setmetatable','getmetatable','tostring',"
            "'tonumber','type','select','error','assert','math','table','string','utf8','os','io','next','print'}) "
            "do bare[n] = _ENV[n] end "
            "return load(string.dump(env.factory), '=factory', 'b', bare)() ~= nil end"
        )
        assert loaded(data.decode()), name


def test_titles_are_those_of_every_host(lua: Any):
    texts = module(lua, "shared.text_verbs")
    order = [verb.id for verb in module(lua, "shared.verbs").list.values()]
    assert list(ACTIONS) == order
    assert {verb: texts[f"verb_{verb}"] for verb in order} == {verb: title for verb, (title, _) in ACTIONS.items()}


def test_only_the_host_folder_touches_ardour():
    for path in sorted((SCRIPTS / "ardour").glob("*.lua")):
        code = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("--"))
        code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', code)
        assert not HOST_WORDS.findall(code), path.name


def test_the_fake_has_what_the_host_has():
    """A function that the scripts call and the fake lacks would be found by chance only."""
    fake = (HERE / "fake_ardour.lua").read_text()
    used = set()
    for path in sorted((SCRIPTS / "ardour").glob("*.lua")):
        used |= set(re.findall(r"\b(?:program|timeline|tracks|changes|dialogs)\.(\w+)\(", path.read_text()))
    real = "\n".join(path.read_text() for path in (SCRIPTS / "ardour" / "host").glob("*.lua"))
    for name in used:
        assert re.search(rf"\bM\.{name}\b", real), f"host has no {name}"
        assert re.search(rf"\bhost\.{name}\b", fake), f"the fake has no {name}"


def test_the_same_sources_give_the_same_files():
    assert files("0.1.0") == files("0.1.0")
