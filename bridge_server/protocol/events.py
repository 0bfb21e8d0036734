"""Everything the bridge may say. Events with a `seq` are kept: a client that comes back asks for those it missed."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from bridge_server.protocol.errors import Problem
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import (
    AbsentBackend,
    Capabilities,
    ClientName,
    Fraction,
    HeldModel,
    JobId,
    Path,
    Take,
)

State = Literal["queued", "running", "done", "failed", "cancelled"]
EngineState = Literal["starting", "ready", "down"]


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event", tag=str.lower):
    """Base of all events. Clients ignore fields they do not know."""


class JobEvent(Event, frozen=True, kw_only=True):
    """One step in the life of a job."""

    job: JobId
    seq: Annotated[int, Meta(description="counts up over all jobs and restarts; 0 in events that are not kept")] = 0


class Accepted(JobEvent, frozen=True, kw_only=True):
    """The job is in the journal and will survive a crash of anything."""

    position: Annotated[int, Meta(description="jobs that will run before it")] = 0
    backend: Annotated[str, Meta(description="who the request wants to do it; empty for the default")] = ""


class Started(JobEvent, frozen=True, kw_only=True):
    """The engine has begun."""

    attempt: Annotated[int, Meta(description="2 or more where an earlier try was lost with its engine or bridge")] = 1


class Progress(JobEvent, frozen=True, kw_only=True):
    """How far the job is, at most ten times a second. On OSC flat: job, fraction, stage."""

    fraction: Annotated[Fraction, Meta(description="of the whole job, 1 when it is done")] = 0.0
    stage: Annotated[str, Meta(description="what is being done, e.g. 'reading', 'rendering 2 of 3', 'writing'")] = ""


class TakeReady(JobEvent, frozen=True, kw_only=True, tag="take"):
    """A take lies complete on disk; more may follow."""

    take: Take


class Preview(JobEvent, frozen=True, kw_only=True):
    """Half-way of a take, cheaply made, for a first impression; sent where the job asks with `preview`."""

    number: Annotated[int, Meta(ge=1, description="of the take that it will become")]
    path: Annotated[Path, Meta(description="absolute path of a WAV of the span; later takes do not depend on it")]


class Done(JobEvent, frozen=True, kw_only=True):
    """The last word of a job that worked."""

    takes: Annotated[tuple[Take, ...], Meta(description="all takes of the job")] = ()
    seconds: Annotated[float, Meta(description="from start to end of the last attempt")] = 0.0


class Failed(JobEvent, frozen=True, kw_only=True):
    """The last word of a job that did not work. `retry` may still save it."""

    error: Problem


class Cancelled(JobEvent, frozen=True, kw_only=True):
    """The last word of a job that was stopped; the engine is free."""


class Place(JobEvent, frozen=True, kw_only=True):
    """Somebody chose this take: the host that owns the job lays it on the timeline."""

    take: Take


class Answer(Event, frozen=True, kw_only=True):
    """What a question is answered with; `id` is that of the question."""

    id: Annotated[str, Meta(description="of the question")] = ""


class Refused(Answer, frozen=True, kw_only=True):
    """The message was not accepted and nothing was done."""

    error: Problem
    job: Annotated[str, Meta(description="the job that the message was about, if that could be read")] = ""


class Ok(Answer, frozen=True, kw_only=True):
    """The answer to questions that ask for a deed, as `cancel` and `move` do: done, or on its way."""


class Welcome(Answer, frozen=True, kw_only=True):
    """The answer to `hello`; missed events follow it."""

    version: Annotated[int, Meta(description="of the protocol")]
    release: Annotated[str, Meta(description="of Dawbridge")]
    engine: Annotated[EngineState, Meta(description="how the engine is; jobs are accepted in every state")]
    seq: Annotated[int, Meta(description="of the newest event")] = 0
    engine_problem: Annotated[Problem, Meta(description="why the engine is down")] | None = None
    backends: Annotated[tuple[Capabilities, ...], Meta(description="known once the engine was up")] = ()
    default_backend: Annotated[str, Meta(description="who serves a job that names no backend")] = ""
    absent: Annotated[
        tuple[AbsentBackend, ...],
        Meta(description="known backends that cannot serve now, and why"),
    ] = ()
    models: Annotated[tuple[HeldModel, ...], Meta(description="what lies in the engine's memory")] = ()


class JobLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A job as lists show it."""

    job: JobId
    client: ClientName
    task: Annotated[str, Meta(description="the word of its request")]
    state: State
    created: Annotated[float, Meta(description="seconds since 1970, UTC")]
    project: Annotated[str, Meta(description="folder of its project")] = ""
    tags: Annotated[str, Meta(description="of its request")] = ""
    span: Annotated[Span, Meta(description="of its request")] | None = None
    fraction: Annotated[float, Meta(description="how far it is, from 0 to 1")] = 0.0
    error: Annotated[Problem, Meta(description="why it failed")] | None = None
    backend: Annotated[str, Meta(description="who its request wants; empty for the default")] = ""
    variants: Annotated[int, Meta(description="how many takes it makes")] = 1
    position: (
        Annotated[int, Meta(description="how many waiting jobs go before it; absent if it does not wait")] | None
    ) = None
    started: Annotated[
        float, Meta(description="when its attempt began, in seconds since 1970; 0 if it does not run")
    ] = 0.0
    stage: Annotated[str, Meta(description="what is being done, while it runs")] = ""


class Listing(Answer, frozen=True, kw_only=True):
    """The answer to `list`."""

    jobs: Annotated[tuple[JobLine, ...], Meta(description="where jobs were asked for")] = ()
    takes: Annotated[tuple[Take, ...], Meta(description="where takes were asked for")] = ()


class PanelLink(Answer, frozen=True, kw_only=True, tag="panel_link"):
    """The answer to `panel`."""

    url: Annotated[str, Meta(description="opens the panel, once; whoever has it is let in, so keep it to yourself")]


class EngineChanged(Event, frozen=True, kw_only=True, tag="engine"):
    """The engine came up or died, or found other backends: ask `hello` again. Sent to all, not kept."""

    state: EngineState
    problem: Annotated[Problem, Meta(description="why it is down")] | None = None


class ModelsChanged(Event, frozen=True, kw_only=True, tag="models"):
    """What lies in the engine's memory has changed. Sent to those who watch all, not kept."""

    models: Annotated[tuple[HeldModel, ...], Meta(description="all of them; empty where no model is loaded")] = ()


class QueueChanged(Event, frozen=True, kw_only=True, tag="queue"):
    """The waiting jobs, or their order, have changed. Sent to those who watch all, not kept."""

    jobs: Annotated[tuple[JobId, ...], Meta(description="those that wait, in the order in which they will run")] = ()


AnyEvent = (
    Accepted | Started | Progress | Preview | TakeReady | Done | Failed | Cancelled | Place
    | Refused | Ok | Welcome | Listing | PanelLink | EngineChanged | ModelsChanged | QueueChanged
)  # fmt: skip

KeptEvent = Accepted | Started | Preview | TakeReady | Done | Failed | Cancelled | Place
"""Events that are written down and carry a `seq`."""
