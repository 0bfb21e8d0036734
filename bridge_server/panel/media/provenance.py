"""Provenance: which seconds of a project were made how, by which model, under which licence."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath

import msgspec

from bridge_server.panel.media.heard import rendered_for
from bridge_server.panel.media.licences import terms_of, terms_of_lora
from bridge_server.panel.media.records import Records, TakeId
from bridge_server.protocol.codec import task_of
from bridge_server.protocol.errors import BridgeError
from bridge_server.protocol.recipe import Recipe
from bridge_server.protocol.requests import Composition, JobRequest
from bridge_server.protocol.values import Part, Source, Take
from bridge_server.region.wav import read_recipe

COLUMNS = (
    "project", "start", "end", "seconds", "start_samples", "end_samples", "rate", "task", "what", "made_by_ai",
    "backend", "model", "licence", "licence_page", "loras", "tags", "lyrics", "language", "seed", "made_from",
    "variation_of", "created", "release", "client", "chosen", "take", "file", "remark",
)  # fmt: skip

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Sheet(msgspec.Struct, frozen=True):
    """Rows of text under `columns`; an `extend` to both sides has two rows."""

    columns: tuple[str, ...]
    rows: list[dict[str, str]]


@dataclass(frozen=True)
class Made:
    """A take and all that is known of how it was made. `recipe` is None where its file is gone or tells nothing."""

    take: Take
    asked: JobRequest
    rendered: JobRequest
    recipe: Recipe | None
    remark: str
    created: float
    project: str
    client: str


def sheet(records: Records, ids: Sequence[TakeId]) -> Sheet:
    """In the order in which they sound in the project. Raises UnknownJob."""
    made = [_made(records, id_) for id_ in dict.fromkeys(ids)]
    rows = [(one.project, part.timeline, _row(one, part)) for one in made for part in one.take.parts]
    return Sheet(COLUMNS, [row for *_, row in sorted(rows, key=lambda entry: entry[:2])])


def as_csv(what: Sheet) -> bytes:
    """UTF-8 with its mark, so that spreadsheets read every language right; nothing in it can become a formula."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, what.columns, lineterminator="\r\n")
    writer.writeheader()
    for row in what.rows:
        writer.writerow({name: f"'{value}" if value.startswith(_FORMULA) else value for name, value in row.items()})
    return text.getvalue().encode("utf-8-sig")


def clock(samples: int, rate: int) -> str:
    """A position for people: hours, minutes, seconds and thousandths.

    >>> clock(48_000 * 61 + 24, 48_000)
    '0:01:01.001'
    """
    thousandths = (abs(samples) * 1_000 + rate // 2) // rate
    minutes, rest = divmod(thousandths, 60_000)
    sign = "-" if samples < 0 else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{rest // 1_000:02}.{rest % 1_000:03}"


def _made(records: Records, id_: TakeId) -> Made:
    take, asked = records.take(id_), records.request(id_.job)
    created, project, client = records.facts(id_)
    recipe, rendered, remark = None, asked, ""
    try:
        recipe = read_recipe(Path(take.path))
        rendered = rendered_for(asked, take.path)
    except BridgeError as error:
        remark = error.message
    return Made(take, asked, rendered, recipe, remark, created, project, client)


def _row(made: Made, part: Part) -> dict[str, str]:
    take, recipe, rendered = made.take, made.recipe, made.rendered
    music = rendered if isinstance(rendered, Composition) else None
    model = recipe.model if recipe else ""
    terms = terms_of(take.backend, model) if recipe else None
    rate, start = part.span.rate, part.timeline + part.handles[0]
    end = start + part.samples - sum(part.handles)
    words = {
        "project": PurePath(made.project).name,
        "start": clock(start, rate),
        "end": clock(end, rate),
        "seconds": f"{(end - start) / rate:.3f}",
        "start_samples": str(start),
        "end_samples": str(end),
        "rate": str(rate),
        "task": task_of(made.asked),
        "what": _what(made, part),
        "made_by_ai": ("yes" if terms.is_ai else "no") if terms else "",
        "backend": take.backend,
        "model": model,
        "licence": terms.licence if terms else "",
        "licence_page": terms.page if terms else "",
        "loras": _loras(music),
        "tags": music.tags if music else "",
        "lyrics": music.lyrics if music else "",
        "language": music.language if music else "",
        "seed": str(take.seed),
        "made_from": _made_from(rendered),
        "variation_of": PurePath(recipe.origin_take).name if recipe else "",
        "created": recipe.created if recipe else _day(made.created),
        "release": recipe.release if recipe else "",
        "client": made.client,
        "chosen": "yes" if take.chosen else "no",
        "take": f"{take.job}/{take.number}",
        "file": PurePath(part.path).name,
        "remark": made.remark,
    }
    return {name: words[name] for name in COLUMNS}


def _what(made: Made, part: Part) -> str:
    """'all of it', or the stem that was added or taken out, or the side that was joined on."""
    role = str(getattr(made.rendered, "role", ""))
    return role or part.side or "all of it"


def _loras(music: Composition | None) -> str:
    named = []
    for lora in music.loras if music else ():
        path = PurePath(lora.path)
        name = path.parent.name if path.stem == "pytorch_lora_weights" else path.stem
        terms = terms_of_lora(name)
        named.append(f"{name} at {lora.weight:g}" + (f" ({terms})" if terms else ""))
    return "; ".join(named)


def _made_from(rendered: JobRequest) -> str:
    """Names of the files that were heard."""
    sources: list[Source] = [
        source
        for source in (
            getattr(rendered, "source", None),
            getattr(rendered, "reference", None),
            *getattr(rendered, "sources", ()),
        )
        if source is not None
    ]
    paths = [
        path
        for source in sources
        for path in (source.path, *(clip.path for clip in source.clips), *(clip.path for clip in source.live_clips))
        if path
    ]
    return "; ".join(dict.fromkeys(PurePath(path).name for path in paths))


def _day(created: float) -> str:
    return datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
