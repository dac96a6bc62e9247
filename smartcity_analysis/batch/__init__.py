"""Notebooks run strictly, once, and published only when all of them succeeded."""

from .notebook import NotebookRun, check_parameters, notebook_parameters, run_notebook
from .plan import REVIEW, Job, Task, plan_review, review_tasks
from .run import Outcome, ReviewRun, review

__all__ = [
    "REVIEW",
    "Job",
    "NotebookRun",
    "Outcome",
    "ReviewRun",
    "Task",
    "check_parameters",
    "notebook_parameters",
    "plan_review",
    "review",
    "review_tasks",
    "run_notebook",
]
