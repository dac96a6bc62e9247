"""Where one review reads and writes: its tables and figures, written whole or not at all."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..disk import RAW, find_root, plain_name, read_bytes, write_whole
from ..errors import Breach, DataError, UnknownNameError
from .plain_csv import as_csv, unguarded

__all__ = ["Store", "read_processed"]


def read_processed(path: Path) -> pd.DataFrame:
    """Read one processed table; columns named (or ending in) code, region, parent or left_out stay text.

    The apostrophes that :func:`as_csv` put before texts are taken away.

    Raises
    ------
    DataError
        When the table is not there, with the notebook order as remedy.
    """
    if not path.is_file():
        raise DataError([Breach("table_missing", file=path.name)])
    data = read_bytes(path)
    header = pd.read_csv(io.BytesIO(data), nrows=0).columns
    codes = {column: str for column in header if column.endswith(("code", "region", "parent", "left_out"))}
    table = pd.read_csv(io.BytesIO(data), dtype=codes)
    if b"'" not in data:
        return table
    for name in table.columns[[pd.api.types.is_string_dtype(kind) for kind in table.dtypes]]:
        table[name] = table[name].map(_unguarded_cell).astype(table[name].dtype)
    return table.rename(columns=_unguarded_cell)


def _unguarded_cell(value: object) -> object:
    return unguarded(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Store:
    """Where one review reads and writes.

    `root` holds ``data/raw``; tables and figures go below `output` (the root itself when a notebook is run by hand, a
    folder of its own in the batch).
    """

    root: Path
    study: str
    year: int
    output: Path

    @classmethod
    def open(cls, study: str, year: int, *, output: str | Path = "", root: Path | None = None) -> Store:
        """Open the store of `study`; an empty `output` means the project's own folders.

        Raises
        ------
        UnknownNameError
            For a study that is not below ``data/raw``; the nearest known one is named.
        """
        base = find_root(root)
        known = sorted(p.name for p in (base / RAW).iterdir() if p.is_dir())
        if study not in known:
            raise UnknownNameError("study", study, known)
        return cls(base, study, int(year), Path(output) if output else base)

    @property
    def raw(self) -> Path:
        """The study's folder below ``data/raw``."""
        return self.root / RAW / self.study

    @property
    def processed(self) -> Path:
        """Where this review's tables go."""
        return self.output / "data" / "processed" / self.study / str(self.year)

    @property
    def figures(self) -> Path:
        """Where this review's figures go."""
        return self.output / "figures" / self.study / str(self.year)

    def save_table(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        """Write `table` as ``<name>.csv`` (UTF-8, decimal point, codes as text) and return it unchanged.

        Text that a spreadsheet would take for a formula is written behind an apostrophe, see :func:`guarded`.

        Raises
        ------
        DataError
            For a name that is no plain file name.
        """
        path = self.processed / f"{plain_name(name)}.csv"
        write_whole(path, as_csv(table, index=table.index.names != [None]))
        return table

    def load_table(self, name: str) -> pd.DataFrame:
        """Read the processed table `name`, as :func:`read_processed` does."""
        return read_processed(self.processed / f"{plain_name(name)}.csv")

    def save_figure(self, name: str, data: bytes, suffix: str = "png") -> Path:
        """Write the bytes of a figure as ``<name>.<suffix>``."""
        return write_whole(self.figures / f"{plain_name(name)}.{suffix}", data)
