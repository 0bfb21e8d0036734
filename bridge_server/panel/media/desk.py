"""Desk: everything that the routes of takes and sound work with, put together once."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bridge_server.home import Home
from bridge_server.panel.media.marks import Marks
from bridge_server.panel.media.records import Records
from bridge_server.panel.media.shelf import Shelf
from bridge_server.panel.media.table import Table
from bridge_server.panel.media.uploads import Uploads
from bridge_server.protocol.errors import BridgeError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """Any thread may use its parts."""

    records: Records
    marks: Marks
    shelf: Shelf
    table: Table
    uploads: Uploads

    def tidy(self) -> None:
        """Throw away what nobody asks for any more. Called once, when the panel opens."""
        try:
            self.shelf.tidy()
            self.uploads.tidy(self.records.mentions)
        except (OSError, BridgeError) as error:
            log.warning("panel.untidy error=%r", error)

    @classmethod
    def at(cls, home: Home) -> Desk:
        """Raises BridgeFault or DiskFull where the marks cannot be kept."""
        shelf = Shelf(home.panel / "sounds")
        return cls(
            Records(home.journal),
            Marks(home.root / "marks.sqlite3"),
            shelf,
            Table(shelf),
            Uploads(home.panel / "uploads"),
        )
