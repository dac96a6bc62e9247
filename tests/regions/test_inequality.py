from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from smartcity_analysis.errors import SmartCityError, UnknownNameError
from smartcity_analysis.regions import (
    MEASURES,
    DisparityError,
    Measure,
    atkinson,
    disparity,
    disparity_table,
    generalised_entropy,
    lorenz,
    quantile_ratio,
    share_ratio,
)

from .family import FAMILY, STRANGER, cases, close, every, modest

REFERENCE = Path(__file__).parents[1] / "reference"


# --- slow twins, straight from the definitions ---


def twin(name, values, weights):
    pairs = list(zip(values, weights, strict=True))
    total = sum(w for _, w in pairs)
    mean = sum(w * x for x, w in pairs) / total
    if name in ("gini", "gini_unbiased"):
        n = len(pairs)
        gini = sum(w * v * abs(x - y) for x, w in pairs for y, v in pairs) / (2 * total**2 * mean)
        return gini * n / (n - 1) if name == "gini_unbiased" else gini
    if name == "theil_t":
        return sum(w / total * (x / mean) * np.log(x / mean) for x, w in pairs if x > 0)
    if name == "mean_log_deviation":
        return sum(w / total * np.log(mean / x) for x, w in pairs)
    if name.startswith("generalised_entropy_"):
        a = float(name.rpartition("_")[2])
        return sum(w / total * ((x / mean) ** a - 1) for x, w in pairs) / (a * (a - 1))
    if name.startswith("atkinson_"):
        e = float(name.rpartition("_")[2])
        if e == 1:
            return 1 - np.exp(sum(w / total * np.log(x) for x, w in pairs)) / mean
        return 1 - sum(w / total * x ** (1 - e) for x, w in pairs) ** (1 / (1 - e)) / mean
    if name == "hoover":
        return sum(abs(w / total - w * x / (total * mean)) for x, w in pairs) / 2
    if name in TAILS:
        return tail(pairs, *TAILS[name])
    if name in QUANTILES:
        people = sorted(x for x, w in pairs for _ in range(w))  # one row a person
        return np.divide(*(np.quantile(people, p, method="averaged_inverted_cdf") for p in QUANTILES[name]))
    if name in ("williamson", "coefficient_of_variation", "half_squared_variation"):
        variance = sum(w / total * (x - mean) ** 2 for x, w in pairs) / mean**2
        return variance / 2 if name == "half_squared_variation" else variance**0.5
    if name == "max_min":
        return max(values) / min(values)
    if name == "range":
        return max(values) - min(values)
    raise AssertionError(f"no twin for {name}: add one")


TAILS = {"palma": (0.1, 0.4), "share_ratio_20_20": (0.2, 0.2)}
QUANTILES = {"p90_p10": (0.9, 0.1), "p80_p20": (0.8, 0.2), "p50_p25": (0.5, 0.25)}


def tail(pairs, top, bottom):
    """Ten rows a person, so that every share is a whole number of rows."""
    rows = np.sort([x for x, w in pairs for _ in range(10 * w)])
    return rows[-round(top * len(rows)) :].sum() / rows[: round(bottom * len(rows))].sum()


@every
@given(case=cases())
@modest
def test_agrees_with_its_slow_twin(measure, case):
    values, people = case
    assert disparity(values, measure, population=people) == close(twin(measure.name, values, people))


@every
def test_batched_kernel_is_the_kernel_draw_by_draw(measure):
    rng = np.random.default_rng(0)
    values, weights = rng.uniform(1, 100, (3, 4, 6)), rng.uniform(1, 50, (3, 4, 6))
    kernel = measure.kernel

    def one_by_one(x, w):
        return [[kernel(x[i, j], w[i, j]) for j in range(4)] for i in range(3)]

    spread = np.broadcast_to(values[0, 0], values.shape), np.broadcast_to(weights[0, 0], weights.shape)
    assert kernel(values, weights) == close(np.array(one_by_one(values, weights)))
    assert kernel(values, weights[0, 0]) == close(np.array(one_by_one(values, spread[1])))
    assert kernel(values[0, 0], weights) == close(np.array(one_by_one(spread[0], weights)))


@every
def test_kernel_writes_to_none_of_its_arguments(measure):
    values, weights = np.array([[3.0, 1.0, 2.0]]), np.array([5.0, 1.0, 2.0])
    for argument in (values, weights):
        argument.flags.writeable = False
    assert np.isfinite(measure.kernel(values, weights)).all()


@pytest.mark.parametrize("measure", [m for m in FAMILY if m.name != "gini_unbiased"], ids=lambda m: m.name)
def test_weight_of_zero_is_a_region_that_is_not_there(measure):
    values, weights = np.array([900.0, 3.0, 1.0, 7.0, 0.5]), np.array([0.0, 2.0, 5.0, 1.0, 0.0])
    assert measure.kernel(values, weights) == close(measure.kernel(values[1:4], weights[1:4]))


