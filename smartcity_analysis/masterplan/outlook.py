"""How probable a target is, judged from a short series of scores, with every assumption named.

Four scores are three steps. Nothing precise can be said from three steps, so the same question is answered under
several assumptions, none of which the data can tell apart, and the answer is their range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ..study import weakest_status
from ..study.readable import readable
from .targets import TargetGap, target_gap

__all__ = ["ASSUMPTIONS", "FEW_POINTS", "TargetOutlook", "target_outlook"]

FEW_POINTS = 5  # fewer scores than this, and the sentence says that they are few
SCALE = (0.0, 4.0)
_SAME = 1e-9  # steps that differ by less are equal
ASSUMPTIONS = ("drift", "before_break", "no_drift", "exchangeable")
_COLUMNS = [
    "assumption",
    "steps",
    "target_year",
    "target",
    "forecast",
    "lower_limit",
    "upper_limit",
    "level",
    "probability",
    "status",
]


@readable()
@dataclass(frozen=True, eq=False)
class TargetOutlook:
    """How probable the next target is.

    Parameters
    ----------
    probability : float
        Under the first of the assumptions; NaN where none can be given.
    lowest, highest : float
        Of the probabilities under all assumptions.
    lower, upper : float
        Interval of the score in the target year that holds `level`, under the first assumption, within 0-4.
    level : float
    points, steps : int
        Scores known, and yearly steps between them.
    assumptions : tuple of str
        Keys of the assumptions made, of `ASSUMPTIONS`.
    verdict : str
        ``few`` or ``given`` (a probability from fewer than five scores, or from more; with ``_break`` where the method
        broke among them), ``too_few``, ``no_spread``, ``no_target``, ``past``, ``no_score``. Each is a sentence.
    facts : dict
        What the sentence needs; probabilities and level in per cent.
    table : DataFrame
        One row an assumption: assumption, steps, target_year, target, forecast, lower_limit, upper_limit, level,
        probability,         status. Empty where no probability can be given.
    """

    probability: float
    lowest: float
    highest: float
    lower: float
    upper: float
    level: float
    points: int
    steps: int
    assumptions: tuple[str, ...]
    verdict: str
    facts: dict[str, Any]
    table: pd.DataFrame
    status: str = "reported"


def target_outlook(trend: pd.DataFrame, *, level: float = 0.9) -> TargetOutlook:
    """Return how probable it is that the next target is reached, under each assumption.

    Parameters
    ----------
    trend : DataFrame
        As made by :func:`.score_trend`.
    level : float
        Of the intervals, between 0 and 1.

    Returns
    -------
    TargetOutlook

    Notes
    -----
    Steps d of n years that follow each other, h years to the target:

    - ``drift``: independent normal steps of one mean and variance. The sum of the next h steps lies around h times
      their mean, with variance ``s**2 * (h + h**2 / n)`` and a Student t distribution with n - 1 degrees of freedom.
    - ``before_break``: the same without the steps into a year whose method is another. Left out without such a year.
    - ``no_drift``: normal steps around 0, of variance ``sum(d**2) / n``, with n degrees of freedom.
    - ``exchangeable``: no distribution at all, only that the coming step is as likely as any other to be the largest.
      Of n + 1 steps it is then among the k + 1 largest with probability (k + 1) / (n + 1), k being the steps so far
      that were at least as large as the one needed. An upper bound in this sense, for one year ahead only, without an
      interval.

    Fewer than two steps, or steps without any spread, give no probability. A change of method is a step like any other
    under ``drift`` and ``no_drift``; what part of it the method made is not known.

    References
    ----------
    Box, Jenkins, Reinsel and Ljung (2015), Time Series Analysis, ch. 5 (forecasts of a random walk with drift); Vovk,
    Gammerman and Shafer (2005), Algorithmic Learning in a Random World, ch. 2 (exchangeable steps).

    Examples
    --------
    >>> trend = pd.DataFrame({"year": [2020, 2021, 2022, 2023, 2024], "score": [2.87, 3.06, 3.31, 3.197, np.nan],
    ...     "step": [np.nan, 0.19, 0.25, -0.113, np.nan], "target": [np.nan] * 4 + [3.6], "target_met": None,
    ...     "method_break": [False, False, False, True, False]})
    >>> found = target_outlook(trend)
    >>> round(found.probability, 2), round(found.lower, 2), round(found.upper, 2), found.verdict
    (0.16, 2.65, 3.96, 'few_break')
    """
    scored = trend.dropna(subset=["score"])
    if scored.empty:
        return _without("no_score", level, trend, {})
    gap = target_gap(trend)
    steps = trend.dropna(subset=["step"])
    facts = {"year": gap.last_year, "score": gap.last_score, "points": len(scored), "steps": len(steps)}
    if not np.isnan(gap.target):
        facts |= {"target": gap.target, "horizon": gap.target_year, "needed": gap.gap}
    if reason := _reason(gap, steps["step"]):
        return _without(reason, level, trend, facts)
    status = weakest_status([gap.status, *steps.get("status", pd.Series(dtype=str))])
    table = pd.DataFrame(_rows(gap.last_score, gap.gap, gap.years_left, steps, level))
    table = table.assign(target_year=gap.target_year, target=gap.target, level=level, status=status)[_COLUMNS]
    breaks = steps.loc[steps["method_break"].astype(bool), "year"].astype(int).tolist()
    found = {"probability": table["probability"].iloc[0], "lowest": table["probability"].min(),
             "highest": table["probability"].max(), "level": level}  # fmt: skip
    limits = {"lower": float(table["lower_limit"].iloc[0]), "upper": float(table["upper_limit"].iloc[0])}
    facts |= {name: 100 * share for name, share in found.items()} | limits | {"break_years": breaks}
    verdict = ("few" if len(scored) < FEW_POINTS else "given") + ("_break" if breaks else "")
    chances = {name: float(share) for name, share in found.items()}
    return TargetOutlook(
        points=len(scored), steps=len(steps), assumptions=tuple(table["assumption"]), verdict=verdict, facts=facts,
        table=table, status=status, **chances, **limits,
    )  # fmt: skip


def _reason(gap: TargetGap, steps: pd.Series) -> str:
    """Return why no probability can be given; empty where it can."""
    if np.isnan(gap.target):
        return "no_target"
    if gap.years_left == 0:
        return "past"
    if len(steps) < 2:
        return "too_few"
    return "no_spread" if np.ptp(steps.to_numpy(dtype=float)) < _SAME else ""


def _rows(score: float, needed: float, years: int, steps: pd.DataFrame, level: float) -> list[dict[str, Any]]:
    every = steps["step"].to_numpy(dtype=float)
    before = every[~steps["method_break"].to_numpy(dtype=bool)]
    rows = [_drift("drift", score, needed, years, every, level)]
    if 2 <= len(before) < len(every) and np.ptp(before) > _SAME:
        rows.append(_drift("before_break", score, needed, years, before, level))
    spread = float(np.sqrt(np.mean(every**2) * years))
    rows.append(_row("no_drift", score, needed, 0.0, spread, len(every), len(every), level))
    if years == 1:
        chance = (np.count_nonzero(every >= needed) + 1) / (len(every) + 1)
        rows.append({"assumption": "exchangeable", "steps": len(every), "forecast": np.nan, "lower_limit": np.nan,
                     "upper_limit": np.nan, "probability": chance})  # fmt: skip
    return rows


def _drift(name: str, score: float, needed: float, years: int, steps: np.ndarray, level: float) -> dict[str, Any]:
    n = len(steps)
    spread = float(steps.std(ddof=1) * np.sqrt(years + years**2 / n))
    return _row(name, score, needed, years * float(steps.mean()), spread, n - 1, n, level)


def _row(
    name: str, score: float, needed: float, rise: float, spread: float, freedom: int, steps: int, level: float
) -> dict[str, Any]:
    """Return expectation, interval and probability of a Student t distribution around `score` + `rise`."""
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * spread
    return {
        "assumption": name,
        "steps": steps,
        "forecast": float(np.clip(score + rise, *SCALE)),
        "lower_limit": float(np.clip(score + rise - half, *SCALE)),
        "upper_limit": float(np.clip(score + rise + half, *SCALE)),
        "probability": float(stats.t.sf((needed - rise) / spread, freedom)),
    }


def _without(verdict: str, level: float, trend: pd.DataFrame, facts: dict[str, Any]) -> TargetOutlook:
    """Return an outlook that says why there is no probability."""
    none = float("nan")
    points, steps = int(trend["score"].notna().sum()), int(trend["step"].notna().sum())
    table = pd.DataFrame(columns=_COLUMNS)
    return TargetOutlook(none, none, none, none, none, level, points, steps, (), verdict, facts, table)
