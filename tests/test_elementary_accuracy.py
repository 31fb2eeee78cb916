"""Accuracy in units of the last place, against arbitrary precision (mpmath)."""

from __future__ import annotations

import types

import mpmath
import numpy as np
import pytest
from scipy import special

from simcost import elementary
from simcost.elementary import _normal

RNG = np.random.default_rng(20240607)
COUNT = 1500


def ulps(found: float, exact: mpmath.mpf) -> float:
    if not np.isfinite(found):
        return 0.0 if float(exact) == found else np.inf
    unit = np.spacing(max(abs(float(exact)), 5e-324))
    return float(abs(mpmath.mpf(float(found)) - exact) / mpmath.mpf(float(unit)))


def worst(name: str, reference, *arguments) -> float:
    found = getattr(elementary, name)(*arguments)
    rows = zip(*(np.asarray(a).tolist() for a in arguments), strict=True)
    with mpmath.workprec(200):
        return max(
            ulps(f, reference(*map(mpmath.mpf, row))) for f, row in zip(found, rows, strict=True)
        )


def spread(low: float, high: float) -> np.ndarray:
    return RNG.uniform(low, high, COUNT)


def wide(low: float, high: float) -> np.ndarray:
    return np.where(RNG.random(COUNT) < 0.5, 1.0, -1.0) * 2.0 ** spread(low, high)


def log2_exact(x: mpmath.mpf) -> mpmath.mpf:
    return mpmath.log(x) / mpmath.log(2)


POSITIVE = (2.0 ** spread(-1074, 1023.9), 1 + 0.1 * spread(-1, 1), 1 + 1e-7 * spread(-1, 1))
SIGNED = (wide(-60, -0.01), spread(-0.7, 1.5), 2.0 ** spread(-1, 60))
ANGLES = (
    spread(-10, 10),
    spread(-1e6, 1e6),
    wide(0, 45),
    np.arange(1, COUNT) * (np.pi / 2),  # the worst cancellation: next to a multiple of pi/2
    np.array([np.pi * 2.0**k for k in range(40)]),
)


@pytest.mark.parametrize(
    ("name", "reference", "arguments", "bound"),
    [
        ("exp", mpmath.exp, (spread(-708, 709.7), spread(-1, 1), spread(-745.2, -708)), 1),
        ("log", mpmath.log, POSITIVE, 1),
        ("log2", log2_exact, POSITIVE, 1),
        ("log10", mpmath.log10, POSITIVE, 1),
        ("log1p", mpmath.log1p, (*SIGNED, 2.0 ** spread(-36, -0.1) - 1), 1),
        ("expm1", mpmath.expm1, (*SIGNED[:2], spread(-45, 45), spread(40, 709)), 1),
        ("sin", mpmath.sin, ANGLES, 1),
        ("cos", mpmath.cos, ANGLES, 1),
        ("tan", mpmath.tan, ANGLES, 2),
        ("ndtr", mpmath.ncdf, (spread(-37.5, 0), spread(-1, 9)), 8),
    ],
)
def test_one_argument(name, reference, arguments, bound):
    for x in arguments:
        assert worst(name, reference, x) <= bound


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.exp(spread(-50, 50)), spread(-14, 14)),
        (np.exp(spread(-0.7, 0.7)), spread(-1000, 1000)),
        (1 + 1e-9 * spread(-1, 1), spread(-1e11, 1e11)),
        (2.0 ** spread(-1074, 1023), spread(-1, 1)),
        (np.full(COUNT, 1.7), spread(-1403, -1336)),  # results below the normal range
    ],
)
def test_power(x, y):
    assert worst("power", mpmath.power, x, y) <= 1


def normal_quantile(u: mpmath.mpf) -> mpmath.mpf:
    z = mpmath.mpf(special.ndtri(float(u)))
    for _ in range(4):  # Newton, from 50 correct bits
        z -= (mpmath.ncdf(z) - u) / mpmath.npdf(z)
    return z


@pytest.mark.parametrize(
    "u",
    [
        spread(0, 1),
        2.0 ** spread(-1070, -1),
        2.0 ** -np.arange(1.0, 54.0),
        1 - 2.0 ** -np.arange(1.0, 54.0),
    ],
)
def test_normal_quantile(u):
    assert worst("ndtri", normal_quantile, u) <= 8


TAIL = 2.0 ** -np.concatenate([np.arange(1.0, 54.0), np.arange(54.0, 1074.0, 20)])


def tail_error(quantile) -> float:
    expected = special.ndtri(TAIL)
    with np.errstate(all="ignore"):
        error = np.abs(quantile(TAIL) - expected) / np.maximum(np.abs(expected), 1.0)
    return float(error.max())


def with_constants(function, constants):
    code = function.__code__.replace(co_consts=constants)
    return types.FunctionType(code, function.__globals__)


def transposed(value: float) -> float:
    digits = list(f"{value:.17e}")
    # The first two neighbours that differ from the fourth decimal on.
    at = next(i for i in range(5, 16) if digits[i] != digits[i + 1])
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    return float("".join(digits))


def test_normal_quantile_agrees_with_scipy_in_the_tail():
    assert tail_error(elementary.ndtri) < 1.5e-15


COEFFICIENTS = [
    (name, at)
    for name in ("central_quantile", "tail_quantile")
    for at, value in enumerate(getattr(_normal, name).__code__.co_consts)
    if isinstance(value, float) and value not in (5.0, 1.6, 1.0)
]


@pytest.mark.parametrize(("name", "at"), COEFFICIENTS)
def test_a_transposed_digit_in_a_coefficient_is_noticed(name, at, monkeypatch):
    function = getattr(_normal, name)
    constants = list(function.__code__.co_consts)
    constants[at] = transposed(constants[at])
    monkeypatch.setattr(_normal, name, with_constants(function, tuple(constants)))
    if name == "tail_quantile":
        assert tail_error(elementary.ndtri) > 1.5e-15
    else:
        u = np.linspace(0.075, 0.925, 2001)
        assert np.abs(elementary.ndtri(u) - special.ndtri(u)).max() > 1.5e-15


def test_integer_powers_that_fit_are_exact():
    for exponent in range(54):
        bases = [b for b in range(1, 400) if significant_bits(b**exponent) <= 53]
        found = elementary.power(np.array(bases, dtype=float), float(exponent))
        assert found.tolist() == [float(b**exponent) for b in bases]


def significant_bits(n: int) -> int:
    return n.bit_length() - (n & -n).bit_length() + 1


def test_powers_of_the_base_have_exact_logarithms():
    twos = np.arange(-1074, 1024)
    assert np.array_equal(elementary.log2(np.ldexp(1.0, twos)), twos)
    tens = np.arange(23)
    assert np.array_equal(elementary.log10(np.array([10.0**k for k in range(23)])), tens)


def test_a_power_of_one_half_is_the_square_root():
    x = np.abs(wide(-1000, 1000))
    assert np.array_equal(elementary.power(x, 0.5), np.sqrt(x))
