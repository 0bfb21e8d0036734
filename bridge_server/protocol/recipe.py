"""Recipe: how a take was made, complete enough to make it again. It travels inside the WAV (promise P9)."""

from typing import Annotated

from msgspec import Meta, Struct

from bridge_server.protocol.requests import JobRequest
from bridge_server.protocol.values import Origin, Seed


class Recipe(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything a take came from. `request` is what was rendered: for `again` and `retake`, the first request."""

    request: JobRequest
    number: int
    seed: Seed
    backend: str
    model: str
    release: Annotated[str, Meta(description="version of Dawbridge")]
    created: Annotated[str, Meta(description="UTC, ISO 8601")]
    context_sha256: Annotated[str, Meta(description="of the audio the backend heard, float32 at its rate")]
    origin_take: Annotated[str, Meta(description="path of the take that a retake varied")] = ""
    origin: Origin | None = None
    notes: tuple[str, ...] = ()
