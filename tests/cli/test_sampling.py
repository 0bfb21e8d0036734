"""How a model samples, LoRAs and reference audio: from words to fields of a request."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.cli.sampling import read_lora
from bridge_server.cli.trouble import WrongUsage
from bridge_server.protocol.requests import Composition, Generate
from bridge_server.protocol.values import Lora, Sampling

PLACE = ("song.wav", "--start", "1.0", "--end", "2.0")
COMMANDS = {
    "generate": ("--seconds", "2"),
    "repaint": PLACE,
    "extend": ("song.wav", "--right", "2.0"),
    "edit": PLACE,
    "layer": ("--under", "song.wav"),
    "accompany": ("song.wav",),
}


@pytest.fixture
def song(sounds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(sounds / "song.wav", tmp_path))


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_option_ends_in_its_field(
    asked: Callable[..., Composition], song: Path, tmp_path: Path, command: str
) -> None:
    request = asked(
        *(command, *COMMANDS[command], "--steps", 27, "--guidance-scale", 7.5, "--scheduler", "pingpong"),
        *("--set", "omega_scale=-5", "--set", "use_erg_lyric=false", "--set", "oss_steps=16, 29,52", "--preview"),
        *("--lora", "rap.safetensors:0.5", "--lora", tmp_path / "choir", "--language", "ja", "--draft"),
    )
    assert request.sampling == Sampling(
        infer_step=27,
        guidance_scale=7.5,
        scheduler_type="pingpong",
        omega_scale=-5,
        use_erg_lyric=False,
        oss_steps=(16, 29, 52),
    )
    assert request.loras == (
        Lora(path=str((tmp_path / "rap.safetensors").resolve()), weight=0.5),
        Lora(path=str((tmp_path / "choir").resolve())),
    )
    assert request.language == "ja"
    assert request.preview
    assert request.draft


def test_nothing_is_asked_for_where_nothing_is_said(asked: Callable[..., Generate], song: Path) -> None:
    request = asked("generate", "--seconds", 2)
    assert (request.sampling, request.loras, request.preview, request.reference) == (Sampling(), (), False, None)


def test_a_reference_is_followed(asked: Callable[..., Generate], song: Path) -> None:
    request = asked("generate", "--seconds", 2, "--reference", "song.wav", "--reference-strength", 0.25, "--timbre")
    assert request.reference_use == "timbre"
    assert request.reference is not None
    assert request.reference.path == str(song.resolve())
    assert request.reference_strength == 0.25


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--set", "omega"), "NAME=VALUE"),
        (("--set", "colour=blue"), "NAME=VALUE"),
        (("--set", "omega_scale=loud"), "omega_scale"),
        (("--set", "omega_scale=1000"), "omega_scale"),
        (("--set", "cfg_type=best"), "cfg_type"),
        (("--set", "batch=2"), "--set batch=true"),
        (("--set", "use_erg_tag=maybe"), "--set use_erg_tag=false"),
        (("--steps", 3, "--set", "infer_step=4"), "twice"),
        (("--lora", "x:4"), "LoRA"),
        (("--lora", "x:loud"), "weight"),
        (("--language", "klingon"), "klingon"),
        (("--reference", "nowhere.wav"), "nowhere.wav"),
    ],
)
def test_what_cannot_be_is_refused(
    dawbridge: Callable[..., object], song: Path, options: tuple[object, ...], word: str
) -> None:
    said = dawbridge("generate", "--seconds", 2, *options)
    assert said.code in (1, 2)  # type: ignore[attr-defined]
    assert word in said.err  # type: ignore[attr-defined]


def test_a_colon_may_be_part_of_a_path() -> None:
    assert read_lora("C:\\models\\rap.safetensors").weight == 1
    assert read_lora("C:\\models\\rap.safetensors:-1.5").weight == -1.5
    with pytest.raises(WrongUsage):
        read_lora(":1")
