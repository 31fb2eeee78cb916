"""Elementary functions whose bits are the same on every machine.

They use nothing but ``+ - * / sqrt``, comparisons, selections and bit operations, all of which
IEEE 754 and two's complement define to the last bit. The mathematical libraries of operating
systems, compilers and NumPy builds differ from each other in the last place.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from simcost.elementary import (
    _arcs,
    _bits,
    _exponential,
    _logarithm,
    _normal,
    _power,
    _stirling,
    _trigonometric,
)
from simcost.elementary._beta import beta_front, beta_parts
from simcost.elementary._bits import Vector
from simcost.elementary._complex import Complex, steps
from simcost.elementary._fourier import irfft, rfft
from simcost.elementary._gamma import gamma_front, gamma_parts
from simcost.elementary._inverse import beta_point, gamma_point
from simcost.elementary._quadrature import gauss_legendre
from simcost.elementary._rebind import Jit, rebind
from simcost.elementary._remembered import Remembered
from simcost.elementary._root import root
from simcost.elementary._sums import dot, product, total
from simcost.elementary._swift import provide, provided, withdraw

_FUNCTIONS = (
    *_bits.FUNCTIONS,
    *_exponential.FUNCTIONS,
    *_logarithm.FUNCTIONS,
    *_normal.FUNCTIONS,
    *_power.FUNCTIONS,
    *_trigonometric.FUNCTIONS,
)


def bind(jit: Jit) -> SimpleNamespace:
    """Compile the same functions for scalars.

    Parameters
    ----------
    jit : callable
        ``numba.njit(error_model="numpy", forceinline=True)`` or alike; it must neither contract
        ``a * b + c`` nor reorder (no ``fastmath``).

    Returns
    -------
    namespace
        ``exp``, ``log`` and the others, each on float64 scalars, with the bits of the array
        functions of this module.
    """
    return rebind(jit, _FUNCTIONS)


def _over_arrays(function: Callable[..., Any]) -> Callable[..., Vector]:
    @functools.wraps(function)
    def wrapped(*arguments: Any) -> Any:
        # Both branches of every selection are computed, so the unused one may well overflow.
        with np.errstate(all="ignore"):
            return function(*(np.asarray(a, dtype=np.float64) for a in arguments))[()]

    return wrapped


exp = _over_arrays(_exponential.swift_exp)
expm1 = _over_arrays(
    lambda x: (_exponential.expm1 if np.any(x > 40.0) else _exponential.small_expm1)(x)
)
log = _over_arrays(_logarithm.log)
log2 = _over_arrays(_logarithm.log2)
log10 = _over_arrays(_logarithm.log10)
log1p = _over_arrays(_logarithm.log1p)
power = _over_arrays(_power.power)
sin = _over_arrays(_trigonometric.sin)
cos = _over_arrays(_trigonometric.cos)
tan = _over_arrays(_trigonometric.tan)
ndtr = _over_arrays(_normal.ndtr)
ndtri = _over_arrays(_normal.ndtri)
sinh = _over_arrays(_arcs.sinh)
cosh = _over_arrays(_arcs.cosh)
asinh = _over_arrays(_arcs.asinh)
asin = _over_arrays(_arcs.asin)
gammaln = _over_arrays(_stirling.gammaln)
binomial_log = _over_arrays(_stirling.binomial_log)
poisson_log = _over_arrays(_stirling.poisson_log)

__all__ = [
    "exp",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
    "power",
    "sin",
    "cos",
    "tan",
    "ndtr",
    "ndtri",
    "sinh",
    "cosh",
    "asinh",
    "asin",
    "gammaln",
    "binomial_log",
    "poisson_log",
    "beta_front",
    "beta_parts",
    "beta_point",
    "gamma_front",
    "gamma_parts",
    "gamma_point",
    "gauss_legendre",
    "root",
    "Remembered",
    "Complex",
    "steps",
    "rfft",
    "irfft",
    "product",
    "total",
    "dot",
    "bind",
    "rebind",
    "provide",
    "provided",
    "withdraw",
    "Jit",
    "Vector",
]
