"""Who is served less than a fair share, whether that is more than chance, and how many people would have to move."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betainc, betaincc

from ..errors import UnknownNameError
from ..study.readable import readable
from .checks import label_list, match_faults, refuse, series_faults, twice_faults
from .kernels import Array
from .significance import ADJUSTMENTS

__all__ = ["SERVED", "ServiceGap", "compare_references", "service_gap"]

SERVED = ("under", "over", "as_expected", "unclear")
_SAME = 1e-12  # a gap below this share of the total is none


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class ServiceGap:
    """What each region gets against what it would get if all were shared like the reference.

    Attributes
    ----------
    table : DataFrame
        One row a pillar and region: pillar, region, realised, expected (people), gap (realised - expected; sums to 0
        over the regions), ratio (realised / expected; NaN where nothing is expected), gives and receives (people: a
        plan that evens it out by moving no more than `to_move`), p_value, p_adjusted (over the regions of a pillar),
        served (a word of :data:`SERVED`).
    to_move : DataFrame
        By pillar: total (people), amount (the fewest people that would have to move to another region), share (amount
        over total: the Hoover index), dispersion (how many times the gaps exceed what single persons at random would
        give: were people reached in groups of about so many, all the gaps together would be chance).
    people_per_decision, level : float
    adjustment : str
    """

    table: pd.DataFrame
    to_move: pd.DataFrame
    people_per_decision: float
    level: float
    adjustment: str

    def underserved(self, pillar: Hashable | None = None, *, beyond_chance: bool = True) -> pd.DataFrame:
        """Return the regions that get less than expected, by pillar the largest gap first.

        Parameters
        ----------
        pillar : label, optional
            One pillar only.
        beyond_chance : bool
            Only those whose gap is more than chance (``under``); otherwise all with a gap below 0.

        Raises
        ------
        UnknownNameError
            For a pillar without services; the nearest known one is named.
        """
        known = list(self.to_move.index)
        if pillar is not None and pillar not in known:
            raise UnknownNameError("pillar", pillar, [str(name) for name in known])
        place = np.repeat(np.arange(len(known)), len(self.table) // len(known))
        chosen = (self.table["served"] == "under") if beyond_chance else (self.table["gap"] < 0)
        if pillar is not None:
            chosen &= place == known.index(pillar)
        order = np.lexsort((self.table["gap"], place))
        return self.table.iloc[order[chosen.to_numpy()[order]]].reset_index(drop=True)


def service_gap(
    amounts: pd.DataFrame,
    reference: pd.Series,
    *,
    people_per_decision: float = 1.0,
    level: float = 0.95,
    adjustment: str = "benjamini_hochberg",
) -> ServiceGap:
    """Return how far each region is from its share of the reference, and whether chance alone could have done it.

    A region's chance is tested with the total given: if each of the n people reached lived in a region with the
    probability of its share of the reference, the region's number would be binomial. Two-sided, twice the smaller
    mid-p tail, adjusted over the regions of each pillar. ``under`` and ``over`` are beyond chance; ``as_expected`` is
    not told from chance, which does not prove it even; ``unclear`` neither, and so little is expected that even nobody
    at all would not have been told from chance among so many regions.

    People come in groups: a training for a whole neighbourhood, a card for every member of a household, one person in
    two programmes. Then the test on single persons finds far too much. `people_per_decision` divides the counts, so
    that decisions are tested and not persons; where groups differ in size, it is the mean size as seen by a person
    (sum of squared sizes over sum of sizes). Divided counts need not be whole: the binomial goes on smoothly between
    them (incomplete beta function).

    Parameters
    ----------
    amounts : DataFrame
        People reached, 0 or more: regions in rows, pillars in columns (or years and pillars, as two levels). From
        :func:`coverage_table` by ``.pivot(index="region", columns="pillar", values="realised")``.
    reference : Series
        By region, 0 or more, any unit: people, area, need.
    people_per_decision : float
        1 or more.
    level : float
        Confidence, 0 to 1.
    adjustment : str
        A name in :data:`ADJUSTMENTS`.

    Returns
    -------
    ServiceGap
        Of a pillar that reaches nobody: no gap, ratio and share NaN, every region ``unclear``.

    Raises
    ------
    DisparityError
        For amounts, reference or settings that cannot be; all faults at once.
    UnknownNameError
        For an unknown adjustment.

    References
    ----------
    Hoover (1936), Review of Economics and Statistics 18(4), 162-171, for the share to move; Lancaster (1961),
    Significance tests in discrete distributions, Journal of the American Statistical Association 56(294), 223-234,
    for mid-p; Rao and Scott (1992), A simple method for the analysis of clustered binary data, Biometrics 48(2),
    577-585, for counts divided because of clusters.

    Examples
    --------
    >>> import pandas as pd
    >>> reached = pd.DataFrame({"SOC": [20, 40, 40]}, index=["A", "B", "C"])
    >>> found = service_gap(reached, pd.Series({"A": 500, "B": 300, "C": 200}))
    >>> found.table[["expected", "gap", "served"]].to_dict("list")
    {'expected': [50.0, 30.0, 20.0], 'gap': [-30.0, 10.0, 20.0], 'served': ['under', 'over', 'over']}
    >>> found.to_move["amount"].to_dict()
    {'SOC': 30.0}
    """
    refuse(_faults(amounts, {"reference": reference}) + _setting_faults(people_per_decision, level, adjustment))
    x, share = amounts.to_numpy(dtype=np.float64).T, _shares(amounts.index, reference.to_frame())[0]
    parts = _gaps(x, share) | _verdicts(x, share, people_per_decision, level, adjustment)
    keys, shown = _keys(amounts), {name: parts[name].ravel() for name in _COLUMNS}
    labels = keys.repeat(len(amounts)).to_frame(index=False).assign(region=np.tile(amounts.index, len(keys)))
    whole, moved = x.sum(axis=-1), parts["gives"].sum(axis=-1)
    to_move = pd.DataFrame({"total": whole, "amount": moved, "share": _ratio(moved, whole)}, index=keys)
    to_move["dispersion"] = _dispersion(parts["gap"], parts["expected"])
    return ServiceGap(labels.assign(**shown), to_move, people_per_decision, level, adjustment)


def compare_references(
    amounts: pd.DataFrame,
    references: pd.DataFrame,
    *,
    people_per_decision: float = 1.0,
    level: float = 0.95,
    adjustment: str = "benjamini_hochberg",
) -> pd.DataFrame:
    """Return each region's gap under several references side by side, and who is underserved whichever way one looks.

    Parameters
    ----------
    amounts, people_per_decision, level, adjustment
        As in :func:`service_gap`.
    references : DataFrame
        By region, a column for each reference (people, area_km2, need), each 0 or more in a unit of its own.

    Returns
    -------
    DataFrame, one row a pillar and region
        pillar, region, realised; of each reference `gap_<name>`, `ratio_<name>` and `served_<name>`; underserved (the
        ratio is below 1 under every reference) and underserved_beyond_chance (``under`` under every one).

    Raises
    ------
    DisparityError, UnknownNameError
        As in :func:`service_gap`.

    Examples
    --------
    >>> import pandas as pd
    >>> reached = pd.DataFrame({"SOC": [20, 40, 40]}, index=["A", "B", "C"])
    >>> fair = pd.DataFrame({"people": [500, 300, 200], "need": [30, 50, 20]}, index=["A", "B", "C"])
    >>> compare_references(reached, fair).set_index("region")["underserved"].to_dict()
    {'A': True, 'B': False, 'C': False}
    """
    if not isinstance(references, pd.DataFrame) or not references.shape[1]:
        refuse([f"Found references of type {type(references).__name__}; expected a DataFrame with columns; pass one."])
    faults = twice_faults(references.columns, "references") or _faults(amounts, dict(references.items()))
    refuse(faults + _setting_faults(people_per_decision, level, adjustment))
    x, share = amounts.to_numpy(dtype=np.float64).T, _shares(amounts.index, references)[:, np.newaxis]
    parts = _gaps(x, share) | _verdicts(x, share, people_per_decision, level, adjustment)
    keys = _keys(amounts)
    table = keys.repeat(len(amounts)).to_frame(index=False)
    table = table.assign(region=np.tile(amounts.index, len(keys)), realised=x.ravel())
    for r, name in enumerate(references.columns):
        table = table.assign(**{f"{what}_{name}": parts[what][r].ravel() for what in ("gap", "ratio", "served")})
    table["underserved"] = (parts["ratio"] < 1).all(axis=0).ravel()
    table["underserved_beyond_chance"] = (parts["served"] == "under").all(axis=0).ravel()
    return table


# --- kernels: amounts (pillar, region), shares (..., region) ---

_COLUMNS = ("realised", "expected", "gap", "ratio", "gives", "receives", "p_value", "p_adjusted", "served")


def _gaps(amounts: Array, share: Array) -> dict[str, Array]:
    expected = amounts.sum(axis=-1, keepdims=True) * share
    gap = amounts - expected
    gap = np.where(np.abs(gap) > _SAME * amounts.sum(axis=-1, keepdims=True), gap, 0.0)
    given = {"gives": np.maximum(gap, 0.0), "receives": np.maximum(-gap, 0.0)}
    ratio = 1 + _ratio(gap, expected)
    return {"realised": amounts, "expected": expected, "gap": gap, "ratio": ratio, **given}


def _verdicts(amounts: Array, share: Array, people: float, level: float, adjustment: str) -> dict[str, Array]:
    decisions = amounts / people
    whole = decisions.sum(axis=-1, keepdims=True)
    p = _mid_p(decisions, whole, share)
    adjusted = ADJUSTMENTS[adjustment](p)
    over = amounts > amounts.sum(axis=-1, keepdims=True) * share
    blind = (1 - share) ** whole * amounts.shape[-1] > 1 - level  # not even a count of 0 could be told from chance
    quiet = np.where(blind, "unclear", "as_expected")
    served = np.where(adjusted <= 1 - level, np.where(over, "over", "under"), quiet)
    return {"p_value": p, "p_adjusted": adjusted, "served": served}


def _mid_p(count: Array, whole: Array, share: Array) -> Array:
    """Twice the smaller tail of the binomial, each with half the chance of the count itself; counts need not be whole.

    P(X >= k) is the incomplete beta function I_p(k, n - k + 1), and P(X > k) is I_p(k + 1, n - k).
    """
    rest = np.maximum(whole - count, 0.0)
    some, left = count > 0, rest > 0
    upper = np.where(some, betainc(count, rest + 1, share), 1.0) + np.where(left, betainc(count + 1, rest, share), 0.0)
    lower = np.where(some, betaincc(count, rest + 1, share), 0.0) + np.where(
        left, betaincc(count + 1, rest, share), 1.0
    )
    return np.minimum(np.minimum(upper, lower), 1.0)


def _dispersion(gap: Array, expected: Array) -> Array:
    """Pearson's chi-squared over its degrees of freedom; NaN without two regions of which something is expected."""
    degrees = (expected > 0).sum(axis=-1) - 1.0
    squares = np.divide(gap**2, expected, out=np.zeros_like(gap), where=expected > 0).sum(axis=-1)
    return _ratio(squares, np.maximum(degrees, 0.0))


