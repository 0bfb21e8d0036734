"""References: what a browser says in place of a path, and the paths that the server puts there instead.

No path that comes from a browser is believed: every field of a request that holds one is filled in here, or refused.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bridge_server.home import Home
from bridge_server.jobs.journal import Journal
from bridge_server.jobs.resolve import resolve
from bridge_server.panel.loras import find_lora
from bridge_server.panel.regions import Region, Regions
from bridge_server.protocol.errors import BadRequest, BridgeError, NotFound, UnknownJob
from bridge_server.protocol.values import Source, Take

Plain = dict[str, Any]

_TAKE = re.compile(r"take:([a-z0-9][a-z0-9_-]{7,63})/([1-8])(?:/([^/\\\0]{1,64}))?")
_SOURCE = re.compile(r"source:([a-z0-9][a-z0-9_-]{7,63})(?:/([0-9]{1,3}))?")
_UPLOAD = re.compile(r"upload:([0-9a-f]{8,64})")
_REGION = re.compile(r"region:([0-9a-f]{8,64})")
_LORA = re.compile(r"lora:([^/\\\0]{1,128})")
_PROJECT = re.compile(r"project:([0-9a-f]{8,64})")

HOW = "Open it in the panel by its take, upload or region."


def project_id(folder: str) -> str:
    """The name of a project in references: it tells nobody where the folder lies."""
    return hashlib.sha256(folder.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class Resolved:
    """A request with paths, and the region that it was made for, if it was for one."""

    message: Plain
    region: Region | None


class References:
    """Reads journal and regions, so it belongs to the event loop."""

    def __init__(self, home: Home, journal: Journal, regions: Regions) -> None:
        self._home = home
        self._journal = journal
        self._regions = regions

    def resolve(self, message: Plain) -> Resolved:
        """The request with every reference replaced. Raises BadRequest for a path, UnknownJob, NotFound."""
        filled = dict(message)
        region: Region | None = None
        for name in ("source", "reference"):
            if filled.get(name) is not None:
                region = self._region_in(filled[name]) or region
                filled[name] = self._one_source(filled[name], name)
        if filled.get("sources") is not None:
            region = next(
                (found for each in _list(filled["sources"], "sources") if (found := self._region_in(each))), region
            )
            filled["sources"] = [full for each in filled["sources"] for full in self._sources(each, "sources")]
        if filled.get("take") is not None:
            region = self._region_in({"path": filled["take"]}) or region
            filled["take"] = self._take(filled["take"])
        if filled.get("loras") is not None:
            filled["loras"] = [self._lora(each) for each in _list(filled["loras"], "loras")]
        if filled.get("folder"):
            raise BadRequest("`folder` cannot be chosen in the panel.", "Name the project instead: `project:ID`.")
        if filled.get("project"):
            region = self._region_named(filled["project"]) or region
            filled |= self._folders(self._project(filled["project"]), "job" in filled)
        elif region is not None and "span" in filled:
            filled |= self._folders(region.project, "job" in filled)
        return Resolved(_on_the_timeline(filled, region), region)

    def take(self, job: str, number: int) -> Take:
        """Raises UnknownJob."""
        for take in self._journal.takes(job=job):
            if take.number == number:
                return take
        raise UnknownJob(f"There is no take {number} of a job {job}.")

    def sources_of(self, job: str) -> tuple[Source, ...]:
        """What an earlier job was made from; of a retake, what its take was made from. Raises UnknownJob."""
        known = self._journal.job(job)
        if known is None:
            raise UnknownJob(f"There is no job {job}.")
        request = resolve(known.request).request
        found = getattr(request, "source", None) or getattr(request, "reference", None)
        return (found,) if found else tuple(getattr(request, "sources", ()))

    def upload(self, upload_id: str) -> Path:
        """The file of an upload. Raises NotFound."""
        found = sorted(self._home.panel.joinpath("uploads").glob(f"{upload_id}.*")) if upload_id.isalnum() else []
        if not found:
            raise NotFound("That upload is not there any more.", "Upload the file once more.")
        return found[0]

    def project_folder(self, given: str) -> str:
        """The folder of a project that a job was sent for. Raises NotFound."""
        for folder in self._journal.projects():
            if project_id(folder) == given:
                return folder
        raise NotFound("That project is not known.", "Send something from its DAW first.")

    # parts

    def _one_source(self, given: object, field: str) -> Plain:
        found = self._sources(given, field)
        if len(found) != 1:
            raise BadRequest(f"`{field}` takes one sound, and that job had {len(found)}.", "Say which: `source:JOB/0`.")
        return found[0]

    def _sources(self, given: object, field: str) -> list[Plain]:
        if (
            not isinstance(given, dict)
            or not isinstance(given.get("path"), str)
            or given.get("clips")
            or given.get("live_clips")
        ):
            raise _no_path(field)
        text = given["path"]
        if match := _TAKE.fullmatch(text):
            return [{**given, "path": self._take(text)}]
        if match := _UPLOAD.fullmatch(text):
            return [{**given, "path": str(self.upload(match[1]))}]
        if match := _REGION.fullmatch(text):
            return [_plain(self._region_source(match[1]))]
        if match := _SOURCE.fullmatch(text):
            found = self.sources_of(match[1])
            chosen = found if match[2] is None else found[int(match[2]) : int(match[2]) + 1]
            if not chosen:
                raise NotFound("That job was made from nothing that sounds.", HOW)
            return [_plain(source) for source in chosen]
        raise _no_path(field)

    def _take(self, given: object) -> str:
        match = _TAKE.fullmatch(given) if isinstance(given, str) else None
        if match is None:
            raise _no_path("take")
        take = self.take(match[1], int(match[2]))
        if match[3] is None:
            return take.path
        for part in take.parts:
            for stem in part.stems:
                if stem.role == match[3]:
                    return stem.path
        raise NotFound(f"That take has no stem called {match[3]!r}.")

    def _lora(self, given: object) -> Plain:
        match = _LORA.fullmatch(str(given.get("path"))) if isinstance(given, dict) else None
        if match is None:
            raise _no_path("loras")
        return {**given, "path": str(find_lora(self._home, match[1]))}  # type: ignore[dict-item]

    def _project(self, given: object) -> str:
        if not isinstance(given, str):
            raise _no_path("project")
        if match := _REGION.fullmatch(given):
            return self._regions.find(match[1]).project
        if match := _PROJECT.fullmatch(given):
            return self.project_folder(match[1])
        raise _no_path("project")

    def _folders(self, project: str, is_job: bool) -> Plain:
        """Takes go where those of that project went last."""
        folder = self._journal.folder_of(project) if project and is_job else ""
        return {"project": project, **({"folder": folder} if folder else {})}

    def _region_source(self, region_id: str) -> Source:
        source = self._regions.find(region_id).source
        if source is None:
            raise NotFound("That region has no sound of its own.", "Make something new for it instead.")
        return source

    def _region_in(self, given: object) -> Region | None:
        """The region that a source belongs to: its own, or that of the job whose take it is."""
        return self._region_named(given.get("path")) if isinstance(given, dict) else None

    def _region_named(self, text: object) -> Region | None:
        if not isinstance(text, str):
            return None
        if match := _REGION.fullmatch(text):
            return self._regions.find(match[1])
        if match := _TAKE.fullmatch(text) or _SOURCE.fullmatch(text):
            return self._regions.of_job(match[1])
        return None


def _on_the_timeline(message: Plain, region: Region | None) -> Plain:
    """Where a request for a region does not say where its result belongs, the region knows."""
    span = message.get("span")
    if region is None or message.get("timeline") is not None or not isinstance(span, dict):
        return message
    start = span.get("start")
    if not isinstance(start, int) or span.get("rate") != region.span.rate or region.timeline_of(start) < 0:
        return message
    return {**message, "timeline": region.timeline_of(start)}


def _plain(source: Source) -> Plain:
    plain: Plain = msgspec.to_builtins(source)
    return plain


def _list(given: object, field: str) -> list[Any]:
    if not isinstance(given, list):
        raise BadRequest(f"`{field}` must be a list.")
    return given


def _no_path(field: str) -> BridgeError:
    return BadRequest(f"`{field}` must be named by a reference, not by a path.", HOW)
