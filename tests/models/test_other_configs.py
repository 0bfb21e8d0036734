"""Ours against the plain implementation in `benchmarks`, on configurations that no recorded vector has."""

from typing import Any

import pytest
import torch

from benchmarks.ace_v1 import plain_tasks
from benchmarks.ace_v1.plain_transformer import PlainTransformer
from engine.models.ace_v1.branches import FRAMES_THAT_FILL_A_CPU
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.tasks.audio2audio import audio2audio
from engine.models.ace_v1.tasks.edit import edit
from engine.models.ace_v1.tasks.extend import extend
from engine.models.ace_v1.tasks.generate import generate
from engine.models.ace_v1.tasks.repaint import repaint
from engine.models.ace_v1.tasks.retake import retake
from engine.models.ace_v1.transformer import Transformer
from tests.models.plain_pair import BASE, CONFIGS, Pair, both, close, draws, normal, pair, words


@pytest.fixture(scope="module")
def base() -> Pair:
    return pair()


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize(("rows", "frames", "lyrics"), [(1, 1, 1), (3, 11, 9), (2, 50, 13)])
def test_one_evaluation(name: str, rows: int, frames: int, lyrics: int) -> None:
    """Encoding and velocity, with masks that have holes and every row at a timestep of its own."""
    models, config = pair(CONFIGS[name]), CONFIGS[name]
    p = words(config, rows, lyrics, has_holes=lyrics > 7)
    given = p.text, p.text_mask, p.speaker, p.lyric_ids, p.lyric_mask
    assert p.speaker is not None
    latents, timestep = normal(rows, 8, 16, frames), torch.linspace(997, 3.5, rows)
    for weak in (1.0, 0.01):
        states, mask = models.ours.encode(*given[:2], p.speaker, *given[3:], lyric_temperature=weak)
        plain_states, plain_mask = models.plain.encode(*given[:2], p.speaker, *given[3:], weak)
        close(states, plain_states)
        assert torch.equal(mask, plain_mask != 0)
        scale = torch.full((rows,), weak)
        velocity = models.ours(latents, timestep, models.ours.prepare(states, mask), query_scale=scale)
        close(velocity, models.plain.velocity(latents, timestep, plain_states, plain_mask, weak))


def test_half_precision(base: Pair) -> None:
    """bfloat16 costs both the same accuracy: nothing of ours is lost on the way."""
    rounded = {name: weight.bfloat16() for name, weight in base.ours.state_dict().items()}
    exact, half = Transformer(BASE).eval(), Transformer(BASE).bfloat16().eval()
    exact.load_state_dict(rounded)
    half.load_state_dict(rounded)
    p, latents, timestep = words(BASE), normal(1, 8, 16, 40), torch.tensor([500.0])
    given = p.text, p.text_mask, torch.zeros(1, 512), p.lyric_ids, p.lyric_mask
    with torch.no_grad():
        truth = exact(latents, timestep, exact.prepare(*exact.encode(*given)))
        ours = half(latents, timestep, half.prepare(*half.encode(*given))).float()
        plain = PlainTransformer(BASE, rounded)
        text, mask, silent, ids, ids_mask = given
        states = plain.encode(text.bfloat16(), mask, silent.bfloat16(), ids, ids_mask)
        theirs = plain.velocity(latents.bfloat16(), timestep, *states).float()
    assert (ours - truth).norm() < 1.5 * (theirs - truth).norm()
    assert (ours - truth).norm() < 0.05 * truth.norm()


GENERATIONS: dict[str, dict[str, Any]] = {
    "apg": {},
    "apg, three rows": {"rows": 3, "omega_scale": -35.0},
    "apg, long": {"frames": FRAMES_THAT_FILL_A_CPU + 3, "infer_step": 3},
    "floating-point start of the interval": {"infer_step": 10, "guidance_interval": 0.8},
    "whole interval with decay": {"guidance_interval": 1.0, "guidance_interval_decay": 0.7, "min_guidance_scale": 1.5},
    "cfg without ERG": {"cfg_type": "cfg", "use_erg_lyric": False, "use_erg_diffusion": False},
    "cfg with weak lyrics, absent text": {"cfg_type": "cfg", "use_erg_tag": False},
    "cfg_star, zero steps inside": {"cfg_type": "cfg_star", "guidance_interval": 1.0, "guidance_scale": 3.0},
    "cfg_star, zero steps outside": {"cfg_type": "cfg_star", "infer_step": 8, "rows": 3, "guidance_scale": 3.0},
    "double": {"guidance_scale_text": 5.0, "guidance_scale_lyric": 1.5},
    "double without ERG": {"guidance_scale_text": 2.0, "guidance_scale_lyric": 3.0, "use_erg_lyric": False},
    "half a double is none": {"guidance_scale_text": 5.0, "guidance_scale_lyric": 1.0},
    "double without guidance": {"guidance_scale_text": 5.0, "guidance_scale_lyric": 2.0, "guidance_scale": 1.0},
    "heun": {"scheduler_type": "heun", "rows": 3},
    "heun, cfg_star": {"scheduler_type": "heun", "cfg_type": "cfg_star", "guidance_interval": 1.0},
    "pingpong": {"scheduler_type": "pingpong", "rows": 2},
    "OSS": {"oss_steps": (2, 5, 11, 17)},
    "OSS, pingpong": {"oss_steps": (1, 7, 9), "scheduler_type": "pingpong"},
    "one step": {"infer_step": 1},
    "one frame": {"frames": 1},
}


