import json
import re

import nbformat.v4 as v4
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from smartcity_analysis.present.figures import draw
from smartcity_analysis.present.language import LANGUAGES, speak
from smartcity_analysis.present.page import render_index, render_page

HOSTILE = '<script>alert(1)</script><img src="https://example.org/x.png" onerror="x">'
NAV = [("index.html", "Ringkasan"), ("01.html", "Data"), ("02.html", "Skor"), ("03.html", "Pilar")]


def code(*outputs):
    cell = v4.new_code_cell("secret_code = 1", metadata={"tags": ["parameters"]})
    cell.outputs = list(outputs)
    return cell


def shown(**data):
    return v4.new_output("execute_result", data={kind.replace("_", "/"): value for kind, value in data.items()})


def words(text, *tags):
    return v4.new_markdown_cell(text, metadata={"tags": list(tags)})


def page_of(*cells, language="id", **options):
    notebook = v4.new_notebook(cells=list(cells))
    html = render_page(notebook, language=speak(language), **{"title": "Judul", **options})
    return html, BeautifulSoup(html, "html.parser")


def outside(soup):
    """Every address that a browser would fetch or follow to elsewhere."""
    places = [value for tag in soup.find_all(True) for key, value in tag.attrs.items()
              if key in ("src", "href", "srcset", "data", "poster", "action", "xlink:href")]  # fmt: skip
    return [place for place in places if re.match(r"\s*([a-z]+:)?//|\s*(?!data:)[a-z]+:", place, re.I)]


TABLE = (
    '<figure class="table"><div class="scroll" tabindex="0" role="region" aria-label="Tabel">'
    "<table><caption>Tabel</caption>"
    '<thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></div></figure>'
)


