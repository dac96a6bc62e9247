"""Whatever a text from data holds, it stays a text: on pages, in figures, print, workbooks, forms and tables."""

import dataclasses
import io
import json
import re
import string
import zipfile
from xml.etree import ElementTree

import nbformat
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hostile_texts import HIT, PAYLOADS, UNSEEN, WORD, spoiled
from hypothesis import given
from hypothesis import strategies as st

from smartcity_analysis.errors import DataError
from smartcity_analysis.masterplan import feedback_form, read_survey_form
from smartcity_analysis.masterplan.feedback.returned import read_returned
from smartcity_analysis.present import speak
from smartcity_analysis.present.display import Presenter, labels_of
from smartcity_analysis.present.explorer.explorable import explorable_regions
from smartcity_analysis.present.explorer.page import explorer_set, render_explorer
from smartcity_analysis.present.figures import draw
from smartcity_analysis.present.forms.feedback import feedback_workbook
from smartcity_analysis.present.forms.survey import survey_workbook
from smartcity_analysis.present.page import render_index, render_page
from smartcity_analysis.present.pdf import page_pdf
from smartcity_analysis.present.tables import html_table
from smartcity_analysis.present.theme import plain
from smartcity_analysis.study import Store, load_framework, load_study
from smartcity_analysis.study.plain_csv import as_csv, guarded, unguarded
from smartcity_analysis.study.store import read_processed

ID = speak("id")
each_payload = pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
SEEN = {name: text for name, text in PAYLOADS.items() if name not in ("turned", "unseen", "control", "separator")}
each_name = pytest.mark.parametrize(
    "name", ["../../x", "/tmp/x", "..", ".hidden", "a/b", "a\\b", "", "x\0", "é", "a b"]
)
NAVIGATION = [("01_data.html", "Data")]


def words(text):
    """The words of a page or a cell, however they are spaced."""
    return " ".join(plain(text).split())


def assert_inert(html):
    """No element or attribute of `html` but those this package writes."""
    soup = BeautifulSoup(html, "html.parser")
    foreign = soup.find_all(["script", "img", "iframe", "object", "embed", "base", "form", "b", "a"])
    assert [tag for tag in foreign if tag.get("href", "#main") != "#main" or tag.name != "a"] == []
    names = {name for tag in soup.find_all(True) for name in tag.attrs}
    assert not [name for name in names if name.startswith("on") or name in ("src", "srcdoc", "autofocus")]
    assert len(soup.find_all("meta")) in (0, 4) and not set(html) & set(UNSEEN)
    return soup


# --- pages ---


def page_of(*cells, **facts):
    book = nbformat.v4.new_notebook(cells=list(cells))
    return render_page(book, language=ID, **{"title": "Judul"} | facts)


def shown(kind, body):
    output = nbformat.v4.new_output("display_data", {kind: body})
    return nbformat.v4.new_code_cell("", outputs=[output], execution_count=1)


@each_payload
def test_markdown_makes_words_and_no_elements(text):
    for cell in (nbformat.v4.new_markdown_cell(f"Teks {text}"), shown("text/markdown", f"Teks {text}")):
        assert_inert(page_of(cell))


@pytest.mark.parametrize(
    "target",
    ["javascript:x", "JaVaScRiPt&colon;x", "java\tscript:x", "&#106;avascript:x", "data:text/html,x", "vbscript:x",
     "//example.org", "/etc/passwd", "\\\\host\\x", "../../x", "a/../../x", "https://example.org", "x?y", "%2e%2e/x"],
)  # fmt: skip
def test_a_link_leads_nowhere_but_into_the_report(target):
    soup = BeautifulSoup(page_of(nbformat.v4.new_markdown_cell(f"[kata](<{target}>) [k2]({target})")), "html.parser")
    assert soup.main.find("a") is None and "kata" in soup.main.text


@pytest.mark.parametrize("target", ["01_data.html", "../index.html", "opd/diskominfo.html#t", "#F-1a2b3c"])
def test_a_link_within_the_report_is_one(target):
    soup = BeautifulSoup(page_of(nbformat.v4.new_markdown_cell(f"[kata]({target})")), "html.parser")
    assert soup.main.a["href"] == target


