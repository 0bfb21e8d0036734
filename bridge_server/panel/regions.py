"""Regions that a DAW sent: what is selected there, kept so that the panel can open on it, also after a restart."""

from __future__ import annotations

import hashlib
import logging
import time
from pathlib import Path

from msgspec import Struct, structs

from bridge_server.panel.kept import write_owner_only
from bridge_server.protocol.codec import from_json, to_json
from bridge_server.protocol.errors import BadMessage, NotFound
from bridge_server.protocol.requests import Panel
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Music, Source

log = logging.getLogger(__name__)

MOST_REGIONS = 100
MOST_BYTES = 8 << 20
MOST_JOBS = 500


class Region(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """client   who sent it, and places what is chosen of its jobs
    created  when it was last sent, in seconds since 1970
    jobs     those that the panel made for it
    The rest is as in `panel` of the protocol.
    """

    id: str
    client: str
    created: float
    span: Span
    source: Source | None = None
    timeline: int | None = None
    project: str = ""
    music: Music = Music()
    tags: str = ""
    lyrics: str = ""
    language: str = ""
    jobs: tuple[str, ...] = ()

    def timeline_of(self, start: int) -> int:
        """Where sample `start` of the source lies on the timeline, at the span's rate."""
        return (self.span.start if self.timeline is None else self.timeline) + start - self.span.start


class Regions:
    """One file each in a folder of the home. Used by the event loop alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._regions: dict[str, Region] = {}
        self._bytes: dict[str, int] = {}
        for path in folder.glob("*.json") if folder.is_dir() else ():
            try:
                data = path.read_bytes()
                region = from_json(data, Region)
            except (OSError, BadMessage) as error:
                log.warning("region.unreadable path=%s error=%s", path, error)
                continue
            self._regions[region.id], self._bytes[region.id] = region, len(data)
        self._by_job = {job: region.id for region in self._regions.values() for job in region.jobs}

    def receive(self, ask: Panel, client: str) -> Region | None:
        """Keep the region of a question; None where it names none. The same region sent again is the same."""
        if ask.span is None:
            return None
        same = structs.replace(ask, id="-", page="any", job=None)
        id_ = hashlib.sha256(client.encode() + b"\n" + to_json(same)).hexdigest()[:16]
        before = self._regions.get(id_)
        region = Region(
            id=id_,
            client=client,
            created=time.time(),
            span=ask.span,
            source=ask.source,
            timeline=ask.timeline,
            project=ask.project,
            music=ask.music,
            tags=ask.tags,
            lyrics=ask.lyrics,
            language=ask.language,
            jobs=before.jobs if before else (),
        )
        self._keep(region)
        for old in self._too_old():
            self._forget(old)
        return region

    def _too_old(self) -> list[Region]:
        """All but the newest: a region of a thousand clips takes more room than a hundred of one file each."""
        newest = self.newest()
        total, fitting = 0, 0
        for region in newest[:MOST_REGIONS]:
            total += self._bytes[region.id]
            fitting += total <= MOST_BYTES
        return newest[max(fitting, 1) :]

    def newest(self) -> list[Region]:
        return sorted(self._regions.values(), key=lambda region: -region.created)

    def find(self, region_id: str) -> Region:
        """Raises NotFound."""
        try:
            return self._regions[region_id]
        except KeyError:
            raise NotFound("That region is not known any more.", "Send it from your DAW once more.") from None

    def note_job(self, region_id: str, job: str) -> None:
        """A job of the panel's was made for that region. Raises NotFound."""
        region = self.find(region_id)
        if job not in region.jobs:
            self._keep(structs.replace(region, jobs=(*region.jobs, job)[-MOST_JOBS:]))
            self._by_job[job] = region_id

    def of_job(self, job: str) -> Region | None:
        return self._regions.get(self._by_job.get(job, ""))

    def _keep(self, region: Region) -> None:
        data = to_json(region)
        self._regions[region.id], self._bytes[region.id] = region, len(data)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_owner_only(self._folder / f"{region.id}.json", data)
        except OSError as error:
            log.warning("region.not_kept id=%s error=%s", region.id, error)

    def _forget(self, region: Region) -> None:
        del self._regions[region.id], self._bytes[region.id]
        for job in region.jobs:
            self._by_job.pop(job, None)
        try:
            (self._folder / f"{region.id}.json").unlink(missing_ok=True)
        except OSError as error:
            log.warning("region.not_forgotten id=%s error=%s", region.id, error)
