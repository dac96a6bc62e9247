"""Which notebook comes next: needs first, nothing twice, and a failure costs only what depends on it."""

from pathlib import Path

import pytest

from smartcity_analysis.batch import Choice, Job
from smartcity_analysis.batch.execute import Result
from smartcity_analysis.batch.results import Results
from smartcity_analysis.batch.schedule import Schedule, forecast
from smartcity_analysis.batch.views import View
from smartcity_analysis.errors import UnknownNameError

VIEW = View("p.html", "p", "h", (), (), "id")


def job(name, notebook=None, version="1", **needs):
    path = Path(f"{notebook or name}.ipynb")
    return Job(name, path, b"{}", {}, needs, {}, {"notebook": version}, f"s-2024-id-{name}", VIEW)


JOBS = [job("a"), job("b"), job("c", a=("t",)), job("s-x", "s", c=("u",)), job("s-y", "s", b=("t",), c=("u",))]


def made(**tables):
    files = {f"data/processed/s/2024/{name}.csv": text.encode() for name, text in tables.items()}
    return Result({**files, "page.html": b"page"}, seconds=1.0)


GOOD = {"a": made(t="1"), "b": made(t="2"), "c": made(u="3"), "s-x": made(), "s-y": made()}


def go(root, jobs=JOBS, results=None, choice=None, stop_after=99):
    """Run the jobs one after another with the results given; return the order and the outcomes."""
    told, order = [], []
    schedule = Schedule(jobs, Results(root), choice or Choice(), told.append)
    waiting = list(schedule.ready())
    while waiting and len(order) < stop_after:
        one = waiting.pop(0)
        order.append(one.name)
        schedule.settle(one.name, (GOOD | (results or {}))[one.name])
        waiting += schedule.ready()
    return order, {outcome.job.name: outcome.state for outcome in told}, schedule


def test_needs_come_first_and_their_tables_are_given(tmp_path):
    order, states, schedule = go(tmp_path)
    assert order == ["a", "b", "c", "s-x", "s-y"] and set(states.values()) == {"done"}
    assert schedule.finished and schedule.complete
    again = Schedule(JOBS, Results(tmp_path), Choice(("s-y",), force=True), lambda _: None)
    (one,) = again.ready()
    assert one.tables == {"data/processed/s/2024/t.csv": b"2", "data/processed/s/2024/u.csv": b"3"}


def test_what_is_done_is_not_run_again(tmp_path):
    go(tmp_path)
    order, states, schedule = go(tmp_path)
    assert order == [] and set(states.values()) == {"kept"} and schedule.complete


def test_a_run_that_was_cut_short_goes_on_where_it_was(tmp_path):
    go(tmp_path, stop_after=2)
    assert go(tmp_path)[0] == ["c", "s-x", "s-y"]


def test_a_need_made_again_with_the_same_tables_stops_there(tmp_path):
    go(tmp_path)
    jobs = [job("a", version="2"), *JOBS[1:]]
    assert go(tmp_path, jobs)[0] == ["a"]
    jobs = [job("a", version="3"), *JOBS[1:]]
    assert go(tmp_path, jobs, {"a": made(t="other")})[0] == ["a", "c"]


def test_a_table_that_changes_runs_what_takes_it_and_nothing_else(tmp_path):
    go(tmp_path)
    jobs = [JOBS[0], job("b", version="2"), *JOBS[2:]]
    assert go(tmp_path, jobs, {"b": made(t="other")})[0] == ["b", "s-y"]


def test_a_failure_costs_what_depends_on_it(tmp_path):
    order, states, schedule = go(tmp_path, results={"a": Result(cause="Boom", cell=2)})
    assert order == ["a", "b"]
    assert states == {"a": "failed", "b": "done", "c": "skipped", "s-x": "skipped", "s-y": "skipped"}
    assert schedule.finished and not schedule.complete
    assert schedule.outcomes["c"].cause == "a" and schedule.outcomes["a"].cell == 2


