"""Framework files: what ships loads, what is wrong with another one is said, all at once."""

import pytest

from smartcity_analysis.errors import DataError, UnknownNameError
from smartcity_analysis.study import load_framework
from smartcity_analysis.study.framework_files import framework_from_dict


def keys(error):
    return [breach.key for breach in error.value.breaches]


def built(text):
    """The breaches of a framework written as YAML."""
    import yaml

    return framework_from_dict(yaml.safe_load(text), file="framework.yaml")


# --- the shipped frameworks ---


@pytest.mark.parametrize(
    ("name", "leaves", "top"),
    [
        ("human_development", 4, ["health", "education", "living_standard"]),
        ("gm100sc", 110, ["GOV", "BRA", "ECO", "LIV", "SOC", "ENV"]),
        ("kominfo_evaluation", 6, ["baseline", "output", "outcome", "impact", "quick_wins", "collaboration"]),
        ("spbe", 47, ["D1", "D2", "D3", "D4"]),
    ],
)
def test_shipped_frameworks_load(name, leaves, top):
    framework = load_framework(name)
    assert framework.name == name and framework.source
    assert len(framework.leaves) == leaves
    assert [child.code for child in framework.root.children] == top
    for node in framework.nodes.values():
        assert node.label["id"] and node.label["en"], node.code
        assert (node.leaf is None) == bool(node.children), node.code
        if node.children:
            assert sum(framework.child_weights(node.code).values()) == pytest.approx(1, abs=1e-12)


def test_spbe_has_four_domains_eight_aspects_and_weights_of_the_regulation():
    """PermenPANRB 59/2020: 4 domains, 8 aspects, 47 indicators; domains weigh 13, 25, 16.5 and 45.5 per cent."""
    spbe = load_framework("spbe")
    level = spbe.table()["level"].value_counts()
    assert (level[1], level[2], level[3]) == (4, 8, 47)
    assert [child.weight for child in spbe.root.children] == [13, 25, 16.5, 45.5]
    assert sum(leaf.weight for leaf in spbe.leaves) == pytest.approx(100, abs=1e-9)
    assert spbe.child_weights("D2") == {"A2": 0.4, "A3": 0.4, "A4": 0.2}


def test_the_six_pillars_have_three_sub_dimensions_each_and_their_leaves_from_a_table():
    framework = load_framework("gm100sc")
    for pillar in framework.root.children:
        assert [child.code for child in pillar.children] == [f"{pillar.code}{n}" for n in (1, 2, 3)]
    leaf = framework.node("GOV1.1")
    assert framework.parents["GOV1.1"] == "GOV1" and framework.depth("GOV1.1") == 3
    assert leaf.label["en"] == "Services can be used online"
    assert (leaf.leaf.type, leaf.leaf.status, leaf.leaf.owners) == ("survey", "official", ("Diskominfo", "OPD layanan"))
    assert framework.child_weights("GOV") == dict.fromkeys(["GOV1", "GOV2", "GOV3"], 1 / 3)


def test_human_development_carries_goalposts_and_logarithm():
    """UNDP technical note 1 and BPS: 20-85 years, 0-18, 0-15 years, 1,007,436-26,572,352 rupiah in logarithms."""
    leaves = {leaf.code: leaf.leaf for leaf in load_framework("human_development").leaves}
    assert {code: leaf.goalposts for code, leaf in leaves.items()} == {
        "life_expectancy": (20, 85),
        "expected_schooling": (0, 18),
        "mean_schooling": (0, 15),
        "spending": (1007.436, 26572.352),
    }
    assert {code for code, leaf in leaves.items() if leaf.transform == "log"} == {"spending"}


def test_unknown_names_list_the_known_ones_and_the_nearest():
    with pytest.raises(UnknownNameError, match=r"'gm100sc'.*'spbe'\. Did you mean 'spbe'\?"):
        load_framework("sbpe")
    with pytest.raises(UnknownNameError, match=r"Unknown framework code: found 'ekonomi'"):
        load_framework("gm100sc").node("ekonomi")


