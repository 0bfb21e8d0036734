"""A real bridge in a thread of the test: real journal, real doors, by default with the fake engine behind it."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any
from unittest import mock

from bridge_server import __main__ as program
from bridge_server.bridge import Bridge
from bridge_server.client import Client
from bridge_server.config import Heartbeat, Settings
from bridge_server.connection import Connection, read_connection
from bridge_server.doors.mailbox import MailboxDoor
from bridge_server.home import Home
from bridge_server.jobs.journal import Journal
from tests.fakes.waiting import until

FAKE_ENGINE = (sys.executable, "-m", "tests.fakes.engine")
BRISK = Heartbeat(
    every_seconds=0.1,
    start_within_seconds=10.0,
    lost_after_seconds=5.0,
    abort_within_seconds=2.0,
    restarts=3,
    window_seconds=60.0,
)


class Faults(logging.Handler):
    """Collects what the bridge logs as an error. A test that expects some takes them out."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter("%(name)s %(message)s").format(record))

    def take(self) -> list[str]:
        taken, self.lines = self.lines, []
        return taken


class RunningBridge:
    """`with RunningBridge(root) as bridge:` what `python -m bridge_server` runs, stopped and checked at the end."""

    def __init__(
        self,
        root: Path,
        engine: tuple[str, ...] = FAKE_ENGINE,
        heartbeat: Heartbeat = BRISK,
        idle_exit: float = 0.0,
        share_lan: str = "",
    ) -> None:
        self.home = Home(root)
        self.faults = Faults()
        self._settings = Settings(
            home=self.home,
            engine_command=engine,
            heartbeat=heartbeat,
            osc_port=0,
            panel_port=0,
            share_lan=share_lan,
            idle_exit_seconds=idle_exit,
        )
        self._thread = threading.Thread(target=self._run, name="bridge")
        self._bridge: Bridge | None = None
        self._mailbox_door: MailboxDoor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._broke: BaseException | None = None

    def __enter__(self) -> RunningBridge:
        self.home.make()
        logging.getLogger().addHandler(self.faults)
        with (
            mock.patch.object(program, "_stop_on_signals", self._remember),
            mock.patch.object(program, "MailboxDoor", self._remember_mailbox),
        ):
            self._thread.start()
            until(self._is_open, 10, "the bridge opens its doors")
        if self._broke is not None:
            self._thread.join()
            logging.getLogger().removeHandler(self.faults)
            raise self._broke
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        logging.getLogger().removeHandler(self.faults)
        if kind is None:
            assert not self.faults.lines, "\n".join(self.faults.lines)

    def stop(self) -> None:
        """A clean stop; may be called twice."""
        if self._thread.is_alive():
            assert self._loop is not None
            self._loop.call_soon_threadsafe(self.bridge.stopping.set)
        self._thread.join(10)
        assert not self._thread.is_alive(), "the bridge does not stop"
        if self._broke is not None:
            raise self._broke

    @property
    def bridge(self) -> Bridge:
        """For looking, not for calling: it lives in another thread."""
        assert self._bridge is not None
        return self._bridge

    @property
    def connection(self) -> Connection:
        return read_connection(self.home)

    @property
    def mailbox_door(self) -> MailboxDoor:
        """For looking, not for calling."""
        assert self._mailbox_door is not None
        return self._mailbox_door

    @property
    def engine_pid(self) -> int | None:
        return self.bridge._engine.pid

    @property
    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    def client(self, name: str = "") -> Client:
        return Client.connect(name, self.home)

    def journal(self) -> Journal:
        """A second look at the journal on disk; close it."""
        return Journal(self.home.journal)

    def wait_for_engine(self, state: str = "ready") -> None:
        until(lambda: self.bridge._engine.state == state, 10, f"engine {state}")

    def _remember(self, bridge: Bridge) -> None:
        self._bridge, self._loop = bridge, asyncio.get_running_loop()

    def _remember_mailbox(self, *arguments: Any) -> MailboxDoor:
        self._mailbox_door = MailboxDoor(*arguments)
        return self._mailbox_door

    def _is_open(self) -> bool:
        return self._broke is not None or (self._bridge is not None and self.home.connection.exists())

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(program._serve(self._settings))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread of the test
            self._broke = error
