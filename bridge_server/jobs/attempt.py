"""Attempt: one try at one job, from the source file to the takes on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from bridge_server.jobs.folders import takes_folder
from bridge_server.jobs.job import Job, seeds_of
from bridge_server.jobs.resolve import Plan, resolve
from bridge_server.jobs.scratch import Scratch
from bridge_server.protocol.codec import to_json
from bridge_server.protocol.engine import (
    Abort,
    Aborted,
    Broke,
    EngineOrder,
    Finished,
    Halfway,
    JobWord,
    Render,
    Step,
    Variant,
)
from bridge_server.protocol.errors import EngineLost, SourceChanged, from_problem
from bridge_server.protocol.values import Capabilities, Take

T = TypeVar("T")


class Stopped(Exception):
    """The job was cancelled, and the engine has let go of it."""


class Engine(Protocol):
    """What an attempt needs of the engine link."""

    ready: asyncio.Event

    def listen(self) -> asyncio.Queue[JobWord | EngineLost]: ...

    async def send(self, order: EngineOrder) -> None: ...

    def kill(self, reason: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What every attempt works with."""

    engine: Engine
    threads: Executor
    scratch: Path
    unsaved_takes: Path
    capabilities: Callable[[str], Capabilities]
    default_backend: Callable[[], str]
    abort_within_seconds: float


@dataclass(frozen=True, kw_only=True)
class Listener:
    """Who hears how it goes."""

    on_progress: Callable[[float, str], None]
    on_take: Callable[[Take], None]
    on_preview: Callable[[int, Path], None] = lambda number, path: None