# --- bands ---


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (1, "Kurang"),
        (1.7999, "Kurang"),
        (1.8, "Cukup"),
        (2.5999, "Cukup"),
        (2.6, "Baik"),
        (3.4999, "Baik"),
        (3.5, "Sangat Baik"),
        (4.1999, "Sangat Baik"),
        (4.2, "Memuaskan"),
        (5, "Memuaskan"),
        (0.9999, None),
        (5.0001, None),
    ],
)
def test_spbe_bands_are_half_open_and_include_the_top(value, label):
    """Predicates of PermenPANRB 59/2020."""
    band = load_framework("spbe").band(value)
    assert (band.label["id"] if band else None) == label


def test_without_bands_nothing_is_rated():
    assert load_framework("kominfo_evaluation").band(3.31) is None


# --- weight sets by year and cohort ---


def test_weights_change_by_year_and_cohort():
    def weights(**which):
        return load_framework("kominfo_evaluation", **which).child_weights("score")

    assert weights(year=2022, cohort="100sc_2017_2019") == pytest.approx(
        {"baseline": 0.1, "output": 0.2, "outcome": 0.3, "impact": 0.2, "quick_wins": 0.2}
    )
    assert weights(year=2022, cohort="kppn_ikn_2021") == pytest.approx(
        {"baseline": 0.1, "output": 0.2, "outcome": 0.3, "impact": 0.1, "quick_wins": 0.3}
    )
    with_collaboration = weights(year=2023)
    assert with_collaboration["collaboration"] == pytest.approx(0.1) and len(with_collaboration) == 6
    assert load_framework("kominfo_evaluation").weight_set is None


KNOWN = (
    "2022_100sc (2022, 100sc_2017_2019); 2022_kppn_ikn (2022, kppn_ikn_2021); "
    "2023_kppn_ikn_stage_2 (2023, kppn_ikn_stage_2); undated_100sc_sleman (-, 100sc_sleman_page)"
)


def test_unknown_weights_are_refused_and_the_known_sets_listed():
    with pytest.raises(DataError) as error:
        load_framework("kominfo_evaluation", year=2023, cohort="100sc_2017_2019")
    assert error.value.text("en") == (
        "kominfo_evaluation\n"
        "  Found: 2023, 100sc_2017_2019\n"
        f"  Expected: a year and cohort whose weights are known: {KNOWN}\n"
        "  Remedy: choose one of them, or add that year's official weights to the framework; weights are not guessed"
    )


def test_ambiguous_weights_are_refused():
    with pytest.raises(DataError) as error:
        load_framework("kominfo_evaluation", year=2022)
    assert keys(error) == ["weight_set_ambiguous"]
    assert "sebutkan tahun dan kohortnya" in error.value.text("id")
    assert error.value.breaches[0].facts["known"] == KNOWN


def test_a_dimension_of_weight_zero_is_not_part_of_the_evaluation():
    framework = load_framework("kominfo_evaluation", year=2022, cohort="kppn_ikn_2021")
    assert "collaboration" not in framework.nodes
    assert framework.weight_set.source["en"].startswith("Kominfo letter B-1004")


# --- what is refused ---

SIX = "tree: {code: score, children: [{code: a}, {code: b}, {code: c}]}\n"


