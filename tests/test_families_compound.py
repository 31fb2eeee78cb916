from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from simcost.errors import ModelError
from simcost.families import FAMILIES, build
from simcost.testing import check_family

TINY = np.array([1e-12, 1e-9, 1e-6, 1e-3, 0.1, 0.3, 0.5])


def compound(count, severity):
    return build({"compound": {"count": count, "severity": severity}})


def poisson_exponential(mean):
    n = np.arange(1, int(mean + 40 * np.sqrt(mean) + 80))
    weights = stats.poisson.pmf(n, mean)

    def cdf(x):
        return np.exp(-mean) + special.gammainc(n, x[:, None]) @ weights

    def sf(x):
        return special.gammaincc(n, x[:, None]) @ weights

    return cdf, sf


def test_poisson_50_exponential_has_the_published_percentiles():
    law = compound({"poisson": {"mean": 50}}, {"exponential": {"mean": 1}})
    x = law.quantile(np.array([0.999, 0.999999]))
    np.testing.assert_allclose(x, [85.11, 108.23], atol=0.006)
    assert law.mean() == 50
    assert law.sd() == pytest.approx(10)


@pytest.mark.parametrize("mean", [0.1, 3.0, 50.0, 2000.0])
def test_poisson_exponential_against_the_series(mean):
    law = compound({"poisson": {"mean": mean}}, {"exponential": {"mean": 1}})
    cdf, sf = poisson_exponential(mean)
    q = TINY[TINY < 0.9 * -np.expm1(-mean)]
    np.testing.assert_allclose(sf(law.isf(q)), q, rtol=2e-9)
    u = np.exp(-mean) + TINY[1:] * -np.expm1(-mean)
    x = law.quantile(u)
    np.testing.assert_allclose(cdf(x), u, rtol=1e-9)
    np.testing.assert_allclose(law.cdf(x), u, rtol=1e-9)
    # A control that must fail: another mean is another law.
    other = poisson_exponential(1.01 * mean)[1]
    assert np.abs(other(law.isf(q)) / q - 1).max() > 1e-3


def test_no_loss_is_an_exact_atom():
    law = compound({"poisson": {"mean": 3}}, {"exponential": {"mean": 1}})
    none = np.exp(-3.0)
    u = np.array([1e-12, 0.5 * none, none, np.nextafter(none, 1)])
    x = law.quantile(u)
    np.testing.assert_array_equal(x[:3], 0)
    assert law.cdf(np.array([0.0]))[0] == pytest.approx(none, rel=1e-13)
    assert law.cdf(np.array([-1e-9]))[0] == 0
    assert law.quantile(np.array([none + 1e-6]))[0] > 0


@pytest.mark.parametrize(("n", "shape"), [(2, 1.0), (5, 0.3), (20, 2.0), (1000, 0.5)])
def test_sums_of_gammas_are_gammas(n, shape):
    law = compound({"value": n}, {"gamma": {"shape": shape, "scale": 2}})
    oracle = stats.gamma(n * shape, scale=2)
    np.testing.assert_allclose(oracle.cdf(law.quantile(TINY[1:])), TINY[1:], rtol=1e-7)
    np.testing.assert_allclose(oracle.sf(law.isf(TINY)), TINY, rtol=1e-7)


def test_binomial_number_of_normals_is_two_sided():
    law = compound({"binomial": {"n": 20, "p": 0.3}}, {"normal": {"mean": 1, "sd": 2}})
    k = np.arange(21)[:, None]
    weights = stats.binom.pmf(k[:, 0], 20, 0.3)

    def cdf(x):
        return weights[0] * (x >= 0) + weights[1:] @ stats.norm.cdf(x, k[1:], 2 * np.sqrt(k[1:]))

    x = np.array([-25.0, -10, -1, -1e-3, 0, 1e-3, 1, 5, 10])
    np.testing.assert_allclose(law.cdf(x), cdf(x), rtol=2e-8)
    u = np.array([1e-9, 1e-3, 0.1, 0.2, 0.5, 0.9])
    np.testing.assert_allclose(cdf(law.quantile(u)), u, rtol=1e-9)
    before = law.cdf(np.array([-1e-12]))[0]
    inside = before + np.array([0.1, 0.9]) * weights[0]
    np.testing.assert_array_equal(law.quantile(inside), 0)


def test_geometric_number_of_exponentials():
    p = 0.02
    law = compound({"negative_binomial": {"r": 1, "p": p}}, {"exponential": {"mean": 3}})
    q = np.array([1e-12, 1e-9, 1e-3, 0.5, 0.9])
    np.testing.assert_allclose(law.isf(q), -3 / p * np.log(q / (1 - p)), rtol=1e-9)


