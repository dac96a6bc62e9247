"""Notebooks run strictly, once, on this machine or on a cluster, and published only when all of them succeeded."""

from . import light  # noqa: F401  first of all
from .engine import Engine, LocalEngine, local_engine
from .locks import BusyError
from .notebook import NotebookRun, check_parameters, notebook_parameters, run_notebook
from .plan import Job, plan_review
from .run import ReviewRun, Wish, preview, review, review_studies
from .schedule import Choice, Forecast, Outcome
from .tasks import REVIEW, Task, absent_chapters, chapters_of, review_tasks
from .views import About

__all__ = [
    "REVIEW",
    "About",
    "BusyError",
    "Choice",
    "Engine",
    "Forecast",
    "Job",
    "LocalEngine",
    "NotebookRun",
    "Outcome",
    "ReviewRun",
    "Task",
    "Wish",
    "absent_chapters",
    "chapters_of",
    "check_parameters",
    "local_engine",
    "notebook_parameters",
    "plan_review",
    "preview",
    "review",
    "review_studies",
    "review_tasks",
    "run_notebook",
]
