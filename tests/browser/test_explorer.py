"""The explorer in a real browser: the library's numbers, the keyboard, the file, and nothing fetched."""

import dataclasses
import io

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.index import aggregate
from smartcity_analysis.present import explorer_page, explorer_set, render_explorer, speak
from smartcity_analysis.present.explorer.explorable import explorable_areas, explorable_regions
from smartcity_analysis.regions import DisparityError, disparity

from .test_pages import CHROMIUM, FLAGS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("explorer"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]
RULES = ("arithmetic", "geometric", "harmonic")
HOSTILE = '</script><img src=x onerror="window.struck=1"><b>&amp;'


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def folder(kediri, jatim, tmp_path_factory):
    place = tmp_path_factory.mktemp("explorer")
    for language in ("id", "en"):
        page = explorer_page(kediri, jatim, year=2024, language=language)
        (place / f"{language}.html").write_text(page, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def peers(jatim):
    return explorer_set(explorable_regions(jatim, until=2024), speak("id"), highlight="35.71")


@pytest.fixture
def opened(browser, folder):
    """Open a page; whatever it asks for or complains of fails the test."""
    asked, problems, pages = [], [], []

    def visit(name, **options):
        page = browser.new_page(**options)
        pages.append(page)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto((folder / name).as_uri())
        return page

    yield visit
    for page in pages:
        page.close()
    assert not problems
    assert all(url.startswith(("file://", "data:", "blob:")) for url in asked), asked


def write(folder, name, *sets):
    (folder / name).write_text(render_explorer(sets, language=speak("id")), encoding="utf-8")
    return name


def ranks_of(scores):
    """The rule of `IndexResult.ranks`, written out."""
    largest = scores.abs().max()
    decimals = 11 - int(np.floor(np.log10(largest)))
    return scores.round(decimals).rank(ascending=False, method="min")


def measured(scores, measure, population):
    try:
        return disparity(scores, measure, population=population)
    except DisparityError:
        return None


def assert_like_the_library(page, own, weight_sets):
    cases = [[list(map(float, weights)), rule] for weights in weight_sets for rule in RULES]
    found = page.evaluate(f"cases => cases.map(([w, rule]) => smartcity.compute(w, rule, '{own.key}'))", cases)
    for (weights, rule), one in zip(cases, found, strict=True):
        scores = aggregate(own.scores, dict(zip(own.scores.columns, weights, strict=True)), rule)
        np.testing.assert_allclose(np.array(one["scores"], dtype=float), scores, rtol=0, atol=1e-9)
        assert one["ranks"] == [None if np.isnan(rank) else rank for rank in ranks_of(scores)]
        known = scores.dropna()
        people = None if own.population is None else own.population[known.index]
        for measure in ("gini", "theil_t", "max_min"):
            assert one[measure] == pytest.approx(measured(known, measure, people), rel=0, abs=1e-9)


@pytest.mark.parametrize("kind", ["peers", "areas"])
def test_200_random_weight_sets_give_the_numbers_of_the_library(opened, kediri, jatim, kind):
    found = explorable_regions(jatim, until=2024) if kind == "peers" else explorable_areas(kediri, until=2024)
    own = explorer_set(found, speak("id"))
    rng = np.random.default_rng(20240823)
    weights = rng.integers(0, 101, (200, own.scores.shape[1])) * (rng.random((200, own.scores.shape[1])) > 0.15)
    weights[:, 0] += weights.sum(axis=1) == 0
    assert_like_the_library(opened("id.html"), own, weights)


def test_ties_missing_scores_and_no_population_are_as_in_the_library(opened, folder, peers):
    rng = np.random.default_rng(7)
    scores = pd.DataFrame(rng.integers(1, 6, peers.scores.shape) / 10.0, peers.scores.index, peers.scores.columns)
    scores.iloc[4, 0] = scores.iloc[9, 2] = np.nan
    tied = dataclasses.replace(peers, scores=scores, population=None)
    page = opened(write(folder, "tied.html", tied))
    assert_like_the_library(page, tied, rng.integers(1, 5, (60, 3)))
    assert "(sama)" in page.inner_text("#ranking")
    page.select_option("#place", "4")
    assert "belum diketahui" in page.inner_text("#answer")
    assert "tanpa 2 wilayah" in page.inner_text("#disparity-note")


def test_a_mean_that_is_not_defined_is_refused_in_words(opened, folder, peers):
    scores = peers.scores.copy()
    scores.iloc[3, 1] = 0.0
    page = opened(write(folder, "zero.html", dataclasses.replace(peers, scores=scores, rule="arithmetic")))
    page.check("#rule-harmonic")
    assert page.inner_text("#problem") == (
        "Rata-rata harmonik tidak dapat dipakai di sini: ada nilai 0 pada Pengetahuan. "
        "Jadikan bobotnya 0 atau pilih cara lain."
    )
    assert not page.is_visible("#ranking") and page.evaluate("smartcity.compute([1, 1, 1], 'harmonic')") is None
    page.fill("#weight-1", "0")
    assert page.is_visible("#ranking") and not page.is_visible("#problem")
    for number in (0, 2):
        page.fill(f"#weight-{number}", "0")
    assert page.inner_text("#problem").startswith("Semua bobot 0")
    page.click("#reset")
    assert page.is_visible("#ranking")


@pytest.mark.parametrize("language", ["id", "en"])
def test_numbers_are_written_as_the_library_writes_them(opened, language):
    page, words = opened(f"{language}.html"), speak(language)
    for kind in ("int", "num1", "num2", "num3", "num4", "year"):
        for value in (0.0, 1234.56789, -0.113, 78.6, 1999.0, 301424.0):
            assert page.evaluate("([v, k]) => smartcity.number(v, k)", [value, kind]) == words.number(value, kind)
    assert page.evaluate("smartcity.number(null, 'num2')") == words.number(None)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("number", [0, 1])
def test_a_page_fits_and_is_labelled(opened, language, width, number):
    page = opened(f"{language}.html", viewport={"width": width, "height": 900})
    page.check(f"#set-{number}")
    page.check("#rule-harmonic")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.evaluate("[...document.querySelectorAll('input,select')].every(e => e.labels.length === 1)")
    assert page.locator("#ranking tbody tr.marked").count() == 1
    assert page.is_visible("#mark") == (number == 1)
    assert ("{" not in page.inner_text("main")) and ("undefined" not in page.inner_text("main"))
    assert page.is_visible("#brief") == (width == 360)


def focus(page, wanted):
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id").startswith(wanted):
            return
    pytest.fail(f"{wanted} is not reached with Tab")


def test_an_officer_gives_knowledge_more_weight_by_keyboard(opened, peers):
    page = opened("id.html")
    focus(page, "weight-1")
    for _ in range(5):
        page.keyboard.press("PageUp")
    assert page.locator("#weight-1").get_attribute("aria-valuetext") == "100 dari 100, bagian 50,0 persen"
    scores = aggregate(peers.scores, {"health": 50, "education": 100, "living_standard": 50}, "geometric")
    rank, score = int(ranks_of(scores)["35.71"]), speak("id").number(scores["35.71"], "num2")
    line = page.inner_text("#answer")
    assert line.startswith(f"Kota Kediri berada di peringkat {rank} dari 38 dengan skor {score}; naik 1 peringkat")
    assert page.text_content("#told") == ""  # nothing is read out while the keys are pressed
    page.wait_for_selector("#told:not(:empty)", state="attached")
    assert page.text_content("#told").startswith(line)
    focus(page, "reset")
    page.keyboard.press("Enter")
    assert "sama dengan pilihan awal" in page.inner_text("#answer")


def test_what_is_said_to_move_the_score_most_does_so(opened):
    page = opened("en.html")
    assert "weight of Long and healthy life: raised by 10, its score rises by 0.28 points" in page.inner_text("#answer")
    before, after = (
        page.evaluate(f"smartcity.compute([{weights}], 'geometric').scores[smartcity.state.place]")
        for weights in ("50, 50, 50", "60, 50, 50")
    )
    assert round(after - before, 2) == 0.28


def test_an_officer_finds_another_city_by_typing_its_name(opened):
    page = opened("en.html")
    focus(page, "place")
    page.keyboard.type("Kota Mala")
    assert page.inner_text("#answer").startswith("Kota Malang ranks 2 of 38 with a score of 82.04")
    assert "Kota Malang" in page.inner_text("#ranking tr.marked")


def test_an_officer_takes_the_kelurahan_home_as_csv(opened, kediri):
    page = opened("id.html")
    focus(page, "set-")
    page.keyboard.press("ArrowDown")
    focus(page, "rule-")
    page.keyboard.press("ArrowDown")
    focus(page, "csv")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "explorer_areas_2024.csv"
    with open(waiting.value.path(), "rb") as stream:  # noqa: PTH123
        raw = stream.read()
    assert raw.startswith(b"\xef\xbb\xbf") and b"\r\n" in raw
    table = pd.read_csv(io.BytesIO(raw), dtype={"code": str}, encoding="utf-8-sig").set_index("code")
    own = explorer_set(explorable_areas(kediri, until=2024), speak("id"))
    assert len(table) == 46 and set(table["status"]) == {"illustrative"} and set(table["rule"]) == {"geometric"}
    scores = aggregate(own.scores, own.weights, "geometric")
    np.testing.assert_allclose(table["score"].reindex(scores.index), scores, atol=1e-9)
    assert (table["rank"].reindex(scores.index) == ranks_of(scores)).all()
    assert (table["polling_stations"].reindex(scores.index) == own.population).all()
    np.testing.assert_array_equal(table.reindex(scores.index)[list(own.scores.columns)], own.scores)


def test_a_hostile_label_is_text_and_no_formula(opened, folder, peers):
    bad = dataclasses.replace(
        peers, names=peers.names.where(peers.names.index != "35.71", HOSTILE).replace("Kota Batu", "=1+1"),
        pillars=dict.fromkeys(peers.pillars, HOSTILE), label=HOSTILE, about=HOSTILE, note=HOSTILE,
    )  # fmt: skip
    page = opened(write(folder, "hostile.html", bad))
    page.fill("#weight-1", "70")
    assert page.evaluate("window.struck") is None and page.locator("main img").count() == 0
    assert HOSTILE in page.inner_text("#ranking") and HOSTILE in page.inner_text("#answer")
    table = pd.read_csv(io.StringIO(page.evaluate("smartcity.csv()")), dtype=str)
    assert HOSTILE in set(table["region"]) and "'=1+1" in set(table["region"])


def test_a_script_that_is_not_ours_does_not_run(browser, folder):
    text = (folder / "id.html").read_text(encoding="utf-8")
    place = folder / "foreign.html"
    place.write_text(text.replace("</main>", "<script>window.struck = 1</script></main>"), encoding="utf-8")
    page = browser.new_page()
    page.goto(place.as_uri())
    assert page.evaluate("window.struck") is None and page.is_visible("#ranking")
    page.close()


def test_514_regions_answer_at_once(opened, folder, peers):
    rng = np.random.default_rng(1)
    regions = pd.Index([f"R{i:03d}" for i in range(514)])
    scores = pd.DataFrame(rng.uniform(20, 90, (514, 6)), regions, list("ABCDEF"))
    large = dataclasses.replace(
        peers, scores=scores, names=pd.Series("Wilayah " + regions, regions), highlight="R250", rule="arithmetic",
        pillars={code: f"Pilar {code}" for code in scores}, weights=pd.Series(1.0, scores.columns),
        population=pd.Series(rng.uniform(1e4, 1e6, 514), regions),
    )  # fmt: skip
    page = opened(write(folder, "large.html", large))
    assert_like_the_library(page, large, rng.integers(1, 101, (20, 6)))
    rows = page.locator("#ranking tbody tr").count()
    assert 40 < rows <= 60 and page.locator("#ranking tr.marked").count() == 1
    hidden = sum(
        map(int, page.evaluate("[...document.querySelectorAll('td.gap')].map(c => c.textContent.match(/\\d+/)[0])"))
    )
    assert rows - page.locator("td.gap").count() + hidden == 514
    milliseconds = page.evaluate(
        """() => {
          const slider = document.getElementById("weight-2"), spans = [];
          for (let k = 0; k < 30; k += 1) {
            slider.value = k * 3;
            const start = performance.now();
            slider.dispatchEvent(new Event("input"));
            document.body.getBoundingClientRect();
            spans.push(performance.now() - start);
          }
          return spans.sort((a, b) => a - b)[15];
        }"""
    )
    assert milliseconds < 100


def test_a_page_prints_with_its_choices_and_its_mark(opened):
    page = opened("id.html")
    page.check("#set-1")
    page.emulate_media(media="print")
    assert not page.is_visible("#csv") and not page.is_visible("#weight-0") and not page.is_visible("#brief")
    assert page.is_visible("#mark") and page.is_visible("#share-0") and page.is_visible("#answer")
    assert len(page.pdf(format="A4")) > 10_000
