"""Zeros, infinities, NaN, overflow, scalars and shapes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcost import elementary

INF, NAN = np.inf, np.nan
ONE_ARGUMENT = [
    "exp", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "ndtr", "ndtri",
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("exp", [-INF, -746, 0, 709.9, INF], [0, 0, 1, INF, INF]),
        ("exp", [-745.13], [5e-324]),
        ("expm1", [-INF, -100, 0, 1e-310, 709.9, INF], [-1, -1, 0, 1e-310, INF, INF]),
        ("log", [0, -0.0, 1, INF, -1, -INF], [-INF, -INF, 0, INF, NAN, NAN]),
        ("log2", [0, 1, 8, 2.0**-1074, INF, -1], [-INF, 0, 3, -1074, INF, NAN]),
        ("log10", [0, 1, 1000, INF, -1], [-INF, 0, 3, INF, NAN]),
        ("log1p", [-1, 0, 1e-310, INF, -2, -INF], [-INF, 0, 1e-310, INF, NAN, NAN]),
        ("sin", [0, 1e-300, INF, -INF, 2.0**51], [0, 1e-300, NAN, NAN, NAN]),
        ("cos", [0, 1e-300, INF], [1, 1, NAN]),
        ("tan", [0, 1e-300, INF], [0, 1e-300, NAN]),
        ("ndtr", [-INF, -39, 0, 9, INF], [0, 0, 0.5, 1, 1]),
        ("ndtri", [0, 0.5, 1, -0.1, 1.1, INF, -INF], [-INF, 0, INF, NAN, NAN, NAN, NAN]),
    ],
)
def test_special_values(name, x, expected):
    found = getattr(elementary, name)(np.array(x, dtype=float))
    np.testing.assert_array_equal(found, np.array(expected, dtype=float))


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_nan_in_nan_out_with_the_standard_bits(name):
    found = getattr(elementary, name)(np.array([NAN, -NAN]))
    assert found.view(np.uint64).tolist() == [0x7FF8000000000000] * 2


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_scalars_and_shapes(name):
    function = getattr(elementary, name)
    scalar = function(0.25)
    assert isinstance(scalar, float)
    assert np.array_equal(function(np.full((2, 3), 0.25)), np.full((2, 3), scalar))
    assert function(np.empty(0)).shape == (0,)


AWKWARD = np.array(
    [0.0, 0.5, 1.0, 2.0, 3.0, INF, NAN, 5e-324, 1e-300, 2.0**53, 2.0**53 + 2, 1.7e308, 2.5]
)


def test_power_has_the_special_cases_of_ieee_754():
    x, y = np.meshgrid(np.concatenate([AWKWARD, -AWKWARD]), np.concatenate([AWKWARD, -AWKWARD]))
    found = elementary.power(x, y)
    with np.errstate(all="ignore"):
        expected = np.power(x, y)
    np.testing.assert_allclose(found, expected, rtol=4e-16)
    known = ~np.isnan(expected)
    assert np.array_equal(np.signbit(found[known]), np.signbit(expected[known]))


def test_power_broadcasts():
    assert elementary.power(np.arange(4.0), 2).tolist() == [0, 1, 4, 9]
    assert elementary.power(2, np.arange(4.0)).tolist() == [1, 2, 4, 8]


@given(st.floats(2.0**-53, 0.5))
def test_normal_quantile_is_odd_about_one_half(u):
    # 1 - u is exact only for some u; 1 - (1 - u) is then the u whose mirror image it is.
    mirror = 1.0 - u
    assert elementary.ndtri(mirror) == -elementary.ndtri(1.0 - mirror)


@given(st.floats(-37.0, 8.0))
def test_normal_distribution_inverts_its_quantile(z):
    p = float(elementary.ndtr(z))
    if p < 0.99:
        np.testing.assert_allclose(elementary.ndtri(p), z, rtol=1e-13, atol=1e-14)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_exp_log_and_ndtr_do_not_decrease_where_it_matters(a, b):
    low, high = min(a, b), max(a, b)
    if high - low > 1e-12 * max(abs(low), abs(high)):  # neighbours may swap by an ulp
        assert elementary.exp(low) <= elementary.exp(high)
        assert elementary.ndtr(low) <= elementary.ndtr(high)
        if low > 0:
            assert elementary.log(low) <= elementary.log(high)
