"""What the server says, unwrapped from its envelope, and its refusals as errors of ours.

Every answer in JSON is {"data": …, "code": 200, "error": null, …}; some failures come with the status 200 and another
`code`. A refusal before that has {"detail": …}. Answers that came through another layer may lack the envelope.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from bridge_server.protocol.errors import (
    BadAnswer,
    BadRequest,
    BridgeError,
    OutOfMemory,
    ServerBusy,
    ServerFailed,
    ServerRefused,
)
from bridge_server.protocol.servers import Server
from engine.backends.acestep_api.exchange import Answer

OTHER_API = (
    "Is it the API server of ACE-Step 1.5 (`acestep-api`)? Its web page, and the servers of other programs, "
    "have other ports and speak another language."
)
LONGEST_TOLD = 200


class Busy(ServerBusy):
    """`after_seconds` is how long the server asks to be left alone; 0 where it says nothing."""

    def __init__(self, message: str, after_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


def data_of(answer: Answer, server: Server) -> Any:
    """The answer's `data`. Raises what `refusal` returns, and BadAnswer for what is no JSON."""
    found = _json(answer.body)
    if answer.status != 200:
        raise refusal(answer.status, told(found), server, answer.headers.get("Retry-After") or "")
    if found is None:
        raise BadAnswer(f"{server.host} does not answer like an ACE-Step 1.5 server (no JSON).", OTHER_API)
    if not isinstance(found, dict) or "data" not in found or "code" not in found:
        return found
    code = found["code"]
    if code != 200:
        raise refusal(code if isinstance(code, int) else 500, told(found), server)
    return found["data"]


def shaped(data: Any, shape: Any, server: Server) -> Any:
    """`data` as a struct. Raises BadAnswer for another shape."""
    try:
        return msgspec.convert(data, shape, strict=False)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadAnswer(f"{server.host} answers in another shape than an ACE-Step 1.5 server ({error}).") from error


def parsed(text: str, shape: Any, server: Server) -> Any:
    """JSON inside JSON, as results come. Raises BadAnswer."""
    return shaped(_json(text.encode()), shape, server)


def refusal(status: int, said: str, server: Server, retry_after: str = "") -> BridgeError:
    """The error that a status, or a `code`, other than 200 means."""
    who, words = f"The server at {server.host}", f": {said}" if said else ""
    if 300 <= status < 400:
        return BadAnswer(
            f"{who} sends us to another address, and what you play goes only to the one that you named.",
            "Add the server anew, with the address at which it really is.",
        )
    if status in (401, 403):
        missing = "wants a key" if not server.key else "does not take the key"
        return ServerRefused(f"{who} {missing}.")
    if status in (429, 502, 503, 504):
        wait = float(retry_after) if re.fullmatch(r"[0-9]{1,4}", retry_after.strip()) else 0.0
        return Busy(f"{who} has its queue full or is not ready{words}.", wait)
    if status in (404, 405, 415):
        return BadAnswer(f"{who} does not know what was asked of it (status {status}{words}).", OTHER_API)
    if status == 413:
        return BadRequest(f"{who} does not take so much audio.", "Select a shorter range.")
    if is_out_of_memory(said):
        return OutOfMemory(f"{who} ran out of memory{words}.", "Select a shorter range, or load a smaller model there.")
    if 400 <= status < 500:
        return BadRequest(f"{who} did not take the request{words}.", "Change what it names, and send it again.")
    return ServerFailed(f"{who} met an error{words}.")


def is_out_of_memory(said: str) -> bool:
    return "out of memory" in said.lower()


def told(found: Any) -> str:
    """What a refusal says, as one short plain line."""
    if isinstance(found, dict):
        for name in ("detail", "error", "message"):
            if found.get(name):
                return plain(found[name])
    return ""


def plain(said: object) -> str:
    """A stranger's words made fit for a sentence: one line, printable, short; '' for none."""
    if said is None:
        return ""
    words = said if isinstance(said, str) else msgspec.json.encode(said).decode()
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in words[:2_000]).split())
    return (line if len(line) <= LONGEST_TOLD else f"{line[:LONGEST_TOLD]}…").rstrip(".")


def _json(body: bytes) -> Any:
    """None for what is no JSON, and for JSON that is nested without end. NaN is taken, as Python's servers write it."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
