"""The estimate of memory against every tensor that really lives, counted on a device without numbers."""

import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from engine.models.ace_v1.codec import Codec
from engine.models.ace_v1.codec_memory import decode_bytes, encode_bytes, weight_bytes
from engine.models.ace_v1.dcae import build_dcae
from engine.models.ace_v1.tiny_codec import DCAE_CONFIG, VOCODER_CONFIG
from engine.models.ace_v1.vocoder import Vocoder
from engine.models.ace_v1.vocoder_config import VocoderConfig


class LiveTensors(TorchDispatchMode):
    """Counts the bytes of storages made inside it, and remembers the most that lived at once."""

    def __init__(self, known: list[torch.Tensor]) -> None:
        super().__init__()
        self.live = self.peak = 0
        self.seen = {tensor.untyped_storage()._cdata for tensor in known}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(result):
            if isinstance(tensor, torch.Tensor) and tensor.untyped_storage()._cdata not in self.seen:
                storage = tensor.untyped_storage()
                self.seen.add(storage._cdata)
                self.live += storage.nbytes()
                self.peak = max(self.peak, self.live)
                weakref.finalize(storage, self._forget, storage._cdata, storage.nbytes())
        return result

    def _forget(self, key: int, size: int) -> None:
        self.seen.discard(key)
        self.live -= size


def codec_without_numbers(dcae: dict[str, Any], vocoder: dict[str, Any], tile_frames: int) -> Codec:
    with torch.device("meta"):
        networks = build_dcae(dcae), Vocoder(VocoderConfig.from_dict(vocoder))
    return Codec(*networks, tile_frames=tile_frames).to("meta")


PUBLISHED = codec_without_numbers({}, {}, 128)
TINY = codec_without_numbers(DCAE_CONFIG, VOCODER_CONFIG, 32)


def peak(codec: Codec, work: Callable[[], object]) -> int:
    weights = [*codec.dcae.parameters(), *codec.vocoder.parameters(), *codec.mel.buffers()]
    with LiveTensors(weights) as tensors:
        work()
    return tensors.peak


@pytest.mark.parametrize("codec", [PUBLISHED, TINY], ids=["published", "tiny"])
@pytest.mark.parametrize("frames", [8, 100, 128, 500])
def test_estimate_is_enough_and_not_much_too_much(codec: Codec, frames: int) -> None:
    latents = torch.zeros(1, 8, 16, frames, device="meta")
    audio = torch.zeros(1, 2, frames * 4096 * 160 // 147, device="meta")
    needed = {
        decode_bytes: peak(codec, lambda: codec.decode(latents)),
        encode_bytes: peak(codec, lambda: codec.encode(audio)),
    }
    for estimate, bytes_used in needed.items():
        assert bytes_used <= estimate(codec, frames) <= 2.3 * bytes_used, estimate.__name__


def test_four_minutes_fit_into_a_gigabyte_beside_a_gigabyte_of_weights() -> None:
    assert weight_bytes(PUBLISHED) == pytest.approx(1.04e9, rel=0.01)
    assert decode_bytes(PUBLISHED, 2583) < 1e9
    assert encode_bytes(PUBLISHED, 2583) < 1e9
