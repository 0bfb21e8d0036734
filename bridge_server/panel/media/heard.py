"""Heard: which place is listened to, and which takes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge_server.panel.media.place import Place, common_place, place_of
from bridge_server.panel.media.records import Records, TakeId
from bridge_server.protocol.engine import Rendered
from bridge_server.protocol.errors import BridgeError, NoRecipe, NotFound, Problem
from bridge_server.protocol.requests import Again, Edit, Extend, JobRequest, Repaint, Retake, Separate
from bridge_server.protocol.values import Capabilities, Take
from bridge_server.region.wav import read_recipe


@dataclass(frozen=True)
class HeardTake:
    """A take, the request that was rendered for it (never a `retake` or `again`), and the place it lies at."""

    take: Take
    asked: JobRequest
    rendered: Rendered
    place: Place

    @property
    def id(self) -> TakeId:
        return TakeId(self.take.job, self.take.number)


@dataclass(frozen=True)
class MissingTake:
    """A take whose file tells nothing any more."""

    id: TakeId
    problem: Problem


@dataclass(frozen=True)
class Reading:
    """By whom and for what a source was read: read in the same way, stretched clips sound as they did then."""

    request: Repaint | Edit | Extend | Separate
    capabilities: Capabilities


@dataclass(frozen=True)
class Company:
    """Takes of one place, in the order they were asked for."""

    place: Place
    takes: tuple[HeardTake, ...]
    missing: tuple[MissingTake, ...]
    rendered: Rendered
    reading: Reading | None = None


def company_of_job(records: Records, job: str) -> Company:
    """All takes of a job; also before it has made any. Raises UnknownJob, NotFound, NoRecipe."""
    takes = records.takes_of(job)
    if takes:
        return company_of_takes(records, [TakeId(take.job, take.number) for take in takes])
    rendered = rendered_for(records.request(job))
    return Company(place_of(rendered), (), (), rendered)


def company_of_takes(records: Records, ids: Sequence[TakeId]) -> Company:
    """Those takes, if they lie at one place; one whose file is gone is told of and left out.

    Raises UnknownJob; BadRequest where they cannot be heard in turn; the first trouble where no file is there.
    """
    found: list[HeardTake] = []
    missing: list[MissingTake] = []
    trouble: BridgeError | None = None
    for id_ in dict.fromkeys(ids):
        take, asked = records.take(id_), records.request(id_.job)
        try:
            found.append(_heard(take, asked))
        except BridgeError as error:
            missing.append(MissingTake(id_, error.problem))
            trouble = trouble or error
    if not found and trouble is not None:
        raise trouble
    place = common_place([heard.place for heard in found])
    return Company(place, tuple(found), tuple(missing), found[0].rendered, _reading(records, found[0]))


def _reading(records: Records, heard: HeardTake) -> Reading | None:
    """Of the first take; None where nothing was read, or the backend is not known any more."""
    if not isinstance(heard.rendered, Repaint | Edit | Extend | Separate):
        return None
    known = (backend for backend in records.backends() if backend.backend == heard.take.backend)
    return next((Reading(heard.rendered, capabilities) for capabilities in known), None)


def _heard(take: Take, asked: JobRequest) -> HeardTake:
    for part in take.parts:
        if not Path(part.path).is_file():
            raise NotFound(f"The file {part.path} is not there any more.")
    rendered = rendered_for(asked, take.path)
    return HeardTake(take, asked, rendered, place_of(rendered))


def rendered_for(request: JobRequest, take: str = "") -> Rendered:
    """What was rendered for a request: of a `retake` or `again`, what the recipe inside its take says.

    take  path of the take that was made; without one the recipe of the take that it starts from is read
    Raises NotFound, UnreadableAudio, NoRecipe.
    """
    if not isinstance(request, Retake | Again):
        return request
    recipe = read_recipe(Path(take or request.take))
    if isinstance(recipe.request, Retake | Again):
        raise NoRecipe(f"The recipe inside {Path(request.take).name} does not say what was rendered.")
    return recipe.request
