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
    Language,
    Lora,
    Lyrics,
    Music,
    OwnerName,
    Path,
    Sampling,
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
    """Work for the engine. Sending the same job again is answered as it was the first time, and it runs once."""

    job: JobId
    project: Annotated[
        Folder, Meta(description="absolute path of the saved project's folder; empty while it is unsaved")
    ] = ""
    folder: Annotated[
        Folder, Meta(description="where job folders go, inside `project`; empty for `<project>/Dawbridge`")
    ] = ""
    backend: Annotated[str, Meta(max_length=64, description="who shall do it, by name; empty for the default")] = ""
    seed: Annotated[
        Seed | None, Meta(description="of the first variant, the others count up from it; absent for a random one")
    ] = None
    variants: Annotated[int, Meta(ge=1, le=8, description="how many takes, each with a seed of its own")] = 1
    sample_format: Annotated[
        Literal["pcm24", "float32"], Meta(description="of region files; a whole file keeps its source's own")
    ] = "pcm24"
    channels: Annotated[
        int, Meta(ge=0, le=8, description="of the result; 0 for the source's own, or stereo without one")
    ] = 0
    timeline: Annotated[
        Count | None,
        Meta(description="where the span's first sample lies on the timeline, at its rate; absent for `span.start`"),
    ] = None


class Composition(Job, frozen=True, kw_only=True):
    """A job in which new music is made."""

    tags: Tags = ""
    lyrics: Lyrics = ""
    music: Annotated[Music, Meta(description="tempo, meter and key of the project at the span")] = Music()
    language: Language = ""
    sampling: Annotated[Sampling, Meta(description="how the model samples")] = Sampling()
    loras: Annotated[tuple[Lora, ...], Meta(max_length=8, description="small trained changes of the model")] = ()
    preview: Annotated[bool, Meta(description="hear half-way where it is going, as a `preview` event")] = False
    draft: Annotated[
        bool, Meta(description="in few steps, to hear sooner what it will be; `again` with `refine` finishes it")
    ] = False


class Placed(Composition, frozen=True, kw_only=True):
    """A composition that has surroundings to fit into."""

    match_loudness: Annotated[bool, Meta(description="bring the new audio to the loudness of its surroundings")] = True
    handles: Annotated[
        int, Meta(ge=0, le=768_000, description="samples of unchanged source on each side of a region file")
    ] = 0
    form: Annotated[
        Literal["region", "whole"],
        Meta(description="`region`: just the new audio; `whole`: a copy of the file with it spliced in"),
    ] = "region"


def check_timeline(source: Source, form: str) -> None:
    """Raises ValueError where a whole file is asked for, and there are only clips."""
    if source.is_timeline and form == "whole":
        raise ValueError("clips have no file to splice into: with them, `form` is `region`")


class Generate(Composition, frozen=True, kw_only=True):
    """New music for an empty span of the timeline."""

    span: Annotated[Span, Meta(description="counts on the timeline; its rate is the rate of the result")]
    reference: Annotated[
        Source | None, Meta(description="audio to follow; its `start` counts from the start of the span")
    ] = None
    reference_strength: Annotated[Fraction, Meta(description="0: hardly follow it; 1: the reference itself")] = 0.5
    reference_use: Annotated[
        Literal["follow", "timbre"], Meta(description="`timbre`: sound like it, and follow nothing of what it plays")
    ] = "follow"


class Repaint(Placed, frozen=True, kw_only=True):
    """Compose the inside of `span` anew from its surroundings; every other sample of the file stays as it is."""

    source: Annotated[Source, Meta(description="a file, in whose samples `span` counts; or clips")]
    span: Annotated[Span, Meta(description="what is composed anew")]
    strength: Annotated[Fraction, Meta(description="1: all new; towards 0: more of what was there")] = 1.0

    def __post_init__(self) -> None:
        check_timeline(self.source, self.form)


