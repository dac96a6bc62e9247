"""Years first class: an index over years on one footing, played again with a change, and how it grew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from ..errors import UnknownNameError
from ..study.framework import Framework
from ..study.readable import readable
from .build import IndexResult, build_index
from .change import IndexChange, explain_index_change
from .labels import checked_array, listed
from .methods import Array, Method, MethodLike, ScoringError, family, find_method
from .spec import IndexSpec, NodeSpec

__all__ = ["GROWTHS", "PanelResult", "build_panel", "explain_index_change", "growth", "replay", "vary"]


@readable("years", "total")
@dataclass(frozen=True, eq=False)
class PanelResult:
    """An index over years, every year scored within the same bounds.

    Parameters
    ----------
    results : mapping of year to IndexResult
        In the order of the years.
    bounds : DataFrame
        What every leaf was normalised with, in all years.
    framework, spec, bounds_from
        The arguments of :func:`build_panel`; `bounds_from` is its `bounds`.
    """

    results: Mapping[int, IndexResult]
    bounds: pd.DataFrame
    framework: Framework
    spec: IndexSpec
    bounds_from: str | int | pd.DataFrame

    @property
    def years(self) -> tuple[int, ...]:
        """The years, first to last."""
        return tuple(self.results)

    @property
    def total(self) -> pd.DataFrame:
        """The index, region by year; NaN where a region has none in a year."""
        return self.scores(self.framework.root.code)

    @property
    def ranks(self) -> pd.DataFrame:
        """Rank by index within each year, region by year; 1 is best."""
        root = self.framework.root.code
        return self._by_year({year: result.ranks[root] for year, result in self.results.items()})

    def scores(self, code: str) -> pd.DataFrame:
        """Return the scores of one node or leaf, region by year."""
        self.framework.node(code)
        return self._by_year({year: result.scores[code] for year, result in self.results.items()})

    def change(self, before: int, after: int, code: str | None = None) -> IndexChange:
        """Return what the change between two years is made of; see :func:`explain_index_change`."""
        _check_years([before, after], self.years)
        return explain_index_change(self.results[before], self.results[after], code)

    def _by_year(self, columns: Mapping[int, pd.Series]) -> pd.DataFrame:
        return pd.concat(columns, axis=1).rename_axis(index="region", columns="year")


def build_panel(
    values: Mapping[int, pd.DataFrame] | pd.DataFrame,
    framework: Framework,
    spec: IndexSpec | None = None,
    *,
    bounds: str | int | pd.DataFrame = "joint",
) -> PanelResult:
    """Return the index of every region in every year, on one footing, so that years can be compared.

    Parameters
    ----------
    values : mapping of year to DataFrame, or DataFrame
        Region by leaf code for every year; or one table whose rows are (region, year), in any order.
    framework : Framework
    spec : IndexSpec, optional
        As for :func:`build_index`.
    bounds : {"joint", "first"}, int or DataFrame
        What the leaves are normalised with: fitted over all years together, by the first year, by the year
        named, or given (`IndexResult.bounds`). A method that has no bounds, such as ``rank``, sets the
        regions of each year against each other; one that refers to a region wants the bounds of one year.

    Raises
    ------
    ScoringError
        As :func:`build_index`, with the year; for rows without a year.
    UnknownNameError
        For other bounds, and for bounds of a year that is not there.

    Examples
    --------
    Kota Kediri (BPS); the published indices are 72.20 and 78.60.

    >>> from smartcity_analysis.study import load_framework
    >>> codes = ["life_expectancy", "expected_schooling", "mean_schooling", "spending"]
    >>> rows = {2021: [[74.04, 15.27, 10.15, 12359]], 2010: [[73.44, 12.72, 9.18, 9765]]}
    >>> tables = {year: pd.DataFrame(row, index=["35.71"], columns=codes) for year, row in rows.items()}
    >>> panel = build_panel(tables, load_framework("human_development"))
    >>> panel.total.round(1).loc["35.71"].to_dict()
    {2010: 72.2, 2021: 78.6}
    """
    spec = spec if spec is not None else IndexSpec()
    tables = _tables(values)
    table = _panel_bounds(tables, framework, spec, bounds)
    results, problems = {}, []
    for year, one in tables.items():
        try:
            results[year] = build_index(one, framework, spec, bounds=table)
        except ScoringError as error:
            problems += [f"{year}: {problem}" for problem in error.problems]
    if problems:
        raise ScoringError(problems)
    return PanelResult(results, results[min(results)].bounds, framework, spec, bounds)


def _tables(values: Mapping[int, pd.DataFrame] | pd.DataFrame) -> dict[int, pd.DataFrame]:
    """Return a table for every year, in the order of the years."""
    if isinstance(values, pd.DataFrame):
        if values.index.nlevels != 2:
            remedy = "Use set_index(['region', 'year'])."
            raise ScoringError([f"The values: found rows without a year, expected rows (region, year). {remedy}"])
        level = list(values.index.names).index("year") if "year" in values.index.names else 1
        found: Mapping[Any, pd.DataFrame] = {year: values.xs(year, level=level) for year in values.index.unique(level)}
    else:
        found = values
    wrong = [year for year in found if not isinstance(year, Integral)]
    if wrong or not found:
        remedy = "Convert the years with int."
        raise ScoringError([f"The years: found {listed(wrong) or 'none'}, expected whole numbers. {remedy}"])
    for year, table in found.items():
        if not isinstance(table, pd.DataFrame):
            raise ScoringError([f"{year}: found {type(table).__name__}, expected a DataFrame of region by leaf."])
    return {int(year): found[year] for year in sorted(found)}


def _panel_bounds(
    tables: Mapping[int, pd.DataFrame], framework: Framework, spec: IndexSpec, bounds: str | int | pd.DataFrame
) -> pd.DataFrame:
    if isinstance(bounds, pd.DataFrame):
        return bounds
    years = list(tables)
    named: dict[Any, list[int]] = {"joint": years, "first": years[:1], **{year: [year] for year in years}}
    if bounds not in named:
        raise UnknownNameError("bounds of a panel", bounds, [str(name) for name in named])
    if len(named[bounds]) == 1:
        return build_index(tables[named[bounds][0]], framework, spec).bounds
    parts = [tables[year].set_axis([f"{r} ({year})" for r in tables[year].index]) for year in named[bounds]]
    return build_index(pd.concat(parts), framework, spec).bounds


def replay(panel: PanelResult, spec: IndexSpec) -> PanelResult:
    """Return the same years under another spec; bounds that were fitted are fitted again, in the same way.

    Parameters
    ----------
    panel : PanelResult
        The panel to build again.
    spec : IndexSpec
        The choices to build it with.

    Examples
    --------
    >>> from smartcity_analysis.study import Framework, Leaf, Node
    >>> tree = Framework("green", {}, Node("green", {}, children=(Node("trees", {}, leaf=Leaf()),)))
    >>> trees = pd.DataFrame({"trees": [1.0, 3.0]}, index=["a", "b"])
    >>> panel = build_panel({2023: trees, 2024: trees + 1}, tree)
    >>> replay(panel, vary(panel.spec, scale=(1, 100))).total[2024].to_list()
    [34.0, 100.0]
    """
    values = {year: result.values for year, result in panel.results.items()}
    return build_panel(values, panel.framework, spec, bounds=panel.bounds_from)


def vary(
    spec: IndexSpec, *, nodes: Mapping[str, NodeSpec | Mapping[str, Any] | None] | None = None, **changes: Any
) -> IndexSpec:
    """Return a spec that differs in what is named, and in nothing else.

    Parameters
    ----------
    spec : IndexSpec
    nodes : mapping of code to mapping, NodeSpec or None
        A mapping changes those settings of the node and leaves its others; a NodeSpec takes the place of what was
        there; None takes it away. Nodes that are not named stay as they are.
    **changes
        Settings of :class:`IndexSpec`.

    Raises
    ------
    UnknownNameError
        For a setting that there is not.

    Examples
    --------
    >>> spec = IndexSpec(nodes={"ipm": NodeSpec(aggregate="harmonic")})
    >>> vary(spec, nodes={"ipm": {"min_available": 0.5}}).nodes["ipm"].aggregate
    'harmonic'
    """
    merged = dict(spec.nodes)
    for code, own in (nodes or {}).items():
        if own is None:
            merged.pop(code, None)
        elif isinstance(own, NodeSpec):
            merged[code] = own
        else:
            _check_settings(NodeSpec, own)
            merged[code] = replace(merged.get(code, NodeSpec()), **own)
    _check_settings(IndexSpec, changes)
    return replace(spec, nodes=merged, **changes)


def _check_settings(record: type, changes: Iterable[str]) -> None:
    known = [entry.name for entry in fields(record)]
    for name in changes:
        if name not in known:
            raise UnknownNameError(f"setting of {record.__name__}", name, known)


def _difference(scores: Array, years: Array) -> Array:
    return scores[..., -1] - scores[..., 0]


def _percent(scores: Array, years: Array) -> Array:
    return 100 * (scores[..., -1] / scores[..., 0] - 1)


def _slope(scores: Array, years: Array) -> Array:
    centred = years - years.mean()
    return scores @ centred / (centred @ centred)


GROWTHS: Mapping[str, Method] = family(
    Method("difference", _difference, "Selisih", "Difference"),
    Method("percent", _percent, "Perubahan persen", "Per cent change", positive=True),
    Method("slope", _slope, "Kemiringan per tahun", "Slope per year", "Least squares on the year"),
)


def growth(
    panel: PanelResult | pd.DataFrame,
    method: MethodLike | Callable[[Array, Array], Array] = "difference",
    *,
    years: Iterable[int] | None = None,
    code: str | None = None,
) -> pd.DataFrame:
    """Return how much every region grew over the chosen years, beside its scores in exactly those years.

    Parameters
    ----------
    panel : PanelResult or DataFrame
        A DataFrame is region by year, in any order of years.
    method : str, Method or callable
        ``"difference"`` and ``"percent"`` (last year against first), ``"slope"`` (least squares, per year);
        or your own ``f(scores, years)``: scores ``(region, year)`` and years ``(year,)``, both in order of
        time; one number a region.
    years : iterable of int, optional
        The years that count, at least two. None: all.
    code : str, optional
        Node whose scores are taken. None: the index. Only with a PanelResult.

    Returns
    -------
    DataFrame
        Region by chosen year, first to last, and `growth`; NaN where a score of a chosen year is missing.

    Raises
    ------
    ScoringError
        For fewer than two years, or per cent of a score of 0 or less.
    UnknownNameError
        For an unknown method, year or code.

    Examples
    --------
    >>> scores = pd.DataFrame({2021: [66.0], 2019: [60.0], 2020: [90.0]}, index=["35.71"])
    >>> growth(scores, "percent", years=[2019, 2021]).round(1).loc["35.71"].to_dict()
    {2019: 60.0, 2021: 66.0, 'growth': 10.0}
    """
    if isinstance(panel, PanelResult):
        table = panel.total if code is None else panel.scores(code)
    else:
        table = panel
    chosen = sorted(set(table.columns if years is None else years))
    _check_years(chosen, list(table.columns))
    if len(chosen) < 2:
        raise ScoringError([f"growth: found the years {listed(chosen)}, expected at least two."])
    scores = checked_array(table[chosen], "scores")
    known = isinstance(method, str | Method)
    record = find_method(GROWTHS, method, "growth method") if known else None  # type: ignore[arg-type]
    kernel: Callable[..., Array] = record.kernel if record is not None else method  # type: ignore[assignment]
    if record is not None and record.positive and (scores <= 0).any():
        low = listed(table.index[(scores <= 0).any(axis=1)])
        remedy = "Choose 'difference', or a scale above 0."
        raise ScoringError([f"{record.name}: found scores of 0 or less for {low}, expected above 0. {remedy}"])
    result = np.asarray(kernel(scores, np.array(chosen, dtype=float)), dtype=float)
    if result.shape != (len(table),):
        raise ScoringError([f"growth: found a result of shape {result.shape}, expected one number a region."])
    return table[chosen].assign(growth=np.where(np.isnan(scores).any(axis=1), np.nan, result))


def _check_years(years: Iterable[int], known: Sequence[int]) -> None:
    for year in years:
        if year not in known:
            raise UnknownNameError("year", year, [str(other) for other in known])
