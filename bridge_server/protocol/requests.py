"""Everything a client may ask. One struct per intention; the wire form is the struct with its name in `request`.

>>> import msgspec
>>> msgspec.json.encode(Cancel(id="7", job="3f2a9c01")).decode()
'{"request":"cancel","id":"7","job":"3f2a9c01"}'
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from bridge_server.protocol.span import Span
from bridge_server.protocol.values import (
    AskId,
    Count,
    Folder,
    Fraction,
    JobId,
    Lyrics,
    Music,
    Path,
    Seed,
    Source,
    Tags,
)


class Message(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="request",
    tag=str.lower,
):
    """Base of all requests: unknown fields are refused by name, fields equal to their default may be left out."""


class Ask(Message, frozen=True, kw_only=True):
    """A question that is answered at once; `id` pairs question and answer."""

    id: AskId


class Job(Message, frozen=True, kw_only=True):
    """Work for the engine. Sending the same job again is answered like the first time and runs once."""

    job: JobId
    project: Annotated[Folder, Meta(description="folder of the saved project; empty while it is unsaved")] = ""
    folder: Annotated[
        Folder, Meta(description="where job folders go; inside `project`, default `<project>/Dawbridge`")
    ] = ""
    backend: Annotated[str, Meta(max_length=64, description="empty for the default")] = ""
    seed: Annotated[
        Seed | None, Meta(description="of the first variant; the others count up; absent for a random one")
    ] = None
    variants: Annotated[int, Meta(ge=1, le=8)] = 1
    sample_format: Annotated[Literal["pcm24", "float32"], Meta(description="of region files")] = "pcm24"
    channels: Annotated[
        int, Meta(ge=0, le=8, description="of the result; 0 for the source's own, or stereo without one")
    ] = 0
    timeline: Annotated[
        Count | None,
        Meta(description="where the span's first sample lies on the project's timeline; absent for `span.start`"),
    ] = None


class Composition(Job, frozen=True, kw_only=True):
    """A job in which new music is made."""

    tags: Tags = ""
    lyrics: Lyrics = ""
    music: Music = Music()


class Placed(Composition, frozen=True, kw_only=True):
    """A composition that has surroundings to fit into."""

    match_loudness: Annotated[bool, Meta(description="bring the new audio to the loudness of its surroundings")] = True
    handles: Annotated[
        int, Meta(ge=0, le=768_000, description="samples of unchanged source on each side of a region file")
    ] = 0
    form: Annotated[
        Literal["region", "whole"], Meta(description="just the new audio, or the file with it spliced in")
    ] = "region"


class Generate(Composition, frozen=True, kw_only=True):
    """New music for an empty span: tags, lyrics, music, length."""

    span: Span


class Repaint(Placed, frozen=True, kw_only=True):
    """Compose the inside of `span` anew from its surroundings; every other sample of the file stays as it is."""

    source: Annotated[Source, Meta(description="the file; `span` counts in its samples")]
    span: Span
    strength: Annotated[Fraction, Meta(description="1: all new; towards 0: more of what was there")] = 1.0


class Extend(Placed, frozen=True, kw_only=True):
    """Continue a clip to the left and/or right."""

    source: Annotated[Source, Meta(description="the file; `span` counts in its samples")]
    span: Annotated[Span, Meta(description="the clip that is continued; usually the whole file")]
    left: Count = 0
    right: Count = 0

    def __post_init__(self) -> None:
        if self.left + self.right == 0:
            raise ValueError("extend needs a length on the left or on the right")


class Edit(Placed, frozen=True, kw_only=True):
    """The same performance with other words or in another style."""

    source: Source
    span: Span
    mode: Annotated[
        Literal["only_lyrics", "remix"], Meta(description="`only_lyrics` keeps the melody, `remix` may change it")
    ] = "only_lyrics"
    source_tags: Tags = ""
    source_lyrics: Lyrics = ""


class Retake(Job, frozen=True, kw_only=True):
    """A variation of an earlier take."""

    take: Annotated[Path, Meta(description="a WAV that Dawbridge wrote")]
    variance: Fraction = 0.5


class Layer(Placed, frozen=True, kw_only=True):
    """A new stem that fits what the other tracks play. `span` counts on the timeline."""

    sources: Annotated[tuple[Source, ...], Meta(min_length=1, max_length=256, description="the other tracks")]
    span: Span
    role: Annotated[str, Meta(max_length=32, description="drums, bass, …; empty lets the tags decide")] = ""
    form: Literal["region"] = "region"


class Accompany(Placed, frozen=True, kw_only=True):
    """A full backing for a vocal or solo. `span` counts on the timeline."""

    sources: Annotated[tuple[Source, ...], Meta(min_length=1, max_length=256)]
    span: Span
    form: Literal["region"] = "region"


class Separate(Job, frozen=True, kw_only=True):
    """Take one stem out of a mix."""

    source: Source
    span: Span
    role: Annotated[str, Meta(min_length=1, max_length=32)]


class Again(Job, frozen=True, kw_only=True):
    """Make a take anew from the recipe inside it; the same seed gives the same audio."""

    take: Annotated[Path, Meta(description="a WAV that Dawbridge wrote")]


class Hello(Ask, frozen=True, kw_only=True):
    """Say who you are, and ask for what you missed."""

    after: Annotated[int, Meta(ge=-1, description="`seq` of the last event you have; 0 for all, -1 for none")] = -1
    watch: Annotated[Literal["mine", "all"], Meta(description="events of your own jobs, or of everybody's")] = "mine"


class Cancel(Ask, frozen=True, kw_only=True):
    """Stop a job. Answered at once; `cancelled` follows when the engine has let go."""

    job: JobId


class Retry(Ask, frozen=True, kw_only=True):
    """Put a failed or cancelled job back into the queue."""

    job: JobId


class Choose(Ask, frozen=True, kw_only=True):
    """Keep one take of a job; the client that owns the job is told to `place` it."""

    job: JobId
    number: Annotated[int, Meta(ge=1, le=8)]


class List(Ask, frozen=True, kw_only=True):
    """Jobs, or takes of a project, newest first."""

    what: Literal["jobs", "takes"] = "jobs"
    project: Annotated[Folder, Meta(description="takes of this project only; empty for all")] = ""
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class Ack(Ask, frozen=True, kw_only=True):
    """OSC only: the event `seq` has arrived and need not be sent again."""

    seq: Annotated[int, Meta(ge=1)]


class Stop(Ask, frozen=True, kw_only=True):
    """Ask the bridge to stop. Running jobs go on after the next start."""


JobRequest = Generate | Repaint | Extend | Edit | Retake | Layer | Accompany | Separate | Again
AskRequest = Hello | Cancel | Retry | Choose | List | Ack | Stop
Request = JobRequest | AskRequest
