"""Place: a folder of a host into which scripts are installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bridge_server.install.surroundings import Surroundings

Contents = Mapping[PurePosixPath, bytes]
"""Path below a folder → bytes."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """host    'reaper', 'ableton' or 'ardour'
    name    for people: 'REAPER, portable'
    folder  absolute; every installed path lies below it
    """

    host: str
    name: str
    folder: Path


@dataclass(frozen=True, kw_only=True)
class Host:
    """A DAW, and how scripts get into it.

    title     as its makers write it
    programs  pattern of the names of its processes, in lower case, without '.exe'
    where     how a person finds the folder
    find      its places in those surroundings, the most likely first
    place_at  the place that the user names; raises NotFound with what is missing there
    lay_out   the built files, and the user's Dawbridge folder → what is to lie below a place's folder
    clicks    what is left to do by hand at a place, a sentence each
    """

    id: str
    title: str
    programs: str
    where: str
    find: Callable[[Surroundings], Iterator[Place]]
    place_at: Callable[[Path], Place]
    lay_out: Callable[[Contents, Path], Contents]
    clicks: Callable[[Place], tuple[str, ...]]
