"""Adapters: the LoRAs that a request names, and no others, sound while it is rendered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from bridge_server.protocol.errors import BadRequest, NotFound, Unsupported
from bridge_server.protocol.values import Lora
from engine.backends.ace_15.pipeline import SongPipeline, quiet

Stamp = tuple[str, int, int]
FOR_THIS = "Use one that was trained for ACE-Step 1.5 (not v1), as a PEFT or diffusers LoRA."


class Adapters:
    """Remembers which files are loaded, so that turning a weight reads nothing again."""

    def __init__(self) -> None:
        self._loaded: dict[Stamp, str] = {}
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
            pipeline.delete_adapters(self._loaded.pop(stamp))
        if not wanted:
            if self._count:
                pipeline.unload_lora_weights()
                self._count = 0
            return ()
        for stamp in stamps:
            if stamp not in self._loaded:
                self._loaded[stamp] = self._load(pipeline, Path(stamp[0]))
        pipeline.set_adapters([self._loaded[stamp] for stamp in stamps], [lora.weight for lora in wanted])
        return tuple(
            f"the LoRA {Path(lora.path).name} has weight 0 and is not heard" for lora in wanted if lora.weight == 0
        )

    def _load(self, pipeline: SongPipeline, file: Path) -> str:
        """Its name inside the pipeline."""
        state = _read(file)
        if any("dora_scale" in key or "lokr" in key or "hada" in key for key in state):
            raise BadRequest(f"{file.name} is no plain LoRA: DoRA, LoKr and LoHa cannot be loaded.", FOR_THIS)
        name = f"lora{self._count}"
        self._count += 1
        try:
            with quiet():
                pipeline.load_lora_weights(dict(state), adapter_name=name)
        except ImportError as error:
            raise Unsupported("LoRAs need peft, which is not installed.", "pip install peft") from error
        except (ValueError, KeyError, RuntimeError, TypeError, IndexError) as error:
            self._take_away(pipeline, name)
            reason = (str(error).strip().splitlines() or [repr(error)])[0][:200]
            raise BadRequest(f"{file.name} is no LoRA for this model: {reason}", FOR_THIS) from error
        changed = _changed(pipeline, name)
        if changed == 0:
            self._take_away(pipeline, name)
            raise BadRequest(f"{file.name} would change nothing: no part of it belongs to this model.", FOR_THIS)
        return name

    @staticmethod
    def _take_away(pipeline: SongPipeline, name: str) -> None:
        if any(name in names for names in pipeline.get_list_adapters().values()):
            pipeline.delete_adapters(name)


def _changed(pipeline: SongPipeline, name: str) -> int:
    """How many layers hear the adapter: both of its halves have something else than zeros there."""
    if not any(name in names for names in pipeline.get_list_adapters().values()):
        return 0
    layers: dict[str, dict[str, Any]] = {}
    for path, weight in pipeline.transformer.named_parameters():
        for half in ("lora_A", "lora_B"):
            if f".{half}.{name}." in path:
                layers.setdefault(path.split(f".{half}.")[0], {})[half] = weight
    return sum(len(halves) == 2 and all(bool(half.any()) for half in halves.values()) for halves in layers.values())


def _read(file: Path) -> Mapping[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(file)
    except (SafetensorError, OSError, ValueError) as error:
        raise BadRequest(f"{file.name} is no LoRA in safetensors: {error}", FOR_THIS) from error


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
