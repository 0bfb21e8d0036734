"""Real instances of every message: the page shows them, and all languages are tested on them.

Each message comes twice: with the least it needs, and with every field away from its default.
"""

from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from bridge_server.protocol import VERSION
from bridge_server.protocol import events as told
from bridge_server.protocol import requests as asked
from bridge_server.protocol.emit.contract import word
from bridge_server.protocol.errors import ERRORS, Problem
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import (
    AbsentBackend,
    Capabilities,
    Change,
    Clip,
    Fade,
    LiveClip,
    Lora,
    Loudness,
    Midi,
    Music,
    Part,
    Sampling,
    Source,
    Stem,
    Take,
)

LARGEST_SEED = 2**53 - 1
JOB = "3f2a9c01-repaint"
OTHER = "b7e05d44_layer"


@dataclass(frozen=True)
class Example:
    """`kind` is request or event, `form` minimal or full."""

    kind: str
    form: str
    message: Struct

    @property
    def name(self) -> str:
        return f"{self.kind}.{word(type(self.message))}.{self.form}"


BAR = Span(96_000, 192_000, 48_000)
GUITAR = Source(path="/music/Song/audio/guitar.wav")
DRUMS = Source(path='C:\\Musik\\Übung "eins"\\drums.wav', start=-24_000, gain_db=-6.5)
"""A Windows path with quotes and an umlaut: what escaping gets wrong first."""

CLIPS = Source(
    clips=(
        Clip(path=GUITAR.path, start=0, length=480_000),
        Clip(
            path=DRUMS.path,
            start=-48_000,
            length=960_000,
            offset=-0.25,
            playrate=1.0625,
            keep_pitch=False,
            semitones=-2.5,
            gain_db=-3.5,
            file_channel=2,
            channel=1,
            loop_start=1.5,
            loop_end=9.5,
            reversed=True,
            fade_in=480,
            fade_out=4_800,
        ),
    ),
    gain_db=-1.5,
)
LIVE = Source(
    live_clips=(
        LiveClip(
            path=GUITAR.path,
            start_time=0.0,
            end_time=16.0,
            loop_start=0.0,
            loop_end=8.0,
            sample_length=384_000,
            sample_rate=48_000.0,
            tempo=120.0,
        ),
        LiveClip(
            path="/Volumes/Samples/Größe.aif",
            start_time=16.0,
            end_time=40.0,
            loop_start=2.0,
            loop_end=8.0,
            start_marker=0.5,
            end_marker=8.5,
            looping=True,
            warping=True,
            warp_mode=4,
            pitch_coarse=-3.0,
            pitch_fine=12.5,
            gain_db=2.5,
            muted=True,
            sample_length=220_500,
            sample_rate=44_100.0,
            warp_markers=((0.0, 0.0), (2.0, 4.0), (5.0, 8.0), (5.015625, 8.03125)),
            tempo=97.5,
        ),
    ),
)

WORK: dict[str, Any] = {
    "project": "/music/Song",
    "folder": "/music/Song/Dawbridge",
    "backend": "sketch",
    "seed": LARGEST_SEED,
    "variants": 2,
    "sample_format": "float32",
    "channels": 1,
    "timeline": 480_000,
}
SAMPLING = Sampling(
    infer_step=27,
    guidance_scale=7.5,
    scheduler_type="pingpong",
    cfg_type="cfg_star",
    omega_scale=-10.5,
    guidance_interval=0.75,
    guidance_interval_decay=0.25,
    min_guidance_scale=2.5,
    use_erg_tag=False,
    use_erg_lyric=False,
    use_erg_diffusion=True,
    oss_steps=(16, 29, 52),
    guidance_scale_text=5.5,
    guidance_scale_lyric=1.5,
    edit_n_min=0.125,
    edit_n_max=0.875,
    edit_n_avg=2,
    compatible=True,
    batch=True,
)
COMPOSED: dict[str, Any] = {
    **WORK,
    "tags": "lofi, rhodes, brushed drums",
    "lyrics": "[verse]\nMorgenrot – 夜明け 🎵\n",
    "music": Music(
        bpm=82.5,
        meter="6/8",
        key="F# minor",
        since_bar=1_234,
        section="Verse 1",
        chords="Am | F G | C/E . . G7 | %",
        changes=(Change(at=24_000, bpm=90.0, ramp=True), Change(at=48_000, bpm=97.5, meter="3/4")),
    ),
    "language": "de",
    "sampling": SAMPLING,
    "loras": (
        Lora(path="/models/rap/pytorch_lora_weights.safetensors"),
        Lora(path="C:\\LoRAs\\Süß", weight=-0.5, honour_metadata=True),
    ),
    "preview": True,
    "draft": True,
}
PLACED: dict[str, Any] = {**COMPOSED, "match_loudness": False, "handles": 4_800}
WHOLE: dict[str, Any] = {**PLACED, "form": "whole"}