def _ratio(one: Array, two: Array) -> Array:
    one, two = np.broadcast_arrays(one, two)
    return np.divide(one, two, out=np.full(two.shape, np.nan), where=two > 0)


# --- labels ---


def _shares(regions: pd.Index, references: pd.DataFrame) -> Array:
    """Return shares of each reference ``(reference, region)``."""
    x = references.reindex(regions).to_numpy(dtype=np.float64).T
    return x / x.sum(axis=-1, keepdims=True)


def _keys(amounts: pd.DataFrame) -> pd.Index:
    """Return the columns with a name for each level: pillar, if it is the only one."""
    keys = amounts.columns
    names = ["pillar"] if keys.nlevels == 1 else [f"level_{i}" for i in range(keys.nlevels)]
    return keys.set_names([own or name for own, name in zip(keys.names, names, strict=True)])


def _faults(amounts: object, references: Mapping[Hashable, pd.Series]) -> list[str]:
    if not isinstance(amounts, pd.DataFrame) or amounts.shape[0] < 2 or not amounts.shape[1]:
        shape = f" of shape {amounts.shape}" if isinstance(amounts, pd.DataFrame) else ""
        found = f"Found amounts of type {type(amounts).__name__}{shape}"
        return [f"{found}; expected a DataFrame, two regions or more in rows, pillars in columns; pass one."]
    faults = twice_faults(amounts.columns, "amounts")
    for place, name in enumerate(amounts.columns):
        faults += [f"{name}: {fault}" for fault in _amount_faults(amounts.iloc[:, place], "amounts")]
    for name, series in references.items():
        own = _amount_faults(series, "reference")
        if isinstance(series, pd.Series):
            own += match_faults(amounts.index, series.index, "reference")
        if not own and not series.sum() > 0:
            own = ["Found a reference of 0 everywhere; expected some above 0; choose another."]
        faults += [f"{name}: {fault}" for fault in own]
    return faults


def _amount_faults(amounts: pd.Series, what: str) -> list[str]:
    """Return what keeps a column from being amounts of 0 or more by region."""
    if faults := series_faults(amounts, what):
        return faults
    below = amounts.index[amounts.to_numpy(dtype=np.float64) < 0]
    return [f"Found {what} below 0 in {label_list(below)}; expected 0 or more; correct them."] if len(below) else []


def _setting_faults(people: float, level: float, adjustment: str) -> list[str]:
    if adjustment not in ADJUSTMENTS:
        raise UnknownNameError("adjustment", adjustment, list(ADJUSTMENTS))
    faults = []
    if not 1 <= people < np.inf:
        faults.append(f"Found people_per_decision {people}; expected a number of 1 or more; correct it.")
    if not 0 < level < 1:
        faults.append(f"Found level {level}; expected a number between 0 and 1; correct it.")
    return faults
