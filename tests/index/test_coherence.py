import doctest

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import IndexSpec, Method, NodeSpec, ScoringError, build_index, coherence, influence
from smartcity_analysis.index.coherence import REMEDIES, audit, correlations
from smartcity_analysis.index.influence import drop_one, effective_weights, principal_components
from smartcity_analysis.index.reliability import Limits, cronbach_alpha, kmo
from smartcity_analysis.study import Framework, Leaf, Node

from .test_reliability import GAPPY, HARMAN, SCORES, gaps, one_factor, with_correlations


def leaf(code, weight=None, **settings):
    return Node(code, {}, weight=weight, leaf=Leaf(**settings))


def node(code, *children, **settings):
    return Node(code, {}, children=children, **settings)


def framework(root, scale=(1.0, 100.0)):
    return Framework("test", {}, root, scale=scale)


TREE = framework(
    node(
        "city",
        node("green", leaf("water", 60), leaf("air", 40, direction=-1), leaf("trees", 20), weight=25),
        node("life", leaf("school"), leaf("clinic"), leaf("bus"), weight=50, rule="geometric"),
        node("purse", leaf("income"), weight=25),
    )
)
LEAVES = ["water", "air", "trees", "school", "clinic", "bus", "income"]
SOME = IndexSpec(min_available=0.3)


def values(regions=12, seed=0):
    common = np.random.default_rng(seed).normal(size=(regions, 1))
    noise = np.random.default_rng(seed + 1).normal(size=(regions, 7))
    table = pd.DataFrame(10 + common + noise, columns=LEAVES, index=[f"35.{k:02d}" for k in range(regions)])
    return table.assign(air=-table["air"])


VALUES = values()
RESULT = build_index(VALUES, TREE)
GAPPY_RESULT = build_index(gaps(VALUES), TREE, SOME)


def test_every_example_does_what_it_says():
    for module in (coherence, influence):
        found = doctest.testmod(module)
        assert found.failed == 0 and found.attempted >= 6


SCIPY = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}


