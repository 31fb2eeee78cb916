"""The compiled flavour has the bits of the array flavour."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from simcost import elementary

# Results must not depend on whether calls are inlined into a vectorised loop.
COMPILED = elementary.bind(numba.njit(error_model="numpy", forceinline=True))
NAMES = [
    "exp", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "ndtr", "ndtri",
]  # fmt: skip
LIMITS = np.array(
    [0.0, 1.0, 0.5, 2.0, np.inf, np.nan, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
     709.782712893384, 745.1332191019411, 0.425, 0.925, 0.075, 5.656854249492381, 0.67448975,
     2.0**50, 2.0**-27, np.pi / 4, 1 - 2.0**-53, 2.0**-53, 40.0, 37.5]
)  # fmt: skip
with np.errstate(over="ignore", under="ignore"):
    BESIDE = np.concatenate([np.nextafter(LIMITS, t) for t in (-np.inf, np.inf)])
SPECIAL = np.concatenate([LIMITS, -LIMITS, BESIDE, -BESIDE])


def inputs(count: int) -> np.ndarray:
    rng = np.random.default_rng(7)
    patterns = rng.integers(-(2**63), 2**63 - 1, count, dtype=np.int64).view(np.float64)
    parts = [rng.normal(0, s, count) for s in (1e-3, 1, 30, 1e5)]
    return np.concatenate([SPECIAL, patterns, rng.random(count), *parts])


def assert_same_bits(found: np.ndarray, expected: np.ndarray, x: np.ndarray) -> None:
    differ = found.view(np.int64) != expected.view(np.int64)
    assert not differ.any(), x[differ][:5]


@pytest.mark.parametrize("name", NAMES)
def test_one_argument(name):
    scalar = getattr(COMPILED, name)

    @numba.njit(error_model="numpy")
    def fill(x, out):
        for i in range(x.size):
            out[i] = scalar(x[i])

    x = inputs(170_000)  # a million and a bit
    out = np.empty_like(x)
    fill(x, out)
    assert_same_bits(out, getattr(elementary, name)(x), x)


def test_power():
    scalar = COMPILED.power

    @numba.njit(error_model="numpy")
    def fill(x, y, out):
        for i in range(x.size):
            out[i] = scalar(x[i], y[i])

    x = inputs(100_000)
    pairs = np.random.default_rng(1).permutation(x)
    grid_x, grid_y = (g.ravel() for g in np.meshgrid(SPECIAL, SPECIAL))
    x, y = np.concatenate([x, np.abs(x), grid_x]), np.concatenate([pairs, pairs, grid_y])
    out = np.empty_like(x)
    fill(x, y, out)
    assert_same_bits(out, elementary.power(x, y), x)


def test_the_module_itself_needs_no_compiler():
    bound = elementary.bind(lambda function: function)
    x = np.float64(1.25)
    assert bound.exp(x) == elementary.exp(1.25)
    assert bound.ndtri(np.float64(0.001)) == elementary.ndtri(0.001)
