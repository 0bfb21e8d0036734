"""Switchboard: which way back leads to which client. Doors bring routes; the bridge only knows names."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from bridge_server.protocol.events import AnyEvent

MOST_ROUTES = 1_000


class Route(Protocol):
    """A way back to one client through one door. `send` never waits and never raises for a client that has gone."""

    def send(self, event: AnyEvent) -> None: ...


class Switchboard:
    """The latest route of every client that spoke lately. What a client misses it gets with `hello {after}`."""

    def __init__(self) -> None:
        self._routes: OrderedDict[str, Route] = OrderedDict()
        self._watchers: set[str] = set()

    def connect(self, client: str, route: Route) -> None:
        self._routes[client] = route
        self._routes.move_to_end(client)
        if len(self._routes) > MOST_ROUTES:
            gone, _ = self._routes.popitem(last=False)
            self._watchers.discard(gone)

    def disconnect(self, client: str) -> None:
        self._routes.pop(client, None)
        self._watchers.discard(client)

    @property
    def clients(self) -> list[str]:
        """Who spoke lately, the latest first."""
        return list(reversed(self._routes))

    def knows(self, client: str) -> bool:
        return client in self._routes

    def watch_all(self, client: str, is_watching: bool) -> None:
        if is_watching:
            self._watchers.add(client)
        else:
            self._watchers.discard(client)

    def post(self, event: AnyEvent, client: str) -> None:
        """To the client, and to those who watch everything."""
        for name in {client, *self._watchers}:
            if name in self._routes:
                self._routes[name].send(event)

    @property
    def is_watched(self) -> bool:
        """Whether anybody watches everything."""
        return bool(self._watchers)

    def tell_watchers(self, event: AnyEvent) -> None:
        for name in self._watchers:
            if name in self._routes:
                self._routes[name].send(event)

    def broadcast(self, event: AnyEvent) -> None:
        for route in self._routes.values():
            route.send(event)