def test_weights_that_sum_to_120_are_refused_with_their_sum():
    text = SIX + "weight_sets: [{id: newspaper, years: [2022], cohort: x, weights: {a: 40, b: 40, c: 40}}]"
    with pytest.raises(DataError) as error:
        built(text)
    assert error.value.text("id") == (
        "framework.yaml, kolom weight_sets/newspaper\n"
        "  Ditemukan: 120\n"
        "  Seharusnya: 3 bobot yang jumlahnya 100\n"
        "  Perbaikan: betulkan bobotnya; jumlah yang ditemukan adalah 120"
    )
    assert "3 weights that sum to 100" in error.value.text("en")
    assert "the sum found is 120" in error.value.text("en")


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("tree: {code: t, children: [{code: a, weight: 60}, {code: b, weight: 60}]}", 120, 100),
        ("tree: {code: t, children: [{code: a, weight: 33.3}, {code: b, weight: 66.6}]}", 99.9, 100),
        (
            "weight_basis: total\ntree: {code: t, children: [{code: p, weight: 40, children:"
            " [{code: a, weight: 10}, {code: b, weight: 20}]}, {code: q, weight: 60}]}",
            30,
            40,
        ),
    ],
)
def test_declared_weights_must_meet_their_sum(text, found, expected):
    with pytest.raises(DataError) as error:
        built(text)
    assert keys(error) == ["weight_sum"]
    breach = error.value.breaches[0]
    assert breach.found == pytest.approx(found) and breach.facts["expected"] == expected


def test_weights_rounded_to_two_decimals_pass():
    assert built("tree: {code: t, children: [{code: a, weight: 33.33}, {code: b, weight: 66.67}]}")
    assert built("tree: {code: t, children: [{code: a, weight: 33.333}, {code: b, weight: 66.666}]}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("just text", ["framework_shape"]),
        ("tree: 3", ["framework_shape"]),
        ("tree: {code: t, children: [{label: {id: x}}]}", ["framework_no_code"]),
        ("tree: {code: t, children: [a, b]}", ["framework_no_code", "framework_no_code", "duplicate_key"]),
        ("tree: {code: t, children: [{code: a}, {code: a}]}", ["duplicate_key"]),
        ("tree: {code: t, children: [{code: a, weight: -1}]}", ["weight_not_number"]),
        ("tree: {code: t, children: [{code: a, weight: .nan}]}", ["weight_not_number"]),
        ("tree: {code: t, children: [{code: a, weight: ten}]}", ["weight_not_number"]),
        ("tree: {code: t, children: [{code: a, weight: 100}, {code: b}]}", ["weight_partly"]),
        ("tree: {code: t, children: [{code: a, type: word}]}", ["not_allowed"]),
        ("tree: {code: t, children: [{code: a, direction: left}]}", ["not_allowed"]),
        ("weight_basis: whole\ntree: {code: t}", ["not_allowed"]),
        ("tree: {code: t, children: [{code: a, goalposts: [85, 20]}]}", ["goalposts_order"]),
        ("tree: {code: t, children: [{code: a, goalposts: [20, 20]}]}", ["goalposts_order"]),
        ("tree: {code: t, children: [{code: a, goalposts: [20]}]}", ["goalposts_order"]),
        ("tree: {code: t, children: [{code: a, goalposts: 20}]}", ["goalposts_order"]),
        ("tree: {code: t, children: [{code: a, goalposts: [low, top]}]}", ["goalposts_order"]),
        ("tree: {code: t, children: [{code: a, goalposts: [0, 9], transform: log}]}", ["goalposts_log"]),
        (SIX + "weight_sets: [{id: s, weights: {a: 50, b: 50}}]", ["weight_partly"]),
        (SIX + "weight_sets: [{id: s, weights: {a: 50, b: 50, c: ten}}]", ["weight_not_number", "weight_partly"]),
        (SIX + "weight_sets: [{id: s, weights: {a: 100, b: 0, c: -5}}]", ["weight_not_number", "weight_partly"]),
        (SIX + "weight_sets: [{id: s, weights: {a: 50, b: 25, c: 25, d: 0}}]", ["unknown_reference"]),
    ],
)  # fmt: skip
def test_what_a_framework_may_not_be(text, expected):
    with pytest.raises(DataError) as error:
        built(text)
    assert keys(error) == expected
    for language in ("id", "en"):
        assert "framework.yaml" in error.value.text(language)


def test_everything_wrong_is_said_at_once():
    text = (
        "tree: {code: t, children: [{code: a, goalposts: [9, 1]}, {code: a, weight: 7}]}\n"
        "weight_sets: [{id: s, years: [2022], weights: {a: 90}}]"
    )
    with pytest.raises(DataError) as error:
        built(text)
    assert set(keys(error)) == {"goalposts_order", "duplicate_key", "weight_partly", "weight_sum"}


