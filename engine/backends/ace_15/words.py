"""Words: tags, lyrics, and the project's tempo, meter and key as the model's prompt wants them (promise P6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bridge_server.protocol.errors import TooLong
from bridge_server.protocol.requests import Composition
from bridge_server.protocol.values import Music
from engine.backends.ace_15.checkpoint import NAME

INSTRUMENTAL, UNKNOWN = "[Instrumental]", "unknown"
NO_TAGS = "music"
SLOWEST, FASTEST = 30, 300
METERS = {"2/4": "2", "3/4": "3", "4/4": "4", "6/8": "6"}
"""Those that the model was trained with, and how it calls them."""

MOST_TAG_TOKENS, MOST_LYRIC_TOKENS = 256, 2_048


@dataclass(frozen=True)
class Words:
    """What the prompt says; None where the project does not say it."""

    tags: str
    lyrics: str
    language: str = UNKNOWN
    bpm: int | None = None
    key: str | None = None
    meter: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def arguments(self) -> dict[str, Any]:
        """Under the names of the pipeline."""
        return {
            "prompt": self.tags,
            "lyrics": self.lyrics,
            "vocal_language": self.language,
            "bpm": self.bpm,
            "keyscale": self.key,
            "timesignature": self.meter,
        }


NOTHING = Words(NO_TAGS, INSTRUMENTAL)
"""What is said where a request has no words, as when a stem is taken out of a mix."""


def words_of(request: Composition) -> Words:
    """The request's words, before any network has seen them."""
    music, notes = request.music, []
    bpm = round(music.bpm) if music.bpm is not None else None
    if bpm is not None and not SLOWEST <= bpm <= FASTEST:
        notes.append(f"{NAME} knows tempos from {SLOWEST} to {FASTEST} bpm; {bpm} was left out of the prompt")
        bpm = None
    if music.meter not in METERS:
        notes.append(f"{NAME} was trained with {', '.join(METERS)}; {music.meter} was left out of the prompt")
    lyrics = with_section(request.lyrics, music.section)
    return Words(
        tags=request.tags.strip().strip(",") or NO_TAGS,
        lyrics=lyrics or INSTRUMENTAL,
        language=request.language or UNKNOWN,
        bpm=bpm,
        key=key_of(music),
        meter=METERS.get(music.meter),
        notes=tuple(notes),
    )


def key_of(music: Music) -> str | None:
    """'Bb' of a project is B flat major.

    >>> key_of(Music(key="F#")), key_of(Music(key="A minor")), key_of(Music())
    ('F# major', 'A minor', None)
    """
    if not music.key:
        return None
    return music.key if " " in music.key else f"{music.key} major"


def with_section(lyrics: str, section: str) -> str:
    """Sung words say which part of the song they are, if they do not say it themselves.

    >>> with_section("Hold the line", "Verse 2")
    '[Verse 2]\\nHold the line'
    """
    name = section.strip(" []()")
    if not lyrics.strip() or not name or re.search(r"^\s*\[", lyrics, re.MULTILINE):
        return lyrics.strip()
    return f"[{name}]\n{lyrics.strip()}"


def checked(words: Words, tokenizer: Any) -> tuple[str, ...]:
    """Notes about tags that are too long to be heard. Raises TooLong for lyrics that are."""
    lyrics = f"# Languages\n{words.language}\n\n# Lyric\n{words.lyrics}<|endoftext|>"
    count = len(tokenizer(lyrics).input_ids)
    if count > MOST_LYRIC_TOKENS:
        raise TooLong(
            f"The lyrics have {count} tokens; {NAME} sings {MOST_LYRIC_TOKENS} at the most.", "Shorten the lyrics."
        )
    count = len(tokenizer(words.tags).input_ids)
    room = MOST_TAG_TOKENS - 64  # for the instruction, the tempo, the key and the length around them
    if count > room:
        return (f"the tags have {count} tokens, of which the model hears about the first {room}",)
    return ()
