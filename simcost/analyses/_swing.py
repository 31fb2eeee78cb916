"""One input at a time: the output at chosen values of it, all others at their medians.

Deterministic, so without simulation error, and blind to interactions and to what happens on paths
that the base does not take. Where gates stand is therefore said: ``pass``, ``fail``, or
``expected``, the mean over all ways they can turn out.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from simcost.analyses._axes import gate_event
from simcost.analyses._bars import Bar, Bars, exactly
from simcost.analyses._names import one_of
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._subject import Subject
from simcost.errors import UsageError
from simcost.graph.node import Node
from simcost.machine.library import steps_of
from simcost.machine.points import at_points
from simcost.result.digits import exact, figure
from simcost.run.drivers import Driver

Vector = npt.NDArray[np.float64]

PERCENTILES = (10.0, 30.0, 50.0, 70.0, 90.0)
GATES = ("pass", "fail", "expected")
MOST_AVERAGED = 12  # gates: 4,096 ways to turn out
MOST_LEVELS = 10


def is_switch(driver: Driver) -> bool:
    """Return whether an input decides yes or no: a stage's gate, or a draw of 0 or 1."""
    if driver.gate:
        return True
    steps = steps_of(driver.law) if driver.discrete else None
    return steps is not None and steps.values.tolist() == [0.0, 1.0]


def values_to_try(driver: Driver, percentiles: Sequence[float] = PERCENTILES) -> Vector:
    """Return the values that an input is moved to: percentiles, or all of a few levels."""
    if is_switch(driver):
        return np.array([0.0, 1.0])
    steps = steps_of(driver.law) if driver.discrete else None
    if steps is not None and len(steps.values) <= MOST_LEVELS:
        return steps.values
    values: Vector = driver.law.quantile(np.array(percentiles) / 100)
    return values


def check_gates(subject: Subject, gates_at: str) -> None:
    """Refuse a place where gates cannot stand.

    Raises
    ------
    UsageError
        For another word than ``pass``, ``fail`` or ``expected``, or for the mean over more ways
        than 12 gates can turn out.
    """
    one_of("place for gates (gates_at)", gates_at, GATES)
    count = sum(map(is_switch, subject.drivers))
    if gates_at == "expected" and count > MOST_AVERAGED:
        raise UsageError(
            f"{count} gates turn out in too many ways to be averaged; hold them at pass or fail"
        )


class Base:
    """The point at which everything but one input is held.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    gates_at : str
        Where gates and other yes-or-no draws stand: ``pass`` (0), ``fail`` (1) or ``expected``.

    Raises
    ------
    UsageError
        For another word, or ``expected`` with more than 12 gates.
    """

    def __init__(self, outcomes: Outcomes, gates_at: str = "pass") -> None:
        check_gates(outcomes, gates_at)
        self.outcomes, self.gates_at = outcomes, gates_at
        stand = {"pass": 0.0, "fail": 1.0, "expected": np.nan}[gates_at]
        self.switches = [driver for driver in outcomes.drivers if is_switch(driver)]
        self.values = {
            driver.name: stand if is_switch(driver) else _median(driver)
            for driver in outcomes.drivers
        }

    def at(self, moved: Mapping[str, Vector]) -> Vector:
        """Return the output with some inputs moved, float64[n].

        Parameters
        ----------
        moved : mapping of str to float64[n]
            Values of inputs; of a gate 0 (passes) or 1 (fails).
        """
        points: dict[str, Vector | float] = {**self.values, **moved}
        open_ones = [one for one in self.switches if np.isnan(points[one.name]).any()]
        total = np.zeros(max((np.size(v) for v in moved.values()), default=1))
        for ways in itertools.product((0.0, 1.0), repeat=len(open_ones)):
            turned = dict(zip((one.name for one in open_ones), ways, strict=True))
            total = total + self._one_way(points, turned, open_ones)
        return total

    def _one_way(
        self,
        points: Mapping[str, Vector | float],
        turned: Mapping[str, float],
        open_ones: list[Driver],
    ) -> Vector:
        """Return the output where open gates turn out in one way, times the chance of that."""
        given: dict[Node, Vector | float] = {}
        for driver in self.outcomes.drivers:
            value = np.asarray(points[driver.name])
            if driver.name in turned:
                value = np.where(np.isnan(value), turned[driver.name], value)
            given[driver.value] = value
        chances = [self._threshold(one) for one in open_ones]
        wanted = [self.outcomes.node, *(node for node in chances if node is not None)]
        values = iter(at_points(wanted, given))
        output = next(values)
        weight: Vector = np.ones(np.shape(output))
        for one, node in zip(open_ones, chances, strict=True):
            fails = float(one.law.mean()) if node is None else 1.0 - next(values)
            chance = fails if turned[one.name] else 1.0 - fails
            open_here = np.isnan(points[one.name])
            same = np.asarray(points[one.name]) == turned[one.name]
            weight = weight * np.where(open_here, chance, same)
        # A way of chance 0 may have no value at all.
        return np.where(weight > 0, output * weight, 0.0)

    def _threshold(self, driver: Driver) -> Node | None:
        """Return one minus a gate's chance of failure; None for a draw of 0 or 1."""
        event = gate_event(driver, [self.outcomes.node]) if driver.gate else None
        return None if event is None else event.args[1]

    @property
    def words(self) -> str:
        """Where everything stands, for a note."""
        if not self.switches:
            return "every other input at its median"
        where = {"pass": "pass", "fail": "fail", "expected": "are averaged over"}[self.gates_at]
        return f"every other input at its median; all gates {where}"