class TestCorrelations:
    @pytest.mark.parametrize("method", SCIPY)
    @pytest.mark.parametrize("table", [SCORES, GAPPY, GAPPY.round(0)], ids=["complete", "gaps", "ties"])
    def test_every_pair_is_scipys_over_the_regions_that_have_both(self, method, table):
        found = correlations(table, method=method)
        assert len(found) == 6
        for row in found.itertuples():
            both = table[[row.code_a, row.code_b]].dropna()
            expected = SCIPY[method](both[row.code_a], both[row.code_b])
            assert row.r == pytest.approx(expected.statistic, abs=1e-12)
            assert row.p == pytest.approx(expected.pvalue, abs=1e-12)
            assert row.n == len(both)

    @settings(max_examples=30, deadline=None)
    @given(seed=st.integers(0, 10_000), method=st.sampled_from(["pearson", "spearman"]))
    def test_many_pairs_equal_one_pair_at_a_time(self, seed, method):
        table = gaps(one_factor([1, 0.3, -0.8], regions=9, seed=seed), seed=seed, share=0.3)
        for row in correlations(table, method=method).itertuples():
            both = table[[row.code_a, row.code_b]].dropna()
            if len(both) < 3:
                assert row.flag == "few_regions" and np.isnan(row.r) and np.isnan(row.p)
                continue
            expected = SCIPY[method](both[row.code_a], both[row.code_b])
            assert (row.r, row.p) == pytest.approx((expected.statistic, expected.pvalue), abs=1e-9)

    @pytest.mark.parametrize("method", SCIPY)
    def test_perfect_correlations_have_p_of_0_but_for_kendall(self, method):
        table = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 4, 6, 8], "c": [4.0, 3, 2, 1]})
        found = correlations(table, method=method)
        assert found["r"].to_list() == pytest.approx([1, -1, -1])
        assert found["p"].to_list() == pytest.approx([1 / 12] * 3 if method == "kendall" else [0] * 3, abs=1e-7)
        assert found["flag"].to_list() == ["too_high", "negative", "negative"]
        assert found["expected"].to_list() == [0.92, -0.4, -0.4]

    def test_any_level_against_any_level(self):
        def pairs(**choice):
            return list(correlations(RESULT, **choice)[["code_a", "code_b"]].itertuples(index=False, name=None))

        assert len(pairs()) == 21
        assert pairs(rows=1) == [("green", "life"), ("green", "purse"), ("life", "purse")]
        assert pairs(rows=1, columns=0) == [("green", "city"), ("life", "city"), ("purse", "city")]
        assert pairs(rows=["air", "bus"], columns=1) == [
            (a, b) for a in ("air", "bus") for b in ("green", "life", "purse")
        ]
        assert pairs(rows="air", columns="city") == [("air", "city")]
        assert pairs(rows=["air", "green"], columns=["green", "air"]) == [("air", "green")]
        assert pairs(rows="air") == []

    def test_within_parent_groups(self):
        def pairs(**choice):
            found = correlations(RESULT, **choice)
            return set(zip(found["code_a"], found["code_b"], strict=True))

        green = {("water", "air"), ("water", "trees"), ("air", "trees")}
        life = {("school", "clinic"), ("school", "bus"), ("clinic", "bus")}
        assert pairs(within=1) == pairs(within="parent") == green | life
        assert len(pairs(within=0)) == 21
        own = {(code, RESULT.framework.parents[code]) for code in LEAVES}
        assert pairs(columns=1, within=1) == pairs(columns=1, within="parent") == own
        assert pairs(columns=0, within=1) == set()
        assert len(pairs(columns=0, within=0)) == 7
        assert pairs(within={"air": 1, "bus": 1, "water": 2}) == {("air", "bus")}

    def test_a_correlation_of_an_index_is_that_of_its_scores(self):
        found = correlations(RESULT, rows="life", columns=0).iloc[0]
        assert found["r"] == pytest.approx(RESULT.scores["life"].corr(RESULT.total), abs=1e-12)

    def test_a_constant_is_flagged_and_so_is_one_that_differs_by_rounding(self):
        table = SCORES.assign(i0=4.0, i1=np.where(np.arange(len(SCORES)) % 2, 0.3, 0.1 + 0.2))
        for method in SCIPY:
            found = correlations(table, method=method).set_index(["code_a", "code_b"])
            assert (found["flag"] == "constant").sum() == 5
            assert found.loc[("i2", "i3"), "flag"] != "constant" and found["r"].notna().sum() == 1

    def test_constant_only_where_both_have_a_score(self):
        table = pd.DataFrame({"a": [5.0, 5, 5, 7], "b": [1.0, 2, 3, np.nan]})
        found = correlations(table).iloc[0]
        assert (found["flag"], found["n"]) == ("constant", 3) and np.isnan(found["r"])

    def test_limits_can_be_set(self):
        table = with_correlations([[1, 0.5], [0.5, 1]])
        limits = {
            "": Limits(),
            "weak": Limits(weak=0.6),
            "too_high": Limits(high=0.4),
            "negative": Limits(negative=0.6),
        }
        for flag, limit in limits.items():
            assert correlations(table, limits=limit)["flag"].to_list() == [flag]

    def test_nodes_without_a_rule_are_no_level(self):
        tree = framework(node("city", *TREE.root.children, rule="none"))
        result = build_index(VALUES, tree)
        assert correlations(result, rows=0, columns=1).empty
        assert len(correlations(result, rows=1)) == 3

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (lambda: correlations(SCORES.iloc[:2]), ScoringError, "found 2 regions, expected at least 3"),
            (lambda: correlations(SCORES, rows=1), ScoringError, "found 1 for a table, which has no tree. Give codes"),
            (lambda: correlations(RESULT, rows=7), ScoringError, r"The level: found 7, expected 0 \(the index\) to 2"),
            (lambda: correlations(SCORES, within=1), ScoringError, "within: found 1 for a table"),
            (lambda: correlations(RESULT, within="perent"), UnknownNameError, "found 'perent'.*mean 'parent'"),
            (lambda: correlations(RESULT, rows=["watr"]), UnknownNameError, "found 'watr'.*mean 'water'"),
            (lambda: correlations(SCORES, method="pearsn"), UnknownNameError, "method: found 'pearsn'.*mean 'pearson'"),
        ],
    )
    def test_faulty_calls_are_refused(self, call, error, message):
        with pytest.raises(error, match=message):
            call()


