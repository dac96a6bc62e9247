"""Returned forms filed and decided: the log, the declared corrections, and the forms as they came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...disk import sha256
from ...errors import Breach, DataError, nearest
from ...study import TABLES, Study
from ...study.corrections import apply_corrections, cell_text, find_rows, raw_tables
from ...study.filing import Filed, file_in_study
from ...study.plain_csv import as_csv
from ...study.privacy.workbooks import without_people
from ...study.readers.tables import ReadTable
from .entry import STATUS, conflicts_marked, enter_remarks
from .lines import parse_item
from .returned import read_returned

__all__ = ["Received", "decide_feedback", "receive_feedback", "record_sent"]

FOLDER = "feedback"


@dataclass(frozen=True, eq=False)
class Received:
    """What became of one returned form: refused with `breaches`, or entered.

    `added`, `known`, `replaced` and `outdated` are codes of remarks, as in :class:`.feedback_entry.Entered`.
    """

    file: str
    opd: str = ""
    asked: int = 0
    added: Sequence[str] = ()
    known: Sequence[str] = ()
    replaced: Sequence[str] = ()
    outdated: Sequence[str] = ()
    breaches: Sequence[Breach] = ()


def receive_feedback(study: Study, year: int, forms: Iterable[tuple[str, bytes]]) -> list[Received]:
    """Read returned forms (file name and bytes), keep those that say something new, and enter their remarks in the log.

    A broken form is refused whole and the others are still read. A form is kept as it came but for who wrote it: the
    properties of the file are emptied. It lies below ``feedback/`` under the agency's code and a part of its hash, so
    that none overwrites another.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.
    forms : iterable of (str, bytes)
        Name and content of every returned form.
    """
    log, kept, received = study.table("feedback"), {}, []
    for file, data in forms:
        try:
            returned = read_returned(data, file=file, study=study, year=year)
        except DataError as error:
            received.append(Received(file, breaches=error.breaches))
            continue
        kept_as = without_people(data)
        path = f"{FOLDER}/{returned.opd}-{sha256(kept_as)[:8]}.xlsx"
        entered = enter_remarks(log, returned, path)
        log = entered.log
        if entered.added:
            title = f"Formulir umpan balik {year}"
            kept[path] = Filed(kept_as, title, returned.opd, str(year), "smartcity feedback read")
        codes = (entered.added, entered.known, entered.replaced, entered.outdated)
        received.append(Received(file, returned.opd, returned.asked, *codes))
    if kept:
        file_in_study(study, {**kept, "feedback.csv": _filed(log, "feedback")})
    return received


def record_sent(study: Study, year: int, findings: pd.DataFrame) -> int:
    """Keep the findings as they were when they first went out, and return how many were new.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.
    findings : DataFrame
        As :func:`findings_table` gives them.
    """
    sent = study.table("feedback_sent")
    new = findings[~findings["id"].isin(sent.loc[sent["year"] == year, "finding"])]
    rows = new[["id", "text_id", "text_en", "status"]].rename(columns={"id": "finding"})
    if len(rows):
        rows = rows.assign(year=year, source="findings.csv")
        table = pd.concat([sent, rows], ignore_index=True) if len(sent) else rows
        file_in_study(study, {"feedback_sent.csv": _filed(table, "feedback_sent")})
    return len(rows)


def decide_feedback(
    study: Study, codes: Sequence[str], decision: str, answer: str, *, status: str = STATUS
) -> pd.DataFrame:
    """Accept or decline remarks, and declare or withdraw the corrections that follow.

    Parameters
    ----------
    decision : {"accepted", "declined"}
    answer : str
        What the agency is told.
    status : str
        Status of an accepted value: ``survey`` unless its evidence is a publication.
    study : Study
        The checked study.
    codes : sequence of str
        Ids of the remarks decided on.

    Returns
    -------
    DataFrame
        The corrections that the study now declares.

    Raises
    ------
    DataError
        When a remark is not known, is not to be decided, contradicts another that was accepted, or would make a
        correction that does not hold; nothing is written then.
    """
    log, corrections = study.table("feedback").astype(object), study.table("corrections").astype(object)
    raw = raw_tables(study.folder, study.spec.number_format)
    breaches: list[Breach] = []
    for code in codes:
        problems = _undecidable(log, code, decision)
        breaches += problems
        if problems:
            continue
        at = log.index[log["code"] == code][0]
        corrections = corrections[corrections["remark"] != code]
        log.loc[at, ["decision", "answer"]] = [decision, answer]
        if decision == "accepted" and parse_item(log.at[at, "item"]) and log.at[at, "kind"] == "correct":
            log, corrections = _without_earlier(log, corrections, at)
            corrections, problems = _declared(log.loc[at], corrections, raw, study, status)
            breaches += problems
    corrections = corrections.reset_index(drop=True)
    read = ReadTable(corrections, np.arange(2, len(corrections) + 2), (), "corrections.csv")
    breaches += apply_corrections({**raw, "corrections": read}, study.spec.number_format)[1] if not breaches else []
    if breaches:
        raise DataError(breaches)
    files = {"feedback.csv": _filed(conflicts_marked(log), "feedback")}
    if len(corrections):
        files["corrections.csv"] = _filed(corrections, "corrections")
    file_in_study(study, files, gone=() if len(corrections) else ("corrections.csv",))
    return corrections


def _undecidable(log: pd.DataFrame, code: str, decision: str) -> list[Breach]:
    """Return why the remark `code` cannot be decided."""
    place: dict[str, Any] = {"file": "feedback.csv", "column": "code", "found": code}
    known = log.set_index("code")
    if code not in known.index:
        return [Breach("feedback_unknown", **place, facts={"hint": nearest(code, known.index) or ""})]
    remark = known.loc[code]
    if remark["kind"] == "agree" or remark["decision"] == "replaced":
        facts = {"newer": remark["replaced_by"] if isinstance(remark["replaced_by"], str) else "-"}
        return [Breach("feedback_closed", **place, facts=facts)]
    same = known[
        (known["item"] == remark["item"]) & (known["year"] == remark["year"]) & (known["opd"] != remark["opd"])
    ]
    same = same[(same["kind"] == "correct") & (same["decision"] == "accepted") & (same["new"] != remark["new"])]
    if decision == "accepted" and remark["kind"] == "correct" and parse_item(remark["item"]) and len(same):
        return [Breach("feedback_contradicts", **place, facts={"other": same.index[0], "value": same["new"].iloc[0]})]
    return []


def _without_earlier(log: pd.DataFrame, corrections: pd.DataFrame, at: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take back what the same agency's replaced remarks on the same item had corrected."""
    own = log.loc[at]
    same = (log["opd"] == own["opd"]) & (log["year"] == own["year"]) & (log["item"] == own["item"])
    earlier = same & (log["decision"] == "accepted") & log["replaced_by"].notna() & (log["code"] != own["code"])
    taken = corrections["remark"].isin(log.loc[earlier, "code"])
    log.loc[earlier, "decision"] = "replaced"
    return log, corrections[~taken]