REQUESTS: list[tuple[Struct, Struct]] = [
    (
        asked.Generate(job=JOB, span=BAR),
        asked.Generate(job=JOB, span=BAR, reference=DRUMS, reference_strength=0.25, reference_use="timbre", **COMPOSED),
    ),
    (
        asked.Repaint(job=JOB, source=GUITAR, span=BAR),
        asked.Repaint(job=JOB, source=DRUMS, span=BAR, strength=0.75, **WHOLE),
    ),
    (
        asked.Extend(job=JOB, source=GUITAR, span=BAR, right=96_000),
        asked.Extend(job=JOB, source=DRUMS, span=BAR, left=48_000, right=2**40, **WHOLE),
    ),
    (
        asked.Edit(job=JOB, source=GUITAR, span=BAR),
        asked.Edit(job=JOB, source=DRUMS, span=BAR, mode="remix", source_tags="rock", source_lyrics="la la", **WHOLE),
    ),
    (
        asked.Retake(job=JOB, take="/music/Song/Dawbridge/b7e05d44_layer/take-1.wav"),
        asked.Retake(job=JOB, take="/music/Song/Dawbridge/b7e05d44_layer/take-1.wav", variance=0.125, **WORK),
    ),
    (
        asked.Layer(job=OTHER, sources=(GUITAR,), span=BAR),
        asked.Layer(job=OTHER, sources=(GUITAR, DRUMS, CLIPS, LIVE), span=BAR, role="bass", **PLACED),
    ),
    (
        asked.Accompany(job=OTHER, sources=(GUITAR,), span=BAR),
        asked.Accompany(job=OTHER, sources=(GUITAR, DRUMS), span=BAR, **PLACED),
    ),
    (
        asked.Separate(job=OTHER, source=GUITAR, span=BAR, role="vocals"),
        asked.Separate(job=OTHER, source=CLIPS, span=BAR, role="vocals", **WORK),
    ),
    (
        asked.Again(job=OTHER, take="/music/Song/Dawbridge/3f2a9c01-repaint/take-1.wav"),
        asked.Again(job=OTHER, take="/music/Song/Dawbridge/3f2a9c01-repaint/take-1.wav", refine=True, **WORK),
    ),
    (asked.Hello(id="1"), asked.Hello(id="1", after=0, watch="all")),
    (asked.Cancel(id="2", job=JOB), asked.Cancel(id="A-2.b_c", job=JOB)),
    (asked.Retry(id="3", job=JOB), asked.Retry(id="3", job=OTHER)),
    (asked.Choose(id="4", job=JOB, number=1), asked.Choose(id="4", job=JOB, number=8)),
    (asked.List(id="5"), asked.List(id="5", what="takes", project="/music/Song", limit=1_000)),
    (asked.Ack(id="6", seq=1), asked.Ack(id="6", seq=4_294_967_296)),
    (asked.Stop(id="7"), asked.Stop(id="7")),
]  # fmt: skip

FOLDER = f"/music/Song/Dawbridge/{JOB}"
LEAST_PART = Part(path=f"{FOLDER}/take-1.wav", samples=96_000, span=BAR, timeline=480_000)
PART = Part(
    path=f"{FOLDER}/take-2.wav",
    samples=105_600,
    span=BAR,
    timeline=475_200,
    handles=(4_800, 4_800),
    side="right",
    fade=Fade(in_samples=480, out_samples=960),
    loudness=Loudness(before=-18.5, surroundings=-17.25, after=-17.5, gain_db=2.75),
    stems=(Stem(role="drums", path=f"{FOLDER}/take-2.stems/drums.wav"),),
    midi=(Midi(role="drums", path=f"{FOLDER}/take-2.midi/drums.mid", timeline=480_000),),
)
LEAST_TAKE = Take(
    job=JOB,
    number=1,
    path=LEAST_PART.path,
    seed=7,
    sample_rate=48_000,
    samples=LEAST_PART.samples,
    channels=2,
    span=BAR,
    backend="sketch",
    parts=(LEAST_PART,),
)
TAKE = Take(
    job=JOB,
    number=2,
    path=PART.path,
    seed=LARGEST_SEED,
    sample_rate=48_000,
    samples=PART.samples,
    channels=2,
    span=BAR,
    backend="sketch",
    parts=(PART,),
    latents=f"{FOLDER}/take-2.latents.safetensors",
    notes=("key heard: D major", "tag not known: „vaporwave“"),
    chosen=True,
)


