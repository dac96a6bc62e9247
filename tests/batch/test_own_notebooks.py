"""A researcher's own notebook is a chapter of the report, beside those that come with the project."""

import shutil

import nbformat
import pytest
import yaml

from smartcity_analysis.batch import Choice, Wish, preview, review
from smartcity_analysis.errors import DataError
from smartcity_analysis.study import accept_sources, find_root

ROOT = find_root(__file__.rpartition("/tests/")[0])
pytestmark = pytest.mark.xdist_group("packages")
PLAIN = """study: str = "malang"  # study folder
review_year: int = 2022  # year under review
language: str = "id"  # of the page
only_real: bool = False  # leave illustrative values out
output: str = ""  # folder for tables and figures"""


@pytest.fixture
def base(tmp_path, monkeypatch):
    """A project with the studies malang and jatim."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    for name in ("malang", "jatim"):
        shutil.copytree(ROOT / "data/raw" / name, tmp_path / "data/raw" / name)
    monkeypatch.setenv("SMARTCITY_ROOT", str(tmp_path))
    return tmp_path


def declare(base, *names):
    path = base / "data/raw/malang/study.yaml"
    spec = yaml.safe_load(path.read_text(encoding="utf-8")) | {"notebooks": list(names)}
    path.write_text(yaml.safe_dump(spec, allow_unicode=True), encoding="utf-8")
    accept_sources("malang", root=base)


def write(base, name, *cells):
    parameters = nbformat.v4.new_code_cell(PLAIN, metadata={"tags": ["parameters"]})
    book = nbformat.v4.new_notebook(cells=[cells[0], parameters, *cells[1:]])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, base / f"notebooks/{name}.ipynb")


@pytest.mark.slow
def test_a_method_of_ones_own_goes_from_index_to_report(base):
    declare(base, "own_method")
    write(
        base, "my_notes", nbformat.v4.new_markdown_cell("# Catatan saya"),
        nbformat.v4.new_code_cell(
            "from smartcity_analysis.study import load_study\n"
            "from smartcity_analysis.present import Presenter\nfrom smartcity_analysis.study import Store\n"
            "city = load_study(study)\nshow = Presenter(Store.open(study, review_year, output=output), language)\n"
            'show.frame(city.table("scores")[["year", "score", "status"]], "Skor menurut tahun")'
        ),
    )  # fmt: skip
    declare(base, "own_method", "my_notes")
    run = review("malang", 2022, root=base, choice=Choice(("01_data", "own_method", "my_notes")))
    assert run.ok, [outcome.cause for outcome in run.outcomes]
    made = {
        path.parent.name.split("-id-")[1].rsplit("-", 1)[0]: path for path in base.glob(".smartcity/jobs/*/page.html")
    }
    own, notes = (made[name].read_text(encoding="utf-8") for name in ("own_method", "my_notes"))
    assert "Indeks bawaan dan indeks sendiri" in own and own.count("<svg") == 1 and "own_method" in own
    assert 'href="my_notes.html"' in own and ">Catatan saya<" in own
    assert "<caption>Tabel 1. Skor menurut tahun" in notes and "2,51" in notes and ">2022<" in notes


def test_chapters_of_ones_own_come_last(base):
    declare(base, "own_method")
    names = [one.job.name for one in preview("malang", Wish(2022, sheets=()), root=base)]
    assert names[-1] == "own_method" and names[0] == "01_data"


def test_a_notebook_that_is_not_there_is_named(base):
    declare(base, "not_here")
    with pytest.raises(DataError) as refused:
        preview("malang", Wish(2022, sheets=()), root=base)
    assert [(b.key, b.file) for b in refused.value.breaches] == [("file_missing", "notebooks/not_here.ipynb")]


@pytest.mark.parametrize("name", ["../elsewhere", "a/b", "", "x.ipynb"])
def test_a_name_that_is_a_path_is_refused(base, name):
    with pytest.raises(DataError) as refused:
        declare(base, name)
    assert [b.key for b in refused.value.breaches] == ["spec_value"]
