"""What a study knows and what it does not: indicators, data by level of region, evaluation results by year."""

from __future__ import annotations

import pandas as pd

from .framework_files import load_framework
from .illustrative import FOLDER as ILLUSTRATIVE
from .loaded import Study, weakest_status

__all__ = ["area_data", "availability", "file_table", "known_by_year"]


def file_table(studies: list[Study]) -> pd.DataFrame:
    """Return the files a review rests on: study, file, rows, producer, published, sha256 (first 12 digits), status.

    The status is ``illustrative`` for stand-ins and empty otherwise.

    Parameters
    ----------
    studies : sequence of Study
        Checked studies.
    """
    rows = []
    for study in studies:
        sources = study.table("sources").set_index("path")
        for file, digest in study.hashes.items():
            if file not in sources.index:
                continue
            entry, invented = sources.loc[file], file.startswith(f"{ILLUSTRATIVE}/")
            name = file.rpartition("/")[2].rpartition(".")[0]
            rows.append(
                {
                    "study": study.name,
                    "file": file,
                    "rows": _rows_of(study.tables[name], invented) if name in study.tables else None,
                    "producer": entry["producer"],
                    "published": entry["published"],
                    "sha256": digest[:12],
                    "status": ILLUSTRATIVE if invented else None,
                }
            )
    return pd.DataFrame(rows)


def _rows_of(table: pd.DataFrame, invented: bool) -> int:
    """Return how many rows of `table` are illustrative, or how many are not."""
    if "status" not in table.columns:
        return 0 if invented else len(table)
    return int(((table["status"] == ILLUSTRATIVE) == invented).sum())


def availability(studies: list[Study]) -> pd.DataFrame:
    """Return, for every indicator of the catalogues, how far its values reach.

    Parameters
    ----------
    studies : sequence of Study
        Checked studies.

    Returns
    -------
    DataFrame, one row an indicator
        study, code, first_year, last_year, years (with at least one value), values (in all), regions (with a value in
        the last year), missing (regions of the levels it is known for that lack one in the last year), status (the
        weakest).
    """
    rows = []
    for study in studies:
        values = study.table("indicators")
        levels = study.table("regions").set_index("code")["level"]
        for code in study.table("catalogue")["code"]:
            own = values[values["indicator"] == code]
            if own.empty:
                continue
            last = own[own["year"] == own["year"].max()]
            expected = levels.isin(set(levels.reindex(last["region"]))).sum()
            rows.append(
                {
                    "study": study.name,
                    "code": code,
                    "first_year": int(own["year"].min()),
                    "last_year": int(own["year"].max()),
                    "years": own["year"].nunique(),
                    "values": len(own),
                    "regions": last["region"].nunique(),
                    "missing": int(expected - last["region"].nunique()),
                    "status": weakest_status(own["status"]),
                }
            )
    return pd.DataFrame(rows)


def area_data(study: Study) -> pd.DataFrame:
    """Return, by level of region, how many indicators there are and how many measure a pillar.

    An indicator measures a pillar when the catalogue gives it one and it is more than a yes or no. Illustrative values
    are no data and do not count.

    Parameters
    ----------
    study : Study
        The checked study.
    """
    regions, values = study.table("regions"), study.table("indicators")
    values = values[values["status"] != ILLUSTRATIVE]
    catalogue = study.table("catalogue").set_index("code")
    measures = catalogue.index[catalogue["pillar"].notna() & (catalogue["type"] != "binary")]
    level_of = regions.set_index("code")["level"]
    at = level_of.reindex(values["region"]).to_numpy()
    rows = []
    for level, group in regions.groupby("level", sort=False):
        codes = set(values.loc[at == level, "indicator"])
        social = codes & set(measures)
        rows.append(
            {
                "level": level,
                "regions": len(group),
                "indicators": len(codes),
                "social_indicators": len(social),
            }
        )
    return pd.DataFrame(rows)


def known_by_year(study: Study, *, review_year: int) -> pd.DataFrame:
    """Return what is known of the ministry's evaluation in the last scored year and in the year under review.

    Parameters
    ----------
    study : Study
        The checked study.
    review_year : int
        The year under review.

    Returns
    -------
    DataFrame, one row a piece of knowledge
        key, year, what (score, dimensions, weights, pillars, bands), known.
    """
    scores, spec = study.table("scores"), study.spec.evaluation
    scored = scores.loc[scores["score"].notna() & (scores["year"] <= review_year), "year"].astype(int)
    framework = load_framework(spec.framework) if spec else None
    rows = []
    if len(scored):
        last = int(scored.max())
        components = study.table("score_components")
        kinds = set(components.loc[components["year"] == last, "kind"])
        sets = framework.weight_sets if framework else ()
        rows += [
            (last, "dimensions", "dimension" in kinds),
            (last, "pillars", "pillar" in kinds),
            (last, "weights", any(last in s.years and spec and s.cohort == spec.cohort for s in sets)),
        ]
    rows.append((review_year, "score", review_year in set(scored)))
    rows.append((review_year, "bands", bool(framework and framework.bands)))
    table = pd.DataFrame(rows, columns=["year", "what", "known"])
    table.insert(0, "key", [f"{what}-{year}" for year, what, _ in rows])
    return table
