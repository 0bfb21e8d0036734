"""Progress: what the installation is doing, for people at a terminal and for logs."""

import shutil
import threading
import time
from typing import TextIO

TICK_SECONDS = 0.25


class Progress:
    """One line that says which step runs, on what, for how long; without a terminal, one plain line per change."""

    def __init__(self, stream: TextIO, steps: int) -> None:
        self._stream = stream
        self._steps = steps
        self._now = (0, "")
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True) if stream.isatty() else None
        if self._ticker:
            self._ticker.start()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def say(self, step: int, text: str) -> None:
        """Name the step (from 1) and its object."""
        if (step, text) == self._now:
            return
        self._now = step, text
        if self._ticker:
            self._draw()
        else:
            self._stream.write(f"{self._line()}\n")
            self._stream.flush()

    def close(self) -> None:
        """Leave the terminal with an empty line, ready for whoever speaks next."""
        self._over.set()
        if self._ticker:
            self._ticker.join()
            self._stream.write("\r" + " " * self._room() + "\r")
            self._stream.flush()

    def _line(self) -> str:
        step, text = self._now
        return f"[{step}/{self._steps}] {text}"

    def _tick(self) -> None:
        while not self._over.wait(TICK_SECONDS):
            self._draw()

    def _draw(self) -> None:
        room = self._room()
        clock = f"  {self.seconds:.0f} s"
        line = self._line()[: max(room - len(clock), 0)] + clock
        with self._lock:
            self._stream.write("\r" + line.ljust(room)[:room])
            self._stream.flush()

    @staticmethod
    def _room() -> int:
        # Spaces wipe what stood there before: not every console knows the code for it. The last column would wrap.
        return shutil.get_terminal_size().columns - 1
