"""Told: everything about one take, for the page that shows how it was made."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any

import msgspec

from bridge_server.home import Home
from bridge_server.panel.loras import loras
from bridge_server.panel.media.forms import Forms, Plain
from bridge_server.panel.media.heard import rendered_for
from bridge_server.panel.media.marks import Mark
from bridge_server.panel.media.names import download_name
from bridge_server.panel.media.records import Records, TakeId
from bridge_server.panel.media.search import TakeLine, lines_of
from bridge_server.protocol.errors import BridgeError, NotFound, Problem
from bridge_server.protocol.recipe import Recipe
from bridge_server.protocol.requests import JobRequest
from bridge_server.protocol.values import Part, Take
from bridge_server.region.wav import read_recipe


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """line      as in lists
    request   what was asked for, with references in place of paths
    rendered  what it stands for: of a `retake` or `again`, the request that its recipe holds
    recipe    how it was made: model, release, created, seed, what it varies, hash of what was heard; None where its
              file tells nothing, and then `problem` says why
    parts     its files by their names, with span, timeline, loudness, stems and MIDI
    """

    line: TakeLine
    name: str
    notes: tuple[str, ...]
    request: Plain
    rendered: Plain
    recipe: Plain | None
    parts: list[Plain]
    problem: Problem | None = None


def tell(records: Records, home: Home, id_: TakeId, mark: Mark) -> Told:
    """Raises UnknownJob."""
    take, asked = records.take(id_), records.request(id_.job)
    everything = records.all()
    forms = Forms(
        {record.take.path: f"{record.take.job}/{record.take.number}" for record in everything},
        {path: name for name, path in loras(home).items()},
    )
    recipe: Recipe | None = None
    rendered: JobRequest = asked
    problem = None
    try:
        recipe = read_recipe(Path(take.path))
        rendered = rendered_for(asked, take.path)
    except BridgeError as error:
        problem = error.problem
    (line,) = lines_of([record for record in everything if _is(record.take, id_)], {id_: mark}, everything)
    return Told(
        line=line,
        name=download_name(take, rendered, asked),
        notes=take.notes,
        request=forms.of(asked, id_.job),
        rendered=forms.of(rendered, id_.job),
        recipe=None if recipe is None else _recipe(recipe, forms),
        parts=[_part(part) for part in take.parts],
        problem=problem,
    )


def file_of(take: Take, role: str = "", side: str = "", midi: str = "") -> Path:
    """A take's file, or that of one of its stems or sides, or the notes that one instrument plays. Raises NotFound."""
    for part in take.parts:
        if side not in ("", part.side):
            continue
        files = [(stem.role, stem.path) for stem in part.stems] if role else [("", part.path)]
        if midi:
            files = [(notes.role, notes.path) for notes in part.midi]
        for name, path in files:
            if name == (midi or role):
                if Path(path).is_file():
                    return Path(path)
                raise NotFound(f"The file {path} is not there any more.")
    raise NotFound(f"That take has no {' '.join(filter(None, (side, role, midi)))}.")


def _is(take: Any, id_: TakeId) -> bool:
    return (take.job, take.number) == tuple(id_)


def _recipe(recipe: Recipe, forms: Forms) -> Plain:
    return {
        "model": recipe.model,
        "backend": recipe.backend,
        "release": recipe.release,
        "created": recipe.created,
        "seed": recipe.seed,
        "number": recipe.number,
        "context_sha256": recipe.context_sha256,
        "origin": msgspec.to_builtins(recipe.origin),
        "origin_take": forms.take(recipe.origin_take),
        "notes": list(recipe.notes),
    }


def _part(part: Part) -> Plain:
    plain: Plain = msgspec.to_builtins(part)
    for held in (plain, *plain.get("stems", ()), *plain.get("midi", ())):
        held["name"] = PurePath(held.pop("path")).name
    return plain
