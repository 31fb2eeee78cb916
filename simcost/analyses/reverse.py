"""What would have to be true: the least implausible change of the inputs that meets a target.

A scenario says what the inputs do and asks for the output. Here the output is told what to do,
and the outcomes that were drawn get weights: the smallest change of their distribution, in the
sense of Kullback and Leibler, for which the target holds. What the weights do to each input is
the answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from simcost.analyses._acting import acting, origin_of
from simcost.analyses._analysis import Analysis
from simcost.analyses._constraints import Constraint, constrain, solve
from simcost.analyses._figures import figure, scores, spread
from simcost.analyses._forward import MATERIAL, forward
from simcost.analyses._moves import has_moved, moves
from simcost.analyses._reversed import make_dataset, with_scenario
from simcost.analyses._targets import SYNTAX, Target, names_of, parse_target
from simcost.analyses._weights import Tilt, Vector
from simcost.errors import UsageError
from simcost.graph.rewrite import substitute
from simcost.result import Result
from simcost.run.drivers import observe
from simcost.run.memory import check_memory

if TYPE_CHECKING:
    import xarray

LEAST_EFFECTIVE = 0.1  # share of the draws
DRAWS_FOR_DIVERGENCE = 100.0  # times e^KL (Chatterjee & Diaconis 2018)
LARGEST_SHARE = 0.01


def reverse(
    result: Result, output: str = "cost", *, target: str | Sequence[str], write_scenario: str = ""
) -> xarray.Dataset:
    """Return the least implausible world in which a target holds.

    Parameters
    ----------
    result : Result
        A run with the random design, which knows its model.
    output : str
        What the targets' figures are of, where they do not say.
    target : str or sequence of str
        ``"P90 * 1.2"``; see `simcost.analyses._targets`. Several hold together.
    write_scenario : str
        Name of the scenario to write the answer down as, and to run again; empty for none.

    Returns
    -------
    xarray.Dataset
        Over ``input``: ``base_mean``, ``stressed_mean``, ``base_p10`` … ``stressed_p90``,
        ``gamma``, ``kolmogorov``, ``wasserstein``, each with ``_lower`` and ``_upper``;
        ``moved``; coordinates ``unit`` and ``kind`` (``continuous``, ``levels`` or ``gate``).
        Over ``target``: ``base``, ``asked``, ``attained`` and, with a scenario, ``rerun``; the
        first and the last with ``_lower`` and ``_upper``. Over
        ``percent``: ``curve_base``, ``curve_stressed`` and ``curve_rerun``, percentiles of the
        output. Over ``draw``: ``weight``. Scalars ``kl`` (nats), ``ess``, ``largest_share``. With
        a scenario, its text is the attribute ``scenario_toml``.

    Raises
    ------
    UsageError
        For a target that makes no sense, is out of reach, contradicts another, has no solution,
        or leaves too few outcomes to rest on.
    """
    texts = [target] if isinstance(target, str) else list(target)
    if not texts:
        raise UsageError(f"a reverse stress needs a target. {SYNTAX}")
    plan, settings = origin_of(result, "a reverse stress", output)
    names = names_of({**plan.labels, **plan.outputs}, {**plan.label_units, **plan.units})
    targets = [parse_target(text, output, names) for text in texts]
    inputs = acting(plan)
    check_memory(settings.draws, 2 * len(inputs) + 4 * len(targets), settings.memory_limit)
    wanted = {
        "output": plan.outputs[output],
        **{f"target {i}": one.quantity.node for i, one in enumerate(targets)},
    }
    shown = {f"input {one.name}": one.shown for one in inputs}
    seen = observe(plan, {**wanted, **shown}, settings, 0, settings.draws)
    constraints = constrain(targets, _target_values(targets, seen))
    tilt = solve(constraints)
    _check_support(tilt, constraints)
    drawn = {one.name: seen[f"input {one.name}"] for one in inputs}
    z = float(special.ndtri(0.5 + result.meta.confidence / 2))
    table = {one.name: moves(tilt, drawn[one.name], z, one.tail) for one in inputs}
    data = make_dataset(result, output, inputs, table, constraints, tilt, seen["output"], z)
    if not write_scenario:
        return data
    largest = max((row["kolmogorov"] for row in table.values()), default=0.0)
    moved = [
        one
        for one in inputs
        if has_moved(table[one.name]) and table[one.name]["kolmogorov"] >= MATERIAL * largest
    ]
    made = forward(tilt, moved, drawn)
    nodes = dict(zip(wanted, substitute(wanted.values(), made.replaced), strict=True))
    again = observe(plan, nodes, settings, 0, settings.draws)
    figures = [
        (figure(one, values, np.ones(settings.draws)), *spread(one, values, z))
        for one, values in zip(targets, _target_values(targets, again, seen), strict=True)
    ]
    return with_scenario(data, write_scenario, made, figures, again["output"])


def _target_values(
    targets: Sequence[Target],
    seen: Mapping[str, Vector],
    reference: Mapping[str, Vector] | None = None,
) -> list[Vector]:
    """Return the quantity of each target; a score is that among the reference's values."""
    return [
        scores(seen[key], None if reference is None else reference[key]) if one.score else seen[key]
        for i, one in enumerate(targets)
        for key in [f"target {i}"]
    ]


def _check_support(tilt: Tilt, constraints: Sequence[Constraint]) -> None:
    """Refuse weights that rest on too few of the outcomes."""
    n = len(tilt.weights)
    needed = DRAWS_FOR_DIVERGENCE * math.exp(tilt.divergence)
    problem = ""
    if tilt.effective < LEAST_EFFECTIVE * n:
        problem = (
            f"the answer would rest on {tilt.effective:,.0f} of {n:,} outcomes, and at least "
            f"{LEAST_EFFECTIVE:.0%} are needed"
        )
    elif tilt.largest_share >= LARGEST_SHARE:
        problem = f"a single outcome would hold {tilt.largest_share:.1%} of the weight"
    elif n < needed:
        problem = f"it takes {needed:,.0f} draws or more, and there are {n:,}"
    if problem:
        texts = " and ".join(repr(one.target.text) for one in constraints)
        raise UsageError(
            f"{texts} would be too far from the model: {problem}. Ask for less, take more "
            "draws, or change the inputs in a scenario and ask from there"
        )


ANALYSIS = Analysis(
    name="reverse",
    summary="what would have to be true for a target, and how far-fetched that is",
    run=reverse,
    source="Pesenti, Millossovich & Tsanakas (2019), EJOR 274, 654",
)
