"""Ours against the plain implementation in `benchmarks`, on configurations that no recorded vector has.

The plain one shares no code with ours. Where both could be wrong in the same way, numbers worked out by hand follow.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from benchmarks.ace_v1 import plain_tasks
from benchmarks.ace_v1.plain_sampling import PlainRun
from benchmarks.ace_v1.plain_transformer import PlainTransformer
from engine.models.ace_v1.attention import linear_attention
from engine.models.ace_v1.branches import FRAMES_THAT_FILL_A_CPU
from engine.models.ace_v1.config import LyricEncoderConfig, TransformerConfig
from engine.models.ace_v1.guidance import Momentum, apg, guided_range
from engine.models.ace_v1.lyric_encoder import relative_positions, relative_shift
from engine.models.ace_v1.noise import RecordedNoise
from engine.models.ace_v1.prompt import Prompt
from engine.models.ace_v1.rotary import rotary_table, rotate
from engine.models.ace_v1.samplers import granularity
from engine.models.ace_v1.sampling import Run
from engine.models.ace_v1.schedule import Schedule
from engine.models.ace_v1.settings import Settings
from engine.models.ace_v1.tasks.audio2audio import audio2audio
from engine.models.ace_v1.tasks.edit import edit
from engine.models.ace_v1.tasks.extend import extend
from engine.models.ace_v1.tasks.generate import generate
from engine.models.ace_v1.tasks.repaint import repaint
from engine.models.ace_v1.tasks.retake import retake
from engine.models.ace_v1.transformer import Transformer

BASE = TransformerConfig(
    num_layers=20,
    num_attention_heads=2,
    attention_head_dim=12,
    mlp_ratio=2.5,
    text_embedding_dim=10,
    lyric_encoder_vocab_size=40,
    lyric_hidden_size=16,
    ssl_encoder_depths=(),
    ssl_names=(),
    ssl_latent_dims=(),
    lyric_encoder=LyricEncoderConfig(16, 2, 24, 6),
)
CONFIGS = {
    "base": BASE,
    "head size 6, so that pairs straddle the table's halves": replace(BASE, attention_head_dim=6),
    "one wide head": replace(BASE, num_attention_heads=1, attention_head_dim=40, num_layers=21),
    "five heads, mlp ratio 1.7": replace(BASE, num_attention_heads=5, attention_head_dim=8, mlp_ratio=1.7),
    "28 layers, another theta": replace(BASE, num_layers=28, rope_theta=500.0, speaker_embedding_dim=7),
    "lyrics of other widths": replace(
        BASE, lyric_hidden_size=14, lyric_encoder=LyricEncoderConfig(24, 3, 20, 7), text_embedding_dim=5
    ),
}


@dataclass(frozen=True)
class Pair:
    """The same weights in both implementations."""

    ours: Transformer
    plain: PlainTransformer


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def pair(config: TransformerConfig = BASE) -> Pair:
    """Weights whose every bias and table matters."""
    model = Transformer(config).eval().requires_grad_(False)
    for index, (_, parameter) in enumerate(sorted(model.named_parameters())):
        fan_in = math.prod(parameter.shape[1:]) if parameter.ndim > 1 else 4
        parameter.copy_(normal(*parameter.shape, seed=index) / fan_in**0.5)
    return Pair(model, PlainTransformer(config, dict(model.state_dict())))


@pytest.fixture(scope="module")
def base() -> Pair:
    return pair()


def words(config: TransformerConfig, rows: int = 1, lyrics: int = 9, seed: int = 0, has_holes: bool = False) -> Prompt:
    """Prompts with a speaker, which the released model does without; masks with holes if asked for."""
    text, weak = normal(2, rows, 4, config.text_embedding_dim, seed=seed)
    ids = torch.randint(config.lyric_encoder_vocab_size, (rows, lyrics), generator=torch.Generator().manual_seed(seed))
    text_mask, mask = torch.ones(rows, 4, dtype=torch.int64), torch.ones_like(ids)
    if has_holes:
        text_mask[0, 1] = text_mask[-1, 3] = mask[0, 2] = 0
        mask[-1, 4:7] = 0
    speaker = normal(rows, config.speaker_embedding_dim, seed=seed + 1)
    return Prompt(text, text_mask, ids, mask, text_weak=weak, speaker=speaker)


def close(ours: Tensor, plain: Tensor, tolerance: float = 2e-4) -> None:
    assert ours.shape == plain.shape
    largest = float(plain.abs().max())
    assert math.isfinite(largest)
    assert largest > 0.05, "nothing to compare"
    assert float((ours - plain).abs().max()) <= tolerance * largest


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


def draws(*frames: int, rows: int = 1) -> list[Tensor]:
    return [normal(rows, 8, 16, count, seed=50 + index) for index, count in enumerate(frames)]


def both(models: Pair, prompt: Prompt, settings: Settings, noise: list[Tensor]) -> tuple[Run, PlainRun]:
    """The same request to both. Plain noise may repeat, ours is used up exactly."""
    recorded = RecordedNoise(noise)

    def endless() -> Iterator[Tensor]:
        yield from cycle(noise)

    return Run(models.ours, prompt, settings, recorded, recorded), PlainRun(models.plain, prompt, settings, endless())


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


def test_rotary_by_hand() -> None:
    """Position 3, head size 6: the pair (2, 3) turns by frequency 2 and frequency 0."""
    x = torch.arange(1.0, 25.0).reshape(4, 6)
    theta = [1e6 ** (-2 * k / 6) for k in range(3)]
    turned = rotate(x, rotary_table(4, 6, 1e6, torch.device("cpu")))[3].tolist()
    for column, partner, sign in [(0, 1, -1), (1, 0, 1), (2, 3, -1), (3, 2, 1), (4, 5, -1), (5, 4, 1)]:
        angle = 3 * theta[column % 3]
        expected = x[3, column] * math.cos(angle) + sign * x[3, partner] * math.sin(angle)
        assert turned[column] == pytest.approx(float(expected), rel=1e-5)


def test_relative_positions_by_hand() -> None:
    """The score of query i and key j is that of the offset i − j, and the table begins with the largest offset."""
    table = relative_positions(4, 6, torch.zeros(1))
    for row, offset in enumerate([3, 2, 1, 0, -1, -2, -3]):
        for m in range(3):
            w = math.exp(-2 * m * math.log(10_000) / 6)
            assert table[row, 2 * m].item() == pytest.approx(math.sin(offset * w), abs=1e-6)
            assert table[row, 2 * m + 1].item() == pytest.approx(math.cos(offset * w), abs=1e-6)
    scores = relative_shift(normal(1, 1, 4, 7))[0, 0]
    for i in range(4):
        for j in range(4):
            assert scores[i, j] == normal(1, 1, 4, 7)[0, 0, i, 3 - (i - j)]


@pytest.mark.parametrize("frames", [1, 3, 9])
def test_linear_attention_by_hand(frames: int) -> None:
    """Frame by frame, with the constant 1 appended; a query that is 0 everywhere gives 0."""
    q, k, v = normal(3, 1, 1, frames, 4).unbind(0)
    q, k = q.relu(), k.relu()
    q[..., -1, :] = 0
    memory = sum(torch.outer(torch.cat([v[0, 0, n], torch.ones(1)]), k[0, 0, n]) for n in range(frames))
    out = torch.stack([(memory @ row)[:4] / ((memory @ row)[4] + 1e-15) for row in q[0, 0]])
    torch.testing.assert_close(linear_attention(q, k, v)[0, 0], out)


def test_apg_by_hand() -> None:
    """In numpy, with momentum over three calls; a difference that is clipped, one that is not, and none."""
    momentum, running = Momentum(), np.zeros((2, 8, 16, 3))
    for index, size in enumerate((1.0, 0.001, 0.0)):
        cond = normal(2, 8, 16, 3, seed=index)
        null = cond - size * normal(2, 8, 16, 3, seed=index + 10)
        c = cond.numpy().astype(np.float64)
        running = c - null.numpy() - 0.75 * running
        norm = np.sqrt((running**2).sum((2, 3), keepdims=True))
        clipped = running * np.minimum(1, 2.5 / np.maximum(norm, 1e-30))
        along = (clipped * c).sum((2, 3), keepdims=True) / (c**2).sum((2, 3), keepdims=True)
        expected = c + 6.5 * (clipped - along * c)
        np.testing.assert_allclose(apg(cond, null, 7.5, momentum=momentum).numpy(), expected, atol=1e-5)


def test_intervals_by_hand() -> None:
    assert guided_range(10, 0.8) == range(0, 9), "0.1 is a little less in floating point: the interval starts at 0"
    assert guided_range(60, 0.5) == range(15, 45)
    assert guided_range(27, 0.5) == range(6, 20)
    assert guided_range(7, 1.0) == range(0, 7)
    assert len(guided_range(7, 0.0)) == 0


def test_schedules_by_hand() -> None:
    """Shifted twice at the low end, Heun's levels met twice, selected ones shifted a third time."""

    def shift(x: float) -> float:
        return 3 * x / (1 + 2 * x)

    sigmas = Schedule.even(4).sigmas
    low, high = shift(0.001), 1.0
    expected = [shift(high + (low - high) * k / 3) for k in range(4)]
    assert sigmas == pytest.approx([*expected, 0], rel=1e-6)
    assert sigmas[3] * 1000 == pytest.approx(8.92857, rel=1e-5)
    s = sigmas
    assert Schedule.even(4).doubled().sigmas == (s[0], s[1], s[1], s[2], s[2], s[3], s[3], 0)
    assert Schedule.selected((2, 4), compatible=True).sigmas == pytest.approx([shift(s[1]), shift(s[3]), 0], rel=1e-6)
    assert Schedule.even(5, 0.6).sigmas[0] == pytest.approx(shift(shift(0.6)), rel=1e-6)
    assert granularity(10) == pytest.approx(1.0462117, rel=1e-7)
    assert granularity(0) == 1
