"""Pulls: one model on its way from its server to the disk, told to every tab, and stopped when somebody asks."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Literal

import msgspec

from bridge_server.home import Home
from bridge_server.models.catalogue import Model
from bridge_server.models.disk import only_one
from bridge_server.models.notices import Checking, Fetched, Fetching, Notice, Waiting
from bridge_server.models.patience import Patience
from bridge_server.models.pull import Plan, Source, carry_out, is_offline, plan_pull, register, with_needs
from bridge_server.protocol.errors import AlreadyRunning, BridgeError, BridgeFault, Problem

log = logging.getLogger(__name__)

TELL_EVERY_SECONDS = 0.25

State = Literal["looking", "fetching", "waiting", "done", "stopped", "failed"]


class Progress(msgspec.Struct, kw_only=True, omit_defaults=True):
    """done, total  bytes of all files that this pull fetches
    rate         bytes a second, lately
    reason       why it waits
    """

    model: str
    state: State
    done: int = 0
    total: int = 0
    rate: float = 0.0
    file: str = ""
    reason: str = ""
    problem: Problem | None = None


class Stopped(Exception):
    """Somebody asked for it; what has come in stays."""


class Pulls:
    """One at a time. `tell` is called from the pull's own thread."""

    def __init__(self, home: Home, tell: Callable[[Progress], None]) -> None:
        self._home = home
        self._tell = tell
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.latest: Progress | None = None

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def plans(self, model: Model) -> list[Plan]:
        """What is to be fetched, without fetching it; empty where all is here. Asks the server."""
        source = Source(offline=is_offline())
        return [plan for each in with_needs(model) if (plan := plan_pull(each, self._home, source)) is not None]

    def start(self, model: Model) -> None:
        """Raises AlreadyRunning."""
        if self.is_running:
            name = self.latest.model if self.latest is not None else "a model"
            raise AlreadyRunning(f"{name} is being fetched already.", "Wait until it is here, or stop it.")
        self._stop.clear()
        self.latest = Progress(model=model.name, state="looking")
        self._thread = threading.Thread(target=self._run, args=(model,), name="pull", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """What has come in stays, and the next pull goes on from there. A silent server is left when patience ends."""
        self._stop.set()
        if self.is_running:
            self._say("waiting", reason="It is being stopped.")

    def _run(self, model: Model) -> None:
        try:
            with only_one(self._home):
                self._fetch(model)
        except Stopped:
            self._say("stopped")
        except BridgeError as error:
            log.info("pull.failed model=%s code=%s", model.name, error.code)
            self._say("failed", problem=error.problem)
        except Exception as error:  # a thread of its own has nobody else to tell
            log.exception("pull.broke model=%s", model.name)
            self._say("failed", problem=BridgeFault(f"The download stumbled: {error!r}.").problem)
        else:
            self._say("done")

    def _fetch(self, model: Model) -> None:
        self._say("looking")
        plans = self.plans(model)
        count = _Count(sum(file.size for plan in plans for file in plan.wanted))
        for plan in plans:
            self._check()
            carry_out(plan, self._home, lambda notice: self._hear(notice, count), Patience(sleep=self._sleep))
        for each in with_needs(model):
            register(each, self._home)

    def _hear(self, notice: Notice, count: _Count) -> None:
        self._check()
        match notice:
            case Waiting(reason=reason):
                self._say("waiting", reason=reason, **count.figures())
            case Fetching(done=done):
                count.at(notice, done)
                if count.is_due():
                    self._say("fetching", file=notice.file, **count.figures())
            case Fetched(size=size):
                count.at(notice, size)
                self._say("fetching", file=notice.file, **count.figures())
            case Checking():
                if count.is_due():
                    self._say("fetching", file=f"checking {notice.file}", **count.figures())

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Stopped

    def _check(self) -> None:
        if self._stop.is_set():
            raise Stopped

    def _say(self, state: State, **facts: object) -> None:
        assert self.latest is not None
        before = {"done": self.latest.done, "total": self.latest.total}
        self.latest = Progress(model=self.latest.model, state=state, **{**before, **facts})  # type: ignore[arg-type]
        self._tell(self.latest)


class _Count:
    """Bytes of many files, and how fast they come."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done: dict[str, int] = {}
        self._told = 0.0
        self._since, self._then, self._rate = time.monotonic(), -1, 0.0

    def at(self, notice: Notice, done: int) -> None:
        self._done[f"{notice.model}/{notice.file}"] = done
        if self._then < 0:
            self._then = sum(self._done.values())
        now = time.monotonic()
        if now - self._since >= 1.0:
            here = sum(self._done.values())
            self._rate = (here - self._then) / (now - self._since)
            self._since, self._then = now, here

    def is_due(self) -> bool:
        now = time.monotonic()
        if now - self._told < TELL_EVERY_SECONDS:
            return False
        self._told = now
        return True

    def figures(self) -> dict[str, object]:
        return {"done": sum(self._done.values()), "total": self._total, "rate": round(self._rate)}
