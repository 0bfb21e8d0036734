"""Options of the machine, not of the song: device, precision, compilation. From the environment, read once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import torch

from bridge_server.protocol.errors import BadRequest

DEVICE_VARIABLE, DTYPE_VARIABLE = "DAWBRIDGE_DEVICE", "DAWBRIDGE_ACE_STEP_V1_DTYPE"
COMPILE_VARIABLE, MEMORY_VARIABLE = "DAWBRIDGE_TORCH_COMPILE", "DAWBRIDGE_GPU_GB"
DEVICES = "It may be cuda, cuda:1, mps or cpu; without it the first that is there is taken."
DTYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16, "float32": torch.float32}


@dataclass(frozen=True)
class Options:
    """device    where the model computes
    dtype     of the transformer and the text encoder; the codec is float32 always
    compiles  whether torch.compile rewrites the transformer: minutes once, then faster steps
    budget    bytes that it may use; None for what the device has free
    """

    device: torch.device
    dtype: torch.dtype
    compiles: bool = False
    budget: int | None = None

    @classmethod
    def from_environment(cls, dtype_variable: str = DTYPE_VARIABLE) -> Options:
        """CUDA before Apple's MPS before the CPU; bfloat16 on CUDA, float32 elsewhere. Raises BadRequest."""
        device = _device(os.environ.get(DEVICE_VARIABLE) or _best_device())
        usual = "bfloat16" if device.type == "cuda" else "float32"
        name = os.environ.get(dtype_variable) or usual
        if name not in DTYPES:
            raise BadRequest(f"{dtype_variable} is {name!r}.", f"It may be {', '.join(DTYPES)}.")
        compiles = os.environ.get(COMPILE_VARIABLE, "") not in ("", "0")
        return cls(device, DTYPES[name], compiles, _budget(os.environ.get(MEMORY_VARIABLE, "")))

    def settle(self) -> None:
        """Let cuDNN choose its algorithms by rule and not by stopwatch: same seed, same audio (promise P4)."""
        if self.device.type == "cuda":
            torch.backends.cudnn.deterministic = True
            torch.backends.cudnn.benchmark = False


def _best_device() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise BadRequest(f"{DEVICE_VARIABLE} is {name!r}.", DEVICES) from error
    if device.type not in ("cuda", "mps", "cpu"):
        raise BadRequest(f"{DEVICE_VARIABLE} is {name!r}.", DEVICES)
    if not _is_there(device):
        raise BadRequest(f"{DEVICE_VARIABLE} is {name!r}, but the installed torch finds no such device here.", DEVICES)
    return device


def _is_there(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count()
    return device.type == "cpu" or torch.backends.mps.is_available()


def _budget(gigabytes: str) -> int | None:
    try:
        budget = int(float(gigabytes) * 1e9) if gigabytes else None
    except (ValueError, OverflowError):
        budget = 0
    if budget is not None and budget <= 0:
        raise BadRequest(f"{MEMORY_VARIABLE} is {gigabytes!r}.", "It is a number above 0, e.g. 7.5.")
    return budget


def free_bytes(device: torch.device) -> int | None:
    """Memory that is free on the device right now; None where the system does not tell."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return None
