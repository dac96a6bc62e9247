"""The plan of a review: one job a notebook, whose key changes with everything its result depends on."""

import shutil

import nbformat
import pytest

from smartcity_analysis.batch import REVIEW, About, plan_review, review_tasks
from smartcity_analysis.batch import plan as planning
from smartcity_analysis.batch.plan import key_of
from smartcity_analysis.errors import DataError
from smartcity_analysis.study import load_study

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


def plan(base, studies, tasks=REVIEW, **given):
    parameters = GIVEN | given
    about = About(studies[0], studies[1], parameters["review_year"], parameters["language"])
    return plan_review(base, about, parameters, tasks)


def keys(base, studies, tasks=REVIEW, **given):
    """The keys as far as they are known before anything ran, by job."""
    return {job.name: key_of(job.parts) for job in plan(base, studies, tasks, **given)}


def different(before, after):
    return {name for name in before if before[name] != after[name]}


def test_the_review_is_planned_in_order_with_all_parameters(base, kediri, jatim):
    jobs = plan(base, [kediri, jatim])
    assert [job.name for job in jobs] == list(REVIEW)
    assert tuple(jobs[-1].needs) == REVIEW[:-2]  # the survey chapter stands for itself
    assert jobs[0].parameters == {**GIVEN, "output": ""}
    assert jobs[0].label == "kediri-2024-id-01_data"
    assert plan(base, [kediri, jatim], only_real=True)[0].label == "kediri-2024-id-real-01_data"


def test_the_same_plan_has_the_same_keys(base, kediri, jatim):
    assert keys(base, [kediri, jatim]) == keys(base, [kediri, jatim])
    assert len(set(keys(base, [kediri, jatim]).values())) == len(REVIEW)


def test_another_parameter_is_another_result(base, kediri, jatim):
    before = keys(base, [kediri, jatim])
    assert different(before, keys(base, [kediri, jatim], language="en")) == set(REVIEW)
    assert different(before, keys(base, [kediri, jatim], review_year=2025)) == set(REVIEW)


@pytest.mark.parametrize("name", ["library_hash", "library_versions"])
def test_another_library_is_another_result(base, kediri, jatim, monkeypatch, name):
    before = keys(base, [kediri, jatim])
    monkeypatch.setattr(planning, name, lambda: "another")
    assert different(before, keys(base, [kediri, jatim])) == set(REVIEW)


def test_another_notebook_changes_itself_alone(base, kediri, jatim):
    before = keys(base, [kediri, jatim])
    change(base, "02_score", lambda book: book.cells.append(nbformat.v4.new_code_cell("1")))
    assert different(before, keys(base, [kediri, jatim])) == {"02_score"}


def test_another_title_changes_every_page_that_links_to_it(base, kediri, jatim):
    before = keys(base, [kediri, jatim])
    change(base, "02_score", lambda book: book.metadata["smartcity"]["title"].update(id="Nilai"))
    assert different(before, keys(base, [kediri, jatim])) == set(REVIEW)


def test_a_needed_table_counts_by_its_content(base, kediri, jatim):
    job = plan(base, [kediri, jatim])[-1]
    first = key_of(job.parts_with({"02_score/target_gap": "a"}))
    assert first == key_of(job.parts_with({"02_score/target_gap": "a"}))
    assert first != key_of(job.parts_with({"02_score/target_gap": "b"}))


ONE_ANSWER = "dinkes"


@pytest.fixture
def answered(project, kediri, rehash):
    """The study with one answer of one agency changed."""
    folder = project / "data/raw/kediri/illustrative"
    forms = kediri.table("survey_forms").set_index("form")["opd"]
    lines = (folder / "survey_answers.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if forms.get(line.split(",")[0]) == ONE_ANSWER and ",3," in line)
    lines[place] = lines[place].replace(",3,", ",4,", 1)
    (folder / "survey_answers.csv").write_text("".join(lines), encoding="utf-8")
    rehash(project / "data/raw/kediri")
    return load_study("kediri", root=project)


def test_one_changed_answer_is_one_brief_and_the_survey(base, kediri, jatim, answered):
    """The list of files (01) and the chapters that read all answers besides; no other agency and no region."""
    tasks = review_tasks(kediri)
    moved = different(keys(base, [kediri, jatim], tasks), keys(base, [answered, jatim], tasks))
    assert {name for name in moved if "-" in name} == {f"opd_brief-{ONE_ANSWER}"}
    assert (
        {"01_data", "07_survey"}
        <= moved
        <= {"01_data", "06_programmes", "07_survey", "08_review", f"opd_brief-{ONE_ANSWER}"}
    )


def test_the_order_of_files_and_their_layout_do_not_count(base, project, kediri, jatim, rehash):
    """An empty line more in a raw file: the same rows, so only the list of files is made again."""
    path = project / "data/raw/kediri/scores.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("\n", "\r\n"), encoding="utf-8", newline="")
    rehash(project / "data/raw/kediri")
    again = load_study("kediri", root=project)
    assert different(keys(base, [kediri, jatim]), keys(base, [again, jatim])) == {"01_data"}


# --- refused ---


@pytest.fixture
def refused(base, kediri, jatim):
    def breaches(tasks=REVIEW, **given):
        with pytest.raises(DataError) as error:
            plan(base, [kediri, jatim], tasks, **given)
        return [(breach.key, breach.file, breach.found) for breach in error.value.breaches]

    return breaches


def test_a_notebook_that_is_not_there_is_named(refused):
    assert refused(tasks=("01_data", "02_scores")) == [("file_missing", "notebooks/02_scores.ipynb", None)]


def test_a_need_that_does_not_run_first_is_named(refused):
    names = tuple(name for name in REVIEW if name != "04_disparity")
    assert refused(tasks=names) == [("need_missing", "08_review.ipynb", "04_disparity")]


def test_a_parameter_that_a_notebook_does_not_declare_is_refused(refused):
    found = refused(tasks=("01_data", "02_score"), reviewyear=2025)
    assert found == [("parameter_unknown", f"{name}.ipynb", "reviewyear") for name in ("01_data", "02_score")]


def test_a_refused_notebook_is_reported_once(base, refused):
    def spoil(book):
        next(c for c in book.cells if "parameters" in c.metadata.get("tags", [])).source = "x = 1"

    change(base, "04_disparity", spoil)
    assert {key for key, _, _ in refused()} == {"parameter_form"}
