"""One table as a file that other programs read: CSV, an Excel sheet, or Parquet, by the ending of its name."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import pandas as pd

from ..disk import write_whole
from ..errors import Breach, DataError
from .plain_csv import as_csv

__all__ = ["ENDINGS", "table_bytes", "write_table"]

ENDINGS = (".csv", ".xlsx", ".parquet")


def write_table(path: Path, table: pd.DataFrame) -> Path:
    """Write `table`, without its index, to `path`, whole or not at all.

    Parameters
    ----------
    path : path
        Ends in ``.csv`` (UTF-8, decimal point, text that would act as a formula behind an apostrophe), ``.xlsx`` (one
        sheet, text as text) or ``.parquet`` (needs the extra ``parquet``; `attrs` of the table are kept).
    table : DataFrame

    Returns
    -------
    path

    Raises
    ------
    DataError
        For another ending, and for Parquet without pyarrow.
    """
    return write_whole(path, table_bytes(table, path.suffix.lower(), file=path.name))


def table_bytes(table: pd.DataFrame, ending: str, *, file: str) -> bytes:
    """Return `table` as the bytes of a file with this `ending`; see :func:`write_table`."""
    if ending == ".csv":
        return as_csv(table).encode()
    if ending == ".xlsx":
        return _xlsx(table)
    if ending != ".parquet":
        raise DataError([Breach("format_unknown", file=file, found=ending or None, facts={"known": ENDINGS})])
    buffer = io.BytesIO()
    try:
        table.to_parquet(buffer, engine="pyarrow", index=False)
    except ImportError:
        facts = {"package": "pyarrow", "extra": "parquet"}
        raise DataError([Breach("extra_missing", file=file, facts=facts)]) from None
    return buffer.getvalue()


def _xlsx(table: pd.DataFrame) -> bytes:
    """Return a workbook of one sheet; nothing in it is taken for a formula or a link, and every run gives its bytes."""
    stream = io.BytesIO()
    inert = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with pd.ExcelWriter(stream, engine="xlsxwriter", engine_kwargs={"options": inert}) as buffer:
        buffer.book.set_properties({"created": datetime.datetime(2000, 1, 1), "author": ""})
        table.to_excel(buffer, index=False, sheet_name="data", freeze_panes=(1, 0))
    return stream.getvalue()
