"""Commands that write the forms an OPD fills in, one Excel file each."""

from __future__ import annotations

import argparse
from typing import Any

from .feedback import add_feedback_form
from .survey import add_survey_form

__all__ = ["add_form_commands"]


def add_form_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command ``forms``: one part for each kind of form."""
    parent = commands.add_parser("forms", help="write the Excel forms that OPDs fill in")
    forms = parent.add_subparsers(required=True, metavar="FORM")
    add_feedback_form(forms, common)
    add_survey_form(forms, common)
