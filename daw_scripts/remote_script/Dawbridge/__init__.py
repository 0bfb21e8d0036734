"""Dawbridge inside Live without Max for Live: a Remote Script, chosen as a control surface in Live's settings.

Live finds this folder in `<User Library>/Remote Scripts` when it starts, and calls `create_instance`. Nothing here
needs more than Python 3.7 and its standard library, which is what Live 11 brings.
"""

# ruff: noqa: N999 — the folder's name is what Live's menu shows.
from __future__ import annotations

from typing import Any


def create_instance(c_instance: Any) -> Any:
    """Live's way in: `c_instance` gives the set, the status bar and the log."""
    from .surface import Surface

    return Surface(c_instance)
