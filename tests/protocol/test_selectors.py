"""Names that the DAW scripts spell out are names that the bridge knows.

Max drops unknown selectors silently and Lua answers nil, so this lint is the only error message there will ever be.
"""

import re
from pathlib import Path

import pytest

from bridge_server.protocol.emit.contract import contract
from tests.protocol.conftest import ROOT

TABLES = contract()
GENERATED = {ROOT / "daw_scripts/shared/protocol.lua", ROOT / "daw_scripts/max/protocol.js"}
FILES = {"connection.json", "start.json", "dawbridge-home.json", "request.json", *TABLES["mailbox"].values()}
OWN_FILES = re.compile(r"(ardour|reaper|live|dawbridge)?-[a-z-]+\.json")
"""What a script keeps for itself, with its host's name in front."""
ADDRESSES = {TABLES["osc"]["prefix"], TABLES["osc"]["file"], TABLES["osc"]["port"]}
ADDRESSES |= {*TABLES["osc"]["requests"].values(), *TABLES["osc"]["events"].values()}
TABLE_WORDS = re.compile(r"\b(?:protocol|dawbridgeProtocol)\.(?!(?:lua|js)\b)(\w+)(?:\.(\w+))?")
SPELLED = {
    "OSC address": (re.compile(r"/dawbridge/[\w/]*"), ADDRESSES),
    "request": (re.compile(r"\brequest\s*[=:]\s*[\"'](\w+)[\"']"), set(TABLES["requests"])),
    "event": (re.compile(r"\bevent\.event\s*[=~!]==?\s*[\"'](\w+)[\"']"), set(TABLES["events"])),
}
REQUIRED = re.compile(r"\brequire\s*\(?\s*[\"'][^\"'\n]*[\"']")
LITERALS = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")


def scripts() -> list[Path]:
    found = [path for path in (ROOT / "daw_scripts").rglob("*") if path.suffix in {".lua", ".js", ".mjs", ".maxpat"}]
    return sorted(set(found) - GENERATED)


def faults(source: str) -> list[str]:
    """Every name in `source` that looks like the protocol's and is not."""
    found = [f"protocol.{name}" for name in _table_names(source) if not _is_in_tables(name)]
    for meaning, (pattern, known) in SPELLED.items():
        found += [f"{meaning} {name}" for name in pattern.findall(source) if name not in known]
    return found + [f"mailbox file {name}" for name in _file_names(source) if not _is_known_file(name)]


def _table_names(source: str) -> list[str]:
    return [f"{table}.{key}" if key else table for table, key in TABLE_WORDS.findall(source)]


def _is_in_tables(name: str) -> bool:
    table, _, key = name.partition(".")
    return table in TABLES and (not key or not isinstance(TABLES[table], dict) or key in TABLES[table])


def _is_known_file(name: str) -> bool:
    return name in FILES or OWN_FILES.fullmatch(name) is not None


def _file_names(source: str) -> list[str]:
    """Last parts of the literals that look like files of the mailbox; names of modules do not count."""
    literals = [double or single for double, single in LITERALS.findall(REQUIRED.sub("", source))]
    return [text.rsplit("/", 1)[-1] for text in literals if text.endswith((".json", ".tmp"))]


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_scripts_use_known_names_only(script: Path):
    assert faults(script.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'send("/dawbridge/1/repant", key)',
        'send("/dawbridge/2/repaint", key)',
        "protocol.mailbx.inbox",
        "protocol.mailbox.inbocks",
        "protocol.errors.out_of_tune",
        'local message = { request = "repant" }',
        "var message = {request: 'repant'};",
        'if event.event == "finished" then',
        "if (event.event === 'finished') {",
        'read("out/reaper/engin.json")',
        'write(name .. ".txt.tmp")',
    ],
)
def test_the_lint_sees_a_typing_error(source: str):
    assert len(faults(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        'send("/dawbridge/1/repaint", key) send(protocol.osc.prefix .. "ack")',
        'event.event == "done" or event.event ~= "failed"',
        '{ request = "repaint" } protocol.errors.bad_span.hint',
        'read(home .. "/connection.json", "%012d-%s.json", ".json", ".tmp")',
    ],
)
def test_the_lint_leaves_good_names_alone(source: str):
    assert faults(source) == []


def test_there_are_scripts_to_look_at():
    assert scripts()
