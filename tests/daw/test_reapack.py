"""A ReaPack repository: every header complete, an index that ReaPack reads, the same bytes each time."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daw_scripts import package_header, reapack
from daw_scripts.package_header import BadHeader
from daw_scripts.reaper.build import files as reaper_files
from daw_scripts.rtf import escape, from_markdown
from tests.daw import reapack_reader
from tests.daw.reapack_reader import Refused

BASE = "https://example.org/müsik".replace("ü", "%C3%BC")
VERSION = "1.2.3"
PUBLISHED = reapack.Release(VERSION, BASE, "First line.\n- Umlauts: äöü & <tags>", "2026-11-22T12:00:00Z")


def script(title: str, *more: str, version: str = VERSION) -> bytes:
    lines = [f"-- @description Dawbridge: {title}", f"-- @version {version}", "-- @author Dawbridge"]
    lines += [
        "-- @about",
        "--   Sings {braces} & «words».",
        "--",
        "--   - one `code`",
        "--   - two",
        *more,
        "-- SPDX-License-Identifier: X",
    ]
    return ("\n".join(lines) + "\n\nlocal x = 1 -- @version is not read here\n").encode()


SCRIPTS = {
    "Dawbridge_Panel.lua": script("Panel", "-- @provides [main=main] ."),
    "Dawbridge_Repaint it.lua": script("Repaint it"),
    "Dawbridge.py": script("Python").replace(b"--", b"#"),
}


@pytest.fixture(scope="module")
def published() -> dict[str, bytes]:
    return reapack.repository(SCRIPTS, PUBLISHED, "Dawbridge_Panel.lua")


@pytest.fixture(scope="module")
def real() -> dict[str, bytes]:
    """What is really published: every script of REAPER."""
    return reapack.repository(reaper_files(VERSION), PUBLISHED)


def test_the_index_is_read_back_as_it_was_meant(published: dict[str, bytes]):
    (package,) = reapack_reader.read(published["index.xml"])
    assert package.name == "Dawbridge_Panel.lua"
    assert package.title == "Dawbridge: Panel"
    assert (package.version, package.author, package.time) == (VERSION, "Dawbridge", "2026-11-22T12:00:00Z")
    assert package.changelog == "First line.\n- Umlauts: äöü & <tags>"
    assert {source.path: source.sections for source in package.sources} == {
        "Scripts/Dawbridge/Dawbridge/Dawbridge_Panel.lua": ("main",),
        "Scripts/Dawbridge/Dawbridge/Dawbridge_Repaint it.lua": ("main",),
        "Scripts/Dawbridge/Dawbridge/Dawbridge.py": (),
    }


def test_every_real_script_is_published_once_and_lies_where_its_address_says(real: dict[str, bytes]):
    (package,) = reapack_reader.read(real["index.xml"])
    paths = [unquote(urlsplit(source.url).path).removeprefix("/müsik/") for source in package.sources]
    assert sorted(paths) == sorted(set(real) - {"index.xml"})
    assert len(paths) == len(reaper_files(VERSION)) >= 1


def test_every_real_script_has_all_tags(real: dict[str, bytes]):
    for path, data in real.items():
        if path == "index.xml":
            continue
        header = package_header.read(path, data.decode())
        is_lead = path.endswith(reapack.LEAD)
        wanted = {"description", "version", "author", "about", "changelog", "provides" if is_lead else "noindex"}
        assert set(header.tags) == wanted
        assert header.links == [BASE]
        assert "SPDX-License-Identifier: Apache-2.0" in header.rest
        _, body = package_header.split(path, data.decode())
        assert body == package_header.split(path, reaper_files(VERSION)[Path(path).name].decode())[1]


def test_one_file_alone_is_a_package_for_an_indexer(published: dict[str, bytes]):
    packages = [path for path, data in published.items() if b"@noindex" not in data and path != "index.xml"]
    assert packages == ["Dawbridge/Dawbridge_Panel.lua"]


def test_the_header_s_list_and_the_index_name_the_same_files(published: dict[str, bytes]):
    text = published["Dawbridge/Dawbridge_Panel.lua"].decode()
    listed = package_header.read("Dawbridge_Panel.lua", text).tags["provides"].split("\n")
    assert listed == ["[main=main] .", "[nomain] Dawbridge.py", "[main=main] Dawbridge_Repaint it.lua"]


def test_writing_a_header_is_undone_by_reading_it():
    text = script("Panel", "-- @provides", "--   [main=main] .", "--   [nomain] a.lua").decode()
    header = package_header.read("a.lua", text)
    again = package_header.write("a.lua", header, text)
    assert package_header.read("a.lua", again) == header
    assert package_header.write("a.lua", header, again) == again


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["-- @author Twice"], "twice"),
        (["-- @mystery x"], "no tag"),
        (["-- @changelog"], "empty"),
        (["-- @provides [main=kitchen] ."], "no section 'kitchen'"),
        (["-- @provides [windows] ."], "not used here"),
        (["-- @provides gone-*.lua"], "no file is called so"),
        (["-- @provides a.lua > ../b.lua"], "not understood"),
    ],
)
def test_a_header_that_reapack_would_misread_is_refused(lines: list[str], words: str):
    text = script("Panel", *lines).decode()
    with pytest.raises(BadHeader, match=words):
        package_header.provided("a.lua", package_header.read("a.lua", text).tags["provides"], ["a.lua"])


@pytest.mark.parametrize("version", ["uninstalled", "", "1.70000", "v1"])
def test_a_version_that_reapack_cannot_read_is_refused(version: str):
    with pytest.raises(BadHeader, match="version"):
        package_header.check_version(version)
    with pytest.raises(Refused, match="version"):
        reapack_reader.check_version(version)


@pytest.mark.parametrize("version", ["0", "0.1.0", "1.0pre2", "65535.1"])
def test_versions_that_are_fine(version: str):
    package_header.check_version(version)
    reapack_reader.check_version(version)


def test_two_files_may_not_be_installed_to_one_path():
    twice = {**SCRIPTS, "dawbridge_repaint IT.lua": script("Other")}
    with pytest.raises(BadHeader, match="two files"):
        reapack.repository(twice, PUBLISHED, "Dawbridge_Panel.lua")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"Dawbridge_Other.lua": SCRIPTS["Dawbridge.py"]}, "named after"),
        ({**SCRIPTS, "x.lua": script("X", version="9.9")}, "has version 9.9"),
        ({**SCRIPTS, "x.lua": b"-- @description X\n-- @version 1.2.3\nlocal x\n"}, "no @author"),
        ({**SCRIPTS, "x.txt": b"-- @description X\n"}, "can carry a header"),
        ({**SCRIPTS, "Dawbridge_Panel.lua": script("P\x07")}, "XML cannot hold"),
    ],
)
def test_scripts_that_cannot_be_published_are_named(files: dict[str, bytes], words: str):
    with pytest.raises(BadHeader, match=words):
        reapack.repository(files, PUBLISHED, "Dawbridge_Panel.lua")


@pytest.mark.parametrize(
    "url", ["ftp://a/b", "example.org", "https://", "https://a/b?c=d", "https://a/b c", "https://ä"]
)
def test_an_address_that_no_browser_opens_is_refused(url: str):
    with pytest.raises(BadHeader):
        reapack.base_url(url)


def test_the_command_writes_the_same_bytes_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for folder in ("one", "two"):
        out = str(tmp_path / folder)
        assert reapack.main(["--url", BASE + "/", "--out", out, "--version", VERSION]) == 0
    assert "index.xml" in capsys.readouterr().out
    one, two = (
        {p.relative_to(tmp_path / f): p.read_bytes() for p in (tmp_path / f).rglob("*.*")} for f in ("one", "two")
    )
    assert one == two
    (package,) = reapack_reader.read((tmp_path / "one" / "index.xml").read_bytes())
    assert package.version == VERSION
    assert {source.url.rsplit("/", 2)[0] for source in package.sources} == {BASE}


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert reapack.main(["--url", BASE, "--out", str(tmp_path), "--version", "uninstalled"]) == 1
    assert "does not begin with a digit" in capsys.readouterr().err
    assert reapack.main(["--url", "nowhere", "--out", str(tmp_path), "--version", "1"]) == 1
    assert "no web address" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


CHANGELOG = """# Log

