"""Where takes go: beside the project, and never outside it."""

from __future__ import annotations

import os
from pathlib import Path

from bridge_server.protocol.errors import BadRequest, OutsideProject, ReadOnly
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


def check_writable(folder: Path) -> None:
    """Refuse a folder in which no take could be written, without making anything. Raises ReadOnly.

    What cannot be seen from outside, as on some network drives, is told of when the job runs.
    """
    there = next((path for path in (folder, *folder.parents) if os.path.lexists(path)), None)
    if there is None:
        return
    if not there.is_dir():
        raise ReadOnly(f"Takes cannot be written to {folder}: {there} is not a folder.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise ReadOnly(f"Takes cannot be written to {folder}: {there} may only be read.")


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
