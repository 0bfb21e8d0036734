"""What a server, or the network before it, can do wrong: each has a code, a sentence and a hint, or is mended."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from bridge_server.protocol.errors import BridgeError, ServerFailed, ServerUnreachable
from bridge_server.protocol.servers import Server
from engine.backends.acestep_api.backend import AceStepApi
from engine.backends.acestep_api.errand import audio_path
from engine.work import Rendering
from tests.engine.ace_v1_work import RATE, generate, music, repaint
from tests.engine.acestep_api_work import IMPATIENT, backend, render
from tests.fakes.acestep_server import TURBO, FakeAceStep, serving
from tests.fakes.waiting import until

WORK = generate(RATE)
REGION = repaint(music(11), 50_000, 400_000)


@pytest.fixture
def fake() -> Iterator[FakeAceStep]:
    with serving(FakeAceStep()) as there:
        yield there


def refused(fake: FakeAceStep, *faults: str, key: str = "") -> BridgeError:
    """What becomes of a repaint where these happen again and again."""
    fake.faults, fake.for_ever = list(faults), True
    with pytest.raises(BridgeError) as refusal:
        render(backend(fake, key), REGION)
    error = refusal.value
    assert error.message.endswith(".") and error.hint
    assert error.problem.code == error.code != ""
    return error


FAULTS = [
    ("health: html", "bad_answer"),
    ("health: nested", "bad_answer"),
    ("health: redirect", "bad_answer"),
    ("health: status-404", "bad_answer"),
    ("health: silent", "server_unreachable"),
    ("health: status-503", "server_busy"),
    ("model_inventory: status-401", "server_refused"),
    ("model_inventory: status-500", "server_failed"),
    ("model_inventory: shapeless", "bad_answer"),
    ("model_inventory: silent", "server_unreachable"),
    ("release_task: status-400", "bad_request"),
    ("release_task: status-401", "server_refused"),
    ("release_task: status-404", "bad_answer"),
    ("release_task: status-413", "bad_request"),
    ("release_task: status-415", "bad_answer"),
    ("release_task: status-422", "bad_request"),
    ("release_task: status-429", "server_busy"),
    ("release_task: status-500", "server_failed"),
    ("release_task: status-503", "server_busy"),
    ("release_task: wrapped-400", "bad_request"),
    ("release_task: wrapped-500", "server_failed"),
    ("release_task: html", "bad_answer"),
    ("release_task: half", "server_unreachable"),
    ("release_task: nested", "bad_answer"),
    ("release_task: shapeless", "bad_answer"),
    ("release_task: redirect", "bad_answer"),
    ("release_task: silent", "server_unreachable"),
    ("release_task: drop", "server_unreachable"),
    ("query_result: status-500", "server_failed"),
    ("query_result: wrapped-500", "server_failed"),
    ("query_result: shapeless", "bad_answer"),
    ("query_result: silent", "server_unreachable"),
    ("query_result: drop", "server_unreachable"),
    ("failed", "server_failed"),
    ("oom", "out_of_memory"),
    ("no file", "server_failed"),
    ("foreign file", "bad_answer"),
    ("restart", "server_failed"),
    ("audio: status-404", "server_failed"),
    ("audio: status-403", "server_refused"),
    ("audio: redirect", "bad_answer"),
    ("audio: drop", "server_unreachable"),
    ("half a file", "server_unreachable"),
    ("page", "bad_answer"),
    ("endless", "bad_answer"),
    ("wrong length", "bad_answer"),
    ("short", "bad_answer"),
    ("nan", "bad_answer"),
    ("aiff", "bad_answer"),
]


@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_a_fault_that_stays_is_told(fake: FakeAceStep, fault: str, code: str) -> None:
    assert refused(fake, fault).code == code


def test_what_the_server_says_is_passed_on_in_one_line(fake: FakeAceStep) -> None:
    assert "the reason why" in refused(fake, "release_task: status-400").message
    assert "the reason why" in refused(fake, "release_task: wrapped-400").message
    assert "the reason why" in refused(fake, "failed").message


def test_keys(fake: FakeAceStep) -> None:
    fake.key = "right"
    assert "wants a key" in refused(fake).message
    assert "does not take the key" in refused(fake, key="wrong").message
    assert all("right" not in str(headers) for headers in fake.headers)


@pytest.mark.parametrize(
    "faults",
    [
        ["release_task: status-429"],
        ["release_task: status-503"],
        ["query_result: drop", "query_result: status-502"],
        ["audio: drop", "half a file"],
    ],
    ids=str,
)
def test_a_fault_that_passes_is_mended(fake: FakeAceStep, faults: list[str]) -> None:
    fake.faults = faults
    take = render(backend(fake), REGION)
    assert take.stems["mix"].shape == (2, 350_000)
    assert not fake.faults
    assert not any("second time" in note for note in take.notes)


def test_a_job_that_a_restart_has_lost_is_handed_in_again(fake: FakeAceStep) -> None:
    fake.faults = ["restart"]
    take = render(backend(fake), REGION, 9)
    assert [job.fields["seed"] for job in fake.released] == ["9", "9"]
    assert any("second time" in note for note in take.notes)
    assert np.array_equal(take.stems["mix"], render(backend(fake), REGION, 9).stems["mix"])


def test_a_server_that_comes_back_while_we_wait_is_waited_for() -> None:
    """It is gone in the middle of a job, and stands again at the same address, knowing nothing."""
    again, ended = FakeAceStep(), queue.SimpleQueue[object]()

    def work(address: str) -> None:
        try:
            ended.put(render(AceStepApi(Server(address=address), replace(IMPATIENT, gone=20)), WORK))
        except BridgeError as error:
            ended.put(error)

    with serving(FakeAceStep(looks=10_000)) as first:
        thread = threading.Thread(target=work, args=(first.address,))
        thread.start()
        until(lambda: bool(first.jobs))
    with serving(again, int(first.address.rpartition(":")[2])):
        assert isinstance(ended.get(timeout=30), Rendering)
        thread.join()
    assert len(again.released) == 1


def test_a_job_that_does_not_move_is_given_up(fake: FakeAceStep) -> None:
    fake.faults, fake.for_ever = ["stuck"], True
    with pytest.raises(ServerFailed, match="not moved"):
        render(backend(fake), WORK)


@pytest.mark.parametrize(
    ("fault", "word"),
    [("mp3", "MP3"), ("mono", "mono"), ("mute", "silent"), ("other seed", "seed 77")],
)
def test_what_can_be_used_all_the_same_is_used_and_said(fake: FakeAceStep, fault: str, word: str) -> None:
    fake.faults = [fault]
    take = render(backend(fake), REGION, 5)
    assert take.stems["mix"].shape == (2, 350_000)
    assert any(word in note for note in take.notes), take.notes


def test_what_only_people_read_may_be_missing_or_of_another_kind(fake: FakeAceStep) -> None:
    fake.faults = ["nulls"]
    take = render(backend(fake), WORK, 5)
    assert not fake.faults
    assert not any("seed" in note or "composed" in note for note in take.notes)


def test_flac_is_as_good_as_wav(fake: FakeAceStep) -> None:
    fake.faults = ["flac"]
    take = render(backend(fake), REGION)
    fake.faults = []
    np.testing.assert_allclose(take.stems["mix"], render(backend(fake), REGION).stems["mix"], atol=1e-3)


@pytest.mark.parametrize("age", ["late", "early", "openrouter"])
def test_servers_of_every_age_are_understood(fake: FakeAceStep, age: str) -> None:
    fake.age = age
    fake.models = {TURBO: True}
    assert render(backend(fake), WORK)
    assert fake.released[0].fields["model"] == TURBO


def test_a_server_that_lists_no_models_is_asked_without_naming_one(fake: FakeAceStep) -> None:
    fake.models = {}
    assert render(backend(fake), WORK)
    assert "model" not in fake.released[0].fields


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ServerUnreachable, match="Nothing answers"):
        render(AceStepApi(Server(address=f"http://127.0.0.1:{port}"), IMPATIENT), WORK)
    with pytest.raises(ServerUnreachable, match="No machine"):
        render(AceStepApi(Server(address="http://no-such-machine.invalid:1"), IMPATIENT), WORK)


def test_no_https_where_http_is(fake: FakeAceStep) -> None:
    server = Server(address=fake.address.replace("http:", "https:"))
    with pytest.raises(ServerUnreachable) as refusal:
        render(AceStepApi(server, IMPATIENT), WORK)
    assert refusal.value.hint


def test_the_result_is_fetched_from_the_server_itself_whatever_it_says() -> None:
    server = Server(address="http://a:1")
    for file in ("/v1/audio?path=%2Ft%2Fa.wav", "http://a:1/v1/audio?path=/t/a.wav", "/t/a.wav"):
        assert audio_path(file, server) == "/v1/audio?path=%2Ft%2Fa.wav"
    for file in ("http://b:1/v1/audio?path=x", "//b/v1/audio?path=x", "/v1/audio?other=x"):
        with pytest.raises(BridgeError):
            audio_path(file, server)
