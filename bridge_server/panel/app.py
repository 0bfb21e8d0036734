"""The panel as an ASGI application: the parts with their routes, the static page, and the guard before them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bridge_server.panel import problems
from bridge_server.panel.context import Context
from bridge_server.panel.guard import Guard, Place
from bridge_server.protocol.errors import BridgeError

STATIC = Path(__file__).parent / "static"
PARTS = ("login", "lan", "wire", "region_routes", "media.routes", "models", "doctor")
"""Modules of this package, each with `routes(context)`; they are asked in this order."""


def make_routes(context: Context) -> list[BaseRoute]:
    found = [route for part in PARTS for route in import_module(f"bridge_server.panel.{part}").routes(context)]
    return [*found, Mount("/", StaticFiles(directory=STATIC, html=True))]


def make_app(context: Context) -> Starlette:
    """The parts without a guard: `guarded` puts one before them for each place where the panel listens."""
    return Starlette(
        routes=make_routes(context),
        exception_handlers={
            BridgeError: problems.of_the_bridge,
            HTTPException: problems.of_the_web,
            Exception: problems.of_ours,
        },
    )


def guarded(app: Starlette, context: Context, place: Place) -> Guard:
    return Guard(app, place, context.memory.cookie, context.memory.find)
