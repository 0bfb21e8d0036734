"""A bridge of its own for one measurement: private home, real process, gone afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bridge_server.client import Client, new_job_id
from bridge_server.connection import Connection, read_connection
from bridge_server.home import Home
from bridge_server.protocol.errors import NoBridge
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span


@dataclass(frozen=True)
class Stage:
    """A running bridge."""

    home: Home
    process: psutil.Process
    connection: Connection

    def client(self, name: str) -> Client:
        return Client.connect(name, self.home)

    @property
    def resident_megabytes(self) -> float:
        return float(self.process.memory_info().rss) / 1e6

    def wait_for_engine(self) -> None:
        with self.client("waiting") as client:
            while client.hello().engine != "ready":
                time.sleep(0.05)


@contextmanager
def stage() -> Iterator[Stage]:
    """Start a bridge, hand it over once it has opened its doors, end it however the block ends."""
    with tempfile.TemporaryDirectory(prefix="dawbridge-bench-", ignore_cleanup_errors=True) as folder:
        home = Home(Path(folder))
        environment = {**os.environ, "DAWBRIDGE_HOME": folder}
        popen = subprocess.Popen([sys.executable, "-m", "bridge_server", "--osc-port", "0"], env=environment)
        try:
            yield Stage(home, psutil.Process(popen.pid), _opened(home))
        finally:
            popen.terminate()
            popen.wait(20)


def _opened(home: Home) -> Connection:
    deadline = time.monotonic() + 20
    while True:
        try:
            return read_connection(home)
        except NoBridge:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.002)


def small_job(seconds: float = 2.0) -> Generate:
    return Generate(job=new_job_id(), span=Span(0, int(seconds * 48_000), 48_000), tags="rock", seed=1)