@each_payload
def test_titles_navigation_and_notes_are_words(text):
    facts = {"title": text, "subtitle": text, "banner": text, "footer": [text], "nav": [("#main", text)]}
    soup = assert_inert(page_of(**facts))
    assert words(soup.h1.text) == words(text)
    cards = [{"label": text, "value": text, "note": text}]
    pillars = [{"label": text, "value": text, "share": 50, "year": 2022}]
    pages = [{"href": "#main", "title": text, "question": text}]
    lists = {name: [text] for name in ("summary", "gaps", "recommendations", "unknown", "footer")}
    sheets = [{"title": text, "links": [("#main", text)]}]
    index = render_index(
        language=ID, title=text, subtitle=text, cards=cards, pillars=pillars, pillars_note=text, pages=pages,
        sheets=sheets, downloads=[("#main", text)], banner=text, **lists,
    )  # fmt: skip
    soup = assert_inert(index)
    assert words(soup.find("nav").a["title"]) == words(text) and words(soup.li.text).startswith(words(text)[:20])


@each_payload
def test_tables_and_labels_are_words(text):
    rows = pd.DataFrame({"id": [text], "text": [text], "evidence": [text], "status": ["reported"]})
    html = html_table(rows, "evidence", language=ID, title=text, source=text, note=text, labels={"x": {"id": text}})
    soup = BeautifulSoup(html, "html.parser")
    assert words(soup.th.find_parent("table").caption.text) == words(text)
    assert {tag.name for tag in soup.find_all(True)} <= {
        "figure", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "p", "a",
    }  # fmt: skip
    assert all(link["href"].startswith("#") for link in soup.find_all("a"))


def test_a_picture_of_a_notebook_only_draws():
    drawing = (
        f'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="{HIT}">'
        f"<script>{HIT}</script><style>*{{fill:url(https://example.org/a)}}</style><foreignObject><p/></foreignObject>"
        '<a href="javascript:x"><path d="M0 0"/></a><set attributeName="href"/>'
        '<image href="https://example.org/b.png"/>'
        f'<path d="M0 0L9 9" onclick="{HIT}" style="fill: url(https://example.org/c)" clip-path="url(#own)"/>'
        "<text>&lt;script&gt;</text></svg>"
    )
    soup = BeautifulSoup(page_of(shown("image/svg+xml", drawing)), "html.parser")
    names = [tag.name for tag in soup.find("svg").find_all(True)]
    assert names == ["image", "path", "text"] and soup.svg.text == "<script>"
    assert soup.svg.path.attrs == {"d": "M0 0L9 9", "clip-path": "url(#own)"} and soup.svg.image.attrs == {}
    assert "<svg" not in page_of(shown("image/svg+xml", "<svg><path></svg>"))


@each_payload
def test_no_text_leaves_the_data_of_the_explorer(text, jatim):
    own = explorer_set(explorable_regions(jatim, until=2024), ID, highlight="35.71")
    bad = dataclasses.replace(own, names=own.names.map(lambda name: text), label=text, about=text, note=text)
    html = render_explorer([bad], language=ID, title=text, footer=[text])
    held = re.findall(r'<script type="application/json" id="explorer-data">(.*?)</script>', html, re.S)
    assert len(held) == 1 and not set("<>&\u2028\u2029") & set(held[0]) and html.count("<script") == 2
    assert json.loads(held[0])["sets"][0]["names"][0] == plain(text)
    assert not set(html) & set(UNSEEN)


# --- figures and print ---


@each_payload
def test_a_figure_shows_the_text_and_never_fails(text):
    names = [f"{text} {n}" for n in range(3)]
    table = pd.DataFrame({"name": names, "score": [3.0, 2.0, 1.0]}, index=["a", "b", "c"])
    drawn = draw("ranking", table, language=ID, highlight="a", xlabel=text, source=text)
    root = ElementTree.fromstring(drawn.svg)
    assert not set(drawn.svg.decode()) & set(UNSEEN) and drawn.png.startswith(b"\x89PNG")
    assert not [
        e for e in root.iter() if e.tag.rpartition("}")[2] in ("script", "style", "a", "image", "foreignObject")
    ]
    said = " ".join("".join(e.itertext()) for e in root.iter() if e.tag.endswith("text"))
    assert words(text)[:12] in words(said)


