"""The nouns that requests and events are made of: ids, paths, music, sources, takes, recipes."""

from itertools import pairwise
from typing import Annotated, Literal

from msgspec import Meta, Struct

from bridge_server.protocol.clips import Clip, LiveClip, Source
from bridge_server.protocol.errors import Problem
from bridge_server.protocol.plain import Count, Folder, Path
from bridge_server.protocol.span import Span

__all__ = ["Clip", "Count", "Folder", "LiveClip", "Path", "Source"]

# `$` alone would let a trailing newline through in Python; the look-ahead reads the same in Python and JavaScript.
JobId = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9_-]{7,63}$(?!\n)",
        description="made by the client, fresh for every request; 8 to 64 of a-z 0-9 _ -; becomes a folder name",
    ),
]
AskId = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$(?!\n)",
        description="made by the client, fresh for every question; the answer carries it; may become a file name",
    ),
]
ClientName = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$(?!\n)",
        description="who speaks; keeps its name across restarts, so that results find it",
    ),
]
OwnerName = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z0-9][A-Za-z0-9_.-]{0,63})?$(?!\n)",
        description="the name of a client; empty for the one that owns the job",
    ),
]
Tags = Annotated[str, Meta(max_length=2_000, description="words for style, mood and instruments, separated by commas")]
Lyrics = Annotated[
    str, Meta(max_length=40_000, description="the words to sing, with lines like [verse]; empty for instrumental music")
]
Language = Annotated[
    str,
    Meta(pattern=r"^([a-z]{2})?$(?!\n)", description="of the lyrics, e.g. en, ja; empty: found out line by line"),
]
Seed = Annotated[int, Meta(ge=0, le=2**53 - 1, description="the same seed and request give the same audio")]
Fraction = Annotated[float, Meta(ge=0, le=1, description="from 0 to 1")]


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A change of tempo or meter inside the span. What is absent stays as it was."""

    at: Annotated[Count, Meta(description="samples after the start of the span")]
    bpm: Annotated[float, Meta(ge=20, le=400, description="quarter notes a minute from there on")] | None = None
    meter: Annotated[str, Meta(pattern=r"^(([1-9]|[12][0-9]|3[0-2])/(1|2|4|8|16))?$(?!\n)", description="e.g. 3/4")] = (
        ""
    )
    ramp: Annotated[bool, Meta(description="the tempo goes in a straight line to that of the next change")] = False


class Music(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the project says about time, harmony and form where the span starts."""

    bpm: Annotated[float, Meta(ge=20, le=400, description="quarter notes a minute; absent if unknown")] | None = None
    meter: Annotated[
        str, Meta(pattern=r"^([1-9]|[12][0-9]|3[0-2])/(1|2|4|8|16)$(?!\n)", description="e.g. 4/4, 7/8, 12/8")
    ] = "4/4"
    key: Annotated[
        str,
        Meta(
            pattern=r"^([A-G](#|b)?( (major|minor))?)?$(?!\n)",
            description="e.g. D major, F# minor, Bb; empty if unknown",
        ),
    ] = ""
    since_bar: Annotated[
        Count, Meta(description="samples from the last bar line to the start of the span, at the span's rate")
    ] = 0
    section: Annotated[str, Meta(max_length=64, description="what the project calls this part, e.g. Verse 1")] = ""
    chords: Annotated[
        str,
        Meta(
            max_length=2_000,
            description="to follow: Am F C G, or in bars: Am | F G | C . . G7; from the bar of the start",
        ),
    ] = ""
    changes: Annotated[
        tuple[Change, ...], Meta(max_length=1_000, description="of tempo and meter inside the span, in their order")
    ] = ()

    def __post_init__(self) -> None:
        if any(after.at <= before.at for before, after in pairwise(self.changes)):
            raise ValueError("the `changes` of the music must be in their order, each later than the one before")


