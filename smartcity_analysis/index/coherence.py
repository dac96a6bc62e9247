"""Coherence: whether the parts of an index belong together, and count for as much as they are said to.

The audit looks at a finished index from four sides: correlations over the tree, reliability of every group of siblings
(:mod:`.reliability`), effective against nominal weights, and what happens to the ranking without a part. It changes
nothing; it flags, and names a remedy by key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import special, stats

from ..errors import UnknownNameError
from ..study.framework import Framework
from ..study.readable import readable
from .build import IndexResult
from .influence import (
    Index,
    Scores,
    Which,
    checked_scores,
    chosen_codes,
    drop_one,
    effective_weights,
    has_score,
    principal_components,
)
from .methods import Array, Mask, ScoringError
from .reliability import (
    LEAST,
    LIMITS,
    Limits,
    Measure,
    bartlett_sphericity,
    common_regions,
    cronbach_alpha,
    item_rest,
    judged,
    kmo,
    mcdonald_omega,
    unusable,
)

__all__ = ["REMEDIES", "Audit", "audit", "correlations"]

Within: TypeAlias = int | str | Mapping[str, Any]

METHODS = ("pearson", "spearman", "kendall")
MEASURES: Mapping[str, tuple[int, Callable[..., Measure]]] = MappingProxyType(  # the fewest indicators, and how
    {
        "alpha": (2, cronbach_alpha),
        "omega": (3, mcdonald_omega),
        "kmo": (3, kmo),
        "sphericity": (2, bartlett_sphericity),
    }
)
REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "constant": "replace_indicator",
        "constant_rest": "check_direction",
        "drives_ranks": "report_sensitivity",
        "few_regions": "fill_gaps",
        "heywood": "merge_or_drop",
        "low": "regroup",
        "many": "split_group",
        "negative": "check_direction",
        "none": "regroup",
        "not_computed": "fill_gaps_or_regroup",
        "raises_alpha": "move_or_drop",
        "silent": "reweight_or_drop",
        "too_high": "merge_or_drop",
        "too_little": "reweight_or_drop",
        "too_much": "reweight_or_drop",
        "uncorrelated": "regroup",
        "weak": "move_or_drop",
    }
)


@readable()
@dataclass(frozen=True, eq=False)
class Audit:
    """What the audit of an index found.

    Parameters
    ----------
    correlations : DataFrame
        As :func:`correlations`: every node with its siblings and its parent, with the `relation`.
    measures : mapping of (parent's code, name) to Measure
        Alpha, omega, kmo, sphericity and components of every group of siblings.
    items, weights, dropped : DataFrame
        As :func:`.item_rest` (with the `parent`), :func:`effective_weights` and :func:`drop_one`.
    skipped : DataFrame
        `code`, `measure`, `flag`, `reason`: nodes left out, and what is not defined for a group.
    """

    correlations: pd.DataFrame
    measures: Mapping[tuple[str, str], Measure]
    items: pd.DataFrame
    weights: pd.DataFrame
    dropped: pd.DataFrame
    skipped: pd.DataFrame

    def groups(self) -> pd.DataFrame:
        """Return the measures as a table: `code` of the parent, `measure`, `value`, `p`, `n`, `flag`, `expected`."""
        columns = ["name", "value", "p", "n", "flag", "expected"]
        rows = [[code, *(getattr(m, name) for name in columns)] for (code, _), m in self.measures.items()]
        table = pd.DataFrame(rows, columns=["code", "measure", *columns[1:]])
        return table.astype({"value": float, "p": float, "expected": float})

    def flags(self) -> pd.DataFrame:
        """Return what is wrong, a row each: `code`, `other`, `what`, `value`, `expected`, `remedy`.

        `what` is ``measure.flag`` and `remedy` a key of :data:`REMEDIES`; `expected` is the limit that was passed. A
        node that correlates too highly with its own parent is not flagged: siblings are.
        """
        pairs, groups, items, weights = self.correlations, self.groups(), self.items, self.weights
        pairs = pairs[(pairs["relation"] == "sibling") | (pairs["flag"] != "too_high")]
        groups = groups.assign(value=groups["p"].fillna(groups["value"]))
        raised, smoothed = items["flag"] == "raises_alpha", weights["kernel"].fillna(weights["linear"])
        items = items.assign(value=items["r"].where(~raised, items["alpha_if_dropped"]))
        weights = weights.assign(value=smoothed.where(weights["flag"] != "negative", weights["r"]))
        parts = [
            _flagged(pairs.assign(measure="correlation"), code="code_a", other="code_b", value="r"),
            _flagged(groups),
            _flagged(items.assign(measure="item"), other="parent"),
            _flagged(weights.assign(measure="weight"), other="of"),
            _flagged(self.dropped.assign(measure="dropped"), value="mean_shift"),
            _flagged(self.skipped.assign(value=np.nan, expected=np.nan)),
        ]
        table = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
        return table.assign(remedy=[REMEDIES[what.rpartition(".")[2]] for what in table["what"]])


def audit(result: IndexResult, *, rng: np.random.Generator, draws: int = 200, limits: Limits = LIMITS) -> Audit:
    """Return the coherence audit of an index.

    Parameters
    ----------
    result : IndexResult
    rng : Generator
        For the noise of the parallel analyses.
    draws : int
        Tables of noise in each.
    limits : Limits

    Returns
    -------
    Audit

    Raises
    ------
    ScoringError
        As :func:`drop_one`. What is not defined for one group is listed in `skipped` and stops nothing.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 4.

    Examples
    --------
    >>> from smartcity_analysis.index import build_index
    >>> from smartcity_analysis.study import Framework, Leaf, Node
    >>> tree = Framework("t", {}, Node("all", {}, children=(Node("a", {}, leaf=Leaf()), Node("b", {}, leaf=Leaf()))))
    >>> values = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 3, 4, 6]})
    >>> audit(build_index(values, tree), rng=np.random.default_rng(0)).flags()["what"].to_list()
    ['correlation.too_high', 'dropped.silent', 'dropped.silent']
    """
    dropped, weights = drop_one(result, limits=limits), effective_weights(result, limits=limits)
    tree = result.framework
    scored = [code for code, node in tree.nodes.items() if has_score(result, node)]
    faulty = unusable(result.scores[scored])
    usable = [code for code in scored if code not in faulty]
    pairs = correlations(result, rows=usable, within="parent", limits=limits)
    ends = list(zip(pairs["code_a"], pairs["code_b"], strict=True))
    up = [tree.parents.get(a) == b or tree.parents.get(b) == a for a, b in ends]
    skipped = [(str(code), "scores", why, "") for code, why in faulty.items()]
    measures: dict[tuple[str, str], Measure] = {}
    items = [pd.DataFrame(columns=["r", "alpha", "alpha_if_dropped", "n", "flag", "expected", "parent"])]
    for code in scored:
        group = result.scores[[child.code for child in tree.node(code).children if child.code in usable]]
        found, undefined = _measured(group, rng, draws, limits)
        measures |= {(code, measure.name): measure for measure in found}
        skipped += [(code, name, "not_computed", reason) for name, reason in undefined]
        if (code, "alpha") in measures:
            items.append(item_rest(group, limits=limits).assign(parent=code))
    return Audit(
        correlations=pairs.assign(relation=np.where(up, "parent", "sibling")),
        measures=MappingProxyType(measures),
        items=pd.concat(items[1:] or items).rename_axis("code"),
        weights=weights,
        dropped=dropped,
        skipped=pd.DataFrame(skipped, columns=["code", "measure", "flag", "reason"]),
    )


def correlations(
    scores: Scores,
    *,
    rows: Which = None,
    columns: Which = None,
    method: str = "pearson",
    within: Within | None = None,
    limits: Limits = LIMITS,
) -> pd.DataFrame:
    """Return the correlation of any nodes with any others, a row a pair.

    Parameters
    ----------
    scores : IndexResult or DataFrame
        Region by code. A pair takes the regions that have both.
    rows, columns : int or codes, optional
        A level of the tree (the index is 0; nodes without a score are left out) or codes. None: the leaves of an index,
        or every column of a table, as rows; the rows again as columns. Each pair stands once.
    method : {"pearson", "spearman", "kendall"}
    within : int, "parent" or mapping, optional
        Only pairs below the same node of this level, or that node itself; only siblings, and nodes with their parents;
        only codes with the same group in the mapping. A table takes a mapping.
    limits : Limits, optional
        From where on something is remarked on.

    Returns
    -------
    DataFrame
        `code_a`, `code_b`, `r`, `p` (two-sided: Student's t with n - 2 degrees of freedom; for Kendall exact or normal,
        as ``scipy.stats.kendalltau`` chooses), `n`, `flag`, `expected`. Flags: ``"few_regions"`` (fewer than three) and
        ``"constant"``, where `r` is NaN; ``"too_high"``, ``"negative"``, ``"weak"``.

    Raises
    ------
    ScoringError
        For fewer than three regions, or a level of a table without a tree.
    UnknownNameError
        For an unknown code or method.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 4.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 4, 6, 9], "c": [3.0, None, 1, 2]})
    >>> correlations(table)[["code_a", "code_b", "n", "flag"]].to_records(index=False).tolist()
    [('a', 'b', 4, 'too_high'), ('a', 'c', 3, 'negative'), ('b', 'c', 3, 'negative')]
    """
    if method not in METHODS:
        raise UnknownNameError("correlation method", method, METHODS)
    table = checked_scores(scores)
    first = chosen_codes(scores, rows)
    second = first if columns is None else chosen_codes(scores, columns)
    codes = list(dict.fromkeys([*first, *second]))
    i, j = _pairs(codes, first, second)
    if within is not None:
        kept = _related(scores, codes, within, i, j)
        i, j = i[kept], j[kept]
    part = table[codes]
    n = common_regions(part)[i, j]
    r, p = _kendall(part, i, j) if method == "kendall" else _moments(part, method, i, j, n)
    lost = part.columns.isin(list(unusable(part)))
    r, p = np.where(lost[i] | lost[j], np.nan, r), np.where(lost[i] | lost[j], np.nan, p)
    cases = [
        (n < LEAST, "few_regions", LEAST),
        (np.isnan(r), "constant", np.nan),
        (r > limits.high, "too_high", limits.high),
    ]
    cases += [(r < limits.negative, "negative", limits.negative), (r < limits.weak, "weak", limits.weak)]
    flag, expected = judged(cases)
    names = np.array(codes, dtype=object)
    found = {"code_a": names[i], "code_b": names[j], "r": r, "p": p, "n": n, "flag": flag, "expected": expected}
    return pd.DataFrame(found)


def _measured(
    group: pd.DataFrame, rng: np.random.Generator, draws: int, limits: Limits
) -> tuple[list[Measure], list[tuple[str, str]]]:
    """Return the measures of a group of siblings, and the name and reason of those not defined for it."""
    calls = {name: (least, partial(function, limits=limits)) for name, (least, function) in MEASURES.items()}
    calls["components"] = (2, partial(principal_components, rng=rng, draws=draws))
    found, undefined = [], []
    for name, (least, function) in calls.items():
        if group.shape[1] >= least:
            try:
                found.append(function(group))
            except ScoringError as error:
                undefined.append((name, str(error)))
    return found, undefined


def _flagged(table: pd.DataFrame, code: str = "code", other: str | None = None, value: str = "value") -> pd.DataFrame:
    """Return the rows that carry a flag in the form of :meth:`Audit.flags`."""
    rows = table.reset_index()
    rows = rows[rows["flag"] != ""]
    columns = {
        "code": rows[code],
        "other": rows[other] if other else None,
        "what": rows["measure"] + "." + rows["flag"],
    }
    return pd.DataFrame({**columns, "value": rows[value], "expected": rows["expected"]})


def _pairs(codes: Sequence[str], first: Sequence[str], second: Sequence[str]) -> tuple[Index, Index]:
    """Return positions in `codes` of every pair once, in order, none with itself."""
    place = {code: k for k, code in enumerate(codes)}
    along, across = (np.array([place[code] for code in each], dtype=int) for each in (first, second))
    i, j = (grid.ravel() for grid in np.meshgrid(along, across, indexing="ij"))
    key = np.minimum(i, j) * len(codes) + np.maximum(i, j)
    once = np.zeros(len(key), dtype=bool)
    once[np.unique(key, return_index=True)[1]] = True
    return i[once & (i != j)], j[once & (i != j)]


def _related(scores: Scores, codes: Sequence[str], within: Within, i: Index, j: Index) -> Mask:
    """Return which pairs stand in the same group."""
    if isinstance(within, Mapping):
        group = [within.get(code) for code in codes]
    elif not isinstance(scores, IndexResult):
        raise ScoringError([f"within: found {within!r} for a table, which has no tree. Give a group by code."])
    elif within == "parent":
        parent = np.array([scores.framework.parents.get(code) for code in codes], dtype=object)
        names = np.array(codes, dtype=object)
        return (parent[i] == parent[j]) | (parent[i] == names[j]) | (parent[j] == names[i])
    elif isinstance(within, str):
        raise UnknownNameError("group", within, ["parent"])
    else:
        group = [_above(scores.framework, code, within) for code in codes]
    groups = np.array(group, dtype=object)
    return (groups[i] == groups[j]) & (groups[i] != None)  # noqa: E711


def _above(framework: Framework, code: str, level: int) -> str | None:
    """Return the node of this level that `code` stands below or is; None above the level."""
    path = [code]
    while path[-1] in framework.parents:
        path.append(framework.parents[path[-1]])
    return path[-1 - level] if level < len(path) else None


def _moments(table: pd.DataFrame, method: str, i: Index, j: Index, n: Index) -> tuple[Array, Array]:
    """Return Pearson's or Spearman's r and its p-value; ranks are taken anew among the regions of each pair."""
    r = table.corr(method, min_periods=LEAST).to_numpy()[i, j]
    df = np.maximum(n - 2, 1)
    rest = np.maximum(1 - r**2, 0.0)
    t = np.divide(np.abs(r) * np.sqrt(df), np.sqrt(rest), out=np.full(len(r), np.inf), where=~(rest == 0))
    return r, np.asarray(2 * special.stdtr(df, -t))


def _kendall(table: pd.DataFrame, i: Index, j: Index) -> tuple[Array, Array]:
    """Return Kendall's tau-b and its p-value, pair by pair: scipy takes one at a time."""
    array = table.to_numpy()
    both = [array[~np.isnan(array[:, [a, b]]).any(axis=1)][:, [a, b]] for a, b in zip(i, j, strict=True)]
    found = [stats.kendalltau(x[:, 0], x[:, 1]) if len(x) >= LEAST else (np.nan, np.nan) for x in both]
    return np.array([f[0] for f in found], dtype=float), np.array([f[1] for f in found], dtype=float)