def _median(driver: Driver) -> float:
    return float(driver.law.quantile(np.array([0.5]))[0])


def swing(
    outcomes: Outcomes,
    gates_at: str = "pass",
    groups: Mapping[str, Sequence[str]] | None = None,
    percentiles: Sequence[float] = PERCENTILES,
) -> Bars:
    """Return the output at P10 and P90 of each input, and at three points between.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    gates_at : str
        See `Base`.
    groups : mapping of str to sequence of str
        Inputs that move together, each in its direction that raises the output.
    percentiles : sequence of float
        Where the input is moved to; the first and last are the ends of its bar.
    """
    base = Base(outcomes, gates_at)
    middle = float(base.at({})[0])
    grouped = {name for names in (groups or {}).values() for name in names}
    bars, kinked = [], []
    single = {}
    for driver in outcomes.drivers:
        values = values_to_try(driver, percentiles)
        reached = base.at({driver.name: values})
        single[driver.name] = (values, reached)
        if driver.name in grouped:
            continue
        ends = (_label(driver, values[0]), _label(driver, values[-1]))
        bars.append(_bar(driver.name, reached, *ends, driver.unit))
        inside = reached[1:-1]
        if len(inside) and not _between(inside, reached[0], reached[-1]):
            kinked.append(driver.name)
    for name, members in (groups or {}).items():
        moved = {}
        for member in members:
            values, reached = single[member]
            pair = values[[0, -1]]
            moved[member] = pair if reached[-1] >= reached[0] else pair[::-1]
        bars.append(_bar(name, base.at(moved), "toward less", "toward more"))
    notes = [f"one input at a time, {base.words}; correlations play no part"]
    if kinked:
        notes.append(f"not at its extremes at the ends: {', '.join(kinked)} (see the points)")
    return Bars(tuple(bars), exactly(middle), 0.0, tuple(notes))


def _bar(name: str, reached: Vector, low_label: str, high_label: str, unit: str = "") -> Bar:
    low, high = float(reached[0]), float(reached[-1])
    least, most = float(reached.min()), float(reached.max())
    moves = least < most
    return Bar(
        name,
        exactly(low),
        exactly(high),
        exactly(high - low),
        0.0 if moves else 1.0,
        low_label,
        high_label,
        unit,
        {"least": least, "most": most},
    )


def _between(inside: Vector, low: float, high: float) -> bool:
    slack = 1e-9 * (abs(low) + abs(high))
    return bool(inside.min() >= min(low, high) - slack and inside.max() <= max(low, high) + slack)


def _label(driver: Driver, value: float) -> str:
    if driver.gate:
        return "fails" if value else "passes"
    text = exact(float(value)) if driver.discrete else figure(float(value))
    return f"{text} {driver.unit}".rstrip()