class TestPage:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_has_one_title_and_its_language(self, language):
        _, soup = page_of(words("# Notebook"), words("## Bagian"), language=language, subtitle="Anak judul")
        assert soup.html["lang"] == language
        assert [h.text for h in soup.find_all("h1")] == ["Judul"]
        assert [h.text for h in soup.find_all("h2")] == ["Bagian"]
        assert soup.find(id="main").find(class_="subtitle").text == "Anak judul"
        assert soup.title.text == "Judul – Anak judul"
        skip = soup.find(class_="skip")
        assert skip["href"] == "#main"
        assert skip.text == speak(language).text("pages.skip")

    def test_cells_of_the_other_language_are_left_out(self):
        cells = words("satu", "id"), words("one", "en"), words("both", "id", "en"), words("untagged", "note")
        assert BeautifulSoup(page_of(*cells)[0], "html.parser").main.text.split()[1:] == ["satu", "both", "untagged"]
        assert page_of(*cells, language="en")[1].main.text.split()[1:] == ["one", "both", "untagged"]

    def test_heading_levels_skip_none(self):
        cells = words("# Notebook\n\n#### Jauh"), words("## Bagian"), words("##### Dalam"), words("# Lain")
        _, soup = page_of(*cells)
        levels = [(tag.name, tag.text) for tag in soup.find_all(re.compile("^h[1-6]$"))]
        assert levels == [("h1", "Judul"), ("h2", "Jauh"), ("h2", "Bagian"), ("h3", "Dalam"), ("h2", "Lain")]

    def test_code_streams_and_plain_text_do_not_reach_the_reader(self):
        stream = v4.new_output("stream", name="stderr", text="/home/someone/warning")
        html, soup = page_of(code(stream, shown(text_html=TABLE, text_plain="plain twin"), shown(text_plain="<Axes>")))
        assert "secret_code" not in html
        assert "warning" not in soup.main.text
        assert "plain twin" not in html
        assert "Axes" not in html
        assert str(soup.find("table")) in TABLE

    def test_every_kind_of_output_is_shown(self):
        svg = '<?xml version="1.0"?>\n<svg viewBox="0 0 1 1" role="img" aria-label="Gambar"><path d="M 0 0"/></svg>'
        picture = v4.new_output(
            "display_data", data={"image/png": "iVBORw0K\nGgo="}, metadata={"image/png": {"alt": "A <b>"}}
        )
        bare = v4.new_output("display_data", data={"image/png": "iVBORw0KGgo="})
        drawing = v4.new_output("display_data", data={"image/svg+xml": svg, "image/png": "iVBORw0KGgo="})
        html, soup = page_of(code(shown(text_markdown="**tebal** <b>x</b>"), drawing, picture, bare))
        assert '<svg viewBox="0 0 1 1"' in html  # in its own case
        assert "<?xml" not in html
        assert soup.strong.text == "tebal"
        assert "&lt;b&gt;x&lt;/b&gt;" in html
        assert [image["alt"] for image in soup.find_all("img")] == ["A <b>", "Gambar tanpa keterangan"]
        assert soup.img["src"] == "data:image/png;base64,iVBORw0KGgo="

    def test_an_error_is_a_clear_box_without_paths(self):
        error = v4.new_output("error", ename="DataError", evalue=HOSTILE, traceback=["/home/someone/x.py"])
        html, soup = page_of(code(error))
        box = soup.find(class_="error")
        assert box["role"] == "alert"
        assert "Bagian ini tidak dapat ditampilkan" in box.text
        assert box.pre.text == f"DataError: {HOSTILE}"
        assert "someone" not in html

    def test_hostile_text_is_only_text(self):
        html, soup = page_of(
            words(f"{HOSTILE}\n\n{HOSTILE} [x](javascript:alert(1)) ![alt](https://example.org/y.png)\n\n## {HOSTILE}"),
            title=HOSTILE, subtitle=HOSTILE, banner=HOSTILE, footer=[HOSTILE], nav=[("a.html", HOSTILE)],
        )  # fmt: skip
        assert soup.find("script") is None
        assert soup.find("img") is None
        assert soup.h1.text == HOSTILE
        assert not outside(soup)
        assert "onerror=&#34;" in html or "onerror=&quot;" in html

    def test_control_characters_are_dropped(self):
        html, _ = page_of(words("a\x00b\x1b"), title="T\x00itle")
        assert "\x00" not in html
        assert "\x1b" not in html

    def test_links_stay_inside_the_report(self):
        text = (
            "[data](01_data.html#x) [sumber](https://example.org/a) <https://example.org/b> [c](//example.org) [d](#e)"
        )
        _, soup = page_of(words(text))
        assert [a["href"] for a in soup.main.find_all("a")] == ["01_data.html#x", "#e"]
        assert "sumber (https://example.org/a) https://example.org/b c (//example.org)" in soup.main.text
        assert not outside(soup)

    def test_the_page_may_load_and_run_nothing(self):
        figure = draw("ranking", _regions(), language=speak("id"), source="", xlabel="IPM")
        html, soup = page_of(code(shown(**{"image_svg+xml": figure.svg.decode()}), shown(text_html=TABLE)), nav=NAV)
        assert not outside(soup)
        assert not soup.find_all(["script", "link", "iframe", "object", "embed"])
        policy = soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
        assert policy.startswith("default-src 'none'; ")
        assert "@import" not in html
        assert "url(http" not in html

    def test_chapters_before_and_after(self):
        _, soup = page_of(nav=NAV, current="01.html")
        here = soup.find("nav", class_="chapters").find_all("a")
        assert [a["href"] for a in here] == [href for href, _ in NAV]
        assert [a.text for a in here if a.get("aria-current") == "page"] == ["Data"]
        steps = soup.find("nav", class_="steps").find_all("a")
        assert [(a["rel"], a["href"]) for a in steps] == [(["prev"], "index.html"), (["next"], "02.html")]
        first = page_of(nav=NAV, current="index.html")[1].find("nav", class_="steps").find_all("a")
        assert [a["href"] for a in first] == ["01.html"]
        last = page_of(nav=NAV, current="03.html")[1].find("nav", class_="steps").find_all("a")
        assert [a["href"] for a in last] == ["02.html"]
        assert page_of(nav=NAV, current="elsewhere.html")[1].find("nav", class_="steps") is None

    def test_banner_and_footer(self):
        _, soup = page_of(banner="Data ilustrasi.", footer=["satu", "dua"])
        assert soup.find(class_="banner").text == "Perhatian. Data ilustrasi."
        assert [p.text for p in soup.footer.find_all("p")] == ["satu", "dua"]
        assert page_of()[1].find(class_="banner") is None

    def test_markdown_tables_name_their_columns(self):
        _, soup = page_of(words("| A | B |\n|---|--:|\n| x | 1 |"))
        assert [th["scope"] for th in soup.find_all("th")] == ["col", "col"]
        assert [td.get("class") for td in soup.find_all("td")] == [None, ["num"]]

    def test_is_the_same_on_every_run_and_small(self):
        figure = draw("ranking", _regions(38), language=speak("id"), source="", xlabel="IPM")
        outputs = shown(**{"image_svg+xml": figure.svg.decode()}), shown(text_html=TABLE * 30)
        cells = [code(*outputs) for _ in range(3)]
        notebook = v4.new_notebook(cells=cells)
        before = json.dumps(notebook)
        pages = [render_page(notebook, language=speak("id"), title="Judul", nav=NAV) for _ in range(2)]
        assert pages[0] == pages[1]
        assert len(pages[0].encode()) < 300_000
        assert json.dumps(notebook) == before


