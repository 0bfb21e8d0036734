"""Reads Live's object model: clips in its raw values, tempo, meter, key, section. Changes nothing.

Properties that do not apply to an object raise in Live, so everything is read through `get`. Collections are Live's own
vectors: they are walked, never searched, and objects are compared with `==`.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

from .texts import say
from .wishes import Refusal

KEYS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
SCALES = {"Major": " major", "Minor": " minor"}
METERS = (1, 2, 4, 8, 16)
LOWEST_BPM, HIGHEST_BPM = 20, 400
MOST_SECTION = 64
USUAL_RATE = 48_000
CLIPS_A_STEP = 32
SILENT_DB = -120.0


def get(thing: Any, name: str, default: Any = None) -> Any:
    """A property, or `default` where Live has none for this kind of thing."""
    try:
        return getattr(thing, name)
    except (AttributeError, RuntimeError, TypeError, ValueError):
        return default


def is_alive(thing: Any) -> bool:
    """False for an object that was deleted in Live since."""
    return thing is not None and get(thing, "name") is not None


def project_of(song: Any) -> str:
    """The folder of the saved set; empty while it is unsaved, and in a Live that does not tell."""
    path = get(song, "file_path", "") or ""
    return str(Path(path).parent) if path else ""


def bar_beats(song: Any) -> float:
    """Quarter notes in a bar: 3.0 in 6/8."""
    return float(song.signature_numerator) * 4 / float(song.signature_denominator)


def tempo_varies(song: Any) -> bool:
    """Whether the tempo is automated; Live tells no script how."""
    mixer = get(get(song, "master_track"), "mixer_device")
    return bool(get(get(mixer, "song_tempo"), "automation_state", 0))


def samples(beats: float, tempo: float, rate: int) -> int:
    return round(beats * 60.0 / tempo * rate)


def music_at(song: Any, beat: float, rate: int) -> dict[str, Any]:
    """What the set says about tempo, meter, key and section where the range starts."""
    tempo = float(song.tempo)
    numerator, denominator = int(song.signature_numerator), int(song.signature_denominator)
    music: dict[str, Any] = {}
    if LOWEST_BPM <= tempo <= HIGHEST_BPM:
        music["bpm"] = tempo
    if 1 <= numerator <= 32 and denominator in METERS:
        music["meter"] = f"{numerator}/{denominator}"
    phase = beat % bar_beats(song)
    music["since_bar"] = samples(phase, tempo, rate)
    if get(song, "scale_mode", False) and get(song, "scale_name") in SCALES:
        music["key"] = KEYS[int(song.root_note) % 12] + SCALES[song.scale_name]
    section = section_at(song, beat)
    if section:
        music["section"] = section[:MOST_SECTION]
    return music


def section_at(song: Any, beat: float) -> str:
    """The name of the last locator at or before the beat. Live lists them in the order in which they were made."""
    before = [(float(cue.time), str(cue.name)) for cue in get(song, "cue_points", ()) if float(cue.time) <= beat + 1e-6]
    return max(before)[1] if before else ""


def bars(song: Any, start: float, end: float) -> str:
    """A range as Live's ruler shows it."""
    width = bar_beats(song)
    first, last = start / width, end / width
    if abs(first - round(first)) < 1e-3 and abs(last - round(last)) < 1e-3:
        return f"bars {round(first) + 1}–{round(last) + 1}"
    return f"beats {start:.4g}–{end:.4g}"


def gain_db(clip: Any) -> float:
    """The clip's gain from the text that Live shows, because its number follows no law that is told."""
    # [U gain-text] such as "-6.0 dB" or "-inf dB", in every language of Live.
    text = str(get(clip, "gain_display_string", "") or "")
    match = re.search(r"-?\d+(?:[.,]\d+)?", text.replace("−", "-"))
    if match:
        return max(SILENT_DB, min(40.0, float(match.group(0).replace(",", "."))))
    return SILENT_DB if "inf" in text.lower() else 0.0


def live_clip(clip: Any, tempo: float) -> dict[str, Any]:
    """An audio clip of the arrangement in Live's own values; the bridge does the arithmetic. Raises Refusal."""
    path = str(get(clip, "file_path", "") or "")
    if get(clip, "is_recording", False):
        raise Refusal(say("recording_clip"))
    if not path or not Path(path).is_file():
        raise Refusal(say("offline", path=path or str(get(clip, "name", ""))))
    found = {
        "path": path,
        "start_time": float(clip.start_time),
        "end_time": float(clip.end_time),
        "loop_start": float(clip.loop_start),
        "loop_end": float(clip.loop_end),
        "start_marker": float(clip.start_marker),
        "end_marker": float(clip.end_marker),
        "looping": bool(clip.looping),
        "warping": bool(clip.warping),
        "warp_mode": int(get(clip, "warp_mode", 0)),
        "pitch_coarse": float(clip.pitch_coarse),
        "pitch_fine": float(clip.pitch_fine),
        "gain_db": gain_db(clip),
        "muted": bool(clip.muted),
        "sample_length": int(clip.sample_length),
        "sample_rate": float(clip.sample_rate),
        "tempo": tempo,
    }
    markers = [[float(marker.sample_time), float(marker.beat_time)] for marker in get(clip, "warp_markers", ())]
    if found["warping"] and markers:
        found["warp_markers"] = markers
    return found


def overlapping(track: Any, start: float, end: float) -> Generator[None, None, list[Any]]:
    """Clips of a track that reach into `[start, end)` beats, in the order of time. Yields every few clips."""
    found = []
    for count, clip in enumerate(get(track, "arrangement_clips", ()), start=1):
        if clip.start_time < end and clip.end_time > start:
            found.append(clip)
        if count % CLIPS_A_STEP == 0:
            yield
    return sorted(found, key=lambda clip: float(clip.start_time))


def rate_of(clips: list[Any]) -> int:
    """The sample rate that the most of the clips have; scripts are not told that of the set."""
    rates = [int(get(clip, "sample_rate", 0) or 0) for clip in clips if get(clip, "is_audio_clip", False)]
    rates = [rate for rate in rates if rate > 0]
    return max(sorted(set(rates)), key=rates.count) if rates else USUAL_RATE
