"""How many outcomes a standard error really rests on, where a few dominate it.

The error of an estimate is read off the squares of its influences, whose own spread is that of
their fourth powers. A variance with that spread has as many degrees of freedom as a χ² of the same
spread: 2 n / (κ - 1), with κ the kurtosis of the influences. Of heavy-tailed outputs that is a
handful, and Student's t says so.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simcost.result._student import normal, student

MANY = 1000  # from which Student's t is the normal
FEW = 30  # below which a reader is told
FEW_BALANCED = 50  # likewise, where replicates have to show it


def freedom(n: int, variance: float, fourth: float) -> float:
    """Return the degrees of freedom of a variance (Satterthwaite 1946, of a sample's variance).

    Parameters
    ----------
    n : int
        Independent outcomes.
    variance, fourth : float
        Means of the squares and of the fourth powers of the influences.

    References
    ----------
    Satterthwaite (1946), An approximate distribution of estimates of variance components.
    Biometrics Bulletin 2. O'Neill (2014), Some useful moment results in sampling problems. The
    American Statistician 68.
    """
    if variance <= 0.0:
        return float(MANY)
    kurtosis = max(fourth / variance**2, 1.0 + 2.0 / MANY)
    return max(2.0 * n / (kurtosis - 1.0), 1.0)


def seen_by_few(y: npt.NDArray[np.float64], replicates: int) -> bool:
    """Return whether few replicates of a balanced design see what makes up the variance.

    Parameters
    ----------
    y : float64[n]
        Outcomes.
    replicates : int
        Of the design; 1 of independent outcomes.
    """
    if replicates == 1:
        return False
    square = (y - y.mean()) ** 2
    pulls = square / square.mean() - 1.0
    square = pulls**2
    return freedom(len(y), float(square.mean()), float((square**2).mean())) < FEW_BALANCED


def critical(confidence: float, df: float) -> float:
    """Return how many standard errors an interval reaches."""
    return _critical(confidence, min(int(df), MANY))


@lru_cache(maxsize=1024)  # many bars ask for the same
def _critical(confidence: float, df: int) -> float:
    return normal(confidence) if df >= MANY else student(confidence, df)
