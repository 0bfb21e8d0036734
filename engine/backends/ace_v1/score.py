"""Score: a request made ready: checked, its words read, its demands known; nothing has run yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bridge_server.protocol.codec import task_of
from bridge_server.protocol.errors import BadAudio, BadSpan, Unsupported
from bridge_server.protocol.requests import Edit, Extend, Generate, Repaint
from engine.backends.ace_v1 import words
from engine.backends.ace_v1.capabilities import LANGUAGES, RATE
from engine.backends.ace_v1.checkpoint import NAME
from engine.backends.ace_v1.listening import Passage
from engine.backends.ace_v1.memory import Demand
from engine.backends.ace_v1.performance import demand_of, settings_for
from engine.backends.ace_v1.studio import Studio
from engine.backends.ace_v1.trouble import refused
from engine.backends.ace_v1.words import Sung, Words, with_music, with_section
from engine.backends.unfollowed import unfollowed
from engine.models.ace_v1.settings import Settings
from engine.work import Work

Composed = Generate | Repaint | Extend | Edit


@dataclass(frozen=True)
class Score:
    """What is known of a request before the model runs.

    words    of an edit, the old ones before the new
    passage  what is heard of the old music; None where there is none
    """

    work: Work
    request: Composed
    settings: Settings
    words: tuple[Words, ...]
    passage: Passage | None
    demand: Demand

    @property
    def notes(self) -> tuple[str, ...]:
        """What the takes have to say about the request."""
        draft = (f"{NAME} makes no drafts: this has all the steps",) if self.request.draft else ()
        return (*draft, *unfollowed(self.request, NAME), *(note for each in self.words for note in each.notes))

    @classmethod
    def of(cls, work: Work, studio: Studio, variants: int) -> Score:
        """Raises BadSpan, BadAudio, BadRequest, TooLong, Unsupported, and what the lyric tokenizer raises."""
        request = checked(work)
        with refused():
            settings = settings_for(request, work.origin)
        read = tuple(words.read(each, studio, compatible=settings.compatible) for each in _sung(request))
        has_old = not isinstance(request, Generate) or request.reference is not None
        passage = Passage.of(work) if has_old else None
        demand = demand_of(work, passage, settings, variants, sum(each.tokens for each in read))
        return cls(work, request, settings, read, passage, demand)

    @property
    def is_unchanged(self) -> bool:
        """Strength 0 of a repaint, or 1 of a reference: what was there, not what a codec makes of it."""
        request = self.request
        if self.work.origin is not None or self.settings.compatible:
            return False
        if isinstance(request, Generate):
            return request.reference is not None and request.reference_strength == 1
        return isinstance(request, Repaint) and request.strength == 0


def checked(work: Work) -> Composed:
    request = work.request
    if not isinstance(request, Composed):
        raise Unsupported(f"{NAME} cannot do `{task_of(request)}`.")
    if any(target.rate != RATE for target in work.targets) or work.hull.end > work.context.shape[1]:
        raise BadSpan(f"{NAME} renders spans inside its context, counted at {RATE} Hz.")
    if not np.isfinite(work.context).all():
        raise BadAudio("The audio around the span holds samples that are not numbers.")
    if request.language and request.language not in LANGUAGES:
        raise Unsupported(f"{NAME} does not sing in {request.language!r}.", f"It sings in: {', '.join(LANGUAGES)}.")
    return request


def _sung(request: Composed) -> tuple[Sung, ...]:
    """The words of a request; of an edit, the old ones before the new. New ones that are left out are the old ones."""
    compatible = request.sampling.compatible

    def of(tags: str, lyrics: str) -> Sung:
        if compatible:
            return Sung(tags, lyrics, request.language)
        sung = Sung(with_music(tags, request.music), lyrics, request.language)
        return with_section(sung, request.music.section)

    if not isinstance(request, Edit):
        return (of(request.tags, request.lyrics),)
    old_tags = request.source_tags or request.tags
    return (
        of(old_tags, request.source_lyrics),
        of(request.tags or old_tags, request.lyrics or request.source_lyrics),
    )
