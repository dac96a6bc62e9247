"""The command line, a thin layer over the library: one module a group of commands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from .. import __version__
from ..errors import DataError, SmartCityError
from ..messages import LANGUAGES, default_language
from .completion import PrintCompletion
from .feedback import add_feedback_commands
from .forms import add_form_commands
from .new import add_example_command, add_new_command
from .next_year import add_next_year_command
from .reviews import add_review_commands
from .share import add_share_command
from .studies import add_study_commands
from .survey import add_survey_commands
from .verify import add_verify_command

__all__ = ["main"]

BAD_INPUT, DISK = 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 a notebook failed, 2 unfit input, 3 the disk."""
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
    except BrokenPipeError:  # whoever reads the output has enough of it, as in `smartcity check kediri | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a full disk, a folder that may not be written
        from ..present import speak

        cause = f"{error.filename or ''} {error.strerror or error}".strip()
        print(speak(chosen.language).text("cli.disk", cause=cause), file=sys.stderr)
        return DISK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="smartcity",
        description="The yearly review of a Smart City masterplan.",
        epilog="example: smartcity review kediri --year 2024, then open reports/kediri/2024/id/index.html",
    )
    parser.add_argument("--version", action="version", version=f"smartcity_analysis {__version__}")
    shells = ("bash", "zsh", "tcsh")
    told = "print a script that lets the shell complete commands and options, and end"
    parser.add_argument("--print-completion", action=PrintCompletion, choices=shells, help=told)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    spoken = argparse.ArgumentParser(add_help=False)
    spoken.add_argument(
        "--language", type=_language, default=default_language(), help="id or en (default: %(default)s)"
    )
    common = argparse.ArgumentParser(add_help=False, parents=[spoken])
    common.add_argument("study", help="a folder below data/raw, such as kediri")
    add_example_command(commands, spoken)
    add_new_command(commands, common)
    add_study_commands(commands, common)
    add_next_year_command(commands, common)
    add_review_commands(commands, spoken)
    add_verify_command(commands, spoken)
    add_form_commands(commands, common)
    add_feedback_commands(commands, common)
    add_survey_commands(commands, common)
    add_share_command(commands, common)
    return parser


def _language(text: str) -> str:
    """Take ``id``, ``en`` or a locale such as ``en_GB:en``; anything else is Indonesian."""
    code = text[:2].lower()
    return code if code in LANGUAGES else "id"
