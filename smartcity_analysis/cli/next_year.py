"""The command that carries a study to its next review year."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..present import Language
    from ..study import Study, YearPlan

__all__ = ["add_next_year_command"]

BAD_INPUT = 2
SHOWN = 4  # items of a line


def add_next_year_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command ``next-year``."""
    year = commands.add_parser(
        "next-year",
        parents=[common],
        help="carry a study to its next review year and list what is missing for it",
        epilog="example: smartcity next-year kediri --year 2025",
    )
    year.add_argument("--year", type=int, required=True, help="the new review year")
    year.set_defaults(command=_next_year)


def _next_year(chosen: argparse.Namespace) -> int:
    from ..present import speak
    from ..present.forms.table_template import table_template
    from ..study import TABLES, file_year, load_study, plan_year
    from ..study.next_year import YearError

    words = speak(chosen.language)
    study = load_study(chosen.study)
    try:
        plan = plan_year(study, chosen.year)
    except YearError as error:
        print(words.text("new.year.not_later", year=error.year, last=error.last), file=sys.stderr)
        return BAD_INPUT
    forms = {f"{name}.xlsx": table_template(TABLES[name], chosen.language, rows) for name, rows in plan.rows.items()}
    listed, written, left = file_year(study, plan, forms)
    _tell_plan(study, plan, words)
    print(words.text("new.year.filed", path=listed))
    if written:
        print(words.text("new.year.forms", files=", ".join(written)))
    if left:
        print(words.text("new.year.left", files=", ".join(left)))
    return 0


def _tell_plan(study: Study, plan: YearPlan, words: Language) -> None:
    print(words.text("new.year.head", study=study.name, year=plan.year))
    print(words.text("new.year.carried"))
    for kind, count in plan.kept.items():
        if count:
            print(f"  {words.text(f'new.year.kept.{kind}', count=count)}")
    period = study.spec.masterplan
    if period and not period.first_year <= plan.year <= period.last_year:
        facts = {"first": period.first_year, "last": period.last_year}
        print(words.text("new.year.outside", year=plan.year, **facts))
    if not plan.missing:
        print(words.text("new.year.nothing", year=plan.year))
        return
    print(words.text("new.year.missing", year=plan.year, count=len(plan.missing)))
    for (table, owner), own in plan.table().groupby(["table", "owner"], sort=False):
        items = list(dict.fromkeys(own["item"]))
        shown = items[:SHOWN]
        if len(items) > SHOWN:
            shown.append(words.text("new.year.more", count=len(items) - SHOWN))
        owed = owner or words.text("new.year.nobody")
        print(words.text("new.year.line", table=table, owner=owed, count=len(own), items=", ".join(shown)))
