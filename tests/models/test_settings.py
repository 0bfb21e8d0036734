"""Settings are checked field by field, and read the reference's own parameters."""

from typing import Any

import pytest

from engine.models.ace_v1.settings import Settings


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("infer_step", 0),
        ("infer_step", 2.5),
        ("infer_step", True),
        ("guidance_scale", -1.0),
        ("guidance_scale", float("nan")),
        ("guidance_scale", float("inf")),
        ("guidance_scale", "15"),
        ("scheduler_type", "dpm"),
        ("cfg_type", "CFG"),
        ("omega_scale", 101),
        ("guidance_interval", 1.2),
        ("guidance_interval_decay", -0.1),
        ("oss_steps", (3, 3)),
        ("oss_steps", (0, 3)),
        ("oss_steps", (1.5,)),
        ("ref_audio_strength", 1.01),
        ("retake_variance", -0.01),
        ("edit_n_min", 2),
        ("edit_n_avg", 0),
        ("max_frames", 0),
    ],
)
def test_a_bad_value_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{field} is "):
        Settings(**{field: value})


def test_an_edit_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match=r"edit_n_min is 0\.6, but must not be above edit_n_max, 0\.4"):
        Settings(edit_n_min=0.6, edit_n_max=0.4)


def test_heun_with_oss_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="oss_steps cannot be used with scheduler_type 'heun'"):
        Settings(scheduler_type="heun", oss_steps=(3, 8))


def test_the_references_parameters_are_read() -> None:
    parameters = {
        "prompt": "pop",
        "format": "wav",
        "infer_step": 27,
        "oss_steps": "16, 29, 52",
        "retake_variance": 0.2,
        "guidance_scale_text": None,
        "lora_weight": 1.0,
    }
    settings = Settings.from_parameters(parameters, compatible=True)
    assert settings == Settings(
        infer_step=27, oss_steps=(16, 29, 52), retake_variance=0.2, extend_variance=0.2, compatible=True
    )


@pytest.mark.parametrize("oss_steps", ["", None, []])
def test_no_oss_steps(oss_steps: Any) -> None:
    assert Settings.from_parameters({"oss_steps": oss_steps}).oss_steps == ()


def test_the_references_extension_uses_its_retake_variance() -> None:
    assert Settings.from_parameters({}).extend_variance == 0.5


def test_oss_steps_that_are_no_numbers() -> None:
    with pytest.raises(ValueError, match="oss_steps is '3;8'"):
        Settings.from_parameters({"oss_steps": "3;8"})
