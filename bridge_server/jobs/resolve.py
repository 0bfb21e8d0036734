"""`retake` and `again` name a take; here they become the request that its recipe holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from bridge_server.protocol.engine import Rendered
from bridge_server.protocol.errors import BadRequest, NoRecipe
from bridge_server.protocol.recipe import Recipe
from bridge_server.protocol.requests import Again, Composition, JobRequest, Retake
from bridge_server.protocol.values import Origin


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be rendered.

    request      a request that backends know, under the id of the job
    origin       of a retake: the first take's seed, and the variance
    origin_take  path of that take, whose latents are the start; empty otherwise
    context_sha256  what the audio must still be, for `again`; empty otherwise
    model        that made the take which is named, as its recipe says; empty without one
    """

    request: Rendered
    origin: Origin | None = None
    origin_take: str = ""
    context_sha256: str = ""
    model: str = ""

    def notes(self, model: str) -> tuple[str, ...]:
        """What to say of a take that `model` makes: the same request and seed sound alike with the same model only."""
        if self.model in ("", model):
            return ()
        return (f"the take was made by {self.model} and this one by {model}: expect a difference",)


def resolve(request: JobRequest) -> Plan:
    """Raises what `read_recipe` raises; NoRecipe for a recipe that is not a request any more; BadRequest where
    something is to be refined that is no draft.
    """
    match request:
        case Again():
            recipe = _recipe(request.take)
            seed = recipe.seed if request.seed is None else request.seed
            same = _like(recipe, request, seed)
            return Plan(
                request=_refined(same, request.take) if request.refine else same,
                origin=recipe.origin,
                origin_take=recipe.origin_take,
                context_sha256=recipe.context_sha256,
                model=recipe.model,
            )
        case Retake():
            recipe = _recipe(request.take)
            return Plan(
                request=_like(recipe, request, request.seed or 0),
                origin=Origin(seed=recipe.seed, variance=request.variance),
                origin_take=request.take,
                context_sha256=recipe.context_sha256,
                model=recipe.model,
            )
        case _:
            return Plan(request=request)


def home_of(request: JobRequest) -> JobRequest:
    """A `retake` or `again` that names no folder goes beside the take it starts from."""
    if isinstance(request, Retake | Again) and not (request.project or request.folder):
        return msgspec.structs.replace(request, folder=str(Path(request.take).parent.parent))
    return request


def _recipe(take: str) -> Recipe:
    from bridge_server.region.wav import read_recipe

    return read_recipe(Path(take))


def _like(recipe: Recipe, asked: Retake | Again, seed: int) -> Rendered:
    """The recipe's request, under the new job's id and with what the new job says about its output."""
    if isinstance(recipe.request, Retake | Again):
        raise NoRecipe(f"The recipe inside {Path(asked.take).name} does not say what was rendered.")
    return msgspec.structs.replace(
        recipe.request,
        job=asked.job,
        project=asked.project,
        folder=asked.folder,
        seed=seed,
        variants=asked.variants,
        backend=asked.backend or recipe.backend,
    )


def _refined(request: Rendered, take: str) -> Rendered:
    if not isinstance(request, Composition) or not request.draft:
        raise BadRequest(
            f"{Path(take).name} is no draft, so there is nothing to refine.",
            "`again` alone makes it once more; `retake` makes a variation.",
        )
    return msgspec.structs.replace(request, draft=False)
