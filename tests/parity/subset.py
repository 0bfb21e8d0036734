"""Make the small golden folder of the tests from a full one: `python -m tests.parity.subset FULL SMALL`.

Every kind of case stays, with fewer tensors: large ones that others cover are left out. Lyric ids are renumbered, so
that the embedding has only rows that are used; that changes no result.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.models.ace_v1.checkpoint import LORA_FILE

KEPT: dict[str, str] = {
    "transformer_weights": r".*",
    "transformer": r"(?!cap\.block0|output_len).*",
    "umt5": r".*",
    "guidance": r"(?!apg_nomomentum).*\.0|retake_mix\.0\.2|retake_z2?",
    "schedulers": r".*(\.timesteps|\.sigmas|sigmas_in|sigma_max_min)|euler.*train_timesteps",
    "scheduler_batch_omega": r"euler\..*",
    "dcae_vocoder": r"sd\..*|audio_other|latents_other|z|dec_mel|voc_backbone|enc_.*|mel_fb_colsum",
    "dcae_overlap": r"z|seam_.*|length\.44k",
    "lora": r"lora_with_metadata\.weight0.*|base|training_forward",
    "lyric_tokenizer": r".*",
    "training_step": r"(?!grad\.speaker).*",
    "pipeline_text2music_default": r"(?!first_call_in|last_call_in|trace).*",
    "pipeline_.*": r"(?!first_call|last_call|trace).*",
}
"""Case → tensors that are kept; the first pattern that fits the case's name counts."""

LEFT_OUT = (
    r"pipeline_(audio2audio_pingpong|edit_(navg2|only_lyrics|remix_pingpong)|extend_(left|right)|repaint"
    r"|text2music_(noguidance|double_noerg|empty_lyrics))"
)
ADAPTER = "lora_with_metadata"
IDS = ("lyric_ids", "target_lyric_ids")


def tensors_of(folder: Path, name: str) -> dict[str, Tensor]:
    """The tensors of a case that are kept."""
    path = folder / f"{name}.safetensors"
    pattern = next(tensors for case, tensors in KEPT.items() if re.fullmatch(case, name))
    tensors = load_file(path) if path.exists() else {}
    return {key: tensor for key, tensor in tensors.items() if re.fullmatch(pattern, key)}


def names_of(folder: Path) -> Iterator[dict[str, Any]]:
    """Entries of the index whose cases are kept."""
    for entry in json.loads((folder / "index.json").read_text("utf-8"))["cases"]:
        if any(re.fullmatch(case, entry["case"]) for case in KEPT) and not re.fullmatch(LEFT_OUT, entry["case"]):
            yield entry


def renumber(cases: Mapping[str, dict[str, Tensor]], vocabulary: int) -> Tensor:
    """Give the lyric ids in use new numbers from 0 up, in place. Returns the old numbers, in the new order."""
    lists = [tensors[name] for tensors in cases.values() for name in IDS if name in tensors]
    used = torch.cat([torch.zeros(1, dtype=torch.int64), *(ids.flatten() for ids in lists)]).unique()
    new = torch.full((vocabulary,), -1)
    new[used] = torch.arange(len(used))
    for tensors in cases.values():
        tensors.update({name: new[tensors[name]] for name in IDS if name in tensors})
    return used


def main(full: Path, small: Path) -> None:
    """Write the small folder."""
    entries = list(names_of(full))
    cases = {entry["case"]: tensors_of(full, entry["case"]) for entry in entries}
    abouts = {name: json.loads((full / f"{name}.json").read_text("utf-8")) for name in cases}
    weights = cases["transformer_weights"]
    used = renumber(cases, len(weights["lyric_embs.weight"]))
    weights["lyric_embs.weight"] = weights["lyric_embs.weight"][used].clone()
    abouts["transformer_weights"]["config"]["lyric_encoder_vocab_size"] = len(used)
    small.mkdir(parents=True, exist_ok=True)
    for name, tensors in cases.items():
        abouts[name].pop("tensors", None)  # the tensors' own file says the same
        write(small / f"{name}.json", abouts[name])
        if tensors:
            save_file(tensors, small / f"{name}.safetensors")
    about = "Part of a folder of golden vectors of ACE-Step v1; made by tests/parity/subset.py, lyric ids renumbered."
    write(small / "index.json", {"about": about, "cases": entries})
    (small / ADAPTER).mkdir(exist_ok=True)
    shutil.copyfile(full / ADAPTER / LORA_FILE, small / ADAPTER / LORA_FILE)


def write(path: Path, value: Any) -> None:
    """Short JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
