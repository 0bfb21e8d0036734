"""Which model `doctor` recommends for which machine, and how a machine is looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge_server.doctor import models
from bridge_server.models.catalogue import CATALOGUE
from bridge_server.models.machine import Gpu, Machine, amd_cards, memory_bytes, nvidia_cards, this_machine
from bridge_server.models.recommend import BASE, GIB, TURBO, XL_BASE, XL_TURBO, recommend
from tests.cli.conftest import Said
from tests.fakes.acestep_server import FakeAceStep, serving


def card(gigabytes: float) -> Gpu:
    """As drivers tell it: a little less than what is written on the box."""
    return Gpu("a card", int(gigabytes * GIB * 0.99))


@pytest.mark.parametrize(
    ("computer", "gpu", "models"),
    [
        (0, None, ()),
        (8, None, ()),
        (16, None, ()),
        (23.6, None, (TURBO,)),  # as a computer of 24 GB tells it
        (32, None, (TURBO,)),
        (32, card(2), (TURBO,)),
        (8, card(4), ()),
        (16, card(4), (TURBO, BASE)),
        (16, card(6), (TURBO, BASE)),
        (8, card(8), ()),
        (16, card(8), (TURBO, BASE)),
        (8, card(10), (TURBO, BASE)),
        (32, card(12), (TURBO, BASE)),
        (64, card(16), (TURBO, BASE)),
        (64, card(20), (XL_TURBO, XL_BASE)),
        (64, card(24), (XL_TURBO, XL_BASE)),
        (8, Gpu("Apple", int(5.6 * GIB), is_shared=True), ()),
        (16, Gpu("Apple", int(11.2 * GIB), is_shared=True), ()),
        (24, Gpu("Apple", int(16.8 * GIB), is_shared=True), (TURBO, BASE)),
        (48, Gpu("Apple", int(33.6 * GIB), is_shared=True), (XL_TURBO, XL_BASE)),
    ],
)
def test_the_model_for_a_machine(computer: float, gpu: Gpu | None, models: tuple[str, ...]) -> None:
    found = recommend(Machine(int(computer * GIB), gpu))
    assert found.models == models
    assert set(models) <= set(CATALOGUE)
    assert found.why
    assert ("server add" in found.why) is (not models or gpu is None or gpu.memory < 4 * GIB * 0.9)


def test_what_is_recommended_can_be_fetched_and_does_what_is_said() -> None:
    for drafts, stems in ((TURBO, BASE), (XL_TURBO, XL_BASE)):
        assert "generate" in CATALOGUE[drafts].tasks
        assert {"layer", "accompany", "separate"} <= set(CATALOGUE[stems].tasks)
        assert (CATALOGUE[drafts].about_bytes or 0) > 6 * 10**9


def test_cards_are_read_as_their_drivers_tell_them(tmp_path: Path) -> None:
    assert nvidia_cards("8188, NVIDIA A, B\n24576, C\n[N/A], D\n\n") == [
        Gpu("NVIDIA A, B", 8188 << 20), Gpu("C", 24576 << 20)
    ]  # fmt: skip
    assert nvidia_cards("NVIDIA-SMI has failed because it couldn't communicate") == []
    (tmp_path / "card1/device").mkdir(parents=True)
    (tmp_path / "card1/device/mem_info_vram_total").write_text("17163091968\n")
    assert amd_cards(tmp_path) == [Gpu("AMD", 17163091968)]
    assert amd_cards(tmp_path / "none") == []


def test_this_machine_has_memory() -> None:
    assert 2**28 < memory_bytes() < 2**45
    assert this_machine().memory == memory_bytes()


def doctor_says(dawbridge: Callable[..., Said], what: str) -> list[dict[str, str]]:
    return [line for line in dawbridge("doctor", "--json").lines if line.get("what") == what]


def test_doctor_recommends(
    dawbridge: Callable[..., Said], home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(models, "this_machine", lambda: Machine(64 * GIB, card(12), has_engine=False))
    [line] = doctor_says(dawbridge, "model for here")
    assert line["state"] == "note"
    assert TURBO in line["found"] and "12 GB" in line["found"]
    assert f"models pull {TURBO}" in line["advice"] and "dawbridge[engine]" in line["advice"]
    monkeypatch.setattr(models, "this_machine", lambda: Machine(8 * GIB))
    [line] = doctor_says(dawbridge, "model for here")
    assert (line["state"], line["advice"]) == ("ok", "")


def test_doctor_tries_the_music_server(dawbridge: Callable[..., Said], home: Path) -> None:
    assert doctor_says(dawbridge, "music server") == []
    with serving(FakeAceStep()) as fake:
        dawbridge("server", "add", fake.address)
        [line] = doctor_says(dawbridge, "music server")
        assert line["state"] == "ok" and fake.address in line["found"] and "repaint" in line["found"]
        fake.models = {"acestep-v15-base": True}
        [line] = doctor_says(dawbridge, "music server")
        assert line["state"] == "note" and "server check" in line["advice"]
    [line] = doctor_says(dawbridge, "music server")
    assert line["state"] == "note" and "Nothing answers" in line["found"] and line["advice"]