def slow_noise(n, size, draws, rng):
    """Eigenvalues of one table of noise after another."""
    return np.array([np.linalg.eigvalsh(np.corrcoef(rng.standard_normal((n, size)).T))[::-1] for _ in range(draws)])


class TestPrincipalComponents:
    def test_published(self):
        """Harman's census tracts: SAS/STAT 14.1 User's Guide (2015), The FACTOR Procedure, example 1."""
        found = principal_components(HARMAN, rng=np.random.default_rng(0)).components
        expected = [2.8733136, 1.7966601, 0.2148369, 0.0999340, 0.0152555]
        assert found["eigenvalue"].to_list() == pytest.approx(expected, abs=1e-6)
        assert found["cumulative"].iloc[-1] == pytest.approx(1)

    @pytest.mark.parametrize("regions", [40, 4, 3], ids=["many", "as many as indicators", "fewer"])
    def test_is_scikit_learns_on_z_scores(self, regions):
        decomposition = pytest.importorskip("sklearn.decomposition")
        table = SCORES.iloc[:regions]
        z = (table - table.mean()) / table.std()
        pca = decomposition.PCA().fit(z)
        found = principal_components(table, rng=np.random.default_rng(0))
        count = len(pca.explained_variance_)
        assert found.components["eigenvalue"].to_list()[:count] == pytest.approx(pca.explained_variance_, abs=1e-9)
        assert found.components["eigenvalue"].to_list()[regions - 1 :] == pytest.approx(
            [0] * max(0, 5 - regions), abs=1e-9
        )
        rank = min(regions - 1, 4)
        expected = np.abs(pca.components_.T * np.sqrt(pca.explained_variance_))[:, :rank]
        np.testing.assert_allclose(np.abs(found.table.to_numpy()[:, :rank]), expected, atol=1e-9)
        assert (found.table.sum() >= -1e-12).all() and found.n == regions

    def test_loadings_put_the_correlations_together_again(self):
        loadings = principal_components(GAPPY, rng=np.random.default_rng(0)).table
        np.testing.assert_allclose(loadings @ loadings.T, GAPPY.corr(), atol=1e-12)

    def test_noise_equals_its_slow_twin_whatever_the_block(self, monkeypatch):
        expected = np.quantile(slow_noise(40, 4, 30, np.random.default_rng(3)), 0.9, axis=0)
        for block in (2**22, 500, 1):
            monkeypatch.setattr(influence, "BLOCK", block)
            found = principal_components(SCORES, rng=np.random.default_rng(3), draws=30, quantile=0.9)
            assert found.components["random"].to_list() == pytest.approx(expected.tolist(), abs=1e-12)

    def test_as_many_components_are_kept_as_there_are_things(self):
        def kept(table):
            found = principal_components(table, rng=np.random.default_rng(0))
            return found.value, found.flag

        rng = np.random.default_rng(1)
        two, noise = rng.normal(size=(60, 2)), rng.normal(size=(60, 6))
        assert kept(pd.DataFrame(3 * two[:, [0, 0, 0, 1, 1, 1]] + noise)) == (2, "many")
        assert kept(pd.DataFrame(3 * two[:, [0] * 6] + noise)) == (1, "")
        assert kept(with_correlations(np.eye(4))) == (0, "none")

    def test_gaps_give_noise_of_as_few_regions_as_the_thinnest_pair(self):
        found = principal_components(GAPPY, rng=np.random.default_rng(3), draws=30)
        assert found.n < len(GAPPY)
        expected = np.quantile(slow_noise(found.n, 4, 30, np.random.default_rng(3)), 0.95, axis=0)
        assert found.components["random"].to_list() == pytest.approx(expected.tolist(), abs=1e-12)

    def test_fewer_than_three_regions_and_constants_are_refused(self):
        with pytest.raises(ScoringError, match="fewer than 3 regions"):
            principal_components(SCORES.iloc[:2], rng=np.random.default_rng(0))
        with pytest.raises(ScoringError, match="found a constant indicator in 'i1'"):
            principal_components(SCORES.assign(i1=0.0), rng=np.random.default_rng(0))


