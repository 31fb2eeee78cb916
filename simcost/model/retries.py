"""How often a project has to be repeated until it succeeds, read off its chances of failure.

With a chance of success p that is itself uncertain, one draw for a project, the number of attempts
has mean E[1/p]. Where P(p < e) goes like e^a near 0, the mean is infinite for a <= 1 and the
variance for a <= 2: for p ~ Beta(a, b) the number of attempts is beta-geometric.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import numpy as np

from simcost.families import Constant, Distribution
from simcost.graph.node import Node

NEAR, NEARER = 1e-3, 1e-4


def exponent_near_zero(failures: Iterable[Node]) -> tuple[float, str]:
    """Return the exponent a of P(p < e) ~ e^a of the chance of success p, and what causes it.

    Parameters
    ----------
    failures : iterable of Node
        Chance of failure of each stage.

    Returns
    -------
    exponent : float
        0 where success can be impossible, infinite where p stays away from 0.
    cause : str
        The chance of failure that comes closest to 1, in words; empty for an infinite exponent.

    Notes
    -----
    Reads numbers, distributions and one minus a distribution; other formulas are taken to stay
    away from 1. Stages that share one draw multiply their chances of success.
    """
    worst, cause = math.inf, ""
    for node, times in Counter(failures).items():
        exponent, words = _exponent(node)
        if exponent / times < worst:
            worst, cause = exponent / times, words
    return worst, cause


def _exponent(failure: Node) -> tuple[float, str]:
    if failure.op == "const":
        return (0.0, "1") if failure.value >= 1.0 else (math.inf, "")
    law, complement = failure.payload, False
    if failure.op == "sub" and failure.args[0].op == "const" and failure.args[0].value == 1.0:
        law, complement = failure.args[1].payload, True
    if not isinstance(law, Distribution) or isinstance(law, Constant):
        return math.inf, ""
    return _power(law, complement), ("1 - " if complement else "") + law.describe()


def _power(law: Distribution, complement: bool) -> float:
    """Slope of log P against log e at the end where success becomes impossible."""
    e = np.array([NEAR, NEARER])
    near, nearer = (float(one) for one in (law.cdf(e) if complement else law.sf(1.0 - e)))
    if nearer <= 0 or near <= 0:
        return math.inf
    return (math.log(near) - math.log(nearer)) / (math.log(NEAR) - math.log(NEARER))
