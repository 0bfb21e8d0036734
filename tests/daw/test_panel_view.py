"""The panel's window, with a desk that the test plays: everything that can be pressed does what it says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.daw.panel_window import Window, submit


@pytest.fixture(params=["5.3", "5.4"])
def window(request: pytest.FixtureRequest, tmp_path: Path) -> Window:
    return Window(tmp_path, tmp_path / "home", lua=request.param)


@pytest.fixture
def reopen(tmp_path: Path) -> Callable[[Any], Window]:
    return lambda kept: Window(tmp_path, tmp_path / "home", kept=kept)


VERBS = {
    "Repaint": {"Style", "Lyrics", "Key", "Strength", "Variants", "Seed"},
    "Extend to the left": {"Length", "Style", "Lyrics", "Key", "Variants", "Seed"},
    "Extend to the right": {"Length", "Style", "Lyrics", "Key", "Variants", "Seed"},
    "Generate": {"Style", "Lyrics", "Key", "Variants", "Seed"},
    "Retake": {"Variance", "Variants", "Seed"},
    "Add a layer": {"Instrument", "Style", "Lyrics", "Key", "Variants", "Seed"},
    "Edit lyrics": {"Lyrics", "The words as they are now", "Style", "Keep the melody", "Key", "Variants", "Seed"},
    "Make again": set(),
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_its_form_and_its_button(window: Window, verb: str):
    window.panel.press(verb, "verbs")
    window.studio.tick()
    form = {thing.label for thing in window.panel.things if thing.kind in ("Field", "Slider", "Check", "Text")}
    assert VERBS[verb] <= form
    for other in set().union(*VERBS.values()) - VERBS[verb] - {"Lyrics"}:
        assert other not in form
    window.panel.press(verb, at="Dawbridge")
    (asked,) = window.asked
    assert asked[:2] == ("submit", window.drafts.verb)
    assert window.studio.world.imgui.most_calls < 400


def test_what_is_typed_is_handed_in(window: Window):
    window.panel.type("Style", "lofi, rhodes “ä”")
    window.panel.type("Strength", 0.25)
    window.panel.type("Variants", 4)
    window.panel.type("Seed", "77")
    window.panel.type("Chords", "Am F | C G")
    window.panel.type("", "one\ntwo", "Dawbridge")
    submit(window, "Repaint")
    ((_, verb, answers),) = window.asked
    assert verb == "repaint"
    wanted = {
        "tags": "lofi, rhodes “ä”",
        "strength": "0.25",
        "variants": "4",
        "seed": "77",
        "lyrics": "one\ntwo",
        "key": "",
        "chords": "Am F | C G",
    }
    assert dict(answers) == wanted


def test_versions_of_lyrics_stand_side_by_side(window: Window):
    window.panel.press("Edit lyrics", "verbs")
    window.studio.tick()
    window.panel.type("", "first", "versions")
    window.panel.press("+ Version")
    window.studio.tick()
    areas = [thing for thing in window.panel.things if thing.kind == "Area" and "versions" in thing.path]
    assert [area.value for area in areas] == ["first", "first"], "a new version begins as the last one"
    assert {"Version 1", "Version 2"} <= {thing.label for thing in window.panel.things}
    window.drafts.versions[2] = "second"
    submit(window, "Edit lyrics")
    answers = next(asked for asked in window.asked if asked[0] == "submit")[2]
    assert answers.lyrics == "first\n---\nsecond"
    for _ in range(9):
        if not window.panel.thing("+ Version").is_disabled:
            window.panel.press("+ Version")
            window.studio.tick()
    assert len(window.drafts.versions) == 6
    for _ in range(5):
        window.panel.press("– Version")
    window.studio.tick()
    assert window.panel.thing("– Version").is_disabled


def test_a_verb_that_cannot_be_served_is_grey_and_says_why(window: Window):
    window.desk.reasons.edit = "Fetch ace-step-v1 first: dawbridge models pull ace-step-v1."
    window.studio.tick()
    assert window.panel.thing("Edit lyrics").is_disabled
    assert not window.panel.thing("Repaint").is_disabled
    assert window.panel.tooltip("Edit lyrics") == "Fetch ace-step-v1 first: dawbridge models pull ace-step-v1."
    assert window.panel.tooltip("Repaint") is None
    window.desk.reasons.repaint = "No backend that is installed can do this."
    window.studio.tick()
    assert [
        thing.is_disabled for thing in window.panel.things if thing.label == "Repaint" and thing.kind == "Button"
    ] == [
        True,
        True,
    ]


def test_a_fault_stands_below_the_form_until_another_verb_is_chosen(window: Window):
    window.desk.fault = "Nothing is selected."
    submit(window, "Repaint")
    window.studio.tick()
    assert "Nothing is selected." in window.panel.text
    window.panel.press("Generate", "verbs")
    window.studio.tick()
    assert "Nothing is selected." not in window.panel.text


def test_jobs_show_how_far_they_are_and_can_be_stopped_or_tried_again(window: Window):
    window.desk.shown_jobs = window.table(
        [
            {"id": "a", "title": "Repaint 0:04", "status": "rendering 2 of 3", "fraction": 0.375, "can_cancel": True},
            {"id": "b", "title": "Edit lyrics 0:08", "status": "in the queue, 1 before it", "can_cancel": True},
            {"id": "c", "title": "Generate 0:12", "status": "The engine died.", "can_retry": True, "has_ended": True},
        ]
    )
    window.studio.tick()
    assert window.panel.thing("37 %").value == 0.375
    assert {"rendering 2 of 3", "in the queue, 1 before it", "The engine died."} <= set(window.panel.text.split("\n"))
    window.panel.press("Cancel", "/b")
    window.panel.press("Retry", "/c")
    window.panel.press("Dismiss", "/c")
    assert window.asked == [("cancel", "b"), ("retry", "c"), ("dismiss", "c")]


def test_variants_are_listened_to_kept_or_discarded(window: Window):
    assert "Select a result" in window.panel.text
    window.desk.shown_result = window.table(
        {
            "title": "Repaint 0:04–0:08",
            "remarks": ["key heard: D major"],
            "variants": [
                {"number": 1, "name": "Repaint 1 · lofi", "plays": True, "is_kept": False},
                {"number": 2, "name": "Repaint 2 · lofi", "plays": False, "is_kept": True},
            ],
        }
    )
    window.studio.tick()
    assert window.panel.thing("Variant 1").value is True
    assert "key heard: D major" in window.panel.text
    assert window.panel.thing("Variant 2 (kept)").value is False
    assert window.panel.tooltip("Variant 1") == "Repaint 1 · lofi"
    window.panel.press("Variant 2 (kept)")
    for button in ("Keep", "Discard", "Make again"):
        window.panel.press(button, "result")
    assert [asked[:2] for asked in window.asked] == [("listen", 2), ("keep",), ("discard",), ("again", False)]
    assert "Finish the draft" not in window.panel.text
    window.desk.shown_result.is_draft = True
    window.studio.tick()
    window.panel.press("Finish the draft", "result")
    window.panel.press("Open in the panel")
    assert [asked[:2] for asked in window.asked[4:]] == [("again", True), ("open_panel",)]
    window.panel.press("Retake …", "result")
    window.studio.tick()
    assert window.panel.thing("Variance").value == 0.5
    window.desk.reasons.retake = "No backend that is installed can do this."
    window.studio.tick()
    assert window.panel.thing("Retake …").is_disabled
    assert window.panel.tooltip("Retake …") == "No backend that is installed can do this."


def test_the_engine_can_be_started(window: Window):
    window.desk.shown_engine = window.table({"sentence": "The bridge is not running.", "can_start": True})
    window.studio.tick()
    window.panel.press("Start")
    assert window.asked == [("start",)]


def test_a_question_is_answered_with_a_button(window: Window):
    answers = [{"caption": "Each", "value": "each"}, {"caption": "The mix", "value": "mix"}]
    window.desk.asks = window.table({"sentence": "Two tracks are selected.", "answers": answers})
    window.studio.tick()
    assert "Two tracks are selected." in window.panel.text
    window.panel.press("The mix")
    assert window.asked == [("answer", "mix")]


def test_notices_stay_until_they_are_understood(window: Window):
    window.desk.said = window.table(["The take is kept: /a/b.wav", "Save the project first."])
    window.studio.tick()
    assert "The take is kept: /a/b.wav" in window.panel.text
    window.panel.press("Understood")
    assert window.asked == [("clear_notices",)]


def test_the_space_bar_plays_unless_something_is_typed(window: Window):
    window.panel.key("Key_Space")
    assert window.asked == [("play_or_stop",)]
    window.panel.gui.is_typing = True
    window.panel.key("Key_Space")
    window.panel.gui.is_typing = False
    window.panel.gui.is_focused = False
    window.studio.tick()
    assert window.asked == [("play_or_stop",)]


def test_settings_and_loras_are_under_advanced(window: Window):
    assert "Guidance scale" not in {thing.label for thing in window.panel.things}
    window.panel.press("Advanced")
    window.studio.tick()
    window.panel.type("Guidance scale", "7,5")
    window.panel.type("Infer step", "27")
    window.panel.type("Oss steps", "16, 29, 52")
    window.panel.press("Cfg type")
    window.panel.press("cfg_star")
    window.panel.press("Backend")
    window.panel.press("ace-step-v1")
    window.panel.press("+ LoRA")
    window.studio.tick()
    window.panel.type("File", "/models/rap", "lora1")
    window.panel.type("Weight", -0.5, "lora1")
    assert dict(window.drafts.settings) == {
        "guidance_scale": "7,5",
        "infer_step": "27",
        "oss_steps": "16, 29, 52",
        "cfg_type": "cfg_star",
        "backend": "ace-step-v1",
    }
    assert dict(window.drafts.loras[1]) == {"path": "/models/rap", "weight": -0.5}
    assert window.panel.tooltip("Guidance scale") == "how closely the words are followed; 0 and 1: not guided"
    window.panel.press("–", "lora1")
    assert len(window.drafts.loras) == 0
    window.studio.tick()


def test_only_settings_that_mean_something_are_shown(window: Window):
    window.panel.press("Advanced")
    window.desk.known = window.table({"infer_step": True, "loras": True})
    window.studio.tick()
    fields = {thing.label for thing in window.panel.things if thing.path.endswith("advanced")}
    assert {"Infer step", "+ LoRA", "Backend"} <= fields
    assert not {"Guidance scale", "Language of the lyrics (en, de, ja …)"} & fields
    window.desk.known = window.table({})
    window.studio.tick()
    assert "no settings of its own" in window.panel.text
    assert "+ LoRA" not in {thing.label for thing in window.panel.things}


def test_what_was_typed_is_there_the_next_time_but_the_seed(window: Window, reopen: Callable[[Any], Window]):
    window.panel.type("Style", "dub, “bass”\u2028")
    window.panel.type("Seed", "5")
    window.panel.type("", "line one\nline two", "Dawbridge")
    submit(window, "Repaint")
    again = reopen(window.studio.kept)
    assert again.panel.thing("Style").value == "dub, “bass”\u2028"
    assert again.panel.thing("Seed").value == ""
    assert again.panel.thing("", "Area").value == "line one\nline two"


DAMAGED = '{"id":"drafts","answers":5,"versions":{"a":1},"loras":[3],"verb":7}'


@pytest.mark.parametrize("kept", ["", "{", "[1]", DAMAGED])
def test_what_cannot_be_understood_is_as_if_nothing_had_been_typed(kept: str, tmp_path: Path):
    drafts = tmp_path / "REAPER" / "Dawbridge" / "panel" / "drafts.json"
    drafts.parent.mkdir(parents=True)
    drafts.write_text(kept)
    window = Window(tmp_path, tmp_path / "home")
    assert window.panel.thing("Style").value == ""


def test_the_window_can_be_collapsed_and_closed(window: Window):
    window.panel.gui.is_collapsed = True
    window.studio.tick()
    assert window.panel.things == []
    window.panel.gui.is_collapsed = False
    window.panel.gui.is_closing = True
    window.studio.tick()
    assert window.desk.is_closed


def test_a_context_that_was_collected_is_made_anew(window: Window):
    before = window.view.alive
    before.is_dead = True
    window.studio.tick()
    assert window.view.alive != before
    assert window.panel.things


def test_constants_may_be_functions(window: Window):
    """As they were in some versions of ReaImGui."""
    constants = window.studio.runtime.execute(
        """
        reaper = setmetatable({ ImGui__init = function()
          return { Key_Space = function() return 32 end, Button = function() return false end, Key_Escape = 27 }
        end }, { __index = reaper })
        package.loaded.imgui = nil
        local gui = require("reaper.host.extensions").imgui()
        return { gui.Key_Space, gui.Key_Escape, type(gui.Button) }
        """
    )
    assert list(constants.values()) == [32, 27, "function"]


def test_after_an_error_only_the_last_word_is_shown(window: Window):
    window.view.give_up(window.view, "The script met an error of its own.")
    window.studio.tick()
    assert [thing.label for thing in window.panel.things] == ["The script met an error of its own."]


def test_key_and_lyrics_come_from_the_selection(window: Window):
    window.panel.press("Key and lyrics from the selection")
    assert window.asked == [("read_selection", "repaint")]
    window.panel.press("Add a layer", "verbs")
    window.studio.tick()
    assert "Key and lyrics from the selection" not in {thing.label for thing in window.panel.things}
