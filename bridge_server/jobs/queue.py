"""FairQueue: whose job comes next. Pure data, no clock.

Clients share the engine by start-time fair queueing (Goyal, Vin, Cheng, "Start-time Fair Queueing", SIGCOMM 1996): the
client that has been served least, in seconds of audio, goes first. Within a client small jobs overtake large ones, but
none waits for more than `PATIENCE` overtakers. Whom the user has put in order goes before all others, in that order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

SMALL_SECONDS = 30.0
PATIENCE = 4


@dataclass
class _Entry:
    job: str
    client: str
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
        self._first: list[_Entry] = []
        self._now = 0.0

    def __len__(self) -> int:
        return len(self._first) + sum(len(line.entries) for line in self._lines.values())

    def __bool__(self) -> bool:
        return bool(self._first) or any(line.entries for line in self._lines.values())

    @property
    def placed(self) -> list[str]:
        """Those that the user has put in order."""
        return [entry.job for entry in self._first]

    def add(self, job: str, client: str, cost_seconds: float) -> None:
        """Append a job to its client's line. A client that was away starts level with those that were not."""
        self._lines = {name: line for name, line in self._lines.items() if line.entries or line.served > self._now}
        line = self._lines.setdefault(client, _Line(self._now))
        if not line.entries:
            line.served = max(line.served, self._now)
        line.entries.append(_Entry(job, client, cost_seconds))

    def pop(self) -> str:
        """Take the next job out. Raises IndexError when none waits."""
        if self._first:
            entry = self._first.pop(0)
            line = self._lines.setdefault(entry.client, _Line(self._now))
            line.served = max(line.served, self._now) + entry.cost_seconds
            return entry.job
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

    def order(self) -> list[str]:
        """In which they will come out if nobody joins them."""
        future = FairQueue()
        future._first, future._now = list(self._first), self._now
        future._lines = {
            name: _Line(line.served, [replace(entry) for entry in line.entries]) for name, line in self._lines.items()
        }
        return [future.pop() for _ in range(len(self))]

    def place(self, jobs: Sequence[str]) -> None:
        """Let those of `jobs` that wait here go before all others, in this order."""
        entries = {entry.job: entry for entry in self._entries()}
        self._first = [entries[job] for job in jobs if job in entries]
        chosen = {entry.job for entry in self._first}
        for line in self._lines.values():
            line.entries = [entry for entry in line.entries if entry.job not in chosen]

    def move(self, job: str, position: int) -> bool:
        """Let a job go after `position` others; False when it does not wait here.

        Those before it keep the order that they have now. Those behind it stay in the queue's own hands, unless the
        user had put them in order too.
        """
        order = self.order()
        if job not in order:
            return False
        placed = set(self.placed)
        order.remove(job)
        order.insert(position, job)
        last = max(index for index, each in enumerate(order) if each == job or each in placed)
        self.place(order[: last + 1])
        return True

    def remove(self, job: str) -> bool:
        """Take a job out of turn; False when it does not wait here."""
        for entries in (self._first, *(line.entries for line in self._lines.values())):
            for entry in entries:
                if entry.job == job:
                    entries.remove(entry)
                    return True
        return False

    def _entries(self) -> Iterator[_Entry]:
        yield from self._first
        for line in self._lines.values():
            yield from line.entries
