"""What the server can do: asked of the server itself, and told in our words.

Source: the routes /health, /v1/model_inventory and /v1/models, in both shapes that the last one has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bridge_server.protocol.errors import BadAnswer
from bridge_server.protocol.servers import Offer, OfferedModel, Server
from engine.backends.ace_15.variant import Variant, told_by
from engine.backends.acestep_api.envelope import data_of, plain, shaped
from engine.backends.acestep_api.exchange import Question, ask
from engine.backends.acestep_api.patience import Patience

MIXES = ("text2music", "cover", "repaint")
STEMS = ("lego", "complete", "extract")
OURS = {
    "text2music": ("generate", "again"),
    "repaint": ("repaint", "extend"),
    "lego": ("layer",),
    "complete": ("accompany",),
    "extract": ("separate",),
}
"""The server's task → requests that it serves. A cover is how a `generate` follows a reference."""

MOST_MODELS = 64
UNKNOWN = Offer()


class _Health(Struct):
    status: Any = None
    version: Any = None


class _Model(Struct):
    name: str | None = None
    id: str | None = None
    is_default: bool | None = None
    is_loaded: bool | None = None
    supported_task_types: tuple[str, ...] | None = None


class _Inventory(Struct):
    models: tuple[_Model, ...]
    default_model: str | None = None


class _OpenRouter(Struct):
    data: tuple[_Model, ...]


def probe(server: Server, tick: Callable[[float], None], patience: Patience) -> Offer:
    """Ask a server what it is and what it can do.

    Raises ServerUnreachable, ServerRefused, BadAnswer for what is no ACE-Step 1.5 server.
    """
    health = shaped(_asked(server, "/health", tick, patience), _Health, server)
    if not health.status:
        raise BadAnswer(f"What answers at {server.host} does not say that it is an ACE-Step server.")
    try:
        listed = _asked(server, "/v1/model_inventory", tick, patience)
    except BadAnswer:  # an older server
        listed = _asked(server, "/v1/models", tick, patience)
    found = Offer(release=plain(health.version), models=_models(listed, server))
    return replace(found, requests=requests(found))


def _asked(server: Server, path: str, tick: Callable[[float], None], patience: Patience) -> Any:
    return data_of(ask(server, Question("GET", path, seconds=patience.probe), tick, patience), server)


def _models(listed: Any, server: Server) -> tuple[OfferedModel, ...]:
    """From either shape; a name may come as a path, of which the last step is the model."""
    if isinstance(listed, dict) and "models" not in listed:
        models, default = shaped(listed, _OpenRouter, server).data, None
    else:
        inventory = shaped({"models": listed} if isinstance(listed, list) else listed, _Inventory, server)
        models, default = inventory.models, inventory.default_model
    offered = []
    for model in models[:MOST_MODELS]:
        name = plain(model.id or model.name).rpartition("/")[2]
        if name and "5Hz-lm" not in name:
            tasks = tuple(task for task in model.supported_task_types or () if task in (*MIXES, *STEMS))
            is_default = bool(model.is_default) or name == default
            offered.append(OfferedModel(name=name, tasks=tasks, is_loaded=model.is_loaded, is_default=is_default))
    return tuple(offered)


def variant_of(name: str) -> Variant:
    """What a model was trained for, by its name."""
    return told_by("", {"is_turbo": "turbo" in name.lower()}, name)


def tasks_of(model: OfferedModel) -> tuple[str, ...]:
    """Tasks in the server's words that this model does well.

    The server lists all six for every model that is no turbo, but only the base models were trained for stems.
    """
    is_base = variant_of(model.name) is Variant.BASE and "base" in model.name.lower()
    able = (*MIXES, *STEMS) if is_base or (model.tasks and variant_of(model.name) is Variant.BASE) else MIXES
    return tuple(task for task in able if not model.tasks or task in model.tasks)


def ready(offer: Offer) -> tuple[OfferedModel, ...]:
    """Models that need not be loaded first, the server's default before others; all where it does not say."""
    loaded = [model for model in offer.models if model.is_loaded is not False]
    return tuple(sorted(loaded, key=lambda model: (not model.is_loaded, not model.is_default)))


def served(offer: Offer) -> tuple[str, ...]:
    """Tasks in the server's words; those that every checkpoint has where nothing is known."""
    found = {task for model in ready(offer) for task in tasks_of(model)}
    return tuple(task for task in (*MIXES, *STEMS) if task in found) if offer.models else MIXES


def requests(offer: Offer) -> tuple[str, ...]:
    """What it serves, in our words."""
    return tuple(word for task in served(offer) for word in OURS.get(task, ()))


def model_for(task: str, offer: Offer) -> OfferedModel | None:
    """The model to ask for, if any does this task."""
    return next((model for model in ready(offer) if task in tasks_of(model)), None)
