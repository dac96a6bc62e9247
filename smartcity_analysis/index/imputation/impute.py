"""Imputation: missing values filled, with a mask of what was filled and a measure of how wrong that may be.

Observed values never change, whatever a method does. Rows are found by their labels: they need not be sorted, and a
table of several years is filled within each region or within each year, never across both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...study.readable import readable
from ..labels import did_you_mean, listed
from ..methods import Array, Method, ScoringError
from ..own import MethodOrFunction, find_or_wrap
from ..years import Table, Values
from .asked import Names, Task, fill, prepare
from .fillers import IMPUTERS, Imputer, Layout, MissingExtraError
from .holdout import error_pool, errors_of, hidden, stretch

__all__ = [
    "IMPUTERS",
    "Imputed",
    "Imputer",
    "Layout",
    "MissingExtraError",
    "cross_validate",
    "fill",
    "impute",
    "impute_spread",
]


@readable()
@dataclass(frozen=True, eq=False)
class Imputed:
    """Values with gaps filled, and what was done.

    Parameters
    ----------
    values : DataFrame
        The table given, filled; tables given by year are one by (year, region).
    filled : DataFrame of bool
        Which cells were filled.
    method : Method
    options : mapping
        As they were given.
    notes : mapping
        What the method says of itself, such as the `iterations` of ``em``.
    """

    values: pd.DataFrame
    filled: pd.DataFrame
    method: Method
    options: Mapping[str, Any]
    notes: Mapping[str, Any]

    @property
    def left(self) -> pd.DataFrame:
        """Which cells are missing still, which methods over years allow: there is nothing to go by."""
        return self.values.isna()

    @property
    def record(self) -> pd.DataFrame:
        """What was filled: a row a cell with its labels, `indicator`, `value` and `method`."""
        row, column = np.nonzero(self.filled.to_numpy())
        index = self.values.index
        names = [name or known for name, known in zip(index.names, ("region", "year"), strict=False)]
        table = index[row].rename(names if index.nlevels > 1 else names[0]).to_frame(index=False)
        table["indicator"] = self.values.columns[column]
        table["value"] = self.values.to_numpy()[row, column]
        return table.assign(method=self.method.name)


def impute(
    values: Values,
    method: MethodOrFunction = "median",
    *,
    groups: Names | None = None,
    pillars: Names | None = None,
    **options: Any,
) -> Imputed:
    """Return the values with their gaps filled; observed values are as they were.

    Parameters
    ----------
    values : DataFrame or mapping of year to DataFrame
        Region by indicator; NaN is missing. Several years: rows by region and year, in any order (the level named
        ``year``, else the second), or a table a year. Methods that know nothing of years then fill each year by itself.
    method : str, Method or function
        A name in `IMPUTERS`; your own record; or a function of the array ``(..., region, indicator)``, and of its
        options, that returns it filled.
    groups : mapping or Series, optional
        Group by region, for `mean` and `median` within groups.
    pillars : mapping or Series, optional
        Pillar by indicator, for `pillar`: a region's missing score is the mean of its other scores in the pillar.
        It is meant for normalised values; nothing else makes different indicators alike.
    **options
        `fallback` (mean, median, pillar): ``"all"`` takes all regions where a group has no observed value, and all
        indicators where a region has none in a pillar. `value` (constant): a number, or one by indicator. `limit`
        (last, linear_last): years a value is carried at most. `backwards` (last): also before the first value.
        `extrapolate` (linear): ``"nearest"`` or ``"trend"`` outside the observed years. `ridge`, `tolerance`,
        `iterations` (em). `neighbours` (knn), `rounds` and `tolerance` (iterative).

    Returns
    -------
    Imputed

    Raises
    ------
    ScoringError
        For an indicator without any observed value (in a year, where every year is filled by itself); a group or
        pillar without one; groups, pillars or years that the method needs and does not have, or has no use for.
    UnknownNameError
        For an unknown method or option.
    MissingExtraError
        For `knn` and `iterative` without scikit-learn.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 3.

    Examples
    --------
    >>> values = pd.DataFrame({"water": [1.0, None, 9.0, 4.0]}, index=["a", "b", "c", "d"])
    >>> result = impute(values, groups={"a": "west", "b": "west", "c": "east", "d": "east"})
    >>> result.values["water"].to_list(), result.filled["water"].to_list()
    ([1.0, 1.0, 9.0, 4.0], [False, True, False, False])
    """
    task = prepare(values, method, groups, pillars, options)
    frame, notes = task.run()
    return Imputed(frame, task.table.frame.isna() & frame.notna(), task.record, task.given, notes)


def cross_validate(
    values: Values,
    methods: Iterable[MethodOrFunction] | Mapping[str, Any],
    *,
    rng: np.random.Generator,
    share: float = 0.1,
    repeats: int = 20,
    by_indicator: bool = False,
) -> pd.DataFrame:
    """Return how far each method errs on observed cells that are hidden from it, in standard deviations.

    Every method is asked for the same cells. Of every indicator a share is hidden, one cell at least, but so that two
    remain; an indicator with fewer than three observed values is not asked for.

    Parameters
    ----------
    values : DataFrame or mapping of year to DataFrame
        As for :func:`impute`.
    methods : iterable, or mapping of label to method or (method, options)
        Options may hold `groups` and `pillars`.
    rng : Generator
    share : float
        Share of the observed values that is hidden, above 0 and below 1.
    repeats : int
    by_indicator : bool
        A row for every method and indicator, instead of every method.

    Returns
    -------
    DataFrame
        By method: `rmse`, `mae` and `bias` (imputed less true) in standard deviations (n - 1) of the indicator's
        observed values, `hidden` (cells asked for) and `left` (of these not filled; they are in no error).

    Raises
    ------
    ScoringError
        For a constant indicator, which has no standard deviation, and for values too few to hide any.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> common = rng.normal(size=(40, 1))
    >>> values = pd.DataFrame(common + 0.3 * rng.normal(size=(40, 4)), columns=list("abcd"))
    >>> cross_validate(values, ["mean", "em"], rng=rng)["rmse"].round(1).to_dict()
    {'mean': 1.0, 'em': 0.5}
    """
    _check_share(share, repeats)
    chosen = _labelled(methods)
    tasks = {
        label: prepare(values, method, options.pop("groups", None), options.pop("pillars", None), options)
        for label, method, options in chosen
    }
    if not tasks:
        raise ScoringError(["cross_validate: found no method, expected one at least, such as ['mean', 'em']."])
    table = next(iter(tasks.values())).table
    sd = _deviations(table)
    sums = {label: np.zeros((5, len(sd))) for label in tasks}
    for hide in hidden(table.array, share, repeats, rng):
        for label, task in tasks.items():
            sums[label] += _sums(errors_of(task, hide) / sd, hide)
    if not next(iter(sums.values()))[3].any():
        raise ScoringError(["cross_validate: found no indicator with 3 observed values, which leaves none to hide."])
    if by_indicator:
        parts = {label: _summary(total, table.frame.columns) for label, total in sums.items()}
        return pd.concat(parts, names=["method", "indicator"])
    parts = {label: _summary(total.sum(axis=1, keepdims=True), [label]) for label, total in sums.items()}
    return pd.concat(parts.values()).rename_axis("method")


def impute_spread(
    values: Values,
    method: MethodOrFunction = "em",
    *,
    draws: int,
    rng: np.random.Generator,
    groups: Names | None = None,
    pillars: Names | None = None,
    share: float = 0.1,
    repeats: int = 5,
    calibrated: bool = True,
    limits: Mapping[str, tuple[float, float]] | None = None,
    **options: Any,
) -> Array:
    """Return multiple imputations: gaps drawn from the distribution of the method's error.

    With ``em``, from the normal distribution given what the region has, gaps of one region jointly; its width is then
    set, indicator by indicator, to that of the errors on hidden cells, because the ridge alone makes it too wide.
    With any other method, the imputed value less an error drawn from those on hidden cells of the indicator, each gap
    by itself. Every observed cell is hidden `repeats` times. Both ways take the method as given, and the gaps to be
    no harder to fill than the cells that are observed.

    Parameters
    ----------
    values : DataFrame or mapping of year to DataFrame
        As for :func:`impute`.
    method : str, Method or function
    draws : int
    rng : Generator
    groups, pillars, **options
        As for :func:`impute`.
    share, repeats : float, int
        Share of the observed values hidden at a time, and how often each is.
    calibrated : bool
        False: the width of ``em`` is left to its model, which saves the cross-validation.
    limits : mapping of indicator to (lower, upper), optional
        Drawn values are cut off here, such as ``(0, 100)`` for a percentage.

    Returns
    -------
    array, (draw, region, indicator)
        Rows and columns as in `values`. Observed values are the same in every draw; what a method over years leaves
        missing is missing in every draw.

    Raises
    ------
    ScoringError
        For an indicator with gaps and too few observed values to learn the error from.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, chapters 3 and 4.

    Examples
    --------
    >>> values = pd.DataFrame({"water": [1.0, 2.0, 3.0, None]})
    >>> spread = impute_spread(values, "mean", draws=1000, rng=np.random.default_rng(0))
    >>> spread.shape, sorted(set(spread[:, 3, 0].tolist()))
    ((1000, 4, 1), [0.5, 2.0, 3.5])
    """
    _check_share(share, repeats, draws)
    task = prepare(values, method, groups, pillars, options)
    frame, _ = task.run()
    filled = (task.table.frame.isna() & frame.notna()).to_numpy()
    lower, upper = _limits(limits, task.table)
    if isinstance(task.record, Imputer) and task.record.spread is not None:
        noise = rng.standard_normal((draws, *task.table.array.shape))
        drawn = task.table.given_rows(task.record.spread(task.table.array, noise, **task.options))
        if calibrated:
            drawn = frame.to_numpy() + (drawn - frame.to_numpy()) * stretch(
                task, task.record.spread, share, repeats, rng
            )
    else:
        drawn = np.broadcast_to(frame.to_numpy(), (draws, *frame.shape)).copy()
        pool, size = _pool(task, filled.any(axis=0), share, repeats, rng)
        column = np.nonzero(filled)[1]
        pick = (rng.random((draws, len(column))) * size[column]).astype(int)
        drawn[:, filled] -= pool[pick, column]
    return np.where(filled, np.clip(drawn, lower, upper), drawn)


def _pool(
    task: Task, wanted: np.ndarray, share: float, repeats: int, rng: np.random.Generator
) -> tuple[Array, np.ndarray]:
    """Return the errors to draw from, refusing indicators with gaps that have none."""
    pool, size = error_pool(task, share, repeats, rng)
    few = wanted & (size == 0)
    if few.any():
        codes = task.table.frame.columns
        found = f"found no error of {task.record.name} to draw from for {listed(codes[few])}"
        expected = "expected three observed values, of which one can be filled from the others"
        raise ScoringError([f"impute_spread: {found}, {expected}. Leave the indicator out, or use em."])
    return pool, size


def _labelled(methods: Iterable[MethodOrFunction] | Mapping[str, Any]) -> list[tuple[str, MethodOrFunction, dict]]:
    """Return label, method and options of every method to compare."""
    if isinstance(methods, Mapping):
        pairs = [(label, one if isinstance(one, tuple) else (one, {})) for label, one in methods.items()]
        return [(label, method, dict(options)) for label, (method, options) in pairs]
    if isinstance(methods, str):
        methods = [methods]
    named: list[tuple[str, MethodOrFunction, dict]] = [
        (find_or_wrap(IMPUTERS, one, "imputation method").name, one, {}) for one in methods
    ]
    labels = [label for label, _, _ in named]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        remedy = "Label them: {'label': method, ...}."
        raise ScoringError([f"cross_validate: found {listed(twice)} twice, expected each method once. {remedy}"])
    return named


def _deviations(table: Table) -> Array:
    """Return the standard deviation (n - 1) of every indicator, refusing those that do not vary."""
    constant = (table.frame.nunique() < 2).to_numpy()
    if constant.any():
        names = listed(table.frame.columns[constant])
        remedy = "Leave the indicator out."
        raise ScoringError([f"cross_validate: found a constant indicator in {names}, which has no error. {remedy}"])
    return table.frame.std().to_numpy(dtype=float)


def _sums(error: Array, hide: np.ndarray) -> Array:
    """Return squares, absolute values and sums of errors, cells asked for and cells left, by indicator."""
    axes = tuple(range(error.ndim - 1))
    z, asked, filled = np.nan_to_num(error), np.count_nonzero(hide, axis=axes), np.count_nonzero(~np.isnan(error), axes)
    return np.stack([(z**2).sum(axes), np.abs(z).sum(axes), z.sum(axes), asked, asked - filled])


def _summary(sums: Array, labels: Iterable[Any]) -> pd.DataFrame:
    squares, absolute, total, asked, left = sums
    filled = np.where(asked > left, asked - left, np.nan)
    table = {"rmse": np.sqrt(squares / filled), "mae": absolute / filled, "bias": total / filled}
    return pd.DataFrame(table | {"hidden": asked.astype(int), "left": left.astype(int)}, index=list(labels))


def _check_share(share: float, repeats: int, draws: int = 1) -> None:
    problems = []
    if not 0 < share < 1:
        problems.append(f"share: found {share}, expected a share above 0 and below 1, such as 0.1.")
    if repeats < 1:
        problems.append(f"repeats: found {repeats}, expected 1 or more.")
    if draws < 1:
        problems.append(f"draws: found {draws}, expected 1 or more.")
    if problems:
        raise ScoringError(problems)


def _limits(limits: Mapping[str, tuple[float, float]] | None, table: Table) -> tuple[Array, Array]:
    """Return where the draws of every indicator are cut off."""
    codes = table.frame.columns
    known = limits or {}
    wrong = [
        f"limits: found {code!r}, which is no indicator.{did_you_mean(code, codes)}" for code in set(known) - set(codes)
    ]
    wrong += [
        f"limits: found {pair} for {code!r}, expected (lower, upper) with lower below upper."
        for code, pair in known.items()
        if not (len(pair) == 2 and pair[0] < pair[1])
    ]
    if wrong:
        raise ScoringError(wrong)
    pairs = np.array([known.get(code, (-np.inf, np.inf)) for code in codes], dtype=float)
    return pairs[:, 0], pairs[:, 1]
