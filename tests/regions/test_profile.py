"""The profile of every region: real figures, scores beside the peers', and stand-ins that never pass for real."""

import re
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.present import Presenter, labels_of
from smartcity_analysis.present.profile import (
    named_region,
    show_facts,
    show_position,
    show_scores,
    show_services,
    show_unknown,
    show_where,
)
from smartcity_analysis.regions import (
    area_index_table,
    area_split,
    area_table,
    area_weights,
    region_profile,
    robustness,
    service_areas,
)
from smartcity_analysis.regions.profile_scores import _verdict, peer_scores
from smartcity_analysis.study import Store, load_framework, load_study

pytestmark = pytest.mark.xdist_group("profile")

POJOK, KOTA, CITY = "35.71.01.1004", "35.71.02", "35.71"
TABLES = ("facts", "position", "scores", "years", "around", "services", "unknown")
SCORED = ("scores", "years", "around", "services")
MARK = 'data-status="illustrative"'


@pytest.fixture(scope="module")
def only_real(root):
    return load_study("kediri", root=root, only_real=True)


@pytest.fixture(scope="module")
def profiles(kediri, jatim):
    return {code: region_profile(kediri, jatim, code, until=2024) for code in kediri.table("regions")["code"]}


@pytest.fixture(scope="module")
def real_profiles(only_real, jatim):
    return {code: region_profile(only_real, jatim, code, until=2024) for code in only_real.table("regions")["code"]}


@pytest.fixture
def show(kediri, jatim, tmp_path, root):
    frames = [kediri.framework, load_framework(jatim.spec.index.framework)]

    def presenter(language):
        store = Store.open("kediri", 2024, output=tmp_path, root=root)
        return Presenter(store, language, labels_of([kediri, jatim], frames))

    return presenter


def without(study, *names):
    return replace(study, tables=MappingProxyType({k: v for k, v in study.tables.items() if k not in names}))


def fact(profile, name):
    return profile.facts.set_index("fact").loc[f"fact_{name}"]


class TestEveryRegion:
    def test_there_are_fifty(self, profiles):
        levels = pd.Series({code: profile.level for code, profile in profiles.items()}).value_counts()
        assert levels.to_dict() == {"kelurahan": 46, "kecamatan": 3, "kota": 1}

    def test_has_the_same_tables_with_and_without_stand_ins(self, profiles, real_profiles):
        first = profiles[POJOK]
        for profile in [*profiles.values(), *real_profiles.values()]:
            for name in TABLES:
                assert list(getattr(profile, name)) == list(getattr(first, name)), (profile.region, name)

    def test_what_is_real_does_not_depend_on_stand_ins(self, profiles, real_profiles):
        for code, profile in profiles.items():
            for name in ("facts", "unknown", "position"):
                pd.testing.assert_frame_equal(getattr(profile, name), getattr(real_profiles[code], name))
            assert profile.place == real_profiles[code].place

    def test_scores_are_marked_or_left_out(self, profiles, real_profiles):
        for code, profile in profiles.items():
            if code != CITY:
                assert set(profile.scores["status"]) | set(profile.years["status"]) == {"illustrative"}
                assert all(getattr(real_profiles[code], name).empty for name in SCORED)
            assert set(profile.services["status"]) == {"illustrative"}

    def test_a_rank_lies_within_what_is_possible(self, profiles):
        for profile in profiles.values():
            scores = profile.scores
            assert (scores["rank_lower"] >= 1).all() and (scores["rank_upper"] <= scores["regions"]).all()
            assert (scores["rank_lower"] <= scores["rank_upper"]).all()
            assert scores["score"].between(scores["lowest"], scores["highest"]).all()
            np.testing.assert_allclose(scores["difference"], scores["score"] - scores["mean"])

    @pytest.mark.parametrize("language", ["id", "en"])
    def test_can_be_told_in_both_languages(self, profiles, real_profiles, show, language):
        for profile in [*profiles.values(), *real_profiles.values()]:
            page = show(language)
            name = named_region(profile.region, profile.level, page)
            assert show_where(profile, page).plain.startswith(name)
            for part in (show_facts, show_services, show_unknown):
                assert part(profile, page).plain