def test_many_triangular_losses():
    law = compound({"value": 562}, {"triangular": {"low": 3.75, "mode": 4.25, "high": 5.5}})
    assert law.mean() == pytest.approx(2529.0, rel=1e-14)
    assert law.sd() == pytest.approx(8.723770209414429, rel=1e-12)
    x, w = np.polynomial.legendre.leggauss(400)
    z, w = 8.2 * x, 8.2 * w * stats.norm.pdf(8.2 * x)
    values = np.where(z < 0, law.quantile(stats.norm.cdf(z)), law.isf(stats.norm.sf(z)))
    mean = values @ w
    assert mean == pytest.approx(2529.0, rel=1e-9)
    assert np.sqrt((values - mean) ** 2 @ w) == pytest.approx(8.723770209414429, rel=1e-7)


def test_two_uniforms_make_a_triangle():
    law = compound({"value": 2}, {"uniform": {"low": 0, "high": 1}})
    x = np.array([1e-6, 1e-3, 0.5, 0.99, 1, 1.01, 1.5, 1.999])
    np.testing.assert_allclose(
        law.cdf(x), np.where(x < 1, x**2 / 2, 1 - (2 - x) ** 2 / 2), rtol=1e-8
    )


def test_whole_losses_are_convolved_exactly():
    severity = {"discrete": {"values": [1, 2, 3], "weights": [19, 8, 3]}}
    law = compound({"poisson": {"mean": 3}}, severity)
    values, chances = law.atoms()
    assert law.discrete
    assert chances[values == 2][0] == pytest.approx(0.12969531309828555, abs=1e-15)
    # Panjer's recursion, independently.
    f = np.array([0, 19, 8, 3]) / 30
    g = [np.exp(-3.0)]
    for s in range(1, 30):
        g.append(sum(3 * j / s * f[j] * g[s - j] for j in range(1, min(s, 3) + 1)))
    np.testing.assert_allclose([chances[values == s][0] for s in range(30)], g, atol=1e-15)


def test_losses_on_a_decimal_grid():
    law = compound({"value": 3}, {"discrete": {"values": [0.1, 0.25], "weights": [1, 1]}})
    np.testing.assert_allclose(law.atoms()[0], [0.3, 0.45, 0.6, 0.75], rtol=1e-15)
    np.testing.assert_allclose(law.atoms()[1], [1 / 8, 3 / 8, 3 / 8, 1 / 8], rtol=1e-13)


def test_a_fixed_loss_scales_the_count():
    law = compound({"poisson": {"mean": 4}}, {"value": -2.5})
    np.testing.assert_allclose(law.cdf(np.array([-10.0])), stats.poisson.sf(3, 4), rtol=1e-12)


def test_zero_losses_thin_the_count():
    half = {
        "mixture": {"weights": [1, 1], "components": [{"value": 0}, {"exponential": {"mean": 1}}]}
    }
    law = compound({"poisson": {"mean": 6}}, half)
    same = compound({"poisson": {"mean": 3}}, {"exponential": {"mean": 1}})
    u = np.array([0.01, 0.04, 0.1, 0.5, 0.99, 0.999999])
    np.testing.assert_allclose(law.quantile(u), same.quantile(u), rtol=1e-9)


def test_pareto_tail_is_one_big_loss():
    law = compound({"poisson": {"mean": 50}}, {"pareto": {"minimum": 1, "alpha": 1.5}})
    # P(S > x) = E N P(X > x - d), with d towards E N E X = 150.
    for q in (1e-6, 1e-9, 1e-12):
        x = law.isf(np.array([q]))[0]
        assert 50 * (x - 150) ** -1.5 == pytest.approx(q, rel=1e-4)
    assert law.sd() == np.inf
    assert law.tail_index() == pytest.approx(1 / 1.5)


def test_pareto_body_against_monte_carlo():
    law = compound({"poisson": {"mean": 50}}, {"pareto": {"minimum": 1, "alpha": 1.5}})
    rng = np.random.default_rng(12345)
    n = rng.poisson(50, 100_000)
    losses = rng.random(n.sum()) ** (-1 / 1.5)
    sums = np.add.reduceat(losses, np.concatenate([[0], np.cumsum(n)[:-1]]))
    p = np.array([0.01, 0.1, 0.5, 0.9, 0.99, 0.999])
    share = (sums[:, None] <= law.quantile(p)).mean(axis=0)
    assert np.all(np.abs(share - p) < 5 * np.sqrt(p * (1 - p) / 1e5))


def test_two_paretos_against_quadrature():
    law = compound({"value": 2}, {"pareto": {"minimum": 1, "alpha": 1.5}})
    pareto = stats.pareto(1.5)
    for x in (2.1, 5.0, 1e3, 1e6):
        inner = integrate.quad(
            lambda t, x=x: pareto.pdf(t) * pareto.sf(x - t),
            1,
            x / 2,
            epsabs=0,
            epsrel=1e-12,
            limit=500,
        )[0]
        expected = pareto.sf(x / 2) ** 2 + 2 * inner
        assert law.sf(np.array([x]))[0] == pytest.approx(expected, rel=1e-8)