class Extend(Placed, frozen=True, kw_only=True):
    """Continue a clip to the left and/or right."""

    source: Annotated[Source, Meta(description="a file, in whose samples `span` counts; or clips")]
    span: Annotated[Span, Meta(description="the clip that is continued; usually the whole file")]
    left: Annotated[Count, Meta(description="samples of new music before the clip")] = 0
    right: Annotated[Count, Meta(description="samples of new music after it; `left` and `right` may not both be 0")] = 0

    def __post_init__(self) -> None:
        if self.left + self.right == 0:
            raise ValueError("extend needs a length on the left or on the right")
        if self.source.is_timeline and self.left > self.span.start:
            raise ValueError("the extension on the left would begin before the timeline does")
        check_timeline(self.source, self.form)


class Edit(Placed, frozen=True, kw_only=True):
    """The same performance with other words or in another style."""

    source: Annotated[Source, Meta(description="a file, in whose samples `span` counts; or clips")]
    span: Annotated[Span, Meta(description="what is sung or played anew")]
    mode: Annotated[
        Literal["only_lyrics", "remix"], Meta(description="`only_lyrics` keeps the melody, `remix` may change it")
    ] = "only_lyrics"
    source_tags: Annotated[Tags, Meta(description="the style as it is now; `tags` say how it shall be")] = ""
    source_lyrics: Annotated[Lyrics, Meta(description="the words as they are now; `lyrics` are the new ones")] = ""

    def __post_init__(self) -> None:
        check_timeline(self.source, self.form)


class Retake(Job, frozen=True, kw_only=True):
    """A variation of an earlier take."""

    take: Annotated[Path, Meta(description="a WAV that Dawbridge wrote")]
    variance: Annotated[Fraction, Meta(description="0: the same take; 1: nothing of it is left")] = 0.5


class Layer(Placed, frozen=True, kw_only=True):
    """A new stem that fits what the other tracks play."""

    sources: Annotated[tuple[Source, ...], Meta(min_length=1, max_length=256, description="the other tracks")]
    span: Annotated[Span, Meta(description="what the new stem fills; counts on the timeline")]
    role: Annotated[str, Meta(max_length=32, description="drums, bass, …; empty lets the tags decide")] = ""
    form: Annotated[Literal["region"], Meta(description="there is no file to splice it into")] = "region"


class Accompany(Placed, frozen=True, kw_only=True):
    """A full backing for a vocal or solo."""

    sources: Annotated[tuple[Source, ...], Meta(min_length=1, max_length=256, description="the vocal or solo")]
    span: Annotated[Span, Meta(description="what the backing fills; counts on the timeline")]
    form: Annotated[Literal["region"], Meta(description="there is no file to splice it into")] = "region"


class Separate(Job, frozen=True, kw_only=True):
    """Take one stem out of a mix."""

    source: Annotated[Source, Meta(description="the mix: a file, in whose samples `span` counts; or clips")]
    span: Annotated[Span, Meta(description="the part of it that is wanted")]
    role: Annotated[str, Meta(min_length=1, max_length=32, description="the stem to take out: vocals, drums, …")]


class Again(Job, frozen=True, kw_only=True):
    """Make a take anew from the recipe inside it; the same seed gives the same audio."""

    take: Annotated[Path, Meta(description="a WAV that Dawbridge wrote")]
    refine: Annotated[
        bool, Meta(description="of a draft: the same seed and noise in all the steps that a draft leaves out")
    ] = False


class Hello(Ask, frozen=True, kw_only=True):
    """Say who you are, and ask for the events that you missed; `welcome` answers."""

    after: Annotated[
        int, Meta(ge=-1, le=2**53 - 1, description="`seq` of the last event you have; 0 for all, -1 for none")
    ] = -1
    watch: Annotated[Literal["mine", "all"], Meta(description="events of your own jobs, or of everybody's")] = "mine"


class Cancel(Ask, frozen=True, kw_only=True):
    """Stop a job. Answered at once; `cancelled` follows when the engine has let go."""

    job: Annotated[JobId, Meta(description="the one to stop")]


