"""Home: the user's Dawbridge folder, and where everything in it lies."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from bridge_server.protocol.servers import FILE_NAME


@dataclass(frozen=True)
class Home:
    """Paths below one folder that belongs to the user alone. One bridge serves one home."""

    root: Path

    @classmethod
    def find(cls) -> Home:
        """`DAWBRIDGE_HOME`, or the platform's folder for user data."""
        named = os.environ.get("DAWBRIDGE_HOME")
        return cls(Path(named) if named else Path(platformdirs.user_data_dir("dawbridge", appauthor=False)))

    @property
    def connection(self) -> Path:
        return self.root / "connection.json"

    @property
    def music_server(self) -> Path:
        """An ACE-Step server of the user's own, if one was added."""
        return self.root / FILE_NAME

    @property
    def lock(self) -> Path:
        return self.root / "bridge.lock"

    @property
    def journal(self) -> Path:
        return self.root / "journal.sqlite3"

    @property
    def mailbox(self) -> Path:
        return self.root / "mailbox"

    @property
    def scratch(self) -> Path:
        return self.root / "scratch"

    @property
    def outbox(self) -> Path:
        return self.root / "outbox"

    @property
    def takes(self) -> Path:
        """For projects that have not been saved yet."""
        return self.root / "takes"

    @property
    def curve(self) -> Path:
        """Keys for bridges that listen beyond this machine."""
        return self.root / "curve"

    @property
    def start(self) -> Path:
        """How a script starts the bridge."""
        return self.root / "start.json"

    @property
    def installed(self) -> Path:
        """What was installed into which DAW."""
        return self.root / "installed"

    @property
    def at_work(self) -> Path:
        """Touched as long as a bridge that was told to stop finishes what it is writing."""
        return self.root / "at-work"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def panel(self) -> Path:
        """The panel's own things: regions, uploads, what it has rendered and drawn."""
        return self.root / "panel"

    @property
    def panel_file(self) -> Path:
        """The panel's port, and who was let in."""
        return self.root / "panel.json"

    @property
    def loras(self) -> Path:
        """Where a user puts LoRAs that the panel shall offer."""
        return self.root / "loras"

    def make(self) -> None:
        """Create the folders, owner-only. Raises OSError."""
        for folder in (self.root, self.mailbox, self.scratch, self.outbox, self.takes, self.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)
