"""Real requests, each with the least it needs and with every field away from its default."""

from typing import Any

from msgspec import Struct

from bridge_server.protocol import requests as asked
from bridge_server.protocol.span import Span
from bridge_server.protocol.values import Change, Clip, LiveClip, Lora, Music, Sampling, Source

LARGEST_SEED = 2**53 - 1
JOB = "3f2a9c01-repaint"
OTHER = "b7e05d44_layer"

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
    (asked.Choose(id="4", job=JOB, number=1), asked.Choose(id="4", job=JOB, number=8, client="reaper")),
    (asked.List(id="5"), asked.List(id="5", what="takes", project="/music/Song", limit=1_000)),
    (asked.Move(id="8", job=JOB), asked.Move(id="8", job=OTHER, position=2)),
    (asked.Load(id="9"), asked.Load(id="9", backend="ace-step-v1")),
    (asked.Unload(id="10"), asked.Unload(id="10", backend="ace-step-v1")),
    (
        asked.Panel(id="11"),
        asked.Panel(
            id="11",
            page="lyrics",
            job=JOB,
            source=CLIPS,
            span=BAR,
            timeline=480_000,
            project="/music/Song",
            music=COMPOSED["music"],
            tags=COMPOSED["tags"],
            lyrics=COMPOSED["lyrics"],
            language="de",
        ),
    ),
    (asked.Ack(id="6", seq=1), asked.Ack(id="6", seq=4_294_967_296)),
    (asked.Stop(id="7"), asked.Stop(id="7")),
]  # fmt: skip
