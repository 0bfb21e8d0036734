"""Session: the takes of one request, from loading the model to sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bridge_server.protocol.errors import EngineFault
from bridge_server.protocol.requests import Composition, Generate, Layer, Repaint
from engine.backends.ace_15 import codec, timing, words
from engine.backends.ace_15.capabilities import HOP, RATE
from engine.backends.ace_15.codec import Report
from engine.backends.ace_15.listening import Heard, hear
from engine.backends.ace_15.memory import Way
from engine.backends.ace_15.performance import Made, Performance
from engine.backends.ace_15.pipeline import SongPipeline
from engine.backends.ace_15.presence import SILENT_DBFS, missing
from engine.backends.ace_15.score import Score
from engine.backends.ace_15.studio import Studio
from engine.backends.kept import to_keep
from engine.frames import Grid
from engine.watch import Watch
from engine.work import Rendering, Samples

LOADED, HEARD, COMPOSED = 0.04, 0.1, 0.85
"""Shares at which loading and listening end, of all; and composing, of a take. The rest is decoding."""

AROUND_FRAMES = 64
"""Latents decoded on each side, 2.6 s, so that the edges sound as they do within the song."""

PREVIEW_SAMPLES = 10 * RATE


@dataclass
class Session:
    """Loads and listens once; then composes and decodes one take after the other.

    One at a time: in a batch of unequal items each would come out a little different from what it is alone.
    """

    score: Score
    studio: Studio
    way: Way
    notes: list[str] = field(default_factory=list)

    def takes(self, seeds: list[int], watch: Watch) -> Iterator[Rendering]:
        """One for each seed, in order."""
        pipeline = self.studio.prepare(self.way, watch.part(0, LOADED))
        request = self.score.work.request
        try:
            loras = request.loras if isinstance(request, Composition) else ()
            silent = self.studio.adapt(pipeline, loras)
            long = words.checked(self.score.words, pipeline.tokenizer)
            self.notes = [*self.way.notes, *self.score.notes, *silent, *long]
            heard = self._heard(pipeline, watch.part(LOADED, HEARD))
            if heard is not None and isinstance(request, Repaint) and request.strength == 0:
                yield from (self._as_it_was(seed, heard) for seed in seeds)
                return
            for number, seed in enumerate(seeds):
                low, high = (HEARD + (1 - HEARD) * at / len(seeds) for at in (number, number + 1))
                yield self._take(pipeline, (number, seed), heard, watch.part(low, high))
        finally:
            pipeline.forget()
            pipeline.maybe_free_model_hooks()

    def _heard(self, pipeline: SongPipeline, watch: Watch) -> Heard | None:
        if self.score.passage is None:
            return None
        watch.step(0, 1, "listening")
        heard = hear(self.score.work, self.score.passage, pipeline.vae, _reporter(watch, "listening"))
        self.notes += heard.notes
        return heard

    def _as_it_was(self, seed: int, heard: Heard) -> Rendering:
        work = self.score.work
        audio = work.context[:, work.hull.start : work.hull.end].copy()
        kept = to_keep(heard.latents, None, heard.grid, work.hull.start)
        return Rendering(
            seed=seed, stems={"mix": audio}, latents=kept, notes=(*self.notes, "everything stays as it was")
        )

    def _take(self, pipeline: SongPipeline, which: tuple[int, int], heard: Heard | None, watch: Watch) -> Rendering:
        score, (number, seed) = self.score, which
        composing = watch.part(0, COMPOSED)
        composing.step(0, 1, "composing")
        performance = Performance(pipeline, score.work, score.task, score.words, heard, self._reference())
        preview = self._preview(pipeline, number, heard, watch)

        def stepped(done: int, total: int, guess: Tensor) -> None:
            composing.step(done, total, f"composing, step {done} of {total}")
            if preview and done == max(1, total // 2) and done < total:
                preview(guess)

        made = performance.take(seed, stepped)
        audio = self._sound(pipeline, made, watch.part(COMPOSED, 1))
        return self._finished(seed, made, audio)

    def _reference(self) -> Tensor | None:
        """The reference's audio where its timbre is wanted, and not what it plays."""
        request = self.score.work.request
        if not isinstance(request, Generate) or request.reference is None or request.reference_use != "timbre":
            return None
        return torch.from_numpy(np.ascontiguousarray(self.score.work.context))

    def _preview(self, pipeline: SongPipeline, number: int, heard: Heard | None, watch: Watch) -> Any:
        """What plays the beginning of the model's guess; None where nobody wants it, or memory is short."""
        work = self.score.work
        if not isinstance(work.request, Composition) or not work.request.preview or len(work.targets) > 1:
            return None
        if self.way.offloads:
            note = "no preview: the memory was needed for the music itself"
            self.notes += [note] if note not in self.notes else []
            return None
        grid = heard.grid if heard else Grid(Fraction(work.hull.start), Fraction(HOP))
        part = work.hull.start, min(work.hull.end, work.hull.start + PREVIEW_SAMPLES)

        def play(guess: Tensor) -> None:
            watch.preview(number + 1, sound(pipeline.vae, Made(guess, None, grid), part, lambda *_: watch.check()))

        return play

    def _sound(self, pipeline: SongPipeline, made: Made, watch: Watch) -> Samples:
        hull = self.score.work.hull
        watch.step(0, 1, "decoding")
        audio = sound(pipeline.vae, made, (hull.start, hull.end), _reporter(watch, "decoding"))
        pipeline.maybe_free_model_hooks()
        return audio

    def _finished(self, seed: int, made: Made, audio: Samples) -> Rendering:
        """The take, held against the grid where it is a stem that has to fit."""
        work, notes = self.score.work, list(self.notes)
        if isinstance(work.request, Layer):
            audio, move, told = timing.aligned(audio, work)
            notes += [*told, *missing(audio, work.context[:, work.hull.start : work.hull.end], timing.RETAKE)]
            made = replace(made, grid=Grid(made.grid.origin + move, made.grid.hop))
        loud = float(np.sqrt(np.mean(np.square(audio, dtype=np.float64))))
        if loud < 10 ** (SILENT_DBFS / 20):
            notes.append("almost nothing is to be heard; try a retake, other words or a lower guidance scale")
        kept = to_keep(made.latents, made.before, made.grid, work.hull.start)
        return Rendering(seed=seed, stems={self.score.task.stem: audio}, latents=kept, notes=tuple(notes))


def sound(vae: Any, made: Made, part: tuple[int, int], report: Report) -> Samples:
    """Samples `part` of the context, (2, T) float32 and T exactly its length.

    Raises EngineFault for sound that is not finite.
    """
    start, end = part
    wanted = made.grid.outward(start, end)
    low, high = max(0, wanted.start - AROUND_FRAMES), min(int(made.latents.shape[0]), wanted.end + AROUND_FRAMES)
    audio = codec.decode(vae, made.latents[low:high], report)
    first = max(start - made.grid.sample(low), 0)
    piece = audio[:, first : first + end - start]
    missing = end - start - piece.shape[1]
    if missing:  # half a sample, where a frame begins between two of them
        piece = np.pad(piece, ((0, 0), (0, missing)), mode="edge")
    if not np.isfinite(piece).all():
        raise EngineFault(
            "ACE-Step 1.5 made something that is not sound.",
            "Try another seed or a lower guidance scale; DAWBRIDGE_ACE_STEP_1_5_DTYPE=float32 is the safest precision.",
        )
    return np.ascontiguousarray(piece, np.float32)


def _reporter(watch: Watch, stage: str) -> Report:
    return lambda done, total: watch.step(done, total, stage)
