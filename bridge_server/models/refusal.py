"""What a server means when it refuses, by its status code."""

from __future__ import annotations

import time
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit

from bridge_server.models.trouble import AccessDenied, BadServer, Interrupted, Unreachable
from bridge_server.protocol.errors import BridgeError, NotFound

AGAIN_LATER = (408, 425, 429, 500, 502, 503, 504)
LONGEST_PAUSE_SECONDS = 300.0
"""For a server that asks for more, a musician should not be kept waiting."""


def refusal(status: int, headers: Message, url: str, had_token: bool) -> BridgeError:
    """The error that a status from 400 on means."""
    host, path = urlsplit(url).netloc.rpartition("@")[2], unquote(urlsplit(url).path)
    if status in (404, 410):
        return NotFound(
            f"{host} has no {path}.",
            "It may have moved: update Dawbridge, or name a server that has it with --from.",
        )
    if status in (401, 403):
        if had_token:
            return AccessDenied(
                f"{host} does not let this account have {path}.",
                "Check that HF_TOKEN is valid, and accept the model's terms on its page with the same account.",
            )
        return AccessDenied(f"{host} gives {path} only to those who are signed in.")
    if status in AGAIN_LATER:
        after = retry_after(headers.get("Retry-After", ""))
        if after > LONGEST_PAUSE_SECONDS:
            return Unreachable(
                f"{host} is busy and asks to be left alone for {after / 60:.0f} minutes.",
                "Run the same command again then; it goes on where it stopped.",
            )
        return Interrupted(f"{host} is busy or broken (status {status}).", after_seconds=after)
    if status == 416:
        return BadServer(f"{host} does not have as much of {path} as it said.")
    return Unreachable(f"{host} refuses {path} (status {status}).", "Try again later, or another server with --from.")


def retry_after(text: str) -> float:
    """Seconds, from a number or a date; 0 for neither."""
    try:
        if text.strip().isascii() and text.strip().isdigit():
            return float(text)
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0.0
