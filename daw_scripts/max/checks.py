"""What Max would silently do without, found before anybody loads the device: no Max needed, a few milliseconds.

Max drops a box of an unknown class, a cord to nowhere, an attribute it does not know, all without a word. So a device
is right when nothing here has anything to say.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from daw_scripts.max.container import ENDING, FROZEN, KINDS, UNFROZEN, BrokenDevice, Device, device_type, read
from daw_scripts.max.description import HEIGHT
from daw_scripts.max.objects import SCRIPT_CLASSES, WINDOW, shape_of

Box = dict[str, Any]


@dataclass(frozen=True)
class Level:
    """A patcher: the device's own, or that of a window. `prefix` is its path, as Live writes it: 'obj-3::'."""

    prefix: str
    patcher: dict[str, Any]

    @property
    def boxes(self) -> list[Box]:
        return [entry["box"] for entry in self.patcher["boxes"]]

    @property
    def cords(self) -> list[tuple[str, int, str, int]]:
        lines = [entry["patchline"] for entry in self.patcher["lines"]]
        return [(*line["source"], *line["destination"]) for line in lines]


def faults(data: bytes) -> list[str]:
    """Everything that is wrong with a device, one sentence each; empty for a good one."""
    try:
        device = read(data)
        levels = list(_levels("", json.loads(device.patcher)["patcher"]))
    except (BrokenDevice, ValueError, KeyError) as fault:
        return [f"not a device: {fault}"]
    found = [*_container(device, data), *_files(device, levels), *_names(levels)]
    for level in levels:
        found += [*_ids(level), *_shapes(level), *_cords(level), *_places(level)]
    top = levels[0]
    if device.kind == KINDS["audio effect"]:
        found += _sound(top)
    if top.patcher["project"]["amxdtype"] != device_type(device.kind):
        found.append(f"the patcher says type {top.patcher['project']['amxdtype']}, the file {device.kind!r}")
    return found


def _levels(prefix: str, patcher: dict[str, Any]) -> Iterator[Level]:
    yield Level(prefix, patcher)
    for entry in patcher["boxes"]:
        if inner := entry["box"].get("patcher"):
            yield from _levels(f"{prefix}{entry['box']['id']}::", inner)


def _container(device: Device, data: bytes) -> Iterator[str]:
    if device.meta != (FROZEN if device.frozen else UNFROZEN):
        yield f"meta is {device.meta}, which does not fit the contents"
    payload = device.files[0].data if device.frozen else data
    if not payload.endswith(ENDING):
        yield "the patcher does not end in a line feed and a zero"


def _files(device: Device, levels: list[Level]) -> Iterator[str]:
    """Each file that a box names is in the dependency cache, and in a frozen device also inside it."""
    cached = {entry["name"] for entry in levels[0].patcher["dependency_cache"]}
    packed = {file.name for file in device.files[1:]}
    used = {name for level in levels for box in level.boxes if (name := _script_of(box))}
    for name in sorted(used - cached):
        yield f"{name} is missing in the dependency cache"
    for name in sorted(cached - used):
        yield f"{name} is in the dependency cache, and nothing uses it"
    if device.frozen and packed != used:
        yield f"packed are {sorted(packed)}, used are {sorted(used)}"


def _script_of(box: Box) -> str:
    """The file that a script box runs, or nothing."""
    word, *arguments = box.get("text", "").split() or [""]
    if box["maxclass"] != "newobj" or word not in SCRIPT_CLASSES or not arguments:
        return ""
    name: str = box.get("textfile", {}).get("filename", arguments[0])
    return name


def _names(levels: list[Level]) -> Iterator[str]:
    """Long names are unique in the device, and the patcher's list has exactly the boxes that are parameters."""
    listed = {key for key, value in levels[0].patcher["parameters"].items() if isinstance(value, list)}
    named: dict[str, str] = {}
    boxes: set[str] = set()
    for level in levels:
        for box in level.boxes:
            value = box.get("saved_attribute_attributes", {}).get("valueof")
            if value is None:
                continue
            boxes.add(level.prefix + box["id"])
            long = value["parameter_longname"]
            if long in named:
                yield f"{box['id']} and {named[long]} are both called {long!r}"
            named[long] = box["id"]
    if boxes != listed:
        yield f"listed as parameters are {sorted(listed ^ boxes)} too many or too few"


