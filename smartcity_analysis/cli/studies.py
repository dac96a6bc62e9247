"""Commands on a study folder: check, illustrate."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from .exchange import tell_ignored
from .guided import tell_ahead, tell_steps

__all__ = ["add_study_commands"]

BAD_INPUT = 2


def add_study_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands ``check`` and ``illustrate``."""
    check = commands.add_parser(
        "check",
        parents=[common],
        help="check a study folder and list everything wrong with it",
        epilog="example: smartcity check kediri",
    )
    check.add_argument("--accept", action="store_true", help="record the present files in SOURCES.csv")
    check.set_defaults(command=_check)
    illustrate = commands.add_parser(
        "illustrate",
        parents=[common],
        help="write the study's illustrative tables again, seeded from study.yaml",
        epilog="example: smartcity illustrate kediri",
    )
    illustrate.set_defaults(command=_illustrate)


def _check(chosen: argparse.Namespace) -> int:
    from ..errors import DataError
    from ..present import speak
    from ..study import first_steps
    from ..study.next_steps import without_echoes

    try:
        return _checked(chosen)
    except DataError as error:
        words, shown = speak(chosen.language), without_echoes(error.breaches)
        print(DataError(shown).text(chosen.language), file=sys.stderr)
        print(f"\n{words.text('cli.broken', count=len(shown))}", file=sys.stderr)
        tell_steps(first_steps(error.breaches), chosen.study, words)
        return BAD_INPUT


def _checked(chosen: argparse.Namespace) -> int:
    from ..disk import read_bytes
    from ..present import speak, warning_lines
    from ..study import accept_sources, load_study, next_steps
    from ..study.privacy.folder import replaced
    from ..study.privacy.texts import said

    words = speak(chosen.language)
    if chosen.accept:
        changed = accept_sources(chosen.study)
        print(words.text("cli.accepted", files=", ".join(changed)) if changed else words.text("cli.nothing_to_accept"))
    study = load_study(chosen.study)
    invented = (study.table("indicators")["status"] == "illustrative").sum()
    facts = {"study": study.name, "tables": len(study.tables), "values": len(study.table("indicators")) - invented}
    print(words.text("cli.checked", **facts))
    if invented:
        print(words.text("cli.checked_illustrative", values=invented))
    tokens = replaced(study.tables)
    if tokens:
        print(words.text("cli.checked_personal", count=tokens.total(), kinds=said(tokens)))
    print("\n".join(warning_lines(study, words)))
    books = [file for file in study.hashes if file.lower().endswith(".xlsx")]
    tell_ignored({file: read_bytes(study.folder / file) for file in books}, chosen.language)
    tell_steps(next_steps(study), chosen.study, words)
    tell_ahead(study, words)
    return 0


def _illustrate(chosen: argparse.Namespace) -> int:
    from ..present import speak
    from ..study import load_study, write_stand_ins

    study = load_study(chosen.study, only_real=True, check_sources=False)
    files = ", ".join(write_stand_ins(study))
    print(speak(chosen.language).text("cli.illustrated", study=study.name, files=files))
    return 0
