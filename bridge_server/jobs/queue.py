"""FairQueue: whose job comes next. Pure data, no clock.

Clients share the engine by start-time fair queueing (Goyal, Vin, Cheng, "Start-time Fair Queueing", SIGCOMM 1996): the
client that has been served least, in seconds of audio, goes first. Within a client small jobs overtake large ones, but
none waits for more than `PATIENCE` overtakers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SMALL_SECONDS = 30.0
PATIENCE = 4


@dataclass
class _Entry:
    job: str
    cost_seconds: float
    overtaken: int = 0

    @property
    def is_small(self) -> bool:
        return self.cost_seconds <= SMALL_SECONDS


@dataclass
class _Line:
    """The jobs of one client. `served` is its virtual time: seconds of audio it has been given."""

    served: float
    entries: list[_Entry] = field(default_factory=list)

    def next(self) -> _Entry:
        first = self.entries[0]
        if first.is_small or first.overtaken >= PATIENCE:
            return first
        return next((entry for entry in self.entries if entry.is_small), first)


class FairQueue:
    """Jobs that wait. Ids are unique."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}
        self._now = 0.0

    def __len__(self) -> int:
        return sum(len(line.entries) for line in self._lines.values())

    def __bool__(self) -> bool:
        return any(line.entries for line in self._lines.values())

    def add(self, job: str, client: str, cost_seconds: float) -> None:
        """Append a job to its client's line. A client that was away starts level with those that were not."""
        self._lines = {name: line for name, line in self._lines.items() if line.entries or line.served > self._now}
        line = self._lines.setdefault(client, _Line(self._now))
        if not line.entries:
            line.served = max(line.served, self._now)
        line.entries.append(_Entry(job, cost_seconds))

    def pop(self) -> str:
        """Take the next job out. Raises IndexError when none waits."""
        waiting = [line for line in self._lines.values() if line.entries]
        if not waiting:
            raise IndexError("the queue is empty")
        line = min(waiting, key=lambda line: line.served)
        entry = line.next()
        for passed in line.entries[: line.entries.index(entry)]:
            passed.overtaken += 1
        line.entries.remove(entry)
        self._now = line.served
        line.served += entry.cost_seconds
        return entry.job

    def remove(self, job: str) -> bool:
        """Take a job out of turn; False when it does not wait here."""
        for line in self._lines.values():
            for entry in line.entries:
                if entry.job == job:
                    line.entries.remove(entry)
                    return True
        return False