## 1.2.3 (2026-12-01)

The second sound.

- **Bold** `REAPER` and
  [a page](b.md).
- Live.

## 1.2.2 (not released yet)

- Old.
"""


def test_times_come_from_the_option_the_environment_or_the_changelog(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert reapack.time_of("2026-11-22T13:00:00+01:00", "1.2.3", CHANGELOG) == "2026-11-22T12:00:00Z"
    assert reapack.time_of("", "1.2.3", CHANGELOG) == "2026-12-01T00:00:00Z"
    assert reapack.time_of("", "1.2.2", CHANGELOG) == ""
    assert reapack.changes_of("1.2.3", CHANGELOG) == "- Bold REAPER and a page."
    assert reapack.changes_of("1.2.2", CHANGELOG) == "Version 1.2.2."
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert reapack.time_of("", "1.2.3", CHANGELOG) == "1970-01-01T00:00:00Z"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(BadHeader, match="no time"):
        reapack.time_of("", "1.2.3", CHANGELOG)


def from_rtf(text: str) -> str:
    """The text of what `escape` wrote."""
    units = bytearray()
    for number, marked, plain in re.findall(r"\\u(-?\d+)\?|\\([\\{}])|([^\\])", text, re.DOTALL):
        unit = int(number) % 65_536 if number else ord(marked or plain)
        units += unit.to_bytes(2, "little")
    return units.decode("utf-16-le")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_rtf(text: str):
    assert escape(text).isascii()
    assert from_rtf(escape(text)) == text


def test_markdown_becomes_paragraphs_lists_and_code():
    rtf = from_markdown("# Title\n\nOne\nline.\n\n- first `x{y}`\n- second\n  goes on\n")
    assert rtf.count(r"\bullet") == 2
    assert r"{\b\fs28 Title}" in rtf
    assert "One line." in rtf
    assert r"{\f1 x\{y\}}" in rtf
    assert "second goes on" in rtf
    assert len(re.findall(r"(?<!\\)\{", rtf)) == len(re.findall(r"(?<!\\)\}", rtf))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((b'type="script"', b'type="effect"'), "only scripts"),
        ((b' version="1"', b' version="2"'), "no index"),
        ((b"<source main", b"<source mein"), "mein"),
        ((b"https://", b"file://"), "cannot be fetched"),
        ((b'file="Dawbridge.py"', b'file="Dawbridge_Panel.lua"'), "would come from"),
        ((b"</changelog>", b""), "mismatched"),
    ],
)
def test_the_strict_reader_is_strict(published: dict[str, bytes], change: tuple[bytes, bytes], words: str):
    with pytest.raises(Refused, match=words):
        reapack_reader.read(published["index.xml"].replace(*change))
