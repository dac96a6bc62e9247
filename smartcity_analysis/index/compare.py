"""What if: versions of an index side by side, who moved, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ..errors import UnknownNameError
from ..study.readable import readable
from .build import IndexResult
from .change import EFFECTS, explain_index_change
from .methods import ScoringError

__all__ = ["Comparison", "compare"]


@readable("ranks")
@dataclass(frozen=True, eq=False)
class Comparison:
    """Versions of an index side by side; the first is what the others are held against."""

    versions: Mapping[str, IndexResult]

    @property
    def scores(self) -> pd.DataFrame:
        """The index, region by version."""
        return pd.concat({name: r.total for name, r in self.versions.items()}, axis=1, names=["version"])

    @property
    def ranks(self) -> pd.DataFrame:
        """The rank, region by version; 1 is best."""
        ranks = {name: r.ranks[r.framework.root.code] for name, r in self.versions.items()}
        return pd.concat(ranks, axis=1, names=["version"])

    @property
    def shifts(self) -> pd.DataFrame:
        """Places won against the first version, region by other version; 2 is two places better."""
        ranks = self.ranks
        return -ranks.iloc[:, 1:].sub(ranks.iloc[:, 0], axis=0)

    def correlation(self, kind: Literal["spearman", "kendall"] = "spearman") -> pd.DataFrame:
        """Return the rank correlation of every two versions: Spearman's, or Kendall's tau-b.

        Raises
        ------
        UnknownNameError
            For another kind; the nearest known one is named.
        """
        if kind not in ("spearman", "kendall"):
            raise UnknownNameError("rank correlation", kind, ["spearman", "kendall"])
        return self.ranks.astype(float).corr(method=kind)

    def movers(self, n: int = 5) -> pd.DataFrame:
        """Return the shifts of the `n` regions that move most in any version, most first; none that stay."""
        most = self.shifts.abs().max(axis=1).fillna(0)
        return self.shifts.loc[most[most > 0].sort_values(ascending=False, kind="stable").index[:n]]

    def why(self, region: str, a: str, b: str) -> pd.DataFrame:
        """Return what moves the index of a region from version `a` to version `b`, by code, most first.

        The columns are the effects of :func:`explain_index_change` and their `total`, which sums to the change.
        Codes that do nothing are left out.

        Raises
        ------
        UnknownNameError
            For a version that is not there; the nearest known one is named.
        """
        for name in (a, b):
            if name not in self.versions:
                raise UnknownNameError("version", name, list(self.versions))
        parts = explain_index_change(self.versions[a], self.versions[b]).contributions
        if region not in parts.index:
            raise UnknownNameError(f"region with a score in {a!r} and {b!r}", region, list(parts.index))
        table = parts.loc[region].unstack("effect", fill_value=0.0)[list(EFFECTS)].rename_axis(columns=None)
        table = table[(table != 0).any(axis=1)].assign(total=lambda moving: moving.sum(axis=1, skipna=False))
        return table.sort_values("total", key=np.abs, ascending=False, kind="stable")

    def summary(self) -> pd.DataFrame:
        """Return, by other version, the mean and the largest number of places moved, and the share that moves."""
        moved = self.shifts.abs().astype(float)
        table = pd.DataFrame({"mean_absolute_shift": moved.mean(), "largest_shift": moved.max()})
        return table.assign(share_moved=(moved > 0).sum() / moved.notna().sum()).rename_axis("version")


def compare(versions: Mapping[str, IndexResult]) -> Comparison:
    """Return two or more versions of an index side by side, the first being what the others are held against.

    Parameters
    ----------
    versions : mapping
        Indices by name; the first is what the others are held against.

    Raises
    ------
    ScoringError
        For fewer than two.

    Examples
    --------
    >>> from smartcity_analysis.index import IndexSpec, build_index
    >>> from smartcity_analysis.study import Framework, Leaf, Node
    >>> leaves = (Node("water", {}, leaf=Leaf()), Node("air", {}, leaf=Leaf()))
    >>> tree = Framework("green", {}, Node("green", {}, children=leaves))
    >>> values = pd.DataFrame({"water": [1.0, 2.0, 3.0], "air": [4.0, 5.0, 2.0]}, index=["a", "b", "c"])
    >>> wet = build_index(values, tree, IndexSpec(weights={"water": 3, "air": 1}))
    >>> compare({"now": build_index(values, tree), "wet": wet}).shifts["wet"].to_dict()
    {'a': 0, 'b': -1, 'c': 1}
    """
    if len(versions) < 2:
        raise ScoringError([f"compare: found {len(versions)} versions, expected at least two."])
    return Comparison(dict(versions))
