"""Why an index changed: the change of every region split into values, coverage, weights and method without a rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations, permutations, product
from math import factorial

import numpy as np
import pandas as pd

from ..study.readable import readable
from .aggregation.aggregate import AGGREGATORS, combine, unsuitable
from .build import IndexResult
from .labels import listed
from .leaves import score_leaves
from .methods import Array, Mask, ScoringError
from .plan import NodePlan, plan_leaves, plan_nodes

__all__ = ["EFFECTS", "IndexChange", "check_trees", "explain_index_change"]

EFFECTS = ("values", "coverage", "weights", "method")
SIDES = ("before", "after")
FEW = 6  # up to this many parts, every one of their orders is gone through
TURNS = 24  # of more parts, their order is turned at most so often, and as often backward
CELLS = 20_000_000  # scores held at once
_same = partial(np.allclose, rtol=1e-12, atol=0.0, equal_nan=True)
MEANS = [AGGREGATORS[name] for name in ("arithmetic", "geometric", "harmonic")]


@readable()
@dataclass(frozen=True, eq=False)
class IndexChange:
    """What the change of a node's score is made of; nothing is left over.

    Parameters
    ----------
    code : str
        The node.
    change : Series
        Score after less score before, of every region that has both.
    effects : DataFrame
        Region by effect, summing to the change: ``values`` (indicators changed), ``coverage`` (values appeared or
        went missing), ``weights``, ``method`` (normalisation, bounds, rules). NaN for `unsplit` regions.
    contributions : DataFrame
        Region by (effect, code), summing to the effects: leaves; leaves; nodes whose children weigh differently;
        leaves scored and nodes ruled differently. NaN where every order leads through a score a rule cannot take.
    only_before, only_after : Index
        Regions that have a score on one side only, and so no change.
    """

    code: str
    change: pd.Series
    effects: pd.DataFrame
    contributions: pd.DataFrame
    only_before: pd.Index
    only_after: pd.Index

    @property
    def indicators(self) -> pd.DataFrame:
        """What the values of each indicator contributed, region by leaf: the effect ``values`` in its parts."""
        return self.contributions["values"]

    @property
    def unsplit(self) -> pd.Index:
        """Regions without effects: a rule cannot take what the two sides give together."""
        return self.effects.index[self.effects.isna().any(axis=1)]

    @property
    def residual(self) -> pd.Series:
        """The change less its effects: rounding, and nothing else."""
        return self.change - self.effects.sum(axis=1, skipna=False)


def explain_index_change(before: IndexResult, after: IndexResult, code: str | None = None) -> IndexChange:
    """Split the change of every region's index, exactly, into values, coverage, weights and method.

    Effects are Shapley values: means over all orders in which values, coverage, weights and method could have changed
    one after the other. What leaf scores alone do to a tree of arithmetic, geometric and harmonic means is split in
    closed form: a mean y changes by ``w (dg(x) / dx) / (dg(y) / dy)`` for one of its child x, d the difference between
    the sides and g identity, logarithm or reciprocal; in an arithmetic tree that is Bennet's symmetric split. Anything
    else is split by the mean over orders of the parts: all of them up to six parts; of more, the order of the tree
    turned in a circle by up to 24 equal steps, forward and backward, so that no part comes earlier than another.

    Parameters
    ----------
    before, after : IndexResult
        Of two years or versions. The trees have the same nodes; all else may differ.
    code : str, optional
        Another node to explain. None: the index.

    Returns
    -------
    IndexChange

    Raises
    ------
    ScoringError
        For trees of other nodes; without a region that has a score on both sides; for values that cannot be scored
        as the other side's; for a rule that sets regions against each other and has seen other regions.
    UnknownNameError
        For an unknown code.

    References
    ----------
    Shapley (1953), A value for n-person games; Shorrocks (2013), Decomposition procedures for distributional analysis,
    Journal of Economic Inequality 11, 99-126; Bennet (1920), The theory of measurement of changes in cost of living,
    JRSS 83(3), 455-462; Ang (2005), The LMDI approach to decomposition analysis, Energy Policy 33, 867-871.

    Examples
    --------
    >>> from smartcity_analysis.index import IndexSpec, build_index
    >>> from smartcity_analysis.study import load_framework
    >>> hdi = load_framework("human_development")
    >>> codes = ["life_expectancy", "expected_schooling", "mean_schooling", "spending"]
    >>> kediri = pd.DataFrame([[74.04, 15.27, 10.15, 12359]], index=["35.71"], columns=codes)
    >>> plain = build_index(kediri, hdi, IndexSpec(aggregate="arithmetic"))
    >>> explain_index_change(build_index(kediri, hdi), plain).effects.round(3).loc["35.71"].to_dict()
    {'values': 0.0, 'coverage': 0.0, 'weights': 0.0, 'method': 0.063}
    """
    code = before.framework.root.code if code is None else before.framework.node(code).code
    check_trees(before, after)
    old, new = before.scores[code].dropna(), after.scores[code].dropna()
    shared = old.index.intersection(new.index, sort=False)
    if shared.empty:
        raise ScoringError([f"The change of {code!r}: found no region that has a score before and after."])
    game = _game((before, after), code, shared)
    ends = _scored(game, np.stack([game.state(()), game.state(range(len(EFFECTS)))]))[code]
    for known, again, side in zip((old, new), ends, SIDES, strict=True):
        if not np.allclose(known[shared], again, rtol=1e-9, atol=1e-9 * known.abs().max()):
            found = f"The change of {code!r}: found other scores {side} when the regions of both are scored alone"
            raise ScoringError([f"{found}. Build both with the same regions."])
    effects, contributions = _shapley(game)
    return IndexChange(
        code=code,
        change=(new[shared] - old[shared]).rename(code),
        effects=pd.DataFrame(effects.T, index=shared, columns=pd.Index(EFFECTS, name="effect")),
        contributions=pd.DataFrame(contributions.T, index=shared, columns=game.labels),
        only_before=old.index.difference(new.index, sort=False),
        only_after=new.index.difference(old.index, sort=False),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Game:
    """The parts of an index, each at *before* or *after*: a state is a boolean a part.

    Scores are by side of values, coverage and method ``(2, 2, 2, leaf, region)``, weights by side ``(2, child)``;
    `kinds` is the effect of every part (a number), `labels` its (effect, code); `moved` marks parts that differ.
    """

    code: str
    leaves: list[str]
    plans: list[tuple[NodePlan, NodePlan]]
    scores: Array
    weights: list[Array]
    kinds: np.ndarray
    labels: pd.MultiIndex
    moved: Mask

    def players(self, effect: int) -> np.ndarray:
        return np.flatnonzero(self.moved & (self.kinds == effect))

    def state(self, effects: Iterable[int]) -> Mask:
        return self.moved & np.isin(self.kinds, list(effects))

    def in_force(self, state: Mask) -> tuple[list[NodePlan], list[Array]]:
        heavier, ruled = state[self.kinds == 2], state[self.kinds == 3][len(self.leaves) :]
        plans = [pair[int(side)] for pair, side in zip(self.plans, ruled, strict=True)]
        return plans, [pair[int(side)] for pair, side in zip(self.weights, heavier, strict=True)]


def _game(sides: Sequence[IndexResult], code: str, shared: pd.Index) -> _Game:
    below = list(sides[0].framework.node(code).walk())
    leaves = [node.code for node in below if not node.children]
    inner = [node.code for node in reversed(below) if node.children]
    known = [{plan.code: plan for plan in plan_nodes(side.framework, side.spec)} for side in sides]
    plans = [(known[0][parent], known[1][parent]) for parent in inner]
    both = sides[0].values.index.intersection(sides[1].values.index)
    alike = np.array_equal(*(side.values.reindex(both, columns=leaves).isna() for side in sides))
    score = cache(partial(_leaf_scores, sides, leaves, shared))
    cube = [score(v, v if alike else c, m) for v, c, m in product((0, 1), repeat=3)]
    scores = np.array(cube).reshape(2, 2, 2, len(leaves), len(shared))
    shares = [side.weights["nominal"] for side in sides]
    weights = [np.array([share[list(plan.children)] for share in shares]) for plan, _ in plans]
    rules = [[(plan.rule, dict(plan.options), plan.min_available) for plan in pair] for pair in plans]
    by_leaf = [[_same(*np.moveaxis(leaf, axis, 0)) for leaf in np.moveaxis(scores, 3, 0)] for axis in range(3)]
    stayed = [*by_leaf[0], *by_leaf[1], *(_same(*pair) for pair in weights), *by_leaf[2]]
    stayed += [old == new for old, new in rules]
    parts = (leaves, leaves, inner, leaves + inner)
    names = [(effect, part) for effect, codes in zip(EFFECTS, parts, strict=True) for part in codes]
    labels = pd.MultiIndex.from_tuples(names, names=["effect", "code"])
    kinds = np.repeat(np.arange(len(EFFECTS)), [len(codes) for codes in parts])
    return _Game(code, leaves, plans, scores, weights, kinds, labels, ~np.array(stayed, dtype=bool))


def _leaf_scores(sides: Sequence[IndexResult], leaves: list[str], shared: pd.Index, v: int, c: int, m: int) -> Array:
    """Score the values of side `v`, as far as side `c` has them, as side `m` does; the other side fills gaps."""
    if v == c == m:
        return sides[v].scores.loc[shared, leaves].to_numpy().T
    own, seen = (side.values.reindex(columns=leaves).astype(float) for side in (sides[v], sides[c]))
    both = own.index.intersection(seen.index)
    own.loc[both] = own.loc[both].fillna(seen.loc[both]).where(seen.loc[both].notna())
    bounds = sides[m].bounds.copy()
    numbers = bounds.columns.difference(["method", "transform"])
    bounds[numbers] = bounds[numbers].fillna(sides[1 - m].bounds)  # a leaf that this side never saw
    plans = plan_leaves(sides[m].framework, sides[m].spec)
    try:
        scores, _ = score_leaves(own, sides[m].framework, {code: plans[code] for code in leaves}, bounds)
    except ScoringError as error:
        raise ScoringError(f"Values {SIDES[v]}, scored as {SIDES[m]}: {each}" for each in error.problems) from error
    return scores.loc[shared].to_numpy().T


def _scored(game: _Game, states: Mask) -> dict[str, Array]:
    """Return node scores ``(state, region)`` in states ``(state, part)``; the game's is NaN where a rule fails."""
    n, p = len(game.leaves), len(game.plans)
    v, c, w, m = np.split(states.astype(int), np.cumsum([n, n, p]), axis=1)
    scores = {code: game.scores[v[:, i], c[:, i], m[:, i], i] for i, code in enumerate(game.leaves)}
    failed = np.zeros((len(states), game.scores.shape[-1]), dtype=bool)
    for k, pair in enumerate(game.plans):
        children = np.stack([scores[code] for code in pair[0].children], axis=-1)
        scores[pair[0].code] = np.empty(children.shape[:-1])
        for plan, ruled in zip(pair, (0, 1), strict=True):
            assert plan.rule is not None  # the node under explanation has scores, and so has all below it
            for weights, heavier in zip(game.weights[k], (0, 1), strict=True):
                at = np.flatnonzero((m[:, n + k] == ruled) & (w[:, k] == heavier))
                if not at.size:
                    continue
                faulty = np.any(unsuitable(plan.rule, children[at], weights), axis=-1, keepdims=True)
                usable = np.where(faulty, np.nan, children[at])
                scores[plan.code][at] = combine(plan.rule, usable, weights, plan.min_available, plan.options)
                failed[at] |= faulty[..., 0]
    scores[game.code] = np.where(failed, np.nan, scores[game.code])
    return scores