def _problem(code: str, message: str) -> Problem:
    return Problem(code=code, message=message, hint=ERRORS[code].default_hint)


BEYOND = _problem("bad_span", "The span ends at sample 192,000, but guitar.wav has only 150,000.")
LOST = _problem("engine_lost", "The engine died twice on this job.")
LEAST_BACKEND = Capabilities(
    backend="sketch", model="sketch 1", about="A rule-based arranger; no AI.", tasks=("repaint",), sample_rate=48_000
)
BACKEND = Capabilities(
    backend="ace-step-v1",
    model="ACE-Step v1 3.5B",
    about="A music model that runs on this computer; this is AI.",
    tasks=("generate", "repaint", "extend", "edit"),
    sample_rate=44_100,
    channels=1,
    lyrics=True,
    languages=("en", "de", "ja"),
    roles=("drums", "bass", "vocals"),
    context_seconds=20.5,
    min_seconds=1.5,
    max_seconds=180.5,
    max_bytes=8_589_934_592,
    settings=("infer_step", "loras"),
)
ABSENT = AbsentBackend(
    backend="ace-step-1.5",
    tasks=("separate", "layer"),
    problem=Problem(code="unknown_backend", message="Its model is not here.", hint="`dawbridge models list`"),
)
LINES = (
    told.JobLine(job=OTHER, client="reaper", task="layer", state="queued", created=1_767_225_600.25),
    told.JobLine(
        job=JOB,
        client="reaper",
        task="repaint",
        state="failed",
        created=1_767_225_599.5,
        project="/music/Song",
        tags="rock",
        span=BAR,
        fraction=0.5,
        error=LOST,
    ),
)

EVENTS: list[tuple[Struct, Struct]] = [
    (told.Accepted(job=JOB), told.Accepted(job=JOB, seq=41, position=2, backend="sketch")),
    (told.Started(job=JOB), told.Started(job=JOB, seq=42, attempt=2)),
    (told.Progress(job=JOB), told.Progress(job=JOB, fraction=0.375, stage="rendering 2 of 3")),
    (told.TakeReady(job=JOB, take=LEAST_TAKE), told.TakeReady(job=JOB, seq=43, take=TAKE)),
    (
        told.Preview(job=JOB, number=1, path=f"{FOLDER}/preview-1.wav"),
        told.Preview(job=JOB, seq=43, number=2, path=f"{FOLDER}/preview-2.wav"),
    ),
    (told.Done(job=JOB), told.Done(job=JOB, seq=45, takes=(LEAST_TAKE, TAKE), seconds=3.5)),
    (told.Failed(job=JOB, error=BEYOND), told.Failed(job=JOB, seq=45, error=LOST)),
    (told.Cancelled(job=JOB), told.Cancelled(job=JOB, seq=45)),
    (told.Place(job=JOB, take=LEAST_TAKE), told.Place(job=JOB, seq=46, take=TAKE)),
    (told.Refused(error=BEYOND), told.Refused(id="2", job=JOB, error=BEYOND)),
    (told.Ok(), told.Ok(id="2")),
    (
        told.Welcome(version=VERSION, release="0.1.0", engine="starting"),
        told.Welcome(
            id="1",
            version=VERSION,
            release="0.1.0",
            engine="down",
            seq=46,
            engine_problem=LOST,
            backends=(LEAST_BACKEND, BACKEND),
            default_backend="sketch",
            absent=(ABSENT,),
        ),
    ),
    (told.Listing(), told.Listing(id="5", jobs=LINES, takes=(LEAST_TAKE,))),
    (told.EngineChanged(state="ready"), told.EngineChanged(state="down", problem=LOST)),
]


def examples() -> list[Example]:
    """All of them, requests first, in the order of the page."""
    return [
        Example(kind, form, message)
        for kind, pairs in (("request", REQUESTS), ("event", EVENTS))
        for pair in pairs
        for form, message in zip(("minimal", "full"), pair, strict=True)
    ]