def _declared(
    remark: pd.Series, corrections: pd.DataFrame, raw: Mapping[str, ReadTable], study: Study, status: str
) -> tuple[pd.DataFrame, list[Breach]]:
    """Return `corrections` with the one that follows from an accepted remark."""
    name, key, column = parse_item(remark["item"]) or ("", "", "")
    cell = (corrections["table"] == name) & (corrections["row"] == key) & (corrections["column"] == column)
    table = TABLES[name]
    at = find_rows(raw[name].values, table, key) if name in raw else np.array([], dtype=int)
    if len(at) != 1:
        facts = {"table": name, "key": "; ".join(f"{k}=..." for k in table.key)}
        return corrections, [Breach("correction_row", file="feedback.csv", column="item", found=key, facts=facts)]
    value = raw[name].values[column].iloc[int(at[0])]
    original = cell_text(value, table.by_name[column], study.spec.number_format)
    present = corrections.loc[cell, "to"].iloc[-1] if cell.any() else original
    if remark["old"] not in (original, present):
        facts = {"expected": remark["old"], "table": name}
        return corrections, [Breach("correction_stale", file="feedback.csv", column="old", found=present, facts=facts)]
    if present == remark["new"]:
        return corrections, []
    row = {
        "code": f"K-{remark['code'][2:]}", "table": name, "row": key, "column": column, "from": present,
        "to": remark["new"], "reason": remark["remark"] or remark["answer"], "evidence": remark["evidence"],
        "opd": remark["opd"], "remark": remark["code"], "status": status, "source": remark["file"],
    }  # fmt: skip
    return pd.concat([corrections, pd.DataFrame([row], dtype=object)], ignore_index=True), []


def _filed(table: pd.DataFrame, name: str) -> Filed:
    """Return a raw table of the feedback as a file, with the words of its row in SOURCES.csv."""
    table = table.reindex(columns=[column.name for column in TABLES[name].columns])
    if "year" in table.columns:
        table = table.assign(year=table["year"].astype(int))
    titles = {
        "feedback": "Catatan umpan balik OPD atas rancangan reviu",
        "feedback_sent": "Temuan seperti saat formulir umpan balik dikirim",
        "corrections": "Koreksi yang dinyatakan, dengan alasan dan bukti",
    }
    data = as_csv(table).encode()
    return Filed(data, titles[name], "reviu", note="smartcity feedback")
