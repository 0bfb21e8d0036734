"""Job: one accepted request and the moves its state may make."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

import msgspec

from bridge_server.protocol.codec import task_of
from bridge_server.protocol.errors import Problem
from bridge_server.protocol.events import JobLine, State
from bridge_server.protocol.requests import (
    Accompany,
    Again,
    Edit,
    Extend,
    Generate,
    JobRequest,
    Layer,
    Repaint,
    Separate,
)
from bridge_server.protocol.span import Span

MOVES: dict[State, tuple[State, ...]] = {
    "queued": ("running", "cancelled", "failed"),
    "running": ("queued", "done", "failed", "cancelled"),
    "failed": ("queued",),
    "cancelled": ("queued",),
    "done": (),
}
ENDED: tuple[State, ...] = ("done", "failed", "cancelled")


@dataclass(kw_only=True)
class Job:
    """A request on its way. `door` names the door it came through, so that its events find the way back."""

    request: JobRequest
    client: str
    door: str
    state: State = "queued"
    attempts: int = 0
    created: float = field(default_factory=time.time)
    error: Problem | None = None
    fraction: float = 0.0
    stage: str = ""
    started: float = 0.0

    @property
    def id(self) -> str:
        return self.request.job

    @property
    def task(self) -> str:
        return task_of(self.request)

    @property
    def cost_seconds(self) -> float:
        """Seconds of audio to render, the unit in which the queue is fair; ten where only the take knows."""
        return new_seconds(self.request) * self.request.variants

    def move(self, state: State) -> None:
        """Raises ValueError for a move that is not allowed: a bug of ours, never of a client's."""
        if state not in MOVES[self.state]:
            raise ValueError(f"job {self.id} cannot go from {self.state} to {state}")
        self.state = state

    def line(self, position: int | None = None) -> JobLine:
        """`position`: how many waiting jobs go before it."""
        is_running = self.state == "running"
        return JobLine(
            job=self.id,
            client=self.client,
            task=self.task,
            state=self.state,
            created=self.created,
            project=self.request.project,
            tags=getattr(self.request, "tags", ""),
            span=target_span(self.request),
            fraction=round(self.fraction, 3),
            error=self.error,
            backend=self.request.backend,
            variants=self.request.variants,
            position=position,
            started=self.started if is_running else 0.0,
            stage=self.stage if is_running else "",
        )


def target_span(request: JobRequest) -> Span | None:
    """The span that a request names; None for `retake` and `again`, whose take knows it."""
    match request:
        case Generate() | Repaint() | Extend() | Edit() | Layer() | Accompany() | Separate():
            return request.span
        case _:
            return None


def new_seconds(request: JobRequest) -> float:
    """Seconds of audio that one variant of `request` makes."""
    span = target_span(request)
    if span is None:
        return 10.0
    if isinstance(request, Extend):
        return (request.left + request.right) / span.rate
    return span.seconds


def with_seed(request: JobRequest) -> JobRequest:
    """The request with its seed settled, so that every attempt renders the same; that of `again` is in its recipe."""
    if request.seed is not None or isinstance(request, Again):
        return request
    return msgspec.structs.replace(request, seed=secrets.randbelow(2**32))


def seeds_of(request: JobRequest) -> tuple[int, ...]:
    """One seed per variant, counting up from the first and staying below 2^53."""
    first = request.seed or 0
    return tuple((first + number) % 2**53 for number in range(request.variants))
