"""A request in the server's words: one form for each region that is to be filled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

from bridge_server.protocol.errors import TooLong, Unsupported
from bridge_server.protocol.requests import Composition, Extend, Generate, Repaint
from bridge_server.protocol.servers import NAME, Offer, OfferedModel
from engine.backends.ace_15.capabilities import RATE
from engine.backends.ace_15.checkpoint import Place
from engine.backends.ace_15.task import Task, task_for
from engine.backends.ace_15.variant import Variant
from engine.backends.ace_15.words import NOTHING, Words, words_of
from engine.backends.acestep_api.excerpt import SHORTEST, Excerpt, excerpt
from engine.backends.acestep_api.offer import model_for, variant_of
from engine.backends.unfollowed import unfollowed
from engine.work import Samples, Work

MOST_TAGS, MOST_LYRICS = 512, 4_096
"""Characters that the server takes."""

SEEDS = 2**32
"""The server's own seeds are smaller than ours; ours are told modulo this."""

REPAINTS_WELL = (3.0, 90.0)
"""Seconds, by ACE-Step's own tutorial."""

INSTRUCTIONS = {
    "lego": "Generate the {} track based on the audio context:",
    "extract": "Extract the {} track from the audio:",
    "complete": "Complete the input track with {}:",
}
"""As the model was trained with them. An older server knows no field for a track and reads only these."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """One question to the server, but for its seed.

    kind      the server's `task_type`
    stem      role of what comes back
    fields    of the form
    source    what is sent as the music to work on; None for music from nothing
    timbre    (2, T) what it shall sound like
    samples   length of what comes back, at 48 kHz
    """

    kind: str
    stem: str
    fields: dict[str, str]
    source: Excerpt | None
    timbre: Samples | None
    samples: int
    notes: tuple[str, ...] = ()

    def seeded(self, seed: int) -> dict[str, str]:
        """All fields, for one take."""
        return {**self.fields, "seed": str(seed % SEEDS)}


def choose(work: Work, offer: Offer) -> tuple[Task, OfferedModel | None]:
    """The task in the server's words, and the model that does it. Raises Unsupported."""
    kind = task_for(work, _place(Variant.BASE)).kind
    model = model_for(kind, offer)
    if offer.models and model is None:
        names = ", ".join(found.name for found in offer.models)
        raise Unsupported(
            f"No model that the server has loaded can do this ('{kind}'); it has {names}.",
            "Load acestep-v15-base on the server for stems, then `dawbridge server check`.",
        )
    return task_for(work, _place(variant_of(model.name) if model else Variant.TURBO)), model


def score(work: Work, number: int, offer: Offer) -> Score:
    """What to ask for target `number` of the work. Raises Unsupported, TooLong."""
    request = work.request
    task, model = choose(work, offer)
    words = words_of(request) if isinstance(request, Composition) else NOTHING
    words = _short_enough(words)
    source = _source(work, number, task)
    target = work.targets[number]
    samples = source.length if source else max(SHORTEST, RATE * ceil(target.length / RATE))
    is_timbre = isinstance(request, Generate) and request.reference is not None and task.kind != "cover"
    fields = {
        **_words(words),
        **_settings(task),
        **_task(task, source),
        "audio_duration": f"{samples / RATE:g}",
        **({"model": model.name} if model else {}),
    }
    return Score(
        kind=task.kind,
        stem=task.stem,
        fields=fields,
        source=source,
        timbre=work.context if is_timbre else None,
        samples=samples,
        notes=(*words.notes, *task.notes, *_remarks(work, task, source)),
    )


def _place(variant: Variant) -> Place:
    """The server as if its model lay here, which is what tasks are told for."""
    return Place(NAME, Path(), variant)


