"""Who may import whom. docs/ARCHITECTURE.md tells why; a wrong arrow fails here, with file and line."""

import ast
import sys
from dataclasses import dataclass

import pytest

from tests.sources import Import, imports, module_name, python_files, relative, tree

ANYTHING = ("*",)
PROTOCOL = "bridge_server.protocol"
PANEL_WAY_IN = ("door", "context", "kept", "loras", "references", "regions", "shared", "tabs", "tokens")
PANEL_BASE = tuple(f"bridge_server.panel.{name}" for name in PANEL_WAY_IN)
ENGINE_BASE = ("engine.watch", "engine.work", "engine.frames")
MODEL_LIBRARIES = (
    "torch",
    "torchaudio",
    "transformers",
    "tokenizers",
    "diffusers",
    "huggingface_hub",
    "safetensors",
    "peft",
)


@dataclass(frozen=True)
class Layer:
    """What the modules at or below `name` may import beside themselves and the standard library.

    ours    modules of the project, each with what lies below it
    others  packages from outside
    beside  may it name its neighbours by a dot, because it lies under another name where it runs?
    """

    name: str
    ours: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    itself: bool = True
    beside: bool = False


LAYERS = (
    Layer(PROTOCOL, (), ("msgspec",)),
    # A door knows no other door. CURVE is no door, but the lock that the ZeroMQ door and its clients share.
    Layer(
        "bridge_server.doors",
        (PROTOCOL, "bridge_server.doors.curve"),
        ("zmq", "msgspec", "pythonosc", "watchfiles"),
        False,
    ),
    Layer(
        "bridge_server.region",
        (PROTOCOL,),
        ("numpy", "soundfile", "soxr", "pyloudnorm", "scipy", "safetensors", "msgspec"),
    ),
    Layer("bridge_server.jobs", (PROTOCOL, "bridge_server.region"), ("msgspec", "numpy")),
    Layer("bridge_server.engine_link", (PROTOCOL, "bridge_server.config", "bridge_server.home"), ("zmq", "msgspec")),
    Layer(
        "bridge_server.client",
        (PROTOCOL, "bridge_server.connection", "bridge_server.home", "bridge_server.doors.curve"),
        ("zmq", "msgspec"),
    ),
    # Of region work, a command needs a file's rate and length (seconds become samples) and the recipe inside a take.
    Layer(
        "bridge_server.cli",
        (
            PROTOCOL,
            "bridge_server.client",
            "bridge_server.connection",
            "bridge_server.config",
            "bridge_server.home",
            "bridge_server.launch",
            "bridge_server.start_file",
            "bridge_server.doctor",
            "bridge_server.install",
            "bridge_server.demo",
            "bridge_server.models",
            "bridge_server.music_server",
            "bridge_server.region.read",
            "bridge_server.region.wav",
        ),
        ("typer", "click", "rich", "msgspec", "numpy", "soundfile"),
    ),
    Layer(
        "bridge_server.demo",
        (
            PROTOCOL,
            "bridge_server.client",
            "bridge_server.connection",
            "bridge_server.home",
            "bridge_server.launch",
            "bridge_server.region.wav",
        ),
        ("typer", "rich", "msgspec", "numpy", "soundfile", "pyloudnorm"),
    ),
    # It looks at everything from outside, as a user would.
    Layer(
        "bridge_server.doctor",
        (
            PROTOCOL,
            "bridge_server.client",
            "bridge_server.connection",
            "bridge_server.config",
            "bridge_server.home",
            "bridge_server.launch",
            "bridge_server.start_file",
            "bridge_server.doorbell",
            "bridge_server.install",
            "bridge_server.models",
            "bridge_server.music_server",
        ),
        ("soundfile",),
    ),
    # It rings at every door as a client would, and knows none of them from inside.
    Layer(
        "bridge_server.doorbell",
        (PROTOCOL, "bridge_server.client", "bridge_server.connection"),
        ("pythonosc",),
    ),
    # Whoever installs makes the files that are installed.
    Layer(
        "bridge_server.install",
        (PROTOCOL, "bridge_server.home", "bridge_server.lock", "daw_scripts"),
        ("msgspec", "platformdirs"),
    ),
    # The way in of the panel, which has to work where the web libraries are not installed.
    *(
        Layer(
            f"bridge_server.panel.{name}",
            (PROTOCOL, *PANEL_BASE, "bridge_server.home", "bridge_server.jobs", "bridge_server.models"),
            ("msgspec",),
        )
        for name in PANEL_WAY_IN
    ),
    # Renders and draws what is heard and seen, so it knows region work and the journal; of the bridge itself it knows
    # what `context` says.
    Layer(
        "bridge_server.panel",
        (
            PROTOCOL,
            "bridge_server.home",
            "bridge_server.lock",
            "bridge_server.connection",
            "bridge_server.jobs",
            "bridge_server.region",
            "bridge_server.models",
            "bridge_server.doctor",
        ),
        ("starlette", "uvicorn", "cryptography", "msgspec", "numpy", "soundfile", "soxr", "pyloudnorm"),
    ),
    # Fetching models has to work before torch and the Hugging Face library are there.
    Layer(
        "bridge_server.models",
        (PROTOCOL, "bridge_server.home", "bridge_server.lock", "bridge_server.region.storage"),
        ("msgspec",),
    ),
    # The rest of the bridge joins the parts.
    Layer("bridge_server", ("bridge_server",), ("zmq", "msgspec", "platformdirs")),
    Layer("engine.models", (), (*MODEL_LIBRARIES, "numpy")),
    Layer(
        "engine.sketch.demo_song", (PROTOCOL, *ENGINE_BASE, "engine.sketch"), ("numpy", "soundfile", "soxr", "msgspec")
    ),
    Layer("engine.sketch", (PROTOCOL, *ENGINE_BASE), ("numpy", "scipy", "msgspec", "mido", "pyworld")),
    # A server elsewhere has the model: here it needs no model library, only files of sound.
    Layer(
        "engine.backends.acestep_api",
        (PROTOCOL, *ENGINE_BASE, "engine.backends.ace_15", "engine.backends.base", "engine.backends.unfollowed"),
        ("numpy", "msgspec", "soundfile", "soxr"),
    ),
    Layer(
        "engine.backends",
        (PROTOCOL, *ENGINE_BASE, "engine.models", "engine.sketch"),
        (*MODEL_LIBRARIES, "numpy", "msgspec"),
    ),
    Layer(
        "engine.tasks",
        (PROTOCOL, *ENGINE_BASE, "engine.backends", "engine.models"),
        (*MODEL_LIBRARIES, "numpy"),
    ),
    *(Layer(name, (PROTOCOL, *ENGINE_BASE), ("numpy",)) for name in ENGINE_BASE),
    Layer("engine.arrays", (PROTOCOL, *ENGINE_BASE), ("numpy",)),
    Layer(
        "engine.worker",
        (PROTOCOL, *ENGINE_BASE, "engine.arrays", "engine.tasks", "engine.backends"),
        ("numpy", "msgspec"),
    ),
    Layer("engine", (PROTOCOL, "engine"), ("zmq", "msgspec", "numpy")),
    # A script of REAPER's own Python is a client like any other.
    Layer(
        "daw_scripts.reaper.python",
        (PROTOCOL, "bridge_server.client", "bridge_server.connection", "bridge_server.home"),
        ("reaper_python", "zmq"),
    ),
    # Inside Live there is nothing but the standard library, and the folder is a package of its own.
    Layer("daw_scripts.remote_script.Dawbridge", beside=True),
    Layer("daw_scripts", (PROTOCOL,)),
    Layer("installer"),
    Layer("start", ("installer",)),
    Layer("benchmarks", ANYTHING, ANYTHING),
    Layer("tests", ANYTHING, ANYTHING),
)
"""The first layer that holds a module rules it."""

