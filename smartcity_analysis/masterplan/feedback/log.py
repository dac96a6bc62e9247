"""What the OPDs said about the draft, what became of it, and what it changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...study import TABLES, Study
from ...study.corrections import find_rows
from .lines import parse_item, subjects

__all__ = ["feedback_changes", "feedback_log", "feedback_summary", "objections"]

_LOG = ["remark_id", "opd", "said", "item", "text_id", "text_en", "old_value", "new_value", "remark", "proof", "result",
        "reply", "replaced_by", "status"]  # fmt: skip
_NAMES = {"code": "remark_id", "kind": "said", "old": "old_value", "new": "new_value", "evidence": "proof",
          "answer": "reply"}  # fmt: skip
_PENDING = {"correct": "pending", "object": "shown_beside", "add": "listed"}  # what becomes of what nobody decided on
_SAID = {"agree": "agreed", "correct": "corrected", "object": "objected", "add": "added"}
_RESULTS = ("accepted", "declined", "pending", "in_conflict", "replaced")


def feedback_log(study: Study, year: int) -> pd.DataFrame:
    """Return every remark on the review of `year` with its outcome and answer.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame, one row a remark
        remark_id, opd, said (agreed, corrected, objected, added), item, text_id and text_en (what the remark is about),
        old_value, new_value, remark, proof, result (noted, accepted, declined, pending, in_conflict, replaced;
        ``shown_beside`` for an objection and ``listed`` for an addition that nobody has decided on), reply,
        replaced_by, status.
    """
    rows = study.table("feedback")
    rows = rows[rows["year"] == year].reset_index(drop=True)
    undecided = rows["decision"] == "open"
    result = rows["decision"].where(~undecided, rows["kind"].map(_PENDING)).replace("conflict", "in_conflict")
    texts = [_about(study, year, item) for item in rows["item"]]
    table = rows.rename(columns=_NAMES).assign(result=result, said=rows["kind"].map(_SAID))
    table["old_value"] = table["old_value"].where(table["said"] == "corrected", None)
    table = table.assign(text_id=[text[0] for text in texts], text_en=[text[1] for text in texts])
    return table.reindex(columns=_LOG)


def feedback_summary(study: Study, year: int) -> pd.DataFrame:
    """Count the remarks on the review of `year` by OPD: of each kind, and by what became of them.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame, one row an OPD that answered
        opd, remarks, agreed, corrected, objected, added, accepted, declined, pending, in_conflict, replaced, status.
    """
    log = feedback_log(study, year)
    counts = ["remarks", *_SAID.values(), *_RESULTS]
    if log.empty:
        return pd.DataFrame(columns=["opd", *counts, "status"])
    marks = pd.concat([pd.get_dummies(log["said"]), pd.get_dummies(log["result"])], axis=1).assign(remarks=1)
    marks = marks.reindex(columns=counts, fill_value=0).astype(int)
    return marks.groupby(log["opd"]).sum().reset_index().assign(status="survey")


def objections(study: Study, year: int) -> dict[str, list[str]]:
    """Return, by finding, the abbreviations of the OPDs whose objection stands.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.
    """
    rows = study.table("feedback")
    rows = rows[(rows["year"] == year) & (rows["kind"] == "object") & rows["decision"].isin(["open", "accepted"])]
    short = study.table("opd").set_index("code")["abbreviation"]
    return {str(item): list(short[group.unique()]) for item, group in rows.groupby("item")["opd"]}


def feedback_changes(study: Study, year: int, findings: pd.DataFrame) -> pd.DataFrame:
    """Return what changed in each finding since the forms went out, and which remarks stand behind it.

    Parameters
    ----------
    findings : DataFrame
        The findings now, with id, text_id, text_en and status.
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame, one row a finding that changed or that was remarked on
        id, what_changed (``finding_new``, ``finding_gone``, ``changed_number``, ``changed_text``, ``changed_status`` or
        ``unchanged``), before_id, before_en, text_id, text_en, remarked (codes of what was said on it), because_of
        (codes of the accepted remarks whose corrections are declared, for a finding that changed), opds (who made
        them), objected_by, status.

    Notes
    -----
    A finding that changed names every correction that was accepted since: which of several moved it is not told apart.
    """
    sent = study.table("feedback_sent")
    sent = sent[sent["year"] == year].set_index("finding")
    if sent.empty:
        return pd.DataFrame(columns=_CHANGES)
    now = findings.set_index("id")
    said = study.table("feedback")
    said = said[said["year"] == year]
    short = study.table("opd").set_index("code")["abbreviation"]
    declared = said[said["code"].isin(study.table("corrections")["remark"].dropna())]
    objected = objections(study, year)
    rows = []
    for code in [*now.index, *sent.index.difference(now.index)]:
        before = sent.loc[code] if code in sent.index else None
        after = now.loc[code] if code in now.index else None
        change = _change(before, after)
        remarks = said.loc[said["item"] == code, "code"]
        moved = declared if change != "unchanged" else declared.iloc[:0]
        last: Mapping[str, Any] = before if after is None else after  # type: ignore[assignment]
        if change != "unchanged" or len(remarks):
            rows.append(
                {
                    "id": code, "what_changed": change,
                    **{f"before_{c}": None if before is None else before[f"text_{c}"] for c in ("id", "en")},
                    **{f"text_{c}": None if after is None else after[f"text_{c}"] for c in ("id", "en")},
                    "remarked": ", ".join(remarks), "because_of": ", ".join(moved["code"]),
                    "opds": ", ".join(short[moved["opd"].unique()]),
                    "objected_by": ", ".join(objected.get(code, [])), "status": last["status"],
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=_CHANGES)


_CHANGES = ["id", "what_changed", "before_id", "before_en", "text_id", "text_en", "remarked", "because_of", "opds",
            "objected_by", "status"]  # fmt: skip


def _change(before: pd.Series | None, after: pd.Series | None) -> str:
    """Say how a finding differs from what was sent; a difference in digits only is a change of number."""
    if before is None or after is None:
        return "finding_new" if before is None else "finding_gone"
    old, new = before["text_id"], after["text_id"]
    if old != new:
        bare = [re.sub(r"[-+−]?[\d.,]*\d", "#", text) for text in (old, new)]
        return "changed_number" if bare[0] == bare[1] else "changed_text"
    return "changed_status" if before["status"] != after["status"] else "unchanged"


def _about(study: Study, year: int, item: str | None) -> tuple[str, str]:
    """Return what a remark is about, in both languages: the finding as sent, the cell by its names, or the addition."""
    place = parse_item(item)
    if place is None:
        sent = study.table("feedback_sent")
        sent = sent[(sent["year"] == year) & (sent["finding"] == item)]
        return (sent["text_id"].iloc[0], sent["text_en"].iloc[0]) if len(sent) else (item or "", item or "")
    name, key, wanted = place
    column, rows = TABLES[name].by_name[wanted], study.table(name)
    at = find_rows(rows, TABLES[name], key)
    words = {"id": (*column.headers, wanted)[0].replace("_", " "), "en": wanted.replace("_", " ")}
    subject = subjects(study)
    row = rows.iloc[int(at[0])] if len(at) else None
    said = {c: key if row is None else subject(name, row.to_dict(), c) for c in words}
    return f"{said['id']}: {words['id']}", f"{said['en']}: {words['en']}"
