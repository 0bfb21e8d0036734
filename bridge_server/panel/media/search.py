"""Search: takes by words, seed, date, project and marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import msgspec

from bridge_server.panel.media.marks import Mark
from bridge_server.panel.media.records import Record, TakeId
from bridge_server.panel.references import project_id
from bridge_server.protocol.errors import BadRequest


class TakeLine(msgspec.Struct, frozen=True, kw_only=True):
    """A take as lists show it. `created`: seconds since 1970; `seconds`: of new audio; `project`: an id, no folder."""

    job: str
    number: int
    task: str
    created: float
    tags: str
    lyrics: str
    role: str
    seed: int
    backend: str
    seconds: float
    rate: int
    starred: bool
    discarded: bool
    chosen: bool
    draft: bool
    project: str
    client: str


class Project(msgspec.Struct, frozen=True):
    """A project that has takes. Its name is its folder's, with the folder above where two have the same."""

    id: str
    name: str


class Found(msgspec.Struct, frozen=True):
    """`total` counts what matches, shown or not; `next` is what `before` wants for the rest, empty at the end."""

    takes: list[TakeLine]
    total: int
    next: str
    projects: list[Project]


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is looked for. Empty and None: no matter.

    text    words that all occur in tags, lyrics, role or job id
    tags    words that all occur in the tags
    since, until  seconds since 1970
    before  'JOB/N': only what comes after this one in the list
    """

    text: str = ""
    tags: str = ""
    seed: int | None = None
    starred: bool | None = None
    discarded: bool | None = None
    chosen: bool | None = None
    backend: str = ""
    project: str = ""
    since: float | None = None
    until: float | None = None
    limit: int = 100
    before: str = ""


def search(records: Sequence[Record], marks: Mapping[TakeId, Mark], query: Query) -> Found:
    """The takes that a query means, newest first.

    A `retake` or `again` names no words, and often no project, of its own: it has those of the take it came from.
    Raises BadRequest where `before` names no take.
    """
    names = project_names([record.project for record in records])
    lines = lines_of(records, marks, records)
    found = [line for line in lines if _matches(line, query)]
    first = 0
    if query.before:
        first = next((at for at, line in enumerate(lines) if f"{line.job}/{line.number}" == query.before), -1) + 1
        if not first:
            raise BadRequest(f"There is no take {query.before} to go on after.")
        passed = set(map(id, lines[:first]))
        first = sum(id(line) in passed for line in found)
    page = found[first : first + query.limit]
    is_more = first + len(page) < len(found)
    return Found(
        takes=page,
        total=len(found),
        next=f"{page[-1].job}/{page[-1].number}" if page and is_more else "",
        projects=[Project(project_id(folder), name) for folder, name in names.items()],
    )


def lines_of(records: Sequence[Record], marks: Mapping[TakeId, Mark], everything: Sequence[Record]) -> list[TakeLine]:
    """Takes as lists show them; among `everything` lie the takes that they may vary."""
    by_path = {record.take.path: record for record in everything}
    return [_line(record, by_path, marks) for record in records]


def project_names(folders: Sequence[str]) -> dict[str, str]:
    """Folder → name for people, in the order the folders first occur; unsaved projects have none.

    >>> project_names(["/a/Song", "/b/Song", "/b/Suite"])
    {'/a/Song': 'a/Song', '/b/Song': 'b/Song', '/b/Suite': 'Suite'}
    """
    distinct = [folder for folder in dict.fromkeys(folders) if folder]
    last = [PurePath(folder).name for folder in distinct]
    return {
        folder: "/".join(PurePath(folder).parts[-2:]) if last.count(name) > 1 else name or folder
        for folder, name in zip(distinct, last, strict=True)
    }


def origin_of(record: Record, by_path: Mapping[str, Record]) -> Record:
    """The record whose request says what the music is: of a retake, that of the take it varies, however far back."""
    seen: set[str] = set()
    while record.request.take and record.request.take in by_path and record.take.path not in seen:
        seen.add(record.take.path)
        record = by_path[record.request.take]
    return record


def _line(record: Record, by_path: Mapping[str, Record], marks: Mapping[TakeId, Mark]) -> TakeLine:
    take, origin = record.take, origin_of(record, by_path)
    words, folder = origin.request, record.project or origin.project
    mark = marks.get(TakeId(take.job, take.number), Mark())
    return TakeLine(
        job=take.job,
        number=take.number,
        task=record.request.request,
        created=record.created,
        tags=words.tags,
        lyrics=words.lyrics,
        role=words.role,
        seed=take.seed,
        backend=take.backend,
        seconds=round(sum(part.span.seconds for part in take.parts), 3),
        rate=take.sample_rate,
        starred=mark.starred,
        discarded=mark.discarded,
        chosen=take.chosen,
        draft=words.draft,
        project=project_id(folder) if folder else "",
        client=record.client,
    )


def _matches(line: TakeLine, query: Query) -> bool:
    return (
        _has_words(line, query)
        and all(
            wanted in ("", None) or wanted == value
            for wanted, value in (
                (query.seed, line.seed),
                (query.starred, line.starred),
                (query.discarded, line.discarded),
                (query.chosen, line.chosen),
                (query.backend, line.backend),
                (query.project, line.project),
            )
        )
        and (query.since is None or line.created >= query.since)
        and (query.until is None or line.created < query.until)
    )


def _has_words(line: TakeLine, query: Query) -> bool:
    if query.text:
        everything = f"{line.tags}\n{line.lyrics}\n{line.role}\n{line.job}".casefold()
        if not all(word in everything for word in query.text.casefold().split()):
            return False
    if query.tags:
        tags = line.tags.casefold()
        return all(word in tags for word in query.tags.casefold().replace(",", " ").split())
    return True
