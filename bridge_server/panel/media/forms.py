"""Forms: requests as a browser may see and send them again, with a reference in place of every path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from bridge_server.panel.references import project_id
from bridge_server.protocol.requests import JobRequest

Plain = dict[str, Any]


class Forms:
    """takes  path of a take's first file → its 'JOB/N'
    loras    path → the name under which the panel offers a LoRA
    """

    def __init__(self, takes: Mapping[str, str], loras: Mapping[Path, str]) -> None:
        self._takes = takes
        self._loras = loras

    def of(self, request: JobRequest, job: str) -> Plain:
        """A request as plain data. What it was made from becomes `source:JOB`, which brings clips and all.

        job  whose request it is, or of a `retake` and `again` the one whose recipe holds it
        A LoRA or take that the panel does not offer any more has an empty `path` or `take`: it has to be chosen anew.
        """
        plain: Plain = msgspec.to_builtins(request)
        plain.pop("folder", None)
        for name in ("source", "reference"):
            if plain.get(name):
                plain[name] = {"path": f"source:{job}"}
        if plain.get("sources"):
            plain["sources"] = [{"path": f"source:{job}"}]
        if "take" in plain:
            plain["take"] = self.take(plain["take"])
        if plain.get("project"):
            plain["project"] = f"project:{project_id(plain['project'])}"
        if plain.get("loras"):
            plain["loras"] = [self._lora(lora) for lora in plain["loras"]]
        return plain

    def take(self, path: str) -> str:
        """'take:JOB/N' of a take's file; empty for a file that is none."""
        return f"take:{self._takes[path]}" if path in self._takes else ""

    def _lora(self, lora: Plain) -> Plain:
        path = Path(lora["path"])
        name = self._loras.get(path) or self._loras.get(path.parent, "")
        return {**lora, "path": f"lora:{name}" if name else "", "name": name or path.stem}
