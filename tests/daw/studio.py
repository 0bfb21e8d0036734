"""A REAPER for tests: the fake of fake_reaper.lua inside a real Lua, with the bundled action in it."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lupa.lua53
import lupa.lua54
import mido
import soundfile

from daw_scripts.reaper.build import files

HERE = Path(__file__).parent
SCRIPTS = HERE.parent.parent / "daw_scripts"
TICK_SECONDS = 0.033
MOST_TICKS = 3_000
SALTS = itertools.count(1)
LUAS = {"5.3": lupa.lua53.LuaRuntime, "5.4": lupa.lua54.LuaRuntime}
BUNDLES = {name: data.decode() for name, data in files("0.1.0").items() if name.endswith(".lua")}
REPAINT = BUNDLES["Dawbridge_Repaint time selection.lua"]


def lua_runtime(lua: str = "5.4") -> Any:
    """A stock interpreter that finds the modules as their sources name each other."""
    runtime = LUAS[lua](unpack_returned_tuples=True)
    runtime.execute("package.path = ...", f"{SCRIPTS}/?.lua;{HERE}/?.lua")
    return runtime


def probe(path: str) -> Any:
    """rate, channels, samples of a sound file; None if it is none, as REAPER finds out."""
    try:
        info = soundfile.info(path)
    except soundfile.LibsndfileError:
        return None
    return info.samplerate, info.channels, info.frames


def quarters(path: str) -> float | None:
    """Length of a MIDI file in quarter notes; None if it is none."""
    try:
        read = mido.MidiFile(path)
    except (OSError, EOFError):
        return None
    return max(sum(message.time for message in track) for track in read.tracks) / read.ticks_per_beat


def audio(path: str) -> tuple[int, bytes]:
    """Channels, and the samples of a file as doubles, channel after channel.

    No Lua table: the fake asks for it inside a coroutine, and what lupa makes there must not outlive it.
    """
    samples, _ = soundfile.read(path, dtype="float64", always_2d=True)
    return samples.shape[1], samples.T.tobytes()


class Studio:
    """One run of REAPER. `kept` is what an earlier run left in its settings."""

    def __init__(
        self,
        folder: Path,
        home: Path,
        version: str = "7.40",
        lua: str = "5.4",
        kept: Any = None,
        **extensions: Any,
    ) -> None:
        """`extensions` are those of fake_reaper/extensions.lua: `imgui`, `reapack`."""
        self.folder = folder
        self.runtime = lua_runtime(lua)
        resource = folder / "REAPER"
        resource.mkdir(exist_ok=True)
        self.resource = resource
        environment = {"DAWBRIDGE_HOME": str(home)}
        self.runtime.globals().os.getenv = environment.get
        options = self.table(
            version=version,
            system="Other",
            resource=str(resource),
            salt=next(SALTS),
            kept=self.nested(kept or {}),
            list=self.list_folder,
            list_folders=self.list_folders,
            make_folder=make_folder,
            is_file=lambda path: Path(path).is_file(),
            probe=probe,
            quarters=quarters,
            audio=audio,
            **extensions,
        )
        self.fake = self.runtime.execute('local fake = require("fake_reaper"); return fake').new(options)
        self.world = self.fake.world

    def table(self, **fields: Any) -> Any:
        return self.runtime.table_from(fields)

    def nested(self, values: dict[str, Any]) -> Any:
        return self.table(**{k: self.nested(v) if isinstance(v, dict) else v for k, v in values.items()})

    def list_folder(self, folder: str) -> Any:
        try:
            return self.runtime.table_from(sorted(os.listdir(folder), reverse=True))  # noqa: PTH208
        except FileNotFoundError:
            return self.runtime.table_from([])

    def list_folders(self, folder: str) -> Any:
        there = Path(folder)
        names = sorted(path.name for path in there.iterdir() if path.is_dir()) if there.is_dir() else []
        return self.runtime.table_from(names)

    @property
    def kept(self) -> dict[str, dict[str, str]]:
        """What stays in REAPER's settings for the next run."""
        return {section: dict(values) for section, values in self.world.kept.items()}

    # arranging

    def project(self, **given: Any) -> Any:
        given.setdefault("file", str(self.folder / "song.rpp"))
        given.setdefault("media", str(self.folder / "Media"))
        return self.world.add_project(self.table(**given))

    def track(self, project: Any, index: int | None = None, **given: Any) -> Any:
        return self.world.add_track(project, self.table(**given), index)

    def item(self, track: Any, path: Path | str, source: Any = None, **given: Any) -> Any:
        """An item that plays `path`, as long as its file unless D_LENGTH says otherwise. Take fields go in too."""
        source = source or self.world.add_source(str(path), self.table())
        given.setdefault("D_LENGTH", source.seconds)
        item = self.world.add_item(track, self.table(**given))
        self.world.add_take(item, self.table(**{**given, "D_VOL": given.get("take_volume", 1)}), source)
        return item

    def select(self, project: Any, start: float, end: float) -> None:
        project["from"], project["to"] = start, end

    def answer(self, *typed: str) -> None:
        """What the user will type into the next form; fields left out keep what they show."""
        self.world.answers[len(self.world.answers) + 1] = self.runtime.table_from(typed)

    def decide(self, *answers: str) -> None:
        """What the user will answer to questions of yes and no."""
        for answer in answers:
            self.world.decisions[len(self.world.decisions) + 1] = {"yes": 6, "no": 7, "cancel": 2}[answer]

    # running

    def run(self, script: str = REPAINT) -> None:
        """Start the action, as its key does."""
        environment = self.runtime.globals()
        environment.reaper, environment.gfx = self.fake.reaper, self.fake.gfx
        before = set(environment.keys())
        chunk = self.runtime.eval("function(text) return assert(load(text, '=action')) end")(script)
        chunk()
        assert set(environment.keys()) == before, "the script left a global behind"

    def act(self, title: str) -> None:
        """Start the action of that name."""
        self.run(BUNDLES[f"Dawbridge_{title}.lua"])

    def tick(self, count: int = 1) -> bool:
        """Run `count` ticks. False once nothing is deferred any more."""
        lives = True
        for _ in range(count):
            self.world.clock += TICK_SECONDS
            lives = self.fake.tick()
        return lives

    def until(self, is_so: Callable[[], Any]) -> Any:
        """Tick until `is_so` holds; its value."""
        for _ in range(MOST_TICKS):
            found = is_so()
            if found:
                return found
            self.tick()
        raise AssertionError("it did not come to that; the window shows: " + " | ".join(self.lines))

    def wait(self, seconds: float) -> None:
        self.tick(round(seconds / TICK_SECONDS))

    def finish(self) -> None:
        """Tick until the script has nothing more to do."""
        self.until(lambda: len(self.world.deferred) == 0)

    def press(self, key: int) -> None:
        self.world["keys"][len(self.world["keys"]) + 1] = key

    # looking

    @property
    def lines(self) -> list[str]:
        """What the window shows."""
        return list(self.world.window.shown.lines.values())

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    @property
    def messages(self) -> list[str]:
        """Dialogs that have been shown."""
        return [message.message for message in self.world.messages.values()]

    @property
    def has_window(self) -> bool:
        return bool(self.world.window.is_open)


def make_folder(path: str) -> int:
    Path(path).mkdir(parents=True, exist_ok=True)
    return 1


def listed(table: Any) -> list[Any]:
    """A Lua list as a Python one."""
    return list(table.values())


def items_of(track: Any) -> list[Any]:
    return listed(track["items"])


def names(project: Any) -> list[str]:
    return [track.text.P_NAME for track in listed(project.tracks)]


def landed(project: Any) -> int:
    """How many variants lie on sibling tracks."""
    return sum(len(items_of(track)) for track in listed(project.tracks) if "variants" in track.text.P_NAME)
