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

from simcost import elementary
from simcost.errors import ParameterError
from simcost.families import Distribution

Vector = npt.NDArray[np.float64]

MEASURES = ("spearman", "kendall", "pearson", "latent")

# Integration grid over the standard normal, wide enough for every u that the designs produce.
_Z = np.arange(-3300, 3301) / 400.0


@lru_cache(maxsize=1)
def _grid() -> tuple[Vector, Vector]:
    """Return the probabilities below the points of the grid, and their weights."""
    weight = elementary.exp(-0.5 * _Z * _Z)
    return elementary.ndtr(_Z), weight / elementary.total(weight)


_TERMS = 240  # of the Hermite series; 0.95**240 is 5e-6
GAUSSIAN_FROM = 150.0  # degrees of freedom; the difference is below 1e-3 there
_NODES = 48  # of the quadrature over a chi-square, per dimension
_DEPTH = 23.0  # -log of the density left out at either end
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
        return float(elementary.sin(math.pi * value / 2))
    if measure == "spearman" and df is None:
        return 2 * float(elementary.sin(math.pi * value / 6))
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
    expectation over the three mixing variables give (6/π) E asin(·).
    Quadrature over each.
    """
    if df > GAUSSIAN_FROM:
        return 6 / math.pi * float(elementary.asin(rho / 2))
    shrink, weight = _mixing(df)
    return 6 / math.pi * elementary.dot(weight, elementary.asin(rho * shrink))


@lru_cache(maxsize=32)
def _mixing(df: float) -> tuple[Vector, Vector]:
    # W² = df / chi²: a ratio W²/(W²+W'²) is c'/(c + c') with c the chi-squares.
    if df < _HEAVY:
        ranks, weights = elementary.gauss_legendre(_NODES)
        # Of ranks squared: more nodes at the small chi-squares, where the ratios vary fastest.
        root = (1 + ranks) / 2
        weights = weights * root
        u, rest = root * root, (1 - root) * (1 + root)
        nodes = np.where(
            u <= 0.5,
            elementary.gamma_point(df / 2, np.minimum(u, 0.5), upper=False),
            elementary.gamma_point(df / 2, np.minimum(rest, 0.5), upper=True),
        )
    else:
        nodes, weights = _log_trapezoid(df / 2)
    weights = weights / elementary.total(weights)
    ratio = nodes[None, :] / (nodes[:, None] + nodes[None, :])
    # The second and third mixing variable are alike: each pair of them once, with double weight.
    one, two = np.triu_indices(_NODES)
    shrink = np.sqrt(ratio[:, one] * ratio[:, two])
    pairs = np.where(one == two, 1.0, 2.0) * weights[one] * weights[two]
    return shrink.ravel(), (weights[:, None] * pairs).ravel()


def _log_trapezoid(shape: float) -> tuple[Vector, Vector]:
    """Return nodes and weights for a gamma law: even steps in its logarithm, where it is smooth.

    The trapezoidal rule then converges faster than any power of the step (Trefethen & Weideman
    2014, SIAM Review 56(3), 385-458).
    """
    low, high = -_DEPTH / shape - math.sqrt(2 * _DEPTH / shape), math.sqrt(2 * _DEPTH / shape)
    y = low + (min(high, 4.0) - low) / (_NODES - 1) * np.arange(_NODES)
    grown = elementary.exp(y)
    return shape * grown, elementary.exp(shape * (y - grown + 1.0))


def _pearson(value: float, first: Distribution, second: Distribution) -> float:
    if not (math.isfinite(first.sd()) and math.isfinite(second.sd())):
        raise ParameterError(
            "a Pearson correlation needs inputs of finite variance",
            "Give spearman or kendall instead.",
        )
    x, y = (_standardised(one) for one in (first, second))
    weight = _grid()[1]
    low = elementary.dot(weight * x, y[::-1])
    high = elementary.dot(weight * x, y)
    slack = 1e-9
    if not low - slack <= value <= high + slack:
        raise ParameterError(
            f"pearson = {value:g} cannot be reached by these two distributions: "
            f"they can have {low:.4f} to {high:.4f}",
            "Give spearman instead, which any two inputs can have.",
        )
    products = _hermite(x) * _hermite(y)

    def correlation(rho: float) -> float:
        return elementary.dot(products, np.cumprod(np.full(_TERMS, rho)))

    return _solve(correlation, value)


def _standardised(distribution: Distribution) -> Vector:
    u, weight = _grid()
    x = distribution.quantile(u)
    x = x - elementary.dot(weight, x)
    result: Vector = x / np.sqrt(elementary.dot(weight, x * x))
    return result


def _hermite(values: Vector) -> Vector:
    """Coefficients of orders 1.. of a function of z in orthonormal Hermite polynomials."""
    before, now = np.zeros_like(_Z), np.ones_like(_Z)
    coefficients = np.empty(_TERMS)
    weighted = _grid()[1] * values
    for k in range(_TERMS):
        before, now = now, (_Z * now - math.sqrt(k) * before) / math.sqrt(k + 1)
        coefficients[k] = elementary.dot(weighted, now)
    return coefficients


def _solve(measure: Callable[[float], float], target: float) -> float:
    """Invert an increasing function of the latent correlation."""
    rho = elementary.root(lambda rho: measure(rho) - target, -1.0, 1.0)
    # Within rounding of the ends the answer is the end: perfect dependence.
    return math.copysign(1.0, rho) if abs(rho) > 1 - 1e-9 else rho
