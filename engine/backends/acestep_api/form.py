"""Words and sound as one multipart body.

Source: RFC 7578. Sound goes as a WAV of 24 bits: every server reads it, and it keeps more than the model hears.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping, Sequence

import numpy as np
import soundfile

from engine.backends.ace_15.capabilities import RATE
from engine.work import Samples


def form(fields: Mapping[str, str], sounds: Mapping[str, Samples]) -> tuple[str, Sequence[bytes]]:
    """Content type and body, in pieces, so that large ones need not be copied.

    fields  name → text
    sounds  name → (C, T) float32 at 48 kHz
    """
    mark = secrets.token_hex(16)
    parts: list[bytes] = []
    for name, text in fields.items():
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode())
    for name, audio in sounds.items():
        about = f'Content-Disposition: form-data; name="{name}"; filename="{name}.wav"\r\nContent-Type: audio/wav'
        parts += [f"--{mark}\r\n{about}\r\n\r\n".encode(), wav(audio), b"\r\n"]
    parts.append(f"--{mark}--\r\n".encode())
    return f"multipart/form-data; boundary={mark}", parts


def wav(audio: Samples) -> bytes:
    """A WAV file; what is louder than full scale is turned down as a whole instead of being cut off."""
    peak = float(np.abs(audio).max(initial=0.0))
    file = io.BytesIO()
    soundfile.write(file, (audio / peak if peak > 1 else audio).T, RATE, "PCM_24", format="WAV")
    return file.getvalue()
