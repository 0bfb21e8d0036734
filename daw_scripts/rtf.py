"""Rich Text Format for ReaPack's 'About this package': paragraphs, headings, lists, and code in the running text."""

import re

FRAME = r"{\rtf1\ansi\deff0{\fonttbl{\f0 \fswiss Helvetica;}{\f1 \fmodern Courier;}}\f0\fs22 "
CODE = re.compile(r"`([^`]+)`")
LARGEST_CODE_UNIT = 32_767


def escape(text: str) -> str:
    r"""Text as RTF reads it: `\`, `{` and `}` marked, anything beyond ASCII as its UTF-16 code units.

    >>> escape("Mü {a}")
    'M\\u252? \\{a\\}'
    """
    parts = []
    for character in text:
        if character in "\\{}":
            parts.append("\\" + character)
        elif ord(character) < 128:
            parts.append(character)
        else:
            units = character.encode("utf-16-le")
            for index in range(0, len(units), 2):
                unit = int.from_bytes(units[index : index + 2], "little")
                # The number is signed and has 16 bits.
                parts.append(f"\\u{unit if unit <= LARGEST_CODE_UNIT else unit - 65_536}?")
    return "".join(parts)


def _inline(text: str) -> str:
    pieces = CODE.split(text)
    return "".join(rf"{{\f1 {escape(piece)}}}" if index % 2 else escape(piece) for index, piece in enumerate(pieces))


def _paragraph(block: str) -> str:
    lines = [line.strip() for line in block.split("\n")]
    if lines[0].startswith("# "):
        return rf"{{\b\fs28 {_inline(lines[0][2:])}}}\par\par "
    if lines[0].startswith("- "):
        entries = re.split(r"(?:^|\n)- ", "\n".join(lines))[1:]
        return "".join(rf"\bullet  {_inline(' '.join(entry.split()))}\par " for entry in entries) + r"\par "
    return _inline(" ".join(lines)) + r"\par\par "


def from_markdown(text: str) -> str:
    """A small part of Markdown as RTF: `# heading`, `- list`, paragraphs between empty lines, and `code`."""
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", text.strip("\n"))]
    return FRAME + "".join(_paragraph(block) for block in blocks if block.strip()) + "}"
