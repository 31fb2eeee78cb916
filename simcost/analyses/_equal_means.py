"""Whether means in several bins differ: the test behind "significant"."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

Sums = npt.NDArray[Any]


def equal_means(count: Sums, one: Sums, square: Sums) -> float:
    """Return the p-value of "the mean is the same in every bin".

    Of two tests the one that sees less. N·η², the squares of the bins' means times their numbers of
    outcomes over the variance, is χ² with bins - 1 degrees of freedom where the input has no
    effect at all; but an input that moves the spread and not the mean would be called significant
    in twice as many cases as it should. With each bin's own variance (Welch 1951) it is not; but
    where tails are heavy a bin that has missed them has a low mean and a small variance, and that
    test alone would be wrong as often.

    Parameters
    ----------
    count, one, square : float64[bins]
        Number of outcomes of each bin, and their sums of a score of mean 0 and variance 1 and of
        its square.

    References
    ----------
    Welch (1951), On the comparison of several mean values. Biometrika 38.
    """
    filled = count > 0
    counts = count[filled]
    means, squares = one[filled] / counts, square[filled] / counts
    own = np.maximum(squares - means**2, 1e-9)  # all equal in a bin: no error
    weights = counts / own
    apart = means - np.sum(weights * means) / np.sum(weights)
    least = min(float(np.sum(counts * means**2)), float(np.sum(weights * apart**2)))
    freedom = len(counts) - 1
    return float(special.chdtrc(freedom, least)) if freedom > 0 else 1.0
