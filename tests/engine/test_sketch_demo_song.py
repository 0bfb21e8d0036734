"""The song that ships with the project is what our code renders."""

import json
from pathlib import Path

import numpy as np
import soundfile

import bridge_server.demo
from engine.sketch import demo_song

FOLDER = Path(bridge_server.demo.__file__).parent / "song"


def test_the_song_in_the_package_is_the_one_the_code_makes(tmp_path: Path) -> None:
    demo_song.write(tmp_path)
    facts = json.loads((FOLDER / "song.json").read_text("utf-8"))
    assert facts == json.loads((tmp_path / "song.json").read_text("utf-8"))
    beats = int(facts["meter"].split("/")[0])
    samples = round(facts["bars"] * beats * 60 / facts["bpm"] * facts["rate"])
    assert len(facts["stems"]) == 4
    for stem in facts["stems"]:
        shipped, rate = soundfile.read(FOLDER / stem["file"])
        made, _ = soundfile.read(tmp_path / stem["file"])
        assert (rate, shipped.shape) == (facts["rate"], (samples, 2))
        assert (FOLDER / stem["file"]).stat().st_size < 1_000_000
        assert np.abs(shipped).max() > 0.05
        assert np.abs(shipped - made).max() < 0.01, "run: python -m engine.sketch.demo_song bridge_server/demo/song"


def test_the_song_is_pleasant_on_paper() -> None:
    song = demo_song.song()
    assert song.key.name == "D minor"
    assert song.sections[-1].name == "ending"
    assert {part.role for part in song.parts} == {"drums", "bass", "keys", "lead"}
    assert [chord.root for chord in song.chords] == [root for root, _ in demo_song.PROGRESSION]
    assert all(len(part.notes) > 8 for part in song.parts)