def test_yaml_that_does_not_parse_names_its_row(tmp_path):
    path = tmp_path / "framework.yaml"
    path.write_text("name: x\ntree: {code: t\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"framework\.yaml, baris 3\n  Ditemukan: while parsing a flow mapping"):
        load_framework(path)


# --- leaves from a table beside the file ---

LEAVES = "code,parent,label_id,label_en,type,unit_id,unit_en,direction,owners,status,source\n"


def with_leaves(folder, rows):
    (folder / "leaves.csv").write_text(LEAVES + rows, encoding="utf-8")
    path = folder / "framework.yaml"
    path.write_text("tree: {code: t, children: [{code: p}, {code: q}]}\nleaves: leaves.csv\n", encoding="utf-8")
    return path


def test_leaves_are_grafted_under_their_parents_in_order(tmp_path):
    rows = (
        "x,q,Air,Water,number,persen,per cent,down,dinkes; disdik,official,BPS\n"
        "y,q,Jalan,Road,,,,,,,\n"
        "z,p,Api,Fire,,,,,,,\n"
    )
    framework = load_framework(with_leaves(tmp_path, rows))
    assert framework.parents == {"p": "t", "q": "t", "z": "p", "x": "q", "y": "q"}
    assert [leaf.code for leaf in framework.leaves] == ["z", "x", "y"]
    leaf = framework.node("x").leaf
    assert (leaf.direction, leaf.unit["en"], leaf.owners, leaf.status) == (
        -1,
        "per cent",
        ("dinkes", "disdik"),
        "official",
    )
    assert framework.node("y").leaf.direction == 1 and framework.node("q").leaf is None


def test_a_leaf_under_an_unknown_parent_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"framework\.yaml, kolom parent\n  Ditemukan: s\n") as error:
        load_framework(with_leaves(tmp_path, "x,s,Air,Water,,,,,,,\ny,r,Air,Water,,,,,,,\n"))
    assert [breach.found for breach in error.value.breaches] == ["r", "s"]


def test_a_table_of_leaves_that_is_not_there_is_refused(tmp_path):
    path = with_leaves(tmp_path, "")
    (tmp_path / "leaves.csv").unlink()
    with pytest.raises(DataError, match=r"leaves\.csv\n"):
        load_framework(path)


def test_framework_table_shows_the_tree():
    table = load_framework("human_development").table()
    assert table.index[0] == "ipm" and table.loc["spending", "parent"] == "living_standard"
    assert table["level"].tolist() == [0, 1, 2, 1, 2, 2, 1, 2]
    assert table.loc["ipm", "rule"] == "geometric" and table.loc["spending", "type"] == "number"


# --- part of a framework ---


def test_a_restricted_framework_holds_the_wanted_leaves_and_their_branches_only():
    whole = load_framework("gm100sc")
    part = whole.restricted(["LIV2.i1", "LIV2.i2", "GOV1.i1"])
    assert [leaf.code for leaf in part.leaves] == ["GOV1.i1", "LIV2.i1", "LIV2.i2"]
    assert list(part.nodes) == ["smart_city", "GOV", "GOV1", "GOV1.i1", "LIV", "LIV2", "LIV2.i1", "LIV2.i2"]
    assert part.child_weights("smart_city") == {"GOV": 0.5, "LIV": 0.5}
    assert len(whole.leaves) > 100


@pytest.mark.parametrize("codes", [["LIV2"], ["LIV2.i9"], []])
def test_what_is_no_leaf_cannot_be_kept(codes):
    with pytest.raises(UnknownNameError, match="framework leaf"):
        load_framework("gm100sc").restricted(codes)


def test_a_table_of_leaves_that_the_package_does_not_have_is_refused():
    with pytest.raises(DataError, match=r"^none\.csv\n"):
        built("leaves: none.csv\ntree: {code: t, children: [{code: a}]}\n")