def test_sum_of_cauchys_is_a_cauchy():
    law = compound({"value": 10}, {"student_t": {"df": 1}})
    oracle = stats.cauchy(0, 10)
    q = np.array([1e-9, 1e-6, 1e-3, 0.1, 0.4])
    np.testing.assert_allclose(oracle.sf(law.isf(q)), q, rtol=1e-4)
    np.testing.assert_allclose(oracle.cdf(law.quantile(q)), q, rtol=1e-4)


def test_a_gap_in_the_range_stays_one():
    law = compound({"poisson": {"mean": 1}}, {"uniform": {"low": 10, "high": 11}})
    e = np.exp(-1.0)
    x = np.array([0, 9.9, 10.5, 11, 19.9, 20.5, 21, 22, 29.9])
    expected = np.array([1, 1, 1.5, 2, 2, 2.0625, 2.25, 2.5, 2.5])
    np.testing.assert_allclose(law.cdf(x) / e, expected, rtol=1e-6)
    values = law.quantile(np.linspace(e + 1e-9, 2 * e - 1e-3, 50))
    assert values.min() >= 10
    assert values.max() <= 11


@settings(max_examples=15, deadline=None)
@given(
    mean=st.floats(0.2, 200),
    severity=st.sampled_from(
        [
            {"lognormal": {"median": 3, "gsd": 2}},
            {"uniform": {"low": -1, "high": 4}},
            {"triangular": {"low": 0, "mode": 1, "high": 5}},
            {"weibull": {"shape": 0.7, "scale": 2}},
            {"pert": {"low": 2, "mode": 3, "high": 9}},
        ]
    ),
)
def test_monotone_inverted_and_with_walds_moments(mean, severity):
    law = compound({"poisson": {"mean": mean}}, severity)
    u = np.concatenate([np.geomspace(1e-12, 0.01, 40), np.linspace(0.01, 0.99, 200)])
    x = law.quantile(u)
    assert np.all(np.diff(x) >= 0)
    moving = np.concatenate([[False], np.diff(x) > 0]) & (x != 0)
    np.testing.assert_allclose(law.cdf(x[moving]), u[moving], rtol=1e-7)
    # Panels that halve towards both ends and from both sides towards each kink.
    halves = 0.5 ** np.arange(1, 50)
    edges = np.concatenate([c + sign * halves for c in (0, 1, *law.kinks()) for sign in (-1, 1)])
    edges = np.unique(np.concatenate([edges, [0, 1], law.kinks()]).clip(0, 1))
    nodes, weights = np.polynomial.legendre.leggauss(12)
    half = np.diff(edges)[:, None] / 2
    points = edges[:-1, None] + half * (1 + nodes)
    values = law.quantile(np.clip(points.ravel(), 1e-300, 1 - 2.0**-53)).reshape(points.shape)
    total = float((values * half * weights).sum())
    # Two-sided severities with few terms are the least exact: 2.4e-7 seen.
    assert total == pytest.approx(law.mean(), rel=1e-6)


def test_simple_cases_become_simple_laws():
    severity = {"uniform": {"low": 3, "high": 4}}
    assert compound({"value": 1}, severity).family == "uniform"
    assert compound({"value": 0}, severity).family == "value"
    assert compound({"bernoulli": {"p": 0.1}}, severity).family == "mixture"
    assert compound(2, severity).key == compound({"value": 2}, severity).key


@pytest.mark.parametrize(
    ("count", "severity", "path", "words"),
    [
        ({"normal": {"mean": 1, "sd": 1}}, {"value": 1}, ("count",), "not a count"),
        ({"discrete": {"values": [-1, 2], "weights": [1, 1]}}, {"value": 1}, ("count",), "-1"),
        ({"discrete": {"values": [0.5, 2], "weights": [1, 1]}}, {"value": 1}, ("count",), "0.5"),
        ({"value": 2e6}, {"gamma": {"mean": 5, "sd": 3}}, ("count",), "2e\\+06"),
        ({"value": 2}, {"gamma": {"mean": 5}}, ("severity", "gamma"), "missing"),
    ],
)
def test_refusals_point_to_the_place(count, severity, path, words):
    with pytest.raises(ModelError, match=words) as caught:
        compound(count, severity)
    assert caught.value.problems[0].path == ("compound", *path)


def test_too_many_losses_get_the_normal_to_write():
    with pytest.raises(ModelError, match=r"normal = \{ mean = 10000000, sd = 4243 \}"):
        compound({"value": 2e6}, {"gamma": {"mean": 5, "sd": 3}})


def test_family_conforms():
    assert check_family(FAMILIES["compound"], tolerance=1e-7) is None
