"""Takes that somebody asked for in the panel, on a range of this set, or sent to it: they are laid in here.

Nothing was remembered when they were asked for. The request lies beside the take, in the job's folder; without it the
take itself says where it belongs.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from . import tracks
from .commands import WORKING
from .home import read_json
from .jobs import Jobs, essence
from .reading import project_of
from .texts import say


def receive(jobs: Jobs, take: dict[str, Any]) -> None:
    """Note the take as a job whose result is there; nothing where it is known."""
    name = f"{take['job']}_{take['number']}"
    if jobs.get(name) is not None:
        return
    request = read_json(Path(take["path"]).parent / "request.json")
    request = request if isinstance(request, dict) else {}
    part = take["parts"][0]
    verb = say("verb_" + _verb(request, part))
    jobs.add(
        {
            "job": name,
            "of": take["job"],
            "project": str(request.get("project") or ""),
            "verb": _verb(request, part),
            "verb_title": verb,
            "title": say("guest_track", verb=verb),
            "set": "",
            "track": "",
            "track_name": say("guest_track", verb=verb),
            "start": 0.0,
            "end": 0.0,
            "timeline": int(part["timeline"]),
            "tempo": 120.0,
            "rate": int(part["span"]["rate"]),
            "tags": str(request.get("tags") or ""),
            "stems": False,
            "midi": False,
            "replace": False,
            "draft": request.get("draft") is True,
        }
    )
    jobs.put(jobs.get(name) or {}, state="done", takes=[essence(take)])


def belongs(song: Any, job: dict[str, Any]) -> bool:
    """Whether the open set is the one that the take was made for; one of no project belongs to any."""
    here = project_of(song)
    return not job["project"] or (bool(here) and _plain(job["project"]) == _plain(here))


def arrive(song: Any, job: dict[str, Any]) -> None:
    """From now on the job belongs to the open set, at the beat where its sample lies at the tempo of now."""
    part, tempo = job["takes"][0]["parts"][0], float(song.tempo)
    job["set"], job["tempo"] = tracks.set_of(song, mark=True), tempo
    job["start"] = job["timeline"] / job["rate"] * tempo / 60
    job["end"] = job["start"] + part["samples"] / job["rate"] * tempo / 60


def _plain(path: str) -> str:
    return os.path.normcase(os.path.normpath(path))


def _verb(request: dict[str, Any], part: dict[str, Any]) -> str:
    word = str(request.get("request") or "")
    if word == "extend":
        return "extend_left" if part.get("side") == "left" else "extend_right"
    return word if word in WORKING else "generate"