def _shapley(game: _Game) -> tuple[Array, Array]:
    """Return the effects ``(effect, region)`` and what their parts contribute ``(part, region)``."""
    active = [effect for effect in range(len(EFFECTS)) if game.players(effect).size]
    effects, parts = (np.zeros((n, game.scores.shape[-1])) for n in (len(EFFECTS), len(game.kinds)))
    for effect in active:
        others = [other for other in active if other != effect]
        for size in range(len(active)):
            share = factorial(size) * factorial(len(others) - size) / factorial(len(active))
            for happened in combinations(others, size):
                whole, each = _step(game, effect, game.state(happened))
                effects[effect] += share * whole
                parts[game.players(effect)] += share * each
    return effects, parts


def _step(game: _Game, effect: int, state: Mask) -> tuple[Array, Array]:
    """Return what an effect changes in this state ``(region)``, and what each of its players does of it."""
    players = game.players(effect)
    changed = state | game.state([effect])
    ends = _scored(game, np.array([state, changed]))
    whole = ends[game.code][1] - ends[game.code][0]
    plans, weights = game.in_force(state)
    by_leaf = EFFECTS[effect] in ("values", "method") and game.in_force(changed)[0] == plans
    if by_leaf and all(plan.rule in MEANS for plan in plans):
        return whole, _closed(game, plans, weights, ends)[players - np.argmax(game.kinds == effect)]
    place = np.argsort(_orders(len(players)), axis=1)
    count, steps = len(place), np.arange(len(players) + 1)
    states = np.broadcast_to(state, (count, len(steps), len(state))).copy()
    states[..., players] = place[:, np.newaxis, :] < steps[:, np.newaxis]
    needed, back = np.unique(states.reshape(-1, len(state)), axis=0, return_inverse=True)
    pieces = np.array_split(needed, 1 + needed.size * len(whole) // CELLS)
    path = np.concatenate([_scored(game, piece)[game.code] for piece in pieces])[back].reshape(count, len(steps), -1)
    gains = np.take_along_axis(np.diff(path, axis=1), place[..., np.newaxis], axis=1)
    defined = np.isfinite(gains).all(axis=1, keepdims=True)
    total, used = np.where(defined, gains, 0.0).sum(axis=0), defined.sum(axis=0)
    return whole, np.divide(total, used, out=np.full_like(total, np.nan), where=used > 0)


def _orders(n: int) -> np.ndarray:
    """Return all orders of n parts, or the order they have turned by equal steps, forward and backward."""
    if n <= FEW:
        return np.array(list(permutations(range(n))))
    turned = (np.linspace(0, n, min(n, TURNS), endpoint=False).astype(int)[:, np.newaxis] + np.arange(n)) % n
    return np.concatenate([turned, turned[:, ::-1]])


def _closed(game: _Game, plans: list[NodePlan], weights: list[Array], ends: Mapping[str, Array]) -> Array:
    """Hand the change of the node down a tree of means, to its leaves ``(leaf, region)``."""
    slope = {game.code: np.ones(game.scores.shape[-1])}
    for (named, _), plan, shares in reversed(list(zip(game.plans, plans, weights, strict=True))):
        children = np.stack([ends[code] for code in named.children], axis=-1)
        handed = slope[plan.code][:, np.newaxis] * _slopes(plan, ends[plan.code], children, shares)
        slope |= dict(zip(named.children, handed.T, strict=True))
    change = {code: np.nan_to_num(ends[code][1] - ends[code][0]) for code in game.leaves}  # 0 for a missing leaf
    parts = np.array([slope[code] * change[code] for code in game.leaves])
    return np.where(np.isfinite(ends[game.code]).all(axis=0), parts, np.nan)


def _slopes(plan: NodePlan, y: Array, x: Array, weights: Array) -> Array:
    """Return what a mean ``y (2, region)`` changes by for one of each child ``x (2, region, child)``."""
    counted = np.isfinite(y).all(axis=0, keepdims=True).T & ~np.isnan(x[0]) & (weights > 0)
    share = np.where(counted, weights, 0.0)
    total = share.sum(axis=-1, keepdims=True)
    share = share / np.where(total > 0, total, 1.0)
    x, y = np.where(counted, x, 1.0), np.where(counted, y[..., np.newaxis], 1.0)
    if plan.rule == AGGREGATORS["geometric"]:
        return share * _logarithmic_mean(y) / _logarithmic_mean(x)
    return share * y[0] * y[1] / (x[0] * x[1]) if plan.rule == AGGREGATORS["harmonic"] else share


def _logarithmic_mean(x: Array) -> Array:
    """Return the logarithmic mean of ``x[0]`` and ``x[1]``, the reciprocal of the mean slope of log between them."""
    step = x[1] / x[0] - 1
    near = np.abs(step) < 0.5
    logarithm = np.where(near, np.log1p(np.where(near, step, 0.0)), np.log(x[1] / x[0]))
    return x[0] * np.divide(step, logarithm, out=np.ones_like(step), where=step != 0)


def check_trees(*sides: IndexResult) -> None:
    """Refuse results whose trees differ: their changes have no common parts."""
    links = [{(side.framework.root.code, None), *side.framework.parents.items()} for side in sides]
    odd = sorted({code for code, _ in links[0] ^ links[1]})
    if odd:
        remedy = "Build both with all the nodes, and weight 0 where one does not count."
        raise ScoringError([f"The trees: found {listed(odd)} in one only, or below another node. {remedy}"])
