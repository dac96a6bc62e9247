"""How findings, recommendations and their tables are shown: linked to their evidence, with their firmness."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from smartcity_analysis.masterplan import Finding
from smartcity_analysis.masterplan.findings import Cited
from smartcity_analysis.present import Presenter, html_table, speak
from smartcity_analysis.study import Store

LABELS = {code: {"id": name, "en": name} for code, name in (("dinkes", "Dinas Kesehatan"), ("GOV", "Smart Governance"))}


def unknown(firmness="stated"):
    return Finding(
        "unknown_score", "unknown", {"year": Cited(2024, "t", (), "year")}, "2024", None, "unknown", firmness
    )


@pytest.fixture
def show(tmp_path, root):
    return Presenter(Store.open("kediri", 2024, output=tmp_path, root=root), "id", LABELS)


@pytest.mark.parametrize(("firmness", "mark"), [("stated", ""), ("firm", " · teguh"), ("likely", " · cenderung")])
def test_a_finding_links_to_its_evidence_and_says_how_firm_it_is(show, firmness, mark):
    finding = unknown(firmness)
    item = BeautifulSoup(show.findings([finding]).html, "html.parser").li
    assert item.text == f"Hasil evaluasi 2024 belum ditemukan. {finding.id}{mark}"
    assert item.a["href"] == f"#{finding.id}"


def test_a_list_of_findings_may_have_a_heading_and_may_be_empty(show):
    assert show.findings([unknown()], heading="strength").html.startswith("<h3>Kekuatan</h3><ul")
    empty = show.findings([unknown()], "score", heading="weakness").html
    assert empty == "<h3>Kelemahan dan kesenjangan</h3><p>Belum ada temuan untuk bagian ini.</p>"


def cells(name, **row):
    html = html_table(pd.DataFrame([row]), name, language=speak("id"), labels=LABELS, title="Tabel")
    return BeautifulSoup(html, "html.parser").find("tbody").find_all(["th", "td"])


def test_evidence_can_be_linked_to():
    row = {"id": "F-1", "text": "Kalimat.", "firmness": "firm", "evidence": "t[a=1].b", "status": "reported"}
    first = cells("evidence", **row)[0]
    assert first["id"] == first.text == "F-1"
    row = {"number": 1, "indicator": "i", "target": "t", "supporting": "dinkes;lain", "finding": "F-1"}
    *_, supporting, finding = cells("action_measures", **row)
    assert supporting.text == "Dinas Kesehatan; lain" and finding.a["href"] == "#F-1"


@pytest.mark.parametrize(("owner", "shown"), [("dinkes", "Dinas Kesehatan"), (None, "belum ditetapkan")])
def test_an_owner_nobody_names_is_to_be_decided(owner, shown):
    row = {"number": 1, "text": "Kalimat.", "pillar": "GOV", "owner": owner, "horizon": "short"}
    assert [cell.text for cell in cells("actions", **row)][2:4] == ["Smart Governance", shown]


def test_a_hostile_id_is_only_text():
    row = {"id": '"><script>', "text": "", "firmness": "firm", "evidence": "", "status": "reported"}
    assert cells("evidence", **row)[0]["id"] == '"><script>'


def test_an_empty_table_says_what_is_missing(show):
    assert show.table(pd.DataFrame(), "feedback_log").plain == "Belum ada tanggapan OPD atas rancangan reviu ini."
    assert show.table(pd.DataFrame(), "area_data").plain == "Belum ada data untuk bagian ini."
