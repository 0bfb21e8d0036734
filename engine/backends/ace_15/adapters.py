"""Adapters: the LoRAs that a request names, and no others, sound while it is rendered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge_server.protocol.errors import BadRequest, NotFound, Unsupported
from bridge_server.protocol.values import Lora
from engine.backends.ace_15.lora_file import FOR_THIS, layers_of, read_lora
from engine.backends.ace_15.pipeline import SongPipeline, quiet

Stamp = tuple[str, int, int]


@dataclass(frozen=True)
class Loaded:
    """`name` inside the pipeline; `notes` for every take that it is heard in."""

    name: str
    notes: tuple[str, ...]


class Adapters:
    """Remembers which files are loaded, so that turning a weight reads nothing again."""

    def __init__(self) -> None:
        self._loaded: dict[Stamp, Loaded] = {}
        self._count = 0

    @property
    def are_there(self) -> bool:
        """Whether the pipeline holds any, heard or not."""
        return self._count > 0

    def apply(self, pipeline: SongPipeline, wanted: Sequence[Lora]) -> tuple[str, ...]:
        """Make exactly the wanted LoRAs sound; none takes all of them away. Returns notes.

        Raises NotFound; BadRequest for a file that is none, or that would change nothing; Unsupported without peft.
        """
        stamps = [_stamp(lora) for lora in wanted]
        if len(set(stamps)) < len(stamps):
            raise BadRequest("A LoRA is named twice.", "Name it once, with the weight that you want.")
        for stamp in set(self._loaded) - set(stamps):
            pipeline.delete_adapters(self._loaded.pop(stamp).name)
        if not wanted:
            if self._count:
                pipeline.unload_lora_weights()
                self._count = 0
            return ()
        for stamp in stamps:
            if stamp not in self._loaded:
                self._loaded[stamp] = self._load(pipeline, Path(stamp[0]))
        chosen = [self._loaded[stamp] for stamp in stamps]
        pipeline.set_adapters([found.name for found in chosen], [lora.weight for lora in wanted])
        silent = tuple(
            f"the LoRA {Path(lora.path).name} has weight 0 and is not heard" for lora in wanted if lora.weight == 0
        )
        return (*silent, *(note for found in chosen for note in found.notes))

    def _load(self, pipeline: SongPipeline, file: Path) -> Loaded:
        """Under a name of its own inside the pipeline."""
        state = read_lora(file)
        name = f"lora{self._count}"
        self._count += 1
        try:
            with quiet():
                pipeline.load_lora_weights(state, adapter_name=name)
        except ImportError as error:
            raise Unsupported("LoRAs need peft, which is not installed.", "pip install peft") from error
        except (ValueError, KeyError, RuntimeError, TypeError, IndexError) as error:
            self._take_away(pipeline, name)
            reason = (str(error).strip().splitlines() or [repr(error)])[0][:200]
            raise BadRequest(f"{file.name} is no LoRA for this model: {reason}", FOR_THIS) from error
        found = _found(pipeline, name)
        if not any(found):
            self._take_away(pipeline, name)
            why = "all its numbers are zero" if found else "no part of it belongs to this model"
            raise BadRequest(f"{file.name} would change nothing: {why}.", FOR_THIS)
        count = len(layers_of(state))
        note = f"only {len(found)} of the {count} layers that {file.name} changes are in this model"
        return Loaded(name, (note,) if len(found) < count else ())

    @staticmethod
    def _take_away(pipeline: SongPipeline, name: str) -> None:
        if any(name in names for names in pipeline.get_list_adapters().values()):
            pipeline.delete_adapters(name)


def _found(pipeline: SongPipeline, name: str) -> list[bool]:
    """For each layer of the model that has the adapter, whether it is heard there: neither half is all zeros."""
    if not any(name in names for names in pipeline.get_list_adapters().values()):
        return []
    layers: dict[str, list[Any]] = {}
    for path, weight in pipeline.transformer.named_parameters():
        for half in ("lora_A", "lora_B"):
            if f".{half}.{name}." in path:
                layers.setdefault(path.split(f".{half}.")[0], []).append(weight)
    return [all(not half.is_meta and bool(half.any()) for half in halves) for halves in layers.values()]


def _stamp(lora: Lora) -> Stamp:
    path = Path(lora.path)
    if path.is_dir():
        found = sorted(path.glob("*.safetensors"))
        if len(found) != 1:
            raise NotFound(f"{path} holds {len(found)} safetensors files.", "Name the one that is the LoRA.")
        path = found[0]
    if not path.is_file():
        raise NotFound(f"There is no LoRA {path}.", "Name a .safetensors file, or the folder that holds it.")
    state = path.stat()
    return str(path), state.st_mtime_ns, state.st_size
