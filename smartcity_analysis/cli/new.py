"""The commands that begin something: a project to learn from, and a new study."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

__all__ = ["add_example_command", "add_new_command"]

BAD_INPUT = 2


def add_example_command(commands: Any, spoken: argparse.ArgumentParser) -> None:
    """Add the command ``example``."""
    example = commands.add_parser(
        "example",
        parents=[spoken],
        help="write a project folder with the notebooks and the studies that come with the package",
        epilog="example: smartcity example kediri_review",
    )
    example.add_argument("folder", type=Path, help="the folder to make")
    example.set_defaults(command=_example)


def add_new_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command ``new``."""
    new = commands.add_parser(
        "new",
        parents=[common],
        help="open a new study: declaration, Excel templates and the list of what to collect",
        epilog='example: smartcity new kota_contoh --name "Kota Contoh"',
    )
    new.add_argument("--name", default="", help="of the city, as it stands in the report (default: from the folder)")
    new.set_defaults(command=_new)


def _example(chosen: argparse.Namespace) -> int:
    from ..present import speak
    from ..study.project import ProjectExistsError, write_project

    words = speak(chosen.language)
    try:
        folder = write_project(chosen.folder)
    except ProjectExistsError as error:
        print(words.text("new.project_exists", path=error.path), file=sys.stderr)
        return BAD_INPUT
    print(words.text("new.example", path=folder, folder=chosen.folder))
    return 0


def _new(chosen: argparse.Namespace) -> int:
    from ..present import speak
    from ..present.new_study import TEMPLATES, new_study_files
    from ..study import Step, write_new_study
    from ..study.folder import TO_COLLECT
    from ..study.new_study import StudyExistsError, StudyNameError
    from ..study.next_steps import REQUIRED
    from .guided import tell_steps

    words = speak(chosen.language)
    name = chosen.name.strip() or chosen.study.replace("_", " ").title()
    files = new_study_files(chosen.study, name, chosen.language)
    try:
        begun = _begun()
        place = write_new_study(chosen.study, files)
    except StudyNameError as error:
        print(words.text("new.bad_name", found=error.name), file=sys.stderr)
        return BAD_INPUT
    except StudyExistsError as error:
        print(words.text("new.exists", path=error.path, study=chosen.study), file=sys.stderr)
        return BAD_INPUT
    if begun:
        print(words.text("new.project", path=begun))
    optional = sum(file.startswith(f"{TEMPLATES}/") for file in files)
    filled = sum(file.endswith(".xlsx") for file in files) - optional
    facts = {"study": chosen.study, "path": place, "filled": filled, "optional": optional, "folder": TEMPLATES}
    print(words.text("new.created", **facts, collect=TO_COLLECT[chosen.language]))
    steps = [Step("empty", {"file": f"{t}.xlsx", "table": t}) for t in REQUIRED if f"{t}.xlsx" in files]
    tell_steps(steps, chosen.study, words)
    return 0


def _begun() -> Path | None:
    """Make the working directory a project where it lies in none, and return it then."""
    from ..disk import find_root
    from ..errors import DataError
    from ..study import write_project
    from ..study.project import NOTEBOOKS

    try:
        find_root()
    except DataError:
        if (Path.cwd() / NOTEBOOKS).exists():
            raise  # somebody's own notebooks
        return write_project(Path.cwd(), studies=False)
    return None
