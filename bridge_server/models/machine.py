"""What this machine has to compute with, found out without any model library."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ASK_SECONDS = 5.0
APPLE_SHARE = 0.7
"""Of a Mac's memory, as much as its graphics part may use; the rest is for everybody else."""

LIBRARIES = ("torch", "diffusers", "transformers")


@dataclass(frozen=True)
class Gpu:
    """`memory` in bytes, as much as can be used; `is_shared` where it is the computer's own."""

    name: str
    memory: int
    is_shared: bool = False


@dataclass(frozen=True)
class Machine:
    """memory   bytes of the computer; 0 where nobody says
    gpu         the one with the most memory that torch can compute on; None for none
    has_engine  whether the libraries of models are installed
    """

    memory: int
    gpu: Gpu | None = None
    has_engine: bool = True


def this_machine() -> Machine:
    """Looks, and changes nothing. What cannot be found out counts as not there."""
    memory = memory_bytes()
    if sys.platform == "darwin" and platform.machine() == "arm64":
        gpus = [Gpu("Apple", int(memory * APPLE_SHARE), is_shared=True)]
    else:
        gpus = [*_nvidia(), *amd_cards(Path("/sys/class/drm"))]
    best = max(gpus, key=lambda gpu: gpu.memory, default=None)
    return Machine(memory, best, all(find_spec(name) is not None for name in LIBRARIES))


def memory_bytes() -> int:
    """Of the computer, 0 where the system does not say."""
    if sys.platform == "win32":
        return _windows_memory()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0


def _windows_memory() -> int:
    """Source: GetPhysicallyInstalledSystemMemory of the Windows API, which counts in KiB."""
    kibibytes = ctypes.c_ulonglong(0)
    library = getattr(ctypes, "windll").kernel32  # noqa: B009 - the name is there on Windows only
    return kibibytes.value * 1024 if library.GetPhysicallyInstalledSystemMemory(ctypes.byref(kibibytes)) else 0


def _nvidia() -> list[Gpu]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    command = [program, "--query-gpu=memory.total,name", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=ASK_SECONDS, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return nvidia_cards(said)


def nvidia_cards(said: str) -> list[Gpu]:
    """From lines of nvidia-smi, in MiB.

    >>> nvidia_cards("24576, NVIDIA GeForce RTX 3090")
    [Gpu(name='NVIDIA GeForce RTX 3090', memory=25769803776, is_shared=False)]
    """
    found = []
    for line in said.splitlines():
        size, _, name = (part.strip() for part in line.partition(","))
        if size.isascii() and size.isdigit():
            found.append(Gpu(name, int(size) << 20))
    return found


def amd_cards(folder: Path) -> list[Gpu]:
    """From what Linux's amdgpu driver tells about each card. Source: the kernel's documentation of amdgpu."""
    found = []
    for path in sorted(folder.glob("card*/device/mem_info_vram_total")):
        size = path.read_text("ascii", "replace").strip()
        if size.isdigit():
            found.append(Gpu("AMD", int(size)))
    return found
