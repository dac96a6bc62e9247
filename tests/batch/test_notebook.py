"""One notebook, run strictly: what papermill lets pass is an error here."""

import re

import nbformat
import pytest

from smartcity_analysis.batch import check_parameters, notebook_parameters, run_notebook
from smartcity_analysis.errors import DataError

PARAMETERS = 'code: str = "35.71"  # region\nreview_year: int = 2024  # year under review\n'


@pytest.fixture
def notebook(tmp_path):
    """Make a notebook of a parameters cell and other code cells."""

    def make(*cells, parameters=PARAMETERS, name="tiny", language=True):
        made = [] if parameters is None else [nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})]
        made = [nbformat.v4.new_markdown_cell("# A title"), *made, *map(nbformat.v4.new_code_cell, cells)]
        path = tmp_path / f"{name}.ipynb"
        about = {"language_info": {"name": "python"}} if language else {}
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=about), path)
        return path

    return make


# --- before any kernel starts ---


def test_parameters_are_read_without_running_them(notebook):
    found = notebook_parameters(notebook(parameters=PARAMETERS + "share: float = -0.5\nquiet: bool = True"))
    assert [(p.name, p.type, p.default, p.comment) for p in found.values()] == [
        ("code", str, "35.71", "region"),
        ("review_year", int, 2024, "year under review"),
        ("share", float, -0.5, ""),
        ("quiet", bool, True, ""),
    ]


def test_what_is_not_given_keeps_its_default(notebook):
    path = notebook(parameters=PARAMETERS + "share: float = 0.5")
    assert check_parameters(path, {"review_year": 2025, "share": 1}) == {
        "code": "35.71",
        "review_year": 2025,
        "share": 1,
    }


def test_a_misspelt_parameter_is_refused_and_the_nearest_named(notebook, tmp_path):
    path = notebook("raise SystemError('it ran')")
    with pytest.raises(DataError) as error:
        run_notebook(path, {"reviewyear": 2025, "xyz": 1}, tmp_path / "out.ipynb")
    assert error.value.text("id").split("\n")[:4] == [
        "tiny.ipynb, kolom reviewyear",
        "  Ditemukan: reviewyear",
        "  Seharusnya: salah satu parameter notebook ini: code, review_year",
        '  Perbaikan: betulkan nama parameternya (mungkin maksudnya "review_year")',
    ]
    assert [breach.found for breach in error.value.breaches] == ["reviewyear", "xyz"]
    assert not (tmp_path / "out.ipynb").exists()


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"review_year": "2024"}, "'2024' (str)"),
        ({"review_year": 2024.0}, "2024.0 (float)"),
        ({"review_year": True}, "True (bool)"),
        ({"code": 35.7}, "35.7 (float)"),
        ({"code": None}, "None (NoneType)"),
        ({"share": "0.5"}, "'0.5' (str)"),
        ({"share": True}, "True (bool)"),
        ({"quiet": 1}, "1 (int)"),
    ],
)
def test_a_value_of_another_type_is_refused(notebook, given, found):
    path = notebook(parameters=PARAMETERS + "share: float = 0.5\nquiet: bool = False")
    with pytest.raises(DataError) as error:
        check_parameters(path, given)
    (breach,) = error.value.breaches
    assert (breach.key, breach.found) == ("parameter_type", found)
    assert f"nilai bertipe {breach.facts['kind']}" in breach.text("id")


def test_a_notebook_without_parameters_cell_is_refused(notebook):
    with pytest.raises(DataError, match=r"tiny\.ipynb\n  Ditemukan: 0\n  Seharusnya: tepat satu sel bertanda"):
        notebook_parameters(notebook("x = 1", parameters=None))


def test_two_parameters_cells_are_refused(notebook):
    path = notebook()
    book = nbformat.read(path, as_version=4)
    book.cells.append(nbformat.v4.new_code_cell("extra: int = 1", metadata={"tags": ["parameters"]}))
    nbformat.write(book, path)
    with pytest.raises(DataError, match=r"tiny\.ipynb\n  Ditemukan: 2\n.*\n  Perbaikan: gabungkan sel-sel itu"):
        notebook_parameters(path)