KNOWN = frozenset(module_name(path) for path in python_files())


def within(module: str, *layers: str) -> bool:
    return any(layer in ("*", module) or module.startswith(f"{layer}.") for layer in layers)


def layer_of(module: str) -> Layer | None:
    return next((layer for layer in LAYERS if within(module, layer.name)), None)


def is_wrong(importer: str, imported: Import) -> bool:
    """True if no rule allows `importer` to import that."""
    layer = layer_of(importer)
    top = imported.module.split(".")[0]
    if layer is None:
        return True
    if imported.module.startswith("."):
        return not layer.beside or imported.module.startswith("..")
    if top in sys.stdlib_module_names:
        return False
    if layer_of(imported.module):
        return not within(imported.module, *layer.ours, layer.name if layer.itself else importer)
    return not within(imported.module, *layer.others)


def test_no_wrong_arrow() -> None:
    assert len(KNOWN) > 50, "the sources were not found"
    wrong = [
        f"{'/'.join(relative(path))}:{found.line} imports {found.module}"
        for path in python_files()
        for found in imports(tree(path), KNOWN)
        if is_wrong(module_name(path), found)
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("importer", "source", "allowed"),
    [
        ("bridge_server.protocol.events", "import msgspec", True),
        ("bridge_server.protocol.events", "import numpy", False),
        ("bridge_server.protocol.events", "from bridge_server.home import Home", False),
        ("bridge_server.doors.osc", "from bridge_server.protocol import codec", True),
        ("bridge_server.doors.osc", "from bridge_server.doors import mailbox", False),
        ("bridge_server.doors.osc", "from bridge_server.jobs.queue import Queue", False),
        ("bridge_server.doors.osc", "import pythonosc.osc_message", True),
        ("bridge_server.jobs.queue", "def later():\n    from bridge_server.region.storage import Storage", True),
        ("bridge_server.jobs.queue", "from bridge_server.engine_link.link import Link", False),
        ("bridge_server.region.read", "def later():\n    import torch", False),
        ("bridge_server.bridge", "from engine.work import Work", False),
        ("bridge_server.bridge", "import engine", False),
        ("bridge_server.bridge", "from . import config", False),
        ("daw_scripts.remote_script.Dawbridge.desk", "from .texts import say", True),
        ("daw_scripts.remote_script.Dawbridge.desk", "from .. import build", False),
        ("daw_scripts.remote_script.Dawbridge.desk", "import msgspec", False),
        ("daw_scripts.remote_script.Dawbridge.desk", "from bridge_server.protocol import codec", False),
        ("bridge_server.cli.jobs", "from bridge_server.bridge import Bridge", False),
        ("engine.server", "from bridge_server.config import Settings", False),
        ("engine.server", "import torch", False),
        ("engine.worker", "from engine.server import Server", False),
        ("engine.sketch.score", "from engine.backends.base import Backend", False),
        ("engine.models.ace_v1.sampler", "import torch", True),
        ("engine.models.ace_v1.sampler", "from bridge_server.protocol.span import Span", False),
        ("engine.backends.ace_v1", "from engine.models.ace_v1 import sampler", True),
        ("installer.environment", "import rich", False),
        ("a_new_package.module", "import os", False),
    ],
)
def test_the_rules_tell_right_from_wrong(importer: str, source: str, allowed: bool) -> None:
    known = KNOWN | {"bridge_server.doors.mailbox"}
    assert all(not is_wrong(importer, found) for found in imports(ast.parse(source), known)) is allowed
