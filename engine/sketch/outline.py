"""Outline: which part of a song the new music is, where it leads on, who is answered, and what goes on from before."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bridge_server.protocol.requests import Accompany, Edit, Extend, Generate, Repaint
from engine.sketch.casting import Cast
from engine.sketch.desk import Desk
from engine.sketch.score import RULES
from engine.sketch.section_names import KINDS, read_section
from engine.sketch.singing import sung_spans

GOES_ON_SECONDS, AUDIBLE = 0.5, 1e-3
"""How soon after new music something must sound, and how loud, to be led back into."""


class Form(NamedTuple):
    """Does it begin with an intro, end with an ending; is it a whole piece; which section is it, which number?"""

    intro: bool
    ending: bool
    whole: bool
    section: str
    number: int


def form_of(desk: Desk) -> Form:
    """A piece of its own has everything; a section of the project's song is that section, from its name or the tags."""
    request, forms = desk.request, desk.wishes.forms
    section, number = read_section(request.music.section)
    if request.music.section and not section:
        desk.notes.append(f"section not known, played evenly: {request.music.section}")
    if not request.music.section:
        section = next((form for form in forms if form in KINDS and form not in ("intro", "ending")), "")
    if isinstance(request, Generate) and not request.music.section and section in ("", "drop"):
        edges = "loop" not in forms
        return Form(edges or "intro" in forms, edges or "ending" in forms, edges, section, 0)
    leads_in = isinstance(request, Extend) and request.left > 0
    ends = "ending" in forms or (section == "outro" and isinstance(request, Generate))
    return Form((leads_in or "intro" in forms) and section != "intro", ends, False, section, number)


def onward(desk: Desk) -> tuple[int, ...]:
    """Where new music ends and other music goes on at once."""
    if not isinstance(desk.request, Repaint | Extend | Edit):
        return ()
    ahead = round(GOES_ON_SECONDS * desk.work.hull.rate)
    ends = [target.end for target in desk.work.targets]
    return tuple(
        end - desk.work.hull.start for end in ends if np.any(np.abs(desk.context[:, end : end + ahead]) > AUDIBLE)
    )


def singing(desk: Desk, cast: Cast) -> tuple[tuple[int, int], ...]:
    """Where the solo that is accompanied plays; a lead of ours answers in between."""
    if not isinstance(desk.request, Accompany) or "lead" not in cast:
        return ()
    hull = desk.work.hull
    return sung_spans(desk.context[:, hull.start : hull.end], hull.rate)


def ground(desk: Desk, style: str) -> tuple[tuple[int, float], ...]:
    """An extension goes on with the grooves and motifs of the score that it continues."""
    if not isinstance(desk.request, Extend) or desk.earlier is None:
        return ()
    song = desk.earlier.song
    return song.throws if song.style == style and song.rules == RULES else ()
