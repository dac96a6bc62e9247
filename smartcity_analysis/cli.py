"""The command line, a thin layer over the library: ``smartcity check`` and ``smartcity review``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import __version__
from .errors import DataError, SmartCityError
from .messages import LANGUAGES, default_language

if TYPE_CHECKING:
    from .batch import Outcome
    from .present import Language

__all__ = ["main"]

FAILED, BAD_INPUT = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 a notebook failed, 2 the input is not fit to use."""
    chosen = _parser().parse_args(arguments)
    os.environ["SMARTCITY_LANGUAGE"] = chosen.language
    try:
        return int(chosen.command(chosen))
    except DataError as error:
        from .present import speak

        print(error.text(chosen.language), file=sys.stderr)
        print(f"\n{speak(chosen.language).text('cli.broken', count=len(error.breaches))}", file=sys.stderr)
        return BAD_INPUT
    except SmartCityError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="smartcity", description="The yearly review of a Smart City masterplan.")
    parser.add_argument("--version", action="version", version=f"smartcity_analysis {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("study", help="a folder below data/raw, such as kediri")
    common.add_argument(
        "--language", type=_language, default=default_language(), help="id or en (default: %(default)s)"
    )
    check = commands.add_parser(
        "check",
        parents=[common],
        help="check a study folder and list everything wrong with it",
        epilog="example: smartcity check kediri",
    )
    check.add_argument("--accept", action="store_true", help="record the present files in SOURCES.csv")
    check.set_defaults(command=_check)
    review = commands.add_parser(
        "review",
        parents=[common],
        help="run the review and write its report",
        epilog="example: smartcity review kediri --year 2024 --language en",
    )
    review.add_argument("--year", type=int, required=True, help="the year under review")
    review.add_argument("--jobs", type=int, default=None, help="notebooks at once (default: one a core)")
    review.set_defaults(command=_review)
    return parser


def _language(text: str) -> str:
    """Take ``id``, ``en`` or a locale such as ``en_GB:en``; anything else is Indonesian."""
    code = text[:2].lower()
    return code if code in LANGUAGES else "id"


def _check(chosen: argparse.Namespace) -> int:
    from .present import speak
    from .study import accept_sources, load_study

    words = speak(chosen.language)
    if chosen.accept:
        changed = accept_sources(chosen.study)
        print(words.text("cli.accepted", files=", ".join(changed)) if changed else words.text("cli.nothing_to_accept"))
    study = load_study(chosen.study)
    facts = {"study": study.name, "tables": len(study.tables), "values": len(study.table("indicators"))}
    print(words.text("cli.checked", **facts))
    return 0


def _review(chosen: argparse.Namespace) -> int:
    from tqdm import tqdm

    from .batch import review
    from .present import speak

    words = speak(chosen.language)
    bar = tqdm(desc=words.text("cli.running"), unit="notebook", file=sys.stderr, leave=False, disable=None)

    def told(outcome: Outcome, total: int) -> None:
        bar.total = total
        bar.update()
        bar.write(f"  {outcome.job.name:<12} {_said(outcome, words)}", file=sys.stdout)

    with bar:
        run = review(chosen.study, chosen.year, language=chosen.language, workers=chosen.jobs, on_outcome=told)
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
