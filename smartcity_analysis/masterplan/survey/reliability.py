"""Whether the items of a section measure one thing, and how little a few forms can say about it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...index import ScoringError, cronbach_alpha, mcdonald_omega
from ...study import PILLARS, Study
from .answers import SECTIONS, survey_answers, weakest_by

__all__ = ["survey_reliability"]

ENOUGH = 0.7  # reliability below which a section is said to be low (Nunnally 1978)


def survey_reliability(study: Study, year: int) -> pd.DataFrame:
    """Return alpha and omega of every section of scale items, form by form; of maturity, pillar by pillar.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame, one row a section (and pillar)
        section, pillar, items, forms (behind the thinnest pair of items), alpha, alpha_lower, alpha_upper (95 %),
        omega (NaN where one item would be explained whole), verdict (reliable where the whole interval is at 0.7 or
        above, low_reliability where it is below, too_close between, wrong_direction for a negative alpha, not_computed
        where no figure is defined, or fewer forms answered than the study's small cell), status.
    """
    answers = survey_answers(study, year)
    answers = answers[(answers["kind"] == "scale") & answers["value"].notna()]
    columns = [
        "section",
        "pillar",
        "items",
        "forms",
        "alpha",
        "alpha_lower",
        "alpha_upper",
        "omega",
        "verdict",
        "status",
    ]
    rows = []
    for section in SECTIONS:
        own = answers[answers["section"] == section]
        split = [(p, own[own["pillar"] == p]) for p in PILLARS] if section == "maturity" else [(None, own)]
        for pillar, group in split:
            if group["question"].nunique() > 1:
                wide = group.pivot(index="form", columns="question", values="value")
                status = weakest_by(group.assign(all=0), ["all"]).iloc[0]
                few = len(wide) < study.spec.privacy.small_cell
                found = {"items": wide.shape[1], "verdict": "not_computed"} if few else _reliability(wide)
                rows.append({"section": section, "pillar": pillar, **found, "status": status})
    return pd.DataFrame(rows, columns=columns)


def _reliability(wide: pd.DataFrame) -> dict[str, Any]:
    """Return alpha and omega of forms by items; items that everybody answers alike carry none and are left out."""
    kept = wide.loc[:, wide.nunique() > 1]
    row: dict[str, Any] = {"items": wide.shape[1], "forms": len(wide), "verdict": "not_computed"}
    try:
        alpha = cronbach_alpha(kept)
        lower, upper = alpha.interval or (np.nan, np.nan)
        row |= {"forms": alpha.n, "alpha": alpha.value, "alpha_lower": lower, "alpha_upper": upper}
        clear = "reliable" if lower >= ENOUGH else "low_reliability" if upper < ENOUGH else "too_close"
        row["verdict"] = "wrong_direction" if alpha.flag == "negative" else clear
        omega = mcdonald_omega(kept)
    except ScoringError:
        return row
    return row if omega.flag == "heywood" else row | {"omega": omega.value}
