"""The models there are, as data: where each is published, under which licence, and of which files it consists.

Sizes and checksums of files on the Hugging Face hub are not written down here: they are the hub's own, asked for when
a model is pulled, and kept beside the files from then on.
Source: the published layout of ACE-Step v1 (hub repository ACE-Step/ACE-Step-v1-3.5B, GitHub ace-step/ACE-Step).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HubRepo:
    """A repository on the Hugging Face hub: 'owner/name'."""

    repo: str


@dataclass(frozen=True)
class WebFile:
    """One file at a known address, with the checksum that it must have."""

    base: str
    path: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Part:
    """Files that have to lie in one folder of a model.

    folder   relative to the model's; '' for that folder itself
    files    all of these
    weights  stem of a safetensors file, whole or in shards with an index; '' for none
    one_of   at least one of these
    """

    folder: str
    files: tuple[str, ...] = ()
    weights: str = ""
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """One entry. `about_bytes` is a rough size for people, None where nobody has told; `needs` are other entries."""

    name: str
    about: str
    licence: str
    page: str
    source: HubRepo | WebFile
    parts: tuple[Part, ...]
    about_bytes: int | None = None
    needs: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The environment variable that names its folder: 'DAWBRIDGE_ACE_STEP_V1'."""
        return "DAWBRIDGE_" + self.name.upper().replace("-", "_").replace(".", "_")


ACE_STEP_V1 = Model(
    name="ace-step-v1",
    about="songs with vocals from tags and lyrics; repaints, extends, edits and varies takes",
    licence="Apache-2.0",
    page="https://huggingface.co/ACE-Step/ACE-Step-v1-3.5B",
    source=HubRepo("ACE-Step/ACE-Step-v1-3.5B"),
    parts=(
        Part("ace_step_transformer", ("config.json",), "diffusion_pytorch_model"),
        Part("music_dcae_f8c8", ("config.json",), "diffusion_pytorch_model"),
        Part("music_vocoder", ("config.json",), "diffusion_pytorch_model"),
        Part("umt5-base", ("config.json",), "model", ("tokenizer.json", "spiece.model")),
    ),
    about_bytes=8_000_000_000,
    needs=("lyric-vocabulary",),
)
CHINESE_RAP = Model(
    name="ace-step-v1-chinese-rap",
    about="LoRA for ace-step-v1: rap, hip-hop, clearer Chinese",
    licence="Apache-2.0",
    page="https://huggingface.co/ACE-Step/ACE-Step-v1-chinese-rap-LoRA",
    source=HubRepo("ACE-Step/ACE-Step-v1-chinese-rap-LoRA"),
    parts=(Part("", weights="pytorch_lora_weights"),),
)
LYRIC_VOCABULARY = Model(
    name="lyric-vocabulary",
    about="what ace-step-v1 reads lyrics with, in 17 languages",
    licence="Apache-2.0",
    page="https://github.com/ace-step/ACE-Step",
    source=WebFile(
        base="https://raw.githubusercontent.com",
        path="ace-step/ACE-Step/main/acestep/models/lyrics_utils/vocab.json",
        name="vocab.json",
        size=364_005,
        sha256="c2a66ea48c478c0bb9acb5497144b926acdeaa37128faa799508d40f2b9cc558",
    ),
    parts=(Part("", ("vocab.json",)),),
    about_bytes=364_005,
)

CATALOGUE = {model.name: model for model in (ACE_STEP_V1, CHINESE_RAP, LYRIC_VOCABULARY)}
"""name → model, in the order in which they are listed."""
