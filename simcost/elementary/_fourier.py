"""Fourier transforms of real numbers, of lengths that are powers of two.

Libraries choose their algorithm, and their compilers fuse its arithmetic, by machine. Written on
real arrays, every operation here is one that IEEE 754 defines.

Source: Stockham's self-sorting form and the split of long transforms into rows and columns: Van
Loan (1992), Computational Frameworks for the Fast Fourier Transform, 1.7 and 3.3.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from simcost.elementary._bits import Vector
from simcost.elementary._complex import Complex, turned

PI = 3.141592653589793


@lru_cache(maxsize=64)
def roots(length: int) -> Complex:
    """Return exp(-2 pi i k / length) for k < length / 2, each right to the last bits."""
    # Angles of up to an eighth of a turn; the rest by symmetry.
    quarter = max(length // 4, 1)
    eighth = quarter // 2
    small = _circle(length, eighth + 1)
    re = np.concatenate([small.re, small.im[: quarter - eighth][::-1]])[: quarter + 1]
    im = np.concatenate([small.im, small.re[: quarter - eighth][::-1]])[: quarter + 1]
    if length < 8:
        whole = _circle(length, max(length // 2, 1))
        return Complex(whole.re, -whole.im)
    return Complex(
        np.concatenate([re[:quarter], -im[:quarter]]), -np.concatenate([im[:quarter], re[:quarter]])
    )


def _circle(length: int, count: int) -> Complex:
    return turned(np.asarray(2.0 * PI / length * np.arange(count), np.float64))


def _along_columns(x: Complex) -> Complex:
    """Transform each column of arrays of shape (power of two, any)."""
    size, width = x.re.shape
    re, im = x.re, x.im
    length = size
    while length > 1:
        half = length // 2
        re, im = re.reshape(length, -1), im.reshape(length, -1)
        w = roots(length)
        cos, sin = w.re[:half, None], w.im[:half, None]
        out_re = np.empty((half, 2, re.shape[1]))
        out_im = np.empty((half, 2, re.shape[1]))
        np.add(re[:half], re[half:], out=out_re[:, 0])
        np.add(im[:half], im[half:], out=out_im[:, 0])
        gap_re, gap_im = re[:half] - re[half:], im[:half] - im[half:]
        np.subtract(gap_re * cos, gap_im * sin, out=out_re[:, 1])
        np.add(gap_re * sin, gap_im * cos, out=out_im[:, 1])
        re, im, length = out_re, out_im, half
    return Complex(re.reshape(size, width), im.reshape(size, width))


@lru_cache(maxsize=8)
def _twiddles(rows: int, columns: int) -> Complex:
    length = rows * columns
    index = (np.arange(rows)[:, None] * np.arange(columns)) % length
    w = roots(length)
    half = length // 2
    sign = np.where(index < half, 1.0, -1.0)
    return Complex(w.re[index % half] * sign, w.im[index % half] * sign)


def fft(x: Complex) -> Complex:
    """Return the sums of x_j exp(-2 pi i j k / n) over j, for k = 0 … n - 1."""
    length = len(x.re)
    if length < 64:
        done = _along_columns(Complex(x.re[:, None], x.im[:, None]))
        return Complex(done.re[:, 0], done.im[:, 0])
    rows = 1 << (length.bit_length() - 1) // 2
    columns = length // rows
    # j = columns j1 + j2, k = k1 + rows k2: columns first, then rows.
    first = _along_columns(Complex(x.re.reshape(rows, columns), x.im.reshape(rows, columns)))
    first = first * _twiddles(rows, columns)
    second = _along_columns(
        Complex(np.ascontiguousarray(first.re.T), np.ascontiguousarray(first.im.T))
    )
    return Complex(second.re.ravel(), second.im.ravel())


def rfft(x: Vector) -> Complex:
    """Return the first half, n / 2 + 1 numbers, of the transform of n real numbers."""
    half = len(x) // 2
    z = fft(Complex(x[0::2], x[1::2]))
    back = -np.arange(half) % half
    even = Complex(0.5 * (z.re + z.re[back]), 0.5 * (z.im - z.im[back]))
    odd = Complex(0.5 * (z.im + z.im[back]), 0.5 * (z.re[back] - z.re))
    odd = odd * roots(len(x))
    low = even + odd
    return Complex(
        np.append(low.re, even.re[0] - odd.re[0]), np.append(low.im, even.im[0] - odd.im[0])
    )


def irfft(z: Complex, length: int) -> Vector:
    """Return the `length` real numbers whose transform starts with `z`."""
    half = length // 2
    low, mirror = z[:half], z[:0:-1]
    mirror = Complex(mirror.re, -mirror.im)
    even = (low + mirror) * 0.5
    w = roots(length)
    odd = (low - mirror) * 0.5 * Complex(w.re, -w.im)
    # The inverse transform is the transform with real and imaginary parts swapped.
    packed = fft(Complex(even.im + odd.re, even.re - odd.im))
    out = np.empty(length)
    out[0::2], out[1::2] = packed.im / half, packed.re / half
    return out
