"""The parts that stand alone: OSC, wishes, texts, folders, and that an old Python can read all of it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from daw_scripts.build import files_of
from daw_scripts.remote_script.build import SOURCES, files
from daw_scripts.remote_script.Dawbridge import create_instance, osc, texts, wishes
from daw_scripts.remote_script.Dawbridge.commands import VERBS
from daw_scripts.remote_script.Dawbridge.home import home_folder, read_connection
from daw_scripts.remote_script.Dawbridge.wishes import Refusal, read_wishes, versions
from tests.daw.studio import lua_runtime
from tests.remote_script.fake_live import CInstance, Song

OSC_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
VALUES = st.lists(st.one_of(OSC_TEXT, st.integers(-(2**31), 2**31 - 1), st.floats(width=32, allow_nan=False)))


@settings(deadline=None)
@given(VALUES)
def test_osc_is_that_of_python_osc(values: list):
    data = osc.encode("/dawbridge/live/x", *values)
    assert OscMessage(data).params == values
    assert osc.decode(data) == ("/dawbridge/live/x", values)
    builder = OscMessageBuilder(address="/a")
    for value in values:
        builder.add_arg(value, {str: "s", int: "i", float: "f"}[type(value)])
    assert osc.decode(builder.build().dgram) == ("/a", values)


@settings(deadline=None)
@given(st.binary(max_size=64))
def test_no_bytes_break_the_osc_reader(data: bytes):
    try:
        address, values = osc.decode(data)
    except osc.NotOsc:
        return
    assert address.startswith("/")
    assert isinstance(values, list)


def test_sentences_that_all_hosts_say_are_the_same():
    """Word for word those of the shared Lua, wherever the name is the same."""
    english = lua_runtime("5.4").eval('require("shared.text").english')
    shared = {str(name): str(sentence) for name, sentence in english.items()}
    same = {name for name in texts.ENGLISH if name in shared}
    assert len(same) > 40
    assert {name: texts.ENGLISH[name] for name in same} == {name: shared[name] for name in same}


def test_verbs_are_those_of_the_other_hosts():
    """In their order; `start` is ours, because there is no dialog that could ask."""
    list_of = lua_runtime("5.4").eval('require("shared.verbs").list')
    assert [*(verb.id for verb in list_of.values()), "start"] == [*VERBS]


def test_every_sentence_is_used():
    source = "\n".join(path.read_text("utf-8") for path in SOURCES.glob("*.py") if path.name != "texts.py")
    made = {f"bad_{name}" for name in wishes.DEFAULTS} | {f"long_{name}" for name in wishes.MOST_TEXT}
    made |= {f"verb_{verb}" for verb in VERBS}
    unused = {name for name in texts.ENGLISH if f'"{name}"' not in source and name not in made}
    assert unused == set()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("key", "d moll", "D minor"),
        ("key", "Bbm", "Bb minor"),
        ("key", "F♯M", "F# major"),
        ("length", "4 bars", ("bars", 4.0)),
        ("length", "8", ("seconds", 8.0)),
        ("strength", "0,5", 0.5),
        ("mode", "no", "remix"),
        ("lyrics", "a | b", "a\nb"),
        ("seed", "", None),
        ("seed", str(2**53 - 1), 2**53 - 1),
    ],
)
def test_wishes(name: str, text: str, value: object):
    assert read_wishes({name: text})[name] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [("seed", str(2**53)), ("seed", "-1"), ("strength", "nan"), ("strength", "-0.1"), ("variants", "1.5"),
     ("length", "0 bars"), ("length", "4 miles"), ("length", "1.2.3 s"), ("key", "H"), ("stems", "maybe")],
)  # fmt: skip
def test_wishes_that_are_none(name: str, text: str):
    with pytest.raises(Refusal):
        read_wishes({name: text})


def test_versions_of_words():
    assert versions("a\nb\n---\nc\n-----\n\n") == ["a\nb", "c"]
    assert versions("") == [""]


def test_the_home_folder(tmp_path: Path):
    assert home_folder(tmp_path, {"DAWBRIDGE_HOME": "/x"}, "linux") == "/x"
    assert home_folder(tmp_path, {"XDG_DATA_HOME": "/d"}, "linux") == str(Path("/d/dawbridge"))
    assert home_folder(tmp_path, {"LOCALAPPDATA": "/l"}, "win32") == str(Path("/l/dawbridge"))
    assert home_folder(tmp_path, {}, "darwin").endswith("Library/Application Support/dawbridge")
    (tmp_path / "dawbridge-home.json").write_text('{"home": "/home/ünï"}', encoding="utf-8")
    assert home_folder(tmp_path, {}, "linux") == "/home/ünï"


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2}', '{"version": 1}', '{"version": 1, "osc": 3, "key": ""}'])
def test_a_connection_file_that_is_none(tmp_path: Path, text: str):
    (tmp_path / "connection.json").write_text(text)
    assert read_connection(str(tmp_path)) is None


def test_what_is_installed():
    made = files("1.2.3")
    assert "Remote Scripts/Dawbridge/__init__.py" in made
    assert made["Remote Scripts/Dawbridge/version.txt"] == b"1.2.3\n"
    assert set(made) <= {str(path) for path in files_of("ableton", "1.2.3")}


NEWER = (
    "removeprefix",
    "removesuffix",
    "is_relative_to",
    "hardlink_to",
    "readlink",
    "missing_ok",
    "with_stem",
    "cached_property",
)


@pytest.mark.parametrize("path", sorted(SOURCES.glob("*.py")), ids=lambda path: path.name)
def test_python_3_7_of_live_11_can_read_it(path: Path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    assert "from __future__ import annotations" in source
    assert not [name for name in NEWER if re.search(rf"\b{name}\b", source)]
    for node in ast.walk(tree):
        assert not isinstance(node, ast.NamedExpr | ast.Match), f"line {node.lineno}"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            left, right = ast.unparse(node.left), ast.unparse(node.right)
            if left.startswith("re.") or left.isdigit():
                continue
            assert is_annotation(tree, node), f"{left} | {right}: dicts and types have no | in 3.7"


def is_annotation(tree: ast.Module, wanted: ast.AST) -> bool:
    """Annotations are never evaluated, so they may be newer."""
    for node in ast.walk(tree):
        notes = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if any(wanted is inner for note in notes if note for inner in ast.walk(note)):
            return True
    return False


def test_every_belief_has_its_row():
    rows = (SOURCES.parents[1] / "HOST_FACTS.md").read_text(encoding="utf-8")
    marks = [mark for path in SOURCES.glob("*.py") for mark in re.findall(r"\[U ([a-z-]+)\]", path.read_text("utf-8"))]
    assert len(marks) >= 8
    assert [mark for mark in marks if f"| `{mark}` |" not in rows] == []


def test_live_s_way_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What Live asks of any control surface."""
    monkeypatch.setenv("DAWBRIDGE_HOME", str(tmp_path))
    live = CInstance(Song())
    surface = create_instance(live)
    assert surface.suggest_input_port() == surface.suggest_output_port() == ""
    assert surface.suggest_map_mode(1, 0) == -1
    assert not surface.can_lock_to_devices()
    assert surface.instance_identifier() == 1
    for call in (surface.refresh_state, surface.port_settings_changed, surface.update_display):
        call()
    surface.connect_script_instances([])
    surface.build_midi_map(0)
    surface.receive_midi((144, 60, 1))
    surface.disconnect()
    assert "Rename a clip" in live.messages[0]
    assert live.log == []


def test_the_installed_folder_is_a_package_of_its_own(tmp_path: Path):
    """Live finds `Dawbridge` in *Remote Scripts*, and nothing of ours is beside it."""
    for path, data in files("1.2.3").items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'Remote Scripts')!r}); import Dawbridge\n"
        "class C:\n"
        "    def __getattr__(self, name): return lambda *values: print(*values)\n"
        "Dawbridge.create_instance(C()).disconnect()\n"
        "ours = [name for name in sys.modules if name.split('.')[0] in ('daw_scripts', 'bridge_server', 'msgspec')]\n"
        "assert ours == [], ours\n"
    )
    environment = {"DAWBRIDGE_HOME": str(tmp_path / "home"), "PYTHONUTF8": "1"}
    told = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, env=environment)
    assert told.returncode == 0, told.stderr
    assert "Rename a clip" in told.stdout
