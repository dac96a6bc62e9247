"""Which conclusions about the regions survive other weights, rules and normalisations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import Breach, DataError
from ..index import IndexSpec
from ..index.uncertainty.inputs import Choice, Input, NoisyWeights, UncertaintyPlan
from ..index.uncertainty.propagation import UncertaintyResult, propagate
from ..index.uncertainty.sensitivity import sensitivity
from ..study import Study, load_framework
from ..study.readable import readable

__all__ = ["Robustness", "robustness", "uncertainty_plan"]

TOLD_APART = 0.95  # share of the draws in which one region stands above the other
ABOVE_ZERO = (1.0, 100.0)  # where min-max scores lie, so that geometric and harmonic means are defined


@readable()
@dataclass(frozen=True, eq=False)
class Robustness:
    """The study's index in many draws of its declared uncertainty.

    Parameters
    ----------
    result : UncertaintyResult
    bands : DataFrame
        By region: region, rank (nominal), median, lower, upper.
    acceptability : DataFrame
        By region: the share of the draws in which it has each rank.
    drivers : DataFrame
        By input: input, first and total share of the variance of the mean rank shift, with intervals.
    level : float
        Of the rank intervals.
    status : str
        The weakest status of the values.
    """

    result: UncertaintyResult
    bands: pd.DataFrame
    acceptability: pd.DataFrame
    drivers: pd.DataFrame
    level: float
    status: str

    def compared(self, region: str) -> pd.DataFrame:
        """Return every other region: in which share of the draws it stands above `region`, and whether that is clear.

        Returns
        -------
        DataFrame, one row a region, by nominal rank
            region, rank, share_above (0 to 1, ties count half), verdict (``above``, ``below`` or ``unclear``).
        """
        share = self.result.probability_above()[region].drop(region)
        verdict = np.select([share >= TOLD_APART, share <= 1 - TOLD_APART], ["above", "below"], "unclear")
        table = pd.DataFrame({"share_above": share, "verdict": verdict, "status": self.status})
        table.insert(0, "rank", self.bands.set_index("region")["rank"])
        return table.rename_axis("region").sort_values("rank").reset_index()

    def summary(self, region: str) -> pd.DataFrame:
        """Return what the draws say of `region`, as one row."""
        own = self.bands[self.bands["region"] == region].iloc[0]
        verdicts = self.compared(region)["verdict"].value_counts()
        row = {
            "region": region,
            "draws": self.result.draws,
            "failed": int(self.result.failed.sum()),
            "level": self.level,
            **{name: int(own[name]) for name in ("rank", "median", "lower", "upper")},
            **{verdict: int(verdicts.get(verdict, 0)) for verdict in ("above", "below", "unclear")},
            "status": self.status,
        }
        return pd.DataFrame([row])


def uncertainty_plan(study: Study) -> UncertaintyPlan:
    """Return what the study declares uncertain about its regional index.

    Parameters
    ----------
    study : Study
        The checked study.

    Raises
    ------
    DataError
        When ``study.yaml`` declares no index or no uncertainty.
    """
    spec = study.spec.index.uncertainty if study.spec.index else None
    if spec is None:
        raise DataError([Breach("spec_missing", file=f"{study.name}/study.yaml", column="index.uncertainty")])
    scales = {name: (name, {"scale": ABOVE_ZERO}) if name == "minmax" else name for name in spec.normalise}
    inputs: dict[str, Input] = {
        "normalise": Choice("normalise", scales),
        "aggregate": Choice("aggregate", list(spec.aggregate)),
        "weights": NoisyWeights(spec.weights_spread),
    }
    return UncertaintyPlan(IndexSpec(), inputs)


def robustness(study: Study, *, until: int) -> Robustness:
    """Draw the study's regional index under its declared uncertainty, seeded from the study.

    Parameters
    ----------
    study : Study
    until : int
        The index is that of the last year, not after this, in which all its leaves are known.

    Returns
    -------
    Robustness
    """
    plan = uncertainty_plan(study)
    assert study.spec.index is not None and study.spec.index.uncertainty is not None  # the plan has refused otherwise
    spec = study.spec.index.uncertainty
    framework = load_framework(study.spec.index.framework)
    codes = [leaf.code for leaf in framework.leaves]
    year = study.latest_year(codes, until=until)
    values = study.values(codes, year)
    result = propagate(values, framework, plan, draws=spec.draws, rng=np.random.default_rng(study.spec.seed))
    found = sensitivity(
        values, framework, plan, draws=spec.points, rng=np.random.default_rng(study.spec.seed), output="rank_shift"
    )
    drivers = found.table().reset_index().drop(columns=["output", "used"])
    bands = result.rank_intervals(spec.level).rename(columns={"nominal": "rank"})
    status = study.status_of(codes, [year])
    return Robustness(
        result,
        bands.rename_axis("region").reset_index().sort_values("rank", ignore_index=True).assign(status=status),
        result.acceptability().rename_axis("region"),
        drivers.sort_values("total", ascending=False, ignore_index=True).assign(status=status),
        spec.level,
        status,
    )
