"""The corpus of broken input: a case is refused with its pinned places, or read as if nothing were wrong."""

import os
import re

import pytest
import yaml

from smartcity_analysis.batch import review
from smartcity_analysis.cli import main
from smartcity_analysis.errors import DataError
from smartcity_analysis.messages import LANGUAGES, breach_words
from smartcity_analysis.study import folder as folder_module
from smartcity_analysis.study import load_study
from smartcity_analysis.study.workbooks import ignored_parts

from . import corpus_forms, pin
from .breaking import rehash
from .corpus import FAULTS
from .running import HANDLED, Bench, Forms

PINNED = yaml.safe_load(pin.PINNED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Bench(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def forms(root):
    return Forms({name: load_study(name, root=root) for name in ("kediri", "malang")})


def check_words(error):
    """Every breach says in both languages what was found, expected and to be done, without gaps or control signs."""
    for breach in error.breaches:
        assert breach.file
        words = {language: breach_words(breach, language) for language in LANGUAGES}
        for said in words.values():
            assert said["where"] and said["found"] and said["expected"] and said["remedy"]
            assert not re.search(r"\{[a-z_]+\}", said["expected"].replace(said["found"], ""))
            assert all(part.isprintable() for part in said.values())
        assert words["id"]["remedy"] != words["en"]["remedy"]


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_folder(name, bench, monkeypatch):
    monkeypatch.setattr(folder_module, "read_table", bench.read_table)
    outcome, error = bench.outcome(FAULTS[name])
    assert outcome == PINNED[name]
    if error:
        check_words(error)


@pytest.mark.parametrize("name", corpus_forms.FAULTS)
def test_a_broken_form(name, forms):
    outcome, error = forms.outcome(corpus_forms.FAULTS[name])
    assert outcome == PINNED[name]
    if error:
        check_words(error)


def test_the_corpus_is_broad_and_documented_case_by_case():
    assert list(PINNED) == [*FAULTS, *corpus_forms.FAULTS]
    assert len(PINNED) >= 150
    assert pin.DOCUMENT.read_text(encoding="utf-8") == pin.document(PINNED)


CHOSEN = (
    "headers: missing", "encodings: cp1252", "workbooks: merged cells", "workbook files: a zip bomb",
    "files: a link to a file of the system", "files: of 200 MB", "framework: aliases that multiply",
    "study.yaml: an entry twice", "borders: nested very deep",
)  # fmt: skip


@pytest.mark.parametrize("name", CHOSEN)
def test_a_review_of_it_touches_no_output(name, project, tree, monkeypatch, capsys):
    """Through the batch and through the command line, with the reports of last time in place."""
    folder = project / "data" / "raw" / "kediri"
    FAULTS[name].fault(folder)
    rehash(folder)
    outputs = [project / place for place in ("reports", "figures", "data/processed")]
    for place in outputs:
        (place / "kediri").mkdir(parents=True)
        (place / "kediri" / "last").write_text("good", encoding="utf-8")
    before = [tree(place) for place in outputs]
    with pytest.raises(DataError, match="kediri") as error:
        review("kediri", 2024, root=project)
    assert error.value.breaches[0].key == PINNED[name][1].partition(" ")[0]
    monkeypatch.setenv("SMARTCITY_ROOT", str(project))
    assert main(["check", "kediri", "--language", "en"]) == 2
    said = capsys.readouterr()
    assert said.out.startswith("\nNext step:\n") and "Remedy: " in said.err and "Traceback" not in said.err
    assert [tree(place) for place in outputs] == before and not (project / ".smartcity").exists()


@pytest.mark.parametrize(
    ("name", "part"),
    [("macros", "xl/vbaProject.bin"), ("links to other files", "xl/externalLinks/externalLink1.xml"),
     ("an embedded object", "xl/embeddings/oleObject1.bin")],
)  # fmt: skip
def test_what_is_no_table_is_named_and_ignored(name, part, project, monkeypatch, capsys, forms):
    folder = project / "data" / "raw" / "kediri"
    FAULTS[f"workbook files: {name}"].fault(folder)
    rehash(folder)
    monkeypatch.setenv("SMARTCITY_ROOT", str(project))
    assert main(["check", "kediri", "--language", "en"]) == 0
    assert f"scores.xlsx\n  Found: {part}\n  Expected: a table alone;" in capsys.readouterr().out
    form = corpus_forms.FAULTS[f"survey forms: {name}"]
    (breach,) = ignored_parts(corpus_forms.broken(form, forms.sent["survey forms"][0]), file="kembali.xlsx")
    assert (breach.key, breach.found) == ("workbook_foreign", [part])


def test_an_unreadable_file_is_said(bench, monkeypatch):
    """Whoever runs the tests may read everything, so the system's answer is put in place of it."""
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("/scores.csv"))
    with pytest.raises(DataError, match=r"kediri/scores\.csv\n  Ditemukan: scores\.csv\n") as error:
        load_study(bench.clean)
    assert [breach.key for breach in error.value.breaches] == ["file_unreadable"]


def test_the_unbroken_study_is_read(bench):
    assert bench.sound.name == "kediri" and HANDLED in PINNED.values()
