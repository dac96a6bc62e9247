"""The command line, a thin layer over the library: one module a group of commands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from .. import __version__
from ..errors import DataError, SmartCityError
from ..messages import LANGUAGES, default_language
from .feedback import add_feedback_commands
from .forms import add_form_commands
from .reviews import add_review_commands
from .studies import add_study_commands
from .survey import add_survey_commands
from .verify import add_verify_command

__all__ = ["main"]

BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 a notebook failed, 2 the input is not fit to use."""
    chosen = _parser().parse_args(arguments)
    os.environ["SMARTCITY_LANGUAGE"] = chosen.language
    try:
        return int(chosen.command(chosen))
    except DataError as error:
        from ..present import speak

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
    spoken = argparse.ArgumentParser(add_help=False)
    spoken.add_argument(
        "--language", type=_language, default=default_language(), help="id or en (default: %(default)s)"
    )
    common = argparse.ArgumentParser(add_help=False, parents=[spoken])
    common.add_argument("study", help="a folder below data/raw, such as kediri")
    add_study_commands(commands, common)
    add_review_commands(commands, spoken)
    add_verify_command(commands, spoken)
    add_form_commands(commands, common)
    add_feedback_commands(commands, common)
    add_survey_commands(commands, common)
    return parser


def _language(text: str) -> str:
    """Take ``id``, ``en`` or a locale such as ``en_GB:en``; anything else is Indonesian."""
    code = text[:2].lower()
    return code if code in LANGUAGES else "id"
