"""Commands of the OPD survey: the questionnaires that go out, and the forms that come back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .exchange import add_form, tell_ignored, tell_refused

__all__ = ["add_survey_commands", "add_survey_form"]


def add_survey_form(forms: Any, common: argparse.ArgumentParser) -> None:
    """Add ``forms survey`` to the commands that write forms."""
    add_form(forms, common, "survey", "write one questionnaire workbook per OPD", _write_forms)


def add_survey_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command ``survey`` with read."""
    survey = commands.add_parser("survey", help="read returned survey forms")
    parts = survey.add_subparsers(required=True, metavar="PART")
    read = parts.add_parser(
        "read",
        parents=[common],
        help="read returned forms into the study's tables",
        epilog="example: smartcity survey read kediri --year 2024 returned/*.xlsx",
    )
    read.add_argument("files", nargs="+", type=Path, metavar="FILE", help="returned forms (.xlsx)")
    read.add_argument("--year", type=int, required=True, help="the year under review")
    read.set_defaults(command=_read)


def _write_forms(chosen: argparse.Namespace) -> int:
    from ..disk import write_whole
    from ..present import speak
    from ..present.forms.survey import survey_workbook
    from ..study import load_study

    words, study = speak(chosen.language), load_study(chosen.study)
    codes = chosen.opd or list(study.table("opd")["code"])
    books = {opd: survey_workbook(study, chosen.year, opd, chosen.language) for opd in codes}
    for opd, data in books.items():
        path = chosen.out / f"{words.text('survey.file')}-{chosen.year}-{opd}.xlsx"
        write_whole(path, data)
        print(words.text("survey.written", opd=opd, path=path))
    return 0


def _read(chosen: argparse.Namespace) -> int:
    from ..disk import read_bytes
    from ..masterplan import receive_survey
    from ..present import speak
    from ..study import load_study

    words, study = speak(chosen.language), load_study(chosen.study)
    files = {path.name: read_bytes(path) for path in chosen.files}
    tell_ignored(files, chosen.language)
    received = receive_survey(study, chosen.year, files)
    for one in received:
        key = "refused" if one.breaches else "read_again" if one.replaced else "read"
        facts = {"file": one.file, "opd": one.opd, "answers": one.answers, "count": len(one.breaches)}
        print(words.text(f"survey.{key}", **facts))
    return tell_refused([one.breaches for one in received], chosen.language)