class Attempt:
    """Runs once. `cancel` may be called at any time, from the bridge's loop."""

    def __init__(self, job: Job, done: tuple[Take, ...], bench: Bench, listener: Listener) -> None:
        """`done` are the takes that an earlier attempt finished; they are not rendered again."""
        self._job = job
        self._bench = bench
        self._listener = listener
        self._cancelled = asyncio.Event()
        self._is_rendering = False
        finished = {take.number for take in done}
        self._missing = [number for number in range(1, job.request.variants + 1) if number not in finished]
        self._scratch = Scratch(bench.scratch, job.id, job.attempts)

    def cancel(self) -> None:
        self._cancelled.set()

    async def run(self) -> None:
        """Render what is missing; takes are announced as they land on disk.

        Raises Stopped after `cancel`, EngineLost when the engine died, another BridgeError when the job cannot be done.
        """
        if not self._missing:
            return
        self._listener.on_progress(0.0, "reading")
        plan = await self._unless_cancelled(self._in_thread(resolve, self._job.request))
        capabilities = self._bench.capabilities(plan.request.backend)
        try:
            prepared = await self._unless_cancelled(self._in_thread(self._prepare, plan, capabilities))
            await self._render(plan, prepared, capabilities)
        finally:
            await self._in_thread(self._scratch.clear)

    def _prepare(self, plan: Plan, capabilities: Capabilities) -> Any:
        """In a thread: everything that touches files before the engine starts."""
        from bridge_server.region.latents import read_latents
        from bridge_server.region.prepare import prepare
        from bridge_server.region.storage import make_folder, write_file

        kept = read_latents(Path(plan.origin_take), capabilities.backend) if plan.origin_take else None
        prepared = prepare(plan.request, capabilities, kept)
        if plan.context_sha256 and prepared.context_sha256 != plan.context_sha256:
            raise SourceChanged("The audio around the span is not the one that this take was made from.")
        make_folder(self._folder)
        write_file(self._folder / "request.json", to_json(self._job.request))
        self._scratch.lay_out(prepared.context, prepared.latents)
        return prepared

    @property
    def _folder(self) -> Path:
        return takes_folder(self._job.request, self._bench.unsaved_takes) / self._job.id

    async def _render(self, plan: Plan, prepared: Any, capabilities: Capabilities) -> None:
        await self._unless_cancelled(self._bench.engine.ready.wait())
        # Measuring the surroundings takes a second the first time; the engine renders meanwhile.
        self._bench.threads.submit(getattr, prepared, "levels")
        words = self._bench.engine.listen()
        await self._bench.engine.send(
            Render(
                job=self._job.id,
                attempt=self._job.attempts,
                backend=capabilities.backend,
                request=plan.request,
                seeds=tuple(seeds_of(plan.request)[number - 1] for number in self._missing),
                targets=prepared.targets,
                bar_phase_seconds=prepared.bar_phase_seconds,
                scratch=str(self._scratch.folder),
                latents=tuple(prepared.latents),
                origin=plan.origin,
            )
        )
        self._is_rendering = True
        try:
            await self._hear_out(words, plan, prepared, capabilities)
        except Exception:
            if self._is_rendering:
                await self._let_go(words)
            raise

    async def _hear_out(
        self, words: asyncio.Queue[JobWord | EngineLost], plan: Plan, prepared: Any, capabilities: Capabilities
    ) -> None:
        while not isinstance(word := await self._next(words), Finished):
            match word:
                case Step(fraction=fraction, stage=stage):
                    self._listener.on_progress(fraction, stage)
                case Halfway():
                    path = await self._in_thread(self._preview, word, capabilities)
                    self._listener.on_preview(self._missing[word.number - 1], path)
                case Variant():
                    self._listener.on_take(await self._in_thread(self._deliver, word, plan, prepared, capabilities))
                case Broke(error=problem, fatal=is_fatal):
                    if is_fatal:
                        self._bench.engine.kill("its memory is in an unknown state")
                    raise from_problem(problem)
                case Aborted():
                    raise Stopped

    async def _next(self, words: asyncio.Queue[JobWord | EngineLost]) -> JobWord:
        """The next word about this attempt; late words about others pass unheard. Raises EngineLost and Stopped."""
        while True:
            word: JobWord | EngineLost = await self._unless_cancelled(words.get())
            self._is_rendering = not self._is_last(word)
            if isinstance(word, EngineLost):
                raise word
            if self._is_ours(word):
                return word

    def _is_ours(self, word: JobWord) -> bool:
        return word.job == self._job.id and word.attempt == self._job.attempts

    def _is_last(self, word: JobWord | EngineLost) -> bool:
        """Whether the engine is through with this attempt."""
        return isinstance(word, EngineLost) or (isinstance(word, Aborted | Finished | Broke) and self._is_ours(word))

    def _preview(self, word: Halfway, capabilities: Capabilities) -> Path:
        """In a thread: what the engine played half-way becomes a file."""
        from bridge_server.region.preview import write_preview

        audio = self._scratch.preview(word)
        return write_preview(audio, capabilities.sample_rate, self._missing[word.number - 1], self._folder)

    def _deliver(self, word: Variant, plan: Plan, prepared: Any, capabilities: Capabilities) -> Take:
        """In a thread: what the engine rendered becomes a take on disk."""
        from bridge_server.region.deliver import Rendered, deliver

        rendered = Rendered(
            number=self._missing[word.number - 1],
            seed=word.seed,
            stems=self._scratch.stems(word),
            latents=self._scratch.latents(word),
            midi=self._scratch.midi(word),
            notes=(*plan.notes(capabilities.model), *word.notes),
            origin=plan.origin,
            origin_take=plan.origin_take,
        )
        return deliver(prepared, rendered, self._folder)

    async def _let_go(self, words: asyncio.Queue[JobWord | EngineLost]) -> None:
        """Ask the engine to stop, and do not return before the device is free."""
        await self._bench.engine.send(Abort(job=self._job.id))
        try:
            async with asyncio.timeout(self._bench.abort_within_seconds):
                while not self._is_last(await words.get()):
                    continue
        except TimeoutError:
            self._bench.engine.kill("it did not let go of a job")

    async def _in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._bench.threads, partial(work, *arguments))

    async def _unless_cancelled(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Wait for `work`, or raise Stopped as soon as the job is cancelled; work in a thread then ends unheard.

        A result that is there is never thrown away: it may be the last word that `_let_go` would wait for.
        """
        if self._cancelled.is_set():
            work.close()
            raise Stopped
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._cancelled.wait())
        try:
            await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise Stopped
        finally:
            stop.cancel()
            if not task.done():
                task.cancel()
            elif not task.cancelled():
                task.exception()
