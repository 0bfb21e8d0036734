"""A song with the installed panel open."""

from typing import Any

from tests.daw.conftest import Song
from tests.daw.panel import Panel
from tests.daw.studio import BUNDLES, landed

PANEL = BUNDLES["Dawbridge_Panel.lua"]


class Stage:
    """A song with the panel open."""

    def __init__(self, song: Song) -> None:
        self.song, self.studio, self.desk = song, song.studio, song.desk
        self.studio.run(PANEL)
        self.studio.tick(2)
        self.panel = Panel(self.studio)

    def go(self, verb: str = "Repaint") -> Any:
        """Press the button below the form, and read the job that comes of it."""
        self.panel.press(verb, at="Dawbridge")
        return self.studio.until(self.desk.next_job)

    def land(self, request: Any) -> None:
        self.desk.accept(request.job)
        self.desk.start(request.job)
        self.desk.done(request)
        self.studio.until(lambda: landed(self.song.project) == request.variants)
        self.studio.wait(1)
