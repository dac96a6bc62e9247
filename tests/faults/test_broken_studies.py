"""A study broken on purpose, one way at a time: the message is pinned in both languages, and no output is touched."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from smartcity_analysis.batch import review
from smartcity_analysis.cli import main
from smartcity_analysis.errors import DataError
from smartcity_analysis.study import load_study

WEIGHTS_120 = """\
name: kominfo_evaluation
tree:
  code: score
  children: [{code: baseline}, {code: output}, {code: outcome}, {code: impact}, {code: quick_wins}]
weight_sets:
  - id: newspaper_2022
    years: [2022]
    cohort: 100sc_2017_2019
    weights: {baseline: 10, output: 20, outcome: 30, impact: 30, quick_wins: 30}
"""


def change(file, old, new):
    """Replace the first `old` in `file` by `new`."""

    def fault(folder):
        path = folder / file
        text = path.read_bytes().decode()
        assert old in text
        path.write_bytes(text.replace(old, new, 1).encode())

    return fault


def add(file, text):
    def fault(folder):
        with (folder / file).open("a", encoding="utf-8", newline="") as stream:
            stream.write(text)

    return fault


def framework_of_120(folder):
    (folder / "framework.yaml").write_text(WEIGHTS_120, encoding="utf-8")
    add("SOURCES.csv", f"framework.yaml,{'0' * 64},Kerangka,koran,2022,,,\n")(folder)


def not_utf8(folder):
    path = folder / "opd.csv"
    path.write_bytes(path.read_bytes() + b"kopi,K,Dinas Kop\xe9,dinas,found,,reported,x\n")


def gone(folder):
    (folder / "indicators.csv").unlink()


def renamed(folder):
    (folder / "programmes.csv").rename(folder / "program.csv")
    change("SOURCES.csv", "programmes.csv", "program.csv")(folder)


@dataclass(frozen=True)
class Case:
    fault: Callable[[Path], None]
    year: int = 2024
    rehashed: bool = True


CASES = {
    "wrong header": Case(change("scores.csv", "year,score,", "year,skorr,")),
    "text in a number": Case(change("scores.csv", "2021,3.06", "2021,tiga koma nol enam")),
    "a region nobody knows": Case(
        change("indicators.csv", "35.71.01.1001,2017,area_km2", "35.71.01.1100,2017,area_km2")
    ),
    "a key twice": Case(add("scores.csv", "2022,3.30,,,,,reported,another newspaper,\n")),
    "weights that sum to 120": Case(framework_of_120),
    "comma for point": Case(change("scores.csv", "2023,3.197,", '2023,"3,197",')),
    "a file gone": Case(gone),
    "a file of another name": Case(renamed),
    "a region outside its parent": Case(
        change("regions.csv", "Bandar Lor,kelurahan,35.71.01", "Bandar Lor,kelurahan,35.71.02")
    ),
    "a year out of range": Case(change("scores.csv", "2021,3.06", "20211,3.06")),
    "a review outside the masterplan": Case(lambda folder: None, year=2030),
    "a code read as a number": Case(change("indicators.csv", "35.71,2017,area_km2", "35.7,2017,area_km2")),
    "a value out of its range": Case(change("scores.csv", "2022,3.31,", "2022,331,")),
    "a status nobody knows": Case(change("scores.csv", "2020,2.87,,,,,reported", "2020,2.87,,,,,dilaporkan")),
    "text that is not UTF-8": Case(not_utf8),
    "a file changed in silence": Case(change("scores.csv", "2020,2.87", "2020,2.88"), rehashed=False),
}


MESSAGES = yaml.safe_load((Path(__file__).parent / "messages.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def broken(project, rehash, request):
    """The project with one fault in its study, and a report of last year's that must survive."""
    case = CASES[request.param]
    folder = project / "data" / "raw" / "kediri"
    case.fault(folder)
    if case.rehashed:
        rehash(folder)
    for path in (
        "reports/kediri/2024/id/index.html",
        "data/processed/kediri/2024/score_trend.csv",
        "figures/kediri/2024/a.png",
    ):
        (project / path).parent.mkdir(parents=True)
        (project / path).write_text("last good", encoding="utf-8")
    return project, request.param, case


@pytest.mark.parametrize("broken", CASES, indirect=True)
def test_a_broken_study_is_refused_whole(broken, tree, monkeypatch, capsys):
    project, name, case = broken
    monkeypatch.setenv("SMARTCITY_ROOT", str(project))
    before = tree(project)
    with pytest.raises(DataError) as error:
        review("kediri", case.year, root=project)
    assert {language: error.value.text(language) for language in ("id", "en")} == MESSAGES[name]
    assert str(error.value) == MESSAGES[name]["id"]
    for language, text in MESSAGES[name].items():
        assert main(["review", "kediri", "--year", str(case.year), "--language", language]) == 2
        said = capsys.readouterr()
        assert said.out == "" and f"{text}\n\n{len(error.value.breaches)} " in said.err
    assert tree(project) == before


def test_every_fault_is_reported_at_once_and_none_hides_another(project, rehash):
    folder = project / "data" / "raw" / "kediri"
    faults = ["text in a number", "a region nobody knows", "weights that sum to 120", "a region outside its parent"]
    for name in faults:
        CASES[name].fault(folder)
    rehash(folder)
    with pytest.raises(DataError) as error:
        review("kediri", 2024, root=project)
    for name in faults:
        assert MESSAGES[name]["id"] in error.value.text("id"), name
    assert len(error.value.breaches) == len(faults)


def test_numbers_in_another_format_than_declared_are_all_refused(project, rehash):
    """Every cell with a decimal point becomes ambiguous when the study declares a decimal comma; none is guessed."""
    folder = project / "data" / "raw" / "kediri"
    change("study.yaml", '{decimal: "."}', '{decimal: ","}')(folder)
    rehash(folder)
    with pytest.raises(DataError) as error:
        review("kediri", 2024, root=project)
    assert {breach.key for breach in error.value.breaches} == {"number_format"}
    assert len(error.value.breaches) > 400
    assert '"2.87" dapat berarti 287 atau 2.87;' in error.value.text("id")


def test_a_broken_peer_study_is_named_with_its_folder(project, rehash):
    folder = project / "data" / "raw" / "jatim"
    change("indicators.csv", "35.01,2010,life_expectancy,70.42", "35.01,2010,life_expectancy,704.2")(folder)
    rehash(folder)
    with pytest.raises(
        DataError, match=r"^jatim/indicators\.csv, baris 2, kolom value\n  Ditemukan: 704\.2 \(life_expectancy"
    ):
        review("kediri", 2024, root=project)


def test_the_shipped_study_has_none_of_these(project, rehash, monkeypatch, capsys):
    monkeypatch.setenv("SMARTCITY_ROOT", str(project))
    rehash(project / "data" / "raw" / "kediri")
    tables = len(load_study(project / "data" / "raw" / "kediri").tables)
    assert main(["check", "kediri", "--language", "en"]) == 0
    assert capsys.readouterr().out.startswith(f"Study kediri is fit to use: {tables} tables, 163 indicator values")
