"""The command that runs a review, or says what a run would do."""

from __future__ import annotations

import argparse
import glob
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..batch import Engine, Outcome, ReviewRun, Wish
    from ..present import Language

from .told import outcome_said, plain_words, tell_forecasts, tell_profile

__all__ = ["add_review_commands"]

ORDINARY = "local, ordinary kernels"  # as a manifest names the engine

FAILED, STOPPED = 1, 130


def add_review_commands(commands: Any, spoken: argparse.ArgumentParser) -> None:
    """Add the command ``review``."""
    review = commands.add_parser(
        "review",
        parents=[spoken],
        help="run the review and write its report",
        epilog="examples: smartcity review kediri --year 2024 --language en; "
        "smartcity review kediri --year 2024 --only 04_disparity; smartcity review --studies 'data/raw/*' --year 2024",
    )
    add = review.add_argument
    add("study", nargs="?", help="a folder below data/raw, such as kediri")
    add("--studies", nargs="+", metavar="FOLDER", help="review many studies: folders or patterns such as 'data/raw/*'")
    add("--year", type=int, required=True, help="the year under review")
    add("--only-real", action="store_true", help="leave out illustrative values")
    add("--chapters-only", action="store_true", help="no sheets of agencies and regions")
    add("--dry-run", action="store_true", help="say what would run and why, and run nothing")
    add("--only", nargs="+", default=[], metavar="NOTEBOOK", help="run these and what they need, such as 04_disparity")
    add("--from", dest="begin", default="", metavar="NOTEBOOK", help="run this one and all after it again")
    add("--force", action="store_true", help="run again although nothing changed")
    add("--jobs", type=int, default=None, help="notebooks at once (default: as cores and memory allow)")
    add("--engine", choices=("local", "dask"), default="local", help="where notebooks run (default: %(default)s)")
    add("--scheduler", default="", metavar="ADDRESS", help="of the dask scheduler, such as tcp://10.0.0.5:8786")
    add("--profile", action="store_true", help="say where the time went, notebook by notebook")
    review.set_defaults(command=_review)


def _review(chosen: argparse.Namespace) -> int:
    if bool(chosen.study) == bool(chosen.studies):
        print("smartcity review: name one study, or several with --studies.", file=sys.stderr)
        return 2
    if _nothing_changed(chosen):
        return 0
    from ..batch import Choice, Wish
    from ..present import speak

    words = speak(chosen.language)
    choice = Choice(tuple(chosen.only), chosen.begin, chosen.force)
    wish = Wish(chosen.year, chosen.language, chosen.only_real, () if chosen.chapters_only else None, choice)
    studies = [chosen.study] if chosen.study else _named(chosen.studies)
    if chosen.dry_run:
        return tell_forecasts(studies, wish, words)
    try:
        return _run(studies, wish, chosen, words)
    except KeyboardInterrupt:
        print(words.text("cli.stopped"), file=sys.stderr)
        return STOPPED


def _nothing_changed(chosen: argparse.Namespace) -> bool:
    """Say so if the report asked for is there and as it should be: without loading the library, in no time."""
    if chosen.studies or chosen.only or chosen.begin or chosen.force or chosen.dry_run or chosen.profile:
        return False
    from ..disk import find_root
    from ..manifest import asked_for, report_folder, unchanged

    root = find_root()
    asked = asked_for(
        chosen.study, chosen.year, chosen.language, chosen.only_real, () if chosen.chapters_only else None
    )
    kept = unchanged(root, asked)
    if kept is None:
        return False
    report = report_folder(root, chosen.study, chosen.year, chosen.language)
    said = plain_words(chosen.language)
    print(said["unchanged"].format(count=len(kept.notebooks)))
    print(said["open"].format(path=report / "index.html"))
    return True


def _named(patterns: Sequence[str]) -> list[str]:
    """Return the names of the study folders that the patterns mean."""
    folders = [Path(found) for pattern in patterns for found in sorted(glob.glob(pattern)) or [pattern]]  # noqa: PTH207  absolute ones too
    return list(dict.fromkeys(folder.name for folder in folders if folder.is_dir() or not folder.exists()))


def _run(studies: Sequence[str], wish: Wish, chosen: argparse.Namespace, words: Language) -> int:
    from tqdm import tqdm

    from ..batch import review_studies

    counts: dict[str, int] = {}
    bar = tqdm(desc=words.text("cli.running"), file=sys.stderr, leave=False, disable=None,
               bar_format=words.text("cli.bar"))  # fmt: skip

    def told(study: str, outcome: Outcome, count: int) -> None:
        counts[study] = count
        bar.total = sum(counts.values()) + (len(studies) - len(counts)) * count
        bar.update()
        name = outcome.job.name if len(studies) == 1 else f"{study} {outcome.job.name}"
        bar.write(f"  {name:<12} {outcome_said(outcome, words)}", file=sys.stdout)

    status = 0
    with bar, _engine(chosen) as engine:
        for run in review_studies(studies, wish, workers=chosen.jobs, engine=engine, on_outcome=told):
            status = max(status, _tell(run, len(studies), chosen, words, bar.write))
    return status


@contextmanager
def _engine(chosen: argparse.Namespace) -> Iterator[Engine | None]:
    """Give the engine that was chosen; None stands for this machine."""
    if chosen.engine == "local":
        yield None
        return
    from ..batch.cluster import cluster_engine

    with cluster_engine(chosen.scheduler) as engine:
        yield engine


def _tell(run: ReviewRun, studies: int, chosen: argparse.Namespace, words: Language, write: Any) -> int:
    """Say what became of one study."""
    if run.error:
        if studies == 1:
            raise run.error
        said = "cli.study_unpublished" if run.outcomes else "cli.study_refused"
        write(words.text(said, study=run.study, cause=str(run.error)), file=sys.stderr)
        return FAILED
    index = run.report / "index.html"
    if not run.ok:
        write(words.text("cli.last_good", path=index) if index.is_file() else words.text("cli.no_report"))
        return FAILED
    kept = sum(outcome.state == "kept" for outcome in run.outcomes)
    left = sum(outcome.state == "left" for outcome in run.outcomes)
    if run.unchanged:
        write(words.text("cli.unchanged", count=run.notebooks))
    elif left:
        write(words.text("cli.left_count", left=left, count=run.notebooks))
    elif kept:
        write(words.text("cli.kept_count", kept=kept, count=run.notebooks))
    if run.manifest and run.manifest.about["engine"] == ORDINARY and run.outcomes and kept < run.notebooks - 1:
        write(words.text("cli.ordinary_kernels"))
    if chosen.profile and run.manifest:
        tell_profile(run.manifest, words, write)
    if run.published:
        write(words.text("cli.open", path=index))
    return 0
