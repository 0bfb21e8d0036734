"""A list of the DAW's own in which our scripts stand among others: how a plan comes to change it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from bridge_server.install.plan import Plan, Step, current

COPY = ".before-dawbridge"


def listed(plan: Plan, path: PurePosixPath, after: bytes, *, is_first: bool) -> Plan:
    """The plan, with `after` as the list. Where none of ours was in it yet, a copy of it as it was lies beside it."""
    before = current(plan.place.folder / path)
    if after == (before or b""):
        return plan
    copy = [Step(kind="copy", path=_copy_of(path), data=before)] if is_first and before is not None else []
    return _with_steps(plan, *copy, Step(kind="register", path=path, data=after))


def unlisted(plan: Plan, path: PurePosixPath, after: bytes) -> Plan:
    """The plan, with `after` as the list. The copy goes where it says nothing that the list does not."""
    before = current(plan.place.folder / path)
    if after == before:
        return plan
    idle = current(plan.place.folder / _copy_of(path)) == after
    gone = [Step(kind="remove", path=_copy_of(path))] if idle else []
    return _with_steps(plan, *gone, Step(kind="unregister", path=path, data=after))


def _copy_of(path: PurePosixPath) -> PurePosixPath:
    return path.with_name(path.name + COPY)


def _with_steps(plan: Plan, *steps: Step) -> Plan:
    return replace(plan, steps=(*plan.steps, *steps))
