"""Switching without a gap: every sample that the page sends to the loudspeakers is what bed and take predict."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.conftest import make_tone
from tests.end_to_end.process import BridgeProcess
from tests.panel.browser import Tab, playwright_api
from tests.panel.recorder import listen_in, recorded
from tests.panel.songs import repaint, run, song_file

Samples = NDArray[np.float64]

BLOCK = 128
EXACT = 2e-6
"""What additions in 32-bit float may differ by from those in 64."""


@dataclass(frozen=True)
class Heard:
    """All tracks of an audition, (2, T) each, and where the page loops."""

    rate: int
    bed: Samples
    tracks: dict[str, Samples]
    start: int
    end: int
    lufs: dict[str, float]

    @property
    def switch(self) -> int:
        """Frames of a switch: 5 ms."""
        return int(0.005 * self.rate + 0.5)

    @property
    def jump(self) -> int:
        """Frames of the fade where the loop goes back: 2 ms."""
        return int(0.002 * self.rate + 0.5)


@pytest.fixture(scope="module")
def job(request: pytest.FixtureRequest, bridge: BridgeProcess, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Three takes of 1.5 seconds, a second into a song; `request.param` is its rate."""
    rate = getattr(request, "param", 48_000)
    song = song_file(tmp_path_factory.mktemp("music") / "Song", seconds=5.0, rate=rate)
    asked = repaint(song, 1.0, 2.5)
    run(bridge, asked)
    return asked.job


@pytest.fixture
def ready(open_tab: Callable[..., Tab], job: str) -> Tab:
    tab = open_tab(prepare=listen_in, with_policy=False, page="audition", job=job)
    tab.page.wait_for_selector(".board[aria-busy=false]")
    return tab


def fetch(tab: Tab, job: str) -> Heard:
    """The same files that the page plays, read by another library."""
    address = tab.page.url.split("/#")[0]
    told = tab.page.request.get(f"{address}/api/audition?job={job}&around=4").json()

    def sound(url: str) -> Samples:
        samples, rate = soundfile.read(io.BytesIO(tab.page.request.get(address + url).body()), always_2d=True)
        assert rate == told["rate"]
        assert len(samples) == told["frames"]
        return samples.T

    takes = {str(take["number"]): take for take in told["takes"]}
    stems = {f"{key} {stem['role']}": stem for key, take in takes.items() for stem in take["stems"]}
    tracks = {"0": told["original"], **takes, **stems}
    return Heard(
        rate=told["rate"],
        bed=sound(told["bed"]["url"]),
        tracks={key: sound(track["url"]) for key, track in tracks.items()},
        start=told["span"]["start"],
        end=told["span"]["end"],
        lufs={key: track.get("lufs") for key, track in tracks.items()},
    )


def path_of_head(heard: Heard, samples: int, from_: int = 0) -> NDArray[np.int64]:
    """Where the head is, sample by sample: on to the end of the region, and round and round in it."""
    length = heard.end - heard.start
    along = from_ + np.arange(samples)
    return np.where(along < heard.end, along, heard.start + (along - heard.end) % length)


def reading(heard: Heard, sound: Samples, samples: int, from_: int = 0) -> Samples:
    """One track along the path of the head; where the loop goes back, what follows its end fades out underneath."""
    head = path_of_head(heard, samples, from_)
    out = sound[:, head]
    for back in range(heard.end - from_, samples, heard.end - heard.start):
        count = min(heard.jump, samples - back)
        old = (heard.jump - np.arange(count)) / heard.jump
        out[:, back : back + count] += old * (
            sound[:, heard.end : heard.end + count] - sound[:, heard.start : heard.start + count]
        )
    return out


def gain_of(key: str, switches: list[tuple[int, str]], samples: int, frames: int) -> NDArray[np.float64]:
    """1 while it is heard; straight lines of `frames` samples from there to silence and back."""
    line = np.zeros(samples)
    for (at, now), (_, before) in zip(switches[1:], switches, strict=False):
        ramp = np.clip((np.arange(samples - at) + 1) / frames, 0, 1)
        line[at:] = ramp if now == key else (1 - ramp if before == key else 0.0)
    if switches[0][1] == key:
        end = switches[1][0] if len(switches) > 1 else samples
        line[:end] = 1.0
    return line


def find_switches(mix: dict[str, Samples], played: Samples, from_: int) -> list[tuple[int, str]]:
    """Which track is heard from which block on. A block inside a switch is like none of them."""
    found: list[tuple[int, str]] = []
    last_like = from_
    for at in range(from_, played.shape[1] - BLOCK, BLOCK):
        block = slice(at, at + BLOCK)
        like = [key for key, sound in mix.items() if np.abs(played[:, block] - sound[:, block]).max() < EXACT]
        if not like or (found and found[-1][1] in like):
            last_like = at + BLOCK if like else last_like
            continue
        if len(like) == 1:
            found.append((last_like if found else 0, like[0]))
            last_like = at + BLOCK
    return found


