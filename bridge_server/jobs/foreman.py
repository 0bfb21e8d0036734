"""Foreman: takes jobs from the queue, one at a time, and sees each to its end. The journal always knows first."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from bridge_server.jobs.attempt import Attempt, Bench, Listener, Stopped
from bridge_server.jobs.job import Job, with_seed
from bridge_server.jobs.journal import Journal, fingerprint
from bridge_server.jobs.queue import FairQueue
from bridge_server.protocol.errors import BridgeError, BridgeFault, DuplicateJob, EngineLost, UnknownJob
from bridge_server.protocol.events import (
    Accepted,
    AnyEvent,
    Cancelled,
    Done,
    Failed,
    JobLine,
    KeptEvent,
    Place,
    Preview,
    Progress,
    Started,
    State,
    TakeReady,
)
from bridge_server.protocol.requests import JobRequest
from bridge_server.protocol.values import Take

log = logging.getLogger(__name__)

TRIES_AFTER_LOSS = 2
TRIES_AT_ALL = 5
PROGRESS_EVERY_SECONDS = 0.1
STUCK_SECONDS = 5.0


class Foreman:
    """Lives in the bridge's loop. `post(event, job)` tells whoever owns the job; `queue_changed()` that others wait,
    or in another order.
    """

    def __init__(
        self,
        journal: Journal,
        bench: Bench,
        post: Callable[[AnyEvent, Job], None],
        queue_changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal = journal
        self._bench = bench
        self._post = post
        self._queue_changed = queue_changed
        self._queue = FairQueue()
        self._jobs: dict[str, Job] = {}
        self._current: tuple[Job, Attempt] | None = None
        self._losses: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._last_progress = 0.0

    @property
    def is_idle(self) -> bool:
        return self._current is None and not self._queue

    def recover(self) -> int:
        """Put the jobs that a former bridge left unfinished back into the queue; returns how many."""
        jobs = self._journal.unfinished()
        begun = [job.id for job in jobs if job.state == "running"]
        for job in jobs:
            if job.state == "running":
                with self._journal.transaction():
                    job.move("queued")
                    self._journal.save(job)
            self._enqueue(job)
        self._queue.place((*begun, *self._journal.known_order()))
        return len(jobs)

    # what clients ask for

    def accept(self, request: JobRequest, client: str, door: str) -> list[AnyEvent]:
        """Write a job down, queue it and say so. Returns what a client must be told that sent it twice: the same.

        Raises DuplicateJob when the id belongs to another request, DiskFull when it cannot be written down.
        """
        mark = fingerprint(request)
        known = self._journal.mark(request.job)
        if known and known != mark:
            raise DuplicateJob(f"The job id {request.job} was already used for another request.")
        if known:
            return self._told_so_far(request.job)
        job = Job(request=with_seed(request), client=client, door=door)
        with self._journal.transaction():
            self._journal.add(job, mark)
            accepted = self._journal.append(self._accepted(job), client)
        log.info("job.accepted job=%s task=%s client=%s", job.id, job.task, client)
        self._post(accepted, job)
        self._enqueue(job)
        return []

    def cancel(self, job_id: str) -> None:
        """Stop a job, wherever it is; one that has ended stays as it is. Raises UnknownJob."""
        if self._current is not None and self._current[0].id == job_id:
            self._current[1].cancel()
            return
        if self._queue.remove(job_id):
            self._queue_changed()
            job = self._jobs[job_id]
            try:
                self._end(job, "cancelled", Cancelled(job=job_id))
            except BridgeError:
                self._put_back(job)
                raise
        elif self._journal.job(job_id) is None:
            raise UnknownJob(f"There is no job {job_id}.")

    def retry(self, job_id: str) -> None:
        """Queue a failed or cancelled job again; one that waits or runs stays as it is. Raises UnknownJob."""
        job = self._jobs.get(job_id) or self._journal.job(job_id)
        if job is None:
            raise UnknownJob(f"There is no job {job_id}.")
        if job.state not in ("failed", "cancelled"):
            return
        job.attempts, job.error = 0, None
        self._losses.pop(job_id, None)
        self._record(job, "queued", self._accepted(job))
        self._enqueue(job)

    def choose(self, job_id: str, number: int, client: str = "") -> None:
        """Mark a take as the chosen one and ask `client`, or who owns the job, to place it. Raises UnknownJob."""
        job = self._jobs.get(job_id) or self._journal.job(job_id)
        takes = self._journal.takes(job=job_id)
        if job is None or number not in {take.number for take in takes}:
            raise UnknownJob(f"There is no take {number} of a job {job_id}.")
        with self._journal.transaction():
            for take in takes:
                self._journal.keep_take(replace(take, chosen=take.number == number), job.request.project)
            chosen = next(replace(take, chosen=True) for take in takes if take.number == number)
            told = client or job.client
            event = self._journal.append(Place(job=job_id, take=chosen), told)
        door = job.door if told == job.client else self._journal.door_of(told)
        self._post(event, dataclasses.replace(job, client=told, door=door))

    def move(self, job_id: str, position: int) -> None:
        """Let a waiting job go after `position` others; one that does not wait stays as it is. Raises UnknownJob."""
        if self._queue.move(job_id, position):
            self._journal.remember_order(self._queue.placed)
            self._queue_changed()
        elif self._journal.job(job_id) is None:
            raise UnknownJob(f"There is no job {job_id}.")

    def order(self) -> tuple[str, ...]:
        """The jobs that wait, as they will run."""
        return tuple(self._queue.order())

    def lines(self, limit: int) -> tuple[JobLine, ...]:
        """The newest jobs, as far as this bridge knows them."""
        position = {job: number for number, job in enumerate(self.order())}
        found = []
        for written in self._journal.latest(limit):
            job = self._jobs.get(written.id, written)
            if job.state == "done":
                job.fraction = 1.0
            found.append(job.line(position.get(job.id)))
        return tuple(found)

    # the work

    async def work(self) -> None:
        """Run jobs until cancelled."""
        while True:
            await self._bench.engine.ready.wait()
            if not self._queue:
                self._wake.clear()
                await self._wake.wait()
                continue
            job = self._jobs[self._queue.pop()]
            self._queue_changed()
            try:
                await self._run(job)
            except BridgeError as error:
                log.error("journal.stuck job=%s code=%s message=%s", job.id, error.code, error.message)
                self._put_back(job)
                await asyncio.sleep(STUCK_SECONDS)
            except Exception:  # whatever it is, the jobs behind this one are not to wait for ever
                log.exception("foreman.broke job=%s", job.id)

    async def _run(self, job: Job) -> None:
        job.attempts += 1
        job.started, job.fraction, job.stage = time.time(), 0.0, ""
        self._record(job, "running", Started(job=job.id, attempt=job.attempts))
        done = tuple(self._journal.takes(job=job.id))
        listener = Listener(
            on_progress=lambda fraction, stage: self._progress(job, fraction, stage),
            on_take=lambda take: self._take(job, take),
            on_preview=lambda number, path: self._preview(job, number, path),
        )
        attempt = Attempt(job, done, self._bench, listener)
        self._current = (job, attempt)
        started = time.monotonic()
        try:
            await attempt.run()
        except Stopped:
            self._end(job, "cancelled", Cancelled(job=job.id))
        except EngineLost as error:
            self._survive(job, error)
        except BridgeError as error:
            self._fail(job, error)
        except Exception as error:
            log.exception("job.broke job=%s", job.id)
            self._fail(job, BridgeFault(f"The bridge stumbled over this job: {type(error).__name__}: {error}."))
        else:
            takes = tuple(self._journal.takes(job=job.id))
            self._end(job, "done", Done(job=job.id, takes=takes, seconds=round(time.monotonic() - started, 3)))
        finally:
            self._current = None

    def _progress(self, job: Job, fraction: float, stage: str) -> None:
        job.fraction, job.stage = fraction, stage
        now = time.monotonic()
        if now - self._last_progress >= PROGRESS_EVERY_SECONDS or fraction in (0.0, 1.0):
            self._last_progress = now
            self._post(Progress(job=job.id, fraction=fraction, stage=stage), job)

    def _take(self, job: Job, take: Take) -> None:
        with self._journal.transaction():
            self._journal.keep_take(take, job.request.project)
            event = self._journal.append(TakeReady(job=job.id, take=take), job.client)
        log.info("job.take job=%s number=%d", job.id, take.number)
        self._post(event, job)

    def _preview(self, job: Job, number: int, path: Path) -> None:
        with self._journal.transaction():
            event = self._journal.append(Preview(job=job.id, number=number, path=str(path)), job.client)
        self._post(event, job)

    def _survive(self, job: Job, error: EngineLost) -> None:
        """The engine died: the job goes back into the queue once, then it was the job."""
        self._losses[job.id] = self._losses.get(job.id, 0) + 1
        if self._losses[job.id] >= TRIES_AFTER_LOSS or job.attempts >= TRIES_AT_ALL:
            self._fail(job, EngineLost(f"The engine stopped {self._losses[job.id]} times on this job. {error.message}"))
            return
        log.warning("job.requeued job=%s", job.id)
        with self._journal.transaction():
            job.move("queued")
            self._journal.save(job)
        self._enqueue(job)

    def _fail(self, job: Job, error: BridgeError) -> None:
        job.error = error.problem
        self._end(job, "failed", Failed(job=job.id, error=error.problem))

    def _end(self, job: Job, state: State, event: KeptEvent) -> None:
        log.info("job.%s job=%s", state, job.id)
        self._record(job, state, event)
        self._jobs.pop(job.id, None)
        if state == "done":
            self._losses.pop(job.id, None)

    def _record(self, job: Job, state: State, event: KeptEvent) -> None:
        """One move of a job: journal first, then the owner hears of it."""
        with self._journal.transaction():
            job.move(state)
            self._journal.save(job)
            kept = self._journal.append(event, job.client)
        self._post(kept, job)

    def _enqueue(self, job: Job) -> None:
        self._jobs[job.id] = job
        self._queue.add(job.id, job.client, job.cost_seconds)
        self._queue_changed()
        self._wake.set()

    def _put_back(self, job: Job) -> None:
        """The journal could not be written, so the job is where it was: it waits until there is room again."""
        job.state = "queued"
        self._enqueue(job)

    def _accepted(self, job: Job) -> Accepted:
        ahead = len(self._queue) + (self._current is not None)
        return Accepted(job=job.id, position=ahead, backend=job.request.backend or self._bench.default_backend())

    def _told_so_far(self, job_id: str) -> list[AnyEvent]:
        """Accepted, and how it ended if it has; the journal knows that even when it has dropped the old events."""
        job = self._journal.job(job_id)
        assert job is not None
        events = self._journal.events_of(job_id)
        accepted = next((event for event in events if isinstance(event, Accepted)), Accepted(job=job_id))
        ends = [event for event in events if isinstance(event, Done | Failed | Cancelled)]
        match job.state:
            case "queued" | "running":
                return [accepted]
            case _ if ends:
                return [accepted, ends[-1]]
            case "failed" if job.error:
                return [accepted, Failed(job=job_id, error=job.error)]
            case "done":
                return [accepted, Done(job=job_id, takes=tuple(self._journal.takes(job=job_id)))]
        return [accepted, Cancelled(job=job_id)]
