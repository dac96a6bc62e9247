"""Notebooks run strictly, once, and published only when all of them succeeded."""

from .notebook import NotebookRun, check_parameters, notebook_parameters, run_notebook
from .plan import REVIEW, Job, plan_review
from .run import Outcome, ReviewRun, review

__all__ = [
    "REVIEW",
    "Job",
    "NotebookRun",
    "Outcome",
    "ReviewRun",
    "check_parameters",
    "notebook_parameters",
    "plan_review",
    "review",
    "run_notebook",
]
