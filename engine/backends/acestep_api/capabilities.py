"""What the server can do, from what it said when it was asked last."""

from __future__ import annotations

from bridge_server.protocol.servers import NAME, Server
from bridge_server.protocol.values import Capabilities
from engine.backends.ace_15.capabilities import CHANNELS, CONTEXT_SECONDS, LANGUAGES, RATE, WINDOW_SECONDS
from engine.backends.ace_15.roles import ROLES
from engine.backends.acestep_api.offer import UNKNOWN, ready, requests, served

SETTINGS = ("infer_step", "guidance_scale", "language", "draft", "timbre")


def capabilities(server: Server) -> Capabilities:
    """Of the models that are loaded; of what every checkpoint can do, where the server was never asked."""
    offer = server.offer or UNKNOWN
    tasks = served(offer)
    names = [model.name for model in ready(offer)]
    after = "After a cancel that server finishes its work, and nobody hears it."
    where = "this computer" if server.is_here else f"the server at {server.host}, where what you select is sent"
    return Capabilities(
        backend=NAME,
        model=f"{names[0] if names else 'ACE-Step 1.5'} on a server",  # takes carry this along: no address in it
        about=f"ACE-Step 1.5 on {where}; this is AI. {after}",
        tasks=requests(offer),
        sample_rate=RATE,
        channels=CHANNELS,
        lyrics=True,
        languages=LANGUAGES,
        roles=("mix", *ROLES) if "lego" in tasks or "extract" in tasks else ("mix",),
        context_seconds=CONTEXT_SECONDS,
        min_seconds=0.1,
        max_seconds=WINDOW_SECONDS,
        settings=(*SETTINGS, "reference") if "cover" in tasks else SETTINGS,
    )
