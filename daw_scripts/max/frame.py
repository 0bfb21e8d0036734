"""What a patcher says of itself beside its boxes and cords: versions, size, files, what kind of device it is."""

from typing import Any

from daw_scripts.max.container import KINDS, device_type, mac_seconds
from daw_scripts.max.description import HEIGHT, Build, Description
from daw_scripts.max.patch import Patch
from daw_scripts.max.strip import FONT, FONT_SIZE


def frame(patch: Patch, description: Description, build: Build) -> dict[str, Any]:
    """Everything in the patcher that is not the parameters."""
    major, minor, revision = build.max
    moment = mac_seconds(description.written)
    return {
        "fileversion": 1,
        "appversion": {"major": major, "minor": minor, "revision": revision, "architecture": "x64", "modernui": 1},
        "classnamespace": "box",
        "rect": [60.0, 90.0, 1120.0, 720.0],
        "openrect": [0.0, 0.0, float(description.width), float(HEIGHT)],
        "openinpresentation": 1,
        "default_fontsize": FONT_SIZE,
        "default_fontname": FONT,
        "devicewidth": float(description.width),
        "description": description.about,
        "digest": description.about,
        "tags": "",
        "boxes": patch.boxes,
        "lines": patch.lines,
        "dependency_cache": [
            {"name": description.script, "bootpath": ".", "patcherrelativepath": ".", "type": "TEXT", "implicit": 1}
        ],
        "latency": 0,
        "is_mpe": 0,
        "minimum_live_version": "",
        "minimum_max_version": "",
        "platform_compatibility": 0,
        "project": _project(description, moment),
        "autosave": 0,
    }


def _project(description: Description, moment: int) -> dict[str, Any]:
    return {
        "version": 1,
        "creationdate": moment,
        "modificationdate": moment,
        "viewrect": [0.0, 0.0, 300.0, 500.0],
        "autoorganize": 1,
        "hideprojectwindow": 1,
        "showdependencies": 1,
        "autolocalize": 0,
        "contents": {"patchers": {}, "code": {description.script: {"kind": "javascript", "local": 1}}},
        "layout": {},
        "searchpath": {},
        "detailsvisible": 0,
        "amxdtype": device_type(KINDS[description.kind]),
        "readonly": 0,
        "devpathtype": 0,
        "devpath": ".",
        "sortmode": 0,
        "viewmode": 0,
    }