def test_every_payload_is_printed_as_text():
    rows = "".join(f"<tr><td>{words_of}</td></tr>" for words_of in map(_escaped, PAYLOADS.values()))
    html = f"<main><h1>{_escaped(PAYLOADS['typst'])}</h1><table><tr><th>t</th></tr>{rows}</table></main>"
    made = page_pdf(html, language=ID, title=PAYLOADS["typst"], footer=PAYLOADS["typst"])
    assert made.startswith(b"%PDF") and len(made) > 10_000


def _escaped(text):
    return plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# --- messages ---


@each_payload
def test_no_text_is_taken_for_a_template(text):
    for key, message in ID.messages.items():
        asked = {name: spec for _, name, spec, _ in string.Formatter().parse(message) if name}
        if asked and set(asked.values()) <= {""}:
            said = ID.text(key, **dict.fromkeys(asked, text))
            assert said.count(text) >= len(asked), key


# --- workbooks ---


@pytest.fixture(scope="module")
def hostile(kediri):
    """The study with every free text a payload."""
    tables = {name: spoiled(name, rows) for name, rows in kediri.tables.items()}
    city = kediri.spec.city.model_copy(update={"name": PAYLOADS["formula"]})
    spec = kediri.spec.model_copy(update={"city": city, "title": {"id": PAYLOADS["formula"], "en": "&P"}})
    return dataclasses.replace(kediri, tables=tables, spec=spec)


def assert_texts_only(data, formulas=0):
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len([cell for cell in cells if cell.data_type == "f"]) == formulas
    assert {cell.data_type for cell in cells} <= {"s", "n", "f"}
    assert [cell.coordinate for cell in cells if cell.hyperlink or cell.comment] == []
    assert not [cell.coordinate for cell in cells if isinstance(cell.value, str) and set(cell.value) & set(UNSEEN)]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for part in parts.namelist():
            if part.endswith((".xml", ".rels")):
                ElementTree.fromstring(parts.read(part))
    for sheet in book:
        footer = (sheet.oddFooter.left.text or "") + (sheet.oddFooter.right.text or "")
        assert len(footer) < 255
    return book


