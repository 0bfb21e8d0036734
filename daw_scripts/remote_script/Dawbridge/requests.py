"""From a verb, a subject and wishes to requests as docs/PROTOCOL.md has them. Pure: no Live, no files."""

from __future__ import annotations

import random
import time
import uuid
from typing import Any

from .subjects import Subject
from .texts import say
from .wishes import Refusal, check_edit, versions

REQUEST_OF = {"extend_left": "extend", "extend_right": "extend"}
MOST_SEED = 2**53 - 1


def job_id(request: str) -> str:
    """Such as `repaint-20261122-110305-3f2a9c01d2e4`, in UTC."""
    return f"{request}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{uuid.uuid4().hex[:12]}"


def build(verb: str, subject: Subject, wishes: dict[str, Any]) -> list[dict[str, Any]]:
    """The requests, each a fresh job; several for several versions of the words. Raises Refusal."""
    if verb in ("retake", "again"):
        return [_rework(verb, subject, wishes)]
    if verb == "edit":
        return _edits(subject, wishes)
    request = _composition(verb, subject, wishes)
    if verb == "repaint":
        request["strength"] = wishes["strength"]
    elif verb == "layer":
        request["role"] = wishes["role"]
        request["sources"] = [{"live_clips": clips} for clips in subject.sources]
    elif verb.startswith("extend"):
        request[verb[len("extend_") :]] = _extension(verb, subject, wishes)
    return [request]


def _job(verb: str, subject: Subject, wishes: dict[str, Any]) -> dict[str, Any]:
    word = REQUEST_OF.get(verb, verb)
    request: dict[str, Any] = {"request": word, "job": job_id(word)}
    if subject.project:
        request["project"] = subject.project
    if wishes["seed"] is not None:
        request["seed"] = wishes["seed"]
    request["variants"] = wishes["variants"]
    return request


def _rework(verb: str, subject: Subject, wishes: dict[str, Any]) -> dict[str, Any]:
    request = _job(verb, subject, wishes)
    request["take"] = subject.take
    if verb == "retake":
        request["variance"] = wishes["variance"]
    else:
        for name in ("seed", "variants"):
            request.pop(name, None)
        if subject.is_draft and wishes["refine"]:
            request["refine"] = True
    return request


def makes_draft(request: dict[str, Any], subject: Subject) -> bool:
    """A variation of a draft is one, too."""
    return bool(request.get("draft")) or (subject.is_draft and not request.get("refine"))


def panel(subject: Subject | None) -> dict[str, Any]:
    """The question for a link that opens the panel on `subject`; on its front page where there is none."""
    if subject is None:
        return {"request": "panel"}
    question: dict[str, Any] = {"request": "panel", "span": subject.span, "music": dict(subject.music)}
    if subject.project:
        question["project"] = subject.project
    if subject.sources:
        question["source"] = {"live_clips": subject.sources[0]}
    return question


def _composition(verb: str, subject: Subject, wishes: dict[str, Any]) -> dict[str, Any]:
    request = _job(verb, subject, wishes)
    request["span"] = subject.span
    request["tags"], request["lyrics"] = wishes["tags"], wishes["lyrics"]
    request["music"] = dict(subject.music)
    for name in ("key", "chords"):
        if wishes[name]:
            request["music"][name] = wishes[name]
    if wishes["draft"]:
        request["draft"] = True
    if verb == "generate" and wishes["reference"]:
        request["reference"] = {"path": wishes["reference"]}
        if wishes["timbre"]:
            request["reference_use"] = "timbre"
    if verb not in ("generate", "layer"):
        request["source"] = {"live_clips": subject.sources[0]}
    return request


def _extension(verb: str, subject: Subject, wishes: dict[str, Any]) -> int:
    """Samples of new music. Raises Refusal where the set begins before."""
    unit, length = wishes["length"]
    beats = length * subject.bar if unit == "bars" else length * subject.tempo / 60
    if verb == "extend_left" and beats > subject.start + 1e-9:
        raise Refusal(say("no_bars_left", bars=f"{subject.start / subject.bar:.3g}"))
    return max(1, subject.samples(beats))


def _edits(subject: Subject, wishes: dict[str, Any]) -> list[dict[str, Any]]:
    """One request a version of the words, all with one seed, so that only the words differ."""
    check_edit(wishes)
    words = versions(wishes["lyrics"])
    if len(words) > 1 and wishes["seed"] is None:
        wishes = {**wishes, "seed": random.randrange(MOST_SEED)}
    requests = []
    for lyrics in words:
        request = _composition("edit", subject, {**wishes, "lyrics": lyrics})
        request["mode"], request["source_lyrics"] = wishes["mode"], wishes["source_lyrics"]
        requests.append(request)
    return requests
