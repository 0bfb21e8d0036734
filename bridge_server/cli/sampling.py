"""The options of commands that let a model sample, and how they become fields of a request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from bridge_server.cli.trouble import WrongUsage
from bridge_server.cli.words import absolute
from bridge_server.protocol.values import Lora, Sampling

MODEL = "The model"
_LANGUAGE = re.compile(r"[a-z]{2}")


class Scheduler(StrEnum):
    """How a model walks from noise to music."""

    EULER = "euler"
    HEUN = "heun"
    PINGPONG = "pingpong"


@dataclass(frozen=True)
class SamplingOptions:
    """How the model samples, and what is added to it."""

    steps: Annotated[
        int | None,
        typer.Option("--steps", min=1, max=1_000, help="More is finer and slower.", rich_help_panel=MODEL),
    ] = None
    guidance_scale: Annotated[
        float | None,
        typer.Option("--guidance-scale", min=0, max=100, help="How closely words are followed.", rich_help_panel=MODEL),
    ] = None
    scheduler: Annotated[Scheduler | None, typer.Option("--scheduler", help="The sampler.", rich_help_panel=MODEL)] = (
        None
    )
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", help="NAME=VALUE of any other setting, e.g. omega_scale=5.", rich_help_panel=MODEL),
    ] = None
    lora: Annotated[
        list[str] | None,
        typer.Option("--lora", help="PATH or PATH:WEIGHT (−3 to 3); several times for several.", rich_help_panel=MODEL),
    ] = None
    language: Annotated[
        str, typer.Option("--language", help="Of the lyrics: en, de, ja, …", rich_help_panel="Music")
    ] = ""
    preview: Annotated[
        bool, typer.Option("--preview", help="Write half-way where it is going.", rich_help_panel=MODEL)
    ] = False

    draft: Annotated[
        bool,
        typer.Option("--draft", help="Few steps, to hear sooner; `again --refine` finishes it.", rich_help_panel=MODEL),
    ] = False

    def fields(self) -> dict[str, Any]:
        """Raises WrongUsage."""
        if self.language and not _LANGUAGE.fullmatch(self.language):
            raise WrongUsage(f"{self.language!r} is not a language.", "Name it with two letters: en, de, ja.")
        return {
            "sampling": self._sampling(),
            "loras": tuple(read_lora(text) for text in self.lora or ()),
            "language": self.language,
            "preview": self.preview,
            "draft": self.draft,
        }

    def _sampling(self) -> Sampling:
        named = {
            "infer_step": self.steps,
            "guidance_scale": self.guidance_scale,
            "scheduler_type": self.scheduler.value if self.scheduler else None,
        }
        values: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
        for text in self.setting or ():
            name, value = _setting(text)
            if name in values:
                raise WrongUsage(f"{name} is given twice.", "Give it once.")
            values[name] = value
        try:
            return msgspec.convert(values, Sampling, strict=False)
        except msgspec.ValidationError as error:
            raise WrongUsage(
                f"A setting cannot be used: {error}.", "docs/PROTOCOL.md lists them under sampling."
            ) from None


def _setting(text: str) -> tuple[str, Any]:
    """'omega_scale=5' → its two sides; commas make a list of what is one."""
    name, sign, value = (part.strip() for part in text.partition("="))
    if not sign or name not in Sampling.__struct_fields__:
        known = ", ".join(Sampling.__struct_fields__)
        raise WrongUsage(f"{text!r} sets nothing.", f"Write NAME=VALUE; there are: {known}.")
    if name == "oss_steps":
        return name, [step.strip() for step in value.split(",") if step.strip()]
    if _is_switch(name) and value.lower() not in ("true", "false", "1", "0"):
        raise WrongUsage(f"{name} is on or off, not {value!r}.", f"Write --set {name}=true or --set {name}=false.")
    return name, value


def _is_switch(name: str) -> bool:
    [field] = [field for field in msgspec.structs.fields(Sampling) if field.name == name]
    try:
        return msgspec.convert(True, field.type) is True
    except msgspec.ValidationError:
        return False


def read_lora(text: str) -> Lora:
    """'rap.safetensors:0.8'; without a weight it is 1. A colon inside a path, as in C:\\…, is part of it.

    Raises WrongUsage.
    """
    path, sign, weight = text.rpartition(":")
    if not sign or "/" in weight or "\\" in weight:
        path, weight = text, "1"
    try:
        number = float(weight)
    except ValueError:
        raise WrongUsage(f"{weight!r} is not a weight.", "Write --lora PATH:0.8, or --lora PATH.") from None
    if not path or not -3 <= number <= 3:
        raise WrongUsage(f"{text!r} is not a LoRA with a weight from −3 to 3.", "Write --lora PATH:0.8.")
    return Lora(path=absolute(Path(path)), weight=number)
