"""docs/PROTOCOL.md is complete, its JSON is real, and its example clients work as they stand."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bridge_server.protocol import codec
from bridge_server.protocol.emit.contract import contract
from bridge_server.protocol.emit.page import TEMPLATE
from bridge_server.protocol.events import AnyEvent
from bridge_server.protocol.requests import Request
from bridge_server.protocol.values import Source
from tests.protocol.fake_doors import FakeMailbox, FakeOsc, FakeZmq, home_with

TABLES = contract()


def block(page: str, language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def run(command: list[str], home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env={**os.environ, "DAWBRIDGE_HOME": str(home), "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
    )


def test_every_message_value_and_error_is_on_the_page(page: str):
    heads = re.findall(r"^### (.+)$", page, flags=re.MULTILINE)
    words = [*TABLES["requests"], *TABLES["events"]]
    assert [head.strip("`") for head in heads if head.startswith("`")] == words
    assert [head.removesuffix(" (value)") for head in heads if head.endswith(" (value)")] == list(TABLES["types"])
    assert "{{" not in page


def test_every_field_is_on_the_page_with_its_meaning(page: str):
    rows = set(re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", page, flags=re.MULTILINE))
    for group in ("requests", "events", "types"):
        for name, entry in TABLES[group].items():
            assert entry["doc"].endswith("."), name
            for field in entry["fields"]:
                assert (field["name"], field.get("doc", "").replace("|", "\\|")) in rows, (name, field["name"])


def test_links_lead_somewhere(page: str):
    heads = re.findall(r"^#+ (.+)$", page, flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
    links = set(re.findall(r"\]\(#([a-z][\w-]*)\)", page))
    assert {"the-letter", "ack", "take-value"} <= links
    assert links <= anchors


def test_json_on_the_page_is_what_the_bridge_reads_and_writes(page: str):
    examples = [json.loads(text) for text in re.findall(r"^```json\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)]
    messages = [example for example in examples if {"request", "event"} & set(example)]
    for message in messages:
        data = json.dumps(message).encode()
        kind: Any = AnyEvent if "event" in message else Request
        assert json.loads(codec.to_json(msgspec.json.decode(data, type=kind))) == message
    assert {message["request"] for message in messages if "request" in message} == set(TABLES["requests"])
    assert {message["event"] for message in messages if "event" in message} == set(TABLES["events"])
    (source,) = [example for example in examples if "clips" in example]
    assert len(msgspec.convert(source, Source).clips) == 2
    letter = next(example for example in examples if "message" in example)
    assert codec.open_envelope(json.dumps(letter).encode(), "json").client == letter["client"]


def test_the_template_has_no_numbers_of_its_own_where_the_tables_have_them():
    prose = TEMPLATE.read_text(encoding="utf-8")
    for number in (TABLES["osc"]["largest_datagram"], TABLES["osc"]["largest_event"], TABLES["LARGEST"]):
        assert f"{number:,}" not in prose


@pytest.mark.parametrize("last, code", [("done", 0), ("failed", 1), ("refused", 1), ("cancelled", 0)])
def test_the_zeromq_example_is_a_client(page: str, tmp_path: Path, last: str, code: int):
    with FakeZmq(last) as door:
        home_with(tmp_path, zmq=door.address)
        done = run([sys.executable, "-c", block(page, "python zmq")], tmp_path)
    check_conversation(done, door.heard, last, code)


@pytest.mark.parametrize("last, code", [("done", 0), ("failed", 1), ("refused", 1), ("cancelled", 0)])
def test_the_osc_example_is_a_client(page: str, tmp_path: Path, last: str, code: int):
    """The fake says each kept event twice and loses the first request of one conversation."""
    with FakeOsc(last, tmp_path, to_lose=int(last == "done")) as door:
        home_with(tmp_path, osc={"host": "127.0.0.1", "port": door.port})
        done = run([sys.executable, "-c", block(page, "python osc")], tmp_path)
    check_conversation(done, door.heard, last, code)
    assert done.stdout.count("accepted") == (last != "refused")
    if last == "done":
        assert {ack.seq for ack in door.acks} >= {1, 2, 3}


@pytest.mark.skipif(shutil.which("sh") is None or sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("last, code", [("done", 0), ("failed", 1), ("refused", 1), ("cancelled", 1)])
def test_the_mailbox_example_is_a_client(page: str, tmp_path: Path, last: str, code: int):
    with FakeMailbox(last, tmp_path / "my mailbox") as door:
        home_with(tmp_path, mailbox=str(door.folder))
        done = run(["sh", "-c", block(page, "sh mailbox")], tmp_path)
    assert done.returncode == code, done.stderr
    assert [letter.message.tags for letter in door.heard] == ["lofi, rhodes"]
    events = [json.loads(line)["event"] for line in done.stdout.splitlines()]
    assert events[-1] == last
    assert not list(door.folder.rglob("*.json")), "read events are deleted"


def check_conversation(done: subprocess.CompletedProcess[str], heard: list[Any], last: str, code: int) -> None:
    assert done.returncode == code, done.stderr
    assert heard[0].message.tags == "lofi, rhodes"
    assert len({letter.message.job for letter in heard}) == 1
    if last == "done":
        assert "take-1.wav seed 7" in done.stdout
    if code:
        assert "The span ends at sample 192,000" in done.stderr
        assert "Select a range" in done.stderr
