"""Settings: every knob of a generation, with the reference's names and defaults (specification §11)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Self

SCHEDULERS = ("euler", "heun", "pingpong")
GUIDANCES = ("cfg", "apg", "cfg_star")

RANGES: dict[str, tuple[float, float]] = {
    "infer_step": (1, 1000),
    "guidance_scale": (0, math.inf),
    "omega_scale": (-100, 100),
    "guidance_interval": (0, 1),
    "guidance_interval_decay": (0, 1),
    "min_guidance_scale": (0, math.inf),
    "guidance_scale_text": (0, math.inf),
    "guidance_scale_lyric": (0, math.inf),
    "ref_audio_strength": (0, 1),
    "retake_variance": (0, 1),
    "extend_variance": (0, 1),
    "edit_n_min": (0, 1),
    "edit_n_max": (0, 1),
    "edit_n_avg": (1, 100),
    "zero_steps": (0, 1000),
    "apg_eta": (-math.inf, math.inf),
    "apg_norm_threshold": (-math.inf, math.inf),
    "apg_momentum": (-1, 1),
    "erg_temperature": (0, 1),
    "max_frames": (1, 32768),
}
"""Smallest and largest value of every number."""

WHOLE = {"infer_step", "edit_n_avg", "zero_steps", "max_frames"}


class BadSetting(ValueError):
    """A value that no song can be made with; the message is a sentence that names the field.

    hint  what to do about it, where that is more than to correct the field
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a song is sampled. Raises BadSetting for a value out of range.

    Words, seeds, lengths and spans are arguments of the tasks; files and formats are not the model's business.

    infer_step        steps from noise to music; more is finer and slower
    guidance_scale    how closely tags and lyrics are followed; 0 and 1 switch guidance off (half the work)
    scheduler_type    euler (safe), heun (two model calls a step), pingpong (fresh noise at every step)
    cfg_type          cfg, apg (adaptive projected guidance) or cfg_star (CFG-Zero*)
    omega_scale       "granularity": stretches every update around its mean
    guidance_interval share of the steps, around the middle, that are guided
    guidance_interval_decay, min_guidance_scale   the scale falls towards the minimum within the interval
    use_erg_tag, use_erg_lyric, use_erg_diffusion   what guidance pushes away from: instead of a condition that is
                      absent, one that is weakened in the text encoder, the lyric encoder, the transformer
    guidance_scale_text, guidance_scale_lyric   both above 1: tags and lyrics get scales of their own
    oss_steps         which steps of a longer schedule are taken, counted from 1; replaces infer_step
    ref_audio_strength   audio2audio: 0 ignores the reference, 1 returns it
    retake_variance   retake and repaint: 0 keeps what was there, 1 makes all of it new
    extend_variance   the same for extend, where less than 1 starts from emptiness rather than noise
    edit_n_min, edit_n_max   the share of the schedule that flow editing skips, and where it hands over to sampling
    edit_n_avg        noises that an edit step averages over
    zero_steps, use_zero_init, apg_eta, apg_norm_threshold, apg_momentum, erg_temperature   constants of guidance
    max_frames        longest stretch the model was trained on (240 s); longer songs are worked on in parts
    compatible        True: the reference's results, its oddities included, wherever ours differ
    separate_passes   True: guided and unguided rows one after the other, slower and in less memory
    """

    infer_step: int = 60
    guidance_scale: float = 15.0
    scheduler_type: str = "euler"
    cfg_type: str = "apg"
    omega_scale: float = 10.0
    guidance_interval: float = 0.5
    guidance_interval_decay: float = 0.0
    min_guidance_scale: float = 3.0
    use_erg_tag: bool = True
    use_erg_lyric: bool = True
    use_erg_diffusion: bool = True
    guidance_scale_text: float = 0.0
    guidance_scale_lyric: float = 0.0
    oss_steps: tuple[int, ...] = ()
    ref_audio_strength: float = 0.5
    retake_variance: float = 0.5
    extend_variance: float = 1.0
    edit_n_min: float = 0.0
    edit_n_max: float = 1.0
    edit_n_avg: int = 1
    zero_steps: int = 1
    use_zero_init: bool = True
    apg_eta: float = 0.0
    apg_norm_threshold: float = 2.5
    apg_momentum: float = -0.75
    erg_temperature: float = 0.01
    max_frames: int = 2583
    compatible: bool = False
    separate_passes: bool = False

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            _check_number(name, getattr(self, name), low, high)
        _check_choice("scheduler_type", self.scheduler_type, SCHEDULERS)
        _check_choice("cfg_type", self.cfg_type, GUIDANCES)
        if self.edit_n_min > self.edit_n_max:
            raise BadSetting(
                f"edit_n_min is {self.edit_n_min}, but must not be above edit_n_max, {self.edit_n_max}.",
                "Give both, the smaller one first; an edit's mode sets the one that is left out.",
            )
        self._check_oss_steps()

    def _check_oss_steps(self) -> None:
        steps = self.oss_steps
        if not steps:
            return
        given = ", ".join(map(str, steps))
        if any(isinstance(step, bool) or not isinstance(step, int) or step < 1 for step in steps):
            raise BadSetting(f"oss_steps is {given}, but must be whole numbers from 1 upwards.")
        if any(later <= earlier for earlier, later in pairwise(steps)):
            raise BadSetting(f"oss_steps is {given}, but every entry must be larger than the one before it.")
        if self.scheduler_type == "heun":
            raise BadSetting(
                "oss_steps cannot be used with scheduler_type 'heun', which needs all of its own steps.",
                "Choose the scheduler euler or pingpong, or leave oss_steps out.",
            )

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any], **ours: Any) -> Self:
        """Settings from the reference's call or one of its `…_input_params.json`; what is not ours is left out.

        There, `oss_steps` may be a comma list and `retake_variance` is also the variance of an extension.
        """
        known = {field.name for field in fields(cls)}
        chosen = {name: value for name, value in parameters.items() if name in known and value is not None}
        chosen["oss_steps"] = parse_oss_steps(chosen.get("oss_steps", ()))
        chosen["extend_variance"] = chosen.get("retake_variance", cls.retake_variance)
        return cls(**{**chosen, **ours})


def parse_oss_steps(steps: str | list[int] | tuple[int, ...]) -> tuple[int, ...]:
    """The steps of "16, 29, 52" or [16, 29, 52] as a tuple; an empty text gives none. Raises BadSetting."""
    if not isinstance(steps, str):
        return tuple(steps)
    try:
        return tuple(int(entry) for entry in steps.split(",") if entry.strip())
    except ValueError:
        raise BadSetting(f"oss_steps is {steps!r}, but must be whole numbers with commas between them.") from None


def _check_number(name: str, value: object, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int if name in WHOLE else (int, float)):
        kind = "a whole number" if name in WHOLE else "a number"
        raise BadSetting(f"{name} is {value!r}, but must be {kind}.")
    if not math.isfinite(value) or not low <= value <= high:
        wanted = f"between {low:g} and {high:g}" if math.isfinite(high) else "a finite number"
        wanted = wanted if math.isfinite(high) or math.isinf(low) else f"{low:g} or more"
        raise BadSetting(f"{name} is {value}, but must be {wanted}.")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise BadSetting(f"{name} is {value!r}, but must be one of {', '.join(choices)}.")
