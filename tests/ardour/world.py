"""The scripts in a small fake Ardour, and what tests do with them."""

from pathlib import Path
from typing import Any

from bridge_server.protocol.requests import Repaint
from tests.ardour.lua import RATE, given, module, plain, region
from tests.daw.desk import Desk


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
