"""The comment at the top of a script that ReaPack reads: its tags, and the files that a package provides."""

import fnmatch
import re
from dataclasses import dataclass, field

COMMENTS = {".lua": "--", ".py": "#"}
KNOWN = ("description", "version", "author", "about", "changelog", "provides", "link", "noindex")
BLOCKS = ("about", "changelog", "provides")
ONCE = frozenset(KNOWN) - {"link"}
SECTIONS = ("main", "midi_editor", "midi_inlineeditor", "midi_eventlisteditor", "mediaexplorer", "crossfade_editor")
SEGMENT = re.compile(r"\d+|[A-Za-z]+")
LARGEST_SEGMENT = 65_535
TAG = re.compile(r"@(\w+)(?: +(.*))?$")
PROVIDED = re.compile(r"(?:\[(?P<options>[^\]]*)\] +)?(?P<pattern>\S.*?) *$")


class BadHeader(Exception):
    """A header that ReaPack would refuse or misread; the message names the file and says why."""


@dataclass
class Header:
    """What the tags say. A tag on several lines is one text with line ends; `rest` are comment lines without a tag."""

    tags: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Provided:
    """One file of a package. `sections` of the action list that it appears in; none for a file that is only there."""

    file: str
    sections: tuple[str, ...]


def check_version(version: str) -> None:
    """Raises BadHeader for a version that ReaPack cannot read: a digit first, no number above 65535."""
    if not version[:1].isdigit():
        raise BadHeader(f"the version {version!r} does not begin with a digit")
    for segment in SEGMENT.findall(version):
        if segment.isdigit() and int(segment) > LARGEST_SEGMENT:
            raise BadHeader(f"the version {version!r} has a number above {LARGEST_SEGMENT:,}")


def split(name: str, text: str) -> tuple[list[str], str]:
    """The comment lines at the top without their comment marks, and what follows. Raises BadHeader."""
    mark = COMMENTS.get(name[name.rfind(".") :])
    if mark is None:
        raise BadHeader(f"{name}: only {', '.join(COMMENTS)} files can carry a header")
    lines = text.split("\n")
    length = next((index for index, line in enumerate(lines) if not line.startswith(mark)), len(lines))
    return [line.removeprefix(mark).removeprefix(" ").rstrip() for line in lines[:length]], "\n".join(lines[length:])


def read(name: str, text: str) -> Header:
    """The header of the file `name`. Raises BadHeader for a tag that is unknown, empty or twice there."""
    lines, _ = split(name, text)
    header, open_tag = Header(), ""
    for line in lines:
        if found := TAG.match(line):
            open_tag = found[1].lower()
            _add(name, header, open_tag, found[2] or "")
        elif line.startswith("  ") and open_tag in BLOCKS:
            header.tags[open_tag] = (header.tags[open_tag] + "\n" + line.removeprefix("  ")).lstrip("\n")
        elif not line and open_tag in BLOCKS:
            header.tags[open_tag] += "\n"
        else:
            open_tag = ""
            header.rest.append(line)
    for tag in KNOWN:
        if tag in header.tags and tag != "noindex" and not header.tags[tag].strip():
            raise BadHeader(f"{name}: @{tag} is empty")
    if "version" in header.tags:
        check_version(header.tags["version"])
    return header


def _add(name: str, header: Header, tag: str, value: str) -> None:
    if tag not in KNOWN:
        raise BadHeader(f"{name}: @{tag} is no tag of ReaPack, or none that is used here")
    if tag == "link":
        header.links.append(value)
    elif tag in header.tags:
        raise BadHeader(f"{name}: @{tag} stands there twice")
    else:
        header.tags[tag] = value


def write(name: str, header: Header, text: str) -> str:
    """`text` with `header` in the place of its own: tags in the order of KNOWN, then the lines without a tag."""
    mark = COMMENTS[name[name.rfind(".") :]]
    lines: list[str] = []
    for tag in KNOWN:
        values = header.links if tag == "link" else [header.tags[tag]] if tag in header.tags else []
        for value in values:
            if tag in BLOCKS:
                lines += [f"@{tag}", *(f"  {line}".rstrip() for line in value.strip("\n").split("\n"))]
            else:
                lines.append(f"@{tag} {value}".rstrip())
    _, body = split(name, text)
    return "\n".join(f"{mark} {line}".rstrip() for line in [*lines, *header.rest]) + "\n" + body


def provided(name: str, value: str, there: list[str]) -> list[Provided]:
    """The files that a `@provides` names; `.` is the package's own file. Raises BadHeader for what nothing matches."""
    found: list[Provided] = []
    for line in filter(None, map(str.strip, value.split("\n"))):
        parsed = PROVIDED.match(line)
        if parsed is None or ">" in line or "://" in line:
            raise BadHeader(f"{name}: the line {line!r} of @provides is not understood")
        sections = _sections(name, parsed["options"] or "")
        names = [name] if parsed["pattern"] == "." else fnmatch.filter(sorted(there), parsed["pattern"])
        if not names:
            raise BadHeader(f"{name}: @provides names {parsed['pattern']!r}, and no file is called so")
        found += [Provided(file, sections) for file in names]
    return found


def _sections(name: str, options: str) -> tuple[str, ...]:
    sections: tuple[str, ...] = ()
    for option in options.split():
        if option == "main":
            sections = ("main",)
        elif option.startswith("main="):
            sections = tuple(option.removeprefix("main=").split(","))
        elif option != "nomain":
            raise BadHeader(f"{name}: the option {option!r} of @provides is not used here")
    for section in sections:
        if section not in SECTIONS:
            raise BadHeader(f"{name}: REAPER has no section {section!r} of actions")
    return sections
