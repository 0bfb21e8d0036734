"""Whether a verb can be served, and if not, why: from the bridge's welcome."""

from __future__ import annotations

from typing import Any

from .requests import REQUEST_OF
from .texts import say


def reason(verb: str, welcome: dict[str, Any] | None) -> str:
    """Why the verb cannot be served; empty if it can, or where that is not known yet."""
    backends = (welcome or {}).get("backends") or ()
    request = REQUEST_OF.get(verb, verb)
    if not backends or any(request in backend.get("tasks", ()) for backend in backends):
        return ""
    for absent in (welcome or {}).get("absent") or ():
        if request in absent.get("tasks", ()):
            problem = absent.get("problem", {})
            return str(problem.get("hint") or problem.get("message") or say("no_backend_can"))
    return say("no_backend_can")


def settings(welcome: dict[str, Any] | None) -> set[str]:
    """The settings that mean something to the backend that serves by default; none while nobody knows."""
    default = (welcome or {}).get("default_backend", "")
    backends = [one for one in (welcome or {}).get("backends") or () if not default or one.get("backend") == default]
    return {name for one in backends for name in one.get("settings", ())}


def context_seconds(welcome: dict[str, Any] | None, otherwise: float) -> float:
    """How much sound beside a range the backends want to hear, at the most."""
    backends = (welcome or {}).get("backends") or ()
    return max([float(backend.get("context_seconds", otherwise)) for backend in backends] or [otherwise])
