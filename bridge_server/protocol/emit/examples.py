"""Real instances of every message: the page shows them, and all languages are tested on them.

Each message comes twice: with the least it needs, and with every field away from its default.
"""

from dataclasses import dataclass

from msgspec import Struct

from bridge_server.protocol.emit.contract import word
from bridge_server.protocol.emit.events_shown import EVENTS
from bridge_server.protocol.emit.requests_shown import REQUESTS


@dataclass(frozen=True)
class Example:
    """`kind` is request or event, `form` minimal or full."""

    kind: str
    form: str
    message: Struct

    @property
    def name(self) -> str:
        return f"{self.kind}.{word(type(self.message))}.{self.form}"


def examples() -> list[Example]:
    """All of them, requests first, in the order of the page."""
    return [
        Example(kind, form, message)
        for kind, pairs in (("request", REQUESTS), ("event", EVENTS))
        for pair in pairs
        for form, message in zip(("minimal", "full"), pair, strict=True)
    ]
