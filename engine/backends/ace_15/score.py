"""Score: a request made ready: checked, its words read, its demands known; nothing has run yet."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from bridge_server.protocol.codec import task_of
from bridge_server.protocol.errors import BadAudio, BadSpan, TooLong, Unsupported
from bridge_server.protocol.requests import Composition
from engine.backends.ace_15.capabilities import CHANNELS, HOP, LANGUAGES, RATE, WINDOW_SECONDS
from engine.backends.ace_15.checkpoint import Place
from engine.backends.ace_15.listening import PATCH, WINDOW_FRAMES, Passage, has_source
from engine.backends.ace_15.presence import check_others
from engine.backends.ace_15.task import Served, Task, task_for
from engine.backends.ace_15.trouble import of_files
from engine.backends.ace_15.words import NOTHING, Words, words_of
from engine.backends.unfollowed import unfollowed
from engine.work import Work


@dataclass(frozen=True)
class Score:
    """What is known of a request before the model runs. `passage` is what is heard; None where there is nothing."""

    work: Work
    task: Task
    words: Words
    passage: Passage | None

    @classmethod
    def of(cls, work: Work, place: Place) -> Score:
        """Raises BadSpan, BadAudio, BadRequest, TooLong, Unsupported."""
        check(work, place)
        words = words_of(work.request) if isinstance(work.request, Composition) else NOTHING
        passage = Passage.of(work, _width(place)) if has_source(work) else None
        score = cls(work, task_for(work, place), words, passage)
        if score.frames > WINDOW_FRAMES + 2 * PATCH:
            raise TooLong(
                f"{work.hull.seconds:.1f} s are longer than the {WINDOW_SECONDS:g} s that {place.name} can compose.",
                "Select a shorter range, or make it longer afterwards with `extend`.",
            )
        return score

    @property
    def frames(self) -> int:
        """That the model sees."""
        return self.passage.frames.count if self.passage else -(-self.work.hull.length // HOP)

    @property
    def rows(self) -> int:
        """Predictions at once."""
        return 2 if self.task.settings.guidance > 1 else 1

    @property
    def notes(self) -> tuple[str, ...]:
        """What the takes have to say about the request."""
        request = self.work.request
        left_out = unfollowed(request, "ACE-Step 1.5") if isinstance(request, Composition) else ()
        return (*self.task.notes, *self.words.notes, *left_out)


def check(work: Work, place: Place) -> None:
    """Raises BadSpan, BadAudio, BadRequest, Unsupported."""
    request, name = work.request, place.name
    if not isinstance(request, Served) or task_of(request) not in place.variant.tasks:
        raise Unsupported(
            f"{name} ({place.variant.value}) cannot do `{task_of(request)}`.",
            "Stems need a base checkpoint of ACE-Step 1.5." if isinstance(request, Served) else "",
        )
    if any(target.rate != RATE for target in work.targets) or work.hull.end > work.context.shape[1]:
        raise BadSpan(f"{name} renders spans inside its context, counted at {RATE} Hz.")
    if work.context.shape[0] != CHANNELS:
        raise BadAudio(f"{name} hears {CHANNELS} channels, not {work.context.shape[0]}.", "The bridge converts them.")
    if not np.isfinite(work.context).all():
        raise BadAudio("The audio around the span holds samples that are not numbers.")
    check_others(work)
    language = request.language if isinstance(request, Composition) else ""
    if language and language not in LANGUAGES:
        raise Unsupported(f"{name} does not sing in {language!r}.", f"It sings in: {', '.join(LANGUAGES)}.")


def _width(place: Place) -> int:
    """Numbers in a latent frame, told by the checkpoint."""
    with of_files(place):
        config = json.loads((place.folder / "transformer" / "config.json").read_text("utf-8"))
        return int(config["audio_acoustic_hidden_dim"])
