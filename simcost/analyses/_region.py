"""How probable the region is that a scenario confines the inputs to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simcost.graph.node import Node, walk
from simcost.model import Change, Model, Scenario
from simcost.model.scenario import resolve
from simcost.result import Interval
from simcost.result.proportion import clopper_pearson
from simcost.run import Plan, Settings
from simcost.run.drivers import Driver, drivers, observed_in_parts

Band = tuple[float, float]  # of u: above the first, at most the second

FEW = 1_000_000  # outcomes that a probability is counted on


def probability(model: Model, scenario: str, plan: Plan, settings: Settings) -> Interval:
    """Return the chance, under the model as declared, of the region of a scenario.

    The region is where every input that the scenario confines to a band of percentiles, or holds
    at one of its discrete values, is there by itself. For independent inputs the chance is the
    product of the widths, exactly. Inputs that correlations tie together are counted, on the draws
    of the run, with the exact binomial interval.

    Parameters
    ----------
    model : Model
        The model.
    scenario : str
        One of its scenarios.
    plan : Plan
        Of all outputs of the model as declared.
    settings : Settings
        Of the run.

    Returns
    -------
    Interval
        Without a value where the scenario leads out of the model as declared: it scales or
        replaces a distribution, fixes a continuous input, or changes a correlation.
    """
    wanted = resolve(model.spec.scenarios, scenario)
    found = {driver.name: driver for driver in drivers(plan)}
    bands = _bands(wanted, found)
    if bands is None:
        return Interval(None, reason="the scenario leads out of the model as declared")
    exact, estimate = 1.0, Interval(1.0, 1.0, 1.0)
    for block in _blocks([found[name] for name in bands]):
        if len(block) == 1:
            low, high = bands[block[0].name]
            exact *= high - low
        else:
            estimate = _times(estimate, _counted(plan, block, bands, settings))
    return _times(estimate, Interval(exact, exact, exact))


def _bands(scenario: Scenario, found: dict[str, Driver]) -> dict[str, Band] | None:
    """Return the band of u of every input; None where there is one that has none."""
    if scenario.correlations or scenario.correlation_stress or not scenario.changes:
        return None
    bands: dict[str, Band] = {}
    for target, change in scenario.changes.items():
        driver = found.get(target)
        band = None if driver is None else _band(driver, change)
        if band is None:
            return None
        bands[target] = band
    return bands


def _band(driver: Driver, change: Change) -> Band | None:
    if driver.gate:
        return None
    if change.percentiles is not None:
        return change.percentiles[0] / 100, change.percentiles[1] / 100
    if not change.holds or not driver.discrete:
        return None
    value = change.value
    if value is None:
        value = float(driver.law.quantile(np.array([(change.percentile or 0.0) / 100]))[0])
    below, upto = driver.law.cdf(np.array([np.nextafter(value, -np.inf), value])).tolist()
    return below, upto


def _blocks(confined: list[Driver]) -> list[list[Driver]]:
    """Return the drivers in groups that share no draw with each other."""
    blocks: list[tuple[set[Node], list[Driver]]] = []
    for driver in confined:
        streams = {node for node in walk([driver.uniform]) if node.op == "stream"}
        joined = [driver]
        apart = []
        for others, members in blocks:
            if others & streams:
                streams, joined = streams | others, [*members, *joined]
            else:
                apart.append((others, members))
        blocks = [*apart, (streams, joined)]
    return [members for _, members in blocks]


def _counted(
    plan: Plan, block: list[Driver], bands: dict[str, Band], settings: Settings
) -> Interval:
    nodes = {driver.name: driver.uniform for driver in block}
    settings = replace(settings, design="random", draws=min(settings.draws, FEW))
    met = 0
    for _, seen in observed_in_parts(plan, nodes, settings):
        inside = np.ones(len(next(iter(seen.values()))), dtype=bool)
        for name, u in seen.items():
            low, high = bands[name]
            inside &= (u > low) & (u <= high)
        met += int(np.count_nonzero(inside))
    low, high = clopper_pearson(met, settings.draws, 0.95)
    return Interval(met / settings.draws, low, high)


def _times(first: Interval, second: Interval) -> Interval:
    """Return the product of independent probabilities of which at most one is estimated."""
    a, b = first, second
    assert a.value is not None and a.low is not None and a.high is not None  # noqa: PT018
    assert b.value is not None and b.low is not None and b.high is not None  # noqa: PT018
    return Interval(a.value * b.value, a.low * b.low, a.high * b.high)
