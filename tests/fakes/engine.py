"""A fake engine: the real server and worker around a backend that does what the tags of a request tell it.

`python -m tests.fakes.engine [--start mute|stranger|exit [--mended FILE]] --connect ADDRESS`

Tags are words of the form `name=value`, those of `Script`: `steps=20 pause=0.01 do=die at=3 once=/tmp/mark`.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from bridge_server.protocol.engine import EngineWord, Finished, Render, Step, Variant
from bridge_server.protocol.errors import TooLong
from bridge_server.protocol.values import Capabilities
from engine.backends.base import Backend, Held
from engine.backends.deferred import Deferred
from engine.backends.known import Registry
from engine.server import Server
from engine.watch import Watch
from engine.work import Rendering, Work

NAME, HEAVY, HEAVY_SCRIPT = "fake", "heavy", "DAWBRIDGE_FAKE_HEAVY"
SETTINGS = "DAWBRIDGE_FAKE_SETTINGS"
"""Names of settings that it says it has, with blanks between them."""
RATE = 48_000
TASKS = ("generate", "repaint", "extend", "layer", "accompany", "retake", "again")


class Script(Struct, frozen=True):
    """What to do with one request.

    steps  of every take
    pause  seconds that a step takes
    do     at step `at` of the first take: die, hang (deaf to aborts), freeze (the whole process), break, refuse,
           memory, chatter (words of another attempt). Nothing if empty
    once   file that is made when it is done; it is not done again while the file is there
    """

    steps: int = 1
    pause: float = 0.0
    do: str = ""
    at: int = 0
    once: str = ""

    @classmethod
    def read(cls, tags: str) -> Script:
        pairs = dict(word.split("=", 1) for word in tags.split() if "=" in word)
        return msgspec.convert(pairs, cls, strict=False)

    def is_due(self, step: int) -> bool:
        if not self.do or step != self.at:
            return False
        if self.once:
            mark = Path(self.once)
            if mark.exists():
                return False
            mark.touch()
        return True


class FakeBackend:
    """Two stems of quiet noise that depend on nothing but the seed."""

    capabilities = Capabilities(
        backend=NAME,
        model="fake 1",
        about="A fake for tests; no AI.",
        tasks=TASKS,
        sample_rate=RATE,
        roles=("drums", "bass"),
        context_seconds=0.5,
        max_seconds=60.0,
        settings=tuple(os.environ.get(SETTINGS, "").split()),
    )

    def __init__(self) -> None:
        self.chatter = lambda: None

    def memory_need(self, work: Work, variants: int) -> int:
        return work.context.nbytes * variants

    def load(self, watch: Watch) -> None:
        watch.step(0, 1)

    def unload(self) -> None:
        self.chatter = lambda: None

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        script = Script.read(getattr(work.request, "tags", ""))
        for number, seed in enumerate(seeds):
            part = watch.part(number / len(seeds), (number + 1) / len(seeds))
            for step in range(script.steps):
                if number == 0 and script.is_due(step):
                    self._misbehave(script.do)
                part.step(step, script.steps, f"step {step}")
                time.sleep(script.pause)
            part.step(1, 1, "done")
            yield rendering(seed, work.context.shape[0], work.hull.length)

    def _misbehave(self, what: str) -> None:
        match what:
            case "die":
                os._exit(9)
            case "hang":
                threading.Event().wait()
            case "freeze":
                os.kill(os.getpid(), signal.SIGSTOP)
            case "break":
                raise RuntimeError("a string broke")
            case "refuse":
                raise TooLong("This is too long for the fake.")
            case "memory":
                raise MemoryError
            case "chatter":
                self.chatter()
            case _:
                raise ValueError(f"no such mischief: {what}")


def rendering(seed: int, channels: int, samples: int) -> Rendering:
    noise = np.random.default_rng(seed).uniform(-0.05, 0.05, (2, channels, samples)).astype(np.float32)
    latents = {"seed": np.array([seed], dtype=np.int64)}
    return Rendering(seed=seed, stems={"drums": noise[0], "bass": noise[1]}, latents=latents, notes=("fake",))


class HeavyBackend(FakeBackend):
    """There where HEAVY_SCRIPT is set, which says how it loads: a gigabyte on a device that is called fake."""

    capabilities = msgspec.structs.replace(FakeBackend.capabilities, backend=HEAVY, model="heavy 1", loads=True)

    def __init__(self) -> None:
        super().__init__()
        self._is_here = False

    def bring(self, watch: Watch) -> None:
        script = Script.read(os.environ.get(HEAVY_SCRIPT, ""))
        for step in range(script.steps):
            watch.step(step, script.steps, f"part {step}")
            if script.is_due(step):
                self._misbehave(script.do)
            time.sleep(script.pause)
        self._is_here = True

    def held(self) -> Held | None:
        return Held(device="fake", bytes=10**9) if self._is_here else None

    def free(self) -> int:
        return 3 * 10**9

    def unload(self) -> None:
        self._is_here = False

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        self._is_here = True
        yield from super().render(work, seeds, watch)


class FakeServer(Server):
    """The real server, with a mouth for words that it should not say."""

    def __init__(self, address: str, key: str, backends: Mapping[str, Backend]) -> None:
        super().__init__(address, key, Registry(dict(backends)), NAME)
        self._order: Render | None = None
        for backend in backends.values():
            if isinstance(backend, FakeBackend):
                backend.chatter = self.chatter

    def _obey(self, order: object) -> None:
        if isinstance(order, Render):
            self._order = order
        super()._obey(order)  # type: ignore[arg-type]

    def chatter(self) -> None:
        """Words as they come late from a lost attempt, and from a job that nobody asked for."""
        assert self._order is not None
        late, foreign = self._order.attempt - 1, "nobody-asked"
        words: list[EngineWord] = [
            Step(job=self._order.job, attempt=late, fraction=0.99, stage="late"),
            Variant(job=self._order.job, attempt=late, number=1, seed=1, stems=(("mix", "missing.npy"),)),
            Finished(job=self._order.job, attempt=late),
            Finished(job=foreign, attempt=self._order.attempt),
        ]
        for word in words:
            self._say(word)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--start", default="", choices=["", "mute", "stranger", "exit"])
    parser.add_argument("--mended", type=Path, default=None, help="once this file is there, it starts as it should")
    parser.add_argument("--connect", required=True)
    options = parser.parse_args()
    key = os.environ.pop("DAWBRIDGE_ENGINE_KEY", "")
    start = options.start
    if options.mended is not None and options.mended.exists():
        start = ""
    threading.Thread(target=_end_with_bridge, daemon=True).start()
    match start:
        case "exit":
            sys.exit(7)
        case "mute":
            threading.Event().wait()
        case "stranger":
            key = "not the key"
    backends: dict[str, Backend] = {NAME: FakeBackend()}
    if HEAVY_SCRIPT in os.environ:
        backends[HEAVY] = Deferred(HeavyBackend.capabilities, HeavyBackend)
    FakeServer(options.connect, key, backends).run()


def _end_with_bridge() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        continue
    os._exit(0)


if __name__ == "__main__":
    main()
