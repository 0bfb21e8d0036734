"""What can be served, how a bridge is started, and what results carry: shared by REAPER and Ardour, without a host."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.daw.test_verbs import module, table

# offers

SKETCH = {"backend": "sketch", "tasks": ["repaint", "layer"], "roles": ["drums", "bass"], "context_seconds": 8.0}
ABSENT = {
    "backend": "ace-step-v1",
    "tasks": ["edit"],
    "problem": {"code": "unsupported", "message": "Weights are missing.", "hint": "Run `dawbridge models pull`."},
}


@pytest.mark.parametrize(
    ("verb", "welcome", "reason"),
    [
        ("repaint", {"backends": [SKETCH]}, None),
        ("edit", {"backends": [SKETCH], "absent": [ABSENT]}, "Run `dawbridge models pull`."),
        ("edit", {"backends": [SKETCH]}, "No backend that is installed can do this."),
        ("extend_left", {"backends": [SKETCH], "absent": [ABSENT]}, "No backend that is installed can do this."),
        ("edit", {"backends": []}, None),
        ("edit", None, None),
        ("keep", {"backends": [SKETCH]}, None),
    ],
)
def test_what_cannot_be_served_is_greyed_out_with_the_reason(lua: Any, verb: str, welcome: Any, reason: str | None):
    offer, verbs = module(lua, "offer"), module(lua, "verbs")
    assert offer.reason(verbs.get(verb), welcome and table(lua, welcome)) == reason


def test_what_backends_tell_of_themselves(lua: Any):
    offer = module(lua, "offer")
    welcome = table(lua, {"backends": [SKETCH, {"tasks": ["layer"], "roles": ["bass", "keys"]}]})
    assert list(offer.roles(welcome).values()) == ["drums", "bass", "keys"]
    assert offer.context_seconds(welcome, 5) == 8
    assert offer.context_seconds(None, 5) == 5


# starting a bridge, and marks


def start_file(home: Path, command: Any, version: int = 1) -> None:
    (home / "start.json").write_text(json.dumps({"version": version, "command": command, "home": str(home)}))


def test_the_command_that_starts_a_bridge(lua: Any, tmp_path: Path):
    words = ["/Users/Zoë O'Neil/venv/bin/python", "-m", "bridge_server", "up"]
    start_file(tmp_path, words)
    starter = module(lua, "starter")
    command = starter.command(module(lua, "files"), str(tmp_path))
    assert list(command.values()) == words
    assert starter.line(command) == '"/Users/Zoë O\'Neil/venv/bin/python" "-m" "bridge_server" "up"'


def test_each_word_stands_in_quotes_that_it_does_not_contain(lua: Any):
    starter = module(lua, "starter")
    assert starter.line(table(lua, ['a"b', "it's", "plain"])) == '\'a"b\' "it\'s" "plain"'
    line, sentence = starter.line(table(lua, ["a\"b'c`d"]))
    assert line is None
    assert "dawbridge up" in sentence


@pytest.mark.parametrize("command", [None, [], "python", [1], ["a\nb"], [""]])
def test_a_start_file_that_says_nothing(lua: Any, tmp_path: Path, command: Any):
    start_file(tmp_path, command)
    found, sentence = module(lua, "starter").command(module(lua, "files"), str(tmp_path))
    assert found is None
    assert str(tmp_path) in sentence


def test_without_a_start_file_the_user_starts_it(lua: Any, tmp_path: Path):
    found, sentence = module(lua, "starter").command(module(lua, "files"), str(tmp_path))
    assert found is None
    assert "`dawbridge up`" in sentence


def test_marks_survive_as_one_line(lua: Any):
    mark = module(lua, "mark")
    line = mark.write(table(lua, {"job": "repaint-1", "number": 2, "path": '/Zoë\'s "songs"/take,2.wav'}))
    assert "\n" not in line
    found = mark.read(line)
    assert (found.job, found.number, found.path) == ("repaint-1", 2, '/Zoë\'s "songs"/take,2.wav')


@pytest.mark.parametrize("line", [None, "", "{", "[]", '{"job":"x"}', '{"job":"x","path":"/a","number":1.5}'])
def test_what_is_no_mark_is_not_read_as_one(lua: Any, line: str | None):
    assert module(lua, "mark").read(line) is None
