"""Takes go below the project, whatever a request says."""

import os
import re
import sys
from pathlib import Path

import pytest

from bridge_server.jobs.folders import check_writable, takes_folder
from bridge_server.protocol.errors import BadRequest, OutsideProject, ReadOnly
from bridge_server.protocol.requests import Generate
from bridge_server.protocol.span import Span


def request(project: object = "", folder: object = "") -> Generate:
    return Generate(job="12345678", span=Span(0, 1, 48_000), project=str(project), folder=str(folder))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "Song"
    path.mkdir()
    return path


def test_a_saved_project_gets_a_folder_of_ours(project: Path, tmp_path: Path) -> None:
    assert takes_folder(request(project), tmp_path / "unsaved") == project / "Dawbridge"


def test_an_unsaved_project_uses_the_users_folder(tmp_path: Path) -> None:
    assert takes_folder(request(), tmp_path / "unsaved") == tmp_path / "unsaved"


def test_a_folder_below_the_project_is_taken_as_it_is(project: Path, tmp_path: Path) -> None:
    assert takes_folder(request(project, project / "audio" / "new"), tmp_path) == project / "audio" / "new"
    assert takes_folder(request(project, project), tmp_path) == project


def test_without_a_project_any_folder_will_do(tmp_path: Path) -> None:
    assert takes_folder(request("", tmp_path / "here"), Path("/elsewhere")) == tmp_path / "here"


@pytest.mark.parametrize("way_out", ["..", "../Song2", "audio/../../x", "../../../../../../etc"])
def test_dots_do_not_lead_out(project: Path, tmp_path: Path, way_out: str) -> None:
    with pytest.raises(OutsideProject) as refusal:
        takes_folder(request(project, f"{project}/{way_out}"), tmp_path)
    assert refusal.value.hint


def test_a_folder_of_a_similar_name_is_outside(project: Path, tmp_path: Path) -> None:
    with pytest.raises(OutsideProject):
        takes_folder(request(project, f"{project}-2"), tmp_path)


def test_a_symlink_does_not_lead_out(project: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (project / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutsideProject):
        takes_folder(request(project, project / "link" / "deep"), tmp_path)


def test_a_project_that_is_a_symlink_itself_is_fine(project: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(project)
    assert takes_folder(request(link, project / "audio"), tmp_path) == project / "audio"


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="newer Pythons leave the circle to whoever opens it")
def test_a_circle_of_symlinks_is_refused(project: Path, tmp_path: Path) -> None:
    (project / "a").symlink_to(project / "b")
    (project / "b").symlink_to(project / "a")
    with pytest.raises(BadRequest, match="leads nowhere"):
        takes_folder(request(project, project / "a" / "x"), tmp_path)


@pytest.mark.parametrize("relative", ["Song", "./Song", "../Song", "~/Song"])
def test_relative_paths_are_refused(relative: str, project: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="project"):
        takes_folder(request(relative), tmp_path)
    with pytest.raises(BadRequest, match="folder"):
        takes_folder(request(project, relative), tmp_path)


def test_a_nul_is_refused(project: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRequest):
        takes_folder(request(f"{project}\0"), tmp_path)


def test_a_name_longer_than_any_system_takes_is_no_crash(project: Path, tmp_path: Path) -> None:
    assert takes_folder(request(project, project / ("x" * 4_000)), tmp_path).is_relative_to(project)


def test_a_folder_that_could_be_made_is_let_through_and_nothing_is_made(tmp_path: Path) -> None:
    check_writable(tmp_path / "Song" / "Dawbridge")
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "Song").write_text("a file")
    with pytest.raises(ReadOnly, match="Song is not a folder"):
        check_writable(tmp_path / "Song" / "Dawbridge")


def test_a_folder_that_may_only_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may write anywhere, so the system's answer is played."""
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(ReadOnly, match=f"{re.escape(str(tmp_path))} may only be read") as caught:
        check_writable(tmp_path / "Dawbridge")
    assert "writable" in caught.value.hint
