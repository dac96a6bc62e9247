"""What the ministry's score needs for its target: the smallest rises of its dimensions, under every weight set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..study import Study, load_framework
from ..study.readable import readable
from .comparison import under_weights, weight_scenarios
from .effort import OBJECTIVES, EffortPlan, effort_plan
from .evaluation import Evaluation, latest_evaluation
from .targets import TargetGap

__all__ = ["ScorePlan", "plan_table", "score_plan"]

_PLAN = ["objective", "code", "weight", "present", "ceiling", "gain", "needed", "contribution", "owners", "status"]
_REACH = ["target", "most", "verdict", "points", "changed"]


@readable()
@dataclass(frozen=True, eq=False)
class ScorePlan:
    """The smallest improvements of the evaluation dimensions that reach the target.

    Parameters
    ----------
    table : DataFrame
        One row an objective and dimension, see :func:`plan_table`. Empty when nothing can be planned.
    scenarios : DataFrame
        One row a weight set, as :func:`.weight_scenarios`, with target, most, verdict, points (least sum of rises) and
        changed (fewest dimensions that rise).
    start : {"earlier", "same", "no_components", "no_target", "incomplete"}
        What the plan starts from: a year before the last score, whose dimensions are not known; that of the last score;
        or why there is none. A sentence of the catalogue each.
    facts : mapping
        What the sentence needs.
    verdict : str
        Of the plan under the weights in force; empty without a plan.
    """

    table: pd.DataFrame
    scenarios: pd.DataFrame
    start: str
    facts: Mapping[str, Any]
    verdict: str = ""


def score_plan(study: Study, gap: TargetGap, *, until: int) -> ScorePlan:
    """Return the smallest improvements of the last known evaluation dimensions that reach the target.

    Parameters
    ----------
    study : Study
    gap : TargetGap
        As made by :func:`.target_gap`.
    until : int
        Last year to look at (the review year).

    Notes
    -----
    The plan starts from the last year whose dimensions are known, under the weights of that year. Where a later score
    is known without its dimensions, `start` says ``earlier``: the plan then takes for granted that the dimensions still
    stand where they did.
    """
    year, evaluation = latest_evaluation(study, until=until)
    table = weight_scenarios(study, year)
    facts = {"year": year, "score": evaluation.score, "last_year": gap.last_year, "last_score": gap.last_score,
             "target": gap.target, "horizon": gap.target_year, "missing": list(evaluation.missing)}  # fmt: skip
    reason = ""
    if not evaluation.known:
        reason = "no_components"
    elif evaluation.missing:
        reason = "incomplete"
    elif np.isnan(gap.target):
        reason = "no_target"
    if reason:
        blank = table.assign(**dict.fromkeys(_REACH[1:], None), target=gap.target)
        return ScorePlan(pd.DataFrame(columns=_PLAN), blank, reason, facts)
    scenarios = pd.concat([table, _reach(study, evaluation, table, gap.target)], axis=1)
    plans = plan_table(evaluation, gap.target)
    verdict = str(scenarios.loc[scenarios["in_force"], "verdict"].iloc[0])
    start = "same" if year == gap.last_year else "earlier"
    return ScorePlan(plans, scenarios, start, facts, verdict)


def plan_table(evaluation: Evaluation, target: float, **options: Any) -> pd.DataFrame:
    """Return the plan of every objective, one row an objective and evaluation dimension.

    Parameters
    ----------
    evaluation : Evaluation
    target : float
    **options
        As :func:`.effort_plan` takes them.

    Returns
    -------
    DataFrame
        objective, code, weight, present, ceiling, gain, needed, contribution, owners, status.
    """
    parts = []
    for objective in OBJECTIVES:
        plan = _plan(evaluation, target, objective, **options)
        parts.append(plan.table.assign(objective=objective)[_PLAN])
    return pd.concat(parts, ignore_index=True)


def _plan(evaluation: Evaluation, target: float, objective: str, **options: Any) -> EffortPlan:
    return effort_plan(
        evaluation.dimensions, evaluation.framework, target, objective=objective, status=evaluation.status, **options
    )


def _reach(study: Study, evaluation: Evaluation, scenarios: pd.DataFrame, target: float) -> pd.DataFrame:
    """Return what each weight set of `scenarios` makes of the target, one row a set."""
    spec = study.spec.evaluation
    whole = load_framework(spec.framework if spec else evaluation.framework.name)
    rows = []
    for published in whole.weight_sets:
        first = published.years[0] if published.years else None
        other = under_weights(evaluation, whole.under(year=first, cohort=published.cohort))
        if other.missing:
            rows.append({"target": target, "most": np.nan, "verdict": "not_known", "points": np.nan, "changed": None})
            continue
        points, items = (_plan(other, target, objective) for objective in ("points", "items"))
        within = points.verdict != "out_of_reach"
        rows.append({"target": target, "most": points.most, "verdict": points.verdict, "points": points.effort,
                     "changed": items.changed if within else None})  # fmt: skip
    return pd.DataFrame(rows, index=scenarios.index)[_REACH]
