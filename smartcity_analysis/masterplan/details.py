"""Horizon and pentahelix partners of the programmes, counted."""

from __future__ import annotations

import pandas as pd

from ..study import PILLARS, Study, weakest_status
from ..study.contracts_plan import PARTNERS

__all__ = ["HORIZONS", "horizons_and_partners"]

HORIZONS = {"short": 1, "medium": 5, "long": 10}  # years


def horizons_and_partners(study: Study) -> pd.DataFrame:
    """Count the programmes by horizon and by partner; a programme of several partners counts for each.

    Parameters
    ----------
    study : Study
        The checked study.

    Returns
    -------
    DataFrame, one row a horizon (short 1, medium 5, long 10 years), then one a partner; empty when neither is known
        kind (horizon or partner), group, programmes, share (of the programmes with a known horizon, or known partners),
        GOV to ENV (programmes by their own pillar), status.
    """
    columns = ["kind", "group", "programmes", "share", *PILLARS, "status"]
    details = study.table("programme_details")
    pillars = details["programme"].map(study.table("programmes").set_index("code")["pillar"])
    details = details.assign(pillar=pillars, partners=details["partners"].astype(object).str.split(";"))
    rows = []
    for kind, column, groups in (("horizon", "horizon", HORIZONS), ("partner", "partners", PARTNERS)):
        known = details.dropna(subset=[column])
        long = known.explode(column)
        for group in groups if len(known) else ():
            part = long[long[column] == group]
            by_pillar = part["pillar"].value_counts().reindex(list(PILLARS), fill_value=0)
            row = {"kind": kind, "group": group, "programmes": len(part), "share": len(part) / len(known)}
            rows.append(row | by_pillar.to_dict() | {"status": weakest_status(known["status"])})
    return pd.DataFrame(rows, columns=columns)
