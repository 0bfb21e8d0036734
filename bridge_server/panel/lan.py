"""Other devices: how one is paired, which ones are, and how to shut one out."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bridge_server.panel.context import Context
from bridge_server.panel.guard import Place
from bridge_server.panel.kept import DEVICE_SECONDS, Session
from bridge_server.panel.login import check_is_here, device_name, set_cookie
from bridge_server.panel.pairing import CODE_SECONDS, Pairing
from bridge_server.panel.way_in import plain_page
from bridge_server.protocol.errors import NotFound, TooLarge, Unsupported

WRONG_SECONDS = 1.0
"""How long a wrong code waits for its answer."""

LONGEST_FORM = 1_000

FORM = """\
<p>On the computer that runs Dawbridge, type <code>dawbridge panel --pair</code>, or press
<b>Pair a device</b> on the panel's page <i>Engine</i>. It shows a code of eight digits.</p>
<form method="post" action="/pair">
<p><label for="code">Code</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required autofocus></p>
<p><button class="main">Pair this device</button></p>
</form>
"""
WRONG = "<p role='alert'><b>That is not the code, or it is not good any more.</b></p>\n"


def routes(context: Context) -> list[BaseRoute]:
    pairing = Pairing()
    return [*_for_a_device(context, pairing), *_for_people_here(context, pairing)]


def _for_a_device(context: Context, pairing: Pairing) -> list[BaseRoute]:
    """What a device can see that has not been paired yet."""

    async def show_form(request: Request) -> Response:
        return RedirectResponse("/", 303) if _is_in_or_here(request) else plain_page("Pair this device", FORM)

    async def pair(request: Request) -> Response:
        return RedirectResponse("/", 303) if _is_in_or_here(request) else await _pair(context, pairing, request)

    async def certificate(_: Request) -> Response:
        if context.shared.authority is None:
            raise NotFound("The panel is not shared with other devices.", "`dawbridge up --share-lan` does that.")
        return FileResponse(
            context.shared.authority, media_type="application/x-x509-ca-cert", filename="dawbridge-authority.cer"
        )

    return [
        Route("/pair", show_form, methods=["GET"]),
        Route("/pair", pair, methods=["POST"]),
        Route("/certificate", certificate, methods=["GET"]),
    ]


def _for_people_here(context: Context, pairing: Pairing) -> list[BaseRoute]:
    async def devices(request: Request) -> Response:
        return JSONResponse(_devices(context, request.state.session))

    async def new_code(request: Request) -> Response:
        check_is_here(request.state.session)
        if not context.shared.address:
            raise Unsupported(
                context.shared.problem or "The panel is not shared with other devices.",
                "Stop the bridge with `dawbridge down` and start it with `dawbridge up --share-lan`.",
            )
        told = {"address": context.shared.address, "fingerprint": context.shared.fingerprint}
        return JSONResponse({"code": pairing.new_code(), "seconds": CODE_SECONDS, **told})

    async def revoke(request: Request) -> Response:
        session: Session = request.state.session
        device = request.path_params["device"]
        if device != session.id:
            check_is_here(session)
        if not context.memory.shut_out(device):
            raise NotFound("There is no device of that name.", "`dawbridge panel --devices` lists them.")
        context.tabs.close_session(device)
        context.announce(panel="devices")
        return Response(status_code=204)

    return [
        Route("/api/devices", devices, methods=["GET"]),
        Route("/api/devices/pair", new_code, methods=["POST"]),
        Route("/api/devices/{device}/revoke", revoke, methods=["POST"]),
    ]


def _is_in_or_here(request: Request) -> bool:
    """Whom pairing does not concern: it is let in already, or it is this machine, which has its links."""
    place: Place = request.state.place
    return place.is_local or request.state.session is not None


async def _pair(context: Context, pairing: Pairing, request: Request) -> Response:
    if int(request.headers.get("content-length", LONGEST_FORM + 1)) > LONGEST_FORM:
        raise TooLarge("That is no code.", "Type the eight digits.")
    form = parse_qs((await request.body()).decode("ascii", "replace"))
    if not pairing.accepts(form.get("code", [""])[0]):
        await asyncio.sleep(WRONG_SECONDS)
        return plain_page("Pair this device", WRONG + FORM, 403)
    name = device_name(request.headers.get("user-agent", ""))
    _, secret = context.memory.let_in(name, is_local=False)
    response = RedirectResponse("/", 303, {"Cache-Control": "no-store"})
    set_cookie(response, context, secret, request.state.place, DEVICE_SECONDS)
    context.announce(panel="devices")
    return response


def _devices(context: Context, asking: Session) -> dict[str, Any]:
    known = [
        {
            "id": session.id,
            "name": session.name,
            "created": session.created,
            "seen": session.seen,
            "is_local": session.is_local,
            "is_this": session.id == asking.id,
        }
        for session in context.memory.sessions
    ]
    return {
        "address": context.shared.address,
        "fingerprint": context.shared.fingerprint,
        "problem": context.shared.problem,
        "devices": known,
    }
