"""The wire: one WebSocket a tab, with the protocol's requests one way and its events the other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re

import msgspec
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bridge_server.panel.context import Context
from bridge_server.panel.kept import Session
from bridge_server.panel.tabs import Tab
from bridge_server.protocol import codec
from bridge_server.protocol.errors import BadMessage, BadRequest, BridgeError, BridgeFault, TooLarge
from bridge_server.protocol.events import Refused

log = logging.getLogger(__name__)

NAME = "panel"
_JOB = re.compile(r"[a-z0-9][a-z0-9_-]{7,63}")
NOT_HERE = {"stop", "ack", "panel"}
"""Questions that a page has no use for, and a stranger would."""


def routes(context: Context) -> list[BaseRoute]:
    async def wire(socket: WebSocket) -> None:
        session: Session = socket.state.session
        await socket.accept()
        tab = context.tabs.open(session.id)
        context.bridge.stay()
        speaking = asyncio.create_task(_speak(socket, tab))
        try:
            await _listen(socket, tab, session, context)
        except WebSocketDisconnect as gone:
            log.info("tab.gone session=%s code=%s", session.id, gone.code)
        finally:
            if context.tabs.gone(tab):
                context.bridge.leave(session.client)
            context.bridge.stay()
            speaking.cancel()
            await asyncio.wait([speaking])

    return [WebSocketRoute("/wire", wire)]


async def _speak(socket: WebSocket, tab: Tab) -> None:
    # The other side may hang up at any moment; what it misses it asks for when it comes back.
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while (text := await tab.next()) is not None:
            await socket.send_text(text.decode())
        await socket.close(tab.close_code)


async def _listen(socket: WebSocket, tab: Tab, session: Session, context: Context) -> None:
    while True:
        frame = await socket.receive()
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame.get("code", 1005), frame.get("reason"))
        text = frame.get("text")
        data = text.encode("utf-8", "surrogatepass") if text is not None else frame.get("bytes") or b""
        try:
            _take_in(data, text is not None, tab, session, context)
        except BridgeError as error:
            asked = codec.salvage(data, "json")
            tab.send(Refused(id=asked.id, job=asked.job, error=error.problem))
        except Exception as error:  # one frame of one tab, whatever is wrong with it, may not end the others
            log.exception("door.broke door=panel")
            tab.send(Refused(error=BridgeFault(f"The bridge stumbled over this message: {error!r}.").problem))


def _take_in(data: bytes, is_text: bool, tab: Tab, session: Session, context: Context) -> None:
    """One request. Raises BridgeError."""
    if not is_text:
        raise BadMessage("The panel's wire carries text.")
    if len(data) > codec.LARGEST:
        raise TooLarge(f"The message has {len(data):,} bytes; at most {codec.LARGEST:,} are read.")
    try:
        message = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"The message could not be decoded: {error}.") from None
    if not isinstance(message, dict):
        raise BadMessage("A message is an object.")
    word = message.get("request")
    if not isinstance(word, str) or word in NOT_HERE:
        raise BadRequest(f"The panel does not ask for {str(word)[:40]!r}.")
    resolved = context.references.resolve(message)
    filled = resolved.message
    if word == "choose" and not filled.get("client"):
        owner = context.regions.of_job(str(filled.get("job")))
        filled = {**filled, "client": owner.client} if owner else filled
    if word == "hello":
        tab.is_listening = True
        context.bridge.join(session.client, context.tabs.listeners(session.id))
    if resolved.region is not None and _JOB.fullmatch(str(filled.get("job"))):
        context.regions.note_job(resolved.region.id, filled["job"])
    context.bridge.hear(msgspec.json.encode(filled), session.client, NAME, tab)
