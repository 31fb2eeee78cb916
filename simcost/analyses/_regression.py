"""Standardised regression: how many standard deviations the output moves with one of an input.

A linear model of the output in all inputs together; R² says how much of the output it explains,
and below about 0.7 the coefficients describe little.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simcost.analyses._axes import Axis, dummies, equal_edges
from simcost.analyses._bars import Bar, Bars, exactly
from simcost.analyses._freedom import seen_by_few
from simcost.analyses._jackknife import PORTIONS, Jackknifed, jackknife
from simcost.analyses._outcomes import Outcomes
from simcost.errors import UsageError
from simcost.graph.node import Node, make

Vector = npt.NDArray[np.float64]

ENOUGH = 0.7  # of R²


def regression(outcomes: Outcomes, axes: Sequence[Axis]) -> tuple[Bars, float]:
    """Return the coefficients of all inputs, and R².

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    axes : sequence of Axis
        Inputs; a gate enters as 1 where it fails, a group as the normal of its direction.

    Raises
    ------
    UsageError
        For fewer than ten outcomes for each coefficient, or an input whose variance does not
        exist.
    """
    _check(outcomes, axes)
    rows = [*axes, *dummies(equal_edges(2))]
    found = jackknife(_moments(outcomes, [_value(axis) for axis in rows]), _coefficients)
    n = len(rows)
    sd = float(outcomes.y.std())
    bars = [_bar(axis.name, found, k, outcomes.meta.confidence, sd) for k, axis in enumerate(axes)]
    noise = float(np.max(np.abs(found.values[len(axes) : n])))
    explained = float(found.values[n])
    note = f"the linear model explains {100 * explained:.3g}% of the variance (R²)"
    if explained < ENOUGH:
        note += "; what it leaves out is not in these bars"
    notes = [note]
    if seen_by_few(outcomes.y, outcomes.meta.replicates):
        notes.append(
            "intervals may be too narrow: a few outcomes dominate the variance, and not every "
            f"replicate of the {outcomes.meta.design} design has its share of them"
        )
    return Bars(tuple(bars), exactly(0.0), noise, tuple(notes)), explained


def _check(outcomes: Outcomes, axes: Sequence[Axis]) -> None:
    need = 10 * (len(axes) + 20)
    if outcomes.count < need:
        raise UsageError(
            f"{outcomes.count:,} draws are too few for a regression on {len(axes)} inputs; "
            f"take {need:,} or more"
        )
    heavy = [axis.name for axis in axes if axis.driver and _heavy(axis)]
    if heavy:
        raise UsageError(
            f"the variance of {', '.join(heavy)} does not exist, so there is no regression; take "
            "rank correlations (--method rank)"
        )


def _heavy(axis: Axis) -> bool:
    law = axis.driver.law if axis.driver else None
    return law is not None and law.tail_index() >= 0.5


def _value(axis: Axis) -> Node:
    if axis.kind in ("gate", "dummy"):
        return axis.node
    if axis.driver is None:
        return make("ndtri", axis.node)
    return axis.driver.value


def _bar(name: str, found: Jackknifed, k: int, confidence: float, sd: float) -> Bar:
    coefficient = found.interval(k, confidence)
    extra = {"mapped": float(coefficient) * sd}
    return Bar(name, exactly(0.0), coefficient, coefficient, found.p_value(k), extra=extra)


def _moments(outcomes: Outcomes, values: Sequence[Node]) -> Vector:
    """Return the products of 1, inputs and output by portion, float64[portions, k, k]."""
    portions = outcomes.meta.replicates if outcomes.meta.replicates > 1 else PORTIONS
    nodes = {str(k): node for k, node in enumerate(values)}
    y, size = outcomes.y, len(values) + 2
    head = outcomes.head(nodes)
    centre = head.mean(axis=1, keepdims=True)
    scale = head.std(axis=1, keepdims=True)
    scale[scale == 0] = 1.0
    middle, width = float(y.mean()), float(y.std())

    def work(first: int, last: int, drawn: Vector, _: bool) -> Vector:
        table = np.empty((size, last - first))
        table[0] = 1.0
        table[1:-1] = (drawn - centre) / scale
        table[-1] = (y[first:last] - middle) / width
        # A leaf begins with an outcome of portion 0, since portions divide its size.
        columns = [np.ascontiguousarray(table[:, r::portions]) for r in range(portions)]
        return np.array([column @ column.T for column in columns])

    total: Vector = np.sum(list(outcomes.leaves(nodes, work)), axis=0)
    return total


def _coefficients(products: Vector) -> Vector:
    """Return standardised coefficients and R² from the products."""
    n, means = products[0, 0], products[0] / products[0, 0]
    covariance = products / n - np.outer(means, means)
    inputs, output = covariance[1:-1, 1:-1], covariance[1:-1, -1]
    slopes = np.linalg.pinv(inputs, rcond=1e-10, hermitian=True) @ output
    variance = covariance[-1, -1]
    coefficients = slopes * np.sqrt(np.diag(inputs) / variance)
    return np.append(coefficients, slopes @ output / variance)
