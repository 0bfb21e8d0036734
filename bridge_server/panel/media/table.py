"""Table: an audition laid out: which tracks there are, and what each of them holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge_server.panel.media import level
from bridge_server.panel.media.audition import Audition, MissingSound, Range, Sound, StemSound, TakeSound
from bridge_server.panel.media.heard import Company, HeardTake, Reading
from bridge_server.panel.media.marks import Mark
from bridge_server.panel.media.names import download_name
from bridge_server.panel.media.place import Place, Window, laid_down
from bridge_server.panel.media.records import TakeId
from bridge_server.panel.media.shelf import Shelf
from bridge_server.panel.media.sounds import Sounds, Stamp, stamp_of
from bridge_server.panel.media.track import FromFiles, FromSource, Laid, Track
from bridge_server.protocol.codec import task_of
from bridge_server.protocol.errors import BridgeError, Problem
from bridge_server.protocol.requests import Composition, Edit
from bridge_server.protocol.values import Music, Take
from bridge_server.region.prepare import heard_from
from bridge_server.region.read import open_audio

MOST_AROUND_SECONDS = 60.0


@dataclass(frozen=True)
class Setting:
    """A place with as much around it as is heard.

    begin    where the source is read from
    problem  why the source cannot be heard, where it cannot
    """

    place: Place
    window: Window
    begin: int = 0
    files: tuple[Stamp, ...] = ()
    problem: Problem | None = None

    @classmethod
    def around(cls, place: Place, seconds: float, reading: Reading | None = None) -> Setting:
        """Looks at the source's files; where they are gone, takes are heard without them.

        reading  how clips were read for the takes of that place. Then no more of them is heard than was read
        """
        samples = round(seconds * place.rate)
        is_clips = place.kind in ("replaces", "continues") and place.sources[0].is_timeline
        try:
            sounds = Sounds.of(place, samples)
            start, end = sounds.window(samples)
            if reading is None or not is_clips or isinstance(sounds.opened, tuple):
                return cls(place, (start, end), start, sounds.stamps)
            begin = min(heard_from(reading.request, sounds.opened, reading.capabilities), place.new[0])
            stamps = Sounds.of(place, max(samples, place.new[0] - begin)).stamps
            return cls(place, (max(start, begin), end), begin, stamps)
        except BridgeError as error:
            return cls(place, place.new, problem=error.problem)

    @property
    def frames(self) -> int:
        return self.window[1] - self.window[0]

    @property
    def new(self) -> Range:
        """What is new, in frames of the tracks."""
        start, end = self.place.new
        return Range(start - self.window[0], end - self.window[0])

    @property
    def bed(self) -> Track | None:
        """What plays under everything."""
        if not self.place.sources or self.problem or self.place.kind == "alone":
            return None
        keep = {"replaces": "outside", "continues": "clip", "joins": "all"}[self.place.kind]
        return FromSource(self.place, self.window, self.begin, keep, self.files)  # type: ignore[arg-type]

    @property
    def original(self) -> Track | None:
        """What was there before, or what new music followed."""
        if not self.place.sources or self.problem or self.place.kind in ("continues", "joins"):
            return None
        return FromSource(self.place, self.window, self.begin, "inside", self.files)


class Table:
    """Lays out auditions. Any thread may use it; raises DiskFull or ReadOnly where the shelf cannot be written."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def of_company(self, company: Company, marks: Mapping[TakeId, Mark], around_seconds: float) -> Audition:
        """Takes of one place and what was there before. Only headers are read, unless a loudness has to be measured."""
        setting = Setting.around(company.place, around_seconds, company.reading)
        music = company.rendered.music if isinstance(company.rendered, Composition) else Music()
        takes = tuple(self._take(heard, setting, marks.get(heard.id, Mark())) for heard in company.takes)
        missing = tuple(MissingSound(*gone.id, gone.problem) for gone in company.missing)
        return self._audition(setting, music, [heard.take for heard in company.takes], takes, missing)

    def of_place(self, place: Place, music: Music, around_seconds: float) -> Audition:
        """A place of which no take is named."""
        return self._audition(Setting.around(place, around_seconds), music, [])

    def of_file(self, path: Path) -> Audition:
        """A whole sound file. Raises NotFound, UnreadableAudio."""
        file, id_ = open_audio(path), self._shelf.add_file(path)
        sound = Sound(f"/media/{id_}.wav", f"/peaks/{id_}")
        return Audition(
            rate=file.rate,
            frames=file.frames,
            kind="alone",
            span=Range(0, file.frames),
            timeline=0,
            bed=None,
            original=sound,
        )

    def _audition(
        self,
        setting: Setting,
        music: Music,
        takes: list[Take],
        sounds: tuple[TakeSound, ...] = (),
        missing: tuple[MissingSound, ...] = (),
    ) -> Audition:
        bed, original = setting.bed, setting.original
        return Audition(
            rate=setting.place.rate,
            frames=setting.frames,
            kind=setting.place.kind,
            span=setting.new,
            timeline=setting.place.on_timeline(setting.window[0]),
            bed=self._sound(bed) if bed else None,
            original=self._sound(original, setting, level.told_of_original(takes), bool(takes)) if original else None,
            takes=sounds,
            missing=missing,
            problem=setting.problem,
            bpm=music.bpm,
            meter=music.meter,
            since_bar=music.since_bar + setting.place.new[0] - setting.place.span.start,
            music=music,
        )

    def _take(self, heard: HeardTake, setting: Setting, mark: Mark) -> TakeSound:
        take, rendered = heard.take, heard.rendered
        composition = rendered if isinstance(rendered, Composition) else None
        sound = self._sound(_track(heard, setting), setting, level.told_of_take(take), True)
        return TakeSound(
            job=take.job,
            number=take.number,
            seed=take.seed,
            task=task_of(heard.asked),
            url=sound.url,
            peaks=sound.peaks,
            lufs=sound.lufs,
            stems=tuple(self._stem(role, heard, setting) for role in _roles(take)),
            notes=take.notes,
            starred=mark.starred,
            discarded=mark.discarded,
            chosen=take.chosen,
            draft=composition.draft if composition else False,
            backend=take.backend,
            tags=composition.tags if composition else "",
            lyrics=composition.lyrics if composition else "",
            language=composition.language if composition else "",
            source_lyrics=rendered.source_lyrics if isinstance(rendered, Edit) else "",
            file=f"/api/takes/{take.job}/{take.number}/file",
            name=download_name(take, rendered, heard.asked),
        )

    def _stem(self, role: str, heard: HeardTake, setting: Setting) -> StemSound:
        sound = self._sound(_track(heard, setting, role))
        return StemSound(role, sound.url, sound.peaks)

    def _sound(
        self, track: Track, setting: Setting | None = None, told: float | None = None, is_levelled: bool = False
    ) -> Sound:
        """is_levelled  its loudness is wanted, and measured where nobody has `told` it"""
        id_ = self._shelf.add(track)
        if told is None and is_levelled and setting is not None:
            told = level.measured(self._shelf.wave(id_), setting.new.start, setting.new.end)
        return Sound(f"/media/{id_}.wav", f"/peaks/{id_}", told)


def _roles(take: Take) -> list[str]:
    return list(dict.fromkeys(stem.role for part in take.parts for stem in part.stems))


def _track(heard: HeardTake, setting: Setting, role: str = "") -> FromFiles:
    """A take, or one of its stems, as it is laid down: its files without their handles, where they belong."""
    pieces = []
    for part in heard.take.parts:
        files = [part.path] if not role else [stem.path for stem in part.stems if stem.role == role]
        lead = part.handles[0] if role else 0
        for file in files:
            stamp = stamp_of(Path(file))
            for new in laid_down(heard.place, part):
                pieces.append(Laid(stamp, new.skip - lead, new.start - setting.window[0], new.length))
    return FromFiles(setting.place.rate, setting.frames, tuple(pieces))
