"""From the correlation that people state to the correlation of the underlying normals.

References
----------
Kruskal (1958), Ordinal measures of association: for the Gaussian copula Spearman's rho is
(6/π) asin(ρ/2) and Kendall's tau is (2/π) asin(ρ); the latter holds for the t copula too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

from simcost.errors import ParameterError
from simcost.families import Distribution

Vector = npt.NDArray[np.float64]

MEASURES = ("spearman", "kendall", "pearson", "latent")

# Integration grid over the standard normal, wide enough for every u that the designs produce.
_Z = np.linspace(-8.25, 8.25, 6601)
_U = special.ndtr(_Z)
_WEIGHT = np.exp(-0.5 * _Z * _Z)
_WEIGHT /= _WEIGHT.sum()
_TERMS = 240  # of the Hermite series; 0.95**240 is 5e-6
GAUSSIAN_FROM = 150.0  # degrees of freedom; the difference is below 1e-3 there
_NODES = 48  # of the quadrature over a chi-square, per dimension
_HEAVY = 3.0  # below it the chi-squares pile up at 0, and nodes are spread over their ranks


def latent_correlation(
    measure: str,
    value: float,
    first: Distribution,
    second: Distribution,
    df: float | None = None,
) -> float:
    """Return the correlation of the normals behind two correlated inputs.

    Parameters
    ----------
    measure : str
        ``spearman``, ``kendall``, ``pearson`` or ``latent``.
    value : float
        The correlation as stated, in [-1, 1].
    first, second : Distribution
        Laws of the two inputs; only ``pearson`` depends on them.
    df : float or None
        Degrees of freedom of a t copula; None for the Gaussian copula.

    Returns
    -------
    float
        In [-1, 1].

    Raises
    ------
    ParameterError
        For a Pearson correlation that these two distributions cannot have (with the range that
        they can), or one asked of a t copula.
    """
    if measure == "latent":
        return value
    if measure == "kendall":
        return math.sin(math.pi * value / 2)
    if measure == "spearman" and df is None:
        return 2 * math.sin(math.pi * value / 6)
    if measure == "spearman" and df is not None:
        return _solve(lambda rho: spearman_of_t(rho, df), value)
    if df is not None:
        raise ParameterError(
            "a Pearson correlation is not defined for a t copula",
            "Give kendall, spearman or latent.",
        )
    return _pearson(value, first, second)


def spearman_of_t(rho: float, df: float) -> float:
    """Return Spearman's rho of a bivariate t copula.

    Parameters
    ----------
    rho : float
        Correlation of the underlying normals.
    df : float
        Degrees of freedom.

    Notes
    -----
    With (X₁, X₂) = W Z and independent copies for the two comparisons, concordance depends on a
    normal pair of correlation ρ W² / √((W² + W'²)(W² + W''²)); Sheppard's formula and the
    expectation over the three mixing variables give (6/π) E asin(·). Gauss–Laguerre quadrature.
    """
    if df > GAUSSIAN_FROM:
        return 6 / math.pi * math.asin(rho / 2)
    shrink, weight = _mixing(df)
    return float(6 / math.pi * np.sum(weight * np.arcsin(rho * shrink)))


@lru_cache(maxsize=32)
def _mixing(df: float) -> tuple[Vector, Vector]:
    # W² = df / chi²: a ratio W²/(W²+W'²) is c'/(c + c') with c the chi-squares.
    if df < _HEAVY:
        ranks, weights = special.roots_legendre(_NODES)
        # Of ranks squared: more nodes at the small chi-squares, where the ratios vary fastest.
        u = ((1 + ranks) / 2) ** 2
        weights = weights * (1 + ranks)
        nodes = special.gammaincinv(df / 2, u)
    else:
        nodes, weights = special.roots_genlaguerre(_NODES, df / 2 - 1)
    weights = weights / weights.sum()
    ratio = nodes[None, :] / (nodes[:, None] + nodes[None, :])
    shrink = np.sqrt(ratio[:, :, None] * ratio[:, None, :])
    weight = weights[:, None, None] * weights[None, :, None] * weights[None, None, :]
    return shrink, weight


def _pearson(value: float, first: Distribution, second: Distribution) -> float:
    if not (math.isfinite(first.sd()) and math.isfinite(second.sd())):
        raise ParameterError(
            "a Pearson correlation needs inputs of finite variance",
            "Give spearman or kendall instead.",
        )
    x, y = (_standardised(one) for one in (first, second))
    low = float(np.sum(_WEIGHT * x * y[::-1]))
    high = float(np.sum(_WEIGHT * x * y))
    slack = 1e-9
    if not low - slack <= value <= high + slack:
        raise ParameterError(
            f"pearson = {value:g} cannot be reached by these two distributions: "
            f"they can have {low:.4f} to {high:.4f}",
            "Give spearman instead, which any two inputs can have.",
        )
    products = _hermite(x) * _hermite(y)
    powers = np.arange(1, _TERMS + 1)
    return _solve(lambda rho: float(np.sum(products * np.power(rho, powers))), value)


def _standardised(distribution: Distribution) -> Vector:
    x = distribution.quantile(_U)
    x = x - np.sum(_WEIGHT * x)
    result: Vector = x / np.sqrt(np.sum(_WEIGHT * x * x))
    return result


def _hermite(values: Vector) -> Vector:
    """Coefficients of orders 1.. of a function of z in orthonormal Hermite polynomials."""
    before, now = np.zeros_like(_Z), np.ones_like(_Z)
    coefficients = np.empty(_TERMS)
    for k in range(_TERMS):
        before, now = now, (_Z * now - math.sqrt(k) * before) / math.sqrt(k + 1)
        coefficients[k] = np.sum(_WEIGHT * values * now)
    return coefficients


def _solve(measure: Callable[[float], float], target: float) -> float:
    """Bisect an increasing function of the latent correlation."""
    low, high = -1.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if measure(middle) < target:
            low = middle
        else:
            high = middle
    # Within rounding of the ends the answer is the end: perfect dependence.
    middle = (low + high) / 2
    return math.copysign(1.0, middle) if abs(middle) > 1 - 1e-9 else middle
