"""Pages as PDF: the same words as on screen, tables whole, nothing from data acting as markup, the same bytes twice."""

import re
import shutil
import subprocess

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.present import html_table, speak
from smartcity_analysis.present.pdf import Cover, DocumentError, page_pdf, review_pdf
from smartcity_analysis.present.typeset import literal, typeset

HOSTILE = '#sys.exit() "quoted" \\ [x] $x^2$ *b* _i_ <script>1</script> @ref //c `code` é'
SVG = (
    '<svg viewBox="0 0 300 200" role="img" aria-label="Grafik &quot;contoh&quot;" xmlns="http://www.w3.org/2000/svg">'
    '<text x="5" y="50" font-family="DejaVu Sans">Isi gambar</text></svg>'
)
AREAS = pd.DataFrame({"level": ["kota", "kelurahan"], "regions": [1, 46], "indicators": [3, 5]})


def page(body, title="Judul"):
    head = f'<header class="title"><h1>{title}</h1><p class="subtitle">Reviu 2024</p></header>'
    return f"<html><body><nav><a>Navigasi</a></nav><main id='main'>{head}{body}</main><footer>x</footer></body></html>"


def picture(caption="Gambar 1. Sebuah gambar"):
    return (
        f'<figure class="picture"><div class="scroll">{SVG}</div><figcaption>{caption}'
        '<span class="note">Catatan: satu</span><span class="source">Sumber: dua</span></figcaption></figure>'
    )


def table(rows=AREAS, **options):
    return html_table(rows, "area_data", language=speak("id"), title="Tabel 1. Wilayah", source="BPS", **options)


