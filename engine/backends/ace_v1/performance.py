"""Performance: one request as one of the model's tasks, from noise and old latents to new latents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from bridge_server.protocol.engine import Rendered
from bridge_server.protocol.errors import TooLong
from bridge_server.protocol.requests import Composition, Edit, Extend, Generate, Repaint
from bridge_server.protocol.values import Origin
from engine.backends.ace_v1.capabilities import WINDOW_SECONDS
from engine.backends.ace_v1.listening import HOP, Heard, Passage
from engine.backends.ace_v1.memory import Demand
from engine.backends.ace_v1.sounding import AROUND_FRAMES
from engine.frames import Frames, Grid
from engine.models.ace_v1.guidance import Guidance
from engine.models.ace_v1.noise import Noise, NoiseSource
from engine.models.ace_v1.prompt import Prompt
from engine.models.ace_v1.sampling import Run
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.tasks.audio2audio import audio2audio
from engine.models.ace_v1.tasks.edit import EDIT_MODES, edit
from engine.models.ace_v1.tasks.extend import extend
from engine.models.ace_v1.tasks.generate import generate
from engine.models.ace_v1.tasks.repaint import repaint
from engine.models.ace_v1.tasks.retake import mix, retake
from engine.work import Work

WINDOW_FRAMES = 2_584
"""240 s rounded up to whole frames; the reference stops one frame short of it."""

VARIED_KEY, RETAKE_KEY = 0x51ED270B, 0x2545F491
"""Keep noises apart that are drawn with one seed for different purposes."""


@dataclass(frozen=True)
class Made:
    """What the model made of a request.

    latents  (B, 8, 16, F), all that it worked on
    before   (8, 16, F) what was there before; None where there was nothing, or where it still is
    grid     frame 0 of both is frame 0 of the grid
    """

    latents: Tensor
    before: Tensor | None
    grid: Grid


def settings_for(request: Rendered, origin: Origin | None) -> Settings:
    """The request's sampling as the model's settings. Raises ValueError with a sentence that names the field."""
    assert isinstance(request, Composition)
    asked = request.sampling
    chosen: dict[str, Any] = {
        name: value
        for name in asked.__struct_fields__
        if name != "batch" and (value := getattr(asked, name)) is not None
    }
    if isinstance(request, Edit):
        low, high = EDIT_MODES[request.mode]
        chosen = {"edit_n_min": low, "edit_n_max": high, **chosen}
    if isinstance(request, Repaint):
        chosen["retake_variance"] = request.strength
    elif isinstance(request, Generate):
        chosen["ref_audio_strength"] = request.reference_strength
        chosen["retake_variance"] = origin.variance if origin else 0.5
    if not asked.compatible:
        chosen["max_frames"] = WINDOW_FRAMES
    return Settings(**chosen)


def demand_of(work: Work, passage: Passage | None, settings: Settings, variants: int, tokens: int) -> Demand:
    """What the request will ask of the model. Raises TooLong for what it cannot compose in one piece."""
    hull = _grid(work, passage).over(work.hull)
    heard = passage.frames.count if passage else 0
    seen = heard or hull.count
    is_edit = isinstance(work.request, Edit)
    if isinstance(work.request, Extend):
        seen = heard + sum(target.length for target in work.targets) // int(HOP) + 2
    elif is_edit:
        seen = hull.count
    # Music from nothing begins with a frame; 240 s of a song may begin and end within one, which is one more.
    longest = WINDOW_FRAMES if isinstance(work.request, Generate) else WINDOW_FRAMES + 1
    if not isinstance(work.request, Extend) and hull.count > longest:
        raise TooLong(
            f"{work.hull.seconds:.1f} s are longer than the {WINDOW_SECONDS:g} s that ACE-Step v1 composes at once.",
            "Select a shorter range, or make it longer afterwards with `extend`.",
        )
    is_kept = passage is not None and passage.kept is not None and passage.kept.covers(passage.frames)
    return Demand(
        variants=variants,
        frames=min(seen, settings.max_frames),
        heard=0 if is_kept else heard,
        sung=hull.count + 2 * AROUND_FRAMES,
        tokens=tokens,
        branches=_branches(settings) * (2 if is_edit else 1),
    )


def _grid(work: Work, passage: Passage | None) -> Grid:
    return passage.grid if passage else Grid(Fraction(work.hull.start), HOP)


def _branches(settings: Settings) -> int:
    guidance = Guidance(settings, settings.infer_step)
    return 1 if not guidance.is_on else 3 if guidance.is_double else 2


def sources_of_noise(
    seeds: list[int], work: Work, settings: Settings, place: tuple[torch.device, torch.dtype]
) -> tuple[NoiseSource, NoiseSource]:
    """First and second noise of every variant.

    A retake of a take mixes the noises that the take came from with new ones. That of generated music is a task of the
    model's own, which does the same by itself.
    """

    def noise(seeds: list[int], is_second: bool = False) -> Noise:
        if settings.compatible and is_second:
            seeds = [seed ^ RETAKE_KEY for seed in seeds]
        return Noise(
            seeds,
            device=place[0],
            dtype=place[1] if settings.compatible else torch.float32,
            is_retake=is_second,
            compatible=settings.compatible,
        )

    if work.origin is None:
        return noise(seeds), noise(seeds, True)
    first = [work.origin.seed] * len(seeds)
    if isinstance(work.request, Generate):
        return noise(first), noise(seeds, True)
    others = [seed ^ VARIED_KEY for seed in seeds]
    variance = work.origin.variance
    return (
        VariedNoise(noise(first), noise(others), variance),
        VariedNoise(noise(first, True), noise(others, True), variance),
    )


@dataclass(frozen=True)
class VariedNoise:
    """The noise of an earlier take, moved towards another one: variance 0 is the earlier one, bit for bit."""

    first: NoiseSource
    second: NoiseSource
    variance: float

    @property
    def batch(self) -> int:
        return self.first.batch

    def draw(self, frames: int) -> Tensor:
        return mix(self.first.draw(frames), self.second.draw(frames), self.variance)

    def draw_step(self, frames: int) -> Tensor:
        return mix(self.first.draw_step(frames), self.second.draw_step(frames), self.variance)


def stretch(work: Work, heard: Heard | None) -> tuple[Grid, int]:
    """Where the latents lie that the model works on, and how many they are, unless the song is longer than a window."""
    if heard is None:
        grid = Grid(Fraction(work.hull.start), HOP)
        return grid, grid.over(work.hull).count
    hull = heard.grid.over(work.hull)
    if isinstance(work.request, Extend):
        left, right = max(0, -hull.start), max(0, hull.end - heard.frames)
        return heard.grid.moved(-left), left + heard.frames + right
    if isinstance(work.request, Edit):
        part = _within(hull, heard)
        return heard.grid.moved(part.start), part.count
    return heard.grid, heard.frames


def perform(work: Work, run: Run, heard: Heard | None, target: Prompt) -> Made:
    """Let the model do what the request asks for.

    heard   what was there; None for music from nothing
    target  of an edit, the new words, where those of `run` are the old ones
    Lets through what the run's progress raises. Raises FloatingPointError where numbers ran out of their range.
    """
    request = work.request
    if heard is None:
        grid, frames = stretch(work, None)
        made = retake(run, frames) if work.origin else generate(run, frames)
        return Made(made, None, grid)
    hull = heard.grid.over(work.hull)
    match request:
        case Generate():
            return Made(audio2audio(_varied(run, work), heard.latents), None, heard.grid)
        case Repaint():
            part = _within(hull, heard)
            return Made(repaint(run, heard.latents, part.start, part.end), heard.latents[0], heard.grid)
        case Extend():
            left, right = max(0, -hull.start), max(0, hull.end - heard.frames)
            return Made(extend(run, heard.latents, left, right), None, heard.grid.moved(-left))
    assert isinstance(request, Edit)
    part = _within(hull, heard)
    edited = edit(run, heard.latents[..., part.start : part.end], target)
    whole = heard.latents.to(edited).repeat(run.batch, 1, 1, 1)
    whole[..., part.start : part.end] = edited
    return Made(whole, heard.latents[0], heard.grid)


def _within(hull: Frames, heard: Heard) -> Frames:
    """The hull's frames, as far as there are any: half a sample of rounding may reach beyond the last one."""
    return Frames(max(hull.start, 0), min(hull.end, heard.frames))


def _varied(run: Run, work: Work) -> Run:
    """For a retake of music after a reference, which has no task of its own: both noises mixed beforehand."""
    if work.origin is None or run.retake_noise is None:
        return run
    return replace(run, noise=VariedNoise(run.noise, run.retake_noise, work.origin.variance))
