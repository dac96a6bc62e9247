import numpy as np
import pytest

from smartcity_analysis.index import ScoringError
from smartcity_analysis.index.uncertainty.sobol import sobol_design, sobol_indices

# Ishigami and Homma (1990) with a = 7, b = 0.1; analytic indices as in Saltelli et al. (2008), Global Sensitivity
# Analysis: The Primer, p. 196-199.
ISHIGAMI_FIRST = (0.3139, 0.4424, 0.0)
ISHIGAMI_TOTAL = (0.5576, 0.4424, 0.2437)


def ishigami(u):
    x = np.pi * (2 * u - 1)
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def line(u):
    return u[0] + 2 * u[1] + 3 * u[2] + 100


def mixed(model, a, b):
    for row in range(len(a)):
        moved = a.copy()
        moved[row] = b[row]
        yield model(moved)


def indices(model, points=1024, dimensions=3, seed=0, **settings):
    def outputs(u):
        found = model(u)
        return found if found.ndim == 2 else found[:, np.newaxis]

    a, b = sobol_design(points, dimensions, np.random.default_rng(seed))
    return sobol_indices(outputs(a), outputs(b), mixed(outputs, a, b), **settings)


def slow_indices(a, b, ab):
    """First-order (Saltelli 2010) and total (Jansen) index of one output, summed point by point."""
    n = len(a)
    mean = sum(a[i] + b[i] for i in range(n)) / (2 * n)
    variance = sum((a[i] - mean) ** 2 + (b[i] - mean) ** 2 for i in range(n)) / (2 * n)
    first = sum((b[i] - mean) * (ab[i] - a[i]) for i in range(n)) / n
    total = sum((a[i] - ab[i]) ** 2 for i in range(n)) / (2 * n)
    return first / variance, total / variance


@pytest.mark.parametrize(("points", "within"), [(256, 0.15), (1024, 0.03), (16384, 0.003)])
def test_ishigami_is_met_the_better_the_more_points(points, within):
    found = indices(ishigami, points)
    assert found.first[:, 0] == pytest.approx(ISHIGAMI_FIRST, abs=within)
    assert found.total[:, 0] == pytest.approx(ISHIGAMI_TOTAL, abs=within)


def test_a_constant_added_to_the_output_changes_nothing():
    """Without centring 100 gives 0.05, 2.4, -5.0 here."""
    found = indices(line)
    assert found.first[:, 0] == pytest.approx([1 / 14, 4 / 14, 9 / 14], abs=0.004)
    assert found.total[:, 0] == pytest.approx([1 / 14, 4 / 14, 9 / 14], abs=0.004)
    for constant in (0.0, -100.0, 1e6):
        moved = indices(lambda u, c=constant: line(u) + c)
        assert moved.first == pytest.approx(found.first, abs=1e-8)
        assert moved.total == pytest.approx(found.total, abs=1e-8)


def test_an_input_that_is_not_used_has_0_exactly():
    found = indices(line, dimensions=5)
    assert (found.first[3:] == 0).all() and (found.total[3:] == 0).all()


def test_an_output_that_does_not_vary_is_explained_by_nothing():
    found = indices(
        lambda u: np.stack([line(u), np.full(u.shape[1], 3.7)], axis=1), resamples=10, rng=np.random.default_rng(0)
    )
    assert (found.first[:, 1] == 0).all() and (found.total[:, 1] == 0).all()
    assert found.variance[1] == 0 and found.mean[1] == 3.7
    assert found.first[2, 0] > 0.6


def test_many_outputs_are_one_by_one_and_as_their_slow_twin():
    def model(u):
        return np.stack([line(u), ishigami(u), u[0] * u[1]], axis=1)

    a, b = sobol_design(64, 3, np.random.default_rng(2))
    ab = list(mixed(model, a, b))
    whole = sobol_indices(model(a), model(b), ab)
    for output in range(3):
        for each in range(3):
            twin = slow_indices(model(a)[:, output], model(b)[:, output], ab[each][:, output])
            assert (whole.first[each, output], whole.total[each, output]) == pytest.approx(twin, rel=1e-9, abs=1e-12)