@pytest.fixture
def text(tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")

    def read(data):
        (tmp_path / "x.pdf").write_bytes(data)
        command = ["pdftotext", "-layout", str(tmp_path / "x.pdf"), "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    return read


def one(body, **options):
    return page_pdf(page(body), language=speak("id"), title="Reviu", **options)


def test_what_stands_on_the_page_stands_on_paper(text):
    body = f"<h2>Bagian</h2><p>Kalimat <strong>tebal</strong> ini.</p>{picture()}{table()}<ul><li>butir</li></ul>"
    found = " ".join(text(one(body, footer="kaki halaman")).split())
    above = ("Judul", "Reviu 2024", "Bagian", "Kalimat tebal ini.", "Sebuah gambar", "Catatan: satu", "Sumber: dua")
    for words in (*above, "Wilayah", "kelurahan", "Sumber: BPS", "butir", "kaki halaman"):
        assert words in found, words
    assert "Navigasi" not in found


def test_a_picture_keeps_its_text_and_its_description(text):
    set_ = typeset(page(picture()), prefix="p")
    assert list(set_.pictures) == ["p-1.svg"] and 'Grafik \\"contoh\\"' in set_.markup
    assert "Isi gambar" in text(one(picture()))


@pytest.mark.parametrize("place", ["<p>{}</p>", "<h2>{}</h2>", "<ul><li>{}</li></ul>"])
def test_nothing_that_came_from_data_acts_as_markup(text, place):
    from html import escape

    assert " ".join(HOSTILE.split()) in " ".join(text(one(place.format(escape(HOSTILE)))).split())


def test_hostile_cells_captions_and_titles_stay_text(text):
    from html import escape

    rows = AREAS.assign(level=["kota", "kota"])
    html = table(rows).replace(">1<", f">{escape(HOSTILE)}<") + picture(escape(HOSTILE))
    data = page_pdf(page(html, escape(HOSTILE)), language=speak("id"), title=HOSTILE, footer=HOSTILE)
    assert text(data).count("#sys.exit()") >= 4


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_literal(words):
    from html import escape

    assert page_pdf(page(f"<p>{escape(words)}</p>"), language=speak("en"), title=f"x{words}")[:5] == b"%PDF-"
    assert re.fullmatch(r'"(?:[^"\\]|\\["\\])*"', literal(words), flags=re.DOTALL)


@pytest.mark.parametrize(
    "words", ["\x7f", "\U0001f600 senyum", "\u6f22\u5b57", "\u202eterbalik", "a\u0301\ufeff", "\ud7ff\ue000"]
)
def test_what_the_typeface_cannot_draw_stops_no_document(words):
    svg = picture().replace("Isi gambar", words)
    assert one(f"<h2>{words}</h2><p>{words}</p>{svg}{table()}", footer=words)[:5] == b"%PDF-"


def test_a_mark_of_illustration_is_printed(text):
    marked = table(AREAS.assign(status="illustrative"))
    assert "ILUSTRASI, bukan data" in text(one(marked))


def test_a_long_table_repeats_its_head_and_a_short_one_is_not_split(text):
    rows = pd.DataFrame({"level": ["kota"] * 120, "regions": range(120), "indicators": range(120)})
    pages = text(one(table(rows))).split("\f")
    assert sum("Tingkat wilayah" in sheet for sheet in pages) >= 3
    short = text(one("<p>isi</p>" * 34 + table(AREAS))).split("\f")
    assert [sheet for sheet in short if "Tabel 1" in sheet] == [sheet for sheet in short if "kelurahan" in sheet]


def test_a_table_of_few_high_rows_loses_nothing_below_the_sheet(text):
    words = " ".join(f"kata{number}" for number in range(20))
    rows = "".join(f"<tr>{f'<td>{words}</td>' * 9}<td>{words} akhir{row}</td></tr>" for row in range(9))
    body = f"<table><caption>Tinggi</caption><tr>{'<th>Kolom</th>' * 10}</tr>{rows}</table>"
    assert len(text(one(body)).split("\f")) > 2  # each sheet ends with a form feed
    assert [text(one(body)).count(f"akhir{row}") for row in range(9)] == [1] * 9


def review(language="id"):
    first, second = page(f"<h2>Bagian A</h2>{picture()}{table()}", "Bab satu"), page(table() + picture(), "Bab dua")
    cover = Cover("Reviu Kota", "Masterplan 2020-2029", ("Tahun 2024",))
    return review_pdf({"a": first, "b": second}, language=speak(language), cover=cover, footer="Reviu Kota")


def test_the_whole_review_has_cover_contents_lists_and_chapters(text):
    sheets = text(review()).split("\f")
    assert "Reviu Kota" in sheets[0] and "Tahun 2024" in sheets[0]
    whole = " ".join(" ".join(sheets).split())
    for words in ("Daftar isi", "Daftar gambar", "Daftar tabel", "1 Bab satu", "2 Bab dua", "Bagian A"):
        assert words in whole, words
    for number in ("Tabel 1.1", "Gambar 1.1", "Tabel 2.1", "Gambar 2.1"):
        assert whole.count(number) >= 2, number  # in the list, and above or below the thing itself
    assert "Tabel 1. Wilayah" not in whole


def test_the_english_document_is_english(text):
    whole = text(review("en"))
    assert "Contents" in whole and "Table 1.1" in whole and "Daftar" not in whole


def test_a_document_that_cannot_be_set_says_why():
    broken = picture().replace("<text", "<text <")
    with pytest.raises(DocumentError, match=r"not made: .*SVG"):
        review_pdf({"a": page(broken)}, language=speak("id"), cover=Cover("Reviu"))


def test_no_module_is_taken_from_the_folder_of_the_run(tmp_path, monkeypatch):
    (tmp_path / "typst.py").write_text("raise SystemExit('taken from here')")
    monkeypatch.chdir(tmp_path)
    assert review().startswith(b"%PDF")


def test_many_documents_leave_no_memory_behind():
    """Typst keeps what it made of the last ten documents; a run over many cities makes one for each."""
    psutil = pytest.importorskip("psutil")
    review()
    before = psutil.Process().memory_info().rss
    for number in range(6):
        body = "".join(f"<p>{'kata ' * 60} {number} {line}</p>" for line in range(1000))
        assert review_pdf({"a": page(body)}, language=speak("id"), cover=Cover("Reviu")).startswith(b"%PDF")
    assert psutil.Process().memory_info().rss - before < 60 * 2**20


def test_equal_pages_give_equal_bytes():
    assert review() == review()


def test_fonts_are_embedded_and_the_document_is_tagged(tmp_path):
    if shutil.which("pdffonts") is None:
        pytest.skip("pdffonts (poppler-utils) is not installed")
    (tmp_path / "x.pdf").write_bytes(review())
    fonts = subprocess.run(["pdffonts", str(tmp_path / "x.pdf")], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in fonts.splitlines()[2:]]
    assert rows and all(row[-5] == "yes" for row in rows)  # the column "emb"
    info = subprocess.run(["pdfinfo", str(tmp_path / "x.pdf")], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged:\s+yes", info) and re.search(r"Title:\s+Reviu Kota", info)