def test_family_is_read_only_keyed_by_name_and_described():
    with pytest.raises(TypeError, match="does not support item assignment"):
        MEASURES["own"] = STRANGER
    assert all(name == m.name and m.label_id and m.label_en and m.reference for name, m in MEASURES.items())


def test_corrected_gini_passes_one_only_with_population():
    values, people = pd.Series({"A": 0, "B": 1}), pd.Series({"A": 99, "B": 1})
    assert disparity(values, "gini_unbiased") == 1
    assert disparity(values, "gini_unbiased", population=people) == close(2 * 0.99)


def test_williamson_reaches_the_bound_its_docstring_states():
    values, people = pd.Series({"A": 0.0, "B": 5.0}), pd.Series({"A": 90, "B": 10})
    assert disparity(values, "williamson", population=people) == close((0.9 / 0.1) ** 0.5)


# --- published values, and errors known from the field ---

INCOME = pd.Series({"A": 10, "B": 10, "C": 10, "D": 20, "E": 50})


def test_mean_log_deviation_and_theil_of_the_reat_manual():
    # Wieland, manual of the R package REAT (Regional Economic Analysis Toolbox), theil(): its example
    # theil(c(10, 10, 10, 20, 50)) prints 0.2326302. That is the mean log deviation and not Theil T.
    assert round(disparity(INCOME, "mean_log_deviation"), 7) == 0.2326302
    assert round(disparity(INCOME, "theil_t"), 4) == 0.2502
    assert disparity(INCOME, "theil_l") == disparity(INCOME, "mean_log_deviation")


def mexico():
    """GDP per head of the 32 states, and the table published for them."""
    examples = pytest.importorskip("libpysal", reason="libpysal holds the values of the Mexican states").examples
    values = pd.read_csv(examples.get_path("mexico.csv"), index_col="State").filter(like="pcgdp")
    values.columns = values.columns.str.removeprefix("pcgdp").astype(int)
    return values, pd.read_csv(REFERENCE / "mexico_inequality.csv", comment="#", index_col="year")


def test_mexico_as_published():
    values, published = mexico()
    table = disparity_table(values, ["theil_t", "gini"])
    assert len(published) == 7
    pd.testing.assert_series_equal(table["theil_t"], published["theil"], check_names=False, rtol=0, atol=5e-9)
    known = published["gini"].dropna()
    assert list(known.index) == [1940, 2000]
    pd.testing.assert_series_equal(table.loc[known.index, "gini"], known, check_names=False, rtol=1e-12)


def test_parity_with_pysal_inequality():
    gini = pytest.importorskip("inequality.gini")
    theil = pytest.importorskip("inequality.theil")
    values = np.random.default_rng(1).lognormal(size=46)
    series = pd.Series(values)
    assert disparity(series, "gini") == close(gini.Gini(values).g)
    assert disparity(series, "theil_t") == close(theil.Theil(values).T)


def test_gini_with_a_negative_is_refused_and_not_above_one():
    values = pd.Series({"A": -3, "B": 0, "C": 0, "D": 0, "E": 17})
    assert twin("gini", values, [1] * 5) == pytest.approx(8 / 7)  # the 1.14 that others return
    message = "^Found values below 0 in 'A'; expected 0 or more for gini; correct or drop these regions"
    with pytest.raises(DisparityError, match=message):
        disparity(values, "gini")
    assert disparity(values, "range") == 20


def test_a_zero_is_taken_at_its_limit_or_refused():
    values = pd.Series({"A": 0, "B": 1, "C": 1})
    assert disparity(values, "theil_t") == close(np.log(3 / 2))
    assert disparity(values, "gini") == close(1 / 3)
    for name in ("mean_log_deviation", "max_min"):
        with pytest.raises(DisparityError, match=f"^Found values of 0 in 'A'; expected more than 0 for {name}; "):
            disparity(values, name)


def test_hoover_of_one_to_four_is_a_fifth():
    # PySAL 1.1 gives 1.5 for these values.
    assert disparity(pd.Series([1, 2, 3, 4]), "hoover") == close(0.2)


def test_parity_with_pysal_atkinson():
    other = pytest.importorskip("inequality.atkinson")
    values = np.random.default_rng(3).lognormal(size=46)
    for aversion in (0.5, 1):
        assert disparity(pd.Series(values), atkinson(aversion)) == close(other.atkinson(values, aversion))


