"""Variants: what a checkpoint was trained to do, and with how many steps it is to be sampled.

Source: ACE-Step 1.5's model zoo and training registry; guidance 1 for repaint and lego after acestep.cpp, as strong
guidance was reported to make stems collapse to near silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

MIXED = ("generate", "repaint", "extend", "retake", "again")
STEMS = ("layer", "accompany", "separate")


class Variant(Enum):
    """How the transformer was trained."""

    TURBO = "turbo"
    SFT = "sft"
    BASE = "base"

    @property
    def tasks(self) -> tuple[str, ...]:
        """Only the base model was trained for stems: to add one, to complete a vocal, to take one out of a mix."""
        return (*MIXED, *STEMS) if self is Variant.BASE else MIXED


@dataclass(frozen=True)
class Defaults:
    """Steps, guidance (1: none) and how far the schedule leans towards noise."""

    steps: int
    guidance: float
    shift: float


DRAFT_STEPS = {Variant.TURBO: 4, Variant.SFT: 8, Variant.BASE: 8}
"""Of a draft. It follows the same path as the finished take, in larger strides."""

UNGUIDED = ("repaint", "lego")


def defaults(variant: Variant, task_type: str, *, is_draft: bool = False) -> Defaults:
    """For a task of the pipeline.

    >>> defaults(Variant.BASE, "text2music")
    Defaults(steps=50, guidance=7.0, shift=1.0)
    >>> defaults(Variant.TURBO, "repaint", is_draft=True)
    Defaults(steps=4, guidance=1.0, shift=3.0)
    """
    is_turbo = variant is Variant.TURBO
    steps = DRAFT_STEPS[variant] if is_draft else 8 if is_turbo else 50
    guidance = 1.0 if is_turbo or task_type in UNGUIDED else 7.0
    return Defaults(steps, guidance, 3.0 if is_turbo else 1.0)


def told_by(named: str, transformer: Mapping[str, Any], words: str) -> Variant:
    """What a checkpoint is.

    named        'turbo', 'sft' or 'base' where somebody has said so, else ''
    transformer  its configuration, which says whether it is a turbo
    words        names of model and folder, in which 'sft' may stand. What tells nothing is taken for a base model, as
                 ACE-Step's own server does
    """
    version = str(transformer.get("model_version") or "").lower()
    if transformer.get("is_turbo") is True or "turbo" in version:
        return Variant.TURBO
    for told in (named.strip().lower(), version, *re.split(r"[^a-z]+", words.lower())):
        if told in ("sft", "base"):
            return Variant(told)
    return Variant.BASE
