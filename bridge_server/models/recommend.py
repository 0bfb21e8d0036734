"""Which model suits a machine. A rule of thumb from what ACE-Step's makers say about memory; nothing is measured here.

Source: the tiers by which ACE-Step 1.5's own server chooses (2026), and what the backend itself works out that 30 s of
music need, from the sizes of the weights.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge_server.models.machine import Machine

GIB = 2**30
SMALL, MEDIUM, LARGE = 3.5 * GIB, 9.5 * GIB, 19.5 * GIB
"""Of a card that says 4, 10 and 20 GB. From the first on, a 2B model fits part by part; from the second on, whole; from
the third on, an XL."""

SHARED_MEDIUM, SHARED_LARGE = 15 * GIB, 24.5 * GIB
"""The same of a Mac, where models work with four bytes a number and not part by part."""

WAITING_ROOM = 11.5 * GIB
"""Of a computer that says 12 GB, for the parts that are not on the card just now."""

PATIENT = 23 * GIB
"""Of a computer that says 24 GB: without a card, a 2B model at four bytes a number needs 14 GB with 30 s of music, and
leaves the rest to the DAW."""

TURBO, BASE = "ace-step-1.5-turbo", "ace-step-1.5-base"
XL_TURBO, XL_BASE = "ace-step-1.5-xl-turbo", "ace-step-1.5-xl-base"
ELSEWHERE = "an ACE-Step 1.5 server on another machine can do it: `dawbridge server add ADDRESS`"


@dataclass(frozen=True)
class Recommendation:
    """`models` by their names in the catalogue, the first one first; empty where `sketch` is the better choice."""

    models: tuple[str, ...]
    why: str


def recommend(machine: Machine) -> Recommendation:
    """The models to begin with on such a machine: one for songs and drafts, one for stems.

    >>> recommend(Machine(32 * GIB)).models
    ('ace-step-1.5-turbo',)
    """
    gpu = machine.gpu
    if gpu is None or gpu.memory < SMALL:
        return _without_card(machine)
    card = f"{gpu.name} with {gpu.memory / GIB:.0f} GB"
    medium, large = (SHARED_MEDIUM, SHARED_LARGE) if gpu.is_shared else (MEDIUM, LARGE)
    if gpu.memory >= large:
        return Recommendation((XL_TURBO, XL_BASE), f"{card}: room for the large ones; drafts and songs, and stems")
    if gpu.memory >= medium:
        return Recommendation((TURBO, BASE), f"{card}: room for the 2B models; drafts and songs, and stems")
    if not gpu.is_shared and machine.memory >= WAITING_ROOM:
        return Recommendation((TURBO, BASE), f"{card}: a 2B model fits part by part, which takes longer")
    return Recommendation(
        (), f"{card}, {_computer(machine)}: too little for a model; sketch needs none, and {ELSEWHERE}"
    )


def _without_card(machine: Machine) -> Recommendation:
    if machine.memory >= PATIENT:
        why = f"no graphics card that could help, {_computer(machine)}: expect minutes for a take; sketch takes moments"
        return Recommendation((TURBO,), f"{why}, and {ELSEWHERE}")
    return Recommendation((), f"no graphics card that could help, {_computer(machine)}: stay with sketch; {ELSEWHERE}")


def _computer(machine: Machine) -> str:
    return f"{machine.memory / GIB:.0f} GB in the computer" if machine.memory else "unknown memory in the computer"
