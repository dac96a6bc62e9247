"""What the library writes into the pages: complete, and with nothing left over from what the library no longer has."""

import re
import tomllib

import pytest

from smartcity_analysis.study import TABLES

from .pages import DOCS, ROOT, pages, site_pages

SITE = site_pages()
MEANINGS, METHODS = SITE.read_words("meanings"), SITE.read_words("methods")


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_a_meaning(table):
    columns = [column.name for column in TABLES[table].columns]
    assert [name for name in columns if not SITE.meaning(MEANINGS, table, name)] == []
    assert MEANINGS["tables"][table]["about"]


def test_no_meaning_is_left_of_a_column_that_is_gone():
    assert MEANINGS["tables"].keys() == TABLES.keys()
    told = {(table, name) for table, said in MEANINGS["tables"].items() for name in said.get("columns") or {}}
    known = {(table.name, column.name) for table in TABLES.values() for column in table.columns}
    assert told - known == set()
    assert set(MEANINGS["common"]) <= {name for _, name in known}


def test_the_dictionary_has_the_rules_of_every_column():
    text = SITE.tables("")
    assert "| `lat` | `lintang` | number | column may be absent | -11.5 to 6.5 |" in text
    assert "| `region` | `wilayah` | region code | always | in `regions.code`" in text
    assert text.count("\n| `status` |") == sum("status" in table.by_name for table in TABLES.values())


@pytest.mark.parametrize("path", METHODS)
def test_every_method_of_a_family_is_explained(path):
    family, said = SITE.family(path), METHODS[path]
    assert list(said) == list(family)
    assert [name for name, words in said.items() if not (words.get("about") and words.get("avoid"))] == []
    text = SITE.methods(path)
    for name, record in family.items():
        assert f"| `{name}` | {record.label_id} | {record.label_en} |" in text
        assert f"### {record.label_en} (`{name}`)" in text
        assert record.reference in text


def test_every_family_of_records_stands_on_a_page():
    asked = set(re.findall(r"<!-- generated: methods (\S+) -->", " ".join(text_of(page) for page in pages())))
    assert asked == set(METHODS)
    families = {"index.NORMALISERS", "index.TREATMENTS", "index.IMPUTERS", "index.WEIGHTINGS", "index.AGGREGATORS"}
    assert families | {"regions.MEASURES", "regions.INTERVALS", "regions.PRIORS"} <= asked


@pytest.mark.parametrize("room", ["study", "index", "regions", "masterplan", "present", "batch", "errors"])
def test_the_reference_has_every_public_name(room):
    from importlib import import_module

    text = SITE.room(room)
    assert f"<!-- generated: room {room} -->" in " ".join(text_of(page) for page in pages())
    assert [name for name in import_module(f"smartcity_analysis.{room}").__all__ if f"`{name}" not in text] == []


def test_the_gallery_shows_what_is_there_and_else_says_how_to_make_it(tmp_path, monkeypatch):
    monkeypatch.setattr(SITE, "ROOT", tmp_path)
    assert "make review" in SITE.gallery("")
    folder = tmp_path / "figures" / "kediri" / "2024" / "id"
    folder.mkdir(parents=True)
    for name in ("score_trend_id.png", "agency_standing_dinkes_id.png"):
        (folder / name).touch()
    text = SITE.gallery("")
    assert "### score trend" in text and "(/../figures/kediri/2024/id/score_trend_id.png)" in text
    assert "dinkes" not in text and "make review" not in text


def test_what_a_page_asks_for_is_known():
    asked = [name for page in pages() for name in re.findall(r"<!-- generated: (\w+)", text_of(page))]
    assert asked and set(asked) <= set(SITE.WRITERS)


def test_the_lock_of_the_tests_holds_what_builds_the_documentation():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lock = (ROOT / "requirements-test.lock").read_text(encoding="utf-8")
    for name in (re.split(r"[>=]", line)[0] for line in project["dependency-groups"]["docs"]):
        assert re.search(rf"^{name}==", lock, re.M), name


def text_of(page):
    return (DOCS / page).read_text(encoding="utf-8")
