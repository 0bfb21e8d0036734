"""Whether a backend can do what a request asks, known before the request is accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bridge_server.protocol.codec import task_of
from bridge_server.protocol.errors import UnknownBackend, Unsupported
from bridge_server.protocol.requests import Generate, JobRequest, Layer
from bridge_server.protocol.values import AbsentBackend, Capabilities

MADE_FOR = {
    "edit": "ace-step-v1",
    "separate": "ace-step-1.5",
    "lyrics": "ace-step-v1",
    "loras": "ace-step-v1",
    "reference": "ace-step-v1",
    "timbre": "ace-step-1.5",
}
"""The backend that design calls for, where none that is installed can help."""

NOT_TO_IGNORE = {
    "loras": "load LoRAs",
    "reference": "follow reference audio",
    "timbre": "take the sound alone of reference audio",
}
"""Settings without which the music would be another one. What only shapes its sampling is ignored with a note."""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who can play: what the engine last said about its backends.

    backends    known once the engine was up, also in an earlier run
    absent      known, but not able to serve now
    default     who serves a job that names no backend
    role_words  backend → every word that it takes for the role of a layer; a backend that is not in it takes any
    """

    backends: tuple[Capabilities, ...] = ()
    absent: tuple[AbsentBackend, ...] = ()
    default: str = ""
    role_words: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def capabilities(self, backend: str) -> Capabilities:
        """Of a backend, or of the default one for ''. Raises UnknownBackend."""
        name = backend or self.default
        for capabilities in self.backends:
            if capabilities.backend == name:
                return capabilities
        for absent in self.absent:
            if absent.backend == name:
                raise UnknownBackend(absent.problem.message, absent.problem.hint)
        names = ", ".join(known.backend for known in self.backends)
        raise UnknownBackend(f"There is no backend called {name!r} here.", f"Choose one of: {names}.")

    def check(self, request: JobRequest) -> None:
        """Refuse at once what the backend cannot do, and name one that can. Raises UnknownBackend, Unsupported."""
        if not self.backends:
            return
        capabilities = self.capabilities(request.backend)
        name, task = capabilities.backend, task_of(request)
        if task not in capabilities.tasks:
            able = [other.backend for other in self.backends if task in other.tasks]
            raise Unsupported(f"{name} cannot do `{task}`.", self._advice(able, task))
        # A backend to which the language means something would sing, and says itself what it lacks for that.
        could_sing = capabilities.lyrics or "language" in capabilities.settings
        if getattr(request, "lyrics", "").strip() and not could_sing:
            able = [other.backend for other in self.backends if other.lyrics]
            raise Unsupported(f"{name} cannot sing lyrics.", self._advice(able, "lyrics"))
        for setting in sorted(_wanted(request) - {*capabilities.settings}):
            able = [other.backend for other in self.backends if setting in other.settings]
            raise Unsupported(f"{name} cannot {NOT_TO_IGNORE[setting]}.", self._advice(able, setting))
        if isinstance(request, Layer):
            self._check_role(request.role, capabilities)

    def _check_role(self, asked: str, capabilities: Capabilities) -> None:
        known = self.role_words.get(capabilities.backend)
        role = role_word(asked)
        if known is None or not role or role in known or role.rstrip("s") in known:
            return
        raise Unsupported(
            f"{capabilities.backend} has no player for '{asked}'.", f"It plays {', '.join(capabilities.roles)}."
        )

    def _advice(self, able: list[str], what: str) -> str:
        if able:
            return f"Choose the backend {' or '.join(able)}."
        for absent in self.absent:
            if what in absent.tasks or MADE_FOR.get(what) == absent.backend:
                return f"{absent.backend} is made for that. {absent.problem.message} {absent.problem.hint}".strip()
        if what in MADE_FOR:
            return f"The backend {MADE_FOR[what]} is made for that; it is not installed. See `dawbridge models list`."
        return ""


def _wanted(request: JobRequest) -> set[str]:
    """Those of NOT_TO_IGNORE that a request asks for."""
    wanted = {"loras"} if getattr(request, "loras", ()) else set()
    if isinstance(request, Generate) and request.reference is not None:
        wanted.add("timbre" if request.reference_use == "timbre" else "reference")
    return wanted


def role_word(asked: str) -> str:
    """A role as backends spell their words: 'Electric_Guitar ' → 'electric guitar'."""
    return " ".join(asked.lower().replace("_", " ").split())
