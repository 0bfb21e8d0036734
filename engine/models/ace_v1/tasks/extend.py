"""Extend: let a song begin earlier or go on for longer."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from engine.models.ace_v1.sampling import Run
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.tasks.repaint import inpaint, inpainting_calls


@torch.no_grad()
def extend(run: Run, source: Tensor, left: int = 0, right: int = 0) -> Tensor:
    """`source` with `left` new frames before it and `right` after it: (B, 8, 16, left + F + right).

    The frames of the source stay as they are, bit for bit. What does not fit into `max_frames` is made in several
    passes, each of which hears the part of the song next to it.

    source      (1 or B, 8, 16, F)
    compatible  one pass; left and right together give a right side that is shorter by the left one; what was cut off
                beyond `max_frames` on the right comes back as a repetition

    Source: specification §10.4. Raises ValueError for negative lengths.
    """
    if left < 0 or right < 0:
        raise ValueError(f"left is {left} and right is {right}, but neither can be negative.")
    song = run.admit(source)
    if run.settings.compatible and left and right:
        right = max(right - left, 0)
    parts = list(passes(song.shape[-1], left, right, run.settings))
    run.progress.expect(len(parts) * inpainting_calls(run.settings, run.settings.extend_variance))
    for part_left, part_right in parts:
        song = extend_once(run, song, part_left, part_right)
    return song


def passes(frames: int, left: int, right: int, settings: Settings) -> Iterator[tuple[int, int]]:
    """How many frames to add before and after, pass by pass.

    All at once if that fits. If not, one side after the other, each pass hearing at least half a window of music.
    """
    if left + frames + right <= settings.max_frames:
        if left or right:
            yield left, right
        return
    for side, wanted in enumerate((left, right)):
        missing = wanted
        while missing > 0:
            most = max(settings.max_frames - frames, settings.max_frames // 2, 1)
            added = missing if settings.compatible else min(missing, most)
            yield (0, added) if side else (added, 0)
            frames += added
            missing -= added


def extend_once(run: Run, song: Tensor, left: int, right: int) -> Tensor:
    """One pass. At most one side is new if the result is longer than a window."""
    frames = song.shape[-1]
    beyond = min(max(left + frames + right - run.settings.max_frames, 0), frames)
    head, tail = (0, beyond) if left else (beyond, 0)  # frames that stay outside the window
    before, heard, after = song.split([head, frames - head - tail, tail], dim=-1)
    padded = F.pad(heard, (left, right))
    mask = torch.ones(padded.shape[-1], dtype=torch.bool, device=song.device)
    mask[left : padded.shape[-1] - right] = False
    noise = extension_noise(run, frames, (left, right), (head, tail))
    made = inpaint(run, padded, noise, mask, run.settings.extend_variance)
    if run.settings.compatible and tail:
        after = padded[..., -tail:]
    return torch.cat([before, made, after], dim=-1)


def extension_noise(run: Run, frames: int, new: tuple[int, int], outside: tuple[int, int]) -> Tensor:
    """Noise of the padded window: second noise where music is new, first noise under the source.

    The second noise is drawn as long as the source, as the reference does it, unless more is needed.
    """
    left, right = new
    first = run.draw(frames)
    needed = max(left, right) if run.settings.compatible else left + right
    second = run.draw_retake(max(frames, needed))
    under = first[..., outside[0] : frames - outside[1]]
    return torch.cat([second[..., :left], under, second[..., second.shape[-1] - right :]], dim=-1)
