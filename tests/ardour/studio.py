"""A session in the real Ardour: three tracks, and what tests do and look at there."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from tests.ardour import settings
from tests.ardour.program import HERE, Ardour, run_lua
from tests.conftest import Samples, make_tone
from tests.fakes.waiting import until

TRACKS = ("Voice", "Drums", "Bass")
LANDING_SECONDS = 90.0
IMPORT = """
local files = C.StringVector()
files:push_back({path})
Editor:do_import(files, Editing.ImportSerializeFiles, Editing.ImportToTrack, ARDOUR.SrcQuality.SrcBest,
  ARDOUR.MidiTrackNameSource.SMFTrackName, ARDOUR.MidiTempoMapDisposition.SMFTempoIgnore, Temporal.timepos_t({at}),
  ARDOUR.PluginInfo(), Session:route_by_name({track}):to_track(), false)
"""
PLAYED = """
for route in Session:get_tracks():iter() do
  for region in route:to_track():playlist():region_list():iter() do
    if region:to_stateful():id():to_s() == {id} then
      local start = region:position():samples()
      for note in ARDOUR.LuaAPI.note_list(region:to_midiregion():model()):iter() do
        local at = Temporal.TempoMap.read():sample_at_beats(region:position():beats() + note:time())
        tell(note:note(), note:velocity(), at - start)
      end
    end
  end
end
collectgarbage()
"""
REGIONS = """
for route in Session:get_tracks():iter() do
  for region in route:to_track():playlist():region_list():iter() do
    local audio = region:to_audioregion()
    local paths = {}
    local channels = audio:isnil() and 1 or audio:n_channels()
    for index = 0, channels - 1 do paths[index + 1] = region:source(index):to_filesource():path() end
    tell(route:name(), region:name(), region:position():samples(), region:length():samples(), region:start():samples(),
      region:muted(), region:to_stateful():id():to_s(), table.concat(paths, "|"))
  end
