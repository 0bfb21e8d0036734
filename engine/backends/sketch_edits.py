"""Edits of sung takes: other words on the same melody (`only_lyrics`), or the same song in other clothes (`remix`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bridge_server.protocol.errors import Unsupported
from bridge_server.protocol.requests import Edit
from engine.backends.guide_vocal import LABEL, GuideVocal
from engine.sketch.earlier import SCORE_START, place_of, remembered
from engine.sketch.score import Line, Plan, Score, Sung, Words, from_latents
from engine.sketch.voice.rewording import reworded
from engine.watch import Watch
from engine.work import Work

_FOREIGN = (
    "Make a take with lyrics in sketch first; or sing over other music with `layer` and the role vocals. "
    "Editing any recording is what ace-step-v1 is made for."
)
_SILENT = "Repaint the range with lyrics to have a melody written, or sing over it with `layer` and the role vocals."


class Resung(NamedTuple):
    """A whole score with other words in a part of it: [start, end) in its samples."""

    score: Score
    start: int
    end: int

    def sung_by(self, seed: int) -> Resung:
        """The same, with the sway of a seed."""
        assert self.score.vocal is not None
        return self._replace(score=replace(self.score, vocal=replace(self.score.vocal, seed=seed)))

    def window(self) -> Score:
        """The score with the take as its one window, as its notes are written down."""
        return replace(self.score, plan=replace(self.score.plan, windows=((self.start, self.end),)))

    def latents(self) -> dict[str, NDArray[np.generic]]:
        """The whole score, and where in it the take begins."""
        return {**self.score.to_latents(), SCORE_START: np.array(self.start, np.float64)}


def resung(work: Work, request: Edit, guide: GuideVocal, watch: Watch) -> tuple[Resung, list[str]]:
    """The take's score with the new words, and notes. Raises Unsupported where it has no sung melody to keep."""
    score, start = _sung_score(work)
    end = start + work.hull.length
    words, notes = guide.words(request.lyrics, request.language, request.tags, watch)
    notes.append(LABEL)
    vocal = score.vocal
    assert vocal is not None
    if not request.tags.strip():
        words = replace(words, voice=vocal.words.voice)
    firsts: dict[int, int] = {}
    for note, sung in zip(vocal.notes, vocal.sung, strict=True):
        firsts.setdefault(sung.line, score.plan.grid.sample(note.start))
    inside = {line for line, first in firsts.items() if start <= first < end}
    if not inside:
        raise Unsupported("Nothing begins to be sung in this range.", "Choose a range with a whole sung line in it.")
    new, left = reworded(vocal, words, score.plan.grid, inside)
    if left:
        notes.append(f"{left} lines found no melody and are not sung: this range has {len(inside)} sung lines")
    elif len(words.lines) < len(inside):
        notes.append(f"{len(inside) - len(words.lines)} of {len(inside)} sung lines were given no words and are silent")
    cut = _cut_lines(new.words.lines, new.sung)
    if cut:
        notes.append(f"too many syllables for the notes, cut short: {cut}")
    plan = replace(score.plan, words=new.words)
    return Resung(replace(score, plan=plan, vocal=new), start, end), notes


def _cut_lines(lines: tuple[Line, ...], sung: tuple[Sung, ...]) -> str:
    last: dict[int, int] = {}
    for each in sung:
        last[each.line] = each.syllable
    short = [lines[number].text for number, at in last.items() if at + 1 < len(lines[number].syllables)]
    return "; ".join(text[:40] for text in short[:3])


def _sung_score(work: Work) -> tuple[Score, int]:
    """The kept score and the sample of it at which the target begins."""
    score, start = from_latents(work.latents), place_of(work)
    if score is None or start is None:
        raise Unsupported("`only_lyrics` in sketch needs a take that sketch sang; this audio keeps no score.", _FOREIGN)
    if score.vocal is None or not score.vocal.notes:
        score = replace(score, vocal=remembered(score))
    if score.vocal is None and score.song and score.song.vocal:
        raise Unsupported("No line began in this range before it was repainted, so there is no melody left.", _SILENT)
    if score.vocal is None:
        raise Unsupported("Nothing is sung in this take, so there is no melody for other words.", _SILENT)
    if start < 0 or start + work.hull.length > score.plan.samples:
        seconds, rate = score.plan.samples / score.plan.grid.rate, score.plan.grid.rate
        raise Unsupported(
            "The range reaches beyond the music that this take kept.",
            f"That begins {-start / rate:+.1f} s from the start of the range and lasts {seconds:.1f} s. Choose a range "
            "inside it, or edit the take that holds the rest.",
        )
    return score, start


def remixed(work: Work, plan: Plan, words: Words | None) -> tuple[Plan, list[str]]:
    """The plan with the take's leading melody and vocal, sung to `words` where there are any, and notes.

    Of music whose score is not known only what can be heard of it is kept: its chords.
    """
    score, start = from_latents(work.latents), place_of(work)
    if score is None or start != 0 or score.plan.samples != work.hull.length or score.plan.grid != plan.grid:
        heard = "of the source its key and chords were kept as they were heard, but no melody"
        return replace(plan, words=words), [heard]
    leads = {part.role: part.notes for part in score.parts if part.role.startswith("lead")}
    vocal, said = score.vocal, ["melody, chords and form of the take stay"]
    if vocal and words:
        vocal, left = reworded(vocal, words, plan.grid, {sung.line for sung in vocal.sung})
        if left:
            said.append(f"{left} lines found no melody and are not sung")
    plan = replace(plan, kept=leads, keep=1.0, vocal=vocal, words=vocal.words if vocal else words)
    return plan, said
