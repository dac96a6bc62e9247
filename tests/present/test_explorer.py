"""The explorer without a browser: what the page carries, what is marked, and choices that give equal numbers again."""

import base64
import dataclasses
import hashlib
import html
import json
import re

import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.batch import run_notebook
from smartcity_analysis.index import IndexSpec, ScoringError, aggregate, build_index
from smartcity_analysis.present import (
    Presenter,
    explorer_page,
    explorer_set,
    labels_of,
    open_explorer,
    render_explorer,
    speak,
)
from smartcity_analysis.present.explorer.chosen import read_chosen
from smartcity_analysis.present.explorer.explorable import explorable_areas, explorable_regions
from smartcity_analysis.regions import disparity, regional_index
from smartcity_analysis.study import Store, load_study


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="explorer-data">(.*?)</script>', page, re.S)[1])


@pytest.fixture(scope="module")
def real(jatim):
    return explorable_regions(jatim, until=2024)


@pytest.fixture(scope="module")
def areas(kediri):
    return explorable_areas(kediri, until=2024)


@pytest.fixture(scope="module")
def page(kediri, jatim):
    return explorer_page(kediri, jatim, year=2024, language="id")


# --- the page ---


def test_a_page_carries_the_scores_of_the_library(page, jatim):
    own = data_of(page)["sets"][0]
    result, year = regional_index(jatim, until=2024)
    assert (own["key"], own["year"], own["rule"], own["status"]) == ("peers", year, "geometric", "official")
    assert own["regions"] == list(result.scores.index) and len(own["names"]) == 38
    assert own["scores"] == result.scores[["health", "education", "living_standard"]].to_numpy().tolist()
    assert own["weights"] == [50, 50, 50]
    assert own["regions"][own["highlight"]] == "35.71"


def test_population_is_of_the_year_of_the_scores(real, jatim):
    assert real.population_year == real.years[-1] == 2021
    assert (real.population == jatim.panel("population_bps")[2021]).all()


def test_an_illustrative_set_says_so_and_is_left_out_with_only_real(page, root, kediri, jatim):
    first, second = data_of(page)["sets"]
    assert not first["illustrative"] and second["illustrative"] and second["status"] == "illustrative"
    assert len(second["regions"]) == 46 and second["codes"] == ["GOV", "BRA", "ECO", "LIV", "SOC", "ENV"]
    assert second["texts"]["label"].endswith("(ilustrasi)")
    for study, only in ((kediri, True), (load_study("kediri", root=root, only_real=True), False)):
        real = explorer_page(study, jatim, year=2024, language="id", only_real=only)
        assert [each["key"] for each in data_of(real)["sets"]] == ["peers"]
    bare = load_study("kediri", root=root, only_real=True)
    assert explorer_page(bare, None, year=2024, language="id", only_real=True) == ""


def test_a_page_repeats_to_the_byte_and_is_small(page, kediri, jatim):
    assert page == explorer_page(kediri, jatim, year=2024, language="id")
    assert len(page.encode()) < 100_000
    assert page != explorer_page(kediri, jatim, year=2024, language="en")


def test_the_policy_lets_this_one_script_run(page):
    policy = html.unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1])
    script = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == "'none'" and rules["script-src"] == f"'sha256-{digest}'"
    assert rules["img-src"] == "data:" and "http" not in policy
    assert not re.search(r'(src|href)="https?:', page)


def test_a_hostile_label_ends_no_script(real):
    bad = '</script><img src=x onerror="alert(1)">\u2028<!--'
    own = explorer_set(real, speak("en"), highlight="35.71")
    hostile = dataclasses.replace(own, names=own.names.where(own.names.index != "35.71", bad), about=bad)
    found = render_explorer([hostile], language=speak("en"), title=bad)
    assert "<img" not in found and found.count("</script>") == 2
    assert bad in data_of(found)["sets"][0]["names"]


def test_missing_scores_and_no_population_reach_the_page_as_null(real):
    own = explorer_set(real, speak("id"))
    scores = own.scores.copy()
    scores.iloc[0, 1] = np.nan
    found = data_of(render_explorer([dataclasses.replace(own, scores=scores, population=None)], language=speak("id")))
    assert found["sets"][0]["scores"][0][1] is None and found["sets"][0]["population"] is None


