from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import special, stats

from simcost.families import Truncated, distribution
from simcost.families._atoms import AtomTable
from simcost.families._checks import SMALLEST_SHAPES
from simcost.families._invert import first_true, generalised_inverse, inverse_survival
from simcost.families._moments import mean_sd
from simcost.testing import levels

ANY = st.floats(allow_nan=False, allow_infinity=False)


@given(ANY)
def test_bisection_finds_any_double_exactly(target: float) -> None:
    found = first_true(lambda x: x >= target, (), -np.inf, np.inf)
    assert float(found) == target


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20, unique=True), st.floats(0.001, 0.999)
)
def test_inverse_of_a_step_function_is_one_of_its_steps(steps: list[float], u: float) -> None:
    ordered = np.sort(np.array(steps))

    def cdf(x: np.ndarray) -> np.ndarray:
        return np.searchsorted(ordered, x, side="right") / len(ordered)

    expected = ordered[np.argmax(cdf(ordered) >= u)]
    assert generalised_inverse(cdf, np.array([u]), -1e7, 1e7)[0] == expected


def test_inverse_of_the_normal_both_ways() -> None:
    u = levels()
    lower, upper = u[u <= 0.5], 1 - u[u > 0.5]
    x = generalised_inverse(special.ndtr, lower, -np.inf, np.inf)
    assert_allclose(x, special.ndtri(lower), rtol=1e-13, atol=1e-15)
    x = inverse_survival(lambda x: special.ndtr(-x), upper, -np.inf, np.inf)
    assert_allclose(x, -special.ndtri(upper), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("gamma", {"shape": 1e6, "scale": 1}),
        ("gamma", {"shape": 1e8, "scale": 1}),
        ("beta", {"alpha": 1e6, "beta": 1e3}),
        ("beta", {"alpha": 1e3, "beta": 1e6}),
        ("beta", {"alpha": 1e5, "beta": 1e5}),
        ("beta", {"alpha": 0.05, "beta": 0.3}),
        ("poisson", {"mean": 1e8}),
        ("binomial", {"n": 1e12, "p": 1e-9}),
        ("pert", {"low": 0, "mode": 1e-6, "high": 1, "shape": 1e4}),
        ("lognormal", {"mu": -5, "sigma": 8}),
        ("weibull", {"shape": 0.1, "scale": 2}),
        ("student_t", {"df": 0.2}),
        ("triangular", {"low": -1000, "mode": 0, "high": 1e-3}),
        ("negative_binomial", {"r": 1e-3, "p": 1e-3}),
    ],
)
def test_extreme_parameters_still_invert(name: str, params: dict[str, float]) -> None:
    law, u = distribution(name, **params), levels()
    x = law.quantile(u)
    assert np.all(np.isfinite(x))
    assert np.all(np.diff(x) >= -1e-12 * np.abs(x[1:]))
    step = 8 * np.spacing(np.abs(x))
    low = u <= 0.5
    above = np.where(low, law.cdf(x + step) / u, (1 - u) / np.maximum(law.sf(x + step), 1e-300))
    below = np.where(low, law.cdf(x - step) / u, (1 - u) / np.maximum(law.sf(x - step), 1e-300))
    assert np.all(above >= 1 - 1e-8)
    assert np.all(below <= 1 + 1e-8)


MOMENTS = [
    ("normal", {"mean": 3, "sd": 2}),
    ("lognormal", {"mu": 0, "sigma": 2}),
    ("gamma", {"shape": 0.1, "scale": 1}),
    ("weibull", {"shape": 0.4, "scale": 1}),
    ("pareto", {"minimum": 1, "alpha": 2.2}),
    ("lomax", {"scale": 1, "alpha": 2.5}),
    ("student_t", {"df": 2.3}),
    ("triangular", {"low": 0, "mode": 1, "high": 10}),
    ("beta", {"alpha": 0.2, "beta": 3}),
    ("gumbel", {"mode": 1, "scale": 3}),
]


@pytest.mark.parametrize(("name", "params"), MOMENTS)
def test_integration_reproduces_closed_forms(name: str, params: dict[str, float]) -> None:
    law = distribution(name, **params)
    mean, sd = mean_sd(law)
    assert mean == pytest.approx(law.mean(), rel=1e-10, abs=1e-10 * law.sd())
    assert sd == pytest.approx(law.sd(), rel=1e-9)


def test_integration_of_a_window_across_a_kink() -> None:
    law = Truncated(distribution("triangular", low=0, mode=2, high=10), 1, 9)
    edges = np.linspace(1, 9, 800_001)
    x = (edges[1:] + edges[:-1]) / 2
    weight = stats.triang(0.2, 0, 10).pdf(x)
    assert law.mean() == pytest.approx(weight @ x / weight.sum(), rel=1e-9)


@given(
    st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=30),
    st.lists(st.floats(1e-12, 1 - 1e-12), min_size=1, max_size=50),
)
def test_atom_tables_are_monotone_and_least(weights: list[float], points: list[float]) -> None:
    table = AtomTable.from_weights(np.arange(len(weights)) * 1.0, np.array(weights))
    u = np.sort(np.array([*points, 0.5, np.nextafter(0.5, 1)]))
    x = table.quantile(u)
    assert np.all(np.diff(x) >= 0)
    assert np.all(table.cdf(x) >= u - 1e-15)
    assert np.all(table.cdf(x - 1) < u + 1e-15)
    assert_allclose(table.probabilities(), np.array(weights) / np.sum(weights), atol=1e-15)
    assert_allclose(table.isf(1 - u[u >= 0.5]), x[u >= 0.5])


def test_tails_of_a_count_are_kept_where_a_draw_can_reach() -> None:
    law = distribution("poisson", mean=4)
    assert law.quantile(np.array([1 - 2.0**-53]))[0] == stats.poisson(4).isf(2.0**-53)
    atoms = law.atoms()
    assert atoms is not None
    assert atoms[0][0] == 0
    assert stats.poisson(4).sf(atoms[0][-1]) < 1e-16


def shapes(smallest: float) -> st.SearchStrategy[float]:
    return st.floats(np.log10(smallest), 5.0).map(lambda exponent: max(10.0**exponent, smallest))


@settings(deadline=None)
@given(shapes(SMALLEST_SHAPES[2]), shapes(SMALLEST_SHAPES[2]))
def test_betas_of_all_shapes_that_are_taken_are_right(alpha: float, beta: float) -> None:
    law = distribution("beta", alpha=alpha, beta=beta)
    low, high = np.array([1e-9, 0.01, 0.3, 0.5]), np.array([0.7, 0.99, 1 - 2.0**-30])
    x, y = law.quantile(low), law.quantile(high)
    apart = (x > 1e-290) & (x < 1 - 1e-10)
    assert_allclose(special.betainc(alpha, beta, x)[apart], low[apart], rtol=1e-5)
    apart = (y > 1e-290) & (y < 1 - 1e-10)
    assert_allclose(special.betaincc(alpha, beta, y)[apart], 1 - high[apart], rtol=1e-5)


@settings(deadline=None)
@given(shapes(SMALLEST_SHAPES[1]))
def test_gammas_of_all_shapes_that_are_taken_are_right(shape: float) -> None:
    u = np.array([1e-9, 0.01, 0.3, 0.5, 0.7, 0.99])
    x = distribution("gamma", shape=shape, scale=1.0).quantile(u)
    apart = x > 1e-290
    assert_allclose(special.gammainc(shape, x)[apart], u[apart], rtol=1e-6)