@pytest.mark.parametrize(
    "line",
    [
        "next_year: int = review_year + 1",
        "next_year = 2025",
        "folder: str = f'data/{code}'",
        "years: list = [2022]",
        "span: tuple[int, int] = (1, 2)",
        "limit: int | None = None",
        "share: float",
        "import os",
        "print(code)",
    ],
)
def test_what_is_not_a_typed_literal_is_refused_with_its_row(notebook, line):
    """A derived value would stay as it was when the parameter it rests on is set from outside."""
    with pytest.raises(DataError) as error:
        notebook_parameters(notebook(parameters=PARAMETERS + line))
    (breach,) = error.value.breaches
    assert (breach.key, breach.row, breach.found) == ("parameter_form", 3, line)
    assert "nilai turunan dihitung di sel lain" in breach.text("id")


def test_a_parameters_cell_that_is_no_python_is_refused(notebook):
    with pytest.raises(DataError, match=r"tiny\.ipynb, baris 2\n  Ditemukan: review_year: int =\n"):
        notebook_parameters(notebook(parameters='code: str = "35.71"\nreview_year: int =\n'))


def test_a_default_of_another_type_is_refused(notebook):
    with pytest.raises(DataError, match=r"tiny\.ipynb, baris 1\n  Ditemukan: review_year: int = \"2024\"\n"):
        notebook_parameters(notebook(parameters='review_year: int = "2024"'))


def test_a_number_sign_inside_a_text_does_not_begin_the_comment(notebook):
    found = notebook_parameters(notebook(parameters='colour: str = "#fff"  # background'))
    assert found["colour"].comment == "background"


# --- with a kernel ---

running = pytest.mark.xdist_group("kernels")


@running
def test_a_code_survives_as_text_and_every_cell_runs(notebook, tmp_path):
    path = notebook(
        "print(repr(code), repr(review_year), repr(share))", "", parameters=PARAMETERS + "share: float = 1.5"
    )
    before = path.read_bytes()
    run = run_notebook(path, {"code": "35.70", "review_year": 2030}, tmp_path / "out.ipynb")
    assert run.ok and run.cell is None and run.name == "tiny" and run.seconds > 0
    assert run.notebook.cells[-2].outputs[0].text == "'35.70' 2030 1.5\n"
    assert path.read_bytes() == before


@running
def test_a_notebook_that_does_not_name_its_language_runs(notebook, tmp_path):
    assert run_notebook(notebook(language=False), {}, tmp_path / "out.ipynb").ok


FAILURES = {
    "exception": (["x = 1", "1 / 0", "y = 1"], 3, r"ZeroDivisionError: division by zero"),
    "exit": (["x = 1", "import sys; sys.exit()", "y = 1"], 3, r"SystemExit: ?"),
    "exit with zero": (["import sys; sys.exit(0)", "y = 1"], 2, r"SystemExit: 0"),
    "exit in the last cell": (["x = 1", "import sys; sys.exit()"], 3, r"SystemExit: ?"),
    "syntax": (["x ="], 2, r"SyntaxError: .*"),
}


@running
@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_is_reported_with_its_cell_and_cause(notebook, tmp_path, case):
    cells, cell, cause = FAILURES[case]
    run = run_notebook(notebook(*cells), {}, tmp_path / "out.ipynb")
    assert not run.ok
    assert run.cell == cell and re.fullmatch(cause, run.cause), (run.cell, run.cause)


@running
def test_a_kernel_that_dies_is_a_failure(notebook, tmp_path):
    run = run_notebook(notebook("x = 1", "import os; os._exit(0)", "y = 1"), {}, tmp_path / "out.ipynb")
    assert not run.ok and run.cause.startswith("DeadKernelError")


@running
def test_a_cell_that_takes_too_long_is_a_failure(notebook, tmp_path):
    run = run_notebook(notebook("import time; time.sleep(60)"), {}, tmp_path / "out.ipynb", cell_timeout=1)
    assert not run.ok and run.cause.startswith("CellTimeoutError") and run.seconds < 55
