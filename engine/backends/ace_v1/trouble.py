"""What the model's errors mean to a musician. Raised low, translated once, here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from bridge_server.protocol.errors import BadRequest, BridgeError, EngineFault, OutOfMemory, Unsupported
from engine.backends.ace_v1.checkpoint import NAME
from engine.backends.base import DeviceFault
from engine.models.ace_v1.checkpoint import CheckpointError
from engine.models.ace_v1.lyrics import BadVocabulary, MissingLibrary, UnknownLanguage
from engine.models.ace_v1.settings import BadSetting

REPAIR = f"`dawbridge models verify {NAME} --repair` checks and mends it; `dawbridge models pull {NAME}` fetches it."
FULL = ("out of memory", "can't allocate memory", "not enough memory", "DefaultCPUAllocator")


@contextmanager
def translated(device: torch.device) -> Iterator[None]:
    """Errors of the model leave as BridgeErrors; BridgeErrors and Cancelled pass.

    Raises DeviceFault where a GPU ran out of memory or broke: nothing on it can be relied on afterwards.
    """
    try:
        yield
    except CheckpointError as error:
        raise Unsupported(str(error), error.hint or REPAIR) from error
    except BadVocabulary as error:
        raise Unsupported(str(error), "`dawbridge models pull lyric-vocabulary` fetches the right one.") from error
    except MissingLibrary as error:
        raise Unsupported(
            str(error), 'Install Dawbridge with all languages: pip install "dawbridge[lyrics]".'
        ) from error
    except UnknownLanguage as error:
        raise Unsupported(str(error), "Leave the language empty to have it found out line by line.") from error
    except FloatingPointError as error:
        hint = (
            "Try another seed, a lower guidance scale or LoRA weight; "
            "DAWBRIDGE_ACE_STEP_V1_DTYPE=float32 is the safest precision."
        )
        raise EngineFault(f"{NAME}: {error}", hint) from error
    except RuntimeError as error:
        raise _of_device(error, device) from error


@contextmanager
def refused(hint: str = "") -> Iterator[None]:
    """A value or file that the request names and the model cannot use leaves as BadRequest.

    hint  what to do where the error does not tell
    """
    try:
        yield
    except (CheckpointError, BadSetting) as error:
        raise BadRequest(str(error), error.hint or hint) from error
    except ValueError as error:
        raise BadRequest(str(error), hint) from error


def _of_device(error: RuntimeError, device: torch.device) -> Exception:
    text = str(error)
    is_full = isinstance(error, torch.OutOfMemoryError) or any(word in text for word in FULL)
    on_gpu = device.type != "cpu"
    if is_full:
        full = OutOfMemory(
            f"The memory of the {'GPU' if on_gpu else 'computer'} ran out while {NAME} rendered.",
            "Select a shorter range, ask for one variant, or close other programs that use it.",
        )
        return DeviceFault(full) if on_gpu else full
    if on_gpu and type(error).__name__ == "AcceleratorError":
        fault: BridgeError = EngineFault(f"The GPU stumbled over {NAME}: {text.splitlines()[0]}.")
        return DeviceFault(fault)
    return error
