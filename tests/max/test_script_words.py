"""Every word that crosses a border of the device's script is known on both sides: strip, outlets, protocol, sentences.

Max drops unknown messages without a word, so this lint is the only complaint there will ever be.
"""

import re
from pathlib import Path

import pytest

from bridge_server.protocol.emit.contract import contract
from daw_scripts import build
from daw_scripts.max.description import Description, read_description
from daw_scripts.max.script import FOLDER

TABLES = contract()
FACTS = Path(build.__file__).with_name("HOST_FACTS.md")
COMMENTS = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
HEARS = re.compile(r"^messages\.(\w+) = ", re.MULTILINE)
TELLS = re.compile(r"\.tell\(\"(\w+)\", \"(\w+)\"")
OUTLETS = re.compile(r"\bnumber\.(\w+)")
TO_OUTLET = re.compile(r"outlet\(number\.(\w+), \[\"(\w+)\"")
REQUESTS = re.compile(r"\brequest: \"(\w+)\"")
EVENTS = re.compile(r"\bevent\.event [!=]== \"(\w+)\"|^hear\.(\w+) = ", re.MULTILINE)
TABLE_PATHS = re.compile(r"\bprotocol\.(\w+)(?:\.(\w+))?")
SAID = re.compile(r"(?:\bsay|new Refusal|\bparked|\bdone)\((?:job, |null, )?\"(\w+)\"")
ODDITIES = re.compile(r"\b(?:oddity = |wait: |parked: |missing: |this\.lose\()\"(\w+)\"")
SENTENCES = re.compile(r"^  (\w+): \"", re.MULTILINE)
TAKEN_BY_MAX = {"udpsend": {"host", "port"}, "udpreceive": {"port"}, "live_object": {"target", "call"}}


def code_of(name: str) -> str:
    return COMMENTS.sub("", (FOLDER / f"{name}.js").read_text(encoding="utf-8"))


def whole_code() -> str:
    return "\n".join(code_of(path.stem) for path in sorted(FOLDER.glob("*.js")))


def strip_faults(code: str, strip: Description) -> list[str]:
    """What script and description say to each other that the other side does not know."""
    heard = set(HEARS.findall(code))
    faults = [f"the strip sends {word}, which the script does not know" for word in strip.to_script - heard]
    faults += [f"the script waits for {word}, which nobody sends" for word in heard - strip.to_script]
    for control, message in TELLS.findall(code):
        if message not in strip.from_script.get(control, ()):
            faults.append(f"the script tells {control} {message}, which it does not take")
    faults += [f"there is no outlet {name}" for name in OUTLETS.findall(code) if name not in strip.outlets]
    for outlet, word in TO_OUTLET.findall(code):
        if word not in TAKEN_BY_MAX.get(outlet, set()):
            faults.append(f"{outlet} does not take {word}")
    return sorted(faults)


def protocol_faults(code: str) -> list[str]:
    """Requests, events and tables that the protocol does not have; addresses that are spelled out at all."""
    faults = [f"request {word}" for word in REQUESTS.findall(code) if word not in TABLES["requests"]]
    for one, other in EVENTS.findall(code):
        if (one or other) not in TABLES["events"]:
            faults.append(f"event {one or other}")
    for table, key in TABLE_PATHS.findall(code):
        known = TABLES.get(table)
        if known is None or (key and isinstance(known, dict) and key not in known):
            faults.append(f"protocol.{table}.{key}")
    return faults + [f"address {address}" for address in re.findall(r"/dawbridge/[\w/]+", code)]


def sentences() -> set[str]:
    return set(SENTENCES.findall((FOLDER / "text.js").read_text(encoding="utf-8").split("exports.say")[0]))


def unknown_sentences(code: str) -> set[str]:
    said = {name for name in (*SAID.findall(code), *ODDITIES.findall(code)) if not name.endswith("_")}
    return said - sentences()


def test_strip_and_script_know_each_other():
    assert strip_faults(whole_code(), read_description()) == []


def test_the_protocol_knows_what_the_script_says():
    assert protocol_faults(whole_code()) == []


def test_every_sentence_is_there():
    assert unknown_sentences(whole_code()) == set()


def test_no_sentence_is_left_over():
    code = "\n".join(code_of(path.stem) for path in sorted(FOLDER.glob("*.js")) if path.stem != "text")
    built = {"engine_ready", "engine_starting", "engine_down", "long_tags", "long_lyrics"}
    built |= {"midi_track", "group_track", "return_track"}
    assert {name for name in sentences() - built if f'"{name}"' not in code} == set()


def test_every_belief_about_the_host_has_a_row():
    rows = FACTS.read_text(encoding="utf-8")
    marks = set(re.findall(r"\[U ([a-z-]+)\]", "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.js"))))
    assert marks
    assert {mark for mark in marks if f"`{mark}`" not in rows} == set()


def test_live_is_named_in_one_file():
    assert [path.name for path in sorted(FOLDER.glob("*.js")) if "new LiveAPI" in code_of(path.stem)] == ["live.js"]
    assert [path.name for path in sorted(FOLDER.glob("*.js")) if "new File(" in code_of(path.stem)] == ["files.js"]


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ("messages.sent = function (desk) {};", "the script waits for sent, which nobody sends"),
        ('this.tell("progres", "set", 1);', "the script tells progres set, which it does not take"),
        ('this.tell("dot", "active", 1);', "the script tells dot active, which it does not take"),
        ("outlet(number.udp_send, atoms);", "there is no outlet udp_send"),
        ('outlet(number.udpsend, ["hosts", host]);', "udpsend does not take hosts"),
    ],
)
def test_a_planted_word_is_seen(planted: str, fault: str):
    assert strip_faults(f"{whole_code()}\n{planted}\n", read_description()) == [fault]


def test_a_word_of_the_strip_that_the_script_forgot_is_seen():
    code = whole_code().replace("messages.discard = ", "messages_discard = ")
    assert strip_faults(code, read_description()) == ["the strip sends discard, which the script does not know"]


@pytest.mark.parametrize(
    "planted",
    [
        '{ request: "repant" }',
        'if (event.event === "finished") {}',
        "hear.finished = function () {};",
        "protocol.osk.prefix",
        "protocol.osc.prefixes",
        'outlet(1, ["/dawbridge/1/repaint"]);',
    ],
)
def test_a_planted_name_of_the_protocol_is_seen(planted: str):
    assert len(protocol_faults(planted)) == 1


def test_a_planted_sentence_is_seen():
    assert unknown_sentences('throw new Refusal("no_brase");\ndesk.say("kept");') == {"no_brase"}
