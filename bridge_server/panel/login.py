"""Login: the link with the token that lets a browser in, and the way out again."""

from __future__ import annotations

import urllib.parse

from starlette.datastructures import Address
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bridge_server.panel.context import Context
from bridge_server.panel.guard import Place
from bridge_server.panel.kept import LOCAL_SECONDS, Session
from bridge_server.panel.peer import is_of_this_user
from bridge_server.panel.way_in import plain_page
from bridge_server.protocol.errors import WrongKey
from bridge_server.protocol.release import release

AGAIN = "A link into the panel works once, and for half a day. `dawbridge panel` makes a new one."
SYSTEMS = ("iPad", "iPhone", "Android", "Windows", "Macintosh", "CrOS", "Linux")
BROWSERS = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}


def routes(context: Context) -> list[BaseRoute]:
    async def enter(request: Request) -> Response:
        return await _enter(context, request)

    async def leave(request: Request) -> Response:
        session: Session = request.state.session
        context.memory.shut_out(session.id)
        context.tabs.close_session(session.id)
        response = Response(status_code=204)
        response.delete_cookie(context.memory.cookie)
        return response

    async def who(request: Request) -> Response:
        session: Session = request.state.session
        return JSONResponse(
            {
                "id": session.id,
                "name": session.name,
                "is_local": session.is_local,
                "release": release(),
                "home": str(context.home.root) if session.is_local else "",
                "shared": context.shared.address,
            }
        )

    return [
        Route("/enter", enter, methods=["GET"]),
        Route("/api/leave", leave, methods=["POST"]),
        Route("/api/session", who, methods=["GET"]),
    ]


async def _enter(context: Context, request: Request) -> Response:
    """Raises WrongKey for a token that does not work, unless this browser is in already."""
    place: Place = request.state.place
    if request.method == "HEAD" or not place.is_local or "prefetch" in request.headers.get("sec-purpose", ""):
        return Response(status_code=403)  # to look at a link is not to use it
    if not await context.in_thread(is_of_this_user, _end(request.client), tuple(request.scope["server"])):
        raise WrongKey("This link belongs to another user of this machine.", "Type `dawbridge panel` as yourself.")
    target = context.tokens.redeem(request.query_params.get("token", ""))
    if request.state.session is not None:
        return RedirectResponse(f"/{target or ''}", 303, {"Cache-Control": "no-store"})
    if target is None:
        return plain_page("This link has been used", f"<p>{AGAIN.replace('`', '')}</p>", 401)
    _, secret = context.memory.let_in(device_name(request.headers.get("user-agent", "")), is_local=True)
    response = _onward(request, f"/{target}")
    set_cookie(response, context, secret, place, LOCAL_SECONDS)
    context.bridge.stay()
    return response


def _end(address: Address | None) -> tuple[str, int]:
    return (address.host, address.port) if address is not None else ("", 0)


def _onward(request: Request, target: str) -> Response:
    """Where a link in another page led here, a redirect would not carry the new cookie; a page of our own does."""
    if request.headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return RedirectResponse(target, 303, {"Cache-Control": "no-store"})
    head = f'<meta http-equiv="refresh" content="0; url={urllib.parse.quote(target, safe="/#?=&")}">\n'
    return plain_page("Opening the panel", f'<p><a href="{target}">Open the panel</a></p>', head=head)


def set_cookie(response: Response, context: Context, secret: str, place: Place, seconds: float) -> None:
    """No script can read it, no other page can make the browser send it."""
    response.set_cookie(
        context.memory.cookie,
        secret,
        max_age=int(seconds),
        httponly=True,
        samesite="strict",
        secure=place.scheme == "https",
    )


def check_is_here(session: Session) -> None:
    """Raises WrongKey for a device that was paired: what concerns this machine is decided at this machine."""
    if not session.is_local:
        raise WrongKey("That can only be done at the machine itself.", "Open the panel there with `dawbridge panel`.")


def device_name(user_agent: str) -> str:
    """'Firefox on Linux', as well as can be told.

    >>> device_name("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox on Linux'
    """
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), "A browser")
    system = next((name for name in SYSTEMS if name in user_agent), "")
    return f"{browser} on {system.replace('Macintosh', 'macOS')}" if system else browser
