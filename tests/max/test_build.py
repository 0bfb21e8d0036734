"""What is installed into Live: complete, checked, the same each time; the drawings of it in the docs are up to date."""

import html
import re
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

import pytest

from daw_scripts import build as whole
from daw_scripts.max.build import files
from daw_scripts.max.checks import faults
from daw_scripts.max.container import read
from daw_scripts.max.description import read_description
from daw_scripts.max.drawing import drawing, drawings
from daw_scripts.max.script import FOLDER
from daw_scripts.max.syntax import es5_faults

DEVICES = ["Dawbridge.amxd", "Dawbridge (before Live 12.2).amxd"]


def test_what_there_is():
    made = files("1.2.3")
    assert set(made) == {*DEVICES, *(f"unfrozen/{name}" for name in DEVICES), "unfrozen/dawbridge.js"}
    script = made["unfrozen/dawbridge.js"]
    assert b"1.2.3" in script.splitlines()[0]
    for name in DEVICES:
        assert faults(made[name]) == []
        assert faults(made[f"unfrozen/{name}"]) == []
        assert [file.data for file in read(made[name]).files[1:]] == [script]


def test_byte_identical():
    assert files("1.2.3") == files("1.2.3")
    assert files("1.2.3")["Dawbridge.amxd"] != files("1.2.4")["Dawbridge.amxd"]


def test_live_is_one_of_the_hosts():
    paths = set(whole.files_of("ableton", "1.2.3"))
    assert PurePosixPath("Dawbridge.amxd") in paths


def test_the_script_is_es5_as_a_whole_and_in_each_part():
    assert es5_faults(files("1.2.3")["unfrozen/dawbridge.js"].decode()) == []
    for path in sorted(FOLDER.glob("*.js")):
        assert es5_faults(path.read_text(encoding="utf-8")) == [], path.name


def test_nothing_in_the_script_brings_live_down():
    """`outlet.apply` and `messnamed.apply` do; comments may speak of them."""
    for path in sorted(FOLDER.glob("*.js")):
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"\b(outlet|messnamed)\.(apply|call)\b", code), path.name


def test_one_fact_is_marked_in_one_place():
    """Every `[U …]` about Live and Ardour stands in one line, which is the one to change; each has its row."""
    scripts = Path(whole.__file__).parent
    rows = (scripts / "HOST_FACTS.md").read_text(encoding="utf-8")
    folders = [scripts / host for host in ("max", "remote_script", "ardour")]
    folders.append(scripts.parent / "bridge_server" / "region" / "clips")
    sources = [
        path for folder in folders for path in folder.rglob("*") if path.suffix in (".js", ".lua", ".py", ".toml")
    ]
    marks = [mark for path in sources for mark in re.findall(r"\[U ([a-z0-9-]+)\]", path.read_text(encoding="utf-8"))]
    assert len(marks) > 30
    assert sorted(marks) == sorted(set(marks)), "a fact that stands in two places"
    assert [mark for mark in marks if f"| `{mark}` |" not in rows] == []


@pytest.mark.parametrize("name", drawings())
def test_the_drawings_in_the_docs_are_up_to_date(name: str):
    """`python -m daw_scripts.max.drawing docs` draws them anew."""
    docs = Path(whole.__file__).parents[1] / "docs"
    assert (docs / name).read_text(encoding="utf-8") == drawings()[name]
    assert f"({name})" in (docs / "ABLETON.md").read_text(encoding="utf-8")


def test_the_drawing_shows_every_control():
    description = read_description()
    text = " ".join(re.sub(r"<[^>]*>", " ", drawing(description)).split())
    for control in description.all_controls:
        assert f"{html.escape(control.title)}:" in text
        for item in control.items[:1] if control.kind == "live.menu" else control.items:
            assert html.escape(item) in text
    ElementTree.fromstring(drawing(description))
