"""The shipped review in a real browser: nothing fetched, nothing cut off, both languages."""

import itertools
import shutil

import pytest

from smartcity_analysis.batch import review
from smartcity_analysis.study import find_root

ROOT = find_root(__file__.rpartition("/tests/")[0])
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("review"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]
FEW = ("diskominfo", "setwan", "35.71.01.1004", "35.71.02", "35.71")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def reports(tmp_path_factory, begun):
    base = begun(tmp_path_factory.mktemp("project"), "id", "en")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMARTCITY_ROOT", str(base))
        for language in ("id", "en"):
            assert review("kediri", 2024, language=language, root=base, sheets=FEW).ok
    return base / "reports/kediri/2024"


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_open_clean(reports, browser, language, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked, problems = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    for path in sorted((reports / language).rglob("*.html")):
        page.goto(path.as_uri())
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h1").count() == 1
        scroll = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert scroll <= 0, (path.name, width, scroll)
        for image in page.locator("[role=img], img").all():
            assert len(image.get_attribute("aria-label") or image.get_attribute("alt") or "") > 20, path.name
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), (path.name, levels)
        for link in page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))"):
            target = link.partition("#")[0]
            assert not target or (path.parent / target).is_file(), (path.name, link)
    page.close()
    assert not problems
    assert all(url.startswith(("file://", "data:")) for url in asked), asked


def test_a_page_is_small(reports):
    for path in reports.rglob("*.html"):
        most = 300_000 if path.parent.name == "opd" else 500_000
        assert path.stat().st_size < most, path.name


def test_no_serious_barrier(reports, browser):
    """axe-core, which ships in a wheel, finds nothing serious on any page; those in English are built alike."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(bypass_csp=True)
    found = []
    for path in sorted((reports / "id").rglob("*.html")):
        page.goto(path.as_uri())
        for fault in axe.run(page).response["violations"]:
            if fault["impact"] in ("serious", "critical"):
                where = fault["nodes"][0]["html"][:120]
                found.append(f"{path.name}: {fault['id']} ({len(fault['nodes'])}): {where}")
    page.close()
    assert found == []
