"""Leaf scores of values that differ from draw to draw: imputed, treated and normalised anew in every draw.

What :func:`smartcity_analysis.index.normalise` refuses with an error is here a draw that fails, with its
cause.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..imputation.asked import Task, fill
from ..methods import Array, Mask, Method
from ..normalisation.bounds import GOALS, POINTS, bound_arrays, given_bounds
from ..normalisation.normalise import _in_order, score_array
from ..outliers.plan import TreatmentPlan
from ..plan import LeafPlan

__all__ = ["LeafChain", "LeafPart", "leaf_parts"]


@dataclass(frozen=True, slots=True, eq=False)
class LeafPart:
    """Leaves that are normalised alike, and what stays the same in every draw: bounds that are not fitted."""

    columns: np.ndarray
    record: Method
    options: Mapping[str, Any]
    scale: tuple[float, float] | None
    signs: Array
    logged: Mask
    bounds: Mapping[str, Array]
    fixed: Mask
    reference: int | None


@dataclass(frozen=True, slots=True, eq=False)
class LeafChain:
    """From values to leaf scores, for arrays ``(draw, region, leaf)``."""

    imputation: Task | None
    treatment: TreatmentPlan | None
    parts: tuple[LeafPart, ...]

    def ready(self, values: Array) -> Array:
        """Return values imputed and treated."""
        if self.imputation is not None:
            values, _ = fill(self.imputation.record, values, self.imputation.layout, self.imputation.options)
        return values if self.treatment is None else self.treatment.apply(values)[0]

    def score(self, values: Array) -> tuple[Array, dict[str, Mask]]:
        """Return leaf scores ``(draw, region, leaf)``, and which draws cannot be scored, by cause."""
        values = self.ready(values)
        if len(self.parts) == 1:
            return _score_part(self.parts[0], values)
        scores = np.full(values.shape, np.nan)
        causes: dict[str, Mask] = {}
        for part in self.parts:
            found, faults = _score_part(part, values[..., part.columns])
            scores[..., part.columns] = found
            for cause, failed in faults.items():
                causes[cause] = causes.get(cause, np.zeros(len(values), dtype=bool)) | failed
        return scores, causes


def leaf_parts(
    values: pd.DataFrame, plans: Mapping[str, LeafPlan], table: pd.DataFrame, signs: Array, fixed: Collection[str]
) -> tuple[LeafPart, ...]:
    """Return the parts of leaves that are normalised alike.

    Parameters
    ----------
    values : DataFrame
        Region by leaf, in the order of the framework.
    plans : mapping of code to LeafPlan
    table : DataFrame
        Bounds by leaf, as they are for the values given.
    signs : array
        +1 or -1 by leaf.
    fixed : collection of str
        Leaves whose bounds hold for every draw; those of the others are fitted anew.
    """
    groups: list[tuple[LeafPlan, list[int]]] = []
    for number, plan in enumerate(plans.values()):
        members = next((numbers for other, numbers in groups if other == plan), None)
        if members is None:
            groups.append((plan, [number]))
        else:
            members.append(number)
    return tuple(_part(values, plan, np.array(numbers), table, signs, fixed) for plan, numbers in groups)


def _part(
    values: pd.DataFrame, plan: LeafPlan, numbers: np.ndarray, table: pd.DataFrame, signs: Array, fixed: Collection[str]
) -> LeafPart:
    codes = list(values.columns[numbers])
    rows = table.loc[codes]
    given, settings = given_bounds(plan.method, plan.options, values[codes])
    return LeafPart(
        columns=numbers,
        record=plan.method,
        options=_in_order(settings, codes),
        scale=plan.scale,
        signs=signs[numbers],
        logged=(rows["transform"] == "log").to_numpy(),
        bounds=bound_arrays(plan.method, rows),
        fixed=np.array([code in fixed for code in codes]),
        reference=_position(values.index, plan.options["reference"]) if "reference" in given else None,
    )


def _position(regions: pd.Index, reference: object) -> int | None:
    known: Sequence[Hashable] = list(regions)
    return known.index(reference) if isinstance(reference, Hashable) and reference in known else None


def _score_part(part: LeafPart, values: Array) -> tuple[Array, dict[str, Mask]]:
    faults = {}
    x = values
    if part.logged.any():
        low = part.logged & (values <= 0)
        faults["log: found values of 0 or less"] = low.any(axis=(-2, -1))
        x = np.log(values, out=values.copy(), where=part.logged & (values > 0))
    bounds = _bounds(part, x)
    for cause, wrong in _problems(part, x, bounds).items():
        faults[f"{part.record.name}: {cause}"] = wrong
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # looked at below, draw by draw
        scores = score_array(part.record, x, bounds, part.signs, part.scale, part.options)
    finite = np.isfinite(scores)
    if not finite.all():
        faults[f"{part.record.name}: found no finite score"] = (~np.isnan(x) & ~finite).any(axis=(-2, -1))
    return scores, {cause: np.asarray(wrong) for cause, wrong in faults.items() if wrong.any()}


def _bounds(part: LeafPart, x: Array) -> dict[str, Array]:
    """Return bounds ``(draw, 1, leaf)``: fitted to the draw, except for those that are fixed."""
    bounds = dict(part.bounds)
    if part.record.fit is not None and not part.fixed.all():
        fitted = part.record.fit(x)
        bounds |= {name: np.where(part.fixed, bounds[name], own) for name, own in fitted.items()}
    if part.reference is not None:
        bounds["reference"] = x[..., [part.reference], :]
    return bounds


def _problems(part: LeafPart, x: Array, bounds: Mapping[str, Array]) -> dict[str, Mask]:
    """Return the draws that the method has to refuse, by cause."""
    found: dict[str, Mask] = {}
    draws = len(x)
    goal = next((name for name in GOALS if name in bounds), None)
    if goal is not None:
        worst = np.where(part.signs > 0, bounds["lower"], bounds["upper"])
        found[f"found a {goal} that is no better than the worst value"] = part.signs * (bounds[goal] - worst) <= 0
    elif set(POINTS) <= set(bounds):
        found["found a constant indicator"] = bounds["upper"] - bounds["lower"] <= 0
    elif "sd" in bounds:
        found["found a constant indicator"] = bounds["sd"] <= 0
    if part.record.positive:
        found["found values it cannot take"] = (x < 0) | ((x == 0) & (part.signs < 0))
    if part.record.on_scale and part.scale is not None:
        found[f"found values outside the scale {part.scale}"] = (x < part.scale[0]) | (x > part.scale[1])
    whole = {cause: np.broadcast_to(wrong, (draws, *wrong.shape[-2:])) for cause, wrong in found.items()}
    return {cause: np.asarray(wrong.any(axis=(-2, -1))) for cause, wrong in whole.items()}