def slow_ratio(x, y):
    """One pair: for every bandwidth a weighted straight line at every region, the best by leaving each region out."""
    x, y = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()

    def at(point, h, kept):
        # numpy's polyfit takes the square roots of the weights
        weights = np.exp(-0.25 * ((x[kept] - point) / h) ** 2)
        return np.polyval(np.polyfit(x[kept] - point, y[kept], 1, w=weights), 0)

    every = np.ones(len(x), dtype=bool)
    best = (np.inf, None)
    for h in influence.BANDWIDTHS:
        left_out = [at(x[k], h, np.arange(len(x)) != k) for k in range(len(x))]
        error = ((y - left_out) ** 2).sum()
        if error < best[0]:
            best = (error, np.var([at(point, h, every) for point in x]) / np.var(y))
    return best[1]


def smooth(x, y):
    """The correlation ratio of one pair."""
    x, y = np.asarray(x)[:, np.newaxis], np.asarray(y)[:, np.newaxis]
    return influence._variance_shares(x, y)[1][0]


class TestEffectiveWeights:
    def test_squared_correlations_and_nominal_weights(self):
        found = effective_weights(RESULT)
        assert list(found.index) == [code for code in TREE.nodes if code != "city"]
        assert found["of"].to_dict() == TREE.parents
        assert found["nominal"].to_list() == pytest.approx(RESULT.weights["nominal"].drop("city").to_list())
        for code, row in found.iterrows():
            assert row["r"] == pytest.approx(RESULT.scores[code].corr(RESULT.scores[row["of"]]), abs=1e-12)
        for _, group in found.groupby("of"):
            assert group[["nominal", "linear", "kernel"]].sum().to_list() == pytest.approx([1, 1, 1])
            assert group["linear"].to_list() == pytest.approx((group["r"] ** 2 / (group["r"] ** 2).sum()).to_list())

    def test_independent_parts_count_by_weight_times_spread_squared(self):
        """With parts that do not correlate, the share is (w s)^2 / sum of (w s)^2: Paruolo et al. (2013), section 3."""
        table = with_correlations(np.eye(3), regions=50) * [1, 2, 1]
        tree = framework(node("all", leaf("a", 50), leaf("b", 25), leaf("c", 25)), scale=None)
        result = build_index(table, tree, IndexSpec(normalise="none", scale=(-9, 9)))
        expected = [0.25 / 0.5625, 0.25 / 0.5625, 0.0625 / 0.5625]
        assert effective_weights(result)["linear"].to_list() == pytest.approx(expected, abs=1e-9)

    def test_level_by_level_within_the_index(self):
        found = effective_weights(RESULT, of="total")
        assert set(found["of"]) == {"city"}
        for codes in (["green", "life", "purse"], LEAVES):
            assert found.loc[codes, ["nominal", "linear", "kernel"]].sum().to_list() == pytest.approx([1, 1, 1])
        assert found.loc["water", "nominal"] == pytest.approx(0.25 * 0.5)
        uneven = framework(node("all", leaf("water", 50), node("rest", leaf("air"), leaf("bus"), weight=50)))
        found = effective_weights(build_index(VALUES[["water", "air", "bus"]], uneven), of="total")
        assert found["nominal"].to_dict() == {"water": 0.5, "rest": 0.5, "air": 0.5, "bus": 0.5}
        found = effective_weights(RESULT, of="total")
        assert found.loc["water", "r"] == pytest.approx(RESULT.scores["water"].corr(RESULT.total), abs=1e-12)

    @pytest.mark.parametrize("shape", [lambda x: x, np.square, np.sin, lambda x: np.exp(x / 2)])
    @pytest.mark.parametrize("regions", [7, 25])
    def test_a_curve_equals_its_slow_twin(self, shape, regions):
        rng = np.random.default_rng(regions)
        x = rng.uniform(-2.5, 2.5, size=regions)
        y = shape(x) + 0.4 * rng.normal(size=regions)
        assert smooth(x, y) == pytest.approx(slow_ratio(x, y), abs=1e-9)

    @pytest.mark.filterwarnings("ignore:After 0.17:FutureWarning")  # about random numbers, of which it needs none here
    @pytest.mark.parametrize("bandwidth", [0.3, 0.8, 2.0])
    def test_a_curve_is_that_of_statsmodels(self, bandwidth):
        regression = pytest.importorskip("statsmodels.nonparametric.kernel_regression")
        rng = np.random.default_rng(0)
        x = rng.normal(size=30)
        y = np.sin(2 * x) + 0.3 * rng.normal(size=30)
        away = (x[np.newaxis, :] - x[:, np.newaxis])[np.newaxis]
        fit = influence._local_line(away, y[np.newaxis], np.ones((1, 30)), bandwidth)[0][0]
        expected = regression.KernelReg(y, x, "c", reg_type="ll", bw=[bandwidth]).fit()[0]
        np.testing.assert_allclose(fit, expected, atol=1e-9)

    def test_a_curve_sees_what_a_line_does_not(self):
        x = np.linspace(-1, 1, 41)
        assert np.corrcoef(x, x**2)[0, 1] == pytest.approx(0, abs=1e-12)
        assert smooth(x, x**2) > 0.95

    def test_a_straight_line_leaves_r_squared(self):
        x = np.arange(10.0)
        assert smooth(x, 3 - 2 * x) == pytest.approx(1, abs=1e-12)
        assert smooth([1.0, 1, 2], [1.0, 2, 4]) == pytest.approx(np.corrcoef([1, 1, 2], [1, 2, 4])[0, 1] ** 2)

    def test_gaps_count_pair_by_pair(self):
        rng = np.random.default_rng(2)
        x, y = rng.normal(size=20), rng.normal(size=20)
        x[:3], y[2:6] = np.nan, np.nan
        both = ~np.isnan(x) & ~np.isnan(y)
        r, ratio, n = influence._variance_shares(x[:, np.newaxis], y[:, np.newaxis])
        assert r[0] == pytest.approx(np.corrcoef(x[both], y[both])[0, 1], abs=1e-12) and n[0] == 14
        assert ratio[0] == pytest.approx(slow_ratio(x[both], y[both]), abs=1e-9)

    def test_columns_do_not_touch_one_another_whatever_the_block(self, monkeypatch):
        expected = effective_weights(GAPPY_RESULT)
        monkeypatch.setattr(influence, "BLOCK", 1)
        pd.testing.assert_frame_equal(effective_weights(GAPPY_RESULT), expected, rtol=1e-12)

    def test_too_many_regions_have_no_curve(self, monkeypatch):
        monkeypatch.setattr(influence, "SMOOTHED", 11)
        found = effective_weights(RESULT)
        assert found["kernel"].isna().all() and found["ratio"].isna().all() and found["linear"].notna().all()

    def test_flags(self):
        table = pd.DataFrame({"a": [0.0, 1, 2, 3, 4, 5], "b": [3.0, 3.1, 2.9, 3, 3.1, 2.9], "c": [5.0, 4, 3, 2, 1, 0]})
        table["d"] = table["a"] + [0.1, 0, 0, 0, 0, 0]
        as_given = IndexSpec(normalise="none", scale=(0, 9))
        tree = framework(node("all", leaf("a", 60), leaf("b", 25), leaf("c", 15), leaf("d", 0)), scale=None)
        found = effective_weights(build_index(table, tree, as_given))
        assert found["flag"].to_dict() == {"a": "", "b": "negative", "c": "negative", "d": ""}
        assert found.loc["c", "expected"] == 0
        tree = framework(node("all", leaf("a", 40), leaf("b", 60)), scale=None)
        spread = table[["a"]].assign(b=[3.0, 3.1, 2.9, 3.0, 3.1, 3.2])
        found = effective_weights(build_index(spread, tree, as_given), limits=Limits(ratio=1.2))
        assert found["flag"].to_dict() == {"a": "too_much", "b": "too_little"}
        assert found["expected"].to_dict() == {"a": 0.4, "b": 0.6}

    def test_a_constant_part_has_no_share(self):
        result = build_index(VALUES.assign(bus=5.0), TREE, bounds={"bus": (0, 10)})
        found = effective_weights(result)
        assert found.loc["bus", ["r", "ratio", "linear", "kernel"]].isna().all() and found.loc["bus", "flag"] == ""
        assert found.loc[["school", "clinic"], "linear"].sum() == pytest.approx(1)

    def test_faulty_calls_are_refused(self):
        with pytest.raises(UnknownNameError, match=r"found 'totl'.*mean 'total'"):
            effective_weights(RESULT, of="totl")
        with pytest.raises(ScoringError, match="found 2 regions, expected at least 3"):
            effective_weights(build_index(VALUES.iloc[:2], TREE))


