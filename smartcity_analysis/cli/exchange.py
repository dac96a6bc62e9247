"""What the commands share that send workbooks out and take them back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..errors import Breach

__all__ = ["add_form", "tell_ignored", "tell_refused"]

REFUSED = 2


def add_form(forms: Any, common: argparse.ArgumentParser, name: str, told: str, command: Callable[..., int]) -> None:
    """Add the part `name` to the command ``forms``: it writes one workbook for every OPD asked for."""
    form = forms.add_parser(
        name, parents=[common], help=told, epilog=f"example: smartcity forms {name} kediri --year 2024 --out forms"
    )
    form.add_argument("--year", type=int, required=True, help="the year under review")
    form.add_argument("--opd", action="append", help="code of one OPD (may be repeated; default: all)")
    form.add_argument("--out", type=Path, required=True, help="folder for the workbooks")
    form.set_defaults(command=command)


def tell_ignored(files: Mapping[str, bytes], language: str) -> None:
    """Print the macros, links to other files and embedded objects of every workbook among `files` (by name)."""
    from ..study.workbooks import ignored_parts

    for file, data in files.items():
        for breach in ignored_parts(data, file=file):
            print(f"\n{breach.text(language)}")


def tell_refused(found: Iterable[Sequence[Breach]], language: str) -> int:
    """Print what is wrong with every form, of which there are `found` breaches, and return the exit status."""
    from ..errors import DataError

    refused = [breaches for breaches in found if breaches]
    for breaches in refused:
        print(f"\n{DataError(breaches).text(language)}", file=sys.stderr)
    return REFUSED if refused else 0