def test_514_regions_stay_below_half_a_megabyte(real):
    own = explorer_set(real, speak("id"))
    rng = np.random.default_rng(0)
    regions = pd.Index([f"{i // 40 + 11}.{i % 40 + 1:02d}" for i in range(514)])
    scores = pd.DataFrame(rng.uniform(20, 90, (514, 6)), regions, list("ABCDEF"))
    large = dataclasses.replace(
        own, scores=scores, names=pd.Series("Kabupaten Kepulauan " + regions, regions), highlight=None,
        pillars={code: code for code in scores}, weights=pd.Series(1.0, scores.columns),
        population=pd.Series(rng.uniform(1e4, 1e6, 514), regions),
    )  # fmt: skip
    assert len(render_explorer([large], language=speak("id")).encode()) < 150_000


# --- the same again ---


def presenter(kediri, jatim, tmp_path, root):
    store = Store.open("kediri", 2024, output=tmp_path, root=root)
    return Presenter(store, "id", labels_of([kediri, jatim], [kediri.framework]))


@pytest.mark.parametrize("of_areas", [False, True])
def test_a_saved_choice_gives_equal_numbers_again(kediri, jatim, tmp_path, root, of_areas):
    show = presenter(kediri, jatim, tmp_path, root)
    first = open_explorer(kediri, jatim, show, until=2024, areas=of_areas)
    weights = {code: 100 / (number + 3) for number, code in enumerate(first.found.parts)}
    regions = list(first.found.values[first.found.years[-1]].index[3:20])
    first.choose(weights=weights, rule="harmonic", normalise="minmax", year=first.found.years[-2], regions=regions)
    path = first.save()
    assert path == tmp_path / "data/processed/kediri/2024/choice.yaml"
    again = open_explorer(kediri, jatim, show, until=2024, areas=of_areas, choice=str(path))
    assert again.chosen == first.chosen and again.text() == path.read_text(encoding="utf-8")
    pd.testing.assert_frame_equal(again.bands(), first.bands(), check_exact=True)
    values = first.found.values[first.found.years[-2]].loc[regions]
    direct = build_index(values, first.found.framework, again.spec())
    pd.testing.assert_frame_equal(direct.scores, again.result().scores, check_exact=True)


def test_the_initial_choice_is_the_index_of_the_study(kediri, jatim, tmp_path, root):
    explorer = open_explorer(kediri, jatim, presenter(kediri, jatim, tmp_path, root), until=2024)
    result, year = regional_index(jatim, until=2024)
    pd.testing.assert_series_equal(explorer.result().total, result.total)
    bands = explorer.bands().set_index("region")
    assert (bands["year"] == year).all() and (bands["status"] == "official").all()
    assert (bands["lower"] <= bands["upper"]).all() and bands.loc["35.71", "rank"] == 6
    gini = explorer.disparity().set_index("measure").loc["gini", "value"]
    assert gini == disparity(result.total, population=explorer.found.population)


@settings(deadline=None, max_examples=25)
@given(weights=st.lists(st.integers(0, 100), min_size=3, max_size=3).filter(any))
def test_any_weights_survive_being_written_down(real, weights):
    given_weights = dict(zip(real.parts, weights, strict=True))
    spec = real.choice(given_weights, rule="geometric")
    scores = real.result(2021, spec).scores
    same = aggregate(scores[list(real.parts)], given_weights, "geometric")
    np.testing.assert_allclose(scores["ipm"], same, rtol=1e-13)


def test_the_pictures_are_in_the_readers_language_and_marked(kediri, jatim, tmp_path, root):
    show = presenter(kediri, jatim, tmp_path, root)
    real = dict(open_explorer(kediri, jatim, show, until=2024).pictures())
    invented = dict(open_explorer(kediri, jatim, show, until=2024, areas=True).pictures())
    assert list(real) == ["disparity", "ranks", "map"]
    assert not any("illustrative" in each for each in real.values())
    assert all('data-status="illustrative"' in each for each in invented.values())
    assert "0,0390" in real["disparity"] and "<svg" in real["map"]