def pruned(tree, code):
    """The tree without a node, and without nodes that lose their last child."""

    def keep(each):
        if not each.children:
            return each
        children = tuple(k for k in (keep(child) for child in each.children if child.code != code) if k is not None)
        return Node(each.code, {}, each.rule, each.weight, children) if children else None

    return framework(keep(tree.root))


class TestDropOne:
    @pytest.mark.parametrize("codes", [None, 1], ids=["leaves", "pillars"])
    @pytest.mark.parametrize("result", [RESULT, GAPPY_RESULT], ids=["complete", "gaps"])
    @pytest.mark.parametrize("rule", [None, "minimum"])
    def test_equals_one_index_without_each(self, result, codes, rule):
        spec = IndexSpec(aggregate=rule, min_available=result.spec.min_available)
        result = build_index(result.values, TREE, spec)
        found = drop_one(result, codes=codes)
        for code, row in found.iterrows():
            tree = pruned(TREE, code)
            left = [each.code for each in tree.leaves]
            other = build_index(result.values[left], tree, spec, bounds=result.bounds.loc[left])
            both = result.total.notna() & other.total.notna()
            ranks = [r.total[both].round(9).rank(ascending=False, method="min") for r in (result, other)]
            shift = (ranks[1] - ranks[0]).abs()
            assert row["n"] == both.sum()
            assert row["mean_shift"] == pytest.approx(shift.mean()) and row["max_shift"] == shift.max()
            assert shift[row["region"]] == shift.max() if shift.max() else pd.isna(row["region"])
            expected = cronbach_alpha(result.scores[left]).value
            assert row["alpha_dropped"] == pytest.approx(expected, abs=1e-12)
        assert found["alpha"].unique().tolist() == pytest.approx([cronbach_alpha(result.scores[LEAVES]).value])

    def test_ranks_are_those_of_the_index(self):
        scores = RESULT.scores.to_numpy().T.copy()
        scores[0, 3], scores[1, 2] = np.nan, scores[1, 4]
        table = RESULT.scores.copy()
        table.iloc[:, :] = scores.T
        same = type(RESULT)(
            table, *(getattr(RESULT, k) for k in ("weights", "bounds", "coverage", "values", "framework", "spec"))
        )
        np.testing.assert_array_equal(influence._ranks(scores).T, same.ranks.to_numpy(dtype=float, na_value=np.nan))

    def test_nothing_to_leave_out_is_an_empty_table(self):
        assert drop_one(RESULT, codes=[]).empty

    def test_a_part_without_weight_is_silent_and_one_alone_drives(self):
        tree = framework(node("all", leaf("a", 98), leaf("b", 2), leaf("c", 0)))
        table = pd.DataFrame(
            {"a": [1.0, 2, 3, 4, 5], "b": [5.0, 3, 4, 1, 2], "c": [1.0, 9, 3, 5, 7]}, index=list("vwxyz")
        )
        found = drop_one(build_index(table, tree))
        assert found["flag"].to_dict() == {"a": "drives_ranks", "b": "silent", "c": "silent"}
        assert found.loc["a", ["max_shift", "region"]].to_list() == [4, "v"]
        assert pd.isna(found.loc["c", "region"])

    def test_a_dropped_gap_may_leave_too_few_regions(self):
        table = VALUES.copy()
        table.iloc[2:, 0] = np.nan
        found = drop_one(build_index(table, TREE))
        assert found.loc["water", "n"] == 2 and (found["flag"] == "few_regions").all()

    def test_a_stranger_that_leaves_missing_scores_out_works(self):
        highest = Method("highest", lambda s, w: np.fmax.reduce(s, axis=-1), "Tertinggi", "Highest")
        result = build_index(VALUES, TREE, IndexSpec(nodes={"life": NodeSpec(aggregate=highest)}))
        spec = IndexSpec(nodes={"life": NodeSpec(aggregate=highest)})
        without = build_index(VALUES.drop(columns="bus"), pruned(TREE, "bus"), spec, bounds=result.bounds.drop("bus"))
        shift = (without.ranks["city"] - result.ranks["city"]).abs().astype(float)
        assert drop_one(result).loc["bus", "mean_shift"] == pytest.approx(shift.mean())

    def test_a_strangers_weights_sum_to_1_and_leave_the_part_out(self):
        seen = []

        def watch(scores, weights):
            seen.append(weights)
            return np.nansum(scores * weights, axis=-1)

        watched = Method("watched", watch, "Diamati", "Watched")
        result = build_index(VALUES, TREE, IndexSpec(nodes={"green": NodeSpec(aggregate=watched)}))
        drop_one(result, codes=["water", "bus"])
        np.testing.assert_allclose(seen[-1][:, 0, :], [[0, 2 / 3, 1 / 3], [0.5, 1 / 3, 1 / 6]])

    def test_faulty_calls_are_refused(self):
        with pytest.raises(ScoringError, match=r"found nothing left without 'city'. Leave out a smaller part"):
            drop_one(RESULT, codes=0)
        with pytest.raises(UnknownNameError, match=r"found 'watr'.*mean 'water'"):
            drop_one(RESULT, codes="watr")
        with pytest.raises(ScoringError, match="found no rule for 'city', so there is no ranking to compare"):
            drop_one(build_index(VALUES, framework(node("city", *TREE.root.children, rule="none"))))
        with pytest.raises(ScoringError, match="found 2 regions, expected at least 3"):
            drop_one(build_index(VALUES.iloc[:2], TREE))


