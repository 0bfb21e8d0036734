"""Kinds: which code runs a case, told by the case's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

import torch

from tests.parity.case import Case, Folder
from tests.parity.comparison import Claim, Outcome, compare

KINDS = (
    "transformer_weights",
    "transformer",
    "umt5",
    "guidance",
    "schedulers",
    "scheduler_batch_omega",
    "dcae_vocoder",
    "dcae_overlap",
    "pipeline",
    "lora",
    "lyric_tokenizer",
    "training_step",
)


class Missing(Exception):
    """Raised by a case's code if something outside the folder, which it cannot do without, is not there."""


def kind_of(name: str) -> str | None:
    """The kind of a case: its whole name, or what its name begins with, up to an underscore."""
    fitting = [kind for kind in KINDS if name == kind or name.startswith(f"{kind}_")]
    return max(fitting, key=len, default=None)


def runner(kind: str) -> Callable[[Case], Iterator[Claim | str]]:
    """The code for a kind."""
    run: Callable[[Case], Iterator[Claim | str]] = import_module(f"tests.parity.cases.{kind}").run
    return run


@contextmanager
def one_thread() -> Iterator[None]:
    """The models are tiny: a second thread would cost more in waiting than it brings."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def run_case(folder: Folder, name: str) -> Outcome:
    """Run one case and compare. An error of ours is a failure of the case, not of the whole run."""
    kind = kind_of(name)
    if kind is None:
        return Outcome(name, reason="no code for this kind of case")
    try:
        case = folder.case(name)
        with one_thread():
            return compare(case, runner(kind)(case))
    except Missing as missing:
        return Outcome(name, reason=str(missing))
    except Exception as error:  # noqa: BLE001 - one broken case must not hide the others
        return Outcome(name, reason=f"{type(error).__name__}: {error}", broke=True)
