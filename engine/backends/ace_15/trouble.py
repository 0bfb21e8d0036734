"""What the libraries' errors mean to a musician. Raised low, translated once, here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from bridge_server.protocol.errors import EngineFault, OutOfMemory, Unsupported
from engine.backends.ace_15.checkpoint import DIFFUSERS_HINT, Place
from engine.backends.base import DeviceFault

FULL = ("out of memory", "can't allocate memory", "not enough memory", "DefaultCPUAllocator")


@contextmanager
def of_device(name: str, device: torch.device) -> Iterator[None]:
    """Memory that runs out and devices that break leave as errors with a hint; everything else passes.

    Raises OutOfMemory; DeviceFault where a GPU ran out of memory or broke: nothing on it can be relied on afterwards.
    """
    try:
        yield
    except RuntimeError as error:
        translated = _translated(error, name, device)
        if translated is error:
            raise
        raise translated from error


def _translated(error: RuntimeError, name: str, device: torch.device) -> Exception:
    text, on_gpu = str(error), device.type != "cpu"
    if isinstance(error, torch.OutOfMemoryError) or any(word in text for word in FULL):
        full = OutOfMemory(
            f"The memory of the {'GPU' if on_gpu else 'computer'} ran out while {name} rendered.",
            "Select a shorter range, or close other programs that use it.",
        )
        return DeviceFault(full) if on_gpu else full
    if on_gpu and type(error).__name__ == "AcceleratorError":
        return DeviceFault(EngineFault(f"The GPU stumbled over {name}: {text.splitlines()[0]}."))
    return error


@contextmanager
def of_files(place: Place) -> Iterator[None]:
    """What goes wrong while a checkpoint is read leaves as Unsupported, with what to do about it."""
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and any(word in str(error) for word in FULL):
            raise
        first = str(error).strip().splitlines()
        raise Unsupported(
            f"The model of {place.name} in {place.folder} cannot be used: {first[0][:300] if first else error!r}",
            f"`dawbridge models verify {place.name} --repair` checks and mends what it has fetched. {DIFFUSERS_HINT}",
        ) from error