def test_a_full_disk_is_the_failure_of_that_notebook(tmp_path, monkeypatch):
    keep = Results.keep

    def full(self, job, parts, result):
        if job.name == "b":
            raise OSError(28, "No space left on device")
        return keep(self, job, parts, result)

    monkeypatch.setattr(Results, "keep", full)
    _, states, schedule = go(tmp_path)
    assert states == {"a": "done", "b": "failed", "c": "done", "s-x": "done", "s-y": "skipped"}
    assert "No space left on device" in schedule.outcomes["b"].cause


def test_a_damaged_result_is_made_again(tmp_path):
    _, _, schedule = go(tmp_path)
    folder = schedule.results.folder(JOBS[0], schedule.done["a"].key)
    (folder / "data/processed/s/2024/t.csv").write_text("9")
    assert [one.reasons for one in forecast(JOBS, Results(tmp_path), Choice()) if one.job.name == "a"] == [("damaged",)]
    assert go(tmp_path)[0] == ["a"]
    (folder / "page.html").unlink()
    assert go(tmp_path)[0] == ["a"]
    (folder / "done.json").write_text("{")
    assert go(tmp_path)[0] == ["a"]


def test_one_result_of_a_job_is_kept(tmp_path):
    go(tmp_path)
    go(tmp_path, [job("a", version="2"), *JOBS[1:]])
    assert len(list((tmp_path / ".smartcity/jobs").glob("s-2024-id-a-*"))) == 1
    assert len(list((tmp_path / ".smartcity/jobs").glob("s-2024-id-s-x-*"))) == 1  # not taken for an old one of s


# --- a part of the work ---


def test_only_runs_what_is_named_and_what_it_needs(tmp_path):
    assert go(tmp_path, choice=Choice(("c",)))[0] == ["a", "c"]
    _, states, schedule = go(tmp_path, choice=Choice(("s-x",)))
    assert states == {"a": "kept", "b": "left", "c": "kept", "s-x": "done", "s-y": "left"}
    assert schedule.finished and not schedule.complete


def test_a_notebook_stands_for_all_its_sheets(tmp_path):
    go(tmp_path)
    assert go(tmp_path, choice=Choice(("s",), force=True))[0] == ["s-x", "s-y"]


def test_from_runs_everything_after_again(tmp_path):
    go(tmp_path)
    assert go(tmp_path, choice=Choice(begin="c"))[0] == ["c", "s-x", "s-y"]
    assert go(tmp_path, choice=Choice(force=True))[0] == ["a", "b", "c", "s-x", "s-y"]


@pytest.mark.parametrize("choice", [Choice(("d",)), Choice(begin="d")])
def test_an_unknown_name_lists_the_known_ones(tmp_path, choice):
    with pytest.raises(UnknownNameError, match=r"found 'd', expected one of 'a', 'b', 'c', 's-x', 's', 's-y'"):
        go(tmp_path, choice=choice)


# --- what would run ---


def foreseen(root, jobs=JOBS, choice=None):
    return {one.job.name: (one.state, tuple(one.reasons)) for one in forecast(jobs, Results(root), choice or Choice())}


def test_before_the_first_run_everything_would(tmp_path):
    assert foreseen(tmp_path) == dict.fromkeys(GOOD, ("run", ("first",)))


def test_afterwards_nothing_would(tmp_path):
    go(tmp_path)
    assert foreseen(tmp_path) == dict.fromkeys(GOOD, ("kept", ()))


def test_a_changed_part_is_named_and_what_depends_on_it_waits(tmp_path):
    go(tmp_path)
    jobs = [job("a", version="2"), *JOBS[1:]]
    assert foreseen(tmp_path, jobs) == {
        "a": ("run", ("notebook",)),
        "b": ("kept", ()),
        "c": ("perhaps", ("a",)),
        "s-x": ("perhaps", ("c",)),
        "s-y": ("perhaps", ("c",)),
    }


def test_a_forecast_of_a_part_says_what_is_left(tmp_path):
    told = foreseen(tmp_path, choice=Choice(("c",)))
    assert [told[name][0] for name in GOOD] == ["run", "left", "run", "left", "left"]
    go(tmp_path)
    told = foreseen(tmp_path, choice=Choice(("c",), force=True))
    assert told["c"] == ("run", ("forced",)) and told["s-x"] == ("left", ())
