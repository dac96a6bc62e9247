"""Outliers: indicators that fail a test on skewness and kurtosis are treated, and every step is reported.

An indicator that passes is left alone, and so is one that cannot be tested; missing values stay missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...study.readable import readable
from ..labels import cells, checked_array
from ..methods import Array, ScoringError
from ..own import MethodOrFunction
from .moments import FEWEST, Moments, OutlierTest, moments
from .plan import STANDARD, Rule, TreatmentPlan, plan_treatment
from .treatments import HALTED, TREATMENTS

__all__ = ["TREATMENTS", "OutlierTest", "Treated", "TreatmentPlan", "outlier_test", "plan_treatment", "treat"]

COLUMNS = ("points", "lower", "upper", "skew_between", "kurtosis_between", "mirrored", "shift", "power")


@readable()
@dataclass(frozen=True, eq=False)
class Treated:
    """Values after treatment, and what was done.

    Parameters
    ----------
    values : DataFrame
    report : DataFrame
        A row an indicator: `method` (asked for), `observed` (number of values), `skew_before`, `kurtosis_before`,
        `passed_before`, `done` (a name in `TREATMENTS`, ``"none"`` if it was left alone), `points` moved, the caps
        `lower` and `upper`, the test between two stages, `mirrored`, `shift`, `power`, the test after, and a `note`.
        What does not apply is missing.
    """

    values: pd.DataFrame
    report: pd.DataFrame


def outlier_test(values: pd.DataFrame, test: OutlierTest = STANDARD) -> pd.DataFrame:
    """Return which indicators have outliers: by indicator `observed`, `skew`, `kurtosis` (excess) and `passed`.

    Parameters
    ----------
    values : DataFrame
        Region by indicator; missing values take no part.
    test : OutlierTest
        Passed with ``abs(skew) < 2`` or ``kurtosis < 3.5``, unless it says otherwise.

    Returns
    -------
    DataFrame
        Sample-corrected moments ("type 2"). `passed` is missing for an indicator that cannot be tested: constant, or
        with fewer than 4 values.

    References
    ----------
    Becker et al. (2019), COIN Tool User Guide, JRC; for the thresholds see :class:`OutlierTest`.

    Examples
    --------
    >>> values = pd.DataFrame({"even": [1.0, 2.0, 3.0, 4.0, 5.0], "far": [1.0, 2.0, 3.0, 4.0, 90.0]})
    >>> outlier_test(values)["passed"].to_dict()
    {'even': True, 'far': False}
    """
    shape = moments(checked_array(values, "values"))
    index = pd.Index(values.columns, name="indicator")
    table = {"observed": shape.observed.astype(int), "skew": shape.skew, "kurtosis": shape.kurtosis}
    return pd.DataFrame(table, index=index).assign(passed=_passed(test, shape))


def treat(
    values: pd.DataFrame,
    method: MethodOrFunction = "winsorise",
    *,
    test: OutlierTest = STANDARD,
    always: bool = False,
    rules: Mapping[str, Rule] | None = None,
    **options: Any,
) -> Treated:
    """Return the values with the outliers of failing indicators treated, and a report of every indicator.

    Parameters
    ----------
    values : DataFrame
        Region by indicator; NaN is missing and stays so. Rows of several years are one distribution.
    method : str, Method or function
        A name in `TREATMENTS`: ``winsorise``, ``log``, ``boxcox``, ``two_stage`` (winsorise; where the test still
        fails, transform the original values), ``none``. Your own record: ``kernel(values, test, **options)``. Or a
        function of the array ``(..., region, indicator)`` and its options. NaN is missing in both.
    test : OutlierTest
        What an indicator has to pass.
    always : bool
        Transform indicators that pass as well. Nothing is ever winsorised that passes.
    rules : mapping of indicator to rule, optional
        A method, or ``{"method": ..., "always": ..., option: ...}``; what it does not say is as for the others.
    **options
        `limit` (winsorise, two_stage): the most points moved in an indicator, 5 unless given. `transform` (two_stage):
        ``"log"`` or ``"boxcox"``. `shift` (log, boxcox, two_stage): added before the transform; by itself 0 where
        all values are above 0, else what puts the lowest at 1 per cent of the range. `power` (boxcox): by itself the
        most likely, between -5 and 5. `shift` and `power` may be mappings by indicator.

    Returns
    -------
    Treated

    Raises
    ------
    ScoringError
        For a logarithm or power of 0 or less after a given shift, and what a method of your own gets wrong.
    UnknownNameError
        For an unknown method, option or indicator.

    Notes
    -----
    *Winsorising* moves the highest value to the next one if the skew is 0 or more, else the lowest, and tests again;
    values that are equal move together, and count one by one. A tie with more points than `limit` leaves is not moved,
    nor one whose move would make the indicator constant; the note says so. *Transforms* work on the tail of the skew:
    with a negative skew ``x`` becomes ``minimum + maximum - x``, and the result changes its sign, so that order is
    kept. A transformed indicator is in another unit.

    References
    ----------
    Becker et al. (2019), COIN Tool User Guide, JRC; Box and Cox (1964), Journal of the Royal Statistical Society B 26,
    211-252.

    Examples
    --------
    >>> values = pd.DataFrame({"density": [1.0, 2.0, 3.0, 4.0, 5.0, 90.0]}, index=list("abcdef"))
    >>> result = treat(values)
    >>> result.values["density"].to_list()
    [1.0, 2.0, 3.0, 4.0, 5.0, 5.0]
    >>> result.report.loc["density", ["done", "points", "upper"]].to_dict()
    {'done': 'winsorise', 'points': 1, 'upper': 5.0}
    """
    array = checked_array(values, "values")
    plan = plan_treatment(list(values.columns), method, test=test, always=always, rules=rules, **options)
    result, facts = plan.apply(array)
    lost = ~np.isnan(array) & np.isnan(result)
    if lost.any():
        faulty = cells(lost, values.index, values.columns)
        remedy = "A logarithm or power needs values above 0 after the shift: give a larger one, or none."
        raise ScoringError([f"treat: found no number for {faulty}, expected one for every value. {remedy}"])
    report = _report(plan, values, array, result, facts)
    return Treated(pd.DataFrame(result, index=values.index, columns=values.columns), report)


def _report(
    plan: TreatmentPlan, values: pd.DataFrame, before: Array, after: Array, facts: Mapping[str, Array]
) -> pd.DataFrame:
    """Return a row an indicator of what was found and done."""
    first, last = moments(before), moments(after)
    nothing = np.full(len(values.columns), np.nan)
    known = {name: facts.get(name, nothing) for name in COLUMNS}
    between = Moments(first.observed, known["skew_between"], known["kurtosis_between"])
    changed = np.any((before != after) & ~np.isnan(before), axis=0)
    names = {column: part.record.name for part in plan.parts for column in part.columns}
    table: dict[str, Any] = {
        "method": [names[column] for column in range(len(nothing))],
        "observed": first.observed.astype(int),
    }
    table |= {"skew_before": first.skew, "kurtosis_before": first.kurtosis, "passed_before": _passed(plan.test, first)}
    table["done"] = [_done(table["method"][i], changed[i], known, i) for i in range(len(nothing))]
    table |= known | {"points": np.nan_to_num(known["points"]).astype(int)}
    table["mirrored"] = pd.array([None if np.isnan(x) else bool(x) for x in known["mirrored"]], dtype="boolean")
    table["passed_between"] = _passed(plan.test, between)
    table |= {"skew_after": last.skew, "kurtosis_after": last.kurtosis, "passed_after": _passed(plan.test, last)}
    table |= {name: fact for name, fact in facts.items() if name not in {*COLUMNS, "treated", "halted"}}
    halted = np.nan_to_num(facts.get("halted", nothing)).astype(int)
    table["note"] = [_note(before[:, i], table["passed_after"][i], HALTED[halted[i]]) for i in range(len(nothing))]
    return pd.DataFrame(table, index=pd.Index(values.columns, name="indicator"))


def _done(method: str, changed: bool, facts: Mapping[str, Array], i: int) -> str:
    if not changed or method != "two_stage":
        return method if changed else "none"
    if np.isnan(facts["shift"][i]):
        return "winsorise"
    return "log" if np.isnan(facts["power"][i]) else "boxcox"


def _note(column: Array, passed: Any, halted: str) -> str:
    """Return why an indicator was left alone, or that it fails still."""
    observed = column[~np.isnan(column)]
    if not observed.size:
        return "no value"
    if observed.min() == observed.max():
        return "constant"
    if passed is pd.NA:
        return f"fewer than {FEWEST} values, not tested"
    if passed:
        return ""
    return f"still fails the test: {halted}" if halted else "still fails the test"


def _passed(test: OutlierTest, shape: Moments) -> Any:
    """Return which indicators pass, missing where they cannot be tested."""
    tested = ~np.isnan(shape.skew) & ~np.isnan(shape.kurtosis)
    return pd.array([bool(x) if y else None for x, y in zip(~test.fails(shape), tested, strict=True)], dtype="boolean")
