"""Incomplete beta and gamma functions, and what they are made of, against mpmath and SciPy."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import fft, special

from simcost import elementary

RNG = np.random.default_rng(11)
TAILS = np.exp(-np.concatenate([RNG.uniform(0.7, 37, 12), RNG.uniform(37, 600, 3)]))


def worst(found, exact):
    with mpmath.workprec(160):
        pairs = zip(np.asarray(found).tolist(), exact, strict=True)
        return max(float(abs(mpmath.mpf(f) / e - 1)) for f, e in pairs)


def exactly(function, *columns):
    with mpmath.workprec(160):
        rows = zip(*(np.broadcast_to(c, columns[-1].shape).tolist() for c in columns), strict=True)
        return [function(*map(mpmath.mpf, row)) for row in rows]


# Largest relative errors, for tails of at least 1e-16, and of at least 1e-260 (ten times those).
GAMMA = {0.02: 4e-14, 0.3: 1e-14, 1.0: 1e-14, 2.33: 1e-14, 16.5: 1e-14, 300.0: 4e-14, 2e5: 2e-14}
BETA = {
    (2.33, 3.67): 1e-14, (1.0, 5.0): 1e-14, (0.05, 0.3): 1e-14, (0.5, 0.5): 1e-14,
    (40.0, 60.0): 2e-14, (15.0, 0.5): 1e-14, (300.0, 400.0): 5e-14,
}  # fmt: skip


@pytest.mark.parametrize(("a", "bound"), GAMMA.items())
@pytest.mark.parametrize("upper", [False, True])
def test_incomplete_gamma(a, bound, upper):
    x = (special.gammainccinv if upper else special.gammaincinv)(a, TAILS)
    inside = (x > 1e-280) & np.isfinite(x)
    x, p = x[inside], TAILS[inside]
    found = elementary.gamma_parts(a, x)[1 if upper else 0]

    def reference(x):
        ends = (x, mpmath.inf) if upper else (0, x)
        return mpmath.gammainc(mpmath.mpf(a), *ends, regularized=True)

    exact = exactly(reference, x)
    near = p > 1e-16
    if near.any():
        assert worst(found[near], [e for e, keep in zip(exact, near, strict=True) if keep]) <= bound
    assert worst(found, exact) <= max(2e-13, 10 * bound)


@pytest.mark.parametrize(("shapes", "bound"), BETA.items(), ids=str)
@pytest.mark.parametrize("upper", [False, True])
def test_incomplete_beta(shapes, bound, upper):
    a, b = shapes[::-1] if upper else shapes
    x = special.betaincinv(a, b, TAILS)
    x, p = x[x > 1e-280], TAILS[x > 1e-280]
    y = 1.0 - x
    found = elementary.beta_parts(a, b, x, y)[0]

    def reference(x):
        return mpmath.betainc(mpmath.mpf(a), mpmath.mpf(b), 0, x, regularized=True)

    near = (p > 1e-16) & (x < 0.9)  # beyond, 1 - x has lost digits
    exact = exactly(reference, x[near])
    assert worst(found[near], exact) <= bound
    swapped = elementary.beta_parts(b, a, y, x)[1]
    assert np.array_equal(found, swapped)


@given(st.floats(0.05, 2e3), st.floats(0.05, 2e3), st.floats(1e-300, 0.5))
@settings(deadline=None, max_examples=60)
def test_beta_points_come_back(a, b, p):
    x, y = elementary.beta_point(a, b, np.array([p]))
    if x[0] > 1e-290 and y[0] > 1e-290:
        assert elementary.beta_parts(a, b, x, y)[0][0] == pytest.approx(p, rel=3e-11)
        assert x[0] + y[0] == pytest.approx(1.0, rel=1e-15)


@given(st.floats(0.02, 1e6), st.booleans(), st.floats(1e-300, 0.5))
@settings(deadline=None, max_examples=60)
def test_gamma_points_come_back(a, upper, p):
    x = elementary.gamma_point(a, np.array([p]), upper=upper)
    if x[0] > 1e-290:
        assert elementary.gamma_parts(a, x)[1 if upper else 0][0] == pytest.approx(p, rel=3e-11)


def test_a_value_does_not_depend_on_its_neighbours():
    p = np.exp(-RNG.uniform(0.7, 300, 700))
    one_by_one = [elementary.beta_point(2.5, 3.5, p[i : i + 1])[0][0] for i in range(0, 700, 25)]
    assert np.array_equal(elementary.beta_point(2.5, 3.5, p)[0][::25], one_by_one)
    one_by_one = [
        elementary.gamma_point(0.7, p[i : i + 1], upper=True)[0] for i in range(0, 700, 25)
    ]
    assert np.array_equal(elementary.gamma_point(0.7, p, upper=True)[::25], one_by_one)


@pytest.mark.parametrize(
    ("name", "reference", "x"),
    [
        ("sinh", mpmath.sinh, RNG.uniform(-9, 9, 200)),
        ("cosh", mpmath.cosh, RNG.uniform(-9, 9, 200)),
        ("asinh", mpmath.asinh, RNG.normal(size=200) * 10.0 ** RNG.uniform(-8, 180, 200)),
        ("asin", mpmath.asin, np.append(RNG.uniform(-1, 1, 200), [1.0, -1.0, 0.5])),
    ],
)
def test_arcs(name, reference, x):
    assert worst(getattr(elementary, name)(x), exactly(reference, x)) <= 7e-16


def test_log_gamma_and_counts():
    z = 10.0 ** RNG.uniform(-5, 7, 100)
    exact = [float(e) for e in exactly(mpmath.loggamma, z)]
    np.testing.assert_allclose(elementary.gammaln(z), exact, rtol=1e-14, atol=1e-14)
    k = np.arange(1.0, 400.0)
    masses = np.exp(elementary.binomial_log(k, 400.0, 0.3, 0.7))
    np.testing.assert_allclose(masses.sum() + 0.3**400 + 0.7**400, 1, rtol=1e-14)
    masses = np.exp(elementary.poisson_log(np.arange(1.0, 300.0), 40.0))
    np.testing.assert_allclose(masses.sum() + np.exp(-40.0), 1, rtol=1e-14)


@pytest.mark.parametrize("count", [3, 5, 20, 48])
def test_gauss_legendre_is_numpy_s(count):
    nodes, weights = elementary.gauss_legendre(count)
    expected = np.polynomial.legendre.leggauss(count)
    np.testing.assert_allclose(nodes, expected[0], atol=2e-16)
    np.testing.assert_allclose(weights, expected[1], atol=5e-15)


@pytest.mark.parametrize("length", [16, 32, 64, 256, 4096, 131_072])
def test_fourier_transforms_are_scipy_s(length):
    x = RNG.normal(size=length)
    z = elementary.rfft(x)
    expected = fft.rfft(x)
    np.testing.assert_allclose(z.re + 1j * z.im, expected, atol=1e-15 * np.abs(expected).max())
    np.testing.assert_allclose(elementary.irfft(z, length), x, atol=5e-15)


@pytest.mark.parametrize("place", [1e-9, 0.2, 0.5, 0.999])
def test_a_root_is_found_to_the_last_bits(place):
    asked = []

    def rising(x):
        asked.append(x)
        return float(np.expm1(3 * (x - place)))

    assert elementary.root(rising, 0.0, 1.0) == pytest.approx(place, rel=1e-14, abs=1e-24)
    assert len(asked) < 60


@pytest.mark.parametrize("place", [0.5, 0.25, 0.375])
def test_a_root_that_is_hit_exactly_is_returned(place):
    assert elementary.root(lambda x: x - place, 0.0, 1.0) == place


def test_sums_do_not_care_for_a_library_but_for_the_order():
    x = RNG.normal(size=1001)
    assert elementary.total(x) == pytest.approx(float(np.sum(x)), rel=1e-12)
    assert elementary.dot(x, x) == pytest.approx(float(x @ x), rel=1e-14)
    rows, short = RNG.normal(size=(50, 6)), RNG.normal(size=(6, 4))
    np.testing.assert_allclose(
        elementary.product(rows, short), rows @ short, rtol=1e-12, atol=1e-14
    )