FACTS = {
    "title": "Reviu 2024",
    "subtitle": "Masterplan 2020–2029",
    "summary": ["Skor turun.", "Target tidak tercapai."],
    "cards": [{"label": "Skor 2023", "value": "3,197", "note": "skala 0–4"}],
    "pages": [{"href": "01.html", "title": "Data", "question": "Apakah data layak?"}],
    "recommendations": ["Lengkapi bukti."],
    "unknown": ["Bobot 2023."],
    "footer": ["Kota Kediri"],
}


class TestIndex:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_says_what_was_found_and_where_to_read(self, language):
        html = render_index(language=speak(language), **FACTS)
        soup = BeautifulSoup(html, "html.parser")
        assert soup.html["lang"] == language
        assert [h.text for h in soup.find_all("h1")] == ["Reviu 2024"]
        assert soup.find(class_="summary").text == "Skor turun. Target tidak tercapai."
        assert soup.find(class_="cards").text.split() == ["Skor", "2023", "3,197", "skala", "0–4"]
        assert soup.find(class_="pages").a["href"] == "01.html"
        expected = [speak(language).text(f"pages.{key}") for key in
                    ("main_numbers", "recommendations", "unknown", "chapters")]  # fmt: skip
        assert [h.text for h in soup.find_all("h2")] == expected
        assert html == render_index(language=speak(language), **FACTS)

    def test_many_sentences_become_a_list(self):
        facts = FACTS | {"summary": [f"Kalimat {n}." for n in range(6)]}
        soup = BeautifulSoup(render_index(language=speak("id"), **facts), "html.parser")
        assert [li.text for li in soup.find("ul", class_="summary").find_all("li")] == facts["summary"]

    def test_pillars_and_gaps_are_shown_where_there_are_any(self):
        pillars = [{"label": "Smart Living", "value": "3,33", "share": 83, "year": 2022}]
        facts = FACTS | {"pillars": pillars, "pillars_note": "Hanya impact.", "gaps": ["Belum ada program."]}
        soup = BeautifulSoup(render_index(language=speak("id"), **facts), "html.parser")
        assert soup.find(class_="pillars").text.split() == ["Smart", "Living", "3,33"]
        assert soup.find(class_="bar").span["style"] == "width: 83%"
        assert soup.find(id="pillars").text.startswith("Enam pilar 2022") and soup.find(
            class_="note", string="Hanya impact."
        )
        assert soup.find("section", {"aria-labelledby": "gaps"}).li.text == "Belum ada program."

    def test_what_is_empty_is_left_out(self):
        soup = BeautifulSoup(render_index(language=speak("id"), title="Reviu"), "html.parser")
        assert not soup.find_all(["h2", "ul", "ol"])

    def test_hostile_text_is_only_text(self):
        facts = {"title": HOSTILE, "summary": [HOSTILE], "unknown": [HOSTILE], "recommendations": [HOSTILE],
                 "cards": [dict.fromkeys(("label", "value", "note"), HOSTILE)],
                 "pages": [{"href": "a.html", "title": HOSTILE, "question": HOSTILE}]}  # fmt: skip
        soup = BeautifulSoup(render_index(language=speak("id"), **facts), "html.parser")
        assert soup.find("script") is None
        assert soup.find("img") is None
        assert not outside(soup)


def test_page_messages_are_alike_in_both_languages():
    keys = [{k for k in speak(language).messages if k.startswith("pages.")} for language in LANGUAGES]
    assert keys[0] == keys[1]


def _regions(count=3):
    names = [f"Kabupaten {number}" for number in range(count)]
    return pd.DataFrame(
        {"name": names, "score": [70.0 + n / 3 for n in range(count)]}, index=[f"35.{n:02}" for n in range(count)]
    )
