"""A patcher while it is being filled: named boxes, and cords between them."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from daw_scripts.max.description import HEIGHT
from daw_scripts.max.objects import Shape, shape_of

LEFT, ROW = 20, 26


@dataclass
class Patch:
    """A patcher while it is being filled. Boxes are named; their ids are `obj-<name>`."""

    boxes: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, maxclass: str, text: str = "", *, shape: Shape | None = None, **more: Any) -> str:
        """A new box; returns its name. `shape` is for those that the catalogue leaves open: scripts and windows."""
        form = shape or shape_of(maxclass, text)
        if form is None:
            raise ValueError(f"{name}: {maxclass} {text!r} is not an object we know")
        box: dict[str, Any] = {"id": f"obj-{name}", "maxclass": maxclass}
        if text:
            box["text"] = text
        box |= {"numinlets": form.inlets, "numoutlets": len(form.outlets)}
        if form.outlets:
            box["outlettype"] = list(form.outlets)
        row, column = divmod(len(self.boxes), 6)
        box["patching_rect"] = [float(LEFT + column * 170), float(HEIGHT + 40 + row * ROW), 150.0, 20.0]
        self.boxes.append({"box": box | more})
        return name

    def cord(self, source: str, outlet: int, destination: str, inlet: int = 0) -> None:
        ends = {"source": [f"obj-{source}", outlet], "destination": [f"obj-{destination}", inlet]}
        self.lines.append({"patchline": ends})

    def chain(self, *names: str) -> None:
        """Cords from each box's first outlet to the next one's first inlet."""
        for source, destination in itertools.pairwise(names):
            self.cord(source, 0, destination)
