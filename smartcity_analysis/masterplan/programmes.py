"""The portfolio of programmes: how many serve each sub-dimension, with ICT or without, and who is known to own them."""

from __future__ import annotations

import pandas as pd

from ..study import Framework, Study, weakest_status

__all__ = ["portfolio", "portfolio_totals"]


def portfolio(study: Study, framework: Framework) -> pd.DataFrame:
    """Count the study's programmes by sub-dimension of `framework`; a sub-dimension without one counts 0.

    Returns
    -------
    DataFrame, one row a sub-dimension
        code, pillar, programmes, ict, non_ict, ict_unknown, owner_found (the owner is stated by a source),
        owner_inferred, owner_unknown (unverified or unknown), quick_wins (named as quick win in at least one year),
        status (the weakest of all programmes).
    """
    programmes = study.table("programmes")
    owner = programmes["owner_status"]
    flags = pd.DataFrame(
        {
            "programmes": 1,
            "ict": (programmes["ict"] == "ict").astype(int),
            "non_ict": (programmes["ict"] == "non_ict").astype(int),
            "ict_unknown": programmes["ict"].isna().astype(int),
            "owner_found": (owner == "found").astype(int),
            "owner_inferred": (owner == "inferred").astype(int),
            "owner_unknown": owner.isin(["unverified", "unknown"]).astype(int),
            "quick_wins": programmes["quick_win_years"].notna().astype(int),
        }
    )
    counts = flags.groupby(programmes["sub_dimension"]).sum()
    pillars = framework.root.children
    rows = [(pillar.code, child.code) for pillar in pillars for child in pillar.children]
    table = counts.reindex([code for _, code in rows]).fillna(0).astype(int)
    table.insert(0, "pillar", [pillar for pillar, _ in rows])
    table["status"] = weakest_status(programmes["status"]) if len(programmes) else "official"
    return table.rename_axis("code").reset_index()


def portfolio_totals(table: pd.DataFrame) -> pd.DataFrame:
    """Sum a portfolio over its sub-dimensions: one row a measure, with its value."""
    totals = table.drop(columns=["code", "pillar", "status"]).sum()
    return totals.rename_axis("measure").rename("value").reset_index().assign(status=weakest_status(table["status"]))
