"""Achievement of targets in per cent, by the formula each measure declares, and the five classes of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import Breach, DataError
from ..study import Study, weakest_status

__all__ = [
    "ACHIEVEMENT_CLASSES",
    "FORMULAS",
    "achieved",
    "achievement",
    "achievement_class",
    "achievement_classes",
    "not_achieved",
]

Array = NDArray[np.float64]
FORMULAS = {"up": ("ratio",), "down": ("inverse", "mirrored")}  # by direction
ACHIEVEMENT_CLASSES = {"very_high": 91.0, "high": 76.0, "moderate": 66.0, "low": 51.0, "very_low": -np.inf}  # from, %
_UNDEFINED = "undefined"
_DIGITS = 9  # a per cent is held against a bound at so many digits, so that 0.91 x 100 is 91


def achieved(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the achievement of each measure in per cent, its class, and why where there is none.

    Parameters
    ----------
    measures : DataFrame
        Columns direction, formula, target, realised (in the same unit).

    Returns
    -------
    DataFrame, the index of `measures`
        achievement_pct, achievement_class, reason. Where `reason` is given the achievement is missing and the class
        ``undefined``: ``no_realisation``, ``negative`` (target or realisation below 0), ``zero_target``,
        ``zero_realised`` (inverse only).

    Raises
    ------
    DataError
        For a formula that does not fit the direction, every one of them.

    Notes
    -----
    ``ratio`` is realised / target x 100, for more is better. For less is better, ``inverse`` is target / realised x
    100 and ``mirrored`` is (2 x target - realised) / target x 100, which falls below 0 from twice the target on. A
    target of 0 can only be met or missed; no per cent is made of it. Nothing is cut at 100.

    References
    ----------
    Ministry of Home Affairs regulation 86/2017, evaluation of regional development plans; its two formulas for less is
    better are those in use in performance reports of regional governments.

    Examples
    --------
    >>> rows = pd.DataFrame({"direction": ["up", "down", "down"], "formula": ["ratio", "inverse", "mirrored"],
    ...     "target": [80.0, 20.0, 20.0], "realised": [72.4, 25.0, 25.0]})
    >>> achieved(rows)["achievement_pct"].tolist(), achieved(rows)["achievement_class"].tolist()
    ([90.5, 80.0, 75.0], ['high', 'high', 'moderate'])
    """
    _refuse(measures)
    target, realised = (measures[name].to_numpy(float) for name in ("target", "realised"))
    reason = _reasons(target, realised, (measures["formula"] == "inverse").to_numpy())
    percent = np.where(reason == "", _percent(target, realised, measures["formula"].to_numpy()), np.nan)
    table = pd.DataFrame({"achievement_pct": percent}, index=measures.index)
    why = pd.Series(reason, index=measures.index, dtype=object)
    return table.assign(achievement_class=achievement_class(table["achievement_pct"]), reason=why.mask(why == ""))


def _refuse(measures: pd.DataFrame) -> None:
    pairs = zip(measures["direction"], measures["formula"], strict=True)
    breaches = [
        Breach("not_allowed", file="programme_targets.csv", row=position + 2, column="formula",
               found=formula, facts={"allowed": f"{', '.join(FORMULAS[direction])} ({direction})", "hint": ""})
        for position, (direction, formula) in enumerate(pairs) if formula not in FORMULAS[direction]
    ]  # fmt: skip
    if breaches:
        raise DataError(breaches)


def _reasons(target: Array, realised: Array, inverse: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return why there is no achievement, or nothing; the first that holds."""
    cases = {
        "no_realisation": np.isnan(realised) | np.isnan(target),
        "negative": (realised < 0) | (target < 0),
        "zero_target": target == 0,
        "zero_realised": inverse & (realised == 0),
    }
    return np.select(list(cases.values()), list(cases), default="").astype(object)


def _percent(target: Array, realised: Array, formula: NDArray[np.object_]) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, inverse = realised / target, target / realised
        mirrored = (2 * target - realised) / target
    return np.asarray(100 * np.select([formula == "ratio", formula == "inverse"], [ratio, inverse], mirrored))


def achievement_class(percent: pd.Series) -> pd.Series:
    """Return the class of each achievement in per cent, ``undefined`` where it is missing.

    very_high from 91, high from 76, moderate from 66, low from 51, very_low below. The regulation prints whole numbers
    (91-100, 76-90, 66-75, 51-65, 50 and less); here the classes reach up to the next bound, so that 90.5 is high and
    50.5 is very low: a bound counts as passed when it is reached.

    Parameters
    ----------
    percent : Series
        Achievement in per cent of the target; NaN is not known.

    Examples
    --------
    >>> achievement_class(pd.Series([91.0, 90.5, 50.5, None])).tolist()
    ['very_high', 'high', 'very_low', 'undefined']
    """
    values = np.round(percent.to_numpy(float), _DIGITS)
    known = np.select(
        [values >= bound for bound in ACHIEVEMENT_CLASSES.values()], list(ACHIEVEMENT_CLASSES), _UNDEFINED
    )
    return pd.Series(known.astype(object), index=percent.index, name="achievement_class")


def achievement(study: Study, *, until: int) -> pd.DataFrame:
    """Return target and realisation of every measure in the last year, not after `until`, that has targets.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a programme and measure
        programme, pillar, year, text_id and text_en (the measure), unit_id, unit_en, direction, formula, target,
        realised, achievement_pct, achievement_class, reason (see :func:`achieved`), status.

    Raises
    ------
    DataError
        For a formula that does not fit its direction.
    """
    columns = [
        "programme", "pillar", "year", "text_id", "text_en", "unit_id", "unit_en", "direction", "formula", "target",
        "realised", "achievement_pct", "achievement_class", "reason", "status",
    ]  # fmt: skip
    rows = study.table("programme_targets")
    _refuse(rows)
    rows = rows[rows["year"] <= until]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    rows = rows[rows["year"] == rows["year"].max()].astype({"year": int})
    rows = rows.rename(columns={"measure_id": "text_id", "measure_en": "text_en"})
    pillars = study.table("programmes").set_index("code")["pillar"]
    table = rows.join(achieved(rows)).assign(pillar=rows["programme"].map(pillars))
    return table.sort_values(["programme", "text_id"], ignore_index=True)[columns]


def not_achieved(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of :func:`achievement` below the highest class or without an achievement, the lowest first.

    Parameters
    ----------
    table : DataFrame
        As :func:`achievement` gives it.
    """
    rows = table[table["achievement_class"] != next(iter(ACHIEVEMENT_CLASSES))]
    return rows.sort_values(["achievement_pct", "programme"], ignore_index=True)


def achievement_classes(table: pd.DataFrame) -> pd.DataFrame:
    """Count the measures of each class, in order, those without an achievement last.

    Parameters
    ----------
    table : DataFrame
        As made by :func:`achievement`.

    Returns
    -------
    DataFrame
        achievement_class, from_pct (its lower bound; missing for the last two), measures, share, programmes (codes),
        status.
    """
    columns = ["achievement_class", "from_pct", "measures", "share", "programmes", "status"]
    if table.empty:
        return pd.DataFrame(columns=columns)
    rows = []
    for name in [*ACHIEVEMENT_CLASSES, _UNDEFINED]:
        part = table[table["achievement_class"] == name]
        bound = ACHIEVEMENT_CLASSES.get(name, np.nan)
        codes = ";".join(part["programme"].unique()) or None
        rows.append([name, bound if np.isfinite(bound) else np.nan, len(part), len(part) / len(table), codes])
    return pd.DataFrame(rows, columns=columns[:-1]).assign(status=weakest_status(table["status"]))
