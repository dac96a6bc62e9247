"""From kept results to the folder that is handed out, exchanged for the one before in one step."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import __version__
from ..disk import files_below, fill_folder, hash_files, read_bytes, recover_folder, replace_folder, scratch_folder
from ..manifest import MANIFEST, Manifest, commit_of, library_hash, library_versions, raw_files, report_folder
from .extras import DOCUMENT, EXPLORER, WORKBOOK, make_document, make_extras
from .index_page import index_page
from .plan import Job
from .results import Done, Results
from .views import PAGE, PRINT, About

__all__ = ["places_of", "publish"]


def places_of(root: Path, study: str, year: int, language: str) -> dict[str, Path]:
    """Return where pages, tables and figures of a review are published."""
    return {
        "pages": report_folder(root, study, year, language),
        "tables": root / "data" / "processed" / study / str(year),
        "figures": root / "figures" / study / str(year) / language,
    }


def recover(places: Iterable[Path]) -> None:
    """Put back what a run that was killed while it published had moved aside."""
    for place in places:
        recover_folder(place)


def publish(
    about: About, jobs: Sequence[Job], done: Mapping[str, Done], results: Results, asked: Mapping[str, Any],
    states: Mapping[str, str], engine: str,
) -> None:  # fmt: skip
    """Write pages, tables and figures beside the old ones, with a manifest, and exchange them.

    Parameters
    ----------
    about : About
    jobs : sequence of Job
    done : mapping of str to Done
        The result of every job.
    results : Results
    asked : mapping
        As in :class:`smartcity_analysis.manifest.Manifest`.
    states : mapping of str to str
        Whether each job was run or kept.
    engine : str
        What ran them.
    """
    places = places_of(results.root, about.study.name, about.year, about.language)
    with scratch_folder(results.scratch) as folder:
        for name in places:
            (folder / name).mkdir()
        pages: dict[str, bytes] = {}
        for job in jobs:
            for name, path in results.files(job, done[job.name]):
                part = {".csv": "tables", ".png": "figures"}.get(path.suffix, "")
                if part:
                    shutil.copyfile(path, folder / part / path.name)
                elif name in (PAGE, PRINT):
                    place = job.view.place
                    pages[place if name == PAGE else f"{place.removesuffix('.html')}.pdf"] = read_bytes(path)
        pages |= _whole(about, jobs, pages, folder / "tables")
        fill_folder(folder / "pages", pages)
        manifest = _manifest(about, jobs, done, results.root, asked, states, engine, folder)
        fill_folder(folder / "pages", {MANIFEST: manifest.text().encode()})
        for part in (
            "tables",
            "figures",
            "pages",
        ):  # the pages last: they speak of the tables
            replace_folder(folder / part, places[part])


def _whole(about: About, jobs: Sequence[Job], pages: Mapping[str, bytes], tables: Path) -> dict[str, bytes]:
    """Return what is made from all pages and tables: document, workbook, explorer, forms and index."""
    chapters = {job.view.place: pages[job.view.place].decode() for job in jobs if "/" not in job.view.place}
    made = make_extras(about, tables)
    made[DOCUMENT] = make_document(about, chapters)
    offered = [name for name in (DOCUMENT, WORKBOOK, EXPLORER) if name in made]
    return made | {"index.html": index_page(about, jobs, tables, offered).encode()}


def _manifest(
    about: About, jobs: Sequence[Job], done: Mapping[str, Done], root: Path, asked: Mapping[str, Any],
    states: Mapping[str, str], engine: str, folder: Path,
) -> Manifest:  # fmt: skip
    studies = [study.name for study in (about.study, about.peers) if study]
    spec = about.study.spec
    return Manifest(
        asked=asked,
        studies=studies,
        inputs=hash_files([*raw_files(root, studies), *dict.fromkeys(job.path for job in jobs)], root),
        outputs=hash_files(files_below(folder / "pages"), folder / "pages"),
        elsewhere=_elsewhere(about, root, folder),
        library=library_hash(),
        versions=library_versions(),
        about={
            "package": __version__,
            "commit": commit_of(root),
            "seed": spec.seed,
            "spec": spec.model_dump(mode="json"),
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "engine": engine,
        },
        notebooks=[_line(job, done[job.name], states[job.name]) for job in jobs],
    )


def _elsewhere(about: About, root: Path, folder: Path) -> dict[str, str]:
    """Return the hashes of tables and figures by where they will lie in the project."""
    places = places_of(root, about.study.name, about.year, about.language)
    return {
        (places[part].relative_to(root) / name).as_posix(): digest
        for part in ("tables", "figures")
        for name, digest in hash_files(files_below(folder / part), folder / part).items()
    }


def _line(job: Job, done: Done, state: str) -> dict[str, Any]:
    return {
        "name": job.name,
        "state": state,
        "key": done.key,
        "seconds": done.seconds,
        "peak_mib": done.peak_mib,
        "timings": dict(done.timings),
    }