@pytest.mark.parametrize("name", GENERATIONS)
def test_generate(base: Pair, name: str) -> None:
    chosen: dict[str, Any] = {"frames": 9, "rows": 1, "infer_step": 6, "guidance_scale": 6.0, **GENERATIONS[name]}
    frames, rows = int(chosen.pop("frames")), int(chosen.pop("rows"))
    settings = Settings(compatible=True, **chosen)
    ours, plain = both(base, words(BASE, rows, has_holes=rows > 1), settings, draws(*[frames] * 12, rows=rows))
    close(generate(ours, frames), plain.text2music(), 1e-3)


@pytest.mark.parametrize("variance", [0.2, 1.0])
def test_retake(base: Pair, variance: float) -> None:
    settings = Settings(compatible=True, infer_step=5, guidance_scale=5.0, retake_variance=variance)
    ours, plain = both(base, words(BASE), settings, draws(8, 8))
    close(retake(ours, 8), plain.retake(), 1e-3)


@pytest.mark.parametrize("strength", [0.35, 0.9, 1.0])
@pytest.mark.parametrize("scheduler", ["euler", "heun", "pingpong"])
def test_audio2audio(base: Pair, strength: float, scheduler: str) -> None:
    settings = Settings(compatible=True, infer_step=10, ref_audio_strength=strength, scheduler_type=scheduler)
    ours, plain = both(base, words(BASE), settings, draws(*[7] * 12))
    close(audio2audio(ours, normal(1, 8, 16, 7, seed=9)), plain.audio2audio(normal(1, 8, 16, 7, seed=9)), 1e-3)


@pytest.mark.parametrize("variance", [0.25, 1.0])
@pytest.mark.parametrize("scheduler", ["euler", "heun", "pingpong"])
def test_repaint(base: Pair, variance: float, scheduler: str) -> None:
    settings = Settings(compatible=True, infer_step=7, retake_variance=variance, scheduler_type=scheduler)
    source = normal(2, 8, 16, 10, seed=9)
    ours, plain = both(base, words(BASE, 2), settings, draws(10, 10, rows=2))
    close(repaint(ours, source, 3, 8), plain_tasks.repaint(plain, source, 3, 8), 1e-3)


@pytest.mark.parametrize(
    ("begin", "end", "longest"), [(-4, 10, 50), (0, 14, 50), (-3, 15, 50), (-6, 10, 13), (-2, 8, 50), (-10, 10, 50)]
)
def test_extend(base: Pair, begin: int, end: int, longest: int) -> None:
    """To the left, to the right, to both sides (the right one shorter, as the reference has it), and cut off."""
    settings = Settings(compatible=True, infer_step=5, max_frames=longest, retake_variance=1.0, extend_variance=1.0)
    source = normal(1, 8, 16, 10, seed=9)
    ours, plain = both(base, words(BASE), settings, draws(10, 10))
    made = extend(ours, source, left=max(-begin, 0), right=max(end - 10, 0))
    close(made, plain_tasks.extend(plain, source, begin, end), 1e-3)


@pytest.mark.parametrize(
    ("low", "high", "average", "scale"),
    [(0.0, 1.0, 1, 6.0), (0.2, 0.4, 1, 6.0), (0.6, 1.0, 3, 9.0), (0.3, 0.3, 2, 6.0), (0.1, 0.7, 2, 1.0)],
)
def test_edit(base: Pair, low: float, high: float, average: int, scale: float) -> None:
    settings = Settings(
        compatible=True, infer_step=10, edit_n_min=low, edit_n_max=high, edit_n_avg=average, guidance_scale=scale
    )
    source, target = normal(1, 8, 16, 6, seed=9), words(BASE, lyrics=5, seed=4)
    ours, plain = both(base, words(BASE), settings, draws(*[6] * 20))
    close(edit(ours, source, target), plain_tasks.edit(plain, source, target), 1e-3)
