"""All hosts that scripts can be installed into."""

from __future__ import annotations

from collections.abc import Iterator

from bridge_server.install import ableton, ardour, reaper
from bridge_server.install.place import Host, Place
from bridge_server.install.surroundings import Surroundings

HOSTS: dict[str, Host] = {host.id: host for host in (reaper.HOST, ableton.HOST, ardour.HOST)}


def places(host: Host, around: Surroundings) -> list[Place]:
    """Where that host is on this machine, each folder once, however many ways lead to it."""
    found: dict[object, Place] = {}
    for place in host.find(around):
        found.setdefault(_identity(place), place)
    return list(found.values())


def all_places(around: Surroundings) -> Iterator[Place]:
    for host in HOSTS.values():
        yield from places(host, around)


def _identity(place: Place) -> object:
    status = place.folder.stat()
    return (status.st_dev, status.st_ino) if status.st_ino else place.folder.resolve()
