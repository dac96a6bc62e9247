"""Influence: how many things an index measures, what each part really counts for, and the ranking without it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ..errors import UnknownNameError
from ..study.framework import Node
from .build import DIGITS, IndexResult, score_nodes
from .labels import checked_array, listed
from .methods import Array, Mask, ScoringError
from .plan import plan_nodes
from .reliability import (
    LEAST,
    LIMITS,
    NOISE,
    SINGULAR,
    Limits,
    Measure,
    alpha_kernel,
    checked_group,
    judged,
    pair_correlations,
    unusable,
)

__all__ = ["drop_one", "effective_weights", "principal_components"]

Index: TypeAlias = NDArray[np.int_]
Scores: TypeAlias = IndexResult | pd.DataFrame
Which: TypeAlias = int | str | Sequence[str] | None

BANDWIDTHS = (np.inf, *np.geomspace(4.0, 0.1, 12).tolist())  # in standard deviations; the first gives a straight line
SMOOTHED = 2_000  # regions above which no curve is fitted: its cost grows with their square
BLOCK = 2**22  # numbers held at once by batched work


def principal_components(
    scores: pd.DataFrame, *, rng: np.random.Generator, draws: int = 200, quantile: float = 0.95
) -> Measure:
    """Return principal components of the correlations; the value is how many of them stand out from noise.

    Noise is normal, with as many indicators, and as many regions as the thinnest pair. There may be fewer regions than
    indicators; the components from the number of regions on are then 0.

    Parameters
    ----------
    scores : DataFrame
        Region by indicator, two or more of them.
    rng : Generator
    draws : int
        Tables of noise.
    quantile : float
        Of the eigenvalues of noise, 0 to 1. Horn took the mean; 0.95 is Glorfeld's and keeps fewer.

    Returns
    -------
    Measure
        Its `components` have `eigenvalue`, `share` of the variance, `cumulative` and `random` (what noise gives); its
        table has the loadings, indicator by component, each component turned so that they sum to 0 or more. Flagged
        ``"none"`` or ``"many"`` where it is not one component that stands out.

    Raises
    ------
    ScoringError
        As :func:`.mcdonald_omega`, from two indicators on.

    References
    ----------
    Horn (1965), Psychometrika 30, 179-185; Glorfeld (1995), Educational and Psychological Measurement 55, 377-393.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [1.0, 2, 3, 4, 5], "b": [2.0, 4, 6, 8, 11]})
    >>> principal_components(scores, rng=np.random.default_rng(0)).components["share"].round(3).to_list()
    [0.998, 0.002]
    """
    table, n = checked_group(scores, 2)
    values, vectors = np.linalg.eigh(pair_correlations(table))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    vectors = vectors * np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)
    noise = np.quantile(_noise_eigenvalues(n, len(values), draws, rng), quantile, axis=0)
    number = pd.RangeIndex(1, len(values) + 1, name="component")
    share = values / len(values)
    columns = {"eigenvalue": values, "share": share, "cumulative": share.cumsum(), "random": noise}
    loadings = pd.DataFrame(vectors * np.sqrt(values), index=table.columns, columns=number)
    keep = int(np.logical_and.accumulate(values > noise).sum())
    flag, expected = judged([(keep == 0, "none", 1.0), (keep > 1, "many", 1.0)])
    components = pd.DataFrame(columns, index=number)
    return Measure("components", keep, n, str(flag), float(expected), loadings, components=components)


def _noise_eigenvalues(n: int, size: int, draws: int, rng: np.random.Generator) -> Array:
    """Return eigenvalues ``(draw, component)`` of correlations of normal noise, largest first."""
    block = max(1, BLOCK // (n * size))
    found = []
    for start in range(0, draws, block):
        x = rng.standard_normal((min(block, draws - start), n, size))
        x = x - x.mean(axis=-2, keepdims=True)
        x = x / np.sqrt((x**2).sum(axis=-2, keepdims=True))
        found.append(np.linalg.eigvalsh(np.swapaxes(x, -1, -2) @ x)[:, ::-1])
    return np.concatenate(found)


def effective_weights(result: IndexResult, *, of: str = "parent", limits: Limits = LIMITS) -> pd.DataFrame:
    """Return how much of the variance of a node each part accounts for, beside the weight it was given.

    Parameters
    ----------
    result : IndexResult
    of : {"parent", "total"}
        Every node within its parent; or, level by level, within the index.

    Returns
    -------
    DataFrame
        By code: `of`, `nominal` (sums to 1 in each group), `r` with the node it is part of, `ratio` (the correlation
        ratio, from a curve), `linear` and `kernel` (shares of the sum of r squared, and of the ratios), `n`, `flag`,
        `expected` (the nominal weight). Flags: ``"negative"`` correlation, ``"too_much"``, ``"too_little"`` by `kernel`
        or, where it is NaN (more than 2,000 regions), by `linear`.

    Raises
    ------
    ScoringError
        For fewer than three regions.

    Notes
    -----
    The ratio is V(E(y|x)) / V(y), with E(y|x) from a local linear regression with a normal kernel whose bandwidth has
    the least squared error in leave-one-out cross-validation. The widest is a straight line, for which the ratio is r
    squared.

    References
    ----------
    Paruolo, Saisana and Saltelli (2013), Journal of the Royal Statistical Society A 176, 609-634, section 3.

    Examples
    --------
    >>> from smartcity_analysis.index import build_index
    >>> from smartcity_analysis.study import Framework, Leaf, Node
    >>> tree = Framework("t", {}, Node("all", {}, children=(Node("a", {}, leaf=Leaf()), Node("b", {}, leaf=Leaf()))))
    >>> values = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 4, 3]})
    >>> effective_weights(build_index(values, tree))["linear"].round(3).to_dict()
    {'a': 0.5, 'b': 0.5}
    """
    if of not in ("parent", "total"):
        raise UnknownNameError("whole to compare with", of, ("parent", "total"))
    checked_scores(result)
    root = result.framework.root.code
    table = result.weights.drop(index=root)
    share = table["nominal" if of == "parent" else "effective"].dropna()
    target = table.loc[share.index, "parent"] if of == "parent" else pd.Series(root, share.index)
    group = target if of == "parent" else pd.Series(share.index, share.index).map(result.framework.depth)
    nominal = share / share.groupby(group).transform("sum")
    x, y = result.scores[share.index].to_numpy(), result.scores[target].to_numpy()
    r, ratio, n = _variance_shares(x, y)
    squares, ratios = pd.Series(r**2, share.index), pd.Series(ratio, share.index)
    linear = squares / squares.groupby(group).transform("sum")
    kernel = ratios / ratios.groupby(group).transform("sum")
    found = kernel.fillna(linear)
    counts = nominal > 0
    cases = [(r < 0, "negative", 0.0), (counts & (found > limits.ratio * nominal), "too_much", nominal)]
    flag, expected = judged([*cases, (counts & (found < nominal / limits.ratio), "too_little", nominal)])
    columns = {"of": target, "nominal": nominal, "r": r, "ratio": ratio, "linear": linear, "kernel": kernel, "n": n}
    return pd.DataFrame({**columns, "flag": flag, "expected": expected}, index=share.index)


def drop_one(result: IndexResult, *, codes: Which = None, limits: Limits = LIMITS) -> pd.DataFrame:
    """Return what becomes of alpha and of the ranking when one part of the index is left out.

    The weights of the rest are re-scaled, not derived anew, and nothing is normalised again. A node that loses its last
    part is left out itself.

    Parameters
    ----------
    result : IndexResult
    codes : int or codes, optional
        A level, or nodes, to leave out one at a time with all below them. None: the leaves.
    limits : Limits, optional
        From where on something is remarked on.

    Returns
    -------
    DataFrame
        By code: `parent`, `alpha` of all leaves, `alpha_dropped`, `mean_shift` and `max_shift` in rank, the `region`
        that moves most (missing where none does), `n` regions ranked both times, `flag`, `expected`. Flags:
        ``"few_regions"``, ``"silent"`` (no region moves), ``"drives_ranks"``.

    Raises
    ------
    ScoringError
        For fewer than three regions, an index without a total, and a node without which nothing is left.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 7.

    Examples
    --------
    >>> from smartcity_analysis.index import build_index
    >>> from smartcity_analysis.study import Framework, Leaf, Node
    >>> tree = Framework("t", {}, Node("all", {}, children=(Node("a", {}, leaf=Leaf()), Node("b", {}, leaf=Leaf()))))
    >>> values = pd.DataFrame({"a": [1.0, 2, 9], "b": [2.0, 1, 4]}, index=["x", "y", "z"])
    >>> drop_one(build_index(values, tree))["max_shift"].to_dict()
    {'a': 0, 'b': 1}
    """
    table = checked_scores(result)
    dropped = chosen_codes(result, codes)
    leaves = [leaf.code for leaf in result.framework.leaves]
    below = [{node.code for node in result.framework.node(code).walk()} for code in dropped]
    gone = np.array([[leaf in inside for leaf in leaves] for inside in below], dtype=bool)
    gone = gone.reshape(len(dropped), len(leaves))
    usable = ~table[leaves].columns.isin(list(unusable(table[leaves])))
    cov = table.loc[:, leaves].loc[:, usable].cov().to_numpy()
    before, after = _rank_pairs(result.total.to_numpy(), _totals_without(result, leaves, gone, dropped))
    shift = np.abs(after - before)
    n = np.count_nonzero(~np.isnan(shift), axis=-1)
    moves = np.where(np.isnan(shift), 0, shift)
    mean, most = moves.sum(axis=-1) / np.maximum(n, 1), moves.max(axis=-1).astype(int)
    cases = [(n < LEAST, "few_regions", LEAST), (most == 0, "silent", 0.0)]
    flag, expected = judged([*cases, (mean > limits.shift * n, "drives_ranks", limits.shift * n)])
    regions = table.index.to_numpy(dtype=object)[moves.argmax(axis=-1)]
    columns = {
        "parent": [result.framework.parents.get(code) for code in dropped],
        "alpha": float(alpha_kernel(cov, np.ones(len(cov)))),
        "alpha_dropped": alpha_kernel(cov, 1.0 - gone[:, usable]),
        "mean_shift": mean,
        "max_shift": most,
        "region": np.where(most > 0, regions, None),
        "n": n,
    }
    return pd.DataFrame({**columns, "flag": flag, "expected": expected}, index=pd.Index(dropped, name="code"))


def _variance_shares(x: Array, y: Array) -> tuple[Array, Array, Index]:
    """Return r, the correlation ratio and the regions for every column of `x` with that of `y`, both ``(r, i)``."""
    present = ~np.isnan(x) & ~np.isnan(y)
    n = np.count_nonzero(present, axis=0)
    x, y = _standardised(x, present), _standardised(y, present)
    r = np.where(n >= LEAST, np.sum(x * y, axis=0) / np.maximum(n, 1), np.nan)
    ratio = np.full(len(r), np.nan)
    known = np.flatnonzero(~np.isnan(r))
    if len(x) <= SMOOTHED:
        step = max(1, BLOCK // len(x) ** 2)
        for start in range(0, len(known), step):
            part = known[start : start + step]
            ratio[part] = _correlation_ratio(x[:, part], y[:, part], present[:, part])
    return r, ratio, n


def _standardised(x: Array, present: Mask) -> Array:
    """Return columns of mean 0 and variance 1 over what is present, 0 elsewhere; NaN for a constant one."""
    n = np.maximum(np.count_nonzero(present, axis=0), 1)
    filled = np.where(present, x, 0.0)
    centred = np.where(present, filled - filled.sum(axis=0) / n, 0.0)
    sd = np.sqrt((centred**2).sum(axis=0) / n)
    return centred / np.where(sd > NOISE * np.abs(filled).max(axis=0), sd, np.nan)


def _correlation_ratio(x: Array, y: Array, present: Mask) -> Array:
    """Return V(E(y|x)) / V(y) for standardised columns ``(r, i)``, the bandwidth by leave-one-out error."""
    x, y, m = x.T, y.T, present.T.astype(float)
    away = x[:, np.newaxis, :] - x[:, :, np.newaxis]  # (i, where it is estimated, data)
    n, least = m.sum(axis=-1), np.full(len(x), np.inf)
    ratio = ((x * y).sum(axis=-1) / n) ** 2  # where leaving a region out leaves no line, for three regions or so
    for bandwidth in BANDWIDTHS:
        fit, own, sound = _local_line(away, y, m, bandwidth)
        sound &= own < 1 - NOISE
        wrong = np.where(sound, (y - fit) / np.where(sound, 1 - own, 1.0), 0.0) * m
        error = np.where((sound | (m == 0)).all(axis=-1), (wrong**2).sum(axis=-1), np.inf)
        middle = (fit * m).sum(axis=-1, keepdims=True) / n[:, np.newaxis]
        explained = (m * (fit - middle) ** 2).sum(axis=-1) / n
        ratio = np.where(error < least - NOISE, explained, ratio)
        least = np.minimum(error, least)
    return np.minimum(ratio, 1.0)


def _local_line(away: Array, y: Array, m: Array, bandwidth: float) -> tuple[Array, Array, Mask]:
    """Return the local linear fit ``(i, r)``, the weight of a point in its own fit, and where a line exists."""
    w = np.exp(-0.5 * (away / bandwidth) ** 2) * m[:, np.newaxis, :]
    s0, s1 = w.sum(axis=-1), np.einsum("ijk,ijk->ij", w, away)
    s2 = np.einsum("ijk,ijk,ijk->ij", w, away, away)
    t0, t1 = np.einsum("ijk,ik->ij", w, y), np.einsum("ijk,ijk,ik->ij", w, away, y)
    spread = s0 * s2 - s1**2
    sound = spread > SINGULAR * s0 * s2
    spread = np.where(sound, spread, 1.0)
    return (s2 * t0 - s1 * t1) / spread, s2 / spread, sound


def _totals_without(result: IndexResult, leaves: Sequence[str], gone: Mask, dropped: Sequence[str]) -> Array:
    """Return the index ``(draw, region)``: a draw leaves out the leaves ``(draw, leaf)`` that are gone."""
    root, nominal = result.framework.root, result.weights["nominal"]
    if not has_score(result, root):
        raise ScoringError([f"The index: found no rule for {root.code!r}, so there is no ranking to compare."])
    scores = {
        leaf: np.where(gone[:, k, np.newaxis], np.nan, result.scores[leaf].to_numpy()) for k, leaf in enumerate(leaves)
    }
    left = {leaf: ~gone[:, k] for k, leaf in enumerate(leaves)}
    weights = {}
    plans = plan_nodes(result.framework, result.spec)
    for plan in plans:
        given = np.nan_to_num(nominal[list(plan.children)].to_numpy(dtype=float))
        kept = given * np.stack([left[child] for child in plan.children], axis=-1)
        total = kept.sum(axis=-1, keepdims=True)
        left[plan.code] = total[:, 0] > 0
        weights[plan.code] = np.where(total > 0, kept, given) / np.where(total > 0, total, 1.0)
    empty = [code for code, any_left in zip(dropped, left[root.code], strict=True) if not any_left]
    if empty:
        raise ScoringError([f"The index: found nothing left without {listed(empty)}. Leave out a smaller part."])
    return score_nodes(plans, scores, weights).scores[root.code]


def _rank_pairs(before: Array, after: Array) -> tuple[Array, Array]:
    """Return ranks before and after ``(draw, region)`` among the regions scored both times."""
    both = ~np.isnan(before) & ~np.isnan(after)
    return _ranks(np.where(both, before, np.nan)), _ranks(np.where(both, after, np.nan))


def _ranks(scores: Array) -> Array:
    """Return ranks ``(draw, region)``, 1 the best and ties the lowest, as :attr:`IndexResult.ranks` has them."""
    largest = np.fmax.reduce(np.abs(scores), axis=-1, keepdims=True)
    size = np.floor(np.log10(np.where(largest > 0, largest, 1.0)))
    return stats.rankdata(-np.rint(scores * 10 ** (DIGITS - 1 - size)), "min", axis=-1, nan_policy="omit")


def checked_scores(scores: Scores) -> pd.DataFrame:
    """Return scores as float64, refusing fewer than three regions."""
    given = scores.scores if isinstance(scores, IndexResult) else scores
    array = checked_array(given, "scores")
    if len(array) < LEAST:
        raise ScoringError([f"The scores: found {len(array)} regions, expected at least {LEAST}."])
    return pd.DataFrame(array, index=given.index, columns=given.columns)


def has_score(result: IndexResult, node: Node) -> bool:
    """Return whether a node is a leaf or has a rule."""
    children = [child.code for child in node.children]
    return not children or bool(result.weights.loc[children, "nominal"].notna().any())


def chosen_codes(scores: Scores, chosen: Which) -> list[str]:
    """Return the codes of a level, of the leaves, or those given."""
    table = scores.scores if isinstance(scores, IndexResult) else scores
    if isinstance(scores, IndexResult) and (chosen is None or isinstance(chosen, int)):
        tree = scores.framework
        if chosen is None:
            return [leaf.code for leaf in tree.leaves]
        level = [node for code, node in tree.nodes.items() if tree.depth(code) == chosen]
        if not level:
            deepest = max(tree.depth(code) for code in tree.nodes)
            raise ScoringError([f"The level: found {chosen}, expected 0 (the index) to {deepest}."])
        return [node.code for node in level if has_score(scores, node)]
    if isinstance(chosen, int):
        raise ScoringError([f"The level: found {chosen} for a table, which has no tree. Give codes or an IndexResult."])
    codes = list(table.columns) if chosen is None else [chosen] if isinstance(chosen, str) else list(chosen)
    for code in codes:
        if code not in table.columns:
            raise UnknownNameError("code", code, [str(known) for known in table.columns])
    return list(dict.fromkeys(codes))
