"""The nouns that requests and events are made of: ids, paths, music, sources, takes, recipes."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from bridge_server.protocol.span import LONGEST, Span

# `$` alone would let a trailing newline through in Python; the look-ahead reads the same in Python and JavaScript.
JobId = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9_-]{7,63}$(?!\n)",
        description="made by the client, fresh for every request; 8 to 64 of a-z 0-9 _ -; becomes a folder name",
    ),
]
AskId = Annotated[str, Meta(min_length=1, max_length=64, description="made by the client; the answer carries it")]
ClientName = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$(?!\n)",
        description="who speaks; keeps its name across restarts, so that results find it",
    ),
]
Path = Annotated[str, Meta(min_length=1, max_length=4096, description="absolute path, UTF-8")]
Folder = Annotated[str, Meta(max_length=4096, description="absolute path of a folder, UTF-8; empty for none")]
Tags = Annotated[str, Meta(max_length=2_000, description="style words, separated by commas")]
Lyrics = Annotated[str, Meta(max_length=40_000, description="with [verse], [chorus] … lines; empty for instrumental")]
Seed = Annotated[int, Meta(ge=0, le=2**53 - 1, description="0 … 2^53-1, exact in every language")]
Count = Annotated[int, Meta(ge=0, le=LONGEST, description="whole samples")]
Fraction = Annotated[float, Meta(ge=0, le=1)]


class Music(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the project says about time and harmony where the span starts."""

    bpm: Annotated[float, Meta(ge=20, le=400, description="quarter notes a minute")] | None = None
    meter: Annotated[str, Meta(pattern=r"^([1-9]|[12][0-9]|3[0-2])/(1|2|4|8|16)$(?!\n)")] = "4/4"
    key: Annotated[
        str, Meta(pattern=r"^([A-G](#|b)?( (major|minor))?)?$(?!\n)", description="'D major'; empty if unknown")
    ] = ""
    since_bar: Annotated[Count, Meta(description="samples from the last bar line to the start of the span")] = 0


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An audio file of the project. Only the part that is needed is ever read."""

    path: Path
    start: Annotated[
        int,
        Meta(ge=-LONGEST, le=LONGEST, description="where its first sample lies on the timeline, at the span's rate"),
    ] = 0
    gain_db: Annotated[float, Meta(ge=-120, le=40)] = 0.0


class Fade(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the edges of new audio meet the old, in samples inside the span: nothing outside the span is touched."""

    in_samples: Count = 0
    out_samples: Count = 0


class Loudness(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Integrated loudness after BS.1770-4, in LUFS; absent where there is too little sound to measure."""

    before: float | None = None
    surroundings: float | None = None
    after: float | None = None
    gain_db: float = 0.0


class Stem(Struct, frozen=True, kw_only=True):
    """One instrument group of a take, as long as the part it belongs to; the stems of a part add up to it."""

    role: str
    path: Path


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file of a take. Takes have one part, but for an `extend` to both sides, which has a left and a right one."""

    path: Path
    samples: Count
    span: Annotated[Span, Meta(description="what the file's audio replaces or adds, without handles")]
    timeline: Annotated[int, Meta(description="where the file's first sample belongs on the timeline")]
    handles: Annotated[tuple[int, int], Meta(description="samples before and after the span, unchanged source")] = (
        0,
        0,
    )
    side: Literal["", "left", "right"] = ""
    fade: Fade = Fade()
    loudness: Loudness = Loudness()
    stems: tuple[Stem, ...] = ()


class Take(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One result: audio that lies on disk, complete, under its final name. `path` … `span` are those of its first part."""

    job: JobId
    number: Annotated[int, Meta(ge=1, description="1 for the first variant")]
    path: Path
    seed: Seed
    sample_rate: int
    samples: Count
    channels: int
    span: Span
    backend: str
    parts: tuple[Part, ...]
    latents: Folder = ""
    notes: Annotated[tuple[str, ...], Meta(description="what the backend wants to say, e.g. 'key heard: D major'")] = ()
    chosen: bool = False


class Origin(Struct, frozen=True, kw_only=True):
    """The take that a retake varies."""

    seed: Seed
    variance: Fraction


class Capabilities(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a backend can do. Hosts grey out the rest; the bridge refuses it with `unsupported`."""

    backend: str
    model: Annotated[str, Meta(description="name and version of the model or rule set, as recipes name it")]
    about: Annotated[str, Meta(description="one sentence for the user; says whether it is AI")]
    tasks: tuple[str, ...]
    sample_rate: int
    channels: int = 2
    lyrics: bool = False
    languages: tuple[str, ...] = ()
    roles: Annotated[tuple[str, ...], Meta(description="stems it hands over and layers it can add")] = ()
    context_seconds: Annotated[float, Meta(description="how much audio it wants to hear on each side of a span")] = 10.0
    min_seconds: float = 0.1
    max_seconds: float = 240.0
    max_bytes: Annotated[int, Meta(description="memory it needs at the most, on its device")] = 0
