"""What becomes of every fault of the corpus: refused with keys and places, or read as if nothing were wrong."""

import hashlib
import shutil
from pathlib import Path

from smartcity_analysis.errors import DataError
from smartcity_analysis.study import folder as folder_module
from smartcity_analysis.study import load_study

from . import corpus_forms
from .breaking import put, rehash, rows_of, written

ROOT = Path(__file__).parents[2]
HANDLED = "read"
SHOWN = 3  # places of a case that are pinned; the number of all of them is pinned too


class Bench:
    """The shipped study without its stand-ins, copied for every fault; what is the same in all of them is read once."""

    def __init__(self, folder):
        self.folder, self.clean = folder, folder / "clean" / "kediri"
        skipped = shutil.ignore_patterns("illustrative")
        shutil.copytree(ROOT / "data" / "raw" / "kediri", self.clean, ignore=skipped)
        rows = [row for row in rows_of(self.clean / "SOURCES.csv") if not row[0].startswith("illustrative/")]
        put(self.clean / "SOURCES.csv", written(rows))
        self._known = {}
        self._read_table = folder_module.read_table
        self.sound = load_study(self.clean)

    def read_table(self, data, table, *, file, numbers=None):
        """Read a table as ever, but the same bytes only once."""
        key = (hashlib.sha256(data).digest(), table.name, file, numbers)
        if key not in self._known:
            self._known[key] = self._read_table(data, table, file=file, numbers=numbers)
        return self._known[key]

    def broken(self, fault):
        """A folder with this fault."""
        place = self.folder / "broken" / "kediri"
        shutil.rmtree(place.parent, ignore_errors=True)
        shutil.copytree(self.clean, place)
        fault.fault(place)
        if fault.recorded and (place / "SOURCES.csv").is_file() and (place / "SOURCES.csv").stat().st_size:
            rehash(place)
        return place

    def outcome(self, fault):
        """What becomes of the folder with this fault, and the error."""
        try:
            study = load_study(self.broken(fault))
        except DataError as error:
            return said(error), error
        tables, sound = dict(study.tables), dict(self.sound.tables)
        assert tables.pop("sources").columns.equals(sound.pop("sources").columns)
        tables.pop("corrections", None)
        assert tables.keys() == sound.keys()
        for name, table in tables.items():
            assert table.equals(sound[name]), name
        return HANDLED, None


class Forms:
    """The forms as they came back unbroken, and what they say."""

    def __init__(self, studies):
        self.studies = studies
        self.sent = {kind: make(studies["kediri"]) for kind, make in corpus_forms.KINDS.items()}
        self.clean = {
            kind: read(data, studies["kediri"], corpus_forms.YEAR) for kind, (data, read) in self.sent.items()
        }
        assert all(len(clean) == 1 for clean in self.clean.values())

    def outcome(self, form):
        data, read = self.sent[form.kind]
        try:
            found = read(corpus_forms.broken(form, data), self.studies[form.study], form.year)
        except DataError as error:
            return said(error), error
        assert found.equals(self.clean[form.kind])
        return HANDLED, None


def said(error):
    """The number of breaches, and key and place of the first ones."""
    places = [" | ".join(map(_shown, (b.key, b.file, b.sheet, b.row, b.column))) for b in error.breaches[:SHOWN]]
    return [len(error.breaches), *places]


def _shown(part):
    return "-" if part in (None, "") else ascii(str(part))[1:-1][:60]
