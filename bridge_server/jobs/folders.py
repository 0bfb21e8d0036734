"""Where takes go: beside the project, and never outside it."""

from __future__ import annotations

from pathlib import Path

from bridge_server.protocol.errors import BadRequest, OutsideProject
from bridge_server.protocol.requests import JobRequest

FOLDER_NAME = "Dawbridge"


def takes_folder(request: JobRequest, unsaved: Path) -> Path:
    """The folder that holds the job folders of a request; `unsaved` serves projects without a folder of their own.

    Raises BadRequest for a path that is relative or leads in a circle, OutsideProject for a folder that is not below
    its project.
    """
    project = _absolute(request.project, "project")
    folder = _absolute(request.folder, "folder")
    if folder is None:
        return project / FOLDER_NAME if project else unsaved
    if project is not None and not _resolved(folder, "folder").is_relative_to(_resolved(project, "project")):
        raise OutsideProject(f"The folder {folder} lies outside the project {project}.")
    return folder


def _absolute(text: str, field: str) -> Path | None:
    if not text:
        return None
    path = Path(text)
    if "\0" in text or not path.is_absolute():
        raise BadRequest(f"`{field}` must be an absolute path, not {text!r}.")
    return path


def _resolved(path: Path, field: str) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # RuntimeError is what Python up to 3.12 says about a circle of links
        raise BadRequest(f"`{field}` leads nowhere: {path}.") from None
