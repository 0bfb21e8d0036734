"""The jobs that this script has asked for, remembered in a file: they outlive the set, Live and the computer's night.

A job is a map: `job`, `verb`, `title`, where it came from (`set`, `track`, `start`, `tempo`, `rate`), `state` (waiting,
running, done, landed, parked, failed, cancelled, discarded), `seq` of its last event, `takes`, and what was laid in.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from .home import read_json, write_json

VERSION = 1
OPEN = ("waiting", "running", "done")
"""States in which something is still to come."""
MOST_REMEMBERED = 60
SAVE_SECONDS = 1.0
"""The file is written that seldom where only the place in the stream of events has moved: those come again."""
TAKE = ("number", "parts", "notes")
PART = ("path", "samples", "span", "timeline", "stems", "midi")


class Jobs:
    """All of them, the oldest first."""

    def __init__(self, home: str) -> None:
        self.path = Path(home) / "ableton" / "remote-script-jobs.json"
        self.changed = False
        self.told_unsaved = False
        self._jobs: dict[Any, dict[str, Any]] = {}
        self._seen = 0
        self._moved = False
        self._saved = -1e9
        found = read_json(self.path)
        if isinstance(found, dict) and found.get("version") == VERSION:
            jobs = found.get("jobs")
            self._jobs = {job["job"]: job for job in jobs or () if isinstance(job, dict) and "job" in job}
            self._seen = int(found.get("seen", 0))
            self.told_unsaved = bool(found.get("told_unsaved"))

    def save(self, now: float) -> None:
        """Raises OSError."""
        if not self.changed and not (self._moved and now - self._saved >= SAVE_SECONDS):
            return
        closed = [name for name, job in self._jobs.items() if job["state"] not in OPEN]
        for name in closed[: max(0, len(self._jobs) - MOST_REMEMBERED)]:
            del self._jobs[name]
        jobs = list(self._jobs.values())
        write_json(self.path, {"version": VERSION, "seen": self._seen, "told_unsaved": self.told_unsaved, "jobs": jobs})
        self.changed = self._moved = False
        self._saved = now

    def add(self, job: dict[str, Any]) -> None:
        self._jobs[job["job"]] = {"state": "waiting", "seq": self._seen, "takes": [], "made": time.time(), **job}
        self.changed = True

    def get(self, name: Any) -> dict[str, Any] | None:
        return self._jobs.get(name)

    def open(self) -> list[dict[str, Any]]:
        return [job for job in self._jobs.values() if job["state"] in OPEN]

    def unheard(self) -> list[dict[str, Any]]:
        """Those that the bridge has not accepted yet; each still has its `request`."""
        return [job for job in self._jobs.values() if job["state"] == "waiting" and "request" in job]

    def accepted(self, job: dict[str, Any]) -> None:
        """The bridge has it, and will not forget it: so may we."""
        if job.pop("request", None) is not None:
            self.changed = True

    def done(self) -> list[dict[str, Any]]:
        """Those whose result waits for its place."""
        return [job for job in self._jobs.values() if job["state"] == "done"]

    def in_set(self, name: str) -> list[dict[str, Any]]:
        return [job for job in self._jobs.values() if job.get("set") == name]

    def of_take(self, path: str) -> dict[str, Any] | None:
        """The job that made a file."""
        same = os.path.normcase(os.path.normpath(path))
        found: dict[str, Any] | None = None
        for job in self._jobs.values():
            if any(os.path.normcase(os.path.normpath(other)) == same for other in paths_of(job)):
                found = job
        return found

    def put(self, job: dict[str, Any], **changes: Any) -> None:
        job.update(changes)
        self.changed = True

    def heard(self, job: dict[str, Any], seq: int) -> None:
        """An event about a job has come."""
        self._seen = max(self._seen, seq)
        job["seq"] = max(seq, job["seq"])
        self._moved = True

    def after(self) -> int:
        """What the bridge shall repeat after: the last event of the job that has waited longest."""
        return min([int(job["seq"]) for job in self.open()] + [self._seen])


def essence(take: dict[str, Any]) -> dict[str, Any]:
    """What of a take has to be remembered to lay it in, now or later."""
    kept = {name: take[name] for name in TAKE if name in take}
    kept["parts"] = [{name: part[name] for name in PART if name in part} for part in take["parts"]]
    return kept


def paths_of(job: dict[str, Any]) -> list[str]:
    """Every file of a job's takes."""
    parts = [part for take in job["takes"] for part in take["parts"]]
    return [part["path"] for part in parts] + [stem["path"] for part in parts for stem in part.get("stems", ())]
