"""One conclusion defended: from the claim to its evidence, the processed row, the raw row and its source, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from ..errors import Breach, DataError
from ..study import Study, load_framework
from ..study.readable import readable
from .findings import Cited, Finding, Tables
from .lineage import CITY, ORIGINS, Origin, raw_rows

__all__ = ["RAW_COLUMNS", "FindingTrace", "choose_finding", "choose_raw_row", "findings_on", "trace_finding"]

RAW_COLUMNS = ("evidence", "study", "file", "row", "content", "status", "source", "title")
_SAID_ELSEWHERE = ("row", "status", "source")


@readable()
@dataclass(frozen=True, eq=False)
class FindingTrace:
    """A finding with everything it rests on.

    Parameters
    ----------
    finding : Finding
    evidence : DataFrame
        One row a cited value: ``evidence`` (table, key, column), ``value``, ``status``.
    processed : DataFrame
        One row a processed row: ``evidence`` (table and key), ``content``, ``status``.
    raw : DataFrame
        One row a raw row and processed row it went into: ``evidence``, ``study``, ``file``, ``row`` (as in a
        spreadsheet, the header is 1), ``content``, ``status``, ``source`` (as the row gives it), ``title`` (of the
        file, from SOURCES.csv).
    """

    finding: Finding
    evidence: pd.DataFrame
    processed: pd.DataFrame
    raw: pd.DataFrame


def choose_finding(findings: Sequence[Finding], id: str = "") -> Finding:
    """Return the finding with this `id`; without one, the first.

    Parameters
    ----------
    findings : sequence of Finding
        The findings of a review.
    id : str, optional
        As it stands in the report; empty: the first finding.

    Raises
    ------
    DataError
        For an id that is none of them.
    """
    for finding in findings:
        if id in ("", finding.id):
            return finding
    known = [finding.id for finding in findings[:3]]
    raise DataError([Breach("finding_unknown", column="finding", found=id or None, facts={"known": known})])


def trace_finding(finding: Finding, tables: Tables, city: Study, peers: Study | None = None) -> FindingTrace:
    """Return what `finding` rests on, down to the raw rows and their source.

    Parameters
    ----------
    finding : Finding
    tables : Tables
        The processed tables of the review.
    city : Study
        The study under review.
    peers : Study, optional
        The study that the regions are compared in; without it, rows of it are left out.

    Returns
    -------
    FindingTrace

    Examples
    --------
    ::

        found = review_findings(tables)
        trace_finding(choose_finding(found), tables, city, peers).raw
    """
    cited = finding.cited
    evidence = [{"evidence": one.place, "value": one.value, "status": one.status} for one in cited]
    rows = {_row_place(one): one for one in cited}
    processed, raw = [], []
    for place, one in rows.items():
        row = _processed_row(one, tables)
        processed.append(
            {"evidence": place, "content": _content(row, ("status",)), "status": row.get("status", one.status)}
        )
        for origin in ORIGINS.get(one.table, ()):
            raw += _raw(place, row, origin, tables, city if origin.study == CITY else peers)
    return FindingTrace(
        finding,
        pd.DataFrame(evidence, columns=["evidence", "value", "status"]),
        pd.DataFrame(processed, columns=["evidence", "content", "status"]),
        pd.DataFrame(raw, columns=list(RAW_COLUMNS)),
    )


def choose_raw_row(trace: FindingTrace, file: str = "", row: int = 0) -> tuple[str, int]:
    """Return study and file, and the row in it, of one raw row: the one named, else the first that a trace leads to.

    Parameters
    ----------
    trace : FindingTrace
    file : str, optional
        Study and file: ``kediri/scores.csv``.
    row : int, optional
        As in a spreadsheet: the header is 1.

    Returns
    -------
    file, row
        ``("", 0)`` where nothing is named and the trace leads to no raw row.
    """
    if file or trace.raw.empty:
        return file, row
    first = trace.raw.iloc[0]
    return f"{first['study']}/{first['file']}", int(first["row"])


def findings_on(
    file: str, row: int, findings: Iterable[Finding], tables: Tables, city: Study, peers: Study | None = None
) -> pd.DataFrame:
    """Return which findings rest on one raw row: the way back.

    Parameters
    ----------
    file : str
        Study and file, as ``raw`` of a trace gives them: ``kediri/scores.csv``.
    row : int
        As in a spreadsheet: the header is 1.
    findings, tables, city, peers
        As for :func:`trace_finding`.

    Returns
    -------
    DataFrame
        One row a finding: ``id``, ``template``, ``status``, ``through`` (the processed rows it went through).
    """
    found = []
    for finding in findings:
        raw = trace_finding(finding, tables, city, peers).raw
        through = raw.loc[(raw["study"] + "/" + raw["file"] == file) & (raw["row"] == row), "evidence"]
        if len(through):
            places = "; ".join(dict.fromkeys(through))
            found.append({"id": finding.id, "template": finding.template, "status": finding.status, "through": places})
    return pd.DataFrame(found, columns=["id", "template", "status", "through"])


def _row_place(cited: Cited) -> str:
    return cited.place.rpartition(".")[0]


def _processed_row(cited: Cited, tables: Tables) -> pd.Series:
    table = tables[cited.table]
    chosen = pd.Series(True, index=table.index)
    for name, value in cited.row:
        chosen &= table[name].isna() if value is None else table[name] == value
    return table.loc[chosen].iloc[0]


def _content(row: pd.Series, left_out: Sequence[str]) -> str:
    kept = {str(name): cell for name, cell in row.items() if name not in left_out and not pd.isna(cell)}
    said = {n: f"{c:.10g}" if isinstance(c, float) else str(c) for n, c in kept.items() if str(c)}
    return "; ".join(f"{name}={text}" for name, text in said.items())


def _raw(place: str, row: pd.Series, origin: Origin, tables: Tables, study: Study | None) -> list[dict[str, object]]:
    """Return what one origin gives of a processed row, with file and source."""
    if study is None:
        return []
    name = study.spec.index.framework if study.spec.index is not None else None
    leaves = [leaf.code for leaf in load_framework(name).leaves] if name else []
    year = int(tables[origin.year_of[0]][origin.year_of[1]].iloc[0]) if origin.year_of else None
    titles = study.table("sources").set_index("path")["title"].to_dict()
    found = []
    for _, raw in raw_rows(row, origin, study, leaves, year).iterrows():
        file = f"illustrative/{origin.table}.csv" if raw.get("status") == "illustrative" else f"{origin.table}.csv"
        found.append(
            {
                "evidence": place, "study": study.name, "file": file, "row": int(raw["row"]),
                "content": _content(raw, _SAID_ELSEWHERE), "status": raw.get("status"), "source": raw.get("source"),
                "title": titles.get(file),
            }
        )  # fmt: skip
    return found
