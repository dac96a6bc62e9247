"""The leaves of an index: every indicator normalised as its plan says, within its own bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ..errors import UnknownNameError
from ..study.framework import Framework
from .labels import listed
from .methods import ScoringError
from .normalisation.bounds import GOALS, POINTS, BoundsLike, bounds_table
from .normalisation.normalise import fit_bounds, normalise
from .plan import LeafPlan

__all__ = ["score_leaves"]


def score_leaves(
    complete: pd.DataFrame,
    framework: Framework,
    leaf_plans: Mapping[str, LeafPlan],
    bounds: BoundsLike | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the scores of every leaf, and the bounds they were scored within.

    Leaves that agree in method, options and scale are normalised together.

    Raises
    ------
    ScoringError
        With the problems of all leaves at once.
    """
    fixed = _fixed(bounds, leaf_plans)
    direction = {leaf.code: leaf.leaf.direction if leaf.leaf else 1 for leaf in framework.leaves}
    scores: list[pd.DataFrame] = []
    tables: list[pd.DataFrame] = []
    problems: list[str] = []
    for plan, codes in _groups(leaf_plans):
        part = complete[codes]
        try:
            table = bounds if isinstance(bounds, pd.DataFrame) else _own_bounds(part, framework, plan, fixed)
            table = bounds_table(table, plan.method, codes, _transforms(framework, codes))
            settings = {"direction": direction, "bounds": table, "scale": plan.scale, **plan.options}
            scores.append(normalise(part, plan.method, **settings))
            tables.append(table)
        except ScoringError as error:
            problems += error.problems
    if problems:
        raise ScoringError(problems)
    every = list(leaf_plans)
    return pd.concat(scores, axis=1)[every], pd.concat(tables).loc[every]


def _groups(leaf_plans: Mapping[str, LeafPlan]) -> list[tuple[LeafPlan, list[str]]]:
    groups: list[tuple[LeafPlan, list[str]]] = []
    for code, plan in leaf_plans.items():
        members = next((codes for other, codes in groups if other == plan), None)
        if members is None:
            groups.append((plan, [code]))
        else:
            members.append(code)
    return groups


def _fixed(bounds: BoundsLike | None, leaf_plans: Mapping[str, LeafPlan]) -> Mapping[str, tuple[float, float]]:
    """Return bounds that are fixed for single leaves, refusing names and methods they do not fit."""
    if bounds is None or isinstance(bounds, pd.DataFrame):
        return {}
    for code in bounds:
        if code not in leaf_plans:
            raise UnknownNameError("leaf with fixed bounds", code, list(leaf_plans))
    wrong = [code for code in bounds if not set(POINTS) <= set(leaf_plans[code].method.bounds)]
    if wrong:
        remedy = "Normalise them by minmax or goalposts, or leave their bounds out."
        raise ScoringError([f"The bounds: found some for {listed(wrong)}, whose method has none. {remedy}"])
    return bounds


def _own_bounds(
    part: pd.DataFrame, framework: Framework, plan: LeafPlan, fixed: Mapping[str, tuple[float, float]]
) -> pd.DataFrame:
    """Return the bounds the caller fixed, else the goalposts of the framework or what the values fit."""
    codes = list(part.columns)
    if plan.method.bounds_given:
        posts = {code: fixed.get(code, _goalposts(framework, code)) for code in codes}
        absent = [code for code, pair in posts.items() if pair is None]
        if absent:
            remedy = "Give the leaves goalposts, or bounds={code: (lower, upper)}."
            raise ScoringError([f"{plan.method.name}: found none for {listed(absent)}. {remedy}"])
        return pd.DataFrame(list(posts.values()), index=list(posts), columns=list(POINTS), dtype=float)
    table = fit_bounds(part, plan.method, transform=_transforms(framework, codes), **_goals(plan, framework))
    for code in codes:
        if code in fixed:
            table.loc[code, list(POINTS)] = fixed[code]
    return table


def _goals(plan: LeafPlan, framework: Framework) -> dict[str, Any]:
    """Return what the scores are measured towards: as the spec says, else the targets of the framework."""
    default = {"target": framework} if "target" in plan.method.bounds else {}
    return default | {name: value for name, value in plan.options.items() if name in GOALS}


def _goalposts(framework: Framework, code: str) -> tuple[float, float] | None:
    leaf = framework.node(code).leaf
    return leaf.goalposts if leaf else None


def _transforms(framework: Framework, codes: Sequence[str]) -> dict[str, str | None]:
    leaves = {code: framework.node(code).leaf for code in codes}
    return {code: leaf.transform if leaf else None for code, leaf in leaves.items()}
