"""The shape of a vocoder and of the mel image it reads, from a checkpoint's config.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import prod
from typing import Any

Widths = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class VocoderConfig:
    """Defaults are those of the published vocoder; rates and frequencies in Hz, sizes in samples or mel frames."""

    input_channels: int = 128
    depths: Widths = (3, 3, 9, 3)
    dims: Widths = (128, 256, 384, 512)
    kernel_sizes: Widths = (7,)
    num_mels: int = 512
    upsample_initial_channel: int = 1024
    upsample_rates: Widths = (4, 4, 2, 2, 2, 2, 2)
    upsample_kernel_sizes: Widths = (8, 8, 4, 4, 4, 4, 4)
    resblock_kernel_sizes: Widths = (3, 7, 11, 13)
    resblock_dilation_sizes: tuple[Widths, ...] = ((1, 3, 5),) * 4
    pre_conv_kernel_size: int = 13
    post_conv_kernel_size: int = 13
    use_template: bool = False
    sampling_rate: int = 44_100
    n_fft: int = 2048
    win_length: int = 2048
    hop_length: int = 512
    f_min: float = 40
    f_max: float = 16_000
    n_mels: int = 128

    def __post_init__(self) -> None:
        pairs = {
            "depths and dims": (self.depths, self.dims),
            "upsample_rates and upsample_kernel_sizes": (self.upsample_rates, self.upsample_kernel_sizes),
            "resblock_kernel_sizes and resblock_dilation_sizes": (
                self.resblock_kernel_sizes,
                self.resblock_dilation_sizes,
            ),
        }
        for names, (one, other) in pairs.items():
            if len(one) != len(other):
                raise ValueError(f"vocoder config: {names} differ in length: {len(one)} and {len(other)}")
        if prod(self.upsample_rates) != self.hop_length:
            raise ValueError(
                f"vocoder config: upsample_rates multiply to {prod(self.upsample_rates)}, "
                f"but a mel frame has {self.hop_length} samples"
            )
        if self.num_mels != self.dims[-1]:
            raise ValueError(f"vocoder config: num_mels is {self.num_mels}, the last of dims is {self.dims[-1]}")
        if self.use_template:
            raise ValueError("vocoder config: use_template is not something a published vocoder has")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> VocoderConfig:
        """From config.json; keys that this model does not know are dropped."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: _frozen(value) for name, value in values.items() if name in known})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(entry) for entry in value) if isinstance(value, list | tuple) else value
