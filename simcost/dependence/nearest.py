"""The nearest correlation matrix, and a Cholesky factor that accepts singular ones."""

from __future__ import annotations

import numpy as np

from simcost.dependence.eigen import Matrix, eigen, rebuilt

EIGENVALUE_FLOOR = 1e-8
PIVOT_FLOOR = 1e-12


def is_correlation(matrix: Matrix) -> bool:
    """Tell whether a symmetric matrix with unit diagonal is positive semidefinite."""
    return bool(eigen(matrix)[0].min() >= -PIVOT_FLOOR)


def nearest_correlation(matrix: Matrix, tolerance: float = 1e-12) -> Matrix:
    """Return the correlation matrix nearest to `matrix` in the Frobenius norm.

    Parameters
    ----------
    matrix : float64[d, d]
        Symmetric, with unit diagonal.
    tolerance : float
        The iteration stops when no entry moves by more than this.

    Returns
    -------
    float64[d, d]
        Positive definite (eigenvalues at least 1e-8), unit diagonal.

    References
    ----------
    Higham (2002), Computing the nearest correlation matrix: a problem from finance,
    IMA Journal of Numerical Analysis 22(3), alternating projections with Dykstra's correction.
    """
    nearest = matrix.copy()
    correction = np.zeros_like(matrix)
    vectors: Matrix | None = None
    for _ in range(10_000):
        values, vectors = eigen(nearest - correction, vectors)
        semidefinite = rebuilt(np.maximum(values, 0.0), vectors)
        correction = semidefinite - (nearest - correction)
        before, nearest = nearest, semidefinite.copy()
        np.fill_diagonal(nearest, 1.0)
        if np.max(np.abs(nearest - before)) <= tolerance:
            break
    # The limit lies on the boundary: lift the eigenvalues so that it can be factorised.
    values, vectors = eigen(nearest)
    lifted = rebuilt(np.maximum(values, EIGENVALUE_FLOOR), vectors)
    scale = 1.0 / np.sqrt(np.diag(lifted))
    result: Matrix = lifted * np.outer(scale, scale)
    result = (result + result.T) / 2
    np.fill_diagonal(result, 1.0)
    return result


def cholesky(matrix: Matrix) -> Matrix:
    """Return the lower factor L with L Lᵀ = `matrix`, for semidefinite matrices too.

    Parameters
    ----------
    matrix : float64[d, d]
        A correlation matrix; perfect correlation (a zero pivot) is allowed.

    Returns
    -------
    float64[d, d]
        Lower triangular; the column of a zero pivot is zero.

    Notes
    -----
    Written out rather than taken from LAPACK, whose result depends on the build.
    """
    size = len(matrix)
    lower = np.zeros_like(matrix)
    for j in range(size):
        pivot = matrix[j, j] - sum(lower[j, k] * lower[j, k] for k in range(j))
        if pivot <= PIVOT_FLOOR:
            continue
        lower[j, j] = np.sqrt(pivot)
        for i in range(j + 1, size):
            rest = matrix[i, j] - sum(lower[i, k] * lower[j, k] for k in range(j))
            lower[i, j] = rest / lower[j, j]
    return lower
