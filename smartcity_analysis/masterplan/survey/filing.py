"""Returned survey forms entered into the study's raw tables: each form once, a later one in place of an earlier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ...errors import Breach, DataError
from ...study import TABLES, Study
from ...study.filing import Filed, file_in_study
from ...study.plain_csv import as_csv
from .returned import ReturnedSurvey, read_survey_form

__all__ = ["ReceivedSurvey", "receive_survey"]

_TITLES = {"survey_forms": "Formulir survei OPD yang kembali", "survey_answers": "Jawaban survei OPD"}


@dataclass(frozen=True, eq=False)
class ReceivedSurvey:
    """What became of one file: the form it holds, how many answers, whether it replaced an earlier one, or why not."""

    file: str
    form: str = ""
    opd: str = ""
    answers: int = 0
    replaced: bool = False
    breaches: Sequence[Breach] = ()


def receive_survey(study: Study, year: int, files: Mapping[str, bytes]) -> list[ReceivedSurvey]:
    """Enter returned forms into ``survey_forms.csv`` and ``survey_answers.csv``, and return what became of each.

    A form that cannot be read is reported and leaves nothing behind; the others are entered. A form of the same OPD,
    year and respondent takes the place of the earlier one. Stand-ins are not touched.

    Parameters
    ----------
    study : Study
    year : int
    files : mapping
        The workbooks' bytes by file name.
    """
    tables = {name: _real(study.table(name)) for name in _TITLES}
    received = []
    for file, data in files.items():
        try:
            returned = read_survey_form(data, study, year, file=file)
        except DataError as error:
            received.append(ReceivedSurvey(file, breaches=error.breaches))
            continue
        replaced = bool((tables["survey_forms"]["form"] == returned.form).any())
        tables = _entered(tables, returned)
        received.append(ReceivedSurvey(file, returned.form, returned.opd, len(returned.answers), replaced))
    if any(not one.breaches for one in received):
        file_in_study(study, {f"{name}.csv": _filed(table, name) for name, table in tables.items()})
    return received


def _real(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["status"] != "illustrative"]


def _entered(tables: Mapping[str, pd.DataFrame], returned: ReturnedSurvey) -> dict[str, pd.DataFrame]:
    rows = {"survey_forms": returned.form_row(), "survey_answers": returned.answer_rows()}
    entered = {}
    for name, table in tables.items():
        kept = table[table["form"] != returned.form].astype(object)
        entered[name] = pd.concat([kept, rows[name].astype(object)], ignore_index=True)
    return entered


def _filed(table: pd.DataFrame, name: str) -> Filed:
    columns = [c.name for c in TABLES[name].columns]
    whole = {c.name: "Int64" for c in TABLES[name].columns if c.kind in ("number", "year")}
    ordered = table.reindex(columns=columns).astype(whole).sort_values(list(TABLES[name].key))
    producer, note = "perangkat daerah, melalui survei", "smartcity survey read"
    return Filed(as_csv(ordered).encode(), _TITLES[name], producer, note=note)
