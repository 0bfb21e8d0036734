"""AceStep15: the backend that the worker calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge_server.protocol.values import Capabilities
from engine.backends.ace_15.capabilities import HOP, RATE, capabilities
from engine.backends.ace_15.checkpoint import Place
from engine.backends.ace_15.score import Score
from engine.backends.ace_15.session import Session
from engine.backends.ace_15.studio import Studio
from engine.backends.ace_15.trouble import of_device
from engine.backends.ace_v1.options import free_bytes
from engine.backends.base import Held
from engine.watch import Watch
from engine.work import Rendering, Work

MINUTE_FRAMES, GUIDED_ROWS = 60 * RATE // HOP, 2
"""A minute of a song, guided: what weights make room for that are loaded before any work is there."""


class AceStep15:
    """Renders with ACE-Step 1.5. Used from one thread; keeps the model between calls."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._capabilities = capabilities(place)
        self._studio: Studio | None = None

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def memory_need(self, work: Work, variants: int) -> int:
        """Bytes beyond the weights that lie on the device; one take is made at a time."""
        studio, score = self._opened(), Score.of(work, self._place)
        way = studio.way(score.frames, score.rows)
        return max(0, way.need - (max(studio.sizes.weights.values()) if way.offloads else studio.sizes.total))

    def load(self, watch: Watch) -> None:
        """Look at the checkpoint. Its weights are read in `render`, once it is known how they fit beside the work."""
        watch.step(0, 1, "looking at the model")
        self._opened().sizes.total  # noqa: B018  files that hold no model are told of now

    def bring(self, watch: Watch) -> None:
        """Read all weights. Raises OutOfMemory where they fit in no way, Unsupported for files that cannot be used."""
        studio = self._opened()
        with of_device(self._place.name, studio.options.device):
            studio.prepare(studio.way(MINUTE_FRAMES, GUIDED_ROWS), watch)

    def held(self) -> Held | None:
        return self._studio.held if self._studio is not None else None

    def free(self) -> int:
        return (free_bytes(self._studio.options.device) if self._studio is not None else None) or 0

    def unload(self) -> None:
        if self._studio is not None:
            self._studio.close()
        self._studio = None

    def render(self, work: Work, seeds: Sequence[int], watch: Watch) -> Iterator[Rendering]:
        """One take per seed, one after the other.

        Raises BadSpan, BadAudio, BadRequest, TooLong, NotFound, Unsupported, OutOfMemory, EngineFault.
        """
        studio = self._opened()
        with of_device(self._place.name, studio.options.device):
            watch.step(0, 1, "reading the words")
            score = Score.of(work, self._place)
            way = studio.way(score.frames, score.rows)
            try:
                yield from Session(score, studio, way).takes(list(seeds), watch)
            except (RuntimeError, MemoryError):
                self.unload()  # what half a render holds goes with it
                raise

    def _opened(self) -> Studio:
        if self._studio is None:
            self._studio = Studio(self._place)
        return self._studio
