"""Letters over OSC through Lua sockets: a real bridge answers, and what gets lost is sent again or goes by mailbox."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge_server.doors import osc
from tests.daw.studio import Studio
from tests.daw.udp import Udp
from tests.fakes.bridge import RunningBridge

WITHIN_SECONDS = 15
MAVRIQ = "Scripts/Mavriq ReaScript Repository/Various/Mavriq-Lua-Sockets/socket"
COURIER = """
local client, home = ...
local host = require("reaper.host")
local store = require("shared.store").open(host.files, host.own_folder("store"))
local jobs = require("shared.jobs").open(store, host.log)
local around, reason = require("reaper.wire").around(client)
local courier = require("shared.courier").open({
  files = host.files, home = home, client = client, jobs = jobs, entropy = host.guid, log = host.log, around = around,
})
local function generate(id, tags)
  local span = { start = 0, ["end"] = 48000, rate = 48000 }
  return jobs:add({ request = "generate", job = id, span = span, tags = "steps=1 " .. tags }, { range = "" })
end
return { courier = courier, jobs = jobs, generate = generate, reason = reason }
"""


@pytest.fixture
def udp() -> Iterator[Udp]:
    found = Udp()
    yield found
    found.close_all()


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[RunningBridge]:
    with RunningBridge(tmp_path / "home") as running:
        running.wait_for_engine()
        yield running


class Script:
    """A script with sockets: its courier, and the clock that drives it."""

    def __init__(self, folder: Path, udp: Udp, *, installed: str | None = "fits", kept: Any = None) -> None:
        if installed is not None:
            core = folder / "REAPER" / MAVRIQ / "core.so"
            core.parent.mkdir(parents=True, exist_ok=True)
            core.write_text(installed)
        self.udp = udp
        self.studio = Studio(folder, folder / "home", kept=kept)
        udp.install(self.studio.runtime)
        self.studio.runtime.globals().reaper = self.studio.fake.reaper
        self.parts = self.studio.runtime.execute(COURIER, "reaper-osc", str(folder / "home"))
        self.shift = 0.0

    def tick(self) -> None:
        self.parts.courier.tick(self.parts.courier, time.monotonic() + self.shift)

    def until(self, is_so: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + WITHIN_SECONDS
        while not (found := is_so()):
            assert time.monotonic() < deadline, f"{self.log} {[dict(job) for job in self.parts.jobs.by_id.values()]}"
            self.tick()
            time.sleep(0.003)
        return found

    @property
    def log(self) -> str:
        path = self.studio.resource / "Dawbridge" / "script.log"
        return path.read_text() if path.exists() else ""

    @property
    def letters(self) -> list[Path]:
        return list((self.studio.resource / "Dawbridge" / "letters-reaper-osc").iterdir())


def sent_words(udp: Udp) -> list[str]:
    return [datagram.split(b"\0")[0].decode().rsplit("/", 1)[1] for datagram in udp.sent]


@pytest.fixture
def script(tmp_path: Path, udp: Udp, bridge: RunningBridge) -> Script:
    return Script(tmp_path, udp)


def test_a_job_goes_and_comes_back_without_a_file(script: Script, udp: Udp, bridge: RunningBridge):
    job = script.parts.generate("generate-osc-1", "")
    seen = set()

    def is_done() -> bool:
        seen.update(path.name for path in (bridge.home.mailbox / "in").iterdir())
        return bool(job.state == "done")

    script.until(is_done)
    assert seen == set()
    assert list((bridge.home.mailbox / "out").glob("reaper-osc/*.json")) == []
    assert sent_words(udp).count("generate") == 1
    assert sent_words(udp).count("ack") >= 4, "accepted, started, take and done are acknowledged"
    assert job.takes[1].samples == 48_000


def test_what_was_acknowledged_is_not_sent_again(script: Script, udp: Udp):
    job = script.parts.generate("generate-osc-1", "")
    script.until(lambda: job.state == "done")
    time.sleep(0.8)
    script.tick()
    words = [datagram.split(b"\0")[0].decode().rsplit("/", 1)[1] for datagram in udp.received]
    assert [words.count(word) for word in ("accepted", "started", "done")] == [1, 1, 1]


def test_a_long_letter_goes_by_the_path_of_a_file(script: Script, udp: Udp):
    tags = 'Morgenrot – 夜明け "🎵"\n' * 90
    job = script.parts.generate("generate-osc-long", tags)
    script.until(lambda: job.state == "done")
    assert "file" in sent_words(udp)
    assert max(len(datagram) for datagram in udp.sent) <= 1_400
    assert script.letters == [], "it is cleared away when the answer is there"
    request = json.loads(Path(job.takes[1].path).with_name("request.json").read_text(encoding="utf-8"))
    assert request["tags"] == "steps=1 " + tags


def test_when_nothing_gets_out_the_mailbox_takes_over(script: Script, udp: Udp, bridge: RunningBridge):
    udp.is_mute = True
    job = script.parts.generate("generate-osc-mute", "")
    script.until(lambda: len(udp.sent) >= 1)
    script.shift = 60.0
    script.until(lambda: len(udp.sent) >= 2)
    script.shift = 120.0
    script.until(lambda: len(udp.sent) >= 3)
    script.shift = 180.0
    script.until(lambda: job.state == "done")
    assert sent_words(udp) == ["generate"] * 3


def test_events_that_were_lost_are_asked_for(script: Script, udp: Udp, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(osc, "REPEAT_AFTER_SECONDS", (0.05,))
    job = script.parts.generate("generate-osc-lost", "")
    script.until(lambda: job.state != "sent")
    udp.is_deaf = True
    deadline = time.monotonic() + 0.8
    while time.monotonic() < deadline:
        script.tick()
        time.sleep(0.01)
    assert job.state != "done"
    udp.is_deaf = False
    script.shift = 10.0
    script.until(lambda: job.state == "done")
    assert "hello" in sent_words(udp)


def test_a_result_made_while_reaper_was_closed_is_asked_for(
    script: Script, udp: Udp, bridge: RunningBridge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(osc, "REPEAT_AFTER_SECONDS", (0.05,))
    job = script.parts.generate("generate-osc-closed", "")
    script.until(lambda: job.state != "sent")
    udp.close_all()
    time.sleep(1.0)
    again = Udp()
    later = Script(tmp_path, again)
    found = later.parts.jobs.by_id["generate-osc-closed"]
    later.until(lambda: found.state == "done")
    again.close_all()
    assert "generate" not in sent_words(again), "an accepted job is not sent again"


def test_everything_twice_is_one_job(script: Script, udp: Udp):
    udp.doubled = True
    job = script.parts.generate("generate-osc-twice", "")
    script.until(lambda: job.state == "done")
    assert len(list(job.takes.values())) == 1


def test_events_in_the_wrong_order_end_in_the_right_state(script: Script, udp: Udp):
    udp.shuffled = True
    jobs = [script.parts.generate(f"generate-osc-{number}", "") for number in range(3)]
    for _ in range(5):
        script.tick()
        time.sleep(0.15)
    script.until(lambda: all(job.state == "done" for job in jobs))
    time.sleep(0.2)
    script.tick()
    assert [len(list(job.takes.values())) for job in jobs] == [1, 1, 1]
    assert [job.state for job in jobs] == ["done"] * 3


def test_a_bridge_that_was_started_anew_is_found(tmp_path: Path, udp: Udp):
    with RunningBridge(tmp_path / "home") as bridge:
        bridge.wait_for_engine()
        script = Script(tmp_path, udp)
        job = script.parts.generate("generate-osc-one", "")
        script.until(lambda: job.state == "done")
    other = script.parts.generate("generate-osc-two", "")
    script.tick()
    with RunningBridge(tmp_path / "home") as bridge:
        bridge.wait_for_engine()
        script.shift = 30.0
        script.until(lambda: other.state == "done")
    assert len(udp.sockets) == 2


def test_events_that_lie_in_the_mailbox_are_read_too(script: Script, bridge: RunningBridge):
    job = script.parts.generate("generate-osc-box", "")
    box = bridge.home.mailbox / "out" / "reaper-osc"
    box.mkdir(parents=True)
    event = {"event": "accepted", "job": "generate-osc-box", "seq": 0, "position": 7}
    (box / "000000000000-accepted.json").write_text(json.dumps(event))
    script.until(lambda: job.position == 7)


def test_a_flood_is_taken_in_over_several_ticks(script: Script, udp: Udp):
    job = script.parts.generate("generate-flood", "")
    script.until(lambda: job.state != "sent")
    udp.flood = [osc._message("progress", ("stranger", "s"), (0.5, "f"), ("", "s"))] * 200
    left = []
    while udp.flood:
        script.tick()
        left.append(len(udp.flood))
    assert left == [136, 72, 8, 0]
    script.until(lambda: job.state == "done")


@pytest.mark.parametrize(
    ("installed", "kept", "words"),
    [
        (None, {}, "not installed"),
        ("does not fit", {}, "another architecture"),
        ("fits", {"Dawbridge": {"sockets": "trying"}}, "REAPER ended while they were loaded"),
        ("fits", {"Dawbridge": {"sockets": "off"}}, "switched off"),
    ],
)
def test_without_sockets_the_mailbox_does_it(
    tmp_path: Path, udp: Udp, bridge: RunningBridge, installed: str | None, kept: Any, words: str
):
    script = Script(tmp_path, udp, installed=installed, kept=kept)
    assert words in script.parts.reason
    assert words in script.log
    job = script.parts.generate("generate-no-osc", "")
    script.until(lambda: job.state == "done")
    assert udp.sent == []


def test_a_module_that_takes_reaper_down_is_tried_once(tmp_path: Path, udp: Udp):
    script = Script(tmp_path, udp)
    assert script.studio.kept["Dawbridge"]["sockets"] == "", "it was loaded and nothing happened"
    allow = script.studio.runtime.execute('return require("reaper.sockets").allow')
    allow(False)
    assert script.studio.kept["Dawbridge"]["sockets"] == "off"
    allow(True)
    assert script.studio.kept["Dawbridge"]["sockets"] == ""


def test_a_socket_that_cannot_be_opened_leaves_the_mailbox(tmp_path: Path, udp: Udp, bridge: RunningBridge):
    udp.refuses = True
    script = Script(tmp_path, udp)
    job = script.parts.generate("generate-refused", "")
    script.until(lambda: job.state == "done")
    assert "osc.closed reason=refused" in script.log
    assert script.log.count("osc.closed") == 1


def test_garbage_on_the_wire_is_logged_and_passed_over(script: Script, udp: Udp):
    job = script.parts.generate("generate-garbage", "")
    script.until(lambda: udp.sockets)
    box = script.parts.courier.box
    script.studio.runtime.eval(
        "function(box, bytes) box.wire.receive = function() box.wire.receive = nil return bytes end end"
    )(box, "not OSC")
    script.until(lambda: job.state == "done")
    assert "osc.unreadable" in script.log