def test_the_widget_follows_its_controls(kediri, jatim, tmp_path, root):
    explorer = open_explorer(kediri, jatim, presenter(kediri, jatim, tmp_path, root), until=2024)
    box = explorer.widget()
    parts = {each.description: each for each in box.children[0].children if hasattr(each, "description")}
    before = box.children[0].children[-1].value
    parts["Pengetahuan"].value = 100
    assert explorer.spec().weights == {"health": 50, "education": 100, "living_standard": 50}
    assert box.children[0].children[-1].value != before
    told = box.children[0].children[-2]
    for name in ("Umur panjang dan hidup sehat", "Pengetahuan", "Standar hidup layak"):
        parts[name].value = 0
    assert told.value.startswith("Pilihan ini tidak dapat dihitung:")
    parts["Pengetahuan"].value = 1
    parts["Agregasi"].value = "harmonic"
    assert parts["Normalisasi"].label == "seperti kerangka (Patok batas)"
    assert told.value == "" and explorer.spec().nodes["ipm"].aggregate == "harmonic"
    parts["Simpan pilihan"].click()
    assert told.value.endswith("choice.yaml.")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.replace("year: 2021", "year: 1990"), "found the year 1990, expected one with all values"),
        (lambda t: t.replace("regions: []", "regions: ['99.99']"), "found no values of 99.99 in 2021. Leave them out."),
        (lambda t: t.replace("study: jatim", "study: malang"), "found study='malang', areas=False, expected"),
        (lambda t: t.replace("year:", "yaer:"), "found 'yaer', expected study, areas, year, regions, spec."),
        (lambda t: t + "  bounds: 3\n", "The spec: found 'bounds', expected normalise, scale, weights, nodes."),
        (lambda t: "a: [", "found no YAML"),
        (lambda t: "", "expected entries study, areas, year, regions, spec, with spec below."),
    ],
)  # fmt: skip
def test_a_broken_choice_is_told(kediri, jatim, tmp_path, root, change, message):
    explorer = open_explorer(kediri, jatim, presenter(kediri, jatim, tmp_path, root), until=2024)
    with pytest.raises(ScoringError, match=re.escape(message)):
        read_chosen(change(explorer.text()), explorer.found)


def test_nothing_to_explore_is_told(root, jatim, tmp_path):
    bare = load_study("kediri", root=root, only_real=True)
    message = "found no index of the areas of the city up to 2024. Set areas or only_real otherwise."
    with pytest.raises(ScoringError, match=re.escape(message)):
        open_explorer(bare, jatim, presenter(bare, jatim, tmp_path, root), until=2024, areas=True)


def test_the_notebook_runs_a_saved_choice_again(kediri, jatim, tmp_path, root):
    explorer = open_explorer(kediri, jatim, presenter(kediri, jatim, tmp_path, root), until=2024)
    explorer.choose(weights={"health": 20, "education": 55, "living_standard": 25}, rule="arithmetic", year=2019)
    path = explorer.save(tmp_path / "mine.yaml")
    facts = {"choice": str(path), "output": str(tmp_path / "run"), "language": "en"}
    run = run_notebook(root / "notebooks/explore.ipynb", facts, tmp_path / "explore.ipynb")
    assert run.ok, run.cause
    assert nbformat.read(tmp_path / "explore.ipynb", as_version=4).cells
    folder = tmp_path / "run/data/processed/kediri/2024"
    read = pd.read_csv(folder / "explored.csv", dtype={"region": str})
    pd.testing.assert_series_equal(read["score"], explorer.bands()["score"], check_exact=True)
    assert (folder / "choice.yaml").read_text().partition("\n")[2] == path.read_text().partition("\n")[2]


def test_a_spec_without_a_choice_is_the_frameworks(real):
    assert real.spec == IndexSpec() and not real.zero_is_worst


def test_areas_keep_their_bounds_until_another_normalisation_is_chosen(areas):
    assert areas.zero_is_worst and areas.weighted_by == "polling_stations"
    own = areas.result(2024).bounds
    assert areas.result(2020).bounds.equals(own)
    assert not areas.result(2020, areas.choice(dict.fromkeys(areas.parts, 1.0), normalise="minmax")).bounds.equals(own)
