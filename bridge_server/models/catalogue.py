"""The models there are, as data: where each is published, under which licence, and of which files it consists.

Sizes and checksums of files on the Hugging Face hub are not written down here: they are the hub's own, asked for when
a model is pulled, and kept beside the files from then on.
No checksum is known beforehand but that of the vocabulary. Source: the published layout of ACE-Step v1 (hub repository
ACE-Step/ACE-Step-v1-3.5B, GitHub ace-step/ACE-Step); of ACE-Step 1.5, diffusers' `AceStepPipeline`.
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
    optional a model is whole without this part; it is fetched where a server has it
    """

    folder: str
    files: tuple[str, ...] = ()
    weights: str = ""
    one_of: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Model:
    """One entry.

    about_bytes  a rough size for people, None where nobody has told
    needs        other entries that it cannot work without
    tasks        the requests that it can serve, by their words; empty for what is no model of its own
    caution      what to know before fetching it: how far this entry was checked, and what it cannot do
    """

    name: str
    about: str
    licence: str
    page: str
    source: HubRepo | WebFile
    parts: tuple[Part, ...]
    about_bytes: int | None = None
    needs: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    caution: str = ""

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
    tasks=("generate", "repaint", "extend", "edit", "retake", "again"),
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

MIXES = ("generate", "repaint", "extend", "retake", "again")
STEMS = ("layer", "accompany", "separate")
DIFFUSERS = (
    Part("", ("model_index.json",)),
    Part("vae", ("config.json",), "diffusion_pytorch_model"),
    Part("text_encoder", ("config.json",), "model"),
    Part("tokenizer", ("tokenizer_config.json",), one_of=("tokenizer.json", "vocab.json")),
    Part("transformer", ("config.json",), "diffusion_pytorch_model"),
    Part("condition_encoder", ("config.json",), "diffusion_pytorch_model"),
    Part("scheduler", ("scheduler_config.json",)),
    Part("audio_tokenizer", ("config.json",), "diffusion_pytorch_model", optional=True),
    Part("audio_token_detokenizer", ("config.json",), "diffusion_pytorch_model", optional=True),
)
"""The layout of diffusers' `AceStepPipeline`, as it saves and loads one. Without the last two, which may be left out by
whoever publishes a checkpoint, it cannot follow a reference."""

TOLD = "Its licence and size are as others tell them, and nobody of Dawbridge has opened it: read its page first"
BYTES_2B, BYTES_XL = 6_300_000_000, 11_500_000_000
"""2B: 2.39 billion numbers of two bytes, 1.19 GB of text encoder, 0.34 GB of decoder. XL: as others have measured."""


def _ace_15(kind: str, repo: str, about: str, caution: str) -> Model:
    """A checkpoint of ACE-Step 1.5 in the layout of diffusers; only those called base were trained for stems."""
    return Model(
        name=f"ace-step-1.5-{kind}",
        about=about,
        licence="MIT",
        page=f"https://huggingface.co/{repo}",
        source=HubRepo(repo),
        parts=DIFFUSERS,
        about_bytes=BYTES_XL if kind.startswith("xl") else BYTES_2B,
        tasks=(*MIXES, *STEMS) if kind.endswith("base") else MIXES,
        caution=caution,
    )


COMMUNITY = f"Converted to this layout by Runware, not by ACE-Step. {TOLD}."
ACE_STEP_15 = (
    _ace_15("turbo", "Runware/acestep-v15-turbo-diffusers", "songs and repaints in 8 steps", COMMUNITY),
    _ace_15(
        "base",
        "Runware/acestep-v15-base-diffusers",
        "stems that hear the song: adds one, completes a vocal, takes one out of a mix; songs in 50 steps",
        COMMUNITY,
    ),
    _ace_15(
        "xl-turbo",
        "ACE-Step/acestep-v15-xl-turbo-diffusers",
        "as turbo, from a network twice the size",
        f"It was reported to come without audio tokenizer: then it cannot follow a reference. {TOLD}.",
    ),
    _ace_15(
        "xl-sft",
        "ACE-Step/acestep-v15-xl-sft-diffusers",
        "songs and repaints in 50 guided steps; the one to repaint with",
        f"{TOLD}.",
    ),
    _ace_15(
        "xl-base",
        "ACE-Step/acestep-v15-xl-base-diffusers",
        "as base, from a network twice the size",
        f"{TOLD}.",
    ),
)

CATALOGUE = {model.name: model for model in (ACE_STEP_V1, CHINESE_RAP, LYRIC_VOCABULARY, *ACE_STEP_15)}
"""name → model, in the order in which they are listed."""