class Sampling(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a model samples, under the names of ACE-Step v1. What is absent is the backend's own choice.

    A backend's `settings` name those that mean something to it; it says in a note that it ignores the others.
    """

    infer_step: Annotated[int, Meta(ge=1, le=1_000, description="steps; more is finer and slower")] | None = None
    guidance_scale: (
        Annotated[float, Meta(ge=0, le=100, description="how closely the words are followed; 0 and 1: not guided")]
        | None
    ) = None
    scheduler_type: (
        Annotated[Literal["euler", "heun", "pingpong"], Meta(description="the sampler; heun takes twice as long")]
        | None
    ) = None
    cfg_type: Annotated[Literal["apg", "cfg", "cfg_star"], Meta(description="the kind of guidance")] | None = None
    omega_scale: Annotated[float, Meta(ge=-100, le=100, description="granularity")] | None = None
    guidance_interval: (
        Annotated[float, Meta(ge=0, le=1, description="share of the steps, around the middle, that are guided")] | None
    ) = None
    guidance_interval_decay: (
        Annotated[float, Meta(ge=0, le=1, description="how far guidance falls to its minimum meanwhile")] | None
    ) = None
    min_guidance_scale: Annotated[float, Meta(ge=0, le=200, description="that minimum")] | None = None
    use_erg_tag: Annotated[bool, Meta(description="guide away from weakened tags instead of none")] | None = None
    use_erg_lyric: Annotated[bool, Meta(description="guide away from weakened lyrics instead of none")] | None = None
    use_erg_diffusion: Annotated[bool, Meta(description="guide away from weakened attention")] | None = None
    oss_steps: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=1_000)], ...],
        Meta(max_length=200, description="which steps of a longer schedule are taken, rising; replaces `infer_step`"),
    ] = ()
    guidance_scale_text: (
        Annotated[float, Meta(ge=0, le=100, description="above 1, both: guidance for the tags of its own")] | None
    ) = None
    guidance_scale_lyric: (
        Annotated[float, Meta(ge=0, le=100, description="above 1, both: guidance for the lyrics of its own")] | None
    ) = None
    edit_n_min: (
        Annotated[
            float, Meta(ge=0, le=1, description="share of the schedule that an `edit` skips; by default its mode's")
        ]
        | None
    ) = None
    edit_n_max: (
        Annotated[float, Meta(ge=0, le=1, description="where an `edit` hands over to sampling; by default its mode's")]
        | None
    ) = None
    edit_n_avg: Annotated[int, Meta(ge=1, le=100, description="noises that an `edit` averages over")] | None = None
    compatible: Annotated[bool, Meta(description="the reference's results, its oddities included")] = False
    batch: Annotated[
        bool,
        Meta(description="variants all at once: faster on a GPU, equal to one alone but for rounding"),
    ] = False


class Lora(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A small trained change of a model, e.g. to a singer or a genre."""

    path: Annotated[Path, Meta(description="absolute path of a safetensors file, or of the folder it lies in")]
    weight: Annotated[float, Meta(ge=-3, le=3, description="how strongly it is heard; 0 not at all")] = 1.0
    honour_metadata: Annotated[
        bool, Meta(description="weight 1 is the strength that the file says it was trained with, not the reference's")
    ] = False


class Fade(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the edges of new audio meet the old, in samples inside the span: nothing outside the span is touched."""

    in_samples: Annotated[Count, Meta(description="length of the fade at the start")] = 0
    out_samples: Annotated[Count, Meta(description="length of the fade at the end")] = 0


class Loudness(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Integrated loudness after BS.1770-4, in LUFS; absent where there is too little sound to measure."""

    before: Annotated[float, Meta(description="of what was there")] | None = None
    surroundings: Annotated[float, Meta(description="of what lies around the span")] | None = None
    after: Annotated[float, Meta(description="of the new audio, as delivered")] | None = None
    gain_db: Annotated[float, Meta(description="gain that was applied to the new audio, in decibels")] = 0.0


class Stem(Struct, frozen=True, kw_only=True):
    """One instrument group of a take, over the span of its part, with gain and fades; together they are what is new."""

    role: Annotated[str, Meta(description="drums, bass, …; mix where the backend cannot separate")]
    path: Annotated[Path, Meta(description="absolute path of a WAV")]


class Midi(Struct, frozen=True, kw_only=True):
    """The notes that one instrument group plays, as a Standard MIDI File."""

    role: Annotated[str, Meta(description="drums, bass, …; drums follow the General MIDI percussion map")]
    path: Annotated[Path, Meta(description="absolute path of a .mid, with tempo and meter inside")]
    timeline: Annotated[int, Meta(description="where its tick 0 belongs on the timeline, at the span's rate")]


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file of a take. Takes have one part, but for an `extend` to both sides, which has a left and a right one."""

    path: Annotated[Path, Meta(description="absolute path of a WAV")]
    samples: Annotated[Count, Meta(description="length of the file, with its handles")]
    span: Annotated[
        Span,
        Meta(description="what it replaces or adds, without handles; after an `extend`, counted in the longer clip"),
    ]
    timeline: Annotated[
        int, Meta(description="where the file's first sample belongs on the timeline, at the span's rate")
    ]
    handles: Annotated[tuple[int, int], Meta(description="samples of unchanged source before and after the span")] = (
        0,
        0,
    )
    side: Annotated[
        Literal["", "left", "right"], Meta(description="which end of the clip an `extend` continues here")
    ] = ""
    fade: Annotated[Fade, Meta(description="already in the file's audio: lay it down as it is")] = Fade()
    loudness: Loudness = Loudness()
    stems: Annotated[tuple[Stem, ...], Meta(description="empty where there is only the mix")] = ()
    midi: Annotated[tuple[Midi, ...], Meta(description="empty where the backend knows no notes")] = ()


class Take(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One result: audio that lies on disk, complete, under its final name.

    `path`, `samples` and `span` are those of its first part.
    """

    job: JobId
    number: Annotated[int, Meta(ge=1, description="1 for the first variant")]
    path: Annotated[Path, Meta(description="absolute path of a Broadcast WAV with the recipe inside")]
    seed: Annotated[Seed, Meta(description="that it was made with; send it again for the same audio")]
    sample_rate: Annotated[int, Meta(description="samples a second")]
    samples: Annotated[Count, Meta(description="length of the file at `path`")]
    channels: int
    span: Annotated[Span, Meta(description="what the audio at `path` replaces or adds, without handles")]
    backend: Annotated[str, Meta(description="who made it")]
    parts: Annotated[tuple[Part, ...], Meta(description="its files, from left to right")]
    latents: Annotated[
        Folder, Meta(description="the model's own form of the take, kept for later edits; empty for none")
    ] = ""
    notes: Annotated[tuple[str, ...], Meta(description="what the backend wants to say, e.g. 'key heard: D major'")] = ()
    chosen: Annotated[bool, Meta(description="somebody kept this one with `choose`")] = False


class Origin(Struct, frozen=True, kw_only=True):
    """The take that a retake varies."""

    seed: Annotated[Seed, Meta(description="of that take")]
    variance: Annotated[Fraction, Meta(description="0: the same take; 1: nothing of it is left")]


class Capabilities(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a backend can do. Hosts grey out the rest; the bridge refuses it with `unsupported`."""

    backend: Annotated[str, Meta(description="its name, as requests give it")]
    model: Annotated[str, Meta(description="name and version of the model or rule set, as recipes name it")]
    about: Annotated[str, Meta(description="one sentence for the user; says whether it is AI")]
    tasks: Annotated[tuple[str, ...], Meta(description="the requests it serves, as words: repaint, …")]
    sample_rate: Annotated[int, Meta(description="that it works at; the bridge converts")]
    channels: Annotated[int, Meta(description="that it works with; the bridge converts")] = 2
    loads: Annotated[bool, Meta(description="whether it has a model that `load` brings into memory")] = False
    lyrics: Annotated[bool, Meta(description="whether it can sing words")] = False
    languages: Annotated[tuple[str, ...], Meta(description="that it sings, as ISO 639-1 codes")] = ()
    roles: Annotated[tuple[str, ...], Meta(description="stems it hands over and layers it can add")] = ()
    context_seconds: Annotated[float, Meta(description="how much audio it wants to hear on each side of a span")] = 10.0
    min_seconds: Annotated[float, Meta(description="shortest span it fills")] = 0.1
    max_seconds: Annotated[float, Meta(description="longest span it fills")] = 240.0
    max_bytes: Annotated[int, Meta(description="memory it needs at the most, on its device; 0 if not known")] = 0
    settings: Annotated[
        tuple[str, ...],
        Meta(description="names of `sampling` that mean something to it; loras, reference, preview, draft, …"),
    ] = ()


class AbsentBackend(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A backend that is known and cannot serve now. Hosts show why where they grey out what it could do."""

    backend: Annotated[str, Meta(description="its name, as requests would give it")]
    tasks: Annotated[tuple[str, ...], Meta(description="the requests it would serve, as words")] = ()
    problem: Annotated[Problem, Meta(description="why it cannot, and what to do")]


class HeldModel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model in the engine's memory, or on its way there."""

    backend: Annotated[str, Meta(description="whose it is, by name")]
    state: Annotated[
        Literal["loading", "loaded", "failed"], Meta(description="`failed`: it could not be loaded; `problem` says why")
    ]
    device: Annotated[str, Meta(description="where it lies: cpu, cuda, mps; empty for none of this machine")] = ""
    bytes: Annotated[int, Meta(description="that its weights take there; 0 if not known")] = 0
    free: Annotated[int, Meta(description="bytes that are free there now; 0 if not known")] = 0
    fraction: Annotated[float, Meta(description="of the loading, from 0 to 1")] = 0.0
    stage: Annotated[str, Meta(description="of the loading")] = ""
    problem: Annotated[Problem, Meta(description="why it could not be loaded")] | None = None
