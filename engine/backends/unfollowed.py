"""What the project says about time and chords that a backend does not follow, as sentences for its takes."""

from __future__ import annotations

from bridge_server.protocol.requests import Composition
from bridge_server.protocol.values import Music


def unfollowed(request: Composition, backend: str) -> tuple[str, ...]:
    """Empty where the project names no chords, and its tempo and meter stay as they are throughout the span."""
    music = request.music
    chords = (f"{backend} does not follow chords; these were left out: {music.chords[:60]}",) if music.chords else ()
    if not _changes(music):
        return chords
    rate, first = request.span.rate, music.changes[0]  # type: ignore[attr-defined]
    what = " and ".join(
        word
        for word, changes in (
            ("tempo", any(change.bpm is not None or change.ramp for change in music.changes)),
            ("meter", any(change.meter for change in music.changes)),
        )
        if changes
    )
    kept = f"{music.bpm:g} bpm in {music.meter}" if music.bpm is not None else f"one tempo in {music.meter}"
    return (
        *chords,
        f"the project changes its {what} {first.at / rate:.1f} s into the range; {backend} kept to {kept}",
    )


def _changes(music: Music) -> bool:
    """Whether anything of it is another tempo or meter than at the start."""
    return any(
        change.ramp or (change.bpm is not None and change.bpm != music.bpm) or change.meter not in ("", music.meter)
        for change in music.changes
    )
