"""What the panel's action says where ReaImGui is missing or too old."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.daw.conftest import Song
from tests.daw.panel import IMGUI
from tests.daw.panel_stage import PANEL
from tests.daw.studio import listed


@pytest.mark.parametrize(
    ("extensions", "words", "browsed"),
    [
        ({"reapack": True}, "ReaPack: Browse packages, install it", ["ReaImGui: ReaScript binding for Dear ImGui"]),
        ({}, "Install ReaPack", []),
    ],
)
def test_without_reaimgui_it_says_which_package_is_missing(
    make_song: Callable[..., Song], extensions: dict[str, Any], words: str, browsed: list[str]
):
    song = make_song(extensions=extensions)
    song.studio.run(PANEL)
    assert "ReaImGui: ReaScript binding for Dear ImGui" in song.studio.messages[0]
    assert words in song.studio.messages[0]
    assert listed(song.studio.world.browsed) == browsed
    assert len(song.studio.world.deferred) == 0
    song.studio.answer("", "", "1", "1", "")
    song.studio.act("Repaint time selection")
    assert song.studio.until(song.desk.next_job)


def test_a_reaimgui_that_is_too_old_is_told_of(make_song: Callable[..., Song]):
    song = make_song(extensions={"imgui": IMGUI})
    song.studio.world.imgui.is_old = True
    song.studio.run(PANEL)
    assert "0.9 or newer" in song.studio.messages[0]
