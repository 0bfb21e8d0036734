"""WrongUsage: what was typed makes no sense, so nothing was tried. It ends with exit code 2 instead of 1."""

from __future__ import annotations

from bridge_server.protocol.errors import BadRequest


class WrongUsage(BadRequest):
    """`message` says what is wrong with the words, `hint` how to write them."""
