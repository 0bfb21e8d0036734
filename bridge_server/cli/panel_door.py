"""What the command line asks of the panel itself, as a page would: it is let in by a link, asks, and leaves."""

from __future__ import annotations

import http.client
import json
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from bridge_server.protocol.errors import NoBridge, Problem, from_problem

PATIENCE_SECONDS = 10.0


class PanelVisit:
    """`with PanelVisit(link) as visit: visit.ask("GET", "/api/devices")`. Raises NoBridge where nobody answers."""

    def __init__(self, link: str) -> None:
        self._link = urlsplit(link)
        self._cookie = ""

    def __enter__(self) -> PanelVisit:
        _, headers = self._send("GET", f"{self._link.path}?{self._link.query}")
        found = SimpleCookie(headers.get("Set-Cookie", ""))
        self._cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in found.items())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._send("POST", "/api/leave")

    def ask(self, method: str, path: str) -> dict[str, Any]:
        """The answer; empty where there is none to give. Raises the error with which it is refused."""
        body, _ = self._send(method, path)
        answer: dict[str, Any] = json.loads(body) if body else {}
        if "error" in answer:
            raise from_problem(Problem(**answer["error"]))
        return answer

    def _send(self, method: str, path: str) -> tuple[bytes, http.client.HTTPMessage]:
        headers = {
            "Origin": f"{self._link.scheme}://{self._link.netloc}",
            "Cookie": self._cookie,
            "User-Agent": "dawbridge",
        }
        connection = http.client.HTTPConnection(self._link.netloc, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer.read(), answer.headers
        except (OSError, http.client.HTTPException) as error:
            raise NoBridge(f"The panel does not answer ({error}).", "See `dawbridge doctor`.") from error
        finally:
            connection.close()
