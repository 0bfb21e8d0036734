"""Make a ReaPack repository of REAPER's scripts: `python -m daw_scripts.reapack --url BASE --out DIR`.

DIR then holds `index.xml` and the scripts; put it as it is where BASE points to, and a musician imports
`BASE/index.xml` in ReaPack. All scripts are one package, because they share what they remember: they are installed and
updated together.
The same sources, version and address always give the same bytes.

Source: ReaPack's wiki, "Index Format" and reapack-index's "Packaging Documentation".
"""

import argparse
import os
import re
import sys
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from bridge_server.protocol.release import release
from daw_scripts import package_header
from daw_scripts.build import write
from daw_scripts.bundle import BrokenSource
from daw_scripts.package_header import BadHeader, Header, Provided
from daw_scripts.reaper.build import files as reaper_files
from daw_scripts.rtf import from_markdown

NAME = "Dawbridge"
LEAD = "Dawbridge_Panel.lua"
"""The script that the package is named after; all others come with it."""
CHANGELOG = Path(__file__).parent.parent / "CHANGELOG.md"
NAMED, COLUMNS = "REAPER", 100
REQUIRED_TAGS = ("description", "version", "author", "about")
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Release:
    """What is the same for every file: version, address of the repository, what has changed, and when (may be '')."""

    version: str
    url: str
    changes: str
    time: str = ""


def repository(files: dict[str, bytes], published: Release, lead: str = LEAD) -> dict[str, bytes]:
    """Everything that lies at the repository's address, by its path there: `index.xml` and `Dawbridge/…`.

    `files` are REAPER's scripts by name. Raises BadHeader for a header that ReaPack would refuse.
    """
    package_header.check_version(published.version)
    if lead not in files:
        raise BadHeader(f"{lead}, which the package is named after, is not among the scripts")
    headers = {name: _complete(name, data.decode(), published) for name, data in files.items()}
    headers[lead].tags["provides"] = _provides(lead, files)
    for name, header in headers.items():
        if name != lead:
            # Provided by the package: an indexer must not take it for a package of its own.
            header.tags.pop("provides", None)
            header.tags["noindex"] = ""
    out = {
        f"{NAME}/{name}": package_header.write(name, headers[name], data.decode()).encode()
        for name, data in files.items()
    }
    out["index.xml"] = index(lead, headers[lead], published, sorted(files))
    return out


def _complete(name: str, text: str, published: Release) -> Header:
    header = package_header.read(name, text)
    for tag in REQUIRED_TAGS:
        if tag not in header.tags:
            raise BadHeader(f"{name}: its header has no @{tag}")
    if header.tags["version"] != published.version:
        raise BadHeader(f"{name}: it has version {header.tags['version']}, the package {published.version}")
    header.tags["changelog"] = published.changes
    header.links = [published.url]
    return header


def _provides(lead: str, files: dict[str, bytes]) -> str:
    """Lua scripts are actions; a Python script is only put there, because most REAPERs have no Python."""
    others = [
        f"[{'main=main' if name.endswith('.lua') else 'nomain'}] {name}" for name in sorted(files) if name != lead
    ]
    return "\n".join(["[main=main] .", *others])


def index(lead: str, header: Header, published: Release, names: list[str]) -> bytes:
    """`index.xml`. Raises BadHeader where two files would be installed to one path."""
    provided = package_header.provided(lead, header.tags["provides"], names)
    taken: set[str] = set()
    for one in provided:
        # Windows and macOS tell no difference between upper and lower case.
        if one.file.casefold() in taken:
            raise BadHeader(f"two files would be installed as {one.file!r}")
        taken.add(one.file.casefold())
    root = ElementTree.Element("index", version="1", name=NAME)
    category = ElementTree.SubElement(root, "category", name=NAME)
    package = ElementTree.SubElement(
        category, "reapack", name=lead, type="script", desc=_clean(header.tags["description"])
    )
    metadata = ElementTree.SubElement(package, "metadata")
    ElementTree.SubElement(metadata, "description").text = from_markdown(_clean(header.tags["about"]))
    ElementTree.SubElement(metadata, "link", rel="website").text = published.url
    version = ElementTree.SubElement(package, "version", name=published.version, author=_clean(header.tags["author"]))
    if published.time:
        version.set("time", published.time)
    ElementTree.SubElement(version, "changelog").text = _clean(published.changes)
    for one in provided:
        _add_source(version, one, lead, published.url)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _add_source(version: ElementTree.Element, one: Provided, lead: str, base: str) -> None:
    attributes = {"main": " ".join(one.sections)} if one.sections else {}
    if one.file != lead:
        attributes["file"] = one.file
    source = ElementTree.SubElement(version, "source", attributes)
    source.text = f"{base}/{quote(NAME)}/{quote(one.file)}"


def _clean(text: str) -> str:
    if found := ILLEGAL.search(text):
        raise BadHeader(f"a header has the character {found[0]!r}, which XML cannot hold")
    return text.strip("\n")


def base_url(text: str) -> str:
    """The address without a slash at its end. Raises BadHeader if a browser could not open it."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise BadHeader(f"{text!r} is no web address such as https://example.org/dawbridge")
    if quote(text, safe=":/%~@!$&'()*+,;=-._[]") != text:
        raise BadHeader(f"{text!r} has characters that must be written as %20 and the like in a web address")
    return text.rstrip("/")


def changes_of(version: str, changelog: str) -> str:
    """What the changelog says of REAPER in `version`: plain lines, as ReaPack shows them."""
    section = re.search(rf"^## {re.escape(version)}\b[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    entries = [" ".join(entry.split()) for entry in re.split(r"^- ", section[1] if section else "", flags=re.MULTILINE)]
    ours = [re.sub(r"\[([^]]*)\]\([^)]*\)|[*`]", r"\1", entry) for entry in entries[1:] if NAMED in entry]
    lines = [textwrap.fill(entry, COLUMNS, initial_indent="- ", subsequent_indent="  ") for entry in ours]
    return "\n".join(lines) or f"Version {version}."


def time_of(given: str, version: str, changelog: str) -> str:
    """When this version came out, in UTC: as given, as SOURCE_DATE_EPOCH says, or by its day in the changelog.

    '' where none of them tells. Raises BadHeader for something else than a time.
    """
    try:
        if given:
            return datetime.fromisoformat(given).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
            return datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError) as error:
        raise BadHeader(f"that is no time such as 2026-11-22T12:00:00Z: {error}") from None
    day = re.search(rf"^## {re.escape(version)} \((\d{{4}}-\d\d-\d\d)\)", changelog, re.MULTILINE)
    return f"{day[1]}T00:00:00Z" if day else ""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m daw_scripts.reapack", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--url", required=True, help="web address where OUT will lie")
    parser.add_argument("--out", required=True, type=Path, help="folder for index.xml and the scripts")
    parser.add_argument("--time", default="", help="when this version came out, e.g. 2026-11-22T12:00:00Z")
    parser.add_argument("--version", default="", help="other than that of the installed Dawbridge")
    options = parser.parse_args(arguments)
    version = options.version or release()
    changelog = CHANGELOG.read_text(encoding="utf-8") if CHANGELOG.is_file() else ""
    try:
        package_header.check_version(version)
        time = time_of(options.time, version, changelog)
        published = Release(version, base_url(options.url), changes_of(version, changelog), time)
        found = repository(reaper_files(version), published)
    except (BadHeader, BrokenSource) as fault:
        print(f"daw_scripts.reapack: {fault}", file=sys.stderr)
        return 1
    write(options.out, dict(sorted(found.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
