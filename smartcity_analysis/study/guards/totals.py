"""Guards on totals: regions against their parent, one table against another, parts of a score against the score."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...errors import DataError
from ..framework_files import load_framework
from ..loaded import Study
from .cautions import Caution, caution, resolution

__all__ = ["column_totals", "form_totals", "item_totals", "peer_totals", "region_totals", "score_totals"]

COLUMNS = {"population": "population_year", "area_km2": None}  # what regions.csv holds as well, and the year of it
NOISE = 1e-9  # of sums in binary


def region_totals(study: Study) -> Iterator[Caution]:
    """Yield every parent that its regions do not sum to, for the indicators that ``study.yaml`` calls additive.

    The nearest level whose every region has a value is summed, in ``indicators`` and in ``regions``; a level with gaps
    is judged only when it is more than its parent already. The difference must be more than rounding makes: half a last
    digit for each value, nothing for whole numbers.
    """
    codes = study.table("regions")["code"]
    for code in study.spec.guards.additive:
        for table, rows in _held(study, code).items():
            unit = resolution(rows["value"])
            for year, own in rows.groupby("year"):
                for label, parent in own.iterrows():
                    parts = _nearest(own, codes, str(parent["region"]))
                    if parts is None:
                        continue
                    found, whole = parts
                    gap = found["value"].sum() - parent["value"]
                    allowed = NOISE * abs(parent["value"]) + (0 if unit == 1.0 else unit / 2 * (len(found) + 1))
                    if gap > allowed or (whole and -gap > allowed):
                        facts = {"value": parent["value"], "total": found["value"].sum(), "parts": len(found)}
                        place = own.loc[[label, *found.index]]
                        yield caution(
                            "total_regions", study, table, place, code, region=parent["region"],
                            year=int(year) or None, facts=facts,
                        )  # fmt: skip


def _held(study: Study, code: str) -> dict[str, pd.DataFrame]:
    """Return the values of `code` by table that holds them: region, year (0 where it has none), value, status."""
    rows, regions = study.table("indicators"), study.table("regions")
    held = {"indicators": rows[rows["indicator"] == code]}
    if code in COLUMNS and code in regions:
        year = regions[COLUMNS[code]].fillna(0) if COLUMNS[code] in regions else 0
        held["regions"] = regions.assign(region=regions["code"], value=regions[code], year=year).dropna(subset="value")
    return {name: t[["region", "year", "value", "status"]].astype({"year": int}) for name, t in held.items()}


def _nearest(own: pd.DataFrame, codes: pd.Series, parent: str) -> tuple[pd.DataFrame, bool] | None:
    """Return the values of the nearest level below `parent` that has any, and whether none of its regions is missing.

    A level without gaps goes before a nearer one with gaps.
    """
    below = codes[codes.str.startswith(f"{parent}.")]
    partial = None
    for depth in sorted(below.str.count(r"\.").unique()):
        level = below[below.str.count(r"\.") == depth]
        found = own[own["region"].isin(level)]
        if len(found) == len(level):
            return found, True
        partial = partial if partial is not None or found.empty else found
    return None if partial is None else (partial, False)


def column_totals(study: Study) -> Iterator[Caution]:
    """Yield every region whose population or area in ``regions`` is not what ``indicators`` has for the same year.

    An area has no year and is held against the last one.
    """
    for code, dated in COLUMNS.items():
        held = _held(study, code)
        if "regions" not in held:
            continue
        rows = held["indicators"]
        rows = rows if dated else rows.sort_values("year").drop_duplicates("region", keep="last")
        unit = max(resolution(rows["value"]), resolution(held["regions"]["value"]))
        keys = ["region", "year"] if dated else ["region"]
        for row in held["regions"].reset_index().merge(rows, on=keys, suffixes=("", "_other")).itertuples():
            if abs(row.value - row.value_other) >= unit * (1 - NOISE):
                facts = {"value": row.value, "other": row.value_other}
                place = held["regions"].loc[[row.index]]
                year = int(row.year) or None
                yield caution("total_columns", study, "regions", place, code, region=row.region, year=year, facts=facts)


def score_totals(study: Study) -> Iterator[Caution]:
    """Yield every year whose published dimensions do not give the published score under the weights in force.

    A published figure may have been rounded or cut off: the difference must be more than a whole last digit of a
    dimension and of the score together. A year or cohort without known weights, or with a weighted dimension missing,
    is not judged.
    """
    spec, components, scores = study.spec.evaluation, study.table("score_components"), study.table("scores")
    components = components[components["kind"] == "dimension"]
    for year, own in components.groupby("year"):
        published = scores.loc[scores["year"] == year, "score"].dropna()
        weights = _weights(spec.framework, int(year), spec.cohort) if spec else None
        if weights is None or published.empty:
            continue
        computed = (own.set_index("code")["score"].reindex(weights.index).astype(float) * weights).sum(skipna=False)
        allowed = resolution(own["score"]) + resolution(scores["score"]) + NOISE
        if abs(computed - published.iat[0]) > allowed:
            facts = {"value": published.iat[0], "computed": computed}
            yield caution("total_score", study, "score_components", own, "score", year=int(year), facts=facts)


def peer_totals(study: Study) -> Iterator[Caution]:
    """Yield every city of ``peer_scores`` whose dimensions do not give its score, as :func:`score_totals` judges it."""
    spec, peers = study.spec.evaluation, study.table("peer_scores")
    for (year, cohort), own in peers.groupby(["year", "cohort"]):
        weights = _weights(spec.framework, int(year), str(cohort)) if spec else None
        if weights is None:
            continue
        dimensions = own.reindex(columns=list(weights.index)).astype(float)
        computed = dimensions.mul(weights, axis=1).sum(axis=1, skipna=False)
        allowed = resolution(dimensions.stack()) + resolution(own["score"]) + NOISE
        for label in own.index[(computed - own["score"]).abs() > allowed]:
            facts = {"value": own.at[label, "score"], "computed": computed[label]}
            yield caution(
                "total_score", study, "peer_scores", own.loc[[label]], "score", region=own.at[label, "city"],
                year=int(year), facts=facts,
            )  # fmt: skip


def _weights(framework: str, year: int, cohort: str) -> pd.Series | None:
    """Return the weights of the dimensions that count in `year` and `cohort`, None where none are known."""
    try:
        known = load_framework(framework, year=year, cohort=cohort)
    except DataError:
        return None
    weights = pd.Series(known.child_weights(known.root.code), dtype=float)
    return weights[weights > 0]


def item_totals(study: Study) -> Iterator[Caution]:
    """Yield every dimension whose items do not average to its published score, by more than a last digit."""
    items, components = study.table("score_items"), study.table("score_components")
    published = components[components["kind"] == "dimension"].set_index(["year", "code"])["score"]
    for (year, dimension), own in items.groupby(["year", "dimension"]):
        score, mean = published.get((year, dimension), np.nan), own["score"].mean()
        if abs(mean - score) > resolution(published) + NOISE:
            facts = {"value": score, "computed": mean, "items": len(own)}
            yield caution("total_items", study, "score_items", own, str(dimension), year=int(year), facts=facts)


def form_totals(study: Study) -> Iterator[Caution]:
    """Yield every survey form that is listed and has not a single answer."""
    forms, answers = study.table("survey_forms"), study.table("survey_answers")
    for label, row in forms[~forms["form"].isin(answers["form"])].iterrows():
        place = forms.loc[[label]]
        where = {"region": row["opd"], "year": int(row["year"])}
        yield caution("total_forms", study, "survey_forms", place, row["form"], **where)
