"""Task: a request as what the pipeline is to be asked, pass by pass; nothing has run yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bridge_server.protocol.errors import Unsupported
from bridge_server.protocol.requests import Accompany, Composition, Extend, Generate, Layer, Repaint, Separate
from engine.backends.ace_15.checkpoint import NAME, Place
from engine.backends.ace_15.roles import named_in, role_of, track_name
from engine.backends.ace_15.variant import Defaults, Variant, defaults
from engine.work import Work

Served = Generate | Repaint | Extend | Layer | Accompany | Separate


@dataclass(frozen=True, kw_only=True)
class Task:
    """What the pipeline is asked for.

    kind       its `task_type`
    stem       role of what comes out
    settings   steps, guidance and shift
    strength   of a repaint: 1 from noise, less from noise and what was there
    arguments  what else the pipeline is told
    notes      what the takes say about it
    """

    kind: str
    stem: str
    settings: Defaults
    strength: float = 1.0
    arguments: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def keeps_surroundings(self) -> bool:
        """Whether the music outside the targets is the source's own."""
        return self.kind in ("repaint", "lego")


def task_for(work: Work, place: Place) -> Task:
    """Raises Unsupported for a role the model does not know, or a reference it cannot follow."""
    request = work.request
    kind, stem, strength, arguments = "repaint", "mix", 1.0, dict[str, Any]()
    match request:
        case Generate():
            kind = "text2music"
            if request.reference is not None and request.reference_use == "follow":
                _check_cover(place)
                kind, arguments = "cover", {"audio_cover_strength": request.reference_strength}
        case Repaint():
            strength = request.strength
        case Layer():
            role = request.role or next(iter(named_in(request.tags)), "")
            kind, stem = "lego", role_of(role, place.name) if role else "mix"
            arguments = {"track_name": track_name(stem) if role else None}
        case Accompany():
            kind = "complete"
            classes = [track_name(role) for role in named_in(request.tags)]
            arguments = {"complete_track_classes": classes or None}
        case Separate():
            kind, stem = "extract", role_of(request.role, place.name)
            arguments = {"track_name": track_name(stem)}
    settings, notes = _settings(request, kind, place.variant)
    return Task(kind=kind, stem=stem, settings=settings, strength=strength, arguments=arguments, notes=notes)


def _check_cover(place: Place) -> None:
    if not place.has_tokenizer:
        raise Unsupported(
            f"This checkpoint of {place.name} has no audio tokenizer, so it cannot follow a reference.",
            "Ask it to take only the timbre of the reference, or use a checkpoint that has one: "
            "of the official ones the XL sft and base do, the XL turbo does not.",
        )


def _settings(request: object, kind: str, variant: Variant) -> tuple[Defaults, tuple[str, ...]]:
    """Of the checkpoint, unless the request names its own; and what of it means nothing here."""
    if not isinstance(request, Composition):
        return defaults(variant, kind), ()
    asked, usual = request.sampling, defaults(variant, kind, is_draft=request.draft)
    guidance = usual.guidance if asked.guidance_scale is None else max(asked.guidance_scale, 1.0)
    notes = []
    if variant is Variant.TURBO and guidance > 1:
        guidance = 1.0
        notes.append("the guidance of a turbo checkpoint is built in; the guidance scale was left out")
    steps = usual.steps if asked.infer_step is None or request.draft else asked.infer_step
    full = defaults(variant, kind).steps if asked.infer_step is None else asked.infer_step
    if request.draft:
        notes.append(
            f"a draft in {min(steps, full)} of {full} steps; `again` with `refine` makes the same in all of them"
        )
    known = {"infer_step", "guidance_scale"}
    fields = {name: getattr(asked, name) for name in asked.__struct_fields__}
    ignored = [name for name, value in fields.items() if name not in known and value not in (None, False, ())]
    if ignored:
        notes.append(f"these settings mean nothing to {NAME}: {', '.join(ignored)}")
    return Defaults(min(steps, full), guidance, usual.shift), tuple(notes)
