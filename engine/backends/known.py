"""Registry: which backends an engine knows. Apart from what makes them, so that it costs nothing to import."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge_server.protocol.values import AbsentBackend
from engine.backends.base import Backend


@dataclass(frozen=True)
class Registry:
    """Backends that can run here, those that are known and cannot, and what each understands as a layer's role."""

    backends: dict[str, Backend]
    absent: list[AbsentBackend] = field(default_factory=list)
    role_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
