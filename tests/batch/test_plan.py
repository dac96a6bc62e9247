"""The plan of a review: one job a notebook, whose key changes with everything its result depends on."""

import dataclasses
import shutil

import nbformat
import pytest

from smartcity_analysis.batch import REVIEW, plan_review
from smartcity_analysis.batch import plan as planning
from smartcity_analysis.errors import DataError

GIVEN = {"study": "kediri", "review_year": 2024, "language": "id", "only_real": False}


@pytest.fixture
def base(tmp_path, root):
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    return tmp_path


def change(base, name, edit):
    path = base / "notebooks" / f"{name}.ipynb"
    book = nbformat.read(path, as_version=4)
    edit(book)
    nbformat.write(book, path)


def keys(base, studies, **given):
    return {job.name: job.key for job in plan_review(base, studies, GIVEN | given)}


def test_the_review_is_planned_in_order_with_all_parameters(base, kediri, jatim):
    jobs = plan_review(base, [kediri, jatim], GIVEN)
    assert [job.name for job in jobs] == list(REVIEW)
    assert jobs[-1].needs == REVIEW[:-1]
    assert jobs[0].parameters == {**GIVEN, "output": ""}
    assert jobs[0].label == "kediri-2024-id-01_data" and jobs[0].folder_name.startswith("kediri-2024-id-01_data-")


def test_the_same_plan_has_the_same_keys(base, kediri, jatim):
    assert keys(base, [kediri, jatim]) == keys(base, [kediri, jatim])
    assert len(set(keys(base, [kediri, jatim]).values())) == len(REVIEW)


def everything_new(before, after):
    return all(before[name] != after[name] for name in before)


def test_another_parameter_is_another_result(base, kediri):
    before = keys(base, [kediri])
    assert everything_new(before, keys(base, [kediri], language="en"))
    assert everything_new(before, keys(base, [kediri], review_year=2025))


def test_other_data_is_another_result(base, kediri, jatim):
    before = keys(base, [kediri, jatim])
    assert everything_new(before, keys(base, [kediri]))
    changed = dataclasses.replace(jatim, hashes={**jatim.hashes, "indicators.csv": "0" * 64})
    assert everything_new(before, keys(base, [kediri, changed]))


@pytest.mark.parametrize("name", ["library_hash", "_versions"])
def test_another_library_is_another_result(base, kediri, monkeypatch, name):
    before = keys(base, [kediri])
    monkeypatch.setattr(planning, name, lambda: "another")
    assert everything_new(before, keys(base, [kediri]))


def test_another_notebook_changes_itself_and_what_needs_it(base, kediri):
    before = keys(base, [kediri])
    change(base, "02_score", lambda book: book.cells.append(nbformat.v4.new_code_cell("1")))
    after = keys(base, [kediri])
    assert {name for name in before if before[name] != after[name]} == {"02_score", "08_review"}


def test_the_library_is_hashed_by_its_files():
    assert planning.library_hash() == planning.library_hash() and len(planning.library_hash()) == 64


# --- refused ---


def refused(*arguments, **options):
    with pytest.raises(DataError) as error:
        plan_review(*arguments, **options)
    return [(breach.key, breach.file, breach.found) for breach in error.value.breaches]


def test_a_notebook_that_is_not_there_is_named(base, kediri):
    assert refused(base, [kediri], GIVEN, tasks=("01_data", "02_scores")) == [
        ("file_missing", "notebooks/02_scores.ipynb", None)
    ]


def test_a_need_that_does_not_run_first_is_named(base, kediri):
    names = tuple(name for name in REVIEW if name != "04_disparity")
    assert refused(base, [kediri], GIVEN, tasks=names) == [("need_missing", "08_review.ipynb", "04_disparity")]


def test_a_parameter_that_a_notebook_does_not_declare_is_refused(base, kediri):
    found = refused(base, [kediri], GIVEN | {"reviewyear": 2025}, tasks=("01_data", "02_score"))
    assert found == [("parameter_unknown", f"{name}.ipynb", "reviewyear") for name in ("01_data", "02_score")]


def test_a_refused_notebook_is_reported_once(base, kediri):
    def spoil(book):
        next(c for c in book.cells if "parameters" in c.metadata.get("tags", [])).source = "x = 1"

    change(base, "04_disparity", spoil)
    assert {key for key, _, _ in refused(base, [kediri], GIVEN)} == {"parameter_form"}
