"""Answers: the forms in which takes and sound are sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bridge_server.panel.media import asked
from bridge_server.panel.media.peaks import MOST_POINTS, Overview

Endpoint = Callable[[Request], Awaitable[Response]]

FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
"""For what is named after its content."""


class SoundFile(FileResponse):
    """A sound file, or the part of it that is asked for, in pieces that keep a tab of a busy machine waiting less."""

    chunk_size = 1 << 20


def json(what: object) -> Response:
    return Response(msgspec.json.encode(what), media_type="application/json")


def drawn(overview: Overview, request: Request, headers: Mapping[str, str]) -> Response:
    """A waveform in as many points as the page has room for. Raises BadRequest."""
    points = asked.whole(request.query_params, "points", 1_000, range(1, MOST_POINTS + 1)) or 1_000
    start = asked.whole(request.query_params, "start", 0) or 0
    body = overview.points(points, start, asked.whole(request.query_params, "end")).astype("<i2").tobytes()
    return Response(body, headers={**headers, "X-Frames": str(overview.frames)}, media_type="application/octet-stream")
