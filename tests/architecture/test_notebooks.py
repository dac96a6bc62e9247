"""Notebooks are thin: one question, parameters, calls. Nothing is computed, defined or kept in them."""

import ast
import json
import re

import pytest

from smartcity_analysis.batch import REVIEW, notebook_parameters
from smartcity_analysis.masterplan.feedback.lines import ASKED
from smartcity_analysis.study import load_study, resolve_reads

from .source import ROOT

PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
OWN = "own_method"  # shows what a researcher writes: functions and choices of their own
each_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
each_plain_notebook = pytest.mark.parametrize("path", [p for p in PATHS if p.stem != OWN], ids=lambda p: p.stem)
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.For, ast.While, ast.Try, ast.With, ast.BinOp,
    ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp,
)  # fmt: skip


def cells(path, kind):
    return [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


def tags(cell):
    return cell["metadata"].get("tags", [])


def working(path):
    """The code outside the parameters cell."""
    return ast.parse("\n".join(source(c) for c in cells(path, "code") if "parameters" not in tags(c)))


def test_the_review_is_made_of_notebooks_that_exist():
    assert {path.stem for path in PATHS} >= set(REVIEW)


@each_notebook
def test_a_notebook_is_short(path):
    code = cells(path, "code")
    assert len(code) <= 14
    assert sum(1 for c in code for line in source(c).splitlines() if line.strip()) <= 60


@each_notebook
def test_a_notebook_is_kept_without_outputs(path):
    for cell in cells(path, "code"):
        assert cell["outputs"] == [] and cell["execution_count"] is None
    about = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    assert set(about) <= {"kernelspec", "language_info", "smartcity"}


@each_notebook
def test_a_notebook_has_one_cell_of_explained_parameters(path):
    parameters = notebook_parameters(path)
    assert {"study", "review_year", "language", "output"} <= set(parameters)
    assert all(parameter.comment for parameter in parameters.values())
    assert [type(p.default) for p in parameters.values()] == [p.type for p in parameters.values()]


@each_plain_notebook
def test_a_notebook_defines_and_computes_nothing(path):
    found = {type(node).__name__ for node in ast.walk(working(path)) if isinstance(node, FORBIDDEN)}
    assert not found


def test_the_example_of_an_own_method_defines_two_functions_in_one_cell_and_nothing_else():
    """A researcher's method is code by its nature; everything around it is as thin as elsewhere."""
    path = next(path for path in PATHS if path.stem == OWN)
    trees = [ast.parse(source(c)) for c in cells(path, "code") if "parameters" not in tags(c)]
    defining = [tree for tree in trees if any(isinstance(node, ast.FunctionDef) for node in tree.body)]
    assert len(defining) == 1
    functions = [node for node in defining[0].body if isinstance(node, ast.FunctionDef)]
    assert len(functions) == 2 and all(f.end_lineno - f.lineno < 4 for f in functions)
    loops = (ast.For, ast.While, ast.Try, ast.With, ast.Lambda, ast.ClassDef)
    assert not [node for tree in trees for node in ast.walk(tree) if isinstance(node, loops)]


@each_plain_notebook
def test_a_notebook_names_no_path_and_no_number(path):
    tree = working(path)
    sides = {
        keyword.value for node in ast.walk(tree) for keyword in getattr(node, "keywords", ()) if keyword.arg == "axis"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in sides:
            assert isinstance(node.value, str | bool | type(None)), node.value
            assert "/" not in str(node.value) and "\\" not in str(node.value), node.value
            assert not str(node.value).endswith((".csv", ".xlsx", ".yaml", ".png", ".html")), node.value


@each_notebook
def test_every_text_comes_in_both_languages(path):
    order = json.loads(path.read_text(encoding="utf-8"))["cells"]
    spoken = [(position, tags(c)) for position, c in enumerate(order) if c["cell_type"] == "markdown"]
    assert [t for _, t in spoken] == [["id"], ["en"]] * (len(spoken) // 2)
    for (first, _), (second, _) in zip(spoken[::2], spoken[1::2], strict=True):
        assert second == first + 1
        pair = [source(order[first]).strip(), source(order[second]).strip()]
        assert all(pair) and pair[0].startswith("#") == pair[1].startswith("#")


@each_notebook
def test_a_notebook_asks_one_question_and_needs_tables_of_what_comes_before_it(path):
    about = json.loads(path.read_text(encoding="utf-8"))["metadata"]["smartcity"]
    assert set(about) == {"title", "question", "needs", "reads"}
    for need, tables in about["needs"].items():
        before = path.parent / f"{need}.ipynb"
        assert need < path.stem and before.is_file()
        assert tables and tables == sorted(set(tables))
        saved = set(re.findall(r'save(?:_table)?\(\s*"(\w+)"', "".join(map(source, cells(before, "code")))))
        assert saved >= set(tables), need


@each_notebook
def test_a_notebook_needs_the_tables_that_it_names_and_does_not_make(path):
    needs = json.loads(path.read_text(encoding="utf-8"))["metadata"]["smartcity"]["needs"]
    code = "".join(map(source, cells(path, "code")))
    named = set(re.findall(r'(?:load_table\(|\btables\[)"(\w+)"', code))
    assert named <= {table for tables in needs.values() for table in tables}


@each_notebook
def test_a_notebook_declares_the_raw_tables_it_reads(path):
    reads = json.loads(path.read_text(encoding="utf-8"))["metadata"]["smartcity"]["reads"]
    study = load_study(notebook_parameters(path)["study"].default, root=ROOT)
    parameters = {name: parameter.default for name, parameter in notebook_parameters(path).items()}
    assert "city" in reads and all(tables == sorted(set(tables)) for tables in reads.values())
    peers = load_study(study.spec.peers, root=ROOT)
    found = resolve_reads(reads, study=study, peers=peers, parameters=parameters)  # refuses what does not exist
    assert ("peers" in reads) == ("city.spec.peers" in "".join(map(source, cells(path, "code"))))
    assert len(found) == len(reads)


def test_the_review_may_read_whatever_an_agency_may_remark_on():
    about = json.loads((ROOT / "notebooks" / "08_review.ipynb").read_text(encoding="utf-8"))["metadata"]["smartcity"]
    assert set(ASKED) | {"corrections", "feedback", "feedback_sent"} <= set(about["reads"]["city"])


def test_the_default_parameters_name_a_shipped_study():
    for path in PATHS:
        assert load_study(notebook_parameters(path)["study"].default, root=ROOT)
