"""What is wrong and what to do, in the words of `dawbridge doctor`."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bridge_server.home import Home
from bridge_server.panel.context import Context


def routes(context: Context) -> list[BaseRoute]:
    async def doctor(_: Request) -> Response:
        # It rings at every door and asks the music server: in a thread that nobody else waits for.
        found = await asyncio.to_thread(_findings, context.home)
        problems = sum(finding["state"] == "problem" for finding in found)
        return JSONResponse({"findings": found, "problems": problems}, headers={"Cache-Control": "no-store"})

    return [Route("/api/doctor", doctor, methods=["GET"])]


def _findings(home: Home) -> list[dict[str, Any]]:
    from bridge_server.doctor.findings import findings

    return [asdict(finding) for finding in findings(home)]
