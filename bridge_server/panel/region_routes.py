"""What a page asks about the regions that DAWs sent, the LoRAs there are, and the programs that can place a take."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bridge_server.panel.context import Context
from bridge_server.panel.loras import loras
from bridge_server.panel.regions import Region

OURS = ("panel-", "cli-", "launch-", "python-", "doctor-")
"""Names that begin so belong to programs that have no timeline to place a take on."""


def routes(context: Context) -> list[BaseRoute]:
    async def all_regions(_: Request) -> Response:
        return JSONResponse({"regions": [plain(region) for region in context.regions.newest()]})

    async def one_region(request: Request) -> Response:
        return JSONResponse(plain(context.regions.find(request.path_params["region"])))

    async def all_loras(_: Request) -> Response:
        found = await context.in_thread(loras, context.home)
        return JSONResponse({"loras": [{"name": name, "reference": f"lora:{name}"} for name in found]})

    async def hosts(_: Request) -> Response:
        return JSONResponse({"hosts": [name for name in context.bridge.clients if not name.startswith(OURS)]})

    return [
        Route("/api/regions", all_regions, methods=["GET"]),
        Route("/api/regions/{region}", one_region, methods=["GET"]),
        Route("/api/loras", all_loras, methods=["GET"]),
        Route("/api/hosts", hosts, methods=["GET"]),
    ]


def plain(region: Region) -> dict[str, Any]:
    """A region without its paths: a reference stands for each."""
    return {
        "id": region.id,
        "client": region.client,
        "created": region.created,
        "source": f"region:{region.id}" if region.source is not None else None,
        "source_name": _name(region),
        "span": msgspec.to_builtins(region.span),
        "timeline": region.timeline_of(region.span.start),
        "project": f"region:{region.id}" if region.project else "",
        "project_name": PurePath(region.project).name,
        "music": msgspec.to_builtins(region.music),
        "tags": region.tags,
        "lyrics": region.lyrics,
        "language": region.language,
        "jobs": list(region.jobs),
    }


def _name(region: Region) -> str:
    """What people call the source: its file, or the files of its clips."""
    source = region.source
    if source is None:
        return ""
    paths = (
        [source.path]
        if source.path
        else [*(clip.path for clip in source.clips), *(clip.path for clip in source.live_clips)]
    )
    names = list(dict.fromkeys(path.replace("\\", "/").rsplit("/", 1)[-1] for path in paths))
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
