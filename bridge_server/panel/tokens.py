"""Tokens: what a link into the panel carries. Each lets one browser in, once."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict

from bridge_server.panel.kept import mark_of

TOKEN_SECONDS = 12 * 3600.0
MOST_TOKENS = 256


class Tokens:
    """In memory only: with the bridge go the links that nobody has used."""

    def __init__(self) -> None:
        self._targets: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def mint(self, target: str) -> str:
        """A token whose link ends at `target`, a place in the page like '#/lyrics?region=3f2a'."""
        token = secrets.token_urlsafe(32)
        self._targets[mark_of(token)] = (time.monotonic() + TOKEN_SECONDS, target)
        while len(self._targets) > MOST_TOKENS:
            self._targets.popitem(last=False)
        return token

    def redeem(self, token: str) -> str | None:
        """The target, and the token is used up; None for one that is unknown, used or too old."""
        expires, target = self._targets.pop(mark_of(token), (0.0, ""))
        return target if expires > time.monotonic() else None
