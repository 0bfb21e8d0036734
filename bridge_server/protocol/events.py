"""Everything the bridge may say. Events with a `seq` are kept: a client that comes back asks for those it missed."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from bridge_server.protocol.errors import Problem
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Capabilities, ClientName, Fraction, JobId, Take

State = Literal["queued", "running", "done", "failed", "cancelled"]
EngineState = Literal["starting", "ready", "busy", "down"]


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event", tag=str.lower):
    """Base of all events. Clients ignore fields they do not know."""


class JobEvent(Event, frozen=True, kw_only=True):
    """One step in the life of a job."""

    job: JobId
    seq: Annotated[int, Meta(description="counts up over all jobs and restarts; 0 in events that are not kept")] = 0


class Accepted(JobEvent, frozen=True, kw_only=True):
    """The job is in the journal and will survive a crash of anything."""

    position: Annotated[int, Meta(description="jobs that will run before it")] = 0
    backend: str = ""


class Started(JobEvent, frozen=True, kw_only=True):
    """The engine has begun."""

    attempt: int = 1


class Progress(JobEvent, frozen=True, kw_only=True):
    """Not kept; at most ten a second. On OSC flat: job, fraction, stage."""

    fraction: Fraction = 0.0
    stage: Annotated[str, Meta(description="'reading', 'rendering 2 of 3', 'writing'")] = ""


class TakeReady(JobEvent, frozen=True, kw_only=True, tag="take"):
    """A take lies complete on disk; more may follow."""

    take: Take


class Done(JobEvent, frozen=True, kw_only=True):
    """The last word of a job that worked."""

    takes: tuple[Take, ...] = ()
    seconds: Annotated[float, Meta(description="from start to end of the last attempt")] = 0.0


class Failed(JobEvent, frozen=True, kw_only=True):
    """The last word of a job that did not. `retry` may still save it."""

    error: Problem


class Cancelled(JobEvent, frozen=True, kw_only=True):
    """The last word of a job that was stopped; the engine is free."""


class Place(JobEvent, frozen=True, kw_only=True):
    """Somebody chose this take: the host that owns the job lays it on the timeline."""

    take: Take


class Answer(Event, frozen=True, kw_only=True):
    """Base of the answers; `id` is that of the question."""

    id: str = ""


class Refused(Answer, frozen=True, kw_only=True):
    """The message was not accepted and nothing was done. `job` names the job it was about, if that could be read."""

    error: Problem
    job: str = ""


class Ok(Answer, frozen=True, kw_only=True):
    """Done, or on its way."""


class Welcome(Answer, frozen=True, kw_only=True):
    """The answer to `hello`; missed events follow it."""

    version: int
    release: str
    engine: EngineState
    seq: Annotated[int, Meta(description="of the newest event")] = 0
    engine_problem: Problem | None = None
    backends: tuple[Capabilities, ...] = ()
    default_backend: str = ""


class JobLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A job as lists show it."""

    job: JobId
    client: ClientName
    task: str
    state: State
    created: Annotated[float, Meta(description="seconds since 1970, UTC")]
    project: str = ""
    tags: str = ""
    span: Span | None = None
    fraction: float = 0.0
    error: Problem | None = None


class Listing(Answer, frozen=True, kw_only=True):
    """The answer to `list`."""

    jobs: tuple[JobLine, ...] = ()
    takes: tuple[Take, ...] = ()


class EngineChanged(Event, frozen=True, kw_only=True, tag="engine"):
    """The engine came up, got busy or died. Sent to all, not kept."""

    state: EngineState
    problem: Problem | None = None


AnyEvent = (
    Accepted | Started | Progress | TakeReady | Done | Failed | Cancelled | Place
    | Refused | Ok | Welcome | Listing | EngineChanged
)  # fmt: skip
