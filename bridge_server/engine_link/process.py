"""The engine's process: started with its input held open, so that it ends with the bridge; noticed when it dies."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOG_BYTES = 4_000_000

_APART: dict[str, Any]
"""Keeps Ctrl-C in the bridge's terminal, and a console window on Windows, away from the engine."""

if sys.platform == "win32":
    _APART = {"creationflags": subprocess.CREATE_NO_WINDOW}
else:
    _APART = {"start_new_session": True}


class EngineProcess:
    """One run of the engine."""

    def __init__(self, command: tuple[str, ...], key: str, log: Path, home: Path) -> None:
        """`home` tells the engine where models are. Raises OSError when the program cannot be started."""
        mode = "ab" if log.exists() and log.stat().st_size < LOG_BYTES else "wb"
        with log.open(mode) as output:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env={**os.environ, "DAWBRIDGE_ENGINE_KEY": key, "DAWBRIDGE_HOME": str(home)},
                **_APART,
            )

    def watch(self, on_exit: Callable[[int], None]) -> None:
        """`on_exit(code)` is called from a thread of its own when the process has ended, or has already."""

        def wait() -> None:
            code = self._popen.wait()
            self._let_go()
            on_exit(code)

        threading.Thread(target=wait, name="engine-exit", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._popen.pid

    def kill(self) -> None:
        self._popen.kill()

    def stop(self, within_seconds: float) -> None:
        """Let go of its input, which ends it; kill it if that takes too long."""
        self._let_go()
        try:
            self._popen.wait(within_seconds)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()

    def _let_go(self) -> None:
        assert self._popen.stdin is not None
        self._popen.stdin.close()
