"""Roles: the twelve tracks that ACE-Step 1.5 knows by name, and the words people use for them."""

from __future__ import annotations

from bridge_server.protocol.errors import Unsupported

ROLES = (
    *("vocals", "backing vocals", "drums", "bass", "guitar", "keyboard"),
    *("percussion", "strings", "synth", "fx", "brass", "woodwinds"),
)
_OTHER_WORDS = {
    "vocals": ("vocal", "voice", "lead vocals", "lead vocal", "singer"),
    "backing vocals": ("backing vocal", "choir", "harmony vocals", "harmonies"),
    "drums": ("drum", "drum kit", "drumkit", "kit", "beat"),
    "bass": ("bass guitar", "bassline", "bass line", "electric bass"),
    "guitar": ("guitars", "electric guitar", "acoustic guitar", "rhythm guitar", "lead guitar"),
    "keyboard": ("keyboards", "keys", "piano", "organ", "rhodes", "electric piano"),
    "percussion": ("perc", "congas", "shaker"),
    "strings": ("string", "violin", "cello", "string section"),
    "synth": ("synths", "synthesizer", "pad", "pads", "synth lead", "arp"),
    "fx": ("effects", "sound effects", "risers"),
    "brass": ("horns", "horn section", "trumpet", "trombone"),
    "woodwinds": ("woodwind", "flute", "saxophone", "sax", "clarinet"),
}
WORDS = {word: role for role in ROLES for word in (role, *_OTHER_WORDS[role])}


def role_words() -> tuple[str, ...]:
    """Everything that is understood as a role, for the bridge to refuse the rest at once."""
    return tuple(WORDS)


def role_of(asked: str, name: str) -> str:
    """The track that a word means. Raises Unsupported for one that the model does not know.

    >>> role_of("Electric_Guitar ", "ace-step-1.5")
    'guitar'
    """
    word = " ".join(asked.lower().replace("_", " ").split())
    role = WORDS.get(word) or WORDS.get(word.rstrip("s"))
    if role is None:
        raise Unsupported(f"{name} knows no track called '{asked}'.", f"It knows {', '.join(ROLES)}.")
    return role


def track_name(role: str) -> str:
    """A role as the model's instructions spell it."""
    return role.replace(" ", "_")


def named_in(tags: str) -> tuple[str, ...]:
    """Roles that tags speak of, in the model's order.

    >>> named_in("funk, slap bass, drums, 100 bpm")
    ('drums',)
    """
    words = {" ".join(part.lower().split()) for part in tags.replace(";", ",").split(",")}
    meant = {WORDS[word] for word in words if word in WORDS}
    return tuple(role for role in ROLES if role in meant)