def test_salib_finds_the_same_from_the_same_outputs():
    analyze = pytest.importorskip("SALib.analyze.sobol").analyze
    a, b = sobol_design(512, 3, np.random.default_rng(4))
    y_a, y_b, y_ab = ishigami(a), ishigami(b), list(mixed(ishigami, a, b))
    problem = {"num_vars": 3, "names": ["x", "y", "z"], "bounds": [[0, 1]] * 3}
    theirs = analyze(
        problem, np.stack([y_a, *y_ab, y_b], axis=1).ravel(), calc_second_order=False, num_resamples=200, seed=0
    )
    ours = sobol_indices(
        y_a[:, None], y_b[:, None], [y[:, None] for y in y_ab], resamples=2000, rng=np.random.default_rng(0)
    )
    assert ours.first[:, 0] == pytest.approx(theirs["S1"], abs=1e-5)
    assert ours.total[:, 0] == pytest.approx(theirs["ST"], abs=1e-5)
    half = (ours.total_interval[1] - ours.total_interval[0])[:, 0] / 2
    assert half == pytest.approx(theirs["ST_conf"], rel=0.3)


class TestMissing:
    def test_one_missing_output_is_left_out_and_the_others_stay(self):
        a, b = sobol_design(1024, 3, np.random.default_rng(0))
        y_a, y_b, y_ab = line(a)[:, None], line(b)[:, None], [y[:, None] for y in mixed(line, a, b)]
        whole = sobol_indices(y_a, y_b, y_ab)
        y_ab[1][7] = np.nan
        found = sobol_indices(y_a, y_b, y_ab, resamples=20, rng=np.random.default_rng(0))
        assert found.used[:, 0].tolist() == [1024, 1023, 1024]
        assert found.first == pytest.approx(whole.first, abs=0.003)
        assert np.isfinite(found.first_interval).all()
        np.testing.assert_array_equal(found.first[[0, 2]], whole.first[[0, 2]])

    def test_a_point_missing_in_a_sample_is_missing_for_all_inputs(self):
        a, b = sobol_design(64, 3, np.random.default_rng(0))
        y_a, y_b, y_ab = line(a), line(b), list(mixed(line, a, b))
        y_a[5] = np.nan
        found = sobol_indices(y_a[:, None], y_b[:, None], [y[:, None] for y in y_ab])
        keep = np.arange(64) != 5
        for each in range(3):
            twin = slow_indices(y_a[keep], y_b[keep], y_ab[each][keep])
            assert (found.first[each, 0], found.total[each, 0]) == pytest.approx(twin, rel=1e-9)

    def test_an_output_that_is_never_there_has_no_index(self):
        y = np.full((16, 1), np.nan)
        found = sobol_indices(y, y, [y])
        assert np.isnan(found.first).all() and np.isnan(found.mean).all() and found.used.tolist() == [[0]]


class TestIntervals:
    def test_they_hold_the_truth_about_as_often_as_they_say_or_more(self):
        inside = 0
        for seed in range(40):
            found = indices(line, 64, seed=seed, resamples=200, rng=np.random.default_rng(seed))
            lower, upper = found.total_interval[:, :, 0]
            inside += int(((lower <= np.array([1, 4, 9]) / 14) & (np.array([1, 4, 9]) / 14 <= upper)).sum())
        assert inside / 120 >= 0.93

    def test_a_seed_repeats(self):
        one, other = (indices(line, resamples=50, rng=np.random.default_rng(0)) for _ in range(2))
        np.testing.assert_array_equal(one.first_interval, other.first_interval)
        assert (one.first_interval[0] < one.first).all() and (one.first < one.first_interval[1]).all()

    def test_there_are_none_without_resamples(self):
        assert np.isnan(indices(line).total_interval).all()
        with pytest.raises(ScoringError, match=r"resamples: found no rng, expected a numpy.random.Generator"):
            indices(line, resamples=10)


def test_convergence_ends_in_the_indices_and_starts_from_an_eighth():
    found = indices(line)
    np.testing.assert_array_equal(found.first_path[-1], found.first)
    np.testing.assert_array_equal(found.total_path[-1], found.total)
    early = indices(line, 128)
    assert found.first_path[0] == pytest.approx(early.first, abs=1e-12)


class TestDesign:
    def test_the_samples_are_even_and_apart(self):
        a, b = sobol_design(256, 4, np.random.default_rng(0))
        assert a.shape == b.shape == (4, 256)
        for sample in (a, b):
            counts = [np.bincount((row * 256).astype(int), minlength=256) for row in sample]
            assert (np.array(counts) == 1).all()
        assert np.abs(np.corrcoef(np.concatenate([a, b])) - np.eye(8)).max() < 0.1

    def test_points_are_a_power_of_2(self):
        for points in (1000, 0, 4):
            with pytest.raises(
                ScoringError, match=f"draws: found {points}, expected a power of 2 and 8 or more, such as"
            ):
                sobol_design(points, 2, np.random.default_rng(0))

    def test_dimensions_have_a_limit(self):
        with pytest.raises(ScoringError, match="found inputs of 20000 dimensions, expected at most 10600"):
            sobol_design(8, 20000, np.random.default_rng(0))
