"""`python -m benchmarks.random_checkpoint FOLDER`: a checkpoint of random weights, full size unless told otherwise.

It has the official layout, so what loads it loads the real one; then it is loaded, and both are timed.
"""

from __future__ import annotations

import argparse
import dataclasses
import resource
import sys
import time
from pathlib import Path

import torch

from engine.models.ace_v1.config import ACE_STEP_3_5B
from engine.models.ace_v1.random_checkpoint import Sizes, write_random_checkpoint
from engine.models.ace_v1.tensors import Target
from engine.models.ace_v1.weights import load_dcae, load_text_encoder, load_transformer, load_vocoder

DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}


def peak_gigabytes() -> float:
    """The most memory this process ever held; files that are only mapped count as far as they were read."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e9 if sys.platform == "darwin" else 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.random_checkpoint", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layers", type=int, default=ACE_STEP_3_5B.num_layers, help="blocks of the transformer")
    parser.add_argument("--dtype", choices=DTYPES, default="bf16")
    parser.add_argument("--shard-gb", type=float, help="largest file; one file a part by default")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sizes = Sizes(transformer=dataclasses.replace(ACE_STEP_3_5B, num_layers=options.layers))
    dtype = DTYPES[options.dtype]
    start = time.monotonic()
    shard_bytes = int(options.shard_gb * 1e9) if options.shard_gb else None
    write_random_checkpoint(options.folder, sizes, seed=options.seed, dtype=dtype, shard_bytes=shard_bytes)
    size = sum(file.stat().st_size for file in options.folder.rglob("*") if file.is_file())
    print(f"written   {size / 1e9:6.2f} GB in {time.monotonic() - start:6.1f} s, peak {peak_gigabytes():.2f} GB")
    for load, target in (
        (load_transformer, Target(dtype)),
        (load_text_encoder, Target(dtype)),
        (load_dcae, Target(torch.float32)),
        (load_vocoder, Target(torch.float32)),
    ):
        start = time.monotonic()
        model = load(options.folder, target)
        loaded = time.monotonic() - start
        count = sum(parameter.numel() for parameter in model.parameters())
        checksum = sum(float(parameter.float().mean()) for parameter in model.parameters())  # Reads every mapped page.
        print(
            f"{load.__name__:17} {count:>13,} parameters in {loaded:5.1f} s, read through after "
            f"{time.monotonic() - start:5.1f} s, peak {peak_gigabytes():.2f} GB, sum of means {checksum:+.4f}"
        )


if __name__ == "__main__":
    main()
