"""From what is selected and wished to requests. Sources are clips on the timeline: the bridge does the arithmetic."""

import json
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bridge_server.client import new_job_id
from bridge_server.protocol import codec
from bridge_server.protocol.requests import JobRequest
from daw_scripts.reaper.python.texts import say
from daw_scripts.reaper.python.verbs import Length, Unclear, Verb, Wish, versions

Fields = dict[str, Any]
METERS = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class Played:
    """An item of the host as it plays its file; seconds, and factors."""

    path: str
    position: float
    length: float
    offset: float = 0.0
    playrate: float = 1.0
    keep_pitch: bool = True
    semitones: float = 0.0
    gain: float = 1.0


@dataclass(frozen=True)
class Subject:
    """What a verb is about.

    from_, to      seconds of the timeline
    rate           samples a second that spans are counted in
    project        folder of the saved project, or ""
    tracks         the items of each track that is heard: one for repaint, extend, edit; the others for layer
    bpm, meter     where the range begins; bpm 0: not known
    bar            seconds of a bar there; 0: not known
    since_bar      seconds since the last bar line
    take           a WAV of ours, for retake and again
    """

    from_: float
    to: float
    rate: int
    project: str = ""
    tracks: tuple[tuple[Played, ...], ...] = ()
    bpm: float = 0.0
    meter: tuple[int, int] = (0, 0)
    bar: float = 0.0
    since_bar: float = 0.0
    take: str = ""


def samples(seconds: float, rate: int) -> int:
    """The nearest whole sample; halves go up."""
    return math.floor(seconds * rate + 0.5)


def clip(item: Played, rate: int) -> Fields:
    """The item as a `clip` of the protocol."""
    start = samples(item.position, rate)
    gain_db = 20 * math.log10(item.gain) if item.gain > 0 else -120.0
    return {
        "path": item.path,
        "start": start,
        "length": max(1, samples(item.position + item.length, rate) - start),
        "offset": item.offset,
        "playrate": item.playrate,
        "keep_pitch": item.keep_pitch,
        "semitones": item.semitones,
        "gain_db": max(-120.0, min(40.0, gain_db)),
    }


def build(verb: Verb, subject: Subject, wishes: dict[str, Wish]) -> list[JobRequest]:
    """The requests of `verb`, each a fresh job; several where there are several versions of lyrics.

    Raises Unclear, and the error with which the bridge would refuse them.
    """
    requests = []
    for fields in BUILDERS[verb.id](subject, wishes):
        common = {"request": verb.request, "job": new_job_id(), "project": subject.project}
        given = {name: value for name, value in fields.items() if value is not None}
        request = codec.read_request(json.dumps(common | given).encode(), "json")
        assert isinstance(request, JobRequest)
        requests.append(request)
    return requests


def _composition(subject: Subject, wishes: dict[str, Wish]) -> Fields:
    start, end = samples(subject.from_, subject.rate), samples(subject.to, subject.rate)
    music: Fields = {name: wishes[name] for name in ("key", "chords") if wishes.get(name)}
    if 20 <= subject.bpm <= 400:
        music["bpm"] = subject.bpm
    numerator, denominator = subject.meter
    if 1 <= numerator <= 32 and denominator in METERS:
        music["meter"] = f"{numerator}/{denominator}"
        music["since_bar"] = samples(max(0.0, subject.since_bar), subject.rate)
    names = ("tags", "lyrics", "seed", "variants")
    span = {"start": start, "end": end, "rate": subject.rate}
    return {"span": span, "music": music} | {name: wishes[name] for name in names}


def _source(items: tuple[Played, ...], rate: int) -> Fields:
    return {"clips": [clip(item, rate) for item in items]}


def _heard(subject: Subject, wishes: dict[str, Wish]) -> Fields:
    return _composition(subject, wishes) | {"source": _source(subject.tracks[0], subject.rate)}


def _repaint(subject: Subject, wishes: dict[str, Wish]) -> list[Fields]:
    return [_heard(subject, wishes) | {"strength": wishes["strength"]}]


def _extend(side: str) -> Callable[[Subject, dict[str, Wish]], list[Fields]]:
    def make(subject: Subject, wishes: dict[str, Wish]) -> list[Fields]:
        length = wishes["length"]
        assert isinstance(length, Length)
        if length.bars and not subject.bar:
            raise Unclear(say("no_bars"))
        count = samples(length.bars * subject.bar or length.seconds, subject.rate)
        return [_heard(subject, wishes) | {side: count}]

    return make


def _generate(subject: Subject, wishes: dict[str, Wish]) -> list[Fields]:
    return [_composition(subject, wishes)]


def _edit(subject: Subject, wishes: dict[str, Wish]) -> list[Fields]:
    texts, seed = versions(str(wishes["lyrics"])), wishes["seed"]
    if seed is None and len(texts) > 1:
        seed = secrets.randbelow(2**53)
    common = {"mode": wishes["mode"], "source_lyrics": wishes["source_lyrics"], "seed": seed}
    return [_heard(subject, wishes) | common | {"lyrics": text} for text in texts]


def _layer(subject: Subject, wishes: dict[str, Wish]) -> list[Fields]:
    sources = [_source(items, subject.rate) for items in subject.tracks]
    return [_composition(subject, wishes) | {"sources": sources, "role": wishes["role"]}]


def _retake(subject: Subject, wishes: dict[str, Wish]) -> list[Fields]:
    return [{"take": subject.take} | {name: wishes[name] for name in ("variance", "variants", "seed")}]


def _again(subject: Subject, _: dict[str, Wish]) -> list[Fields]:
    return [{"take": subject.take}]


BUILDERS: dict[str, Callable[[Subject, dict[str, Wish]], list[Fields]]] = {
    "repaint": _repaint,
    "extend_left": _extend("left"),
    "extend_right": _extend("right"),
    "generate": _generate,
    "retake": _retake,
    "layer": _layer,
    "edit": _edit,
    "again": _again,
}
