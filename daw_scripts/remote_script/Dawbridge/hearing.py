"""What the bridge says, put into the jobs and into sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .courier import Courier
from .jobs import Jobs, essence
from .texts import problem, say

PERCENT_STEP = 10
SILENT_SECONDS = 20.0
ENGINE = {"ready": "engine_is_ready", "starting": "engine_is_starting", "down": "engine_is_down"}


class Hearing:
    def __init__(
        self, jobs: Jobs, courier: Courier, tell: Callable[[str], None], tell_progress: Callable[[float], None]
    ) -> None:
        self.jobs = jobs
        self._courier = courier
        self._say = tell
        self._tell_progress = tell_progress
        self.on_guest: Callable[[dict[str, Any]], None] = lambda take: None
        self.on_link: Callable[[str], None] = lambda address: None
        self._percent: dict[str, int] = {}
        self._own_choices: set[tuple[str, int]] = set()
        self._was_connected = False
        self._heard_at: float | None = None

    def own_choice(self, job: str, number: int) -> None:
        """We asked for it ourselves, so its `place` needs no answer."""
        self._own_choices.add((job, number))

    def tick(self, now: float) -> None:
        """Ask again for missed events where a job has been silent for long."""
        self._was_connected = self._was_connected and self._courier.connected
        if self._heard_at is None or not self.jobs.open():
            self._heard_at = now
        elif now - self._heard_at > SILENT_SECONDS and self._courier.connected:
            self._heard_at = now
            self._courier.greet()

    def status(self) -> str:
        if not self._courier.connected:
            return say("no_bridge")
        engine = say(ENGINE.get((self._courier.welcome or {}).get("engine", ""), "engine_is_starting"))
        going = [job for job in self.jobs.open() if job["state"] != "done"]
        lines = [f"{job['title']} ({self._percent.get(job['job'], 0)} %)" for job in going]
        return " ".join([engine, "; ".join(lines) or say("no_jobs")])

    def hear(self, event: dict[str, Any]) -> tuple[dict[str, Any], int] | None:
        """Take in one event. Returns job and number where somebody else chose a variant."""
        self._heard_at = None
        kind = event.get("event")
        if kind == "welcome":
            self._welcome()
        elif kind == "refused":
            self._refused(event)
        elif kind == "panel_link":
            self.on_link(str(event.get("url", "")))
        job = self.jobs.get(event.get("job"))
        if job is None and kind == "place":
            self.on_guest(event["take"])
        if job is None or kind == "refused":
            return None
        seq = event.get("seq", 0)
        if seq:
            self.jobs.heard(job, seq)
            self.jobs.accepted(job)
        if kind == "place":
            return self._place(job, event["take"])
        self._job_event(str(kind), job, event)
        return None

    def _welcome(self) -> None:
        if not self._was_connected and self.jobs.open():
            self._say(say("bridge_found"))
        self._was_connected = True

    def _refused(self, event: dict[str, Any]) -> None:
        error = event.get("error", {})
        if error.get("code") == "wrong_key":
            return
        job = self.jobs.get(event.get("job"))
        if job is None:
            self._say(problem(error))
        elif job["state"] == "waiting" or error.get("code") == "unknown_job":
            self.jobs.accepted(job)
            self.jobs.put(job, state="failed")
            self._say(say("failed", title=job["title"], message=problem(error)))

    def _place(self, job: dict[str, Any], take: dict[str, Any]) -> tuple[dict[str, Any], int] | None:
        if (job["job"], take["number"]) in self._own_choices:
            self._own_choices.discard((job["job"], take["number"]))
            return None
        return job, int(take["number"])

    def _job_event(self, kind: str, job: dict[str, Any], event: dict[str, Any]) -> None:
        if job["state"] not in ("waiting", "running"):
            return  # a second last word, or a late one
        if kind == "accepted":
            before = event.get("position", 0)
            place = say("queued_behind", count=before) if before else say("queued")
            self._say(f"{job['title']}: {place}")
        elif kind == "started":
            self.jobs.put(job, state="running")
        elif kind == "progress":
            self._progress(job, event)
        elif kind == "done":
            self.jobs.put(job, state="done", takes=[essence(take) for take in event.get("takes", ())])
            self._tell_progress(1.0)
            if not job["takes"]:
                self.jobs.put(job, state="failed")
        elif kind == "failed":
            self.jobs.put(job, state="failed")
            self._say(say("failed", title=job["title"], message=problem(event.get("error", {}))))
        elif kind == "cancelled":
            self.jobs.put(job, state="cancelled")
            self._say(f"{job['title']}: {say('cancelled')}")

    def _progress(self, job: dict[str, Any], event: dict[str, Any]) -> None:
        percent = int(float(event["fraction"]) * 100)
        self._tell_progress(float(event["fraction"]))
        if percent // PERCENT_STEP != self._percent.get(job["job"], -1) // PERCENT_STEP:
            self._say(say("progress", title=job["title"], percent=percent, stage=event["stage"]))
        self._percent[job["job"]] = percent
