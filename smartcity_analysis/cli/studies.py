"""Commands on a study folder: check, illustrate."""

from __future__ import annotations

import argparse
from typing import Any

__all__ = ["add_study_commands"]


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
    from ..present import speak
    from ..study import accept_sources, load_study

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
    return 0


def _illustrate(chosen: argparse.Namespace) -> int:
    from ..present import speak
    from ..study import load_study, write_stand_ins

    study = load_study(chosen.study, only_real=True, check_sources=False)
    files = ", ".join(write_stand_ins(study))
    print(speak(chosen.language).text("cli.illustrated", study=study.name, files=files))
    return 0
