"""What would have to be true: the least implausible change of the inputs that meets a target.

A scenario says what the inputs do and asks for the output. Here the output is told what to do,
and the outcomes that were drawn get weights: the smallest change of their distribution, in the
sense of Kullback and Leibler, for which the target holds. What the weights do to each input is
the answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from simcost.analyses._acting import Acting, acting, origin_of
from simcost.analyses._analysis import Analysis
from simcost.analyses._attributes import attributes, labels
from simcost.analyses._constraints import Constraint, constrain, figure, scores, solve
from simcost.analyses._moves import moves
from simcost.analyses._targets import SYNTAX, Target, names_of, parse_target
from simcost.analyses._weights import Tilt, Vector
from simcost.errors import UsageError
from simcost.result import Result
from simcost.run.drivers import observe
from simcost.run.memory import check_memory

if TYPE_CHECKING:
    import xarray

LEAST_EFFECTIVE = 0.1  # share of the draws
DRAWS_FOR_DIVERGENCE = 100.0  # times e^KL (Chatterjee & Diaconis 2018)
LARGEST_SHARE = 0.01


def reverse(
    result: Result, output: str = "cost", *, target: str | Sequence[str]
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

    Returns
    -------
    xarray.Dataset
        Over ``input``: ``base_mean``, ``stressed_mean``, ``base_p10`` … ``stressed_p90``,
        ``gamma``, ``kolmogorov``, ``wasserstein``, each with ``_lower`` and ``_upper``; ``unit``;
        ``kind`` (``continuous``, ``levels`` or ``gate``). Over ``target``: ``base``, ``asked``,
        ``attained``. Over ``draw``: ``weight``. Scalars ``kl`` (nats), ``ess``,
        ``largest_share``.

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
    nodes = {f"target {i}": one.quantity.node for i, one in enumerate(targets)}
    nodes |= {f"input {one.name}": one.shown for one in inputs}
    seen = observe(plan, nodes, settings, 0, settings.draws)
    values = [_values(one, seen[f"target {i}"]) for i, one in enumerate(targets)]
    constraints = constrain(targets, values)
    tilt = solve(constraints)
    _check_support(tilt, constraints)
    drawn = {one.name: seen[f"input {one.name}"] for one in inputs}
    return _dataset(result, output, inputs, drawn, constraints, tilt)


def _values(target: Target, drawn: Vector) -> Vector:
    return scores(drawn) if target.score else drawn


def _check_support(tilt: Tilt, constraints: Sequence[Constraint]) -> None:
    """Refuse weights that rest on too few of the outcomes."""
    n = len(tilt.weights)
    needed = DRAWS_FOR_DIVERGENCE * math.exp(tilt.divergence)
    problem = ""
    if tilt.effective < LEAST_EFFECTIVE * n:
        problem = (
            f"it would rest on {tilt.effective:,.0f} of {n:,} outcomes, and at least "
            f"{LEAST_EFFECTIVE:.0%} are needed"
        )
    elif tilt.largest_share >= LARGEST_SHARE:
        problem = f"a single outcome would hold {tilt.largest_share:.1%} of the weight"
    elif n < needed:
        problem = f"it takes {needed:,.0f} draws or more, and there are {n:,}"
    if problem:
        texts = " and ".join(repr(one.target.text) for one in constraints)
        raise UsageError(
            f"the target {texts} is too far from the model: {problem}. Ask for less, take more "
            "draws, or change the inputs in a scenario and ask from there"
        )


def _dataset(
    result: Result,
    output: str,
    inputs: Sequence[Acting],
    drawn: dict[str, Vector],
    constraints: Sequence[Constraint],
    tilt: Tilt,
) -> xarray.Dataset:
    import xarray as xr

    z = float(special.ndtri(0.5 + result.meta.confidence / 2))
    table = [moves(tilt, drawn[one.name], z) for one in inputs]
    order = sorted(range(len(table)), key=lambda i: -abs(table[i]["gamma"]))
    data: dict[str, Any] = {
        name: ("input", np.array([table[i][name] for i in order]))
        for name in (table[0] if table else ())
    }
    data |= {
        "base": ("target", np.array([one.base for one in constraints])),
        "asked": ("target", np.array([one.asked for one in constraints])),
        "attained": (
            "target",
            np.array([figure(one.target, one.values, tilt.weights) for one in constraints]),
        ),
        "weight": ("draw", tilt.weights),
        "kl": tilt.divergence,
        "ess": tilt.effective,
        "largest_share": tilt.largest_share,
    }
    return xr.Dataset(
        data,
        {
            "input": labels(inputs[i].name for i in order),
            "unit": ("input", labels(inputs[i].unit for i in order)),
            "kind": ("input", labels(_kind(inputs[i]) for i in order)),
            "target": labels(one.target.text for one in constraints),
            "figure": ("target", labels(one.target.name for one in constraints)),
            "target_unit": ("target", labels(_unit(one.target) for one in constraints)),
        },
        attributes(
            result,
            output,
            "reverse",
            method="minimum Kullback-Leibler weights",
            title=f"What would have to be true for {' and '.join(o.target.text for o in constraints)}",
            notes=[in_words(tilt.divergence)],
        ),
    )


def in_words(divergence: float) -> str:
    """Return how far-fetched a change of a distribution is.

    By Wald's approximation a sequential test with odds of 20 to 1 needs log(20)/KL observations
    on average when the changed distribution is the true one. The adjectives are a judgement.
    """
    projects = math.log(20.0) / divergence if divergence > 0.0 else math.inf
    word = next(word for limit, word in _WORDS if divergence <= limit)
    if projects == math.inf:
        return "no change: the target holds as it is"
    count = f"{projects:,.2g}" if projects < 100 else f"{float(f'{projects:.2g}'):,.0f}"
    if projects < 2:
        return f"{word}: one or two such projects would give the difference away at odds of 20 to 1"
    return f"{word}: it would take about {count} such projects to notice, at odds of 20 to 1"


_WORDS = (
    (0.05, "a slight shift"),
    (0.3, "a noticeable shift"),
    (1.0, "a strong shift"),
    (math.inf, "far-fetched"),
)


def _unit(target: Target) -> str:
    return "" if target.score or target.figure == "chance" else str(target.quantity.unit)


def _kind(one: Acting) -> str:
    return "gate" if one.driver.gate else "levels" if one.levels else "continuous"


ANALYSIS = Analysis(
    name="reverse",
    summary="what would have to be true for a target, and how far-fetched that is",
    run=reverse,
    source="Pesenti, Millossovich & Tsanakas (2019), EJOR 274, 654",
)
