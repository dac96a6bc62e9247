"""What a run consists of: jobs that know what they depend on, so that what is done is known to be done.

The key of a job is the hash of everything its result depends on: the notebook, its parameters, the page around it, the
library, the versions of what it computes and draws with, the content of the raw tables it declares that it reads, and
the content of the processed tables that it takes from other notebooks. A need that was made again with the same tables
changes no key: what depends on it is not run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nbformat

from ..disk import read_bytes, sha256
from ..errors import Breach, DataError
from ..manifest import library_hash, library_versions
from ..study import TABLES, content_hashes, resolve_reads
from ..study.project import NOTEBOOKS
from ..study.reading import FILES
from .notebook import check_parameters
from .tasks import REVIEW, Task
from .views import About, View, make_view

__all__ = ["Job", "plan_review"]

_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
Tables = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook with its parameters.

    Parameters
    ----------
    name : str
    path : path
    source : bytes
        The notebook.
    parameters : mapping
        All of them, checked.
    needs : mapping of str to sequence of str
        The processed tables it takes, by the job that makes them.
    reads : mapping
        The raw tables it reads, by study: None for whole ones, else what their rows are restricted to.
    parts : mapping of str to str
        Hash of each thing that the result depends on, but for the tables of `needs`.
    label : str
        Study, year, language and name: the same from run to run.
    view : View
        The page around it.
    """

    name: str
    path: Path
    source: bytes
    parameters: Mapping[str, Any]
    needs: Tables
    reads: Mapping[str, Mapping[str, Any]]
    parts: Mapping[str, str]
    label: str
    view: View

    def parts_with(self, tables: Mapping[str, str]) -> dict[str, str]:
        """Return all parts of the key; `tables` are hashes of the needed tables by ``job/table``."""
        return {**self.parts, **{f"table {name}": digest for name, digest in tables.items()}}


def key_of(parts: Mapping[str, str]) -> str:
    """Return the key that the parts make."""
    return sha256(json.dumps(dict(parts), sort_keys=True).encode())


def plan_review(
    root: Path, about: About, parameters: Mapping[str, Any], tasks: Sequence[Task | str] = REVIEW
) -> list[Job]:
    """Return the jobs of one review in an order in which needs come first.

    Parameters
    ----------
    root : path
        The project.
    about : About
        The study under review with its peers, the year and the language.
    parameters : mapping
        ``study``, ``review_year``, ``language`` and ``only_real``; checked against every notebook.
    tasks : sequence of Task or str
        What to make; a name stands for the notebook of that name with no parameters of its own.

    Raises
    ------
    DataError
        For a notebook that is not there, a parameter it does not declare, a raw table that is not there, or a need that
        is not among `tasks`.
    """
    whole = [Task(task, task, f"{task}.html") if isinstance(task, str) else task for task in tasks]
    books, breaches = _books(root, whole)
    chapters = {task.page: books[task.notebook][1] for task in whole if "/" not in task.page and task.notebook in books}
    shared = {"library": library_hash(), "versions": sha256(json.dumps(library_versions()).encode())}
    jobs: dict[str, Job] = {}
    refused = {task.name for task in whole if task.notebook not in books}  # reported; what needs them is not again
    for task in whole:
        if task.name in refused:
            continue
        path, (source, book) = _path(root, task), books[task.notebook]
        declared = book.metadata.get("smartcity", {})
        needs = {name: tuple(tables) for name, tables in declared.get("needs", {}).items()}
        try:
            checked = check_parameters(path, {**parameters, **task.parameters})
            reads = resolve_reads(
                declared.get("reads", {}), study=about.study, peers=about.peers, parameters=checked, file=path.name
            )
        except DataError as error:
            breaches += error.breaches
            refused.add(task.name)
            continue
        absent = [need for need in needs if need not in jobs]
        if absent:
            breaches += [Breach("need_missing", file=path.name, found=n) for n in absent if not refused & set(absent)]
            refused.add(task.name)
            continue
        view = make_view(about, task.page, book, chapters)
        parts = {**shared, "notebook": sha256(source), "parameters": _hash(checked), "page": _hash(asdict(view))}
        parts |= _content(about, reads)
        jobs[task.name] = Job(task.name, path, source, checked, needs, reads, parts, _label(parameters, task), view)
    if breaches:
        raise DataError(breaches)
    return list(jobs.values())


def _path(root: Path, task: Task) -> Path:
    return root / NOTEBOOKS / f"{task.notebook}.ipynb"


def _books(root: Path, tasks: Sequence[Task]) -> tuple[dict[str, tuple[bytes, nbformat.NotebookNode]], list[Breach]]:
    """Return source and content of every notebook that is there, and a breach for each that is not."""
    books: dict[str, tuple[bytes, nbformat.NotebookNode]] = {}
    breaches = []
    for task in {task.notebook: task for task in tasks}.values():
        path = _path(root, task)
        if path.is_file():
            source = read_bytes(path)
            book = nbformat.reads(source.decode(), as_version=4)
            book.metadata.setdefault("smartcity", _undeclared(book, task.notebook))
            books[task.notebook] = (source, book)
        else:
            breaches.append(Breach("file_missing", file=f"{NOTEBOOKS}/{path.name}"))
    return books, breaches


def _undeclared(book: nbformat.NotebookNode, name: str) -> dict[str, Any]:
    """Return what stands for the declaration of a notebook without one: its first heading, and that it reads all."""
    heads = [_HEADING.search(cell.source) for cell in book.cells if cell.cell_type == "markdown"]
    title = next((head[1].strip() for head in heads if head), name)
    every = [*TABLES, FILES]
    return {"title": title, "question": title, "reads": {"city": every, "peers": every}}


def _content(about: About, reads: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the hash of everything that is read of each study, by ``raw study/table``."""
    studies = {study.name: study for study in (about.study, about.peers) if study}
    return {
        f"raw {name}/{table}": digest
        for name, tables in reads.items()
        for table, digest in content_hashes(studies[name], tables).items()
    }


def _label(parameters: Mapping[str, Any], task: Task) -> str:
    words = [str(parameters[name]) for name in ("study", "review_year", "language")]
    return "-".join([*words, *(["real"] if parameters["only_real"] else []), task.name])


def _hash(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode())
