"""A reverse stress written down as an ordinary scenario, and run again on the same draws.

A scenario changes each input by itself. What the weights do to the inputs jointly is lost, so the
rerun need not meet the target; how near it comes is part of the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simcost.analyses._acting import Acting
from simcost.analyses._moves import Sorted
from simcost.analyses._weights import Tilt, Vector
from simcost.errors import SimcostError
from simcost.families import Distribution, build
from simcost.graph.node import Node, const, make, quantile

PERCENTS = (0.1, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 97.5,
            99.0, 99.9)  # fmt: skip
LEAST_IN_TAIL = 50  # outcomes, effectively, beyond the outermost percentile
LEAST_POINTS = 4
DIGITS = 5
MOST_LEVELS = 1000
BINARY = np.array([0.0, 1.0])
MATERIAL = 0.05  # of the largest distance that an input moves: less is not worth a line


@dataclass(frozen=True, slots=True)
class Forward:
    """Changes of single inputs.

    Parameters
    ----------
    tables : mapping of str to mapping
        For each changed input, its new distribution as in a model file.
    replaced : mapping of Node to Node
        What stands for what in the graph of the model.
    lost : tuple of str
        What could not be written down, in words.
    """

    tables: Mapping[str, Mapping[str, Any]]
    replaced: Mapping[Node, Node]
    lost: tuple[str, ...]


def forward(tilt: Tilt, inputs: Sequence[Acting], drawn: Mapping[str, Vector]) -> Forward:
    """Return the scenario whose inputs have, one by one, the distributions of the weights.

    Parameters
    ----------
    tilt : Tilt
        Weights.
    inputs : sequence of Acting
        Those that moved.
    drawn : mapping of str to float64[n]
        Their values.
    """
    tables: dict[str, Mapping[str, Any]] = {}
    replaced: dict[Node, Node] = {}
    lost: list[str] = []
    for one in inputs:
        law = Sorted.of(drawn[one.name], tilt.weights)
        if one.driver.gate:
            chance = _chance_node(one)
            if chance is None or chance.op != "const":
                lost.append(f"{one.name}: its chance is uncertain itself, and is left as it is")
                continue
            failure = _round(_shares(np.array([1 - chance.value, chance.value]), law)[1])
            tables[one.name.removesuffix(".gate") + ".failure"] = {"value": failure}
            replaced[one.shown] = make(
                "gt", one.driver.uniform, make("sub", const(1.0), const(failure))
            )
            continue
        table = (
            _levels(law, one.driver.law)
            if one.levels
            else _percentiles(law, one.driver.law, tilt.effective)
        )
        made = _built(table)
        if made is None:
            lost.append(f"{one.name}: no distribution was found that follows its percentiles")
            continue
        tables[one.name] = table
        replaced[one.driver.value] = quantile(one.driver.uniform, made)
    return Forward(tables, replaced, tuple(lost))


def _chance_node(one: Acting) -> Node | None:
    """Return the chance p of a gate that fails where u > 1 - p."""
    if one.shown.op != "gt" or one.shown.args[1].op != "sub":
        return None
    return one.shown.args[1].args[1]


def _built(table: Mapping[str, Any]) -> Distribution | None:
    try:
        return build(dict(table)) if table else None
    except SimcostError:
        return None


def _levels(law: Sorted, before: Distribution) -> Mapping[str, Any]:
    atoms = before.atoms()
    if atoms is None or len(atoms[0]) > MOST_LEVELS:
        return {}
    values, chances = atoms
    if not set(law.values.tolist()) <= set(values.tolist()):
        return {}
    weights = [_round(float(share)) for share in _shares(chances, law, values)]
    if values.tolist() == [0.0, 1.0]:
        return {"bernoulli": {"p": weights[1]}}
    return {"discrete": {"values": [float(value) for value in values], "weights": weights}}


def _shares(chances: Vector, law: Sorted, values: Vector = BINARY) -> Vector:
    """Return the chances of levels, changed by the factor by which the weights change them.

    Changing what is known exactly leaves the sample's own deviation from it out.
    """
    drawn = np.bincount(np.searchsorted(values, law.values), minlength=len(values))
    held = np.bincount(np.searchsorted(values, law.values), law.weights, minlength=len(values))
    factor = np.divide(held * len(law.values), drawn, out=np.ones(len(values)), where=drawn > 0)
    changed = chances * factor
    return np.asarray(changed / np.sum(changed), dtype=np.float64)


def _percentiles(law: Sorted, before: Distribution, effective: float) -> Mapping[str, Any]:
    """Return the stressed percentiles, within the range of the law before."""
    found: dict[str, float] = {}
    last = -np.inf
    for percent in PERCENTS:
        if min(percent, 100 - percent) / 100 * effective < LEAST_IN_TAIL:
            continue
        value = _round(law.quantile(percent / 100))
        if value > last:
            found["p" + f"{percent:g}".replace(".", "_")] = last = value
    if len(found) < LEAST_POINTS:
        return {}
    low, high = (float(end) for end in before.support())
    table: dict[str, Any] = {"percentiles": found}
    if np.isfinite(high) or (np.isfinite(low) and low != 0.0):
        table["within"] = [low, high]
    return table


def _round(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def to_toml(name: str, tables: Mapping[str, Mapping[str, Any]], remarks: Sequence[str]) -> str:
    """Return a scenario as a section of a model file.

    Parameters
    ----------
    name : str
        Of the scenario.
    tables : mapping of str to mapping
        What each input becomes.
    remarks : sequence of str
        Comments above it.
    """
    lines = [f"# {' '.join(remark.split())}" for remark in remarks]
    lines.append(f"[scenarios.{_key(name)}]")
    lines += [f"{_key(target)} = {_value(table)}" for target, table in tables.items()]
    return "\n".join(lines) + "\n"


def _key(text: str) -> str:
    bare = text.isascii() and text.replace("-", "_").replace("_", "a").isalnum()
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return text if bare else f'"{escaped}"'


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return repr(float(value)) if isinstance(value, float) else str(value)