def test_makers_return_the_built_in_measure_where_there_is_one():
    assert generalised_entropy(0) is MEASURES["mean_log_deviation"]
    assert generalised_entropy(1) is MEASURES["theil_t"]
    made = (generalised_entropy(2), atkinson(0.5), atkinson(1), share_ratio(), quantile_ratio(0.8, 0.2))
    assert all(m.name in MEASURES for m in made)


@pytest.mark.parametrize("near", [0, 1])
def test_entropy_near_its_limits_is_its_limit(near):
    values, people = pd.Series([1.0, 2.0, 7.0]), pd.Series([3.0, 1.0, 2.0])
    limit = disparity(values, generalised_entropy(near), population=people)
    for order in (near - 1e-9, near + 1e-9):
        found = disparity(values, generalised_entropy(order), population=people)
        assert found == pytest.approx(limit, rel=1e-8)


def test_zeros_are_taken_or_refused_as_the_parameter_says():
    values = pd.Series({"A": 0, "B": 1, "C": 1})
    assert disparity(values, generalised_entropy(0.7)) == close(((2 * 1.5**0.7) / 3 - 1) / (0.7 * -0.3))
    assert disparity(values, atkinson(0.5)) == close(1 - (2 / 3) ** 2 / (2 / 3))
    for measure in (generalised_entropy(-1), atkinson(1), atkinson(2), share_ratio(), quantile_ratio()):
        with pytest.raises(DisparityError, match=f"^Found values of 0 in 'A'; expected more than 0 for {measure.name}"):
            disparity(values, measure)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: generalised_entropy(np.nan), "order: found nan, expected a number; choose another"),
        (lambda: atkinson(0), "aversion: found 0, expected a number above 0"),
        (lambda: quantile_ratio(0.1, 0.9), r"upper, lower: found \(0.1, 0.9\), expected 0 < lower < upper < 1"),
        (lambda: share_ratio(0.7, 0.4), r"top, bottom: found \(0.7, 0.4\), expected two shares above 0"),
    ],
)
def test_parameters_out_of_range_are_refused(make, message):
    with pytest.raises(DisparityError, match=message):
        make()


def test_gini_in_n_and_in_n_minus_one_form_are_two_measures():
    values = pd.Series([1, 2, 3, 4])
    assert disparity(values, "gini") == close(1 / 4)
    assert disparity(values, "gini_unbiased") == close(1 / 3)


# --- what is refused, and how it is said ---

V = pd.Series({"A": 10.0, "B": 20.0, "C": 30.0})
P = pd.Series({"C": 300, "A": 100, "B": 200})


def test_population_is_matched_by_name_and_not_by_position():
    assert disparity(V, population=P) == close(twin("gini", [10, 20, 30], [100, 200, 300]))


@pytest.mark.parametrize(
    ("values", "population", "message"),
    [
        (V.replace(20.0, np.nan), None, "missing or infinite values for 'B'; expected a number .* or drop"),
        (V.replace(20.0, np.inf), None, "missing or infinite values for 'B'"),
        (V.astype("Float64").replace(20.0, pd.NA), None, "missing or infinite values for 'B'"),
        (V.astype(str), None, "values of dtype str; expected numbers; convert them first"),
        (V > 15, None, "values of dtype bool; expected numbers"),
        ([1, 2], None, "values of type list; expected a Series; index it by region"),
        ([1, 2], P, "values of type list; expected a Series; index it by region"),
        (V.rename({"B": "A"}), None, "Found 'A' more than once in values; expected once"),
        (V[["A"]], None, r"Found 1 region\(s\); expected 2 or more"),
        (V * 0, None, r"other than 0 in 0 region\(s\): none; expected 1 or more for gini; use 'range'"),
        (V, P.drop("B"), "no population for 'B'; expected the same regions in both, matched by name"),
        (V.drop("A"), P, "population but no values for 'A'; expected the same regions in both"),
        (V, P.replace(200, 0), "population of 0 or less in 'B'; expected more than 0; correct it, or drop"),
        (V, P.replace(200, -5), "population of 0 or less in 'B'"),
        (V, P.astype(float).replace(200.0, np.nan), "missing or infinite population for 'B'"),
        (V, [1, 2, 3], "population of type list; expected a Series"),
    ],
)  # fmt: skip
def test_input_that_breaks_a_rule_is_refused_with_the_regions(values, population, message):
    with pytest.raises(DisparityError, match=message):
        disparity(values, population=population)


def test_all_faults_are_said_at_once():
    values, people = pd.Series({"A": -1, "B": 0, "C": 5}), pd.Series({"A": 1, "B": 0, "D": 2})
    with pytest.raises(DisparityError) as caught:
        disparity(values, "mean_log_deviation", population=people)
    said = str(caught.value).split("\n")
    expected = ("values below 0 in 'A'", "values of 0 in 'B'", "0 or less in 'B'", "no population for 'C'",
                "population but no values for 'D'")  # fmt: skip
    assert len(said) == len(expected)
    assert all(part in line for part, line in zip(expected, said, strict=True))


