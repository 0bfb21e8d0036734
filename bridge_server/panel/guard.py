"""Guard: what every request has to pass before a part of the panel sees it.

A page of a stranger, open in the same browser, can send requests to this machine. It cannot read the cookie
and cannot forge `Host` or `Origin`: so all three are asked for, each by itself enough against it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bridge_server.panel.kept import Session
from bridge_server.panel.problems import answer
from bridge_server.panel.shared import own_names
from bridge_server.panel.way_in import STYLES, how_to_get_in
from bridge_server.protocol.codec import LARGEST
from bridge_server.protocol.errors import BadRequest, BridgeError, TooLarge, WrongKey

UPLOADS = "/api/uploads"
LARGEST_UPLOAD = 2 << 30
"""Bytes: an hour of 48 kHz stereo in 32 bits has 1.3 GiB."""

OPEN_PATHS = {"/enter", "/pair", "/certificate", "/icon.svg", *(f"/css/{name}.css" for name in STYLES)}
FORMS = {"/pair"}
"""Pages with a form: where no referrer at all may be sent, a browser hides the form's `Origin` as well."""

HARMLESS = {"GET", "HEAD"}

BEFORE_THE_PANEL = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'"
"""What the page may do that says how to get in."""

FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@dataclass(frozen=True)
class Place:
    """Where a listener is: `scheme` http or https, `port`; `is_local` where only this machine can reach it."""

    scheme: str
    port: int
    is_local: bool

    def names(self, arrived_at: str) -> set[str]:
        """Every `Host` that means this listener; `arrived_at` is the address at which the connection came in."""
        hosts = {"127.0.0.1", "localhost", "[::1]"} if self.is_local else {_in_a_url(arrived_at), *own_names()}
        return {f"{host}:{self.port}" for host in hosts}


def _in_a_url(address: str) -> str:
    try:
        return f"[{address}]" if ipaddress.ip_address(address).version == 6 else address
    except ValueError:
        return address


class Guard:
    """ASGI middleware. Leaves `session` and `place` in the state of the request."""

    def __init__(self, app: ASGIApp, place: Place, cookie: str, find: Callable[[str], Session | None]) -> None:
        self._app = app
        self._place = place
        self._cookie = cookie
        self._find = find

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            host = self._check_host(headers, scope)
            self._check_origin(headers, scope, host)
            session = self._session(headers)
            if session is None and scope["path"] not in OPEN_PATHS:
                raise WrongKey("This browser has not been let in.", "`dawbridge panel` opens the panel.")
        except BridgeError as error:
            await self._refuse(error, scope, receive, send)
            return
        scope["state"] = {**scope.get("state", {}), "session": session, "place": self._place}
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        limit = LARGEST_UPLOAD if scope["path"] == UPLOADS else LARGEST
        try:
            measured = _measured(receive, headers, limit)
        except TooLarge as error:
            await self._refuse(error, scope, receive, send)
            return
        await self._app(scope, measured, _with_headers(send, self._policy(host), scope["path"]))

    def _check_host(self, headers: Headers, scope: Scope) -> str:
        """Against DNS rebinding: a stranger's name that is made to mean this machine is still a stranger's name."""
        hosts = headers.getlist("host")
        arrived_at = (scope.get("server") or ("", 0))[0]
        if len(hosts) != 1 or hosts[0].lower() not in self._place.names(arrived_at):
            raise BadRequest("That is no address of the panel.", "`dawbridge panel` opens it at the right one.")
        return hosts[0].lower()

    def _check_origin(self, headers: Headers, scope: Scope, host: str) -> None:
        """Against requests that another page sends."""
        origins = headers.getlist("origin")
        needs_one = scope["type"] == "websocket" or scope["method"] not in HARMLESS
        is_ours = origins == [f"{self._place.scheme}://{host}"]
        if (origins and not is_ours) or (needs_one and not is_ours):
            raise BadRequest("Another page tried to use the panel.", "Nothing was done. Use the panel's own page.")
        site = headers.get("sec-fetch-site", "none")
        is_page = headers.get("sec-fetch-mode", "navigate") == "navigate" and not needs_one
        if site not in ("none", "same-origin") and not is_page:
            raise BadRequest("Another page tried to use the panel.", "Nothing was done. Use the panel's own page.")

    def _session(self, headers: Headers) -> Session | None:
        """Other servers of this machine set cookies too, odd ones, or by the name of ours: each is looked at."""
        for cookie in "; ".join(headers.getlist("cookie")).split(";"):
            name, _, secret = cookie.strip().partition("=")
            session = self._find(secret) if name == self._cookie else None
            # What was paired over the network is good there, and what entered here is good here.
            if session is not None and session.is_local == self._place.is_local:
                return session
        return None

    async def _refuse(self, error: BridgeError, scope: Scope, receive: Receive, send: Send) -> None:
        status = 401 if isinstance(error, WrongKey) else 413 if isinstance(error, TooLarge) else 403
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": error.message})
            return
        wants_page = "text/html" in Headers(scope=scope).get("accept", "")
        response = how_to_get_in(error, status, self._place.is_local) if wants_page else answer(error.problem, status)
        await response(
            scope,
            receive,
            _with_headers(send, BEFORE_THE_PANEL, scope["path"]),
        )

    def _policy(self, host: str) -> str:
        """`connect-src` names the WebSocket too: not every browser counts it as 'self'. No text ever becomes code."""
        wire = f"{'ws' if self._place.scheme == 'http' else 'wss'}://{host}"
        return (
            f"default-src 'self'; connect-src 'self' {wire}; img-src 'self' data: blob:; media-src 'self' blob:;"
            " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
            " require-trusted-types-for 'script'; trusted-types 'none'"
        )


def _with_headers(send: Send, policy: str, path: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = policy
            headers.update(FIXED_HEADERS)
            if path in FORMS:
                headers["Referrer-Policy"] = "same-origin"
            headers.setdefault("Cache-Control", "no-store" if path.startswith("/api/") else "no-cache")
        await send(message)

    return sending


def _measured(receive: Receive, headers: Headers, limit: int) -> Receive:
    """Reading that ends above the limit, whatever was announced. Raises TooLarge, at once or while reading."""
    announced = headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > limit:
        raise TooLarge(f"That is more than {limit:,} bytes.", "Send a smaller file.")
    had = 0

    async def receiving() -> Message:
        nonlocal had
        message = await receive()
        had += len(message.get("body", b""))
        if had > limit:
            raise TooLarge(f"That is more than {limit:,} bytes.", "Send a smaller file.")
        return message

    return receiving
