"""Licences: under which terms the model that made a take was published."""

from __future__ import annotations

import msgspec

from bridge_server.models.catalogue import ACE_STEP_15, ACE_STEP_V1, CATALOGUE, Model


class Terms(msgspec.Struct, frozen=True):
    """is_ai  a trained model made it, and not rules
    licence  as the model's makers name it; empty where nobody here knows
    page     where it is published
    """

    is_ai: bool
    licence: str
    page: str


def terms_of(backend: str, model: str) -> Terms:
    """Of a take, by the names that its recipe gives; they are told in `dawbridge models list` too.

    >>> terms_of("ace-step-v1", "ACE-Step v1 3.5B").licence
    'Apache-2.0'
    """
    if backend == "sketch":
        return Terms(False, "no model: rules and synthesis of Dawbridge", "")
    if model.startswith("random weights"):
        return Terms(False, "no model: random numbers", "")
    found = _entry(backend, model)
    return Terms(True, found.licence, found.page) if found else Terms(True, "", "")


def terms_of_lora(name: str) -> str:
    """The licence of a LoRA that `dawbridge models` knows; empty for one of the user's own."""
    return CATALOGUE[name].licence if name in CATALOGUE else ""


def _entry(backend: str, model: str) -> Model | None:
    if backend == ACE_STEP_V1.name:
        return ACE_STEP_V1
    kind = model.lower().removeprefix("ace-step 1.5").strip().replace(" ", "-")
    named = CATALOGUE.get(f"ace-step-1.5-{kind}")
    if named is not None or "on a server" in model:
        return named  # what a server plays with, its owner knows
    is_family = model.lower().startswith("ace-step 1.5")
    licences = {entry.licence for entry in ACE_STEP_15}
    return ACE_STEP_15[0] if is_family and len(licences) == 1 else None
