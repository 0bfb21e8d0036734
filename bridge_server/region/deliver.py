"""From what an engine rendered to a take on disk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.errors import EngineFault
from bridge_server.protocol.recipe import Recipe
from bridge_server.protocol.release import release
from bridge_server.protocol.values import Midi, Origin, Part, Stem, Take
from bridge_server.region.encoding import Encoding, encoding_named, encoding_of_subtype
from bridge_server.region.excerpt import Samples
from bridge_server.region.latents import write_latents
from bridge_server.region.piece import Formats, make_piece
from bridge_server.region.prepared import Prepared
from bridge_server.region.read import AudioFile
from bridge_server.region.sheet import Sheet, lay_out
from bridge_server.region.storage import make_folder, remove, write_file
from bridge_server.region.wav import Label, WaveForm, title_of, write_wav

_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """One variant, as the engine hands it over.

    number   of the take, from 1
    seed     that it was made with
    stems    role → (C, T) float32 at the backend's rate, over the hull of the targets; they add up to the take
    midi     role → a Standard MIDI File of its notes for each section
    latents  name → array, what the backend wants to find again when the take is edited
    origin, origin_take  of a retake: what it varies, for the recipe
    """

    number: int
    seed: int
    stems: Mapping[str, Samples]
    latents: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    midi: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    origin: Origin | None = None
    origin_take: str = ""


def deliver(prepared: Prepared, rendered: Rendered, folder: Path) -> Take:
    """Bring a variant home and write it into `folder`, which exists.

    Writes `take-N.wav` (an `extend` to both sides: `take-N.left.wav` and `take-N.right.wav`), `take-N.stems/ROLE.wav`
    where the backend made several stems, `take-N.midi/ROLE.mid` where it knows the notes, and
    `take-N.latents.safetensors` where it kept something. The file that `Take.path` names is written last: where it
    lies, the take is complete. On any error nothing of it stays.

    Stems are as long as the part's span, without handles, and have the take's gain and fades: inside the span the take
    is their sum, plus the old audio that fades out and in at the seams. Where there is no old audio (`generate`,
    `layer`, `accompany`) the sum is the take itself, to one step of 24 bits.
    Raises EngineFault for audio of the wrong shape or with NaN; DiskFull, ReadOnly, NotFound, SourceChanged.
    """
    _check(prepared, rendered)
    formats = _formats(prepared)
    pieces = tuple(make_piece(prepared, number, rendered.stems, formats) for number in range(len(prepared.sections)))
    sheets = lay_out(prepared, pieces, formats.main)
    notes = (*prepared.notes, *rendered.notes, *dict.fromkeys(note for piece in pieces for note in piece.notes))
    recipe = _recipe(prepared, rendered, notes)
    with _all_or_nothing() as written:
        latents = _write_latents(folder, rendered, prepared, sheets, written)
        press = Press(folder, prepared, recipe, formats, rendered.midi, written)
        parts = [press.part(sheet) for sheet in reversed(sheets)][::-1]
    return Take(
        job=prepared.request.job,
        number=rendered.number,
        path=parts[0].path,
        seed=rendered.seed,
        sample_rate=prepared.rate,
        samples=parts[0].samples,
        channels=len(prepared.layout),
        span=parts[0].span,
        backend=prepared.capabilities.backend,
        parts=tuple(parts),
        latents=latents,
        notes=notes,
    )


def _check(prepared: Prepared, rendered: Rendered) -> None:
    """Raises EngineFault for what no file should get."""
    name = prepared.capabilities.backend
    expected = (prepared.capabilities.channels, prepared.hull.length)
    if not rendered.stems:
        raise EngineFault(f"{name} rendered nothing.")
    for role, audio in rendered.stems.items():
        if audio.shape != expected:
            raise EngineFault(f"{name} rendered {audio.shape} samples for {role} where {expected} were asked for.")
        if not np.isfinite(audio).all():
            raise EngineFault(f"{name} rendered NaN or infinite samples for {role}.", "Retry with another seed.")


def _formats(prepared: Prepared) -> Formats:
    asked = encoding_named(prepared.request.sample_format)
    if prepared.is_whole and isinstance(prepared.source, AudioFile):
        return Formats(encoding_of_subtype(prepared.source.subtype), asked)
    return Formats(asked, asked)


def _recipe(prepared: Prepared, rendered: Rendered, notes: tuple[str, ...]) -> Recipe:
    return Recipe(
        request=prepared.request,
        number=rendered.number,
        seed=rendered.seed,
        backend=prepared.capabilities.backend,
        model=prepared.capabilities.model,
        release=release(),
        created=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        context_sha256=prepared.context_sha256,
        origin_take=rendered.origin_take,
        origin=rendered.origin,
        notes=notes,
    )


@contextmanager
def _all_or_nothing() -> Iterator[list[Path]]:
    """Files and folders that are added to the list vanish again if the block fails."""
    written: list[Path] = []
    try:
        yield written
    except BaseException:
        for path in reversed(written):
            remove(path)
        raise


def _write_latents(
    folder: Path, rendered: Rendered, prepared: Prepared, sheets: tuple[Sheet, ...], written: list[Path]
) -> str:
    if not rendered.latents:
        return ""
    path = folder / f"take-{rendered.number}.latents.safetensors"
    hull_start = prepared.sections[0].start
    write_latents(path, rendered.latents, {sheet.suffix: hull_start - sheet.first for sheet in sheets})
    written.append(path)
    return str(path)


@dataclass(frozen=True)
class Press:
    """Writes the files of one take and remembers them."""

    folder: Path
    prepared: Prepared
    recipe: Recipe
    formats: Formats
    midi: Mapping[str, Sequence[bytes]]
    written: list[Path]

    def part(self, sheet: Sheet) -> Part:
        """Write one file of the take, its stems first."""
        name = ".".join(filter(None, (f"take-{self.recipe.number}", sheet.suffix)))
        stems = self._stems(self.folder / f"{name}.stems", sheet)
        path = self.folder / f"{name}.wav"
        title = title_of(self.recipe)
        label = Label(title=title, time_reference=sheet.timeline, loudness=sheet.loudness.after, recipe=self.recipe)
        self._write(path, self._form(self.formats.main, sheet.frames), label, sheet.blocks)
        return Part(
            path=str(path),
            samples=sheet.frames,
            span=sheet.span,
            timeline=sheet.timeline,
            handles=sheet.handles,
            side=sheet.side,
            fade=sheet.fade,
            loudness=sheet.loudness,
            stems=stems,
            midi=self._midi(self.folder / f"{name}.midi", sheet),
        )

    def _stems(self, folder: Path, sheet: Sheet) -> tuple[Stem, ...]:
        if not sheet.stems:
            return ()
        make_folder(folder)
        self.written.append(folder)
        stems = []
        start = sheet.timeline + sheet.handles[0]
        for role, name in zip(sheet.stems, file_names(list(sheet.stems)), strict=True):
            path, audio = folder / f"{name}.wav", sheet.stems[role]
            title = title_of(self.recipe, role)
            label = Label(title=title, time_reference=start, loudness=None, recipe=self.recipe)
            form = self._form(self.formats.stems, audio.shape[1])
            self._write(path, form, label, [self.formats.stems.encode(audio)])
            stems.append(Stem(role=role, path=str(path)))
        return tuple(stems)

    def _midi(self, folder: Path, sheet: Sheet) -> tuple[Midi, ...]:
        if not self.midi:
            return ()
        make_folder(folder)
        self.written.append(folder)
        found = []
        for role, name in zip(self.midi, file_names(list(self.midi)), strict=True):
            for number in sheet.sections:
                section = self.prepared.sections[number]
                suffix = section.side if len(sheet.sections) > 1 else ""
                path = folder / ".".join(filter(None, (name, suffix, "mid")))
                write_file(path, self.midi[role][number])
                self.written.append(path)
                timeline = sheet.timeline + section.start - sheet.first
                found.append(Midi(role=role, path=str(path), timeline=timeline))
        return tuple(found)

    def _form(self, encoding: Encoding, frames: int) -> WaveForm:
        return WaveForm(rate=self.prepared.rate, layout=self.prepared.layout, encoding=encoding, frames=frames)

    def _write(self, path: Path, form: WaveForm, label: Label, blocks: Iterable[bytes]) -> None:
        write_wav(path, form, label, blocks)
        self.written.append(path)


def file_names(roles: Sequence[str]) -> list[str]:
    """A file name for every role: no two the same on any disk, and none that a system keeps for itself.

    >>> file_names(["Drums", "drums", "E. Bass/Synth", "..", "con"])
    ['drums', 'drums-2', 'e-bass-synth', 'stem', 'stem-con']
    """
    names: list[str] = []
    for role in roles:
        name = re.sub(r"[^a-z0-9]+", "-", role.lower()).strip("-")[:40] or "stem"
        name = f"stem-{name}" if _RESERVED.fullmatch(name) else name
        numbered = (f"{name}-{number}" for number in count(2))
        names.append(name if name not in names else next(other for other in numbered if other not in names))
    return names
