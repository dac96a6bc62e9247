"""``study.yaml``: every kind of breach, each with its place."""

import pytest

from smartcity_analysis.errors import DataError
from smartcity_analysis.study import load_spec

LEAST = 'city: {code: "35.71", name: Kota Kediri}\ntitle: Reviu\n'
PLAN = "{{title: x, first_year: {}, last_year: {}}}"
GROUP = "{indicator: x, population: p, group: island}"


@pytest.fixture
def spec(tmp_path):
    def load(text):
        path = tmp_path / "study.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_spec(path)

    return load


def test_the_shipped_studies_declare_themselves(root):
    kediri = load_spec(root / "data/raw/kediri/study.yaml")
    assert kediri.city.code == "35.71" and kediri.peers == "jatim"
    assert (kediri.masterplan.first_year, kediri.masterplan.last_year) == (2020, 2029)
    assert (kediri.evaluation.framework, kediri.evaluation.cohort) == ("kominfo_evaluation", "100sc_2017_2019")
    jatim = load_spec(root / "data/raw/jatim/study.yaml")
    assert jatim.index.framework == "human_development" and jatim.disparity.first_year == 2011


def test_what_is_left_out_has_a_default(spec):
    found = spec(LEAST)
    assert found.languages == ("id", "en") and found.number_format.decimal == "." and found.seed == 0
    assert found.masterplan is None and found.privacy.small_cell == 3


def test_seed_zero_is_kept(spec):
    assert spec(LEAST + "seed: 0").seed == 0


def test_a_spec_cannot_be_changed(spec):
    with pytest.raises(ValueError, match="frozen"):
        spec(LEAST).seed = 1


@pytest.mark.parametrize(
    ("text", "key", "column", "words"),
    [
        ("title: Reviu\n", "spec_missing", "city", "tambahkan city ke study.yaml"),
        ('city: {code: "35.71"}\ntitle: x\n', "spec_missing", "city.name", "tambahkan city.name ke study.yaml"),
        (LEAST + "colour: blue\n", "spec_unknown", "colour", "dari: city, title, masterplan"),
        (
            LEAST + "number_format: {dezimal: ','}\n",
            "spec_unknown",
            "number_format.dezimal",
            "dari: decimal, thousands",
        ),
        (LEAST + "evaluation: {cohort: x, chort: y}\n", "spec_unknown", "evaluation.chort", "dari: framework, cohort,"),
        ("city: {code: 35.71, name: x}\ntitle: x\n", "spec_value", "city.code", "Ditemukan: 35.71"),
        ('city: {code: "35.7", name: x}\ntitle: x\n', "spec_value", "city.code", "Ditemukan: 35.7"),
        (LEAST + "number_format: {decimal: ';'}\n", "spec_value", "number_format.decimal", "Ditemukan: ;"),
        (LEAST + "number_format: {decimal: ',', thousands: ','}\n", "spec_value", "number_format", "must differ"),
        (LEAST + f"masterplan: {PLAN.format(2029, 2020)}\n", "spec_value", "masterplan", "first_year must come before"),
        (LEAST + f"masterplan: {PLAN.format(20, 2029)}\n", "spec_value", "masterplan.first_year", "Ditemukan: 20\n"),
        (LEAST + "languages: [id, fr]\n", "spec_value", "languages.1", "Ditemukan: fr"),
        (LEAST + "privacy: {small_cell: 0}\n", "spec_value", "privacy.small_cell", "Ditemukan: 0"),
        (LEAST + f"disparity: {GROUP}\n", "spec_value", "disparity.group", "Ditemukan: island"),
    ],
)
def test_one_breach_names_its_place(spec, text, key, column, words):
    with pytest.raises(DataError) as error:
        spec(text)
    assert [(b.key, b.file, b.column) for b in error.value.breaches] == [(key, "study.yaml", column)]
    assert words in error.value.text("id")


def test_every_breach_is_said_at_once(spec):
    with pytest.raises(DataError) as error:
        spec("city: {code: x}\nseed: many\ncolour: blue\n")
    assert {(b.key, b.column) for b in error.value.breaches} == {
        ("spec_value", "city.code"),
        ("spec_missing", "city.name"),
        ("spec_missing", "title"),
        ("spec_value", "seed"),
        ("spec_unknown", "colour"),
    }


def test_yaml_that_does_not_parse_names_its_row(spec):
    with pytest.raises(DataError, match=r"study\.yaml, baris 2\n"):
        spec('city: {code: "35.71"}\n  title: x: y\n')


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words"])
def test_a_spec_is_a_list_of_entries(spec, text):
    with pytest.raises(DataError, match=r"Seharusnya: berkas YAML yang sah"):
        spec(text)


def test_a_spec_that_is_not_text_is_refused(spec):
    with pytest.raises(DataError, match=r"Seharusnya: teks UTF-8"):
        spec(LEAST.encode() + b"# K\xe9diri\n")


def test_a_spec_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"study\.yaml\n"):
        load_spec(tmp_path / "study.yaml")
