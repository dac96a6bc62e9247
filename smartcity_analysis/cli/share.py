"""The command that builds the set to hand out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..messages import LANGUAGES

__all__ = ["add_share_command"]


class _Languages(argparse.Action):
    """Takes the reports to hand out; messages are in the language of the first."""

    def __call__(self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: Any = None) -> None:
        """Set both."""
        namespace.languages, namespace.language = tuple(dict.fromkeys(values)), values[0]


def add_share_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command ``share``."""
    part = commands.add_parser(
        "share",
        help="build the set to hand out from the finished report, unless anything in it is personal",
        epilog="example: smartcity share kediri --year 2024 --language id en",
    )
    part.add_argument("study", help="a folder below data/raw, such as kediri")
    part.add_argument("--year", type=int, required=True, help="the year under review")
    part.add_argument(
        "--language", dest="languages", nargs="+", choices=LANGUAGES, default=None, action=_Languages,
        help="the reports to take: id, en or both (default: your own language)",
    )  # fmt: skip
    part.add_argument("--to", type=Path, default=None, help="folder for the set (default: share)")
    part.set_defaults(command=_share, language=common.get_default("language"))


def _share(chosen: argparse.Namespace) -> int:
    from ..batch.share import share
    from ..present import speak

    found = share(chosen.study, chosen.year, languages=chosen.languages or (chosen.language,), to=chosen.to)
    words = speak(chosen.language)
    print(words.text("cli.shared", path=found.archive, files=len(found.files)))
    return 0
