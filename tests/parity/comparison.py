"""Comparison: how far our values are from the recorded ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from tests.parity.case import Case, Tolerance


@dataclass(frozen=True)
class Claim:
    """One value of ours beside what it should be.

    actual    None: we have no code for it
    expected  None: the case's tensor of that name
    """

    name: str
    actual: Tensor | None = None
    expected: Tensor | None = None


@dataclass(frozen=True)
class Difference:
    """How far one tensor is off.

    absolute  largest |ours − recorded|
    relative  the same as a share of the largest |recorded|
    strain    largest share of the tolerance that is used up; above 1 it fails
    """

    name: str
    absolute: float
    relative: float
    strain: float
    remark: str = ""

    @property
    def passed(self) -> bool:
        """True if every value is within the tolerance."""
        return self.strain <= 1


def difference(name: str, actual: Tensor, expected: Tensor, tolerance: Tolerance) -> Difference:
    """Compare two tensors. Another shape, and a NaN on one side only, are infinitely far."""
    if actual.shape != expected.shape:
        remark = f"is {tuple(actual.shape)}, should be {tuple(expected.shape)}"
        return Difference(name, torch.inf, torch.inf, torch.inf, remark)
    if expected.numel() == 0:
        return Difference(name, 0.0, 0.0, 0.0)
    atol, rtol = tolerance.of(name) if expected.is_floating_point() else (0.0, 0.0)
    ours, theirs = actual.double(), expected.double()
    off = (ours - theirs).abs()
    off = torch.where((ours == theirs) | (ours.isnan() & theirs.isnan()), 0.0, off.nan_to_num(nan=torch.inf))
    allowed = atol + rtol * theirs.nan_to_num().abs()
    strain = torch.where(off == 0, 0.0, off / allowed)
    largest = theirs.nan_to_num().abs().max().clamp(min=torch.finfo(torch.float64).tiny)
    return Difference(name, float(off.max()), float(off.max() / largest), float(strain.max()))


@dataclass(frozen=True)
class Outcome:
    """What became of a case.

    differences  of all that was compared
    unknown      what no code used or compared
    notes        sentences for the reader
    reason       why the case could not be run; empty if it was
    broke        our code raised
    """

    case: str
    differences: tuple[Difference, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""
    broke: bool = False

    @property
    def ran(self) -> bool:
        """False if there is no code for the case, or something that it needs is missing."""
        return not self.reason and bool(self.differences)

    @property
    def passed(self) -> bool:
        """True if it ran and all was within the tolerance."""
        return self.ran and all(found.passed for found in self.differences)

    @property
    def failed(self) -> bool:
        """True if a value was outside the tolerance, or our code raised."""
        return self.broke or any(not found.passed for found in self.differences)

    @property
    def worst(self) -> Difference | None:
        """The tensor nearest to its tolerance, or farthest beyond."""
        return max(self.differences, key=lambda found: found.strain, default=None)


def compare(case: Case, claims: Iterable[Claim | str]) -> Outcome:
    """Hold every claim against the case; texts among them are notes."""
    found, unknown, notes = [], [], []
    for claim in claims:
        if isinstance(claim, str):
            notes.append(claim)
            continue
        if claim.actual is None:
            unknown.append(claim.name)
            continue
        expected = case.find(claim.name) if claim.expected is None else claim.expected
        if expected is not None:  # not every folder records every stage
            found.append(difference(claim.name, claim.actual.detach(), expected, case.tolerance))
    unknown += sorted(set(case.tensors) - case.used)
    return Outcome(case.name, tuple(found), tuple(unknown), tuple(notes))