class TestKelurahan:
    def test_is_the_area_table_with_ranks(self, profiles, kediri):
        table = area_table(kediri, until=2024).set_index("region")
        pojok = profiles[POJOK]
        assert fact(pojok, "area_km2")["value"] == table.at[POJOK, "area_km2"]
        assert fact(pojok, "area_km2")["rank"] == 1 and fact(pojok, "area_km2")["year"] == 2017
        assert fact(pojok, "stations_per_km2")["value"] == table.at[POJOK, "stations_per_km2"]
        assert set(pojok.facts["regions"]) == {46} and set(pojok.facts["status"]) == {"official"}

    def test_its_place(self, profiles):
        place = profiles[POJOK].place
        assert (place["parent"], place["priority"], place["villages"]) == ("35.71.01", 0, [])
        assert place["neighbours"] == [f"35.71.01.{n}" for n in (1005, 1011, 1012, 1013)]
        assert profiles["35.71.01.1002"].place["villages"] == ["Kampung Tenun Ikat"]

    def test_neighbours_are_mutual(self, profiles):
        areas = {code: p.place["neighbours"] for code, p in profiles.items() if p.level == "kelurahan"}
        assert all(code in areas[other] for code, others in areas.items() for other in others)
        assert all(areas.values())

    def test_scores_are_those_of_the_index_of_the_kelurahan(self, profiles, kediri):
        table, split = area_index_table(kediri, until=2024).set_index("region"), area_split(kediri, until=2024)
        for code in table.index:
            scores = profiles[code].scores.set_index("component")
            assert scores.at["kelurahan_index", "score"] == pytest.approx(table.at[code, "area_index"])
            assert scores.at["kelurahan_index", "rank"] == table.at[code, "rank"]
            assert scores.at["GOV", "score"] == pytest.approx(table.at[code, "GOV"])
        np.testing.assert_allclose(profiles[POJOK].years["mean"], split["mean"])

    def test_around_it_are_its_neighbours_only(self, profiles):
        pojok = profiles[POJOK]
        assert sorted(pojok.around["region"]) == pojok.place["neighbours"]
        own = pojok.scores["score"].iloc[0]
        np.testing.assert_allclose(pojok.around["difference"], pojok.around["score"] - own)

    def test_services_are_those_of_the_kelurahan(self, profiles, kediri):
        table = service_areas(kediri, until=2024).set_index("region")
        for code in table.index:
            own = profiles[code].services.iloc[0]
            for name in ("planned", "realised", "realisation", "ratio_people", "ratio_land", "ratio_need"):
                assert own[name] == pytest.approx(table.at[code, name]), (code, name)

    def test_what_is_not_known(self, profiles):
        known = profiles[POJOK].unknown.set_index("what")[["known", "wanted"]].to_numpy().tolist()
        assert known == [[0, 23], [0, 1], [0, 48]]


