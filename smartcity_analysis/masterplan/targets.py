"""The score over the years, its targets, and what the next target asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import Breach, DataError
from ..study import Framework, Study, load_framework, weakest_status
from ..study.readable import readable

__all__ = ["TargetGap", "score_trend", "target_gap"]


def score_trend(study: Study, *, until: int) -> pd.DataFrame:
    """Return the score year by year with its step, its target, and where the method broke.

    Parameters
    ----------
    study : Study
    until : int
        Last year to show (the review year).

    Returns
    -------
    DataFrame, one row a year
        score and target (scale 0-4), step (score minus the year before; NaN where the years do not follow each
        other), target_gap (score minus target), target_met (True, False, or missing), target_status,
        weights_known, method_break.

    Raises
    ------
    DataError
        Where there is no score or target until then.
    """
    rows = study.table("scores").sort_values("year")
    rows = rows[rows["year"] <= until].astype({"year": int}).reset_index(drop=True)
    if rows.empty:
        raise DataError([Breach("empty_table", file="scores.csv", found=f"<= {until}")])
    spec = study.spec.evaluation
    framework = load_framework(spec.framework) if spec else None
    follows = rows["year"].diff() == 1
    gap = rows["score"] - rows["target"]
    return pd.DataFrame(
        {
            "year": rows["year"],
            "score": rows["score"],
            "step": rows["score"].diff().where(follows),
            "target": rows["target"],
            "target_gap": gap,
            "target_met": np.where(gap.isna(), None, gap >= 0),
            "target_status": rows["target_status"],
            "weights_known": [_has_weights(framework, year, spec.cohort if spec else None) for year in rows["year"]],
            "method_break": [any(b.year == y for b in framework.breaks) if framework else False for y in rows["year"]],
            "status": rows["status"],
            "source": rows["source"],
        }
    )


def _has_weights(framework: Framework | None, year: int, cohort: str | None) -> bool:
    return framework is not None and any(year in s.years and s.cohort == cohort for s in framework.weight_sets)


@readable()
@dataclass(frozen=True, eq=False)
class TargetGap:
    """What the target asks for: all scores on the ministry's scale 0-4, rates per year.

    `required_step` is the yearly rise needed from `last_year` to `target_year` (NaN when no target lies ahead, then the
    target is the last one known); `largest_step` is the largest rise seen so far between two years that follow each
    other. `status` is the weakest that went into it.
    """

    last_year: int
    last_score: float
    target_year: int
    target: float
    gap: float
    years_left: int
    required_step: float
    largest_step: float
    largest_step_year: int
    targets_known: int
    targets_met: int
    status: str = "reported"

    def table(self) -> pd.DataFrame:
        """Return the gap as one row."""
        return pd.DataFrame([{name: getattr(self, name) for name in self.__dataclass_fields__}])


def target_gap(trend: pd.DataFrame) -> TargetGap:
    """Return the distance from the last known score to the last target, and the rate it needs.

    Parameters
    ----------
    trend : DataFrame
        As made by :func:`score_trend`.

    Raises
    ------
    DataError
        When there is no score.

    Examples
    --------
    >>> trend = pd.DataFrame({"year": [2021, 2022, 2023], "score": [3.06, 3.31, np.nan],
    ...     "step": [np.nan, 0.25, np.nan], "target": [np.nan, 3.4, 3.45], "target_met": [None, False, None]})
    >>> round(target_gap(trend).gap, 2)
    0.14
    """
    scored = trend.dropna(subset=["score"])
    if scored.empty:
        raise DataError([Breach("cell_empty", file="scores.csv", column="score")])
    last = scored.iloc[-1]
    aimed = trend[trend["target"].notna()]
    ahead = aimed[aimed["year"] > last["year"]]
    aim = ahead.iloc[-1] if len(ahead) else aimed.iloc[-1] if len(aimed) else last
    years = max(int(aim["year"] - last["year"]), 0)
    gap = float(aim["target"] - last["score"])
    steps = trend["step"].dropna()
    best = trend.loc[steps.idxmax()] if len(steps) else last
    met = trend["target_met"].dropna()
    return TargetGap(
        last_year=int(last["year"]),
        last_score=float(last["score"]),
        target_year=int(aim["year"]),
        target=float(aim["target"]),
        gap=gap,
        years_left=years,
        required_step=gap / years if years else float("nan"),
        largest_step=float(best["step"]),
        largest_step_year=int(best["year"]),
        targets_known=len(met),
        targets_met=int(met.astype(bool).sum()),
        status=weakest_status([*_statuses(trend, last, best), aim.get("target_status") or "reported"]),
    )


def _statuses(trend: pd.DataFrame, *rows: pd.Series) -> list[str]:
    """Return the statuses of the scores used; a step rests on the year before as well."""
    if "status" not in trend:
        return ["reported"]
    years = {int(row["year"]) - back for row in rows for back in (0, 1)}
    return list(trend.loc[trend["year"].isin(years), "status"])
