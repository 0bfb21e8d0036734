"""The routes of takes and sound: what is found, what is marked, what is heard, what is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bridge_server.panel.context import Context
from bridge_server.panel.media import asked, one_take
from bridge_server.panel.media.answers import FOREVER, Endpoint, SoundFile, drawn, json
from bridge_server.panel.media.desk import Desk
from bridge_server.panel.media.heard import company_of_job, company_of_takes
from bridge_server.panel.media.marks import Change, Mark
from bridge_server.panel.media.place import Place, replaced
from bridge_server.panel.media.presets import PRESETS
from bridge_server.panel.media.records import TakeId
from bridge_server.panel.media.search import Query, search
from bridge_server.panel.media.table import MOST_AROUND_SECONDS
from bridge_server.panel.regions import Region
from bridge_server.protocol.errors import BadRequest


def routes(context: Context) -> list[BaseRoute]:
    desk = Desk.at(context.home)
    context.threads.submit(desk.tidy)
    return [
        Route("/api/takes", _takes(context, desk)),
        Route("/api/takes/{job}/{number}/mark", _mark(context, desk), methods=["POST"]),
        *one_take.routes(context, desk),
        Route("/api/uploads", _upload(context, desk), methods=["POST"]),
        Route("/api/uploads/{id}", _one_upload(context, desk)),
        Route("/api/audition", _audition(context, desk)),
        Route("/api/presets", _presets),
        Route("/media/{id}.wav", _wave(context, desk)),
        Route("/peaks/{id}", _peaks(context, desk)),
    ]


async def _presets(_: Request) -> Response:
    return json(PRESETS)


def _takes(context: Context, desk: Desk) -> Endpoint:
    def found(query: Query) -> bytes:
        return msgspec.json.encode(search(desk.records.all(), desk.marks.all(), query))

    async def endpoint(request: Request) -> Response:
        body = await context.in_thread(found, asked.query(request.query_params))
        return Response(body, media_type="application/json")

    return endpoint


def _mark(context: Context, desk: Desk) -> Endpoint:
    def change(id_: TakeId, wanted: Change) -> Mark:
        desk.records.take(id_)
        return desk.marks.change(id_, wanted)

    async def endpoint(request: Request) -> Response:
        id_ = asked.take_id(request.path_params["job"], request.path_params["number"])
        wanted = read_body(await request.body(), Change)
        mark = await context.in_thread(change, id_, wanted)
        told = {"job": id_.job, "number": id_.number, "starred": mark.starred, "discarded": mark.discarded}
        context.announce(panel="marked", **told)
        return json(told)

    return endpoint


def read_body(body: bytes, kind: type[Any]) -> Any:
    """Raises BadRequest."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.DecodeError as error:
        raise BadRequest(f"The request is not as it must be: {error}.") from None


def _audition(context: Context, desk: Desk) -> Endpoint:
    def of_takes(ids: list[TakeId], around: float) -> object:
        return desk.table.of_company(company_of_takes(desk.records, ids), desk.marks.all(), around)

    def of_job(job: str, around: float) -> object:
        return desk.table.of_company(company_of_job(desk.records, job), desk.marks.all(), around)

    async def endpoint(request: Request) -> Response:
        given = request.query_params
        named = [name for name in ("of", "job", "region", "upload") if given.get(name)]
        if len(named) != 1:
            raise BadRequest("An audition is of takes (`of`), of a job, of a region or of an upload: name one of them.")
        around = min(max(asked.number(given, "around", 4.0) or 0.0, 0.0), MOST_AROUND_SECONDS)
        value = given[named[0]]
        match named[0]:
            case "of":
                return json(await context.in_thread(of_takes, asked.take_ids(value), around))
            case "job":
                return json(await context.in_thread(of_job, asked.job_id(value), around))
            case "region":
                region = context.regions.find(value.removeprefix("region:"))
                place = place_of_region(region)
                return json(await context.in_thread(desk.table.of_place, place, region.music, around))
        path = context.references.upload(value.removeprefix("upload:"))
        return json(await context.in_thread(desk.table.of_file, path))

    return endpoint


def place_of_region(region: Region) -> Place:
    """What a DAW has selected, as a place."""
    timeline = region.timeline_of(region.span.start)
    if region.source is None:
        return Place(kind="alone", sources=(), span=region.span, timeline=timeline)
    return replaced(region.source, region.span, timeline)


def _upload(context: Context, desk: Desk) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        name = request.query_params.get("name", "")
        return json(await desk.uploads.receive(name, request.stream(), context.in_thread))

    return endpoint


def _one_upload(context: Context, desk: Desk) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return json(await context.in_thread(desk.uploads.find, request.path_params["id"]))

    return endpoint


def _wave(context: Context, desk: Desk) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        path: Path = await context.in_thread(desk.shelf.wave, request.path_params["id"])
        return SoundFile(path, headers=FOREVER, media_type="audio/wav")

    return endpoint


def _peaks(context: Context, desk: Desk) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        overview = await context.in_thread(desk.shelf.overview, request.path_params["id"])
        return drawn(overview, request, FOREVER)

    return endpoint
