from __future__ import annotations

import pickle
from itertools import pairwise
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simcost.errors import ParameterError
from simcost.families import Affine, Banded, Constant, Distribution, Truncated, build, distribution
from simcost.testing import levels

U = levels()
NORMAL = distribution("normal", mean=0, sd=1)
LOGNORMAL = distribution("lognormal", p10=10, p90=40)
POISSON = distribution("poisson", mean=4)
CAUCHY = distribution("student_t", df=1)


@pytest.mark.parametrize(
    ("low", "high"),
    [(-1, 2), (8, 9), (-9, -8), (30, 31), (0, inf), (-inf, -3), (5, inf), (-40, 40)],
)
def test_truncated_normal_is_scipy_s(low: float, high: float) -> None:
    ours, theirs = Truncated(NORMAL, low, high), stats.truncnorm(low, high)
    x = ours.quantile(U)
    lower = U <= 0.5
    np.testing.assert_allclose(x[lower], theirs.ppf(U[lower]), rtol=1e-10, atol=1e-12)
    # SciPy's isf goes by way of 1 - q, so its upper tail is coarse; the survival function is not.
    np.testing.assert_allclose(x, np.where(lower, x, theirs.isf(1 - U)), rtol=1e-4)
    beyond = (stats.norm.sf(x) - stats.norm.sf(high)) / (stats.norm.sf(low) - stats.norm.sf(high))
    if low >= 0:
        np.testing.assert_allclose(beyond[~lower], 1 - U[~lower], rtol=1e-3)
        np.testing.assert_allclose(beyond, 1 - U, rtol=1e-9, atol=1e-13)
    # So far out, neighbouring u may swap by an ulp or two.
    assert np.all(np.diff(x) >= -8 * np.spacing(np.abs(x[1:])))
    assert np.all((x >= low) & (x <= high))
    np.testing.assert_allclose(ours.cdf(x), theirs.cdf(x), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.sf(x), theirs.sf(x), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("end", [1.0, 8.0, 30.0])
def test_truncated_normal_mean_and_sd(end: float) -> None:
    hazard = stats.norm.pdf(end) / stats.norm.sf(end)  # Mills
    law = Truncated(NORMAL, end, inf)
    assert law.mean() == pytest.approx(hazard, rel=1e-11)
    # The closed form cancels, the more the further out.
    assert law.sd() == pytest.approx(sqrt(1 - hazard * (hazard - end)), rel=1e-7)


def test_truncation_is_not_clipping() -> None:
    law = build({"normal": {"mean": 0, "sd": 1}, "within": [0, 1]})
    x = law.quantile(U)
    assert np.sum(x == 0) == np.sum(x == 1) == 0
    assert law.support() == (0.0, 1.0)
    assert law.tail_index() == 0.0


@pytest.mark.parametrize(("low", "high"), [(2, 5), (1.5, 5.5), (4, 4.5), (9, inf), (-3, 1)])
def test_truncated_count_is_conditioned(low: float, high: float) -> None:
    law = Truncated(POISSON, low, high)
    values = np.arange(max(0, np.ceil(low)), min(high, 60) + 1e-9)
    weights = stats.poisson.pmf(values, 4) / np.sum(stats.poisson.pmf(values, 4))
    atoms = law.atoms()
    assert atoms is not None
    assert law.discrete
    np.testing.assert_array_equal(atoms[0], values[: len(atoms[0])])
    np.testing.assert_allclose(atoms[1], weights[: len(atoms[1])], rtol=1e-9, atol=1e-18)
    assert law.mean() == pytest.approx(values @ weights, rel=1e-12)
    assert set(law.quantile(U)) <= set(values)
    assert law.cdf(np.array([low - 1.0]))[0] == 0.0


@given(st.floats(0, 0.99), st.floats(0.001, 1.0), st.floats(1e-9, 1 - 1e-9))
def test_banded_is_the_base_at_the_matching_place(low: float, part: float, u: float) -> None:
    high = low + (1 - low) * part
    law = Banded(LOGNORMAL, low, high)
    expected = LOGNORMAL.quantile(np.array([low + (high - low) * u]))
    np.testing.assert_allclose(law.quantile(np.array([u])), expected, rtol=1e-6)
    assert law.support()[0] <= expected[0] <= law.support()[1]


def test_upper_band_resolves_the_tail() -> None:
    law = Banded(LOGNORMAL, 0.9, 1.0)
    top = law.quantile(np.array([1 - 2.0**-53]))[0]
    assert top == pytest.approx(LOGNORMAL.isf(np.array([0.1 * 2.0**-53]))[0], rel=1e-9)
    assert np.isfinite(top)
    # E[X | X > its P90] of a lognormal
    _, sigma = LOGNORMAL.params
    shortfall = LOGNORMAL.mean() * stats.norm.sf(stats.norm.ppf(0.9) - sigma) / 0.1
    assert law.mean() == pytest.approx(shortfall, rel=1e-11)


def test_bands_add_up_to_the_whole() -> None:
    edges = [0, 0.1, 0.5, 0.9, 1]
    bands = [Banded(LOGNORMAL, low, high) for low, high in pairwise(edges)]
    mean = sum(band.mean() * (band.high - band.low) for band in bands)
    assert mean == pytest.approx(LOGNORMAL.mean(), rel=1e-12)


def test_band_of_a_count_splits_its_atoms() -> None:
    law = Banded(distribution("bernoulli", p=0.3), 0.5, 1.0)
    atoms = law.atoms()
    assert atoms is not None
    assert atoms[0].tolist() == [0.0, 1.0]
    assert atoms[1] == pytest.approx([0.4, 0.6], rel=1e-15)
    assert Banded(distribution("bernoulli", p=0.3), 0.7, 1.0).support() == (1.0, 1.0)
    assert law.mean() == pytest.approx(0.6, rel=1e-15)


def test_affine_moves_everything() -> None:
    law = Affine(LOGNORMAL, 2, -3)
    x = law.quantile(U)
    np.testing.assert_allclose(x, 2 * LOGNORMAL.quantile(U) - 3, rtol=1e-15)
    assert (law.mean(), law.sd()) == (2 * LOGNORMAL.mean() - 3, 2 * LOGNORMAL.sd())
    assert law.support() == (-3.0, inf)
    np.testing.assert_allclose(law.cdf(x), LOGNORMAL.cdf(LOGNORMAL.quantile(U)), atol=1e-12)
    atoms = Affine(POISSON, 10).atoms()
    assert atoms is not None
    assert atoms[0][:3].tolist() == [0, 10, 20]


@pytest.mark.parametrize("scale", [0, -1, inf, float("nan")])
def test_affine_refuses_what_would_turn_u_around(scale: float) -> None:
    with pytest.raises(ParameterError, match="is not above 0"):
        Affine(NORMAL, scale)


@pytest.mark.parametrize(("low", "high"), [(0.5, 0.5), (0.9, 0.1), (-0.1, 0.5), (0.5, 1.1)])
def test_banded_refuses_what_is_no_band(low: float, high: float) -> None:
    with pytest.raises(ParameterError, match="no band"):
        Banded(NORMAL, low, high)


def test_constant() -> None:
    law = Constant(5.0)
    assert law.quantile(U).tolist() == [5.0] * len(U)
    assert (law.mean(), law.sd(), law.support()) == (5.0, 0.0, (5.0, 5.0))
    assert law.cdf(np.array([4.9, 5.0])).tolist() == [0.0, 1.0]
    assert law.sf(np.array([4.9, 5.0])).tolist() == [1.0, 0.0]


def test_windows_cut_heavy_tails_off() -> None:
    heavy = distribution("pareto", minimum=1, alpha=0.8)
    assert heavy.mean() == inf
    assert Truncated(heavy, 1, 100).tail_index() == 0.0
    assert np.isfinite(Truncated(heavy, 1, 100).sd())
    assert Truncated(heavy, 10, inf).mean() == inf
    assert Banded(heavy, 0.5, 1.0).tail_index() == 1.25
    assert Banded(heavy, 0.0, 0.9).tail_index() == 0.0


def test_one_sided_cauchy() -> None:
    assert Truncated(CAUCHY, 0, inf).mean() == inf
    assert Truncated(CAUCHY, -inf, 0).mean() == -inf
    assert Truncated(CAUCHY, -1, 1).mean() == pytest.approx(0.0, abs=1e-15)


def test_kinks_move_with_the_window() -> None:
    base = distribution("triangular", low=0, mode=4, high=10)
    assert base.kinks() == (0.4,)
    assert Banded(base, 0.2, 0.7).kinks() == pytest.approx((0.4,))
    assert Banded(base, 0.5, 0.7).kinks() == ()
    assert Affine(base, 3).kinks() == (0.4,)


WRAPPED: list[Distribution] = [
    Truncated(LOGNORMAL, 12, 60),
    Truncated(POISSON, 2, 9),
    Truncated(Affine(Banded(LOGNORMAL, 0.1, 0.9), 2, 1), 30, 60),
    Banded(Truncated(NORMAL, 1, 9), 0.5, 1.0),
    Banded(POISSON, 0.25, 0.75),
    Affine(Constant(2.0), 3, 1),
    Affine(distribution("discrete", values=[1, 5], weights=[1, 3]), 2),
]


@pytest.mark.parametrize("law", WRAPPED, ids=lambda law: law.key)
def test_wrappers_are_distributions(law: Distribution) -> None:
    x = law.quantile(U)
    assert x.shape == U.shape
    assert np.all(np.diff(x) >= 0)
    low, high = law.support()
    assert np.all((x >= low) & (x <= high))
    step = 1e-12 * np.abs(x)
    assert np.all(law.cdf(x + step) >= U - 1e-9)
    assert np.all(law.cdf(x - step) <= U + 1e-9)
    np.testing.assert_allclose(law.isf(1 - U[U >= 0.5]), x[U >= 0.5], rtol=1e-12)
    again = pickle.loads(pickle.dumps(law))
    assert again == law
    assert hash(again) == hash(law)
    np.testing.assert_array_equal(again.quantile(U), x)
    grid = np.linspace(0.5 / 20000, 1 - 0.5 / 20000, 20000)
    assert law.mean() == pytest.approx(np.mean(law.quantile(grid)), rel=2e-3)
    assert law.describe()


def test_keys_tell_wrappers_apart() -> None:
    keys = {law.key for law in WRAPPED}
    assert len(keys) == len(WRAPPED)
    assert Truncated(NORMAL, 0, 1).key != Banded(NORMAL, 0, 1).key
    assert Truncated(NORMAL, 0, 1) == Truncated(NORMAL, -0.0, 1.0)
