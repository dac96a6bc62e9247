"""The command that runs a review."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..batch import Outcome
    from ..present import Language

__all__ = ["add_review_commands"]

FAILED = 1


def add_review_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command ``review``."""
    review = commands.add_parser(
        "review",
        parents=[common],
        help="run the review and write its report",
        epilog="example: smartcity review kediri --year 2024 --language en",
    )
    review.add_argument("--year", type=int, required=True, help="the year under review")
    review.add_argument("--only-real", action="store_true", help="leave out illustrative values")
    review.add_argument("--chapters-only", action="store_true", help="no sheets of agencies and regions")
    review.add_argument("--jobs", type=int, default=None, help="notebooks at once (default: one a core)")
    review.set_defaults(command=_review)


def _review(chosen: argparse.Namespace) -> int:
    from tqdm import tqdm

    from ..batch import review
    from ..present import speak

    words = speak(chosen.language)
    bar = tqdm(desc=words.text("cli.running"), unit="notebook", file=sys.stderr, leave=False, disable=None)

    def told(outcome: Outcome, total: int) -> None:
        bar.total = total
        bar.update()
        bar.write(f"  {outcome.job.name:<12} {_said(outcome, words)}", file=sys.stdout)

    with bar:
        run = review(
            chosen.study, chosen.year, language=chosen.language, only_real=chosen.only_real,
            sheets=() if chosen.chapters_only else None, workers=chosen.jobs,
            on_outcome=told,
        )  # fmt: skip
    index = run.report / "index.html"
    if not run.ok:
        print(words.text("cli.last_good", path=index) if index.is_file() else words.text("cli.no_report"))
        return FAILED
    kept = sum(outcome.state == "kept" for outcome in run.outcomes)
    if run.unchanged:
        print(words.text("cli.unchanged", count=kept))
    elif kept:
        print(words.text("cli.kept_count", kept=kept, count=len(run.outcomes)))
    print(words.text("cli.open", path=index))
    return 0


def _said(outcome: Outcome, words: Language) -> str:
    if outcome.state == "failed":
        key = "cli.failed_at" if outcome.cell else "cli.failed_whole"
        return words.text(key, cell=outcome.cell, cause=outcome.cause)
    return words.text(f"cli.{outcome.state}", seconds=outcome.seconds, cause=outcome.cause)
