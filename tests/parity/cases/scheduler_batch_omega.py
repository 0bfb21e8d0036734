"""The omega rescale on a batch of unlike samples: in compatible mode its mean runs over all of them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.parity.case import Case
from tests.parity.cases.schedulers import steps
from tests.parity.comparison import Claim


def run(case: Case) -> Iterator[Claim]:
    """The calls of every sampler in the case."""
    for name in case.tensors:
        if name.endswith(".x"):
            prefix = name.removesuffix(".x")
            yield steps(case, prefix, prefix, case.about["omega"])
