"""Session: the takes of one request, from loading the model to sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from torch import Tensor

from engine.backends.ace_v1 import words
from engine.backends.ace_v1.adapters import Adapters
from engine.backends.ace_v1.capabilities import RATE
from engine.backends.ace_v1.listening import Heard, hear
from engine.backends.ace_v1.memory import Way
from engine.backends.ace_v1.performance import Made, perform, sources_of_noise, stretch
from engine.backends.ace_v1.score import Score
from engine.backends.ace_v1.sounding import sound
from engine.backends.ace_v1.studio import Studio
from engine.backends.ace_v1.trouble import refused
from engine.backends.kept import to_keep
from engine.models.ace_v1.codec import Report
from engine.models.ace_v1.lora import FETCH_AGAIN
from engine.models.ace_v1.prompt import Prompt
from engine.models.ace_v1.sampling import Progress, Run
from engine.watch import Watch
from engine.work import Rendering

LOADED, READ, HEARD = 0.04, 0.06, 0.12
"""Shares of the whole at which loading, reading the words and listening end."""

COMPOSED = 0.83
"""Share of what is left at which a take is composed; the rest is decoding."""

PREVIEW_SAMPLES = 10 * RATE


@dataclass
class Session:
    """Loads, reads and listens once; then composes and decodes, one group of variants after the other."""

    score: Score
    studio: Studio
    way: Way
    adapters: Adapters
    notes: list[str] = field(default_factory=list)

    def takes(self, seeds: list[int], watch: Watch) -> Iterator[Rendering]:
        """One for each seed, in order."""
        self.studio.prepare(self.way, watch.part(0, LOADED))
        self.notes = [*self.way.notes, *self.score.notes]
        prompts = self._prompts(watch.part(LOADED, READ))
        heard = self._heard(watch.part(READ, HEARD))
        if heard is not None and self.score.is_unchanged:
            yield from (self._as_it_was(seed, heard) for seed in seeds)
            return
        for first in range(0, len(seeds), self.way.batch):
            group = seeds[first : first + self.way.batch]
            share = HEARD + (1 - HEARD) * first / len(seeds), HEARD + (1 - HEARD) * (first + len(group)) / len(seeds)
            own = watch.part(*share)
            made = self._composed(group, (prompts, heard), first, own.part(0, COMPOSED))
            yield from self._decoded(group, made, own.part(COMPOSED, 1))

    def _as_it_was(self, seed: int, heard: Heard) -> Rendering:
        work = self.score.work
        audio = work.context[:, work.hull.start : work.hull.end].copy()
        kept = to_keep(heard.latents[0], None, heard.grid, work.hull.start)
        notes = (*self.notes, "everything stays as it was")
        return Rendering(seed=seed, stems={"mix": audio}, latents=kept, notes=notes)

    def _prompts(self, watch: Watch) -> list[Prompt]:
        watch.step(0, 1, "reading the words")
        with self.studio.on_stage("text encoder", self.way) as encoder:
            return [words.encode(each, encoder, self.score.settings) for each in self.score.words]

    def _heard(self, watch: Watch) -> Heard | None:
        if self.score.passage is None:
            return None
        watch.step(0, 1, "listening")
        with self.studio.on_stage("codec", self.way) as codec:
            heard = hear(self.score.work, self.score.passage, codec, _reporter(watch, "listening"))
        self.notes += heard.notes
        return heard

    def _composed(self, seeds: list[int], given: tuple[list[Prompt], Heard | None], first: int, watch: Watch) -> Made:
        """The latents of some variants, made at once. `first` of them all is number 0."""
        score, (prompts, heard) = self.score, given
        watch.step(0, 1, "composing")
        with self.studio.on_stage("transformer", self.way) as transformer:
            with refused(FETCH_AGAIN):
                silent = self.adapters.apply(transformer, score.request.loras)
            self.notes += [note for note in silent if note not in self.notes]
            device = self.studio.options.device
            noise, second = sources_of_noise(seeds, score.work, score.settings, (device, transformer.dtype))
            run = Run(
                model=transformer,
                prompt=prompts[0],
                settings=replace(score.settings, separate_passes=self.way.separate),
                noise=noise,
                retake_noise=second,
                progress=self._progress(first, heard, watch),
            )
            return perform(score.work, run, heard, prompts[-1])

    def _progress(self, first: int, heard: Heard | None, watch: Watch) -> Progress:
        """Steps become progress; in the middle, where it is asked for, a preview of each variant goes out."""
        furthest = 0.0

        def stepped(done: int, total: int) -> None:
            nonlocal furthest  # long extensions learn on the way how many steps there will be
            furthest = max(furthest, done / total)
            watch.step(furthest, 1, f"composing, step {done} of {total}")

        wanted = self.score.request.preview
        if wanted and self.way.offloads:
            self.notes.append("no preview: the memory was needed for the music itself")
            wanted = False
        return Progress(stepped, (lambda guess: self._preview(guess, first, heard, watch)) if wanted else None)

    def _preview(self, guess: Tensor, first: int, heard: Heard | None, watch: Watch) -> None:
        """Play the beginning of the span as the model guesses it; not where it works on a part of the song only."""
        work = self.score.work
        grid, frames = stretch(work, heard)
        if guess.shape[-1] != frames:
            return
        part = (work.hull.start, min(work.hull.end, work.hull.start + PREVIEW_SAMPLES))
        with self.studio.on_stage("codec", self.way) as codec:
            for number, latents in enumerate(guess, start=first + 1):
                watch.preview(number, sound(latents, grid, part, codec, _checker(watch)))

    def _decoded(self, seeds: list[int], made: Made, watch: Watch) -> Iterator[Rendering]:
        hull = self.score.work.hull
        for number, (seed, latents) in enumerate(zip(seeds, made.latents, strict=True)):
            own = watch.part(number / len(seeds), (number + 1) / len(seeds))
            with self.studio.on_stage("codec", self.way) as codec:
                audio = sound(latents, made.grid, (hull.start, hull.end), codec, _reporter(own, "decoding"))
            own.step(1, 1, "decoding")
            kept = to_keep(latents, made.before, made.grid, hull.start)
            yield Rendering(seed=seed, stems={"mix": audio}, latents=kept, notes=tuple(self.notes))


def _reporter(watch: Watch, stage: str) -> Report:
    return lambda done, total: watch.step(done, total, stage)


def _checker(watch: Watch) -> Report:
    """Lets a cancel through; the bar stands still meanwhile."""
    return lambda done, total: watch.check()
