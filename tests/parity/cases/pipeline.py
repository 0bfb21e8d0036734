"""A whole task on latents, as the reference's public call runs it, with its noise given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from engine.models.ace_v1.noise import RecordedNoise
from engine.models.ace_v1.prompt import Prompt
from engine.models.ace_v1.sampling import Run
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.tasks.audio2audio import audio2audio
from engine.models.ace_v1.tasks.edit import edit
from engine.models.ace_v1.tasks.extend import extend
from engine.models.ace_v1.tasks.frames import frames_of
from engine.models.ace_v1.tasks.generate import generate
from engine.models.ace_v1.tasks.repaint import repaint
from engine.models.ace_v1.tasks.retake import retake
from tests.parity.case import Case
from tests.parity.comparison import Claim


def run(case: Case) -> Iterator[Claim]:
    """The task's latents, and every call of the model on the way."""
    model = case.folder.transformer
    noise = CaseNoise(case)
    settings = Settings.from_parameters(case.about["params"], compatible=True, max_frames=longest(case))
    task = Run(model, prompt_of(case), settings, noise, noise)
    calls: list[Call] = []
    hook = model.register_forward_hook(partial(keep, calls))
    try:
        output = perform(task, case)
    finally:
        hook.remove()
    yield Claim("output", output)
    rows = rows_a_call(case, settings, noise.batch)
    yield from call_claims(case, [part for call in calls for part in call.split(rows)])


def rows_a_call(case: Case, settings: Settings, batch: int) -> int:
    """Rows of latents in one call of the reference, which makes a batch of guided pairs only when it edits."""
    if "first_call_in" in case:
        return len(case.tensors["first_call_in"])
    is_pair = case.about["params"].get("task") == "edit" and settings.guidance_scale not in (0.0, 1.0)
    return 2 * batch if is_pair else batch


def longest(case: Case) -> int:
    """The most frames that the recorded run allowed itself."""
    if "fmax_frames" in case.about:
        return int(case.about["fmax_frames"])
    return int(case.about.get("max_seconds", 240) * 44100 / 4096)


class CaseNoise(RecordedNoise):
    """The case's noise, marked as used when it is drawn."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.numbered("noise"))
        self.case = case

    def draw(self, frames: int) -> Tensor:
        self.case.used.add(f"noise.{self.taken}")
        return super().draw(frames)


def prompt_of(case: Case, prefix: str = "") -> Prompt:
    """The words of the case, or its target's words; a target without words of its own has the case's."""
    parts = []
    for name in ("text", "text_mask", "lyric_ids", "lyric_mask"):
        found = case.find(prefix + name)
        parts.append(case.take(name) if found is None else found)
    return Prompt(*parts, text_weak=case.find(f"{prefix}text_weak"), speaker=case.find(f"{prefix}speaker"))


def perform(task: Run, case: Case) -> Tensor:
    """Choose the task as the reference does, from the parameters and the latents that are there."""
    params = case.about["params"]
    source, reference = case.find("src_latents"), case.find("ref_latents")
    if params.get("audio2audio_enable") and reference is not None:
        return audio2audio(task, reference)
    name = params.get("task", "text2music")
    if source is None:
        seconds = params.get("audio_duration", 60.0)
        frames = frames_of(seconds) if seconds > 0 else case.tensors["noise.0"].shape[-1]  # 0 and below: any length
        return retake(task, frames) if name == "retake" else generate(task, frames)
    if name == "edit":
        return edit(task, source, prompt_of(case, "target_"))
    frames = source.shape[-1]
    start, end = frames_of(params.get("repaint_start", 0)), frames_of(params.get("repaint_end", 0))
    if start < 0 or end > frames:
        return extend(task, source, left=max(-start, 0), right=max(end - frames, 0))
    return repaint(task, source, start, end)


@dataclass(frozen=True)
class Call:
    """One call of the model: its latents and velocity (B, 8, 16, F), and its timestep."""

    latents: Tensor
    timestep: Tensor
    velocity: Tensor

    def split(self, rows: int) -> Iterator[Call]:
        """The calls that the reference makes in place of this one, `rows` rows each."""
        for latents, velocity in zip(self.latents.split(rows), self.velocity.split(rows), strict=True):
            yield Call(latents, self.timestep, velocity)


def keep(calls: list[Call], _: nn.Module, given: tuple[Tensor, ...], velocity: Tensor) -> None:
    """A forward hook."""
    calls.append(Call(given[0], given[1].reshape(-1)[0], velocity))


def call_claims(case: Case, calls: list[Call]) -> Iterator[Claim]:
    """How many calls there were, when, and what went in and out."""
    wanted = case.about.get("n_decode_calls", len(calls))
    yield Claim("n_decode_calls", torch.tensor(len(calls)), torch.tensor(wanted))
    if "call_timesteps" in case and calls:
        yield Claim("call_timesteps", torch.stack([call.timestep for call in calls]))
    for which, index in (("first", 0), ("last", -1)):
        if f"{which}_call_in" in case and calls:
            yield Claim(f"{which}_call_in", calls[index].latents)
        if f"{which}_call_out" in case and calls:
            yield Claim(f"{which}_call_out", calls[index].velocity)
    if "trace_in" in case:
        yield Claim("trace_in", torch.stack([call.latents for call in calls]))
        yield Claim("trace_out", torch.stack([call.velocity for call in calls]))