def _short_enough(words: Words) -> Words:
    """Raises TooLong for lyrics that the server would cut somewhere; long tags lose their last ones."""
    if len(words.lyrics) > MOST_LYRICS:
        raise TooLong(
            f"The lyrics have {len(words.lyrics):,} characters; the server takes {MOST_LYRICS:,}.",
            "Shorten the lyrics, or select a part of the song with its own words.",
        )
    if len(words.tags) <= MOST_TAGS:
        return words
    tags = words.tags[: MOST_TAGS + 1].rpartition(",")[0] or words.tags[:MOST_TAGS]
    return replace(words, tags=tags, notes=(*words.notes, f"the server takes {MOST_TAGS} characters of tags: {tags}"))


def _source(work: Work, number: int, task: Task) -> Excerpt | None:
    if task.kind == "text2music":
        return None
    target = work.targets[number]
    return excerpt(work.context, target.start, target.end, repeats=task.kind in ("lego", "complete", "extract"))


def _words(words: Words) -> dict[str, str]:
    """Everything about the music is said, so that the server's language model has nothing to make up."""
    told = {
        "prompt": words.tags,
        "lyrics": words.lyrics,
        "vocal_language": words.language,
        "bpm": str(words.bpm) if words.bpm is not None else "",
        "key_scale": words.key or "",
        "time_signature": words.meter or "",
    }
    return {name: said for name, said in told.items() if said}


def _settings(task: Task) -> dict[str, str]:
    return {
        "inference_steps": str(task.settings.steps),
        "guidance_scale": f"{task.settings.guidance:g}",
        "shift": f"{task.settings.shift:g}",
        "infer_method": "ode",
        "use_random_seed": "false",
        "batch_size": "1",
        "audio_format": "wav",
        "thinking": "false",
        "sample_mode": "false",
        "use_format": "false",
        "use_cot_caption": "false",
        "use_cot_language": "false",
    }


def _task(task: Task, source: Excerpt | None) -> dict[str, str]:
    """What the task wants to know beside words and sound."""
    told = {"task_type": task.kind}
    track = task.arguments.get("track_name")
    classes = task.arguments.get("complete_track_classes")
    named = " | ".join(classes) if classes else track
    if task.kind in INSTRUCTIONS:
        sentence = INSTRUCTIONS[task.kind]
        bare = sentence.replace(" with {}", "").replace("{} ", "")
        told["instruction"] = sentence.format(named.upper()) if named else bare
    if track:
        told["track_name"] = track
    if classes:
        told["track_classes"] = named or ""
    if task.kind == "cover":
        told["audio_cover_strength"] = f"{task.arguments['audio_cover_strength']:g}"
    if source is not None and task.keeps_surroundings:
        start, end = source.region
        told |= {"repainting_start": f"{start:.3f}", "repainting_end": f"{end:.3f}"}
        told["chunk_mask_mode"] = "auto" if source.is_all else "explicit"
    if task.kind == "repaint":
        told["repaint_mode"] = "conservative"  # the surroundings stay, so that the seams fit
    return told


def _remarks(work: Work, task: Task, source: Excerpt | None) -> tuple[str, ...]:
    """What of the request the server cannot follow."""
    request = work.request
    notes = list(unfollowed(request, NAME)) if isinstance(request, Composition) else []
    if isinstance(request, Composition) and request.preview:
        notes.append("the server gives no previews")
    if isinstance(request, Repaint) and request.strength < 1:
        notes.append("the server always composes all of the region anew; the strength was left out")
    if source is not None and source.inner < SHORTEST and task.kind in ("lego", "complete", "extract"):
        notes.append(
            f"{source.inner / RATE:.1f} s of music are less than the model needs, so they were played repeatedly"
        )
    seconds = max(target.length for target in work.targets) / RATE
    if isinstance(request, Repaint | Extend) and not REPAINTS_WELL[0] <= seconds <= REPAINTS_WELL[1]:
        notes.append(f"the model repaints 3 to 90 s well; these are {seconds:.1f} s")
    return tuple(notes)
