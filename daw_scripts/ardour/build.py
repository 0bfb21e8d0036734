"""Ardour's files: one script for each verb and the watcher, each complete in itself.

Ardour keeps the bytecode of `factory` alone and has no `require`, so the modules stand inside that function. What
is only there to be read is left out: Ardour keeps the text of every script in use twice over in its settings.
"""

import re
from pathlib import Path

from daw_scripts.bundle import bundle

FOLDER = Path(__file__).parent
NOT_RUN = re.compile(r"^[ \t]*(?:--.*|doc = \".*\",)?\n|^[ \t]+", re.MULTILINE)
"""Comments, what the protocol's tables say for people, empty lines, indentation."""
ACTIONS = {
    "repaint": ("Repaint", "Composes the selected range anew. The takes come back on a track beside it."),
    "extend_left": ("Extend to the left", "Leads into the selected region: new music before it."),
    "extend_right": ("Extend to the right", "Goes on after the selected region: new music behind it."),
    "generate": ("Generate", "New music for the selected range."),
    "retake": ("Retake", "A variation of the selected result of Dawbridge."),
    "layer": ("Add a layer", "A new stem that fits what the tracks play in the selected range."),
    "edit": ("Edit lyrics", "The same performance with other words, or in another style."),
    "again": ("Make again", "Makes the selected result anew from its recipe."),
    "choose": ("Choose a variant", "Which variant of the selected result is heard."),
    "keep": ("Keep", "Marks the variant that is heard as the one you keep."),
    "discard": ("Discard", "Takes the selected results away; their files stay."),
    "cancel": ("Cancel", "Stops a job of Dawbridge."),
    "status": ("Status", "What Dawbridge is doing, and what can be done next."),
    "open_panel": ("Open in the panel", "Hear and change the selected range in the browser."),
}
"""verb → title and one sentence, as Ardour's script manager lists them. Titles are those of shared/text_verbs.lua."""


def files(version: str) -> dict[str, bytes]:
    """Every installable file by its path below Ardour's `scripts` folder. Raises BrokenSource."""
    action = (FOLDER / "action.lua").read_text(encoding="utf-8")
    found = {"dawbridge_watcher.lua": (FOLDER / "watcher.lua").read_text(encoding="utf-8")}
    for verb, (title, about) in ACTIONS.items():
        text = action.replace("@TITLE@", title).replace("@ABOUT@", about).replace("@VERB@", verb)
        found[f"dawbridge_{verb}.lua"] = text
    return {name: complete(text, version).encode() for name, text in found.items()}


def complete(source: str, version: str) -> str:
    """The text of an installable script. Raises BrokenSource."""
    first, rest = bundle(source, version).split("\n", 1)
    return first + "\n" + NOT_RUN.sub("", rest)
