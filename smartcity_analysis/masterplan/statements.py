"""What others said of the plan: legal basis, opportunities and challenges, and what became of recommendations."""

from __future__ import annotations

import pandas as pd

from ..study import Study, weakest_status

__all__ = ["STATES", "background", "city_statements", "follow_up", "follow_up_totals", "real_rows", "survey_known"]

STATES = ("done", "in_progress", "not_started", "unknown")
_POLICY = "GOV2"  # the sub-dimension of public policy


def background(study: Study, *, until: int) -> pd.DataFrame:
    """Return what the study itself says of its masterplan: title, years, regulations, and the scores known.

    A regulation is a programme of the sub-dimension of public policy whose owner a source names.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a fact
        item, content, source, status.
    """
    plan = study.spec.masterplan
    rows = []
    if plan is not None:
        declared = {"source": "study.yaml", "status": "reported"}
        rows.append({"item": "masterplan", "content": plan.title, **declared})
        rows.append({"item": "period", "content": f"{plan.first_year}–{plan.last_year}", **declared})
    programmes = study.table("programmes")
    rules = programmes[(programmes["sub_dimension"] == _POLICY) & (programmes["owner_status"] == "found")]
    for row in rules.itertuples():
        rows.append({"item": "regulation", "content": row.name, "source": row.source, "status": row.status})
    scores = study.table("scores")
    scored = scores[scores["score"].notna() & (scores["year"] <= until)]
    if len(scored):
        years = f"{int(scored['year'].min())}–{int(scored['year'].max())}"
        status = weakest_status(scored["status"])
        rows.append({"item": "evaluations", "content": years, "source": "scores.csv", "status": status})
    return pd.DataFrame(rows, columns=["item", "content", "source", "status"])


def city_statements(study: Study) -> pd.DataFrame:
    """Return the opportunities and challenges that the city itself named: the study's own rows, without stand-ins.

    Parameters
    ----------
    study : Study
        The checked study.
    """
    return real_rows(study.table("opportunities_challenges"))


def real_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `table` that are no illustration.

    Parameters
    ----------
    table : DataFrame
        Any table with a column ``status``, or ``file``.

    Examples
    --------
    >>> real_rows(pd.DataFrame({"a": [1, 2], "status": ["official", "illustrative"]}))["a"].tolist()
    [1]
    """
    return table[table["status"] != "illustrative"].reset_index(drop=True)


def follow_up(study: Study, *, until: int) -> pd.DataFrame:
    """Return the assessors' recommendations, each with what is known to have become of it.

    The last state that was reported up to `until` counts; without any it is ``unknown``.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a recommendation, the latest first
        code, year, number, text_id, text_en, state, shown_by_id, shown_by_en, source (of the state, else of the
        recommendation), status.
    """
    told = study.table("recommendations")
    told = told[(told["year"] <= until) & (told["status"] != "illustrative")]
    states = study.table("recommendation_status")
    states = states[(states["year"] <= until) & (states["status"] != "illustrative")].sort_values("year")
    last = states.drop_duplicates("recommendation", keep="last").set_index("recommendation")
    found = last.reindex(told["code"])
    table = told.astype({"year": int, "number": int}).assign(
        state=found["state"].fillna("unknown").to_numpy(),
        shown_by_id=found["evidence_id"].to_numpy(),
        shown_by_en=found["evidence_en"].to_numpy(),
        source=found["source"].fillna(told.set_index("code")["source"]).to_numpy(),
        status=[
            weakest_status([own, *([] if pd.isna(other) else [other])])
            for own, other in zip(told["status"], found["status"], strict=True)
        ],
    )
    return table.sort_values(["year", "number"], ascending=[False, True], ignore_index=True)


def follow_up_totals(table: pd.DataFrame) -> pd.DataFrame:
    """Count the states of :func:`follow_up`: one row with recommendations, one column a state, first and last year.

    Parameters
    ----------
    table : DataFrame
        As :func:`follow_up` gives it.

    Returns
    -------
    DataFrame
    """
    counts = {"recommendations": len(table)} | {state: int((table["state"] == state).sum()) for state in STATES}
    if table.empty:
        return pd.DataFrame(columns=[*counts, "first_year", "last_year", "status"])
    years = {"first_year": int(table["year"].min()), "last_year": int(table["year"].max())}
    return pd.DataFrame([counts | years | {"status": weakest_status(table["status"])}])


def survey_known(study: Study, year: int) -> pd.DataFrame:
    """Return how many OPDs answered the survey of `year`; stand-ins do not count.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame, one row
        year, opds (all), answered, status.
    """
    opds, forms = real_rows(study.table("opd")), real_rows(study.table("survey_forms"))
    forms = forms[forms["year"] == year]
    status = weakest_status([*opds["status"], *forms["status"]]) if len(opds) else "official"
    return pd.DataFrame([{"year": year, "opds": len(opds), "answered": forms["opd"].nunique(), "status": status}])