class Retry(Ask, frozen=True, kw_only=True):
    """Put a failed or cancelled job back into the queue."""

    job: Annotated[JobId, Meta(description="the one to run again, under its old id")]


class Choose(Ask, frozen=True, kw_only=True):
    """Keep one take of a job; the client that owns the job is told to `place` it."""

    job: Annotated[JobId, Meta(description="the one that made the take")]
    number: Annotated[int, Meta(ge=1, le=8, description="the take's `number`")]
    client: Annotated[
        OwnerName, Meta(description="who is told to `place` it; empty for the client that owns the job")
    ] = ""


class List(Ask, frozen=True, kw_only=True):
    """Jobs, or takes of a project, newest first; `listing` answers."""

    what: Annotated[Literal["jobs", "takes"], Meta(description="what to list")] = "jobs"
    project: Annotated[Folder, Meta(description="takes of this project only; empty for all")] = ""
    limit: Annotated[int, Meta(ge=1, le=1_000, description="as many as this at the most")] = 100


class Move(Ask, frozen=True, kw_only=True):
    """Change the order of the queue: what was moved, and all that waits before it, runs in that order."""

    job: Annotated[JobId, Meta(description="one that waits; any other stays as it is")]
    position: Annotated[
        int, Meta(ge=0, le=100_000, description="how many waiting jobs go before it; 0: it is next")
    ] = 0


class Load(Ask, frozen=True, kw_only=True):
    """Bring a model into the engine's memory now, so that the first job need not wait; `models` tells how it goes."""

    backend: Annotated[str, Meta(max_length=64, description="whose model, by name; empty for the default")] = ""


class Unload(Ask, frozen=True, kw_only=True):
    """Free the engine's memory once the running job has ended; a load that is on its way is stopped."""

    backend: Annotated[str, Meta(max_length=64, description="whose model, by name; empty for all")] = ""


class Panel(Ask, frozen=True, kw_only=True):
    """Ask for a link that lets a browser on this machine into the panel, once; `panel_link` answers.

    With `span` or `source`, the page opens on that region of yours, and a take that is chosen there is yours to place.
    """

    page: Annotated[
        Literal["any", "audition", "lyrics", "studio", "queue", "history", "engine"],
        Meta(description="what it opens on; `any`: what suits the job or region, else its front page"),
    ] = "any"
    job: Annotated[JobId | None, Meta(description="whose takes are to be heard")] = None
    source: Annotated[Source | None, Meta(description="what the region plays: a file or clips")] = None
    span: Annotated[Span | None, Meta(description="the region; counts as in a `repaint` of that source")] = None
    timeline: Annotated[
        Count | None,
        Meta(description="where the span's first sample lies on the timeline, at its rate; absent for `span.start`"),
    ] = None
    project: Annotated[Folder, Meta(description="absolute path of the saved project's folder; empty if unsaved")] = ""
    music: Annotated[Music, Meta(description="tempo, meter and key of the project at the span")] = Music()
    tags: Tags = ""
    lyrics: Annotated[Lyrics, Meta(description="the words of the region, as they are now")] = ""
    language: Language = ""

    def __post_init__(self) -> None:
        if self.source is not None and self.span is None:
            raise ValueError("a `source` without a `span` is no region")


class Ack(Ask, frozen=True, kw_only=True):
    """OSC only: the event `seq` has arrived and need not be sent again."""

    seq: Annotated[int, Meta(ge=1, le=2**53 - 1, description="of the event that has arrived")]


class Stop(Ask, frozen=True, kw_only=True):
    """Ask the bridge to stop. Running jobs go on after the next start."""


JobRequest = Generate | Repaint | Extend | Edit | Retake | Layer | Accompany | Separate | Again
AskRequest = Hello | Cancel | Retry | Choose | List | Move | Load | Unload | Panel | Ack | Stop
Request = JobRequest | AskRequest
