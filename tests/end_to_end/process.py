"""The real thing: `python -m bridge_server` with its real engine, started, watched and killed from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType

import psutil

from bridge_server.client import Client
from bridge_server.connection import Connection, read_connection
from bridge_server.home import Home
from bridge_server.protocol.errors import BridgeError
from tests.fakes.waiting import until

FAKE = "tests.fakes.bridge_process"
"""The same bridge with the fake engine, which is up at once and does what tags say."""


class BridgeProcess:
    """`with BridgeProcess(root):` one run of a bridge; whatever is left of it at the end is killed."""

    def __init__(self, root: Path, *options: str, program: str = "bridge_server") -> None:
        self.home = Home(root)
        self.popen = subprocess.Popen(
            [sys.executable, "-m", program, "--osc-port", "0", *options],
            env={**os.environ, "DAWBRIDGE_HOME": str(root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._engines: set[psutil.Process] = set()

    def __enter__(self) -> BridgeProcess:
        until(self._is_open, 40, "the bridge opens its doors")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        for engine in self._engines:
            if not has_ended(engine):
                engine.kill()

    @property
    def connection(self) -> Connection:
        return read_connection(self.home)

    def client(self, name: str = "") -> Client:
        return Client.connect(name, self.home)

    def engine(self) -> psutil.Process:
        """The engine that runs now."""
        (engine,) = until(lambda: psutil.Process(self.popen.pid).children(), 20, "an engine")
        self._engines.add(engine)
        return engine

    def wait_for_engine(self) -> psutil.Process:
        with self.client() as client:
            until(lambda: client.hello().engine == "ready", 60, "engine ready")
        return self.engine()

    def terminate(self, within_seconds: float = 5.0) -> int:
        self.popen.send_signal(signal.SIGTERM)
        return self.wait(within_seconds)

    def wait(self, within_seconds: float) -> int:
        code = self.popen.wait(within_seconds)
        self._close()
        return code

    def kill(self) -> None:
        """As `kill -9` does; remembers the engine, to see that it follows."""
        if self.popen.poll() is None:
            self._engines.update(psutil.Process(self.popen.pid).children())
            self.popen.kill()
        self.popen.wait()
        self._close()

    def wait_until_engines_are_gone(self) -> None:
        until(lambda: all(has_ended(engine) for engine in self._engines), 20, "the engine ends with its bridge")

    def said(self) -> str:
        assert self.popen.stderr is not None
        return self.popen.stderr.read().decode()

    def _close(self) -> None:
        assert self.popen.stderr is not None
        self.popen.stderr.close()

    def _is_open(self) -> bool:
        assert self.popen.poll() is None, self.said()
        try:
            return self.connection.pid == self.popen.pid
        except BridgeError:
            return False


def has_ended(process: psutil.Process) -> bool:
    """Also true of one that nobody has asked yet how it ended."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