def trim(sound: NDArray[np.float32]) -> Samples:
    """From the block in which the playing began to that in which it ended."""
    blocks = np.flatnonzero(np.abs(sound).reshape(2, -1, BLOCK).max(axis=(0, 2)))
    return sound[:, blocks[0] * BLOCK : (blocks[-1] + 1) * BLOCK].astype(np.float64)


def play(tab: Tab, *keys: str, each_ms: int = 450) -> Samples:
    """Start, press these keys one after the other once the head is in the region, stop; returns what was heard."""
    tab.page.keyboard.press(" ")
    if keys:
        # Before the region all sound alike, so nobody could tell when another one was switched to.
        playwright_api.expect(tab.page.locator(".where .time")).to_have_text(re.compile(r"^\d"))
    for key in keys:
        tab.page.wait_for_timeout(each_ms)
        tab.page.keyboard.press(key)
    tab.page.wait_for_timeout(each_ms)
    tab.page.keyboard.press(" ")
    tab.page.wait_for_function(
        "() => window.recorded.length && window.recorded.slice(-40).every(b => b.left.every(x => x === 0)) || true"
    )
    tab.page.wait_for_timeout(200)
    return trim(recorded(tab))


@pytest.mark.parametrize("job", [44_100, 48_000], indirect=True)
def test_every_sample_is_what_bed_and_take_predict(ready: Tab, job: str) -> None:
    ready.page.keyboard.press("g")
    played = play(ready, *"230123", each_ms=350)
    heard = fetch(ready, job)
    count = played.shape[1]
    assert count > heard.end + (heard.end - heard.start) // 2, "the loop was not gone round"
    bed = reading(heard, heard.bed, count)
    own = {key: reading(heard, heard.tracks[key], count) for key in "0123"}
    switches = find_switches({key: bed + sound for key, sound in own.items()}, played, 2 * BLOCK)
    assert [key for _, key in switches] == list("1230123"), "as the keys were pressed"

    predicted = bed + sum(gain_of(key, switches, count, heard.switch) * sound for key, sound in own.items())
    predicted[:, : heard.switch] *= (np.arange(heard.switch) + 1) / heard.switch
    stopped = count - (heard.switch + BLOCK)
    wrong = np.abs(played - predicted)[:, :stopped].max(axis=0)
    assert wrong.max() < EXACT, (np.flatnonzero(wrong >= EXACT)[:5], switches)


def test_a_prediction_can_be_wrong(ready: Tab, job: str) -> None:
    """The comparison above would see a gap of one sample, and a take that is late by one."""
    ready.page.keyboard.press("g")
    played = play(ready, each_ms=700)
    heard = fetch(ready, job)
    count = played.shape[1] - heard.switch - BLOCK
    right = (reading(heard, heard.bed, count) + reading(heard, heard.tracks["1"], count))[:, heard.switch :]
    assert np.abs(played[:, heard.switch : count] - right).max() < EXACT
    late = np.roll(right, 1, axis=1)
    assert np.abs(played[:, heard.switch : count] - late).max() > 100 * EXACT


def test_matched_takes_are_equally_loud(ready: Tab, job: str) -> None:
    played = play(ready, each_ms=1300)
    heard = fetch(ready, job)
    count = played.shape[1] - heard.switch - BLOCK
    gain = 10 ** ((heard.lufs["0"] - heard.lufs["1"]) / 20)
    predicted = reading(heard, heard.bed, count) + gain * reading(heard, heard.tracks["1"], count)
    assert np.abs(played[:, heard.switch : count] - predicted[:, heard.switch :]).max() < EXACT


def test_stems_solo_and_mute(ready: Tab, job: str) -> None:
    """Muted, the stem is missing; soloed, it is alone; the bed goes on under both."""
    page = ready.page
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.get_by_role("group", name="drums").wait_for()
    page.wait_for_load_state("networkidle")
    heard = fetch(ready, job)
    roles = [key for key in heard.tracks if key.startswith("1 ")]
    assert len(roles) > 2
    for button, sounding in (
        ("Mute drums", set(roles) - {"1 drums"}),
        ("Solo bass", {"1 bass"}),
        ("Solo bass", set(roles) - {"1 drums"}),
        ("Mute drums", {"1"}),
    ):
        page.get_by_role("button", name=button).click()
        page.evaluate("window.recorded.length = 0")
        page.keyboard.press("r")
        played = play(ready, each_ms=400)
        count = played.shape[1] - heard.switch - BLOCK
        parts = [reading(heard, sound, count, heard.start) for sound in (heard.bed, *map(heard.tracks.get, sounding))]
        assert np.abs(played[:, heard.switch : count] - sum(parts)[:, heard.switch :]).max() < EXACT, button


def test_the_song_is_not_silent_anywhere() -> None:
    """Or silence would be as good a prediction as any."""
    assert np.abs(make_tone(seconds=5.0)).reshape(2, -1, BLOCK * 5).max(axis=2).min() > 1000 * EXACT
