"""What the scripts tell the bridge about items, and what the bridge makes of it, against what REAPER would play."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge_server.region.sources import open_source, read_source
from tests.daw.conftest import Song

MakeSong = Callable[..., Song]
RATE = 48_000
FIRST, LAST = 3 * RATE, 5 * RATE

LISTEN = """
function(reaper, track, rate, channels, first, last, path)
  local accessor, array = reaper.CreateTrackAudioAccessor(track), reaper.new_array(1000 * channels)
  local file = io.open(path, "wb")
  for at = first, last - 1, 1000 do
    local count = math.min(1000, last - at) * channels
    array.clear()
    reaper.GetAudioAccessorSamples(accessor, rate, channels, at / rate, count // channels, array)
    file:write(string.pack("<" .. ("d"):rep(count), table.unpack(array.table(1, count))))
  end
  file:close()
  reaper.DestroyAudioAccessor(accessor)
end
"""


def played(song: Song, first: int, last: int) -> np.ndarray:
    """What the fake REAPER plays on the song's track, (C, T)."""
    path = song.studio.folder / "played"
    song.studio.runtime.eval(LISTEN)(song.studio.fake.reaper, song.track, RATE, 2, first, last, str(path))
    return np.fromfile(path).reshape(-1, 2).T.astype(np.float32)


def random_item(song: Song, dice: random.Random, position: int, length: int) -> None:
    """An item of noise that lies on whole samples, with an offset, volumes, fades, loop, section, direction."""
    studio, frames = song.studio, dice.randint(RATE // 4, 2 * RATE)
    path = studio.folder / f"item {position}.wav"
    channels = dice.choice((1, 2))
    noise = np.random.default_rng(position).uniform(-0.5, 0.5, (frames, channels)).astype(np.float32)
    soundfile.write(path, noise, RATE, subtype="FLOAT")
    source = studio.world.add_source(str(path), studio.table())
    if dice.random() < 0.5:
        start = dice.randint(0, frames // 2)
        source = studio.world.add_section(
            source, start / RATE, dice.randint(frames // 4, frames - start) / RATE, dice.random() < 0.5
        )
    loops = dice.choice((0, 1))
    studio.item(
        song.track,
        path,
        source,
        D_POSITION=position / RATE,
        D_LENGTH=length / RATE,
        D_STARTOFFS=dice.randint(-RATE // 4, 3 * RATE if loops else RATE // 4) / RATE,
        B_LOOPSRC=loops,
        D_VOL=dice.choice((1.0, 0.5, 1.7)),
        take_volume=dice.choice((1.0, 0.7)),
        D_FADEINLEN=dice.choice((0.0, 0.05)),
        D_FADEINLEN_AUTO=dice.choice((0.0, 0.08)) if loops else 0.0,
        D_FADEOUTLEN_AUTO=dice.choice((0.0, 0.1)) if loops else 0.0,
    )


def told(song: Song) -> Any:
    """The source that the repaint of seconds 3 to 5 names."""
    song.studio.select(song.project, FIRST / RATE, LAST / RATE)
    return song.ask("", "", "1", "1", "")


@pytest.mark.parametrize("seed", range(16))
def test_the_bridge_reads_what_reaper_plays(make_song: MakeSong, seed: int):
    dice = random.Random(seed)
    song = make_song()
    song.studio.world.remove(song.track["items"], song.item)
    # The first item reaches into the selection, the others follow edge to edge.
    position = FIRST - dice.randint(1, RATE)
    while position < LAST:
        length = dice.randint(RATE // 2, RATE)
        random_item(song, dice, position, length)
        position += length
    request = told(song)
    # Where a fade is cut by silence, REAPER is listened to instead; either way the bridge hears the same.
    audio = open_source(request.source, request.span, 0)
    heard = read_source(audio, request.span.start, request.span.end).between(request.span.start, request.span.end)
    expected = played(song, FIRST, LAST)
    if heard.shape[0] == 1:
        heard = np.repeat(heard, 2, axis=0)
    np.testing.assert_allclose(heard, expected, atol=2e-4)
    assert (request.timeline, request.span.length, request.span.rate) == (FIRST, LAST - FIRST, RATE)


def test_most_arrangements_need_no_listening(make_song: MakeSong):
    song = make_song()
    song.studio.world.remove(song.track["items"], song.item)
    for position in (FIRST, FIRST + RATE):
        song.studio.item(song.track, song.path, D_POSITION=position / RATE, D_LENGTH=1.0, D_FADEINLEN=0.1)
    assert [clip.fade_in for clip in told(song).source.clips] == [4_800, 4_800]
