"""Eigenvalues by Jacobi's rotations: the same bits on every computer, unlike LAPACK's.

Source: Golub & Van Loan (2013), Matrix Computations, 8.5 (cyclic Jacobi, parallel ordering).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
MOST_SWEEPS = 40
NEGLIGIBLE = 2.0**-50


def rebuilt(values: Matrix, vectors: Matrix) -> Matrix:
    """Return the matrix with these eigenvalues and eigenvectors, summed in a fixed order."""
    out = np.zeros_like(vectors)
    for value, vector in zip(values.tolist(), vectors.T, strict=True):
        out += value * vector * vector[:, None]
    return out


def eigen(matrix: Matrix, guess: Matrix | None = None) -> tuple[Matrix, Matrix]:
    """Return eigenvalues (in no order) and eigenvectors (columns) of a symmetric matrix.

    Parameters
    ----------
    matrix : float64[d, d]
    guess : float64[d, d], optional
        Orthogonal; the nearer to the eigenvectors, the less is left to do.
    """
    size = len(matrix)
    vectors = np.eye(size) if guess is None else guess
    work = matrix if guess is None else _turned(matrix, guess)
    work = np.array(work)
    vectors = np.array(vectors)
    rounds = _rounds(size)
    for _ in range(MOST_SWEEPS):
        off = np.abs(work - np.diag(np.diag(work))).max(initial=0.0)
        if off <= NEGLIGIBLE * np.abs(np.diag(work)).max(initial=0.0):
            break
        for p, q in rounds:
            _rotate(work, vectors, p, q)
    return np.diag(work).copy(), vectors


def _turned(matrix: Matrix, by: Matrix) -> Matrix:
    """Return ``by.T @ matrix @ by`` in a fixed order of summation."""
    size = len(matrix)
    half, out = np.zeros_like(matrix), np.zeros_like(matrix)
    for k in range(size):
        half += matrix[:, k, None] * by[k]
    for k in range(size):
        out += by[k][:, None] * half[k]
    return 0.5 * (out + out.T)


def _rounds(size: int) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Return every pair of indices once, in rounds of disjoint pairs (a round-robin)."""
    players = list(range(size + size % 2))
    rounds = []
    for _ in range(len(players) - 1):
        half = len(players) // 2
        pairs = zip(players[:half], players[: half - 1 : -1], strict=True)
        kept = [(min(pair), max(pair)) for pair in pairs if max(pair) < size]
        first, second = (np.array(column, dtype=np.intp) for column in zip(*kept, strict=True))
        rounds.append((first, second))
        players = [players[0], players[-1], *players[1:-1]]
    return rounds


def _rotate(
    work: Matrix, vectors: Matrix, p: npt.NDArray[np.intp], q: npt.NDArray[np.intp]
) -> None:
    """Make the entries (p, q) zero, all pairs at once."""
    apq = work[p, q]
    gap = work[q, q] - work[p, p]
    # tan of the angle: the smaller root of t**2 + 2 theta t - 1 with theta = gap / (2 apq)
    root = np.sqrt(gap * gap + 4.0 * apq * apq)
    below = np.abs(gap) + root
    t = np.where(below > 0.0, 2.0 * apq / np.where(below > 0.0, below, 1.0), 0.0)
    t = np.where(gap < 0.0, -t, t)
    c = 1.0 / np.sqrt(1.0 + t * t)
    s = t * c
    for array in (work.T, work, vectors.T):
        first, second = array[p], array[q]
        array[p] = c[:, None] * first - s[:, None] * second
        array[q] = s[:, None] * first + c[:, None] * second
    work[p, q] = work[q, p] = 0.0
