"""A strict reader of ReaPack's index.xml: what ReaPack overlooks or guesses is an error here.

Source: ReaPack's wiki, "Index Format"; the rules for version names are those of its version parser.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

ATTRIBUTES = {
    "index": ({"version", "name"}, {"commit"}),
    "category": ({"name"}, set()),
    "reapack": ({"name", "type"}, {"desc"}),
    "metadata": (set(), set()),
    "description": (set(), set()),
    "link": ({"rel"}, {"href"}),
    "version": ({"name"}, {"author", "time"}),
    "changelog": (set(), set()),
    "source": (set(), {"main", "file", "platform", "type"}),
}
CHILDREN = {
    "index": {"category", "metadata"},
    "category": {"reapack"},
    "reapack": {"metadata", "version"},
    "metadata": {"description", "link"},
    "version": {"changelog", "source"},
}
SECTIONS = {"main", "midi_editor", "midi_inlineeditor", "midi_eventlisteditor", "mediaexplorer", "crossfade_editor"}


@dataclass(frozen=True)
class Source:
    path: str
    url: str
    sections: tuple[str, ...]


@dataclass(frozen=True)
class Package:
    name: str
    title: str
    version: str
    author: str
    time: str
    changelog: str
    about: str
    sources: tuple[Source, ...]


class Refused(Exception):
    """What ReaPack would refuse, or read otherwise than it was meant."""


def read(data: bytes) -> list[Package]:
    """All packages of an index. Raises Refused."""
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise Refused(str(error)) from None
    check(root)
    if root.tag != "index" or root.get("version") != "1":
        raise Refused("this is no index of version 1")
    found, paths = [], set()
    for category in root.findall("category"):
        for node in category.findall("reapack"):
            package = read_package(node, root.get("name", ""), category.get("name", ""))
            for source in package.sources:
                if source.path.casefold() in paths:
                    raise Refused(f"{source.path} would be installed twice")
                paths.add(source.path.casefold())
            found.append(package)
    return found


def check(node: ElementTree.Element) -> None:
    if node.tag not in ATTRIBUTES:
        raise Refused(f"<{node.tag}> is not known")
    needed, allowed = ATTRIBUTES[node.tag]
    if missing := needed - set(node.attrib):
        raise Refused(f"<{node.tag}> has no {', '.join(sorted(missing))}")
    if strange := set(node.attrib) - needed - allowed:
        raise Refused(f"<{node.tag}> has {', '.join(sorted(strange))}")
    if empty := [name for name, value in node.attrib.items() if not value]:
        raise Refused(f"<{node.tag}> has an empty {', '.join(empty)}")
    for child in node:
        if child.tag not in CHILDREN.get(node.tag, set()):
            raise Refused(f"<{child.tag}> inside <{node.tag}>")
        check(child)


def read_package(node: ElementTree.Element, repository: str, category: str) -> Package:
    if node.get("type") != "script":
        raise Refused("only scripts are published here")
    versions = node.findall("version")
    if len(versions) != 1:
        raise Refused("one version is published at a time")
    version = versions[0]
    check_version(version.get("name", ""))
    if "time" in version.attrib:
        datetime.strptime(version.attrib["time"], "%Y-%m-%dT%H:%M:%SZ")
    about = node.findtext("metadata/description", "")
    if not (about.startswith(r"{\rtf1") and about.endswith("}") and about.isascii()):
        raise Refused("the description is not RTF")
    folder = f"Scripts/{repository}/{category}"
    sources = tuple(read_source(one, folder, node.get("name", "")) for one in version.findall("source"))
    if not sources:
        raise Refused("a version without a file")
    return Package(
        name=node.get("name", ""),
        title=node.get("desc", ""),
        version=version.get("name", ""),
        author=version.get("author", ""),
        time=version.get("time", ""),
        changelog=version.findtext("changelog", ""),
        about=about,
        sources=sources,
    )


def check_version(name: str) -> None:
    segments = re.findall(r"\d+|[a-zA-Z]+", name)
    if not segments or not segments[0].isdigit() or not name[0].isdigit():
        raise Refused(f"invalid version name {name!r}")
    if any(segment.isdigit() and int(segment) > 65_535 for segment in segments):
        raise Refused(f"version segment overflow in {name!r}")


def read_source(node: ElementTree.Element, folder: str, package: str) -> Source:
    url = (node.text or "").strip()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or re.search(r"[^\x21-\x7e]", url):
        raise Refused(f"the address {url!r} cannot be fetched")
    file = node.get("file", package)
    if unquote(parts.path).rsplit("/", 1)[1] != file:
        raise Refused(f"{file} would come from {url}")
    if re.search(r'[<>:"|?*\\]', file) or ".." in file.split("/"):
        raise Refused(f"{file!r} is no file name on every system")
    sections = tuple(node.get("main", "").split())
    if strange := set(sections) - SECTIONS:
        raise Refused(f"no section {strange}")
    return Source(f"{folder}/{file}", url, sections)
