"""espeak-ng, called as the program that the user has installed: never bundled, never linked (it is GPL-3)."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile

from bridge_server.protocol.errors import EngineFault, Unsupported

PATH_VARIABLE = "DAWBRIDGE_ESPEAK_NG"
"""Environment variable that names the program where it is not in a usual place."""
WORDS_A_MINUTE = 115
"""Slow enough for vowels to come to rest in their middle."""
GAP = 8
"""Between words, in units of 10 ms at the usual speed; it keeps them apart for the alignment."""
SEPARATOR = "="
_PARTED = f"--sep={SEPARATOR}"
TIMEOUT_SECONDS = 20.0
_USUAL = {
    "Windows": ("%ProgramFiles%/eSpeak NG/espeak-ng.exe", "%ProgramFiles(x86)%/eSpeak NG/espeak-ng.exe"),
    "Darwin": ("/opt/homebrew/bin/espeak-ng", "/usr/local/bin/espeak-ng", "/opt/local/bin/espeak-ng"),
}
INSTALL = (
    "Install espeak-ng: `sudo apt install espeak-ng` (Debian, Ubuntu), `sudo dnf install espeak-ng` (Fedora), "
    "`brew install espeak-ng` (macOS), `winget install eSpeak-NG.eSpeak-NG` (Windows). Then restart the bridge."
)


class Voice(NamedTuple):
    """A voice of espeak-ng, by the name that its option -v takes; `variant` is one of its own, e.g. f2."""

    name: str
    variant: str = ""

    @property
    def option(self) -> str:
        return f"{self.name}+{self.variant}" if self.variant else self.name


@dataclass(frozen=True)
class Spoken:
    """A line of text in espeak-ng's terms.

    mnemonics, ipa  phonemes in its own spelling and in the phonetic alphabet, words parted by spaces
    sound           (T,) float64, full scale ±1, at `rate` Hz; empty where it was not asked for
    """

    mnemonics: str
    ipa: str
    sound: NDArray[np.float64]
    rate: int = 0


def find_program() -> Path | None:
    """The program, from the environment variable, the search path, or where its installers put it."""
    if named := os.environ.get(PATH_VARIABLE):
        return Path(named) if Path(named).is_file() else None
    if found := shutil.which("espeak-ng"):
        return Path(found)
    places = (Path(os.path.expandvars(place)) for place in _USUAL.get(platform.system(), ()))
    return next((place for place in places if place.is_file()), None)


class Espeak:
    """Asks the program. Text goes to its standard input, so no word of a song can be taken for an option."""

    def __init__(self, program: Path) -> None:
        self.program = program

    def read(self, text: str, voice: Voice) -> Spoken:
        """Phonemes only. Raises EngineFault where the program fails or takes longer than 20 s."""
        mnemonics, ipa = (
            self._ask(text, voice, "-q", _PARTED, kind).decode("utf-8", "replace") for kind in ("-x", "--ipa")
        )
        return Spoken(mnemonics, ipa, np.zeros(0))

    def speak(self, text: str, voice: Voice) -> Spoken:
        """Phonemes and sound, from the same breath."""
        ipa = self._ask(text, voice, "-q", _PARTED, "--ipa").decode("utf-8", "replace")
        with tempfile.TemporaryDirectory(prefix="dawbridge-voice-") as folder:
            out = Path(folder, "phonemes")
            wave = self._ask(text, voice, "--stdout", _PARTED, "-x", f"--phonout={out}")
            mnemonics = out.read_text("utf-8", "replace") if out.exists() else ""
        rate, sound = _decoded(wave)
        return Spoken(mnemonics, ipa, sound, rate)

    def sound(self, text: str, voice: Voice) -> tuple[int, NDArray[np.float64]]:
        """(rate in Hz, (T,) sound). `text` may hold phonemes in [[ ]]."""
        return _decoded(self._ask(text, voice, "--stdout"))

    def _ask(self, text: str, voice: Voice, *options: str) -> bytes:
        command = [
            str(self.program), "-v", voice.option, "-s", str(WORDS_A_MINUTE), "-g", str(GAP), "-b", "1", "-z",
            "--stdin", *options,
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, input=text.encode("utf-8"), capture_output=True, timeout=TIMEOUT_SECONDS, check=False,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise EngineFault(
                "espeak-ng took too long over a line of the lyrics.", "Make that line shorter."
            ) from error
        except OSError as error:
            raise Unsupported(f"espeak-ng cannot be started: {error.strerror or error}.", INSTALL) from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise EngineFault(
                f"espeak-ng failed: {said[-1] if said else f'exit status {done.returncode}'}.",
                f"Does `espeak-ng -v {voice.name} la` work in a terminal? If not, install it anew.",
            )
        return done.stdout


def _decoded(wave: bytes) -> tuple[int, NDArray[np.float64]]:
    """A stream's header does not know its length, so it is put right before it is read."""
    if len(wave) <= 44:
        return 22_050, np.zeros(0)
    whole = bytearray(wave)
    whole[4:8] = (len(whole) - 8).to_bytes(4, "little")
    whole[40:44] = (len(whole) - 44).to_bytes(4, "little")
    rate, samples = wavfile.read(BytesIO(bytes(whole)))
    return int(rate), np.asarray(samples, dtype=np.float64) / 32768
