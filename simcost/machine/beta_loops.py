"""The compiled loop of the incomplete beta function with small shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.machine.loops import jit, portable

exp, finite_log = portable.exp, portable.finite_log


@jit
def parts(
    a: Any, b: Any, constant: Any, terms: Any, counts: Any, x: Any, y: Any,
    front: Any, lower: Any, upper: Any, argument: Any, fraction: Any, places: Any,
) -> None:  # fmt: skip
    """Do what `simcost.elementary._beta.beta_parts` does, in its order."""
    for i in range(x.size):
        value = exp(a * finite_log(x[i]) + b * finite_log(y[i]) + constant)
        front[i] = value if (x[i] > 0.0) & (y[i] > 0.0) else 0.0
    split = (a + 1.0) / (a + b + 2.0)
    for side in range(counts.size):
        count, last = 0, counts[side] - 1
        for i in range(x.size):
            if (x[i] <= split) == (side == 0):
                places[count], argument[count] = i, x[i] if side == 0 else y[i]
                fraction[count] = terms[side, 1, last] + terms[side, 2, last] * argument[count]
                count += 1
        for k in range(last - 1, -1, -1):
            numerator, fixed, slope = terms[side, 0, k + 1], terms[side, 1, k], terms[side, 2, k]
            for i in range(count):
                z = argument[i]
                fraction[i] = ((z * z) / fraction[i]) * numerator + (z * slope + fixed)
        for k in range(count):
            i = places[k]
            part = front[i] / fraction[k]
            part = 1.0 if part > 1.0 else part
            lower[i] = part if side == 0 else 1.0 - part
            upper[i] = 1.0 - part if side == 0 else part


def beta_parts(recipe: Any, x: Any, y: Any) -> Any:
    """Return I(a, b; x), its complement and the density times x y."""
    work, places = np.empty((5, x.size)), np.empty(x.size, dtype=np.int64)
    one, other = (np.array(each, dtype=np.float64).reshape(-1) for each in (x, y))
    parts(
        recipe.a, recipe.b, recipe.constant, recipe.terms, recipe.counts, one, other,
        *work, places,
    )  # fmt: skip
    front, lower, upper = work[:3].reshape(3, *x.shape)
    return lower, upper, front
