"""AceStepV1: the backend that the worker calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge_server.protocol.values import Capabilities
from engine.backends.ace_v1.adapters import Adapters
from engine.backends.ace_v1.capabilities import capabilities
from engine.backends.ace_v1.checkpoint import Place
from engine.backends.ace_v1.memory import MINUTE, Demand, Way, choose
from engine.backends.ace_v1.options import Options, free_bytes
from engine.backends.ace_v1.score import Score
from engine.backends.ace_v1.session import Session
from engine.backends.ace_v1.studio import Studio
from engine.backends.ace_v1.trouble import translated
from engine.backends.base import Held
from engine.watch import Watch
from engine.work import Rendering, Work


class AceStepV1:
    """Renders with ACE-Step v1. Used from one thread; keeps the model between calls."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._capabilities = capabilities(place)
        self._studio: Studio | None = None
        self._adapters = Adapters()

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def memory_need(self, work: Work, variants: int) -> int:
        """Bytes beyond the weights that lie on the device, on the way that would be taken now."""
        studio = self._opened()
        with translated(studio.options.device):
            way = self._way(Score.of(work, studio, variants), studio)
        weights = max(studio.sizes.transformer, studio.sizes.codec) if way.offloads else studio.sizes.weights
        return max(0, way.need - weights)

    def load(self, watch: Watch) -> None:
        """Look at the checkpoint. Its weights are read in `render`, once it is known how they fit beside the work."""
        watch.step(0, 1, "looking at the model")
        self._opened()

    def bring(self, watch: Watch) -> None:
        """Read all weights. Raises OutOfMemory where they fit in no way, Unsupported for files that cannot be used."""
        studio = self._opened()
        with translated(studio.options.device):
            studio.prepare(self._way_for(MINUTE, studio), watch)

    def held(self) -> Held | None:
        return self._studio.held if self._studio is not None else None

    def free(self) -> int:
        return (free_bytes(self._studio.options.device) if self._studio is not None else None) or 0

    def unload(self) -> None:
        if self._studio is not None:
            self._studio.close()
        self._studio, self._adapters = None, Adapters()

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        """One take per seed; one after the other unless the request asks for a batch.

        Raises BadSpan, BadAudio, BadRequest, TooLong, NotFound, Unsupported, OutOfMemory, EngineFault.
        """
        studio = self._opened()
        with translated(studio.options.device):
            watch.step(0, 1, "reading the words")
            score = Score.of(work, studio, len(seeds))
            way = self._way(score, studio)
            watch.step(0, 1, way.notes[0] if way.notes else "loading")
            try:
                yield from Session(score, studio, way, self._adapters).takes(list(seeds), watch)
            except (RuntimeError, MemoryError):
                self.unload()  # what half a render holds goes with it
                raise

    def _opened(self) -> Studio:
        if self._studio is None:
            options = Options.from_environment()
            options.settle()
            with translated(options.device):
                self._studio = Studio.open(self._place, options)
        return self._studio

    def _way(self, score: Score, studio: Studio) -> Way:
        return self._way_for(score.demand, studio, batches=score.request.sampling.batch)

    def _way_for(self, demand: Demand, studio: Studio, *, batches: bool = False) -> Way:
        device, budget = studio.options.device, studio.options.budget
        if budget is None and (free := free_bytes(device)) is not None:
            budget = free + studio.held_bytes
        return choose(studio.sizes, demand, budget, batches=batches, may_offload=device.type == "cuda")
