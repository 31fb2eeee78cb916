"""Exact inversion of monotone functions by bisection over the doubles themselves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from simcost.families._base import Vector

_Keys = npt.NDArray[np.int64]
_MAGNITUDE = np.int64(0x7FFF_FFFF_FFFF_FFFF)
# Few points cost as much as many, so a small array is cut into up to 16 at each step, not in two.
_SECTIONS = 15
_FEW = 2048
_NEAR = np.int64(1) << np.int64(56)  # from here on differences of keys do not overflow


def _flip(bits: _Keys) -> _Keys:
    """Make the bit patterns of doubles ordered like their values, or back."""
    return bits ^ ((bits >> np.int64(63)) & _MAGNITUDE)


def _keys(x: Vector) -> _Keys:
    # Adding 0.0 turns -0.0, which has a key of its own, into 0.0.
    return _flip((x + 0.0).view(np.int64))


def _doubles(keys: _Keys) -> Vector:
    return _flip(keys).view(np.float64)


def first_true(
    holds: Callable[[Vector], npt.NDArray[np.bool_]],
    shape: tuple[int, ...],
    low: float | Vector,
    high: float | Vector,
) -> Vector:
    """Find the smallest double in [low, high] for which a monotone condition holds.

    Parameters
    ----------
    holds : callable
        From an array whose last axes are `shape` to an array of bool; element by element false up
        to some value and true from there on. Assumed true at `high`.
    shape : tuple of int
        Shape of the result.
    low, high : float
        Bracket, infinities allowed.

    Returns
    -------
    float64 array of `shape`
        Exact: at most 64 evaluations, whatever the scale.
    """
    left = _keys(np.full(shape, low, dtype=np.float64))
    right = _keys(np.full(shape, high, dtype=np.float64))
    sections = min(_SECTIONS, _FEW // max(left.size, 1))
    while np.any(left < right):
        if sections > 1 and np.all((right >> 2) - (left >> 2) < _NEAR):
            left, right = _section(holds, left, right, sections)
            continue
        # Average without overflow, rounded down.
        middle = (left & right) + ((left ^ right) >> np.int64(1))
        yes = holds(_doubles(middle))
        open_ = left < right
        right = np.where(open_ & yes, middle, right)
        left = np.where(open_ & ~yes, middle + np.int64(1), left)
    return _doubles(right)


def _section(
    holds: Callable[[Vector], npt.NDArray[np.bool_]], left: _Keys, right: _Keys, count: int
) -> tuple[_Keys, _Keys]:
    """Return the brackets, narrowed to one part in `count` + 1."""
    step = np.maximum((right - left) // (count + 1), 1)
    part = np.arange(1, count + 1).reshape(-1, *([1] * np.ndim(left)))
    # The last key before `right`, at most: there the condition is taken for granted.
    keys = np.minimum(left + step * part - 1, right - 1)
    yes = holds(_doubles(keys))
    first = np.where(yes.any(axis=0), yes.argmax(axis=0), count)
    ends = np.concatenate([np.asarray(left - 1)[None], keys, np.asarray(right)[None]])
    low = np.take_along_axis(ends, np.asarray(first)[None], axis=0)[0] + 1
    high = np.take_along_axis(ends, np.asarray(first)[None] + 1, axis=0)[0]
    open_ = left < right
    return np.where(open_, low, left), np.where(open_, high, right)


def generalised_inverse(
    cdf: Callable[[Vector], Vector], u: Vector, low: float, high: float
) -> Vector:
    """Return min{x in [low, high] : cdf(x) >= u}, exactly, element by element of `u`."""
    u = np.asarray(u, dtype=np.float64)
    return first_true(lambda x: cdf(x) >= u, u.shape, low, high)


def inverse_survival(sf: Callable[[Vector], Vector], q: Vector, low: float, high: float) -> Vector:
    """Return min{x in [low, high] : sf(x) <= q}, exactly, element by element of `q`."""
    q = np.asarray(q, dtype=np.float64)
    return first_true(lambda x: sf(x) <= q, q.shape, low, high)
