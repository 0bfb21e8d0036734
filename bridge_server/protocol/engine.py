"""What bridge and engine say to each other. Audio stays beside these messages, in `.npy` files of a scratch folder."""

from typing import Annotated

from msgspec import Meta, Struct

from bridge_server.protocol.errors import Problem
from bridge_server.protocol.requests import Accompany, Edit, Extend, Generate, Layer, Repaint, Separate
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import AbsentBackend, Capabilities, Fraction, HeldModel, JobId, Origin, Seed

Rendered = Generate | Repaint | Extend | Edit | Layer | Accompany | Separate
"""The requests an engine renders; `retake` and `again` reach it as the request of their recipe."""


class ToEngine(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="order", tag=str.lower):
    """Base of the bridge's orders."""


class Render(ToEngine, frozen=True, kw_only=True):
    """Render one take per seed. `attempt` comes back in every answer, so that a late word of a lost try is known."""

    job: JobId
    attempt: int
    backend: str
    request: Rendered
    seeds: tuple[Seed, ...]
    targets: Annotated[tuple[Span, ...], Meta(description="inside the context, at the backend's rate")]
    bar_phase_seconds: float
    scratch: Annotated[str, Meta(description="folder with context.npy; results go there too")]
    latents: tuple[str, ...] = ()
    origin: Origin | None = None


class Abort(ToEngine, frozen=True, kw_only=True):
    """Stop that job within one step of the model."""

    job: JobId


class Load(ToEngine, frozen=True, kw_only=True):
    """Bring the model of that backend into memory, after the jobs that wait in the engine."""

    backend: str


class Unload(ToEngine, frozen=True, kw_only=True):
    """Free the memory of that backend, or of all for an empty name; a load of it that is under way is stopped."""

    backend: str = ""


class Ping(ToEngine, frozen=True, kw_only=True):
    """The bridge lives."""


class FromEngine(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="word", tag=str.lower):
    """Base of the engine's answers."""


class Ready(FromEngine, frozen=True, kw_only=True):
    """The engine is up; says what its backends can do."""

    backends: tuple[Capabilities, ...]
    absent: tuple[AbsentBackend, ...] = ()
    default_backend: str
    release: str
    role_words: Annotated[
        dict[str, tuple[str, ...]],
        Meta(description="backend → every word that it takes for the role of a layer; absent: it takes any"),
    ] = {}


class Pong(FromEngine, frozen=True, kw_only=True):
    """The engine lives (its input thread, not only its GPU)."""


class Holds(FromEngine, frozen=True, kw_only=True):
    """What lies in memory, whenever that has changed; after a `fatal` one the engine is not to be used again."""

    models: tuple[HeldModel, ...] = ()
    fatal: bool = False


class JobWord(FromEngine, frozen=True, kw_only=True):
    """Base of answers about one try of one job."""

    job: JobId
    attempt: int


class Step(JobWord, frozen=True, kw_only=True):
    """Progress over all seeds."""

    fraction: Fraction
    stage: str = ""


class Halfway(JobWord, frozen=True, kw_only=True):
    """A preview of one take: `file` in scratch is (C, T) float32 over the hull of the targets."""

    number: int
    file: str


class Variant(JobWord, frozen=True, kw_only=True):
    """One take is rendered: `stems` are (C, T) float32 files `<file>` in scratch, over the hull of the targets."""

    number: int
    seed: Seed
    stems: Annotated[tuple[tuple[str, str], ...], Meta(description="(role, file name)")]
    latents: Annotated[tuple[tuple[str, str], ...], Meta(description="(tensor name, file name)")] = ()
    midi: Annotated[
        tuple[tuple[str, tuple[str, ...]], ...],
        Meta(description="(role, names of MIDI files, one for each target)"),
    ] = ()
    notes: tuple[str, ...] = ()


class Finished(JobWord, frozen=True, kw_only=True):
    """All takes are rendered."""


class Broke(JobWord, frozen=True, kw_only=True):
    """The job failed; the engine goes on unless `fatal`."""

    error: Problem
    fatal: bool = False


class Aborted(JobWord, frozen=True, kw_only=True):
    """The job was stopped, the device is free."""


EngineOrder = Render | Abort | Load | Unload | Ping
EngineWord = Ready | Pong | Holds | Step | Halfway | Variant | Finished | Broke | Aborted
