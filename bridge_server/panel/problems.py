"""Errors as answers: the protocol's problems in JSON, with the status that says the same to a program."""

from __future__ import annotations

import logging

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bridge_server.protocol.errors import (
    AlreadyRunning,
    BadAudio,
    BridgeError,
    BridgeFault,
    DiskFull,
    DuplicateJob,
    NoRecipe,
    NotFound,
    OutsideProject,
    Problem,
    ReadOnly,
    TooLarge,
    UnknownBackend,
    UnknownJob,
    UnreadableAudio,
    WrongKey,
)

log = logging.getLogger(__name__)

STATUS: dict[type[BridgeError], int] = {
    WrongKey: 401,
    OutsideProject: 403,
    NotFound: 404,
    UnknownJob: 404,
    UnknownBackend: 404,
    DuplicateJob: 409,
    AlreadyRunning: 409,
    TooLarge: 413,
    UnreadableAudio: 415,
    BadAudio: 422,
    NoRecipe: 422,
    BridgeFault: 500,
    ReadOnly: 507,
    DiskFull: 507,
}
"""400 for all others."""


def answer(problem: Problem, status: int) -> Response:
    body = msgspec.json.encode({"error": problem})
    return Response(body, status, {"Cache-Control": "no-store"}, "application/json")


async def of_the_bridge(_: Request, error: Exception) -> Response:
    """For every BridgeError that a route raises."""
    assert isinstance(error, BridgeError)
    return answer(error.problem, STATUS.get(type(error), 400))


async def of_the_web(_: Request, error: Exception) -> Response:
    """For what Starlette says: no such page, no such method."""
    assert isinstance(error, HTTPException)
    code = "not_found" if error.status_code == 404 else "bad_request"
    problem = Problem(
        code=code, message=f"The panel has nothing there ({error.detail}).", hint="Reload the page, and try again."
    )
    return answer(problem, error.status_code)


async def of_ours(request: Request, error: Exception) -> Response:
    """For a fault of ours, which goes to the log."""
    log.error("panel.broke path=%s", request.url.path, exc_info=error)
    return answer(BridgeFault(f"The bridge stumbled over this: {type(error).__name__}.").problem, 500)
