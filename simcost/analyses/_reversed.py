"""The Dataset of a reverse stress, and how far-fetched it is in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simcost.analyses._acting import Acting
from simcost.analyses._attributes import attributes, labels
from simcost.analyses._constraints import Constraint
from simcost.analyses._figures import figure, spread
from simcost.analyses._forward import Forward, to_toml
from simcost.analyses._moves import Sorted, has_moved
from simcost.analyses._targets import Target
from simcost.analyses._weights import Tilt, Vector
from simcost.result import Result

if TYPE_CHECKING:
    import xarray

CURVE = np.concatenate([[0.5], np.arange(1.0, 100.0), [99.5]])  # per cent
_WORDS = (
    (0.05, "a slight shift"),
    (0.3, "a noticeable shift"),
    (1.0, "a strong shift"),
    (math.inf, "far-fetched"),
)


def make_dataset(
    result: Result,
    output: str,
    inputs: Sequence[Acting],
    table: Mapping[str, Mapping[str, float]],
    constraints: Sequence[Constraint],
    tilt: Tilt,
    outcomes: Vector,
    z: float,
) -> xarray.Dataset:
    """Return the answer of `simcost.analyses.reverse`, the inputs that move most first."""
    import xarray as xr

    ordered = sorted(inputs, key=lambda one: -table[one.name]["kolmogorov"])
    rows = [table[one.name] for one in ordered]
    attained = [figure(one.target, one.values, tilt.weights) for one in constraints]
    data: dict[str, Any] = {
        **{name: ("input", np.array([row[name] for row in rows])) for name in (rows or [{}])[0]},
        "moved": ("input", np.array([has_moved(row) for row in rows], dtype=bool)),
        "base": ("target", np.array([one.base for one in constraints])),
        **_ends("base", [spread(one.target, one.values, z) for one in constraints]),
        "asked": ("target", np.array([one.asked for one in constraints])),
        "attained": ("target", np.array(attained)),
        "curve_base": ("percent", curve(outcomes, np.ones(len(outcomes)))),
        "curve_stressed": ("percent", curve(outcomes, tilt.weights)),
        "weight": ("draw", tilt.weights),
        "kl": tilt.divergence,
        "ess": tilt.effective,
        "largest_share": tilt.largest_share,
    }
    targets = [one.target for one in constraints]
    coordinates = {
        "input": labels(one.name for one in ordered),
        "unit": ("input", labels(one.unit for one in ordered)),
        "kind": ("input", labels(_kind(one) for one in ordered)),
        "target": labels(one.text for one in targets),
        "figure": ("target", labels(one.name for one in targets)),
        "target_unit": ("target", labels(_unit(one) for one in targets)),
        "percent": CURVE,
    }
    title = f"What would have to be true for {' and '.join(one.text for one in targets)}"
    method = "minimum Kullback-Leibler weights"
    words = in_words(tilt.divergence)
    return xr.Dataset(
        data,
        coordinates,
        attributes(result, output, "reverse", method=method, title=title, plausibility=words),
    )


def with_scenario(
    data: xarray.Dataset,
    name: str,
    made: Forward,
    figures: Sequence[tuple[float, float, float]],
    outcomes: Vector,
) -> xarray.Dataset:
    """Return the answer with the scenario that it was written down as, and its rerun."""
    remarks = [f"{data.attrs['title']} ({data.attrs['model']})."]
    remarks.append("Each input by itself: what the weights did to them jointly is lost.")
    remarks += [f"Left out: {one}." for one in made.lost]
    return data.assign(
        rerun=("target", np.array([value for value, _, _ in figures])),
        **_ends("rerun", [ends for _, *ends in figures]),
        curve_rerun=("percent", curve(outcomes, np.ones(len(outcomes)))),
    ).assign_attrs(
        scenario_name=name,
        scenario_toml=to_toml(name, made.tables, remarks),
        lost=list(made.lost),
    )


def _ends(name: str, pairs: Sequence[Sequence[float]]) -> dict[str, Any]:
    columns = zip((f"{name}_lower", f"{name}_upper"), zip(*pairs, strict=True), strict=True)
    return {end: ("target", np.array(values)) for end, values in columns}


def curve(outcomes: Vector, weights: Vector) -> Vector:
    """Return the percentiles of `CURVE` under weights of mean 1."""
    law = Sorted.of(outcomes, weights)
    return np.array([law.quantile(percent / 100) for percent in CURVE])


def in_words(divergence: float) -> str:
    """Return how far-fetched a change of a distribution is.

    By Wald's approximation a sequential test at odds of 20 to 1 takes log(20)/KL observations on
    average, where the changed distribution is the true one. The adjectives are a judgement.
    """
    if divergence <= 0.0:
        return "no change: the target holds as it is"
    projects = math.log(20.0) / divergence
    word = next(word for limit, word in _WORDS if divergence <= limit)
    if projects < 2.0:
        return f"{word}: one or two such projects would tell it from the model (odds of 20 to 1)"
    count = f"{float(f'{projects:.2g}'):,.0f}"
    return (
        f"{word}: it takes about {count} such projects to tell it from the model (odds of 20 to 1)"
    )


def _unit(target: Target) -> str:
    return "" if target.score or target.figure == "chance" else str(target.quantity.unit)


def _kind(one: Acting) -> str:
    return "gate" if one.driver.gate else "levels" if one.levels else "continuous"
