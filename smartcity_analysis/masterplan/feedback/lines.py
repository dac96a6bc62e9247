"""What an OPD is asked for feedback on: the findings and the raw figures that concern it, one line each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from ...errors import UnknownNameError
from ...study import TABLES, Study
from ...study.columns import Column
from ...study.corrections import cell_text, row_key

__all__ = ["ASKED", "FeedbackForm", "cell_item", "feedback_form", "parse_item", "subjects"]

ASKED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "programmes": ("name", "sub_dimension", "owner_opd", "ict", "quick_win_years", "period"),
        "programme_details": ("horizon", "partners"),
        "programme_progress": (
            "state", "physical_plan_pct", "physical_pct", "budget_idr_million", "spent_idr_million",
        ),
        "programme_targets": ("target", "realised"),
        "programme_coverage": ("planned_people", "realised_people"),
        "indicators": ("value",),
        "survey_answers": ("answer",),
        "survey_verified": ("score",),
    }
)  # fmt: skip
_DATA = ["item", "code", "table", "row", "column", "subject_id", "subject_en", "old", "source", "status"]
_FINDINGS = ["id", "pillar", "text_id", "text_en", "evidence", "status"]


@dataclass(frozen=True, eq=False)
class FeedbackForm:
    """What one OPD is asked in one year: lines on `findings` and on raw `data`, and the codes a cell may take.

    `data` has one row a cell: item (its place), code (short, as printed), table, row, column, subject in both
    languages, old (the present value as text), source and status. `choices` holds the allowed codes of a column, by
    ``table.column``.
    """

    study: str
    year: int
    opd: str
    findings: pd.DataFrame
    data: pd.DataFrame
    choices: Mapping[str, tuple[str, ...]]


def cell_item(table: str, row: str, column: str) -> str:
    """Return the place of one raw cell as text.

    Examples
    --------
    >>> cell_item("programmes", "code=P38", "quick_win_years")
    'programmes[code=P38].quick_win_years'
    """
    return f"{table}[{row}].{column}"


def parse_item(item: str | None) -> tuple[str, str, str] | None:
    """Return table, row and column of a place made by :func:`cell_item`; None for anything else.

    Examples
    --------
    >>> parse_item("programmes[code=P38].quick_win_years")
    ('programmes', 'code=P38', 'quick_win_years')
    """
    match = re.fullmatch(r"(\w+)\[(.*)\]\.(\w+)", item) if isinstance(item, str) else None
    return (match[1], match[2], match[3]) if match and match[1] in TABLES else None


def feedback_form(study: Study, year: int, opd: str, findings: pd.DataFrame) -> FeedbackForm:
    """Return what the agency `opd` is asked about the review of `year`.

    Parameters
    ----------
    findings : DataFrame
        The findings of the last review, as its processed table holds them. The agency gets those of its pillars, those
        that name it as owner (a column ``opd``), and those of no pillar, which concern the whole city.
    study : Study
        The checked study.
    year : int
        The year in question.

    Notes
    -----
    Stand-ins are not asked about: they are to be replaced by figures, not corrected.

    Raises
    ------
    UnknownNameError
        For an agency that the study does not list.
    """
    agencies = study.table("opd").set_index("code")
    if opd not in agencies.index:
        raise UnknownNameError("OPD", opd, list(agencies.index))
    pillars = _parts(agencies.at[opd, "pillars"])
    concerns = findings["pillar"].isna() | findings["pillar"].isin(pillars)
    if "opd" in findings.columns:
        concerns |= _lists(findings["opd"], opd)
    data = pd.DataFrame(_lines(study, year, opd), columns=_DATA, dtype=object)
    asked_cells = set(zip(data["table"], data["column"], strict=True))
    choices = {f"{t}.{c}": _choices(study, TABLES[t].by_name[c]) for t, c in asked_cells}
    asked = findings.loc[concerns].reindex(columns=_FINDINGS).reset_index(drop=True)
    return FeedbackForm(study.name, year, opd, asked, data, {k: v for k, v in sorted(choices.items()) if v})


def _parts(cell: object) -> list[str]:
    return [part.strip() for part in cell.split(";")] if isinstance(cell, str) else []


def _lists(cells: pd.Series, wanted: str) -> pd.Series:
    """Say which list cells hold `wanted`."""
    return cells.map(lambda cell: wanted in _parts(cell)).astype(bool)


def _choices(study: Study, column: Column) -> tuple[str, ...]:
    """Return the codes a column may take: its allowed values, the OPDs, or the sub-dimensions."""
    if column.refers == "opd.code":
        return tuple(study.table("opd")["code"])
    if column.name == "sub_dimension":
        return tuple(child.code for pillar in study.framework.root.children for child in pillar.children)
    return column.allowed


def _lines(study: Study, year: int, opd: str) -> list[dict[str, object]]:
    """Return one line for every raw cell that concerns the agency."""
    subject = subjects(study)
    lines = []
    for name, columns in ASKED.items():
        table = TABLES[name]
        rows = study.table(name)
        if rows.empty:
            continue
        rows = rows[_concerned(study, name, rows, year, opd) & (rows["status"] != "illustrative")]
        for row in rows.to_dict("records"):
            key = row_key(table, row)
            both = [subject(name, row, language) for language in ("id", "en")]
            for column in columns:
                item = cell_item(name, key, column)
                old = cell_text(row.get(column), table.by_name[column], study.spec.number_format)
                code = f"D-{hashlib.sha256(item.encode()).hexdigest()[:6]}"
                line = (item, code, name, key, column, *both, old, row["source"], row["status"])
                lines.append(dict(zip(_DATA, line, strict=True)))
    return lines


def _concerned(study: Study, name: str, rows: pd.DataFrame, year: int, opd: str) -> pd.Series:
    """Say which rows of table `name` concern the agency in `year`."""
    if name == "programmes":
        return _lists(rows["owner_opd"], opd)
    if name == "indicators":
        return _indicator_rows(study, rows, year, opd)
    now = rows["year"] == year if "year" in rows.columns else pd.Series(True, index=rows.index)
    if name == "survey_answers":
        forms = study.table("survey_forms")
        return rows["form"].isin(forms.loc[(forms["opd"] == opd) & (forms["year"] == year), "form"])
    if name == "survey_verified":
        return now & (rows["opd"] == opd)
    programmes = study.table("programmes")
    return now & rows["programme"].isin(programmes.loc[_lists(programmes["owner_opd"], opd), "code"])


def _indicator_rows(study: Study, rows: pd.DataFrame, year: int, opd: str) -> pd.Series:
    """Say which indicator values the agency owns, or (latest only) belong to the kecamatan that it is."""
    catalogue, regions = study.table("catalogue"), study.table("regions")
    owned = rows["indicator"].isin(catalogue.loc[_lists(catalogue["owner_opd"], opd), "code"])
    until = rows["year"] <= year
    name = study.table("opd").set_index("code").at[opd, "name"]
    place = regions.loc[(regions["level"] == "kecamatan") & ("Kecamatan " + regions["name"] == name), "code"]
    within = rows["region"].map(lambda code: any(code == p or code.startswith(f"{p}.") for p in place)).astype(bool)
    latest = rows["year"] == rows["year"].where(until).groupby([rows["region"], rows["indicator"]]).transform("max")
    return until & (owned | (within & latest))


def subjects(study: Study) -> Callable[[str, Mapping[str, object], str], str]:
    """Return how a row is named to the agency: its key, each code followed or replaced by its name."""
    programmes = study.table("programmes").set_index("code")["name"]
    labels = {
        "regions.code": {code: (name, name) for code, name in study.names.items()},
        "programmes.code": {code: (f"{code} {name}",) * 2 for code, name in programmes.items()},
        "opd.code": {row.code: (row.abbreviation,) * 2 for row in study.table("opd").itertuples()},
        "catalogue.code": {
            row.code: (f"{row.label_id} ({row.unit_id})", f"{row.label_en} ({row.unit_en})")
            for row in study.table("catalogue").itertuples()
        },
        "survey_questions.code": {
            row.code: (f"{row.code} {row.text_id}", f"{row.code} {row.text_en}")
            for row in study.table("survey_questions").itertuples()
        },
    }

    def subject(name: str, row: Mapping[str, object], language: str) -> str:
        parts = []
        for key in TABLES[name].key:
            column = TABLES[name].by_name[key]
            text = cell_text(row[key], column, study.spec.number_format) or ""
            if key == "measure_id":
                text = str(row[f"measure_{language}"])
            known = labels.get("programmes.code" if name == "programmes" else str(column.refers), {})
            parts.append(known[text][("id", "en").index(language)] if text in known else text)
        return ", ".join(parts)

    return subject
