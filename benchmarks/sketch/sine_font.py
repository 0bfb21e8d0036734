"""The smallest SoundFont that plays: one looped sine, written byte by byte."""

from __future__ import annotations

import struct

import numpy as np

RATE = 48_000
SAMPLES, ROOT = 4_800, 69


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def listed(form: bytes, *chunks: bytes) -> bytes:
    return chunk(b"LIST", form + b"".join(chunks))


def sine_font(programs: tuple[int, ...]) -> bytes:
    """A SoundFont 2 whose presets all play one looped sine of 440 Hz. Source: SoundFont 2.04, sections 5 to 7."""
    sine = np.round(12_000 * np.sin(2 * np.pi * 440 * np.arange(SAMPLES + 64) / RATE)).astype("<i2")
    data = sine.tobytes() + bytes(92)

    def name(text: str) -> bytes:
        return text.encode().ljust(20, b"\0")

    presets = b"".join(name(f"p{each}") + struct.pack("<HHHIII", each, 0, number, 0, 0, 0)
                       for number, each in enumerate(programs))  # fmt: skip
    presets += name("EOP") + struct.pack("<HHHIII", 0, 0, len(programs), 0, 0, 0)
    bags = b"".join(struct.pack("<HH", number, 0) for number in range(len(programs) + 1))
    to_instrument = struct.pack("<HH", 41, 0) * len(programs) + bytes(4)
    instruments = name("sine") + struct.pack("<H", 0) + name("EOI") + struct.pack("<H", 1)
    looped, sample = struct.pack("<HH", 54, 1), struct.pack("<HH", 53, 0)
    headers = name("sine") + struct.pack("<IIIIIBbHH", 0, SAMPLES + 64, 0, SAMPLES, RATE, ROOT, 0, 0, 1)
    headers += name("EOS") + bytes(26)
    info = listed(b"INFO", chunk(b"ifil", struct.pack("<HH", 2, 1)), chunk(b"INAM", b"sines\0"))
    pdta = listed(
        b"pdta", chunk(b"phdr", presets), chunk(b"pbag", bags), chunk(b"pmod", bytes(10)),
        chunk(b"pgen", to_instrument), chunk(b"inst", instruments),
        chunk(b"ibag", struct.pack("<HHHH", 0, 0, 2, 0)), chunk(b"imod", bytes(10)),
        chunk(b"igen", looped + sample + bytes(4)), chunk(b"shdr", headers),
    )  # fmt: skip
    return chunk(b"RIFF", b"sfbk" + info + listed(b"sdta", chunk(b"smpl", data)) + pdta)
