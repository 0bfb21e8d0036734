"""What `doctor` looks at in the panel: is it installed, does it answer."""

from __future__ import annotations

import http.client
import secrets
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from bridge_server.client import Client
from bridge_server.connection import Connection
from bridge_server.doctor.finding import Finding
from bridge_server.protocol.errors import BridgeError, BridgeFault
from bridge_server.protocol.events import PanelLink
from bridge_server.protocol.requests import Panel

ANSWER_SECONDS = 3.0
NOT_LET_IN = 401


def panel_findings(connection: Connection) -> Iterator[Finding]:
    """Of a bridge that runs."""
    try:
        with Client(connection, f"doctor-{secrets.token_hex(4)}") as client:
            link = client.ask(Panel(id=secrets.token_hex(4)))
    except BridgeError as error:
        yield Finding(
            "panel", "problem" if isinstance(error, BridgeFault) else "note", error.message.rstrip("."), error.hint
        )
        return
    assert isinstance(link, PanelLink)
    place = urlsplit(link.url).netloc
    began = time.monotonic()
    answer = http.client.HTTPConnection(place, timeout=ANSWER_SECONDS)
    try:
        answer.request("GET", "/api/session")
        status = answer.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        advice = "`dawbridge down`, then `dawbridge up`; the bridge's log has the details."
        yield Finding("panel", "problem", f"it does not answer at {place} ({error})", advice)
        return
    finally:
        answer.close()
    if status == NOT_LET_IN:
        milliseconds = (time.monotonic() - began) * 1000
        yield Finding("panel", "ok", f"answers at {place} in {milliseconds:.0f} ms; `dawbridge panel` opens it")
    else:
        yield Finding("panel", "problem", f"it answers a stranger with {status}", "Update Dawbridge.")
