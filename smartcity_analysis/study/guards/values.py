"""Guards on single values: jumps, units, shares, values that do not move, and statuses that get weaker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..columns import STATUSES
from ..loaded import Study
from .cautions import FEWEST, Caution, caution, observations, resolution

__all__ = ["fractions_for_percent", "jumps", "shares", "stale_values", "unit_slips", "weaker_statuses"]

Array: TypeAlias = NDArray[Any]

CONSISTENT = 1.4826  # makes a median absolute deviation the standard deviation of normal values
DEVIATIONS = 6.0  # from the median change, in such deviations, from which a jump stands out
OUTSIDE, INSIDE = 5.0, 2.0  # deviations from the median of the peers: of a slip as it stands, and put right
NEAR = 0.2  # powers of ten (a factor of 1.6): from a ratio to 10, 100, ..., and between own years that agree
COPIED = 0.5  # share of the regions that have last year's value again
DIGITS = 100  # last digits in a typical value from which the same value again is no coincidence
SCALES = {"ribu": 1e3, "juta": 1e6, "miliar": 1e9, "triliun": 1e12}  # as the unit of an indicator begins
TIMELESS = ("area_km2",)  # what regions.csv holds without a year


def jumps(study: Study) -> Iterator[Caution]:
    """Yield every value that stands out from the year before by more than is declared and more than is usual.

    A change is the logarithm of the ratio to the last value known, so that doubling and halving are alike. It must
    pass the size that ``study.yaml`` declares (for each year between the two), and differ from the median change of the
    peers (regions of the same depth, the same two years) by more than six deviations. A deviation is the median
    absolute deviation times 1.4826 and at least what the last digit alone can make; of whole numbers, at least what
    counting makes, which is sqrt(1/before + 1/after). With fewer than eight peers the size for lone regions decides.
    The way back from a jump is not a second one.

    An indicator that can be negative has no ratio: its change is taken against the plausible range of the catalogue,
    and it is not judged without one.
    """
    for code, own in observations(study).groupby("indicator"):
        table = _changes(own)
        usual = table.groupby(["year", "since", "depth"])["change"]
        off, peers = (table["change"] - usual.transform("median")).abs(), usual.transform("size")
        spread = off.groupby([table["year"], table["since"], table["depth"]]).transform("median") * CONSISTENT
        alone = peers < FEWEST
        spec = study.spec.guards
        size = pd.Series(np.where(alone, spec.jump_alone, spec.jump), table.index)
        size = size if code not in spec.jumps else size * 0 + spec.jumps[str(code)]
        size = (size if table["signed"].any() else np.log1p(size)) * (table["year"] - table["since"])
        usually = np.where(alone, 0.0, DEVIATIONS * np.maximum(spread, table["noise"]))
        by_chance = np.where(alone, table["change"].abs() <= DEVIATIONS * table["noise"], off <= usually)
        high = (table["change"].abs() > size) & ~by_chance
        back = high.groupby(table["region"]).shift(fill_value=False) & (table["back"].abs() <= size)
        for label, row in table[high & ~back].iterrows():
            facts = {"value": row["value"], "before": row["before"], "since": int(row["since"])}
            facts |= {"size": spec.jumps.get(str(code), spec.jump_alone if alone[label] else spec.jump)}
            yield caution(
                "jump", study, "indicators", own.loc[[label]], str(code), region=row["region"], year=row["year"],
                facts=facts,
            )  # fmt: skip


def _changes(own: pd.DataFrame) -> pd.DataFrame:
    """Return values of one indicator with the value `before`, its year `since`, the `change`, its `noise`, and `back`.

    `back` is the change over two steps: near 0 where a value returns to where it was.
    """
    step = own.groupby("region")
    table = own.assign(before=step["value"].shift(), since=step["year"].shift(), first=step["value"].shift(2))
    unit, whole = resolution(own["value"]), resolution(own["value"]) == 1.0
    table["signed"] = bool((own["value"] < 0).any() or (own["lower"] < 0).any())
    if table["signed"].any():
        reach = table["upper"] - table["lower"]
        table["change"] = (table["value"] - table["before"]) / reach
        return table.assign(noise=unit / reach, back=(table["value"] - table["first"]) / reach).dropna(subset="change")
    after, before, first = (table[name].where(table[name] != 0, unit / 2) for name in ("value", "before", "first"))
    relative = 1 / before + 1 / after
    table["change"] = np.log(after / before)
    noise = np.sqrt(relative) if whole else unit / 2 * relative
    return table.assign(noise=noise, back=np.log(after / first)).dropna(subset="change")


def unit_slips(study: Study) -> Iterator[Caution]:
    """Yield every value that is ten, a hundred or a thousand times too large or small.

    A region's other years decide where there are two or more and they agree: the value is off when its ratio to their
    median is near a power of ten. Else the peers of the year decide, from eight on: it is off when it lies five
    deviations outside them, none of them is near it, and put right it is within two deviations.
    """
    rows = observations(study)
    rows = rows[rows["value"] > 0]
    for (code, _), own in rows.groupby(["indicator", "depth"]):
        wide = own.reset_index().pivot(index="year", columns="region", values=["value", "index"])
        logs = np.log10(wide["value"].to_numpy())
        powers, usual, few = _own_powers(logs)
        for year in np.flatnonzero((few & ~np.isnan(logs)).any(axis=1)):
            powers[year] = np.where(few[year], _peer_powers(logs[year]), powers[year])
            usual[year] = np.where(few[year], np.nanmedian(logs[year]), usual[year])
        for slip in np.argwhere(powers):
            at = tuple(slip)
            place = own.loc[[int(wide["index"].to_numpy()[at])]]
            facts = {"value": place["value"].iat[0], "usual": float(10 ** usual[at])}
            facts |= {"times": float(10 ** abs(powers[at])), "way": "too_large" if powers[at] > 0 else "too_small"}
            where = {"region": place["region"].iat[0], "year": int(place["year"].iat[0])}
            yield caution("unit", study, "indicators", place, str(code), **where, facts=facts)


def _own_powers(logs: Array) -> tuple[Array, Array, Array]:
    """Return the power of ten by which each ``(year, region)`` is off the region's other years, and their median.

    The power is 0 where it is not off or the others disagree, and where there are too few of them, which is third.
    """
    years = np.arange(len(logs))
    others = np.repeat(logs[np.newaxis], len(logs), axis=0)
    others[years, years] = np.nan
    few = np.count_nonzero(~np.isnan(others), axis=1) < 2
    others = np.where(few[:, np.newaxis], 0.0, others)
    middle = np.nanmedian(others, axis=1)
    steady = np.nanmedian(np.abs(others - middle[:, np.newaxis]), axis=1) <= NEAR
    off = logs - middle
    power = np.rint(off)
    return np.where(~few & steady & (np.abs(off - power) <= NEAR), power, 0.0), middle, few


def _peer_powers(logs: Array) -> Array:
    """Return the power of ten by which each region is off its peers; 0 where not, or where few or far apart."""
    known = np.flatnonzero(~np.isnan(logs))
    powers = np.zeros(len(logs))
    if len(known) > FEWEST:
        off = logs[known] - np.median(logs[known])
        spread = max(float(np.median(np.abs(off))) * CONSISTENT, NEAR / INSIDE)
        away = np.abs(off[:, np.newaxis] - off)
        np.fill_diagonal(away, np.inf)
        power = np.rint(off)
        alone = (np.abs(off) > OUTSIDE * spread) & (away.min(axis=1) > np.abs(power) / 2)
        powers[known] = np.where(alone & (np.abs(off - power) <= INSIDE * spread), power, 0.0)
    return powers


def _is_share(row: pd.DataFrame) -> bool:
    """Whether an indicator is a share in per cent: not a rate of change, and not declared to go beyond 100."""
    unit, upper, lower = str(row["unit"].iat[0]), row["upper"].iat[0], row["lower"].iat[0]
    return unit.startswith("persen") and "per tahun" not in unit and not upper > 100 and not lower < 0


def shares(study: Study) -> Iterator[Caution]:
    """Yield every percentage outside 0 to 100, and every part above the whole that ``study.yaml`` declares for it."""
    rows = observations(study)
    for code, own in rows.groupby("indicator"):
        outside = own[(own["value"] < 0) | (own["value"] > 100)] if _is_share(own) else own.iloc[:0]
        for label, row in outside.iterrows():
            facts = {"value": row["value"]}
            yield caution(
                "share_range", study, "indicators", own.loc[[label]], str(code), region=row["region"],
                year=row["year"], facts=facts,
            )  # fmt: skip
    for code, whole in study.spec.guards.parts.items():
        part, all_of = (rows[rows["indicator"] == name] for name in (code, whole))
        both = part.reset_index().merge(all_of.reset_index(), on=["region", "year"], suffixes=("", "_all"))
        for row in both.itertuples():
            value, of = row.value * _scale(row.unit), row.value_all * _scale(row.unit_all)
            if value > of:
                facts = {"value": value, "whole": whole, "of": of}
                places = rows.loc[[row.index, row.index_all]]
                yield caution(
                    "share_whole", study, "indicators", places, code, region=row.region, year=row.year, facts=facts
                )


def _scale(unit: str) -> float:
    """Return how many a unit counts at once: 1,000 for ``ribu jiwa``."""
    return SCALES.get(unit.split(" ")[0], 1.0)


def fractions_for_percent(study: Study) -> Iterator[Caution]:
    """Yield every year of a percentage whose every value is 1 or less, as a fraction would be.

    It takes eight regions: that a single one has less than one per cent is nothing strange.
    """
    rows = observations(study)
    for (code, year, _), own in rows.groupby(["indicator", "year", "depth"]):
        if _is_share(own) and len(own) >= FEWEST and own["value"].between(0, 1).all() and own["value"].max() > 0:
            facts = {"value": own["value"].max(), "regions": len(own)}
            yield caution("share_fraction", study, "indicators", own, str(code), year=int(year), facts=facts)


def stale_values(study: Study) -> Iterator[Caution]:
    """Yield every year in which at least half of eight or more regions have the value of the year before, to the digit.

    Only values that typically have a hundred last digits or more are judged: small counts stay the same by themselves,
    and an area does not change.
    """
    rows = observations(study)
    rows = rows[~rows["indicator"].isin(TIMELESS)]
    for code, own in rows.groupby("indicator"):
        if own["value"].abs().median() < DIGITS * resolution(own["value"]):
            continue
        step = own.groupby("region")
        own = own.assign(before=step["value"].shift(), since=step["year"].shift())
        own = own[own["since"] == own["year"] - 1]
        for (year, _), group in own.groupby(["year", "depth"]):
            same = group[group["value"] == group["before"]]
            if len(group) >= FEWEST and len(same) >= COPIED * len(group):
                facts = {"same": len(same), "regions": len(group)}
                yield caution("stale", study, "indicators", same, str(code), year=int(year), facts=facts)


def weaker_statuses(study: Study) -> Iterator[Caution]:
    """Yield every indicator and score whose status is weaker than that of the year before, by year."""
    rows, scores = study.table("indicators"), study.table("scores")
    parts = [rows.assign(code=rows["indicator"], table="indicators")]
    for code, mark in (("score", "status"), ("target", "target_status")):
        known = scores[scores[code].notna() & scores[mark].notna()]
        parts.append(known.assign(code=code, region=None, status=known[mark], table="scores"))
    for part in parts:
        ordered = part.sort_values("year").assign(rank=part["status"].map(STATUSES.index))
        step = ordered.groupby(["code", "region"], dropna=False)
        ordered = ordered.assign(before=step["status"].shift(), rank_before=step["rank"].shift())
        weak = ordered[ordered["rank"] > ordered["rank_before"]]
        for (code, year, before, now), own in weak.groupby(["code", "year", "before", "status"]):
            facts = {"before": before, "now": now}
            table, regions = own["table"].iat[0], own["region"].tolist()
            region = regions[0] if len(regions) == 1 else None
            yield caution("weaker", study, table, own, str(code), region=region, year=int(year), facts=facts)