def _ids(level: Level) -> Iterator[str]:
    ids = [box["id"] for box in level.boxes]
    for double in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"two boxes have the id {level.prefix}{double}"


def _shapes(level: Level) -> Iterator[str]:
    for box in level.boxes:
        where = f"{level.prefix}{box['id']} ({box.get('text') or box['maxclass']})"
        outlets = tuple(box.get("outlettype", ()))
        if len(outlets) != box["numoutlets"]:
            yield f"{where}: {box['numoutlets']} outlets, {len(outlets)} types of them"
        word = box.get("text", "").split(" ")[0]
        if box["maxclass"] == "newobj" and (word == WINDOW or word in SCRIPT_CLASSES):
            continue
        shape = shape_of(box["maxclass"], box.get("text", ""))
        if shape is None:
            yield f"{where}: not an object we know"
        elif (box["numinlets"], outlets) != (shape.inlets, shape.outlets):
            yield f"{where}: {box['numinlets']} inlets and outlets {outlets}, it has {shape.inlets} and {shape.outlets}"


def _cords(level: Level) -> Iterator[str]:
    boxes = {box["id"]: box for box in level.boxes}
    for source, outlet, destination, inlet in level.cords:
        for end, index, side in ((source, outlet, "numoutlets"), (destination, inlet, "numinlets")):
            if end not in boxes:
                yield f"a cord ends at {level.prefix}{end}, which is not there"
            elif not 0 <= index < boxes[end][side]:
                yield f"a cord ends at {side[3:-1]} {index} of {level.prefix}{end}, which has {boxes[end][side]}"


def _places(level: Level) -> Iterator[str]:
    """What is shown lies inside the device and not upon each other."""
    patcher = level.patcher
    _, _, width, height = patcher.get("openrect") or patcher["rect"]
    shown = [(box["id"], box["presentation_rect"]) for box in level.boxes if box.get("presentation")]
    if not level.prefix and height != HEIGHT:
        yield f"a device is {HEIGHT} pixels high, not {height}"
    for name, (left, top, wide, high) in shown:
        if left < 0 or top < 0 or left + wide > width or top + high > height:
            yield f"{level.prefix}{name} lies outside"
    for index, (name, one) in enumerate(shown):
        yield from (f"{name} lies upon {other}" for other, two in shown[index + 1 :] if _overlap(one, two) > 3)
    for box in level.boxes:
        if box["maxclass"].startswith("live.") or box["maxclass"] == "textedit":
            if not box.get("presentation"):
                yield f"{level.prefix}{box['id']} is not shown"
            elif box["maxclass"] != "live.comment" and not box.get("annotation"):
                yield f"{level.prefix}{box['id']} has no text for the Info View"


def _overlap(one: list[float], two: list[float]) -> float:
    """By how many pixels they overlap, in the direction in which it is least; text boxes have air around them."""
    return min(min(one[axis] + one[axis + 2], two[axis] + two[axis + 2]) - max(one[axis], two[axis]) for axis in (0, 1))


def _sound(level: Level) -> Iterator[str]:
    """Sound reaches the output on both channels; if not, the track would be silent."""
    ids = {box.get("text"): box["id"] for box in level.boxes}
    for channel in (0, 1):
        if not _reaches(level, ids.get("plugin~", ""), channel, ids.get("plugout~", "")):
            yield f"channel {channel + 1} does not get from plugin~ to plugout~"


def _reaches(level: Level, source: str, channel: int, target: str) -> bool:
    """True if a cord chain leads from outlet `channel` of the source to inlet `channel` of the target."""
    open_ends = {(d, inlet) for s, outlet, d, inlet in level.cords if (s, outlet) == (source, channel)}
    seen: set[tuple[str, int]] = set()
    while open_ends - seen:
        box, inlet = (open_ends - seen).pop()
        seen.add((box, inlet))
        if box != target:
            open_ends |= {(d, i) for s, _, d, i in level.cords if s == box}
    return (target, channel) in seen
