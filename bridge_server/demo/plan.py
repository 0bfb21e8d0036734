"""What the demo asks for: the main jobs of a musician, on a song, as a DAW would write them down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge_server.demo.song import Song
from bridge_server.protocol.span import Span

Event = dict[str, Any]

SEED = 11
CANCEL_SECONDS = 120
CANCEL_FROM = 0.5


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One job.

    title    for people: 'Repaint keys, bars 3-4'
    request  as it goes over the wire
    span     what it names: what is made anew, or the clip that is extended
    track    file of the track that it works on, if there is one
    samples  how long every file of the result has to be
    """

    title: str
    request: Event
    span: Span
    track: Path | None = None
    samples: int

    @property
    def job(self) -> str:
        return str(self.request["job"])

    @property
    def task(self) -> str:
        return str(self.request["request"])


@dataclass(frozen=True)
class Planner:
    """Writes errands for one song, whose stems lie in `tracks` (role → file); takes go to `folder` below `project`."""

    song: Song
    tracks: Mapping[str, Path]
    project: Path
    folder: Path

    def repaint(self) -> Errand:
        """Two bars of the keys, as a copy of the whole file: for the null test."""
        span = self.song.span(3, 4)
        request = self._request("repaint", "1-repaint-keys", span, tags="soul, only rhodes", form="whole")
        request["source"] = {"path": str(self.tracks["keys"])}
        samples = round(self.song.bars * self.song.bar_samples)
        return Errand(
            title="Repaint keys, bars 3-4",
            request=request,
            span=span,
            track=self.tracks["keys"],
            samples=samples,
        )

    def variants(self) -> Errand:
        """Three ideas for two bars of the lead, as regions."""
        span = self.song.span(5, 6)
        request = self._request("repaint", "2-variants-lead", span, tags="soul, only vibraphone", variants=3)
        request["source"] = {"path": str(self.tracks["lead"])}
        return Errand(
            title="3 leads, bars 5-6",
            request=request,
            span=span,
            track=self.tracks["lead"],
            samples=span.length,
        )

    def extend(self) -> Errand:
        """Bars 1 to 4 of the bass, and two more."""
        clip, right = self.song.span(1, 4), self.song.span(5, 6).length
        request = self._request(
            "extend", "3-extend-bass", clip, tags="soul, only finger bass", form="whole", right=right
        )
        request["source"] = {"path": str(self.tracks["bass"])}
        return Errand(
            title="Extend bass by two bars",
            request=request,
            span=clip,
            track=self.tracks["bass"],
            samples=clip.length + right,
        )

    def layer(self) -> Errand:
        """A bass that fits the other stems, which does not hear the bass that the song has."""
        span = self.song.span(1, 8)
        request = self._request("layer", "4-layer-bass", span, tags="soul", role="bass")
        request["sources"] = [{"path": str(path)} for role, path in self.tracks.items() if role != "bass"]
        return Errand(title="New bass, bars 1-8", request=request, span=span, samples=span.length)

    def long(self) -> Errand:
        """A job that is cancelled half-way."""
        span = Span(0, CANCEL_SECONDS * self.song.rate, self.song.rate)
        request = self._request("generate", "5-cancelled", span, tags="soul, 96 bpm")
        return Errand(title=f"Cancel {CANCEL_SECONDS} s half-way", request=request, span=span, samples=span.length)

    def again(self, first: Errand, take: str) -> Errand:
        """A take of `first`, made anew from nothing but its recipe."""
        request = {"request": "again", "job": "6-again-keys", "take": take, **self._place}
        return Errand(
            title="Keys again, by recipe",
            request=request,
            span=first.span,
            track=first.track,
            samples=first.samples,
        )

    @property
    def _place(self) -> Event:
        return {"project": str(self.project), "folder": str(self.folder)}

    def _request(self, task: str, job: str, span: Span, **fields: object) -> Event:
        """All spans of the demo begin on a bar line, so `since_bar` is 0."""
        return {
            "request": task,
            "job": job,
            "seed": SEED,
            "span": {"start": span.start, "end": span.end, "rate": span.rate},
            "music": self.song.music,
            **self._place,
            **fields,
        }
