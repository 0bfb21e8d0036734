"""The routes of one take: how it was made, its file, its place in the file browser, and the sheet of its provenance."""

from __future__ import annotations

from pathlib import Path, PurePath

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bridge_server.panel.context import Context
from bridge_server.panel.media import asked
from bridge_server.panel.media.answers import Endpoint, SoundFile, drawn, json
from bridge_server.panel.media.desk import Desk
from bridge_server.panel.media.heard import rendered_for
from bridge_server.panel.media.marks import Mark
from bridge_server.panel.media.names import download_name
from bridge_server.panel.media.peaks import Overview
from bridge_server.panel.media.provenance import Sheet, as_csv, sheet
from bridge_server.panel.media.records import TakeId
from bridge_server.panel.media.reveal import reveal
from bridge_server.panel.media.saved_as import attachment, converted, format_of
from bridge_server.panel.media.told import Told, file_of, tell
from bridge_server.panel.references import project_id
from bridge_server.protocol.errors import BadRequest, BridgeError, NotFound, Unsupported
from bridge_server.protocol.requests import JobRequest
from bridge_server.protocol.values import Take

UNNAMED = {"Cache-Control": "no-cache"}


def routes(context: Context, desk: Desk) -> list[BaseRoute]:
    one = "/api/takes/{job}/{number}"
    return [
        Route(one, _told(context, desk)),
        Route(f"{one}/file", _file(context, desk)),
        Route(f"{one}/peaks", _peaks(context, desk)),
        Route(f"{one}/preview", _preview(context, desk)),
        Route(f"{one}/reveal", _reveal(context, desk), methods=["POST"]),
        Route("/api/provenance", _provenance(context, desk)),
        Route("/api/provenance.csv", _provenance(context, desk, is_csv=True)),
    ]


def _id(request: Request) -> TakeId:
    return asked.take_id(request.path_params["job"], request.path_params["number"])


def _told(context: Context, desk: Desk) -> Endpoint:
    def told(id_: TakeId) -> Told:
        return tell(desk.records, context.home, id_, desk.marks.of(id_))

    async def endpoint(request: Request) -> Response:
        return json(await context.in_thread(told, _id(request)))

    return endpoint


def _file(context: Context, desk: Desk) -> Endpoint:
    def found(id_: TakeId, role: str, side: str, midi: str) -> tuple[Path, str]:
        take, request = desk.records.take(id_), desk.records.request(id_.job)
        path = file_of(take, role, side, midi)
        name = download_name(take, _rendered(request, take), request, midi or role, side)
        return path, f"{PurePath(name).stem}{path.suffix}"

    async def endpoint(request: Request) -> Response:
        given = request.query_params
        wanted = format_of(given.get("format", ""))
        words = [given.get(word, "") for word in ("role", "side", "midi")]
        path, name = await context.in_thread(found, _id(request), *words)
        if given.get("midi"):
            return SoundFile(path, headers=UNNAMED, media_type="audio/midi", filename=name)
        if wanted is not None:
            body = await context.in_thread(converted, path, wanted)
            return Response(
                body, headers={**UNNAMED, **attachment(name, given["format"])}, media_type=wanted.media_type
            )
        return SoundFile(path, headers=UNNAMED, media_type="audio/wav", filename=name)

    return endpoint


def _rendered(request: JobRequest, take: Take) -> JobRequest:
    """For a name the request itself will do where the recipe cannot be read."""
    try:
        return rendered_for(request, take.path)
    except BridgeError:
        return request


def _preview(context: Context, desk: Desk) -> Endpoint:
    def found(id_: TakeId) -> Path:
        path = desk.records.preview(id_)
        if not path.is_file():
            raise NotFound("The preview is not there any more.", "The take itself is, or will be soon.")
        return path

    async def endpoint(request: Request) -> Response:
        return SoundFile(await context.in_thread(found, _id(request)), headers=UNNAMED, media_type="audio/wav")

    return endpoint


def _peaks(context: Context, desk: Desk) -> Endpoint:
    def overview(id_: TakeId) -> Overview:
        return desk.shelf.overview(desk.shelf.add_file(file_of(desk.records.take(id_))))

    async def endpoint(request: Request) -> Response:
        return drawn(await context.in_thread(overview, _id(request)), request, UNNAMED)

    return endpoint


def _reveal(context: Context, desk: Desk) -> Endpoint:
    def show(id_: TakeId) -> None:
        reveal(file_of(desk.records.take(id_)))

    async def endpoint(request: Request) -> Response:
        if not request.state.place.is_local:
            raise Unsupported(
                "A folder can only be shown on the machine that it lies on.", "Download the file instead."
            )
        await context.in_thread(show, _id(request))
        return Response(status_code=204)

    return endpoint


def _provenance(context: Context, desk: Desk, *, is_csv: bool = False) -> Endpoint:
    def made(takes: str, project: str) -> Sheet:
        if bool(takes) == bool(project):
            raise BadRequest("A sheet is of takes (`takes=JOB/N,…`) or of a project: name one of them.")
        return sheet(desk.records, asked.take_ids(takes) if takes else _takes_of(project))

    def _takes_of(project: str) -> list[TakeId]:
        """Of what was put away nothing is left in the project."""
        wanted, marks = project.removeprefix("project:"), desk.marks.all()
        ids = [
            TakeId(record.take.job, record.take.number)
            for record in desk.records.all()
            if project_id(record.project) == wanted
        ]
        return [id_ for id_ in ids if not marks.get(id_, Mark()).discarded]

    async def endpoint(request: Request) -> Response:
        given = request.query_params
        found = await context.in_thread(made, given.get("takes", ""), given.get("project", ""))
        if not is_csv:
            return json(found)
        headers = {"Content-Disposition": 'attachment; filename="provenance.csv"'}
        return Response(as_csv(found), headers=headers, media_type="text/csv; charset=utf-8")

    return endpoint
