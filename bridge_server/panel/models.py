"""Models: which there are and which suit this machine; fetching and removing them. The progress goes over the wire."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from functools import partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bridge_server.home import Home
from bridge_server.models.catalogue import CATALOGUE, Model
from bridge_server.models.disk import only_one
from bridge_server.models.machine import this_machine
from bridge_server.models.pull import Plan
from bridge_server.models.recommend import recommend
from bridge_server.models.remove import carry_out_removal, plan_removal
from bridge_server.models.state import state_of
from bridge_server.panel.context import Context
from bridge_server.panel.pulls import Progress, Pulls
from bridge_server.protocol.errors import NotFound

FRESH = {"Cache-Control": "no-store"}


def routes(context: Context) -> list[BaseRoute]:
    # Asking a server may take half a minute, so none of this is done in the panel's own two threads.
    desk = _Desk(context)
    return [
        Route("/api/models", desk.list_all, methods=["GET"]),
        Route("/api/models/{name}/plan", desk.plan, methods=["POST"]),
        Route("/api/models/{name}/pull", desk.pull, methods=["POST"]),
        Route("/api/models/{name}/cancel", desk.cancel, methods=["POST"]),
        Route("/api/models/{name}/remove", desk.remove, methods=["POST"]),
    ]


class _Desk:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pulls = Pulls(context.home, self._tell)

    async def list_all(self, _: Request) -> Response:
        found = await asyncio.to_thread(listing, self._context.home)
        latest = self._pulls.latest
        return JSONResponse({**found, "pull": msgspec.to_builtins(latest) if latest else None}, headers=FRESH)

    async def plan(self, request: Request) -> Response:
        """What a pull would fetch, from where, under which licence, and whether there is room."""
        plans = await asyncio.to_thread(self._pulls.plans, model_of(request))
        return JSONResponse({"plans": [plain(plan) for plan in plans]}, headers=FRESH)

    async def pull(self, request: Request) -> Response:
        self._loop = asyncio.get_running_loop()
        model = model_of(request)
        self._pulls.start(model)
        return JSONResponse({"model": model.name}, 202)

    async def cancel(self, request: Request) -> Response:
        model = model_of(request)
        self._pulls.stop()
        return JSONResponse({"model": model.name}, 202)

    async def remove(self, request: Request) -> Response:
        freed = await asyncio.to_thread(remove, model_of(request), self._context.home)
        return JSONResponse({"freed": freed}, headers=FRESH)

    def _tell(self, progress: Progress) -> None:
        """From the pull's thread to every tab."""
        if self._loop is not None and not self._loop.is_closed():
            fields = msgspec.to_builtins(progress)
            self._loop.call_soon_threadsafe(partial(self._context.announce, panel="pull", **fields))


def model_of(request: Request) -> Model:
    """Raises NotFound."""
    name = request.path_params["name"]
    if name not in CATALOGUE:
        raise NotFound(f"There is no model {str(name)[:60]!r}.", "`dawbridge models list` names those there are.")
    return CATALOGUE[name]


def listing(home: Home) -> dict[str, Any]:
    """Every model of the catalogue, and what suits this machine."""
    machine = this_machine()
    advice = recommend(machine)
    models = [
        {**msgspec.to_builtins(state_of(model, home)), "needs": list(model.needs)} for model in CATALOGUE.values()
    ]
    return {"models": models, "machine": asdict(machine), "recommended": list(advice.models), "why": advice.why}


def plain(plan: Plan) -> dict[str, Any]:
    return {
        "model": plan.model.name,
        "licence": plan.model.licence,
        "page": plan.model.page,
        "caution": plan.model.caution,
        "from": plan.web.base,
        "folder": str(plan.folder),
        "size": plan.manifest.size,
        "to_fetch": plan.to_fetch,
        "files": len(plan.wanted),
        "free": plan.free,
    }


def remove(model: Model, home: Home) -> int:
    """Delete what `pull` has fetched; returns bytes. Raises NotFound, AlreadyRunning, OSError."""
    with only_one(home):
        removal = plan_removal(model, home)
        if removal is None:
            raise NotFound(
                f"Nothing of {model.name} was fetched by Dawbridge.",
                "Folders of your own and the Hugging Face cache are yours to delete.",
            )
        size = removal.size
        carry_out_removal(removal, home)
    return size
