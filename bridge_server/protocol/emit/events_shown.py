"""Real events, each with the least it needs and with every field away from its default."""

from msgspec import Struct

from bridge_server.protocol import VERSION
from bridge_server.protocol import events as told
from bridge_server.protocol.emit.requests_shown import BAR, JOB, LARGEST_SEED, OTHER
from bridge_server.protocol.errors import ERRORS, Problem
from bridge_server.protocol.values import (
    AbsentBackend,
    Capabilities,
    Fade,
    HeldModel,
    Loudness,
    Midi,
    Part,
    Stem,
    Take,
)

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
    loads=True,
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
    told.JobLine(
        job=OTHER,
        client="reaper",
        task="layer",
        state="queued",
        created=1_767_225_600.25,
        backend="sketch",
        variants=3,
        position=0,
    ),
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
    told.JobLine(
        job="5b1e77aa-extend",
        client="ardour",
        task="extend",
        state="running",
        created=1_767_225_601.0,
        fraction=0.25,
        started=1_767_225_602.5,
        stage="composing, step 7 of 27",
    ),
)
MODELS = (
    HeldModel(backend="ace-step-1.5", state="loading"),
    HeldModel(backend="ace-step-v1", state="loaded", device="cuda", bytes=8_053_063_680, free=16_106_127_360),
    HeldModel(backend="ace-step-1.5-turbo", state="loading", fraction=0.5, stage="loading"),
    HeldModel(backend="ace-step-1.5-base", state="failed", problem=LOST),
)

PANEL = "http://127.0.0.1:39953/enter?token=eW91LWhhdmUtcmVhZC10aGUtZXhhbXBsZQ"

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
            models=MODELS,
        ),
    ),
    (told.Listing(), told.Listing(id="5", jobs=LINES, takes=(LEAST_TAKE,))),
    (told.PanelLink(url=PANEL), told.PanelLink(id="11", url=PANEL)),
    (told.EngineChanged(state="ready"), told.EngineChanged(state="down", problem=LOST)),
    (told.ModelsChanged(), told.ModelsChanged(models=MODELS)),
    (told.QueueChanged(), told.QueueChanged(jobs=(OTHER, JOB))),
]
