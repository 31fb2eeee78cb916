"""Total indices and Shapley effects from one random walk, with independent or coupled inputs.

A walk starts where an outcome x shares nothing with a second evaluation and ends where it shares
everything: inputs are added in a random order, each new one with its value in x, those still
missing drawn anew given the ones that are there. With F the output of x and F_l that of the
evaluation that shares the first l inputs, ½(F - F_l)² has mean E Var(Y | these inputs), so

    Shapley:  ½[(F - F_{l-1})² - (F - F_l)²]       total:  ½(F_{l-1} - F_l)²

are unbiased for the input added in step l (times Var Y); the total needs that no input coupled
with it is still missing. Missing inputs take their draws from the outcome 2^62 further on, so every
evaluation has a name. In a Gaussian copula, z = L w with L the Cholesky factor of the correlations
in the order of the walk: the first l of z depend on the first l of w alone, and new w for the rest
are a draw given the first.

References
----------
Song, Nelson & Staum (2016), Shapley effects for global sensitivity analysis. SIAM/ASA Journal on
Uncertainty Quantification 4. Goda (2021), A simple algorithm for global sensitivity analysis with
Shapley effects. Reliability Engineering & System Safety 213. Jansen (1999), Analysis of variance
designs for model output. Computer Physics Communications 117.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.analyses._couplings import Couplings, read_couplings
from simcost.analyses._outcomes import Outcomes
from simcost.designs import DESIGNS
from simcost.machine.walks import walker
from simcost.result import Interval
from simcost.result._student import student
from simcost.run.drivers import with_outputs
from simcost.run.engine import compile_plan, settle_engine

Vector = npt.NDArray[np.float64]

PARTNER = 1 << 62  # how far on the outcome is that new draws come from
TOGETHER = 256  # outcomes that walk in the same order
SHORT = 7  # times as long as in a run takes NumPy for an outcome of so few


@dataclass(frozen=True, slots=True)
class Effects:
    """What walks tell of each player, shares of the variance.

    Parameters
    ----------
    names : tuple of str
        Players: inputs, groups, and the common factor of a t copula.
    total, shapley, closed : mapping of str to Interval
        Total index, Shapley effect, and the first-order index of a player as a whole.
    evaluations : int
        How often the model was evaluated.
    """

    names: tuple[str, ...]
    total: Mapping[str, Interval]
    shapley: Mapping[str, Interval]
    closed: Mapping[str, Interval]
    evaluations: int


def walk_effects(outcomes: Outcomes, groups: Mapping[str, Sequence[str]], walks: int) -> Effects:
    """Walk from outcome to outcome, and return what each player's step changes.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    groups : mapping of str to sequence of str
        Inputs that step together.
    walks : int
        How many; rounded up to pairs of 256, the second of which walk in the opposite order.
    """
    couplings = read_couplings(outcomes, groups)
    plan = with_outputs(couplings.plan, {"y": couplings.node})
    program = compile_plan(plan)
    blocks = 2 * math.ceil(walks / TOGETHER / 2)
    players = len(couplings.players)
    work = blocks * TOGETHER * (players + 1) * SHORT
    engine = settle_engine(program, outcomes.settings, work)
    walk = walker(program, seed=outcomes.settings.seed, engine=engine)
    orders = _orders(couplings, outcomes.settings.seed, blocks)
    masks = couplings.masks(program)
    scale = 1.0 / float(outcomes.y.std())

    def one(block: int) -> tuple[Vector, Vector]:
        order = orders[block]
        shared = np.zeros((players + 1, masks.shape[1]), dtype=bool)
        for step, player in enumerate(order):
            shared[step + 1] = shared[step] | masks[player]
        bases = np.where(shared, 0, PARTNER)
        constants = couplings.constants(program, order)
        first = block * TOGETHER
        return _block(walk(constants, bases, first, first + TOGETHER) * scale, order)

    found = list(outcomes.map(one, range(blocks)))
    steps = np.array([one for one, _ in found])
    firsts = np.array([one for _, one in found])
    return _effects(couplings, orders, steps, firsts, outcomes.meta.confidence)


def _orders(couplings: Couplings, seed: int, blocks: int) -> npt.NDArray[np.int64]:
    """Return the order of the players in each block; every second one is the first reversed."""
    points = DESIGNS["random"].points
    keys = [points(seed, f"walk:{name}", 0, 0, blocks // 2) for name in couplings.names]
    half = np.argsort(np.array(keys).T, axis=1)
    return np.stack([half, half[:, ::-1]], axis=1).reshape(blocks, -1)


def _block(values: Vector, order: npt.NDArray[np.int64]) -> tuple[Vector, Vector]:
    """Return for each player the mean steps of (Shapley, total), and (½(F-F₀)², ½(F-F₁)²)."""
    end = values[-1]
    apart = 0.5 * np.mean((end - values) ** 2, axis=1)
    steps = np.empty((len(order), 2))
    steps[order, 0] = apart[:-1] - apart[1:]
    steps[order, 1] = 0.5 * np.mean(np.diff(values, axis=0) ** 2, axis=1)
    return steps, apart[:2]


def _effects(
    couplings: Couplings,
    orders: npt.NDArray[np.int64],
    steps: Vector,
    firsts: Vector,
    confidence: float,
) -> Effects:
    variance = firsts[:, 0]
    everywhere = np.ones(len(orders), dtype=bool)
    total, shapley, closed = {}, {}, {}
    for player, name in enumerate(couplings.names):
        shapley[name] = _share(steps[:, player, 0], everywhere, variance, confidence)
        last = np.array([couplings.last_of_its_block(player, order) for order in orders])
        total[name] = _share(steps[:, player, 1], last, variance, confidence)
        first = orders[:, 0] == player
        closed[name] = _share(firsts[:, 0] - firsts[:, 1], first, variance, confidence)
    evaluations = len(orders) * TOGETHER * (len(couplings.names) + 1)
    return Effects(tuple(couplings.names), total, shapley, closed, evaluations)


def _share(
    step: Vector, valid: npt.NDArray[np.bool_], variance: Vector, confidence: float
) -> Interval:
    """Return the mean step of the valid blocks over the mean variance, with its interval.

    The error is that of a ratio (delta method) over pairs of blocks, which are independent.
    """
    if not valid.any():
        return Interval(None, reason="no walk had it in the place that this takes; take more")
    mean, chance = float(variance.mean()), float(valid.mean())
    value = float(step[valid].mean()) / mean
    influence = valid * (step - value * mean) / chance - value * (variance - mean)
    pairs = influence.reshape(-1, 2).mean(axis=1) / mean
    if len(pairs) < 2 or valid.sum() < 2:
        return Interval(value, reason="too few walks for an interval")
    error = float(np.std(pairs, ddof=1)) / math.sqrt(len(pairs))
    half = student(confidence, len(pairs) - 1) * error
    return Interval(value, value - half, value + half)
