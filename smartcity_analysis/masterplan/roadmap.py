"""The roadmap: what is planned, aimed at and recommended over the years of the masterplan, and the quick wins left.

A period is drawn as far as a source tells it; an end or a beginning that nobody states stays open, and a programme
without any period says so.
"""

from __future__ import annotations

import pandas as pd

from ..study import Study, weakest_status
from ..study.periods import parse_period
from .recommendations import HORIZONS

__all__ = ["quick_wins_left", "roadmap"]

_ROADMAP = ["lane", "code", "pillar", "first", "last", "first_known", "last_known", "value", "horizon",
            "number", "status"]  # fmt: skip
_QUICK_WINS = ["kind", "code", "pillar", "text_id", "text_en", "owner", "years", "reason", "status"]
_DELIVERED = ("finished",)


def roadmap(study: Study, actions: pd.DataFrame, *, until: int) -> pd.DataFrame:
    """Return what stands on the roadmap: targets, programmes and this review's actions.

    Parameters
    ----------
    study : Study
        Its own rows only; stand-ins are left out.
    actions : DataFrame
        As made by ``actions_table``.
    until : int
        The review year; actions begin in it.

    Returns
    -------
    DataFrame, one row an entry
        lane (``target``, ``programme`` or ``action``), code, pillar, first, last (years that a source states; a year
        in which a programme is only known to run is both), first_known, last_known, value (score aimed at, scale 0-4),
        horizon and number (of an action), status.
    """
    rows = [*_targets(study), *_programmes(study)]
    for action in actions.itertuples():
        last = until + HORIZONS[action.horizon]
        row = {"lane": "action", "code": action.id, "pillar": action.pillar, "first": until, "last": last}
        row |= {"first_known": True, "last_known": True, "horizon": action.horizon}
        rows.append(row | {"number": action.number, "status": action.status})
    table = pd.DataFrame(rows, columns=_ROADMAP)
    whole = dict.fromkeys(("first", "last", "number"), "Int64")
    return table.astype({**whole, "first_known": bool, "last_known": bool, "value": float})


def _targets(study: Study) -> list[dict[str, object]]:
    scores = study.table("scores")
    rows = scores[scores["target"].notna() & (scores["target_status"] != "illustrative")]
    return [
        {"lane": "target", "code": str(int(row.year)), "first": int(row.year), "last": int(row.year),
         "first_known": True, "last_known": True, "value": row.target, "status": row.target_status}
        for row in rows.itertuples()
    ]  # fmt: skip


def _programmes(study: Study) -> list[dict[str, object]]:
    programmes = study.table("programmes")
    rows = []
    for row in programmes[programmes["status"] != "illustrative"].itertuples():
        period = parse_period(row.period)
        first, last = period.first or period.seen, period.last or period.first or period.seen
        entry = {"lane": "programme", "code": row.code, "pillar": row.pillar, "status": row.status}
        known = {"first_known": period.first is not None, "last_known": period.last is not None}
        rows.append(entry | {"first": first, "last": last, **known})
    return rows


def quick_wins_left(study: Study, actions: pd.DataFrame, *, until: int) -> pd.DataFrame:
    """Return the quick wins of the next year: actions within a year, and declared quick wins without a result.

    A result is a row of ``programme_progress``, the study's own and up to `until`, that calls the programme finished.

    Parameters
    ----------
    study : Study
        The checked study.
    actions : DataFrame
        The recommendations, as :func:`actions_table` makes them.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a quick win
        kind (``action`` or ``declared``), code, pillar, text_id, text_en, owner, years (in which it was declared),
        reason (``within_a_year``, ``no_report`` or ``not_finished``), status.
    """
    rows: list[dict[str, object]] = []
    for action in actions[actions["horizon"] == "short"].itertuples():
        row = {"kind": "action", "code": action.id, "pillar": action.pillar, "owner": action.owner}
        row |= {"text_id": action.text_id, "text_en": action.text_en, "reason": "within_a_year"}
        rows.append(row | {"status": action.status})
    programmes, progress = study.table("programmes"), study.table("programme_progress")
    progress = progress[(progress["status"] != "illustrative") & (progress["year"] <= until)]
    declared = programmes[programmes["quick_win_years"].notna() & (programmes["status"] != "illustrative")]
    for row in declared.itertuples():
        told = progress[progress["programme"] == row.code]
        if told["state"].isin(_DELIVERED).any():
            continue
        entry = {"kind": "declared", "code": row.code, "pillar": row.pillar, "text_id": row.name, "text_en": row.name}
        entry |= {"owner": _first(row.owner_opd), "years": _listed(row.quick_win_years)}
        entry |= {"reason": "not_finished" if len(told) else "no_report"}
        rows.append(entry | {"status": weakest_status([row.status, *told["status"]])})
    return pd.DataFrame(rows, columns=_QUICK_WINS)


def _first(owners: object) -> str | None:
    return str(owners).split(";")[0] if isinstance(owners, str) else None


def _listed(years: object) -> str:
    return ", ".join(part.strip() for part in str(years).split(";"))
