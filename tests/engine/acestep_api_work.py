"""Work for acestep-api, which is the same as for any model, and a backend that does not wait long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge_server.protocol.requests import Accompany, Layer, Separate
from bridge_server.protocol.servers import Server
from bridge_server.protocol.span import Span
from engine.backends.acestep_api.backend import AceStepApi
from engine.backends.acestep_api.patience import Patience
from engine.watch import Watch
from engine.work import Rendering, Work
from tests.engine.ace_v1_work import JOB, RATE, SOURCE, Audio
from tests.fakes.acestep_server import FakeAceStep

IMPATIENT = Patience(
    connect=2, silent=1.5, probe=0.6, poll=0.02, busy=0.3, gone=0.3, stuck=0.5, transfer=10, unknown=3
)  # fmt: skip


def backend(fake: FakeAceStep, key: str = "", patience: Patience = IMPATIENT) -> AceStepApi:
    return AceStepApi(Server(address=fake.address, key=key), patience)


def renders(model: AceStepApi, work: Work, seeds: Sequence[int] = (1,), watch: Watch | None = None) -> list[Rendering]:
    watch = watch or Watch()
    model.load(watch.part(0, 0))
    return list(model.render(work, seeds, watch))


def render(model: AceStepApi, work: Work, seed: int = 1, watch: Watch | None = None) -> Rendering:
    return renders(model, work, [seed], watch)[0]


def among(kind: type[Layer] | type[Accompany], context: Audio, start: int, end: int, **more: Any) -> Work:
    span = Span(start, end, RATE)
    request = kind(**{"job": JOB, "span": span, "sources": (SOURCE,), "tags": "funk", **more})
    return Work(request=request, context=context, targets=(span,))


def separate(context: Audio, start: int, end: int, role: str) -> Work:
    span = Span(start, end, RATE)
    return Work(
        request=Separate(job=JOB, span=span, source=SOURCE, role=role), context=context, targets=(span,)
    )  # fmt: skip
