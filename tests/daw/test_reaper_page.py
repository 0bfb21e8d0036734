"""docs/REAPER.md and its drawings say what the scripts say."""

import re
from pathlib import Path

import pytest

from daw_scripts.reaper.build import ACTIONS
from tests.daw.drawings import DOCS, drawings

PAGE = (DOCS / "REAPER.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    return drawings()


def test_the_drawings_show_what_the_scripts_show_today(drawn: dict[str, str]):
    for name, svg in drawn.items():
        assert (DOCS / name).read_text(encoding="utf-8") == svg, "run `python -m tests.daw.drawings`"
        assert f"]({name})" in PAGE
        assert "a drawing, not a photograph" in svg


def test_every_callout_found_its_place(drawn: dict[str, str]):
    assert len(re.findall(r"<circle cx=\"488\"", drawn["reaper-panel.svg"])) == 8


@pytest.mark.parametrize("path", sorted(ACTIONS.glob("*.lua")), ids=lambda path: path.stem)
def test_every_action_is_named_on_the_page(path: Path):
    title = path.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("-- @description Dawbridge: ")
    short = title.removeprefix("Extend item ").removeprefix("Choose ")
    assert short in PAGE


def test_the_page_says_that_nothing_ran_in_a_real_reaper():
    assert "never been run in a real REAPER" in PAGE