class TestKecamatan:
    def test_is_the_sum_of_its_kelurahan(self, profiles, kediri):
        table = area_table(kediri, until=2024)
        own = table[table["kecamatan"] == KOTA]
        kota = profiles[KOTA]
        assert fact(kota, "polling_stations")["value"] == own["polling_stations"].sum()
        assert fact(kota, "area_km2")["value"] == pytest.approx(own["area_km2"].sum())
        assert fact(kota, "population")["value"] == 84_291  # BPS, population census 2020
        assert len(kota.place["inside"]) == kota.place["areas"] == 17 and kota.place["priority"] == 2
        assert kota.position["value"].sum() == 17

    def test_score_is_the_weighted_mean_of_its_kelurahan(self, profiles, kediri):
        table, people = area_index_table(kediri, until=2024).set_index("region"), area_weights(kediri)
        own = table[table["kecamatan"] == KOTA]
        scores = profiles[KOTA].scores.set_index("component")["score"]
        for component, column in {"kelurahan_index": "area_index", "ECO": "ECO"}.items():
            assert scores[component] == pytest.approx(np.average(own[column], weights=people[own.index]))

    def test_all_levels_in_the_city_have_one_mean(self, profiles):
        means = [profiles[code].scores["mean"] for code in (POJOK, KOTA, "35.71.03")]
        for other in means[1:]:
            np.testing.assert_allclose(other, means[0])

    def test_around_are_its_kelurahan_best_first(self, profiles):
        around = profiles[KOTA].around
        assert sorted(around["region"]) == sorted(profiles[KOTA].place["inside"])
        assert around["rank"].is_monotonic_increasing and set(around["regions"]) == {46}

    def test_services_of_all_three_are_those_of_the_city(self, profiles):
        city = profiles[CITY].services.set_index("region")
        assert (
            city.loc[city.index != CITY, ["planned", "realised"]].sum().tolist()
            == city.loc[CITY, ["planned", "realised"]].tolist()
        )
        assert city.loc[CITY, ["ratio_people", "ratio_land", "ratio_need"]].astype(float).tolist() == [1, 1, 1]
        assert list(profiles[KOTA].services["region"]) == [KOTA, CITY]


class TestCity:
    def test_is_the_published_human_development_index(self, profiles):
        scores = profiles[CITY].scores.set_index("component")
        assert round(scores.at["ipm", "score"], 1) == 78.6  # BPS 2022: 78.60 in 2021
        assert scores.at["ipm", "rank"] == 6 and set(scores["year"]) == {2021} and set(scores["regions"]) == {38}
        assert set(scores["status"]) == {"official"}

    def test_band_is_that_of_the_robustness_chapter(self, profiles, jatim):
        bands = robustness(jatim, until=2024).bands.set_index("region").loc[CITY]
        own = profiles[CITY].scores.set_index("component").loc["ipm"]
        assert [own["rank_lower"], own["rank_upper"]] == [bands["lower"], bands["upper"]]

    def test_a_component_of_one_indicator_has_one_rank(self, profiles):
        scores = profiles[CITY].scores.set_index("component")
        for component in ("health", "living_standard"):
            assert scores.loc[component, ["rank_lower", "rank_upper"]].tolist() == [scores.at[component, "rank"]] * 2

    def test_figures_and_the_nearest(self, profiles):
        city = profiles[CITY]
        assert fact(city, "population")["value"] == 301_424  # Kemendagri 2025, for 2024
        assert fact(city, "grdp_per_capita")["rank"] == 1
        assert set(city.place["neighbours"]) == {"35.06", "35.18", "35.72", "35.04"}
        assert city.place["areas"] == 46 and len(city.place["inside"]) == 3

    def test_years(self, profiles):
        years = profiles[CITY].years
        assert list(years["year"]) == list(range(2010, 2022)) and years["score"].is_monotonic_increasing


