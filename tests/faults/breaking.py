"""How a study folder is broken: one file changed, and recorded in SOURCES.csv as if on purpose."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from smartcity_analysis.study import TABLES


@dataclass(frozen=True)
class Fault:
    """One way to break a study folder; `recorded`: the hashes in SOURCES.csv are those of the broken files."""

    kind: str
    fault: Callable[[Path], object]
    recorded: bool = True


def faults(kind, /, **named):
    """Faults of one kind, by the name ``kind: what is wrong`` (underscores read as spaces)."""
    return {f"{kind}: {name.replace('_', ' ').strip()}": Fault(kind, fault) for name, fault in named.items()}


def put(path, data):
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)


def change(file, old, new, count=1):
    """Replace `old` in `file` by `new`."""

    def fault(folder):
        text = (folder / file).read_bytes().decode()
        assert old in text, old
        put(folder / file, text.replace(old, new, count))

    return fault


def add(file, text):
    return lambda folder: put(folder / file, (folder / file).read_bytes() + text.encode())


def write(file, data, title=None):
    """Write `file` anew and record it."""

    def fault(folder):
        put(folder / file, data)
        record(folder, file)

    return fault


def remade(file, make):
    """Make the bytes of `file` from its text."""
    return lambda folder: put(folder / file, make((folder / file).read_bytes().decode()))


def both(*several):
    """One fault after the other."""
    return lambda folder: [fault(folder) for fault in several]


def rows_of(path):
    return list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))


def table(file, edit, separator=","):
    """Edit the rows of a CSV file (a list of lists, the header first)."""

    def fault(folder):
        rows = rows_of(folder / file)
        rows = edit(rows) or rows
        put(folder / file, written(rows, separator))

    return fault


def written(rows, separator=","):
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def cell(file, row, column, value):
    """Put `value` into one cell; `row` counts as in a spreadsheet."""

    def edit(rows):
        rows[row - 1][rows[0].index(column)] = value

    return table(file, edit)


def header(file, old, new):
    def edit(rows):
        rows[0][rows[0].index(old)] = new

    return table(file, edit)


def record(folder, file):
    """Give `file` a row in SOURCES.csv."""
    path = folder / "SOURCES.csv"
    if file not in path.read_bytes().decode():
        put(path, path.read_bytes().decode() + f"{file},{'0' * 64},Uji,uji,2024,,,\n")


def rehash(folder):
    path = folder / "SOURCES.csv"
    rows = rows_of(path)
    for row in rows[1:]:
        file = folder / row[0]
        if file.is_file() and file.stat().st_size < 60_000_000:
            row[1] = hashlib.sha256(file.read_bytes()).hexdigest()
    put(path, written(rows))


# --- workbooks ---


def typed(text, column):
    return float(text) if text and column and column.kind in ("number", "year") else (text or None)


def workbook(name, edit=None, packed=None):
    """Turn the table `name` into a workbook, as an office would keep it; `edit` the book, then its zipped parts."""

    def fault(folder):
        rows = rows_of(folder / f"{name}.csv")
        columns = [TABLES[name].by_name.get(h) for h in rows[0]]
        book = openpyxl.Workbook()
        book.active.title = "Data"
        book.active.append(rows[0])
        for row in rows[1:]:
            book.active.append([typed(text, column) for text, column in zip(row, columns, strict=True)])
        if edit:
            edit(book)
        stream = io.BytesIO()
        book.save(stream)
        data = stream.getvalue()
        put(folder / f"{name}.xlsx", packed(data) if packed else data)
        (folder / f"{name}.csv").unlink()
        change("SOURCES.csv", f"\n{name}.csv", f"\n{name}.xlsx")(folder)

    return fault


def sheet(edit):
    """Edit the only sheet of a book."""
    return lambda book: edit(book.active)


def repacked(change=None, extra=None):
    """Zip a workbook again with its parts changed, and with further ones."""

    def packed(data):
        source, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
            for part in source.namelist():
                target.writestr(part, change(part, source.read(part)) if change else source.read(part))
            for part, content in (extra or {}).items():
                target.writestr(part, content)
        return stream.getvalue()

    return packed


def in_sheet(old, new):
    """Replace bytes in the XML of the first sheet."""

    def changed(part, data):
        if part != "xl/worksheets/sheet1.xml":
            return data
        assert old in data, data[:300]
        return data.replace(old, new, 1)

    return repacked(changed)
