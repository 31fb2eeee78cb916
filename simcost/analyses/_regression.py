"""Standardised regression: how many standard deviations the output moves with one of an input.

A linear model of the output in all inputs together; R² says how much of the output it explains,
and below about 0.7 the coefficients describe little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from simcost.analyses._axes import Axis, dummies, equal_edges
from simcost.analyses._bars import Bar, Bars, ends, exactly
from simcost.analyses._freedom import seen_by_few
from simcost.analyses._jackknife import PORTIONS, Jackknifed, jackknife
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._subject import Subject
from simcost.errors import UsageError
from simcost.graph.node import Node, make
from simcost.result import Interval
from simcost.result.digits import percent

Vector = npt.NDArray[np.float64]

ENOUGH = 0.7  # of R²
LEAST = 1e-4  # error of R² that is worth a digit


def regression(outcomes: Outcomes, axes: Sequence[Axis]) -> tuple[Bars, Interval]:
    """Return the coefficients of all inputs, and R².

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    axes : sequence of Axis
        Inputs; a gate enters as 1 where it fails, a group as the normal of its direction.
    """
    rows = [*axes, *dummies(equal_edges(2))]
    found = jackknife(_moments(outcomes, [_value(axis) for axis in rows]), _coefficients)
    n, level = len(rows), outcomes.meta.confidence
    sd = float(outcomes.y.std())
    bars = [_bar(axis.name, found, k, n + 1 + k, level, sd) for k, axis in enumerate(axes)]
    noise = float(np.max(np.abs(found.values[len(axes) : n])))
    explained = found.interval(n, level)
    half = explained.half_width or 0.0
    exact = half < LEAST  # the rounding of a model that is linear is no error
    share = f"{100 * float(explained):.4g}%" if exact else percent(explained.value, half)
    note = f"the linear model explains {share} of the variance (R²)"
    if float(explained) < ENOUGH:
        note += "; what it leaves out is not in these bars"
    notes = [note]
    if seen_by_few(outcomes.y, outcomes.meta.replicates):
        notes.append(
            "intervals may be too narrow: a few outcomes dominate the variance, and not every "
            f"replicate of the {outcomes.meta.design} design has its share of them"
        )
    return Bars(tuple(bars), exactly(0.0), noise, tuple(notes)), explained


def check_regression(subject: Subject, groups: Mapping[str, Sequence[str]]) -> None:
    """Refuse a regression that means nothing.

    Raises
    ------
    UsageError
        For fewer than ten outcomes for each coefficient, or an input whose variance does not
        exist.
    """
    grouped = {name for members in groups.values() for name in members}
    single = [driver for driver in subject.drivers if driver.name not in grouped]
    inputs = len(single) + len(groups)
    need = 10 * (inputs + 20)
    if subject.count < need:
        raise UsageError(
            f"{subject.count:,} draws are too few for a regression on {inputs} inputs; "
            f"take {need:,} or more"
        )
    heavy = [one.name for one in single if one.law is not None and one.law.tail_index() >= 0.5]
    if heavy:
        raise UsageError(
            f"the variance of {', '.join(heavy)} does not exist, so there is no regression; take "
            "rank correlations (--method rank)"
        )


def _value(axis: Axis) -> Node:
    if axis.kind in ("gate", "dummy"):
        return axis.node
    if axis.driver is None:
        return make("ndtri", axis.node)
    return axis.driver.value


def _bar(name: str, found: Jackknifed, k: int, mapped: int, confidence: float, sd: float) -> Bar:
    coefficient = found.interval(k, confidence)
    value, low, high = (sd * end for end in ends(found.interval(mapped, confidence)))
    extra = {"mapped": value, "mapped_lower": low, "mapped_upper": high}
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
    """Return standardised coefficients, R², and coefficients times the sd of the output."""
    n, means = products[0, 0], products[0] / products[0, 0]
    covariance = products / n - np.outer(means, means)
    inputs, output = covariance[1:-1, 1:-1], covariance[1:-1, -1]
    slopes = np.linalg.pinv(inputs, rcond=1e-10, hermitian=True) @ output
    variance = covariance[-1, -1]
    mapped = slopes * np.sqrt(np.diag(inputs))
    return np.concatenate([mapped / np.sqrt(variance), [slopes @ output / variance], mapped])