def test_many_regions_are_counted_and_not_listed():
    with pytest.raises(DisparityError, match=r"'R0', .*, 'R9' and 36 more; expected 0 or more"):
        disparity(pd.Series(-1.0, index=[f"R{i}" for i in range(46)]))


def test_williamson_needs_the_population():
    message = r"^Found no population; expected one for williamson; pass population=, or use 'coefficient_of_var"
    with pytest.raises(DisparityError, match=message):
        disparity(V, "williamson")
    assert disparity(V, "williamson", population=P) == disparity(V, "coefficient_of_variation", population=P)


def test_unknown_measure_lists_the_known_and_the_nearest():
    with pytest.raises(UnknownNameError, match=r"found 'ginni', expected one of 'gini', .*Did you mean 'gini'"):
        disparity(V, "ginni")


@pytest.mark.parametrize(
    ("kernel", "message"),
    [
        (lambda x, w: x, r"result of shape \(3,\) from the kernel of 'own'; expected \(\); a kernel reduces"),
        (lambda x, w: np.full(x.shape[:-1], np.nan), "not finite from the kernel of 'own'; expected finite"),
    ],
)  # fmt: skip
def test_a_strangers_broken_kernel_is_named(kernel, message):
    with pytest.raises(SmartCityError, match=message):
        disparity(V, Measure("own", kernel, "", ""))


def test_arguments_are_left_as_they_were():
    values, people = V.copy(), P.copy()
    disparity(values, population=people)
    lorenz(values, population=people)
    pd.testing.assert_series_equal(values, V)
    pd.testing.assert_series_equal(people, P)


# --- tables ---


@given(case=cases())
@modest
def test_gini_is_one_minus_twice_the_area_below_the_lorenz_curve(case):
    values, people = case
    curve = lorenz(values, population=people)
    area = np.trapezoid(curve["value_share"], curve["population_share"])
    assert disparity(values, population=people) == close(1 - 2 * area)
    assert list(curve.iloc[0]) == [0, 0]
    assert list(curve.iloc[-1]) == pytest.approx([1, 1])
    assert (curve["value_share"] <= curve["population_share"] + 1e-12).all()


def test_lorenz_names_the_regions_from_the_lowest_value_up():
    curve = lorenz(V[["C", "A", "B"]].rename_axis("region"), population=P)
    assert list(curve.index) == ["", "A", "B", "C"]
    assert curve.index.name == "region"
    assert list(curve["population_share"]) == close([0, 1 / 6, 3 / 6, 1])
    assert list(curve["value_share"]) == close([0, 1 / 14, 5 / 14, 1])


def test_lorenz_keeps_regions_of_equal_value_in_their_order():
    names = [f"R{i}" for i in range(60)]
    assert list(lorenz(pd.Series([1, 2] * 30, index=names)).index) == ["", *names[::2], *names[1::2]]


def test_lorenz_refuses_values_below_zero():
    with pytest.raises(DisparityError, match="values below 0 in 'B'"):
        lorenz(V.replace(20.0, -20.0))


YEARS = pd.DataFrame({2022: V, 2021: V**2, 2023: V + 7})


@pytest.mark.parametrize("population", [None, P, pd.DataFrame({2021: P, 2022: P * [1, 2, 3], 2023: P + 5})])
def test_table_is_the_measure_year_by_year(population):
    measures = [m for m in FAMILY if population is not None or not m.needs_population]
    table = disparity_table(YEARS, measures, population=population)
    assert list(table.index) == [2022, 2021, 2023]
    assert list(table.columns) == [m.name for m in measures]
    for year in YEARS:
        people = population[year] if isinstance(population, pd.DataFrame) else population
        assert list(table.loc[year]) == close([disparity(YEARS[year], m, population=people) for m in measures])


def test_table_takes_one_measure():
    assert list(disparity_table(YEARS, "theil_l").columns) == ["mean_log_deviation"]


@pytest.mark.parametrize(
    ("years", "population", "message"),
    [
        (YEARS.replace(20.0, np.nan), None, "^2022: Found missing or infinite values for 'B'"),
        (-YEARS, None, r"^2022: Found values below 0(.|\n)*\n2021: Found values below 0(.|\n)*\n2023: Found"),
        (YEARS, pd.DataFrame({2021: P}), "^Found no figures for 2022, 2023; expected a column a year"),
        (YEARS[[]], None, "^Found no figures for any year; expected a column a year"),
    ],
)  # fmt: skip
def test_table_refuses_with_the_year_and_the_regions(years, population, message):
    with pytest.raises(DisparityError, match=message):
        disparity_table(years, "gini", population=population)
