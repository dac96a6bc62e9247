"""Nothing illustrative is shown without its mark: what moves when the stand-ins move must be marked, on every page."""

import shutil
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from smartcity_analysis.batch import review
from smartcity_analysis.study import find_root, load_study, make_stand_ins
from smartcity_analysis.study.stand_ins import generator as generator_module

ROOT = find_root(__file__.rpartition("/tests/")[0])
pytestmark = [pytest.mark.xdist_group("illustration"), pytest.mark.long]
FEW = ("diskominfo", "35.71.01.1004", "35.71.02", "35.71")  # sheets of one agency and of every kind of region
BLOCKS = {"figure", "p", "ul", "ol", "h1", "h2", "h3", "h4", "li"}


class Blocks(HTMLParser):
    """The outermost blocks of a page below ``main``: the text of each with whether it is marked."""

    def __init__(self, html):
        super().__init__()
        self.found, self.depth, self.inside = [], 0, False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.inside |= tag == "main"
        if not self.inside:
            return
        if self.depth == 0 and tag in BLOCKS:
            self.found.append(["", False])
        if self.depth or tag in BLOCKS:
            self.depth += tag not in ("path", "use", "img", "br", "meta", "input")
            self.found[-1][0] += " ".join(f"{k}={v}" for k, v in attrs)
            self.found[-1][1] |= ("data-status", "illustrative") in attrs

    def handle_endtag(self, tag):
        self.inside &= tag != "main"
        if self.depth:
            self.depth -= tag not in ("path", "use", "img", "br", "meta", "input")

    def handle_startendtag(self, tag, attrs):
        if self.depth:
            self.found[-1][0] += " ".join(f"{k}={v}" for k, v in attrs)

    def handle_data(self, data):
        if self.depth:
            self.found[-1][0] += data


def project(base, seed=None):
    """A project with the shipped studies in which nothing is done; its stand-ins drawn with `seed` if it is given."""
    shutil.copytree(ROOT / "data" / "raw", base / "data" / "raw")
    shutil.copytree(ROOT / "notebooks", base / "notebooks")
    if seed is not None:
        study = load_study("kediri", root=base, only_real=True)
        other = replace(study, spec=study.spec.model_copy(update={"seed": seed}))
        generator_module.write_stand_ins(other)
    return base


def pages(base, **options):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMARTCITY_ROOT", str(base))
        run = review("kediri", 2024, root=base, sheets=FEW, **options)
        assert run.ok
        found = sorted(run.report.rglob("*.html"))
        return {p.relative_to(run.report).as_posix(): p.read_text(encoding="utf-8") for p in found}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory, begun):
    return pages(begun(tmp_path_factory.mktemp("shipped")))


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    return pages(project(tmp_path_factory.mktemp("moved"), seed=7))


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    return pages(project(tmp_path_factory.mktemp("real")), only_real=True)


def test_what_moves_with_the_stand_ins_is_marked(shipped, moved):
    """Of two runs with stand-ins of other seeds, every block that differs says that it is illustrative."""
    assert shipped.keys() == moved.keys()
    differing = 0
    for name in shipped:
        one, two = Blocks(shipped[name]).found, Blocks(moved[name]).found
        assert len(one) == len(two), name
        for (first, marked), (second, also) in zip(one, two, strict=True):
            if first != second:
                differing += 1
                assert marked and also, f"{name}: {first[:300]}"
    assert differing > 3


def test_a_page_with_illustrations_says_so_at_its_head(shipped):
    words = "Halaman ini memuat bagian bertanda ILUSTRASI"
    for name, html in shipped.items():
        if name != "explorer.html":  # marks its sets itself, while they are shown
            assert (words in html) == ('data-status="illustrative"' in html), name
    assert words in shipped["04_disparity.html"] and words not in shipped["02_score.html"]


def test_the_words_of_the_review_do_not_depend_on_stand_ins(shipped, moved, real):
    assert shipped["08_review.html"] == moved["08_review.html"] == real["08_review.html"]
    assert shipped["index.html"] == moved["index.html"] == real["index.html"]


def test_only_real_shows_none(real):
    for name, html in real.items():
        body = html.partition("<body")[2]
        if name == "explorer.html":  # the mark is there, hidden, for a set that would need it
            assert '"illustrative":false' in body and '"illustrative":true' not in body
        else:
            assert "illustrative" not in body, name


def test_other_stand_ins_are_really_other():
    study = load_study("kediri", root=ROOT, only_real=True)
    other = replace(study, spec=study.spec.model_copy(update={"seed": 7}))
    one, two = make_stand_ins(study), make_stand_ins(other)
    assert (one["indicators"]["value"] != two["indicators"]["value"]).mean() > 0.8
