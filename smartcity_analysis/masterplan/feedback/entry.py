"""The log of remarks: what is new, what was said before, what replaces what, and what contradicts what."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...study import TABLES
from .lines import parse_item
from .returned import PARTS, Returned

__all__ = ["Entered", "conflicts_marked", "enter_remarks", "remark_code"]

OPEN = ("open", "conflict")  # decisions that are still to be taken
EMPTIED = "-"  # a new value that empties the cell
STATUS = "survey"  # what an OPD wrote: an answer, not a publication


@dataclass(frozen=True, eq=False)
class Entered:
    """The `log` after a form was entered: codes of the remarks added, known before, replaced, and outdated.

    `outdated` are remarks that the form repeats although a later form of the same agency replaced them.
    """

    log: pd.DataFrame
    added: Sequence[str]
    known: Sequence[str]
    replaced: Sequence[str]
    outdated: Sequence[str]


def remark_code(opd: str, year: int, remark: dict[str, Any]) -> str:
    """Return a code made of who said what about what: the same remark has the same code in every form.

    Examples
    --------
    >>> remark_code("disdik", 2024, {"kind": "agree", "item": "F-3f2e14"})
    'R-6c328b49'
    """
    said = [opd, str(year), *(remark.get(part) or "" for part in PARTS)]
    return f"R-{hashlib.sha256(chr(31).join(said).encode()).hexdigest()[:8]}"


def enter_remarks(log: pd.DataFrame, returned: Returned, file: str) -> Entered:
    """Enter the remarks of a returned form into `log`.

    A remark that the log holds adds nothing. Of an earlier remark by the same agency on the same item, one that is not
    decided becomes ``replaced``; one that is decided stays so and names what replaces it. Corrections of one cell by
    several agencies to different values become ``conflict``.

    Parameters
    ----------
    log : DataFrame
        The raw table ``feedback``.
    file : str
        Where the form is kept.
    """
    log = log.set_index("code", drop=False).astype(object)
    added, known, replaced = [], [], []
    for remark in returned.remarks.astype(object).where(returned.remarks.notna(), None).to_dict("records"):
        code = remark_code(returned.opd, returned.year, remark)
        if code in log.index:
            known.append(code)
            continue
        before = _standing(log, returned, remark)
        log.loc[before, "replaced_by"] = code
        log.loc[[c for c in before if log.at[c, "decision"] in (*OPEN, "noted")], "decision"] = "replaced"
        replaced += before
        remark["new"] = None if remark["new"] == EMPTIED else remark["new"]
        row = {
            "code": code, "opd": returned.opd, "year": returned.year, **{part: remark[part] for part in PARTS},
            "decision": "noted" if remark["kind"] == "agree" else "open", "file": file, "status": STATUS,
            "source": f"{returned.file}: {remark['sheet']} {remark['row']}",
        }  # fmt: skip
        log = pd.concat([log, pd.DataFrame([row], index=[code], dtype=object)])
        added.append(code)
    outdated = [code for code in known if isinstance(log.at[code, "replaced_by"], str)]
    columns = [column.name for column in TABLES["feedback"].columns]
    entered = conflicts_marked(log.reset_index(drop=True).reindex(columns=columns))
    return Entered(entered, tuple(dict.fromkeys(added)), tuple(dict.fromkeys(known)), tuple(replaced), tuple(outdated))


def _standing(log: pd.DataFrame, returned: Returned, remark: dict[str, Any]) -> list[str]:
    """Return the codes of what the agency said before on the same item and no later form replaced."""
    if remark["kind"] == "add" or log.empty:
        return []
    same = (log["opd"] == returned.opd) & (log["year"] == returned.year) & (log["item"] == remark["item"])
    return list(log.index[same & log["replaced_by"].isna() & (log["kind"] != "add")])


def conflicts_marked(log: pd.DataFrame) -> pd.DataFrame:
    """Return `log` with ``conflict`` on every undecided correction that another agency's contradicts, ``open`` else."""
    log = log.copy()
    corrects = (log["kind"] == "correct") & log["item"].map(lambda item: parse_item(item) is not None).astype(bool)
    standing = log[corrects & log["decision"].isin((*OPEN, "accepted")) & log["replaced_by"].isna()]
    values = standing.groupby(["year", "item"])["new"].transform(lambda new: new.fillna("").nunique())
    contested = standing.index[values.astype(int) > 1]
    undecided = log.index[corrects & log["decision"].isin(OPEN)]
    log.loc[undecided, "decision"] = "open"
    log.loc[undecided.intersection(contested), "decision"] = "conflict"
    return log