@pytest.mark.parametrize("opd", ["diskominfo", "bappeda", "dlhkp", "setwan"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_questionnaire_holds_texts_and_is_read_back(hostile, opd, language):
    data = survey_workbook(hostile, 2024, opd, language)
    book = assert_texts_only(data, formulas=8)  # its own counts of answers
    agency = hostile.table("opd").set_index("code")["name"][opd]
    assert words(book.worksheets[1]["B4"].value) == words(agency)
    with pytest.raises(DataError) as error:  # nothing is filled in; but it is known again
        read_survey_form(data, hostile, 2024, file="form.xlsx")
    assert not {"survey_meta", "survey_foreign", "survey_moved"} & {breach.key for breach in error.value.breaches}


@pytest.mark.parametrize("opd", ["diskominfo", "bappeda", "dlhkp"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_feedback_form_holds_texts_and_is_read_back(hostile, opd, language):
    texts = list(PAYLOADS.values())
    findings = pd.DataFrame(
        {"id": [f"F-{n:06x}" for n in range(len(texts))], "topic": "score", "kind": "fact", "pillar": None,
         "status": "reported", "text_id": texts, "text_en": texts, "evidence": texts}
    )  # fmt: skip
    data = feedback_workbook(feedback_form(hostile, 2024, opd, findings), hostile, language)
    assert_texts_only(data)
    assert read_returned(data, file="form.xlsx", study=hostile, year=2024).remarks.empty


# --- tables ---


@each_payload
def test_a_table_holds_no_formula_and_gives_the_text_back(text, tmp_path):
    store = Store.open("kediri", 2024, output=tmp_path)
    rows = pd.DataFrame({"code": ["1", "2"], "text": [text, f"{text};{text}"], text: [-5.0, None], "n": ["-5", "-0,5"]})
    store.save_table("x", rows)
    back = store.load_table("x")
    kept = text.replace("\r", "\n")
    assert back["text"].tolist() == [kept, f"{kept};{kept}"] and list(back.columns) == ["code", "text", kept, "n"]
    assert back[kept].iloc[0] == -5.0 and back["n"].tolist() == ["-5", "-0,5"]
    raw = (tmp_path / "data/processed/kediri/2024/x.csv").read_text(encoding="utf-8")
    assert "-5.0" in raw and "'-5" not in raw


@pytest.mark.parametrize(
    ("text", "written"),
    [("=1", "'=1"), ("+1+1", "'+1+1"), ("-a", "'-a"), ("@x", "'@x"), ("\tx", "'\tx"), ("\r=1", "'\n'=1"),
     ("a;=1", "a;'=1"), ("a; =1", "a;' =1"), ("＝1", "'＝1"), (" =1", "' =1"), ("'=1", "''=1"), ("-5", "-5"),
     ("-5,5%", "-5,5%"), ("-1e-05", "-1e-05"), ("-", "-"), ("-5+1", "'-5+1"), ("jum'at", "jum'at"), ("a=b", "a=b")],
)  # fmt: skip
def test_an_apostrophe_stands_before_what_would_act_and_nothing_else(text, written):
    assert guarded(text) == written


@given(st.text(alphabet="=+-@'; \t\n\xa0＝－1.,%eab", max_size=12))
def test_every_text_comes_back(text):
    assert unguarded(guarded(text)) == text


def test_a_file_from_elsewhere_without_apostrophes_is_read_as_it_is(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("name,value\n=1,-5\n")
    assert read_processed(path).to_dict("list") == {"name": ["=1"], "value": [-5]}
    assert as_csv(pd.DataFrame({"=a": [1]}, index=pd.Index(["@r"], name="i")), index=True) == "i,'=a\n'@r,1\n"


# --- places ---


@each_name
def test_no_name_of_a_table_or_figure_leaves_its_folder(name, tmp_path):
    store = Store.open("kediri", 2024, output=tmp_path)
    for write in (lambda: store.save_table(name, pd.DataFrame({"a": [1]})), lambda: store.save_figure(name, b"x")):
        with pytest.raises(DataError, match="nama berkas tanpa folder"):
            write()
    with pytest.raises(DataError, match="nama berkas tanpa folder"):
        store.load_table(name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("entry", ["peers", "framework"])
@pytest.mark.parametrize("path", ["../../x", "/etc/x", "../malang", "x.yaml", ""])
def test_a_study_names_others_and_no_paths(entry, path, project):
    place = project / "data/raw/kediri/study.yaml"
    lines = [line for line in place.read_text(encoding="utf-8").splitlines() if not line.startswith(f"{entry}:")]
    place.write_text("\n".join([*lines, f"{entry}: {json.dumps(path)}"]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=rf"study\.yaml, kolom {entry}\n"):
        load_study("kediri", root=project, check_sources=False)


@pytest.mark.parametrize("path", ["../regions.csv", "/tmp/x.csv"])
def test_a_framework_keeps_its_leaves_beside_it(path, tmp_path):
    place = tmp_path / "own" / "framework.yaml"
    place.parent.mkdir()
    (tmp_path / "regions.csv").write_text("code,parent,label_id,label_en\n")
    place.write_text(f"name: own\nleaves: {path}\ntree: {{code: t, children: [{{code: a}}]}}\n")
    with pytest.raises(DataError, match="nama berkas tanpa folder"):
        load_framework(place)


@pytest.mark.parametrize("path", ["../malang/regions.csv", "/etc/passwd"])
def test_a_declared_source_elsewhere_is_not_looked_up(path, project):
    place = project / "data/raw/kediri/SOURCES.csv"
    place.write_text(place.read_text(encoding="utf-8") + f"{path},{'0' * 64},x,x,,,,\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"SOURCES\.csv, baris \d+, kolom path\n  Ditemukan: \S+\n") as error:
        load_study("kediri", root=project)
    assert [breach.key for breach in error.value.breaches] == ["source_gone"]


def test_a_name_from_data_chooses_no_message(root, tmp_path, kediri):
    """A region that is called as a word of ours is still shown under its own name."""
    regions = kediri.table("regions").assign(name=WORD)
    labels = labels_of([dataclasses.replace(kediri, tables={**kediri.tables, "regions": regions})])
    show = Presenter(Store.open("kediri", 2024, output=tmp_path, root=root), "id", labels)
    assert show.label("35.71") == WORD
