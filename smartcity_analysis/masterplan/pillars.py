"""The pillar scores that the ministry published, and what they can be held against."""

from __future__ import annotations

import pandas as pd

from ..study import Framework, Study, weakest_status

__all__ = ["pillar_check", "pillar_table"]


def pillar_table(study: Study, framework: Framework, *, until: int) -> pd.DataFrame:
    """Return the last published score (0-4) of each pillar, in the framework's order; NaN where there is none.

    Parameters
    ----------
    study : Study
        The checked study.
    framework : Framework
        The tree of pillars and sub-dimensions, or of the evaluation.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a pillar
        code, year, score, status.
    """
    rows = study.table("score_components")
    rows = rows[(rows["kind"] == "pillar") & (rows["year"] <= until)]
    rows = rows[rows["year"] == rows["year"].max()].set_index("code")
    codes = [pillar.code for pillar in framework.root.children]
    table = rows.reindex(codes)[["year", "score", "status"]]
    return table.rename_axis("code").reset_index().astype({"year": "Int64"})


def pillar_check(study: Study, pillars: pd.DataFrame) -> pd.DataFrame:
    """Hold the mean of the pillar scores against the published impact dimension and the score of the same year.

    When the mean equals the impact dimension and not the score, the pillar scores are very probably the impact
    dimension taken apart, and not the whole score.

    Parameters
    ----------
    study : Study
        The checked study.
    pillars : DataFrame
        As :func:`pillar_table` gives them.

    Returns
    -------
    DataFrame
    """
    known = pillars.dropna(subset=["score"])
    if known.empty:
        return pd.DataFrame(columns=["year", "mean_of_pillars", "impact", "score", "status"])
    year = int(known["year"].iloc[0])
    components = study.table("score_components")
    impact = components[(components["year"] == year) & (components["code"] == "impact")]["score"]
    score = study.table("scores").set_index("year")["score"].get(year)
    return pd.DataFrame(
        {
            "year": [year],
            "mean_of_pillars": [known["score"].mean()],
            "impact": [impact.iloc[0] if len(impact) else None],
            "score": [score],
            "status": [weakest_status([*known["status"], "estimated"])],
        }
    )
