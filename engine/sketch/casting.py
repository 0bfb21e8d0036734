"""Casting: who plays. Tags first, then an earlier score, then what can be heard, then the style."""

from __future__ import annotations

from bridge_server.protocol.errors import Unsupported
from engine.sketch.score import Part
from engine.sketch.styles import STYLES
from engine.sketch.synth.percussion import KITS
from engine.sketch.tags import Wishes
from engine.sketch.vocabulary import ROLES, VOICES, role_of, spellings

Cast = dict[str, tuple[str, ...]]

DEFAULT_PLAYERS: Cast = {
    "drums": ("acoustic kit",),
    "percussion": ("hand percussion",),
    "bass": ("finger bass",),
    "keys": ("piano",),
    "guitar": ("acoustic guitar",),
    "pad": ("warm pad",),
    "strings": ("strings",),
    "brass": ("brass section",),
    "lead": ("synth lead",),
}
_HEARD_AS: dict[str, tuple[str, ...]] = {
    "drums": ("drums", "percussion"),
    "bass": ("bass",),
    "chords": ("keys", "guitar", "pad", "strings", "brass"),
}


def full_cast(style: str, wishes: Wishes, *, only_named: bool) -> Cast:
    """The style's players with those of the tags in their places; with `only_named`, nobody but the named."""
    cast: Cast = {} if only_named and wishes.named_roles else dict(STYLES[style].cast)
    taken: set[str] = set()
    for name in dict.fromkeys(wishes.instruments):
        role, again = role_of(name), 2
        while role in taken:
            role, again = f"{role_of(name)} {again}", again + 1
        taken.add(role)
        cast[role] = (name,)
    for role in wishes.roles:
        cast.setdefault(role, STYLES[style].cast.get(role, DEFAULT_PLAYERS[role]))
    left = {role: players for role, players in cast.items() if role.split(maxsplit=1)[0] not in wishes.without}
    if not left:
        raise Unsupported("The tags leave nobody to play.", "Take some of the 'no …' tags away.")
    return dict(sorted(left.items(), key=lambda item: (ROLES.index(item[0].split(maxsplit=1)[0]), item[0])))


def like_heard(cast: Cast, heard: frozenset[str], *, alone: bool) -> Cast:
    """The players of the cast that the surroundings have too; all of them where that is not clear.

    One track of chords is answered by one instrument; a voice that is `alone` by a bass or a lead.
    """
    if not heard or len(heard) == len(_HEARD_AS):
        return cast
    if alone and "drums" not in heard:
        role = "bass" if "bass" in heard else "lead"
        return {role: cast.get(role, DEFAULT_PLAYERS[role])}
    if heard == {"chords"}:
        role = next((each for each in _HEARD_AS["chords"] if each in cast), "keys")
        return {role: cast.get(role, DEFAULT_PLAYERS[role])}
    roles = [role for kind in heard for role in _HEARD_AS[kind]]
    chosen = {role: players for role, players in cast.items() if role.split(maxsplit=1)[0] in roles}
    role = _HEARD_AS[min(heard)][0]
    return chosen or {role: DEFAULT_PLAYERS[role]}


def like_score(cast: Cast, earlier: tuple[Part, ...], wishes: Wishes) -> Cast:
    """The players of an earlier score, but for those that the tags name otherwise."""
    kept: Cast = {part.role: (part.instrument,) for part in earlier}
    kept |= {role: cast[role] for role in wishes.named_roles if role in cast and wishes.instruments}
    return {role: players for role, players in kept.items() if role.split(maxsplit=1)[0] not in wishes.without} or cast


def one_player(style: str, role: str, wishes: Wishes) -> Cast:
    """Whoever plays a layer. `role` is a role of ours."""
    drums = role in ("drums", "percussion")
    fitting = [name for name in wishes.instruments if role_of(name) == role]
    willing = [name for name in wishes.instruments if (name in KITS) == drums and role not in ("bass", role_of(name))]
    for names in (fitting, willing):
        if names:
            return {role: (names[0],)}
    return {role: STYLES[style].cast.get(role, DEFAULT_PLAYERS[role])}


def asked_role(asked: str, wishes: Wishes) -> str:
    """The role that a layer names, in our words, or the first one of its tags, or ''. Raises Unsupported."""
    word = " ".join(asked.lower().replace("_", " ").split())
    if not word:
        return wishes.named_roles[0] if wishes.named_roles else ""
    kind, name = spellings().get(word, spellings().get(word.rstrip("s"), ("", "")))
    if kind == "role":
        return name
    if kind == "instrument":
        if not wishes.instruments:
            wishes.instruments.append(name)
        return role_of(name)
    raise Unsupported(f"sketch has no player for '{asked}'.", f"It plays {', '.join(ROLES)}.")


def is_voice(asked: str) -> bool:
    """Does the role that a layer names mean a singer?"""
    return any(word in VOICES for word in asked.lower().replace("_", " ").split())


def role_words() -> tuple[str, ...]:
    """Every word that a layer's role may be: those that `asked_role` takes, and those for a singer."""
    ours = (word for word, (kind, _) in spellings().items() if kind in ("role", "instrument"))
    return tuple(sorted({*ours, *VOICES}))


def missing_role(heard: frozenset[str]) -> str:
    """What a mix seems to lack."""
    for kind, role in (("drums", "drums"), ("bass", "bass"), ("chords", "keys")):
        if kind not in heard:
            return role
    return "lead"