class TestInputs:
    def test_an_unknown_region_is_refused_with_the_nearest(self, kediri, jatim):
        with pytest.raises(UnknownNameError, match=re.escape("35.71.01.1004")) as caught:
            region_profile(kediri, jatim, "35.71.01.104", until=2024)
        assert "35.71.01.104" in str(caught.value)

    def test_nothing_later_than_asked_for_is_used(self, kediri, jatim):
        for code in (POJOK, KOTA, CITY):
            profile = region_profile(kediri, jatim, code, until=2021)
            for name in ("facts", "scores", "years", "services"):
                table = getattr(profile, name)
                assert table.empty or table["year"].max() <= 2021

    def test_before_all_data_everything_is_empty(self, kediri, jatim, show):
        for code in (POJOK, KOTA, CITY):
            profile = region_profile(kediri, jatim, code, until=2005)
            assert profile.scores.empty and profile.services.empty and profile.facts.empty
            assert [part.plain[:14] for part in show_scores(profile, show("id"))] == ["Belum ada skor"]
            assert show_facts(profile, show("id")).plain == "Belum ada angka yang terbit untuk wilayah ini."

    def test_a_city_without_peers_has_no_scores(self, kediri, show):
        profile = region_profile(kediri, None, CITY, until=2024)
        assert profile.scores.empty and profile.position.empty and profile.facts.empty
        assert show_position(profile, kediri, None, show("id")).plain == "Belum ada data untuk bagian ini."

    def test_without_neighbours_none_are_named(self, kediri, jatim, show):
        profile = region_profile(without(kediri, "neighbours"), jatim, POJOK, until=2024)
        assert profile.place["neighbours"] == [] and profile.around.empty and len(profile.scores) == 7
        assert "bertetangga" not in show_where(profile, show("id")).plain

    def test_the_same_twice(self, kediri, jatim, profiles):
        again = region_profile(kediri, jatim, POJOK, until=2024)
        for name in TABLES:
            pd.testing.assert_frame_equal(getattr(again, name), getattr(profiles[POJOK], name))

    def test_there_are_no_scores_where_nothing_is_measured(self, only_real, jatim):
        assert peer_scores(only_real, jatim, "kelurahan", until=2024) is None


class TestVerdict:
    @given(st.integers(1, 60), st.integers(1, 60), st.integers(2, 60), st.floats(-50, 50))
    def test_is_the_opposite_when_the_order_is_turned(self, one, other, regions, difference):
        lower, upper = sorted((min(one, regions), min(other, regions)))
        turned = {"strength": "weakness", "weakness": "strength", "not_clear": "not_clear"}
        said = _verdict(lower, upper, regions, difference)
        assert _verdict(regions + 1 - upper, regions + 1 - lower, regions, -difference) == turned[said]

    @pytest.mark.parametrize(
        ("lower", "upper", "regions", "verdict"),
        [(1, 23, 46, "strength"), (1, 24, 46, "not_clear"), (1, 1, 3, "strength"), (1, 2, 3, "not_clear")],
    )
    def test_needs_the_whole_band_in_the_better_half(self, lower, upper, regions, verdict):
        assert _verdict(lower, upper, regions, 1.0) == verdict

    def test_a_score_below_the_mean_is_no_strength(self):
        assert _verdict(1, 3, 46, -0.1) == "not_clear"


class TestPage:
    @pytest.mark.parametrize("code", [POJOK, KOTA, CITY])
    @pytest.mark.parametrize("language", ["id", "en"])
    def test_marks_every_part_that_rests_on_stand_ins(self, profiles, kediri, jatim, show, code, language):
        page, profile = show(language), profiles[code]
        scores = show_scores(profile, page)
        assert len(scores) == 5
        assert all((MARK in part.html) == (code != CITY) for part in scores)
        assert MARK in show_services(profile, page).html
        real = [show_where(profile, page), show_facts(profile, page), show_unknown(profile, page)]
        real.append(show_position(profile, kediri, jatim, page))
        assert all(MARK not in part.html for part in real)
        assert sum(len(part.html.encode()) for part in [*scores, *real]) < 200_000

    def test_no_scores_are_said_once(self, real_profiles, show):
        parts = show_scores(real_profiles[POJOK], show("en"))
        assert [part.plain for part in parts] == [
            "There are no scores yet: pillar indicators are not published by kelurahan."
        ]

    def test_names_only_what_the_band_supports(self, profiles, show):
        said = show_scores(profiles[KOTA], show("id"))[0].plain
        assert "Yang paling lemah: Smart Economy." in said and "Smart Governance" not in said
        assert said.startswith("ILUSTRASI, bukan data")

    def test_kecamatan_kota_is_not_taken_for_the_city(self, profiles, show):
        said = show_where(profiles[KOTA], show("id")).plain
        assert said.startswith("Kecamatan Kota adalah kecamatan di Kota Kediri dengan 17 kelurahan.")