end
"""


@dataclass(frozen=True)
class Region:
    track: str
    name: str
    position: int
    length: int
    start: int
    is_muted: bool
    id: str
    paths: tuple[Path, ...]

    def audio(self) -> Samples:
        """What it plays, (C, T)."""
        rows = []
        for path in self.paths:
            found, _ = soundfile.read(path, start=self.start, frames=self.length, dtype="float32", always_2d=True)
            rows.append(found.T[0])
        return np.array(rows)


def lua_text(text: str | Path) -> str:
    return "[==[" + str(text) + "]==]"


class Studio:
    """Not started until `open`; `close` ends Ardour without saving."""

    def __init__(self, root: Path, session: Path, rate: int, display: str, dawbridge: Path) -> None:
        self.root, self.session, self.rate, self.dawbridge = root, session, rate, dawbridge
        self._display = display
        self._ardour: Ardour | None = None
        self._heard = 0
        self.home = root / "home"
        settings.write(self.home, rate, HERE / "probe.lua")
        settings.give_browser(self.home)
        settings.install(self.home, dawbridge)
        session.parent.mkdir(parents=True, exist_ok=True)
        assert "MADE" in run_lua(self.home, "make_session.lua", session, session.name, rate, *TRACKS)

    def open(self) -> None:
        """Start Ardour, and wait until the watcher is at work: an action before that says that it is not."""
        began = time.time()
        self._ardour = Ardour(self.home, self.session, self._display, self.dawbridge).__enter__()

        def is_watched() -> bool:
            reports = self.dawbridge.glob("ardour-*-report.json")
            return any(report.stat().st_mtime >= began for report in reports)

        until(is_watched, 60, "the watcher reports")

    def close(self) -> None:
        if self._ardour is not None:
            self._ardour.__exit__(None, None, None)
        self._ardour = None

    def kill(self) -> None:
        self.ardour.kill()
        self.close()

    @property
    def is_open(self) -> bool:
        return self._ardour is not None

    @property
    def ardour(self) -> Ardour:
        assert self._ardour is not None
        return self._ardour

    # arranging

    def sound(self, name: str, seconds: float, rate: int, seed: int = 0, channels: int = 2) -> Path:
        path = self.root / name
        sound = make_tone(seconds, rate, channels, seed=seed, hertz=110.0 + 55 * seed)
        soundfile.write(path, sound.T, rate, subtype="PCM_24")
        return path

    def bring(self, path: Path, track: str, at: int) -> None:
        self.ardour.ask(IMPORT.format(path=lua_text(path), at=at, track=lua_text(track)))

    def remember(self, **answers: str) -> None:
        """What the forms will show, as if it had been typed the last time."""
        path = self.dawbridge / "ardour-form.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps(known | answers), encoding="utf-8")

    # acting

    def ask_for(self, verb: str, title: str, **answers: str) -> None:
        """Press the verb's key and accept its form."""
        usual = {"variants": "1", "tags": "lofi, rhodes", "lyrics": "", "key": "", "replace": "no"}
        self.remember(**(usual | answers))
        self.ardour.press(verb)
        window = self.ardour.dialog(f"Dawbridge: {title}")
        self.ardour.close(window, "alt+o")

    def until_closed(self) -> None:
        until(lambda: not self.ardour.windows(), 30, "the dialog closes")

    def told(self, title: str, key: str = "alt+c") -> str:
        """The text of the message that is shown, by our log; the message is closed then."""
        sentence = self.told_and(title, key)
        self.until_closed()
        return sentence

    def told_and(self, title: str, key: str = "alt+c") -> str:
        """The same where another dialog follows."""
        window = self.ardour.dialog(title)
        self.ardour.close(window, key)
        said = [line for line in self.script_log().splitlines() if " told " in line or " asked " in line]
        assert len(said) > self._heard, f"{title!r} was no message, but a form"
        self._heard = len(said)
        return said[-1]

    def save(self) -> None:
        self.ardour.ask('Session:save_state("", false, false, false, false, false)')

    def undo(self) -> None:
        self.ardour.ask("Editor:undo(1)")

    def redo(self) -> None:
        self.ardour.ask("Editor:redo(1)")

    # looking

    def regions(self, *tracks: str) -> list[Region]:
        """What lies on the tracks (all of them by default), in Ardour's order."""
        found = []
        for track, name, position, length, start, is_muted, number, paths in self.ardour.ask(REGIONS):
            sources = tuple(Path(path) for path in paths.split("|"))
            region = Region(track, name, int(position), int(length), int(start), is_muted == "true", number, sources)
            found += [region] if not tracks or track in tracks else []
        return found

    def new_regions(self, before: list[Region], count: int = 1) -> list[Region]:
        """Wait until `count` regions have come to those of `before`."""
        known = {region.id for region in before}

        def look() -> list[Region] | None:
            found = [region for region in self.regions() if region.id not in known]
            return found if len(found) >= count else None

        found = until(look, LANDING_SECONDS, f"{count} new regions; {self.story()}")
        assert found is not None
        assert len(found) == count
        return found

    def jobs(self) -> dict[str, Any]:
        """What the session remembers of its jobs."""
        path = self.session / "dawbridge-jobs.json"
        return dict(json.loads(path.read_text())["jobs"]) if path.exists() else {}

    def client(self) -> str:
        """The name under which the bridge knows this session."""
        return str(json.loads((self.session / "dawbridge-jobs.json").read_text())["client"])

    def waiting(self) -> dict[str, Any]:
        """Those of them that have not been laid in."""
        return {name: job for name, job in self.jobs().items() if "landed" not in job["place"]}

    def first_request(self, word: str) -> Any:
        """The first request of that kind, as the bridge keeps it beside the take."""
        path = min((self.session / "Dawbridge").glob(f"{word}-*/request.json"), key=lambda path: path.stat().st_mtime)
        return json.loads(path.read_text())

    def offered(self) -> set[str]:
        """The tasks that the watcher knows to be served now."""
        reports = [json.loads(path.read_text()) for path in self.dawbridge.glob("ardour-*-report.json")]
        backends = [one for report in reports for one in report.get("welcome", {}).get("backends", [])]
        return {task for backend in backends for task in backend["tasks"]}

    def takes(self) -> list[dict[str, Any]]:
        path = self.session / "dawbridge-takes.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def played(self, region: Region) -> list[tuple[int, int, int]]:
        """The notes of a MIDI region: pitch, velocity, and the sample after its beginning."""
        lines = self.ardour.ask(PLAYED.format(id=lua_text(region.id)))
        return [(int(pitch), int(velocity), int(at)) for pitch, velocity, at in lines]

    def opened(self) -> list[str]:
        """Addresses that the browser was told to open."""
        path = settings.opened(self.home)
        return path.read_text().splitlines() if path.exists() else []

    def script_log(self) -> str:
        path = self.home / ".config" / "ardour7" / "dawbridge.log"
        return path.read_text() if path.exists() else ""

    def story(self) -> str:
        return f"script log: {self.script_log()!r}, jobs: {self.jobs()}"