class TestAudit:
    def test_puts_the_parts_together(self):
        found = audit(RESULT, rng=np.random.default_rng(0))
        pd.testing.assert_frame_equal(found.weights, effective_weights(RESULT))
        pd.testing.assert_frame_equal(found.dropped, drop_one(RESULT))
        names = {"alpha", "omega", "kmo", "sphericity", "components"}
        assert set(found.measures) == {(code, name) for code in ("city", "green", "life") for name in names}
        assert found.measures["life", "kmo"].value == kmo(RESULT.scores[["school", "clinic", "bus"]]).value
        assert found.items["parent"].value_counts().to_dict() == {"city": 3, "green": 3, "life": 3}
        relation = found.correlations.set_index(["code_a", "code_b"])["relation"]
        assert relation[("water", "air")] == "sibling" and relation[("green", "water")] == "parent"
        assert len(relation) == 9 + 10 and found.skipped.empty
        groups = found.groups()
        assert len(groups) == 15 and groups["p"].notna().sum() == 3

    def test_repeats_with_its_seed_and_leaves_the_result_alone(self):
        before = RESULT.scores.copy(deep=True)
        one, two = (audit(RESULT, rng=np.random.default_rng(0), draws=20) for _ in range(2))
        pd.testing.assert_frame_equal(one.flags(), two.flags())
        random = [each.measures["life", "components"].components["random"] for each in (one, two)]
        pd.testing.assert_series_equal(*random)
        pd.testing.assert_frame_equal(RESULT.scores, before)

    def test_every_fault_is_flagged_with_limit_and_remedy(self):
        rng = np.random.default_rng(4)
        x = rng.normal(size=(40, 4))
        table = pd.DataFrame(
            {
                "water": x[:, 0],
                "air": -x[:, 0] - 0.01 * x[:, 1],  # the same thing twice
                "trees": 0.5 * x[:, 0] + x[:, 2],
                "school": x[:, 1],
                "clinic": x[:, 1] + 0.5 * x[:, 2],
                "bus": -x[:, 1] + 0.3 * x[:, 3],  # the wrong way round
                "income": 7.0,
            }
        )
        result = build_index(table, TREE, bounds={"income": (0, 10)})
        found = audit(result, rng=np.random.default_rng(0))
        flags = found.flags()
        assert list(flags.columns) == ["code", "other", "what", "value", "expected", "remedy"]
        seen = set(zip(flags["code"], flags["what"], strict=True))
        assert {
            ("water", "correlation.too_high"),
            ("school", "correlation.negative"),
            ("bus", "item.negative"),
            ("life", "alpha.negative"),
            ("income", "scores.constant"),
            ("income", "dropped.silent"),
        } <= seen
        assert not any(code == "purse" and what.startswith("correlation") for code, what in seen)
        high = flags[flags["what"] == "correlation.too_high"].iloc[0]
        assert (high["other"], high["expected"], high["remedy"]) == ("air", 0.92, "merge_or_drop")
        assert high["value"] == pytest.approx(result.scores["water"].corr(result.scores["air"]))
        weight = flags[flags["what"] == "weight.negative"].iloc[0]
        assert (weight["value"], weight["expected"]) == (found.weights.loc[weight["code"], "r"], 0)

    def test_what_is_not_defined_for_a_group_is_listed_and_stops_nothing(self):
        table = VALUES.assign(bus=VALUES["school"] + VALUES["clinic"])
        spec = IndexSpec(aggregate="arithmetic", nodes={c: NodeSpec(normalise="zscore") for c in ("school", "clinic")})
        result = build_index(table, TREE, spec, bounds=None)
        scores = result.scores.assign(bus=result.scores["school"] + result.scores["clinic"])
        fields = ("weights", "bounds", "coverage", "values", "framework", "spec")
        found = audit(type(result)(scores, *(getattr(result, k) for k in fields)), rng=np.random.default_rng(0))
        assert found.skipped[["code", "measure", "flag"]].to_records(index=False).tolist() == [
            ("life", "kmo", "not_computed"),
            ("life", "sphericity", "not_computed"),
        ]
        assert "determined by the others" in found.skipped["reason"].iloc[0]
        assert ("life", "alpha") in found.measures
        flags = found.flags()
        assert set(flags.loc[flags["what"] == "kmo.not_computed", "code"]) == {"life"}

    def test_flags_that_show_another_number(self):
        limits = Limits(item_rest=-1, p=0)
        result = build_index(VALUES.assign(bus=np.random.default_rng(9).normal(size=12)), TREE)
        found = audit(result, rng=np.random.default_rng(0), limits=limits)
        flags = found.flags().set_index(["code", "what"])
        items, groups = found.items, found.groups().set_index(["code", "measure"])
        raised = items[items["flag"] == "raises_alpha"]
        assert len(raised)
        for code, row in raised.iterrows():
            shown = flags.loc[(code, "item.raises_alpha")]
            assert (shown["value"], shown["expected"]) == (row["alpha_if_dropped"], row["alpha"])
        shown = flags.loc[("life", "sphericity.uncorrelated")]
        assert (shown["value"], shown["expected"]) == (groups.loc[("life", "sphericity"), "p"], 0)

    def test_an_index_without_groups(self):
        tree = framework(node("all", node("x", leaf("a")), node("y", leaf("b"))))
        table = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 3, 2]})
        found = audit(build_index(table, tree), rng=np.random.default_rng(0))
        assert {code for code, _ in found.measures} == {"all"}
        assert list(found.items.index) == ["x", "y"]

    def test_a_real_index(self, components, hdi):
        """East Java 2021: wealth, schooling and health go together in the 38 regions, schooling most of all."""
        result = build_index(components, hdi)
        found = audit(result, rng=np.random.default_rng(0))
        assert found.measures["ipm", "alpha"].value > 0.7 and found.measures["ipm", "components"].value == 1
        assert found.weights.loc["education", "flag"] == "" and (found.weights["r"] > 0).all()
        assert set(found.flags()["remedy"]) <= set(REMEDIES.values())


def test_every_flag_has_a_remedy():
    """A flag is a text after a comparison in the code; none is left without a remedy."""
    flags = set()
    for draw in range(15):
        rng = np.random.default_rng(draw)
        table = pd.DataFrame(rng.normal(size=(5, 7)) + rng.normal(size=(5, 1)) * (draw % 3), columns=LEAVES)
        if draw % 4 == 0:
            table.iloc[3:, 0] = np.nan
        result = build_index(table, TREE, IndexSpec(min_available=0.1))
        flags |= set(audit(result, rng=rng, draws=10).flags()["what"].str.rpartition(".")[2])
    assert flags <= set(REMEDIES) and len(flags) >= 12
