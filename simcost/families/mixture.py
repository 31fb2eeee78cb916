"""Mixture: one of several distributions, by chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import fsum, isfinite, nan, sqrt
from pathlib import Path
from typing import Any

import numpy as np

from simcost.errors import Key, ModelError, ParameterError, Problem
from simcost.families._atoms import LIMIT, AtomTable
from simcost.families._base import Atoms, Elicitation, Family, Flags, Parameter, Vector
from simcost.families._distribution import Constant, Distribution
from simcost.families._invert import first_true
from simcost.families._number import fail, number, unknown_keys
from simcost.families._text import brief, listed, show


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Mixture(Distribution):
    """Component i with probability proportional to weight i.

    Quantiles are exact: the smallest double x whose distribution function reaches u, found by
    bisection between the components' own quantiles, in the upper half through the survival
    function.

    Parameters
    ----------
    weights : sequence of float
        0 or more, with a positive sum; scaled to sum to 1. Components of weight 0 are left out.
    components : sequence of Distribution
        As many.
    """

    weights: tuple[float, ...]
    components: tuple[Distribution, ...]

    def __init__(self, weights: Sequence[float], components: Sequence[Distribution]) -> None:
        kept = [(w, c) for w, c in zip(weights, components, strict=True) if w > 0.0]
        whole = fsum(weight for weight, _ in kept)
        object.__setattr__(self, "weights", tuple(float(weight) / whole for weight, _ in kept))
        object.__setattr__(self, "components", tuple(component for _, component in kept))

    @property
    def family(self) -> str:
        """Always ``mixture``."""
        return "mixture"

    @property
    def params(self) -> tuple[tuple[float, ...], tuple[Distribution, ...]]:
        """Weights, which sum to 1, and components."""
        return self.weights, self.components

    @property
    def key(self) -> str:
        """Every weight and component, in full precision."""
        pairs = zip(self.weights, self.components, strict=True)
        return f"mixture({','.join(f'{weight!r}*{part.key}' for weight, part in pairs)})"

    def quantile(self, u: Vector) -> Vector:
        """Return min{x : P(X <= x) >= u}."""
        u = np.asarray(u, dtype=np.float64)
        if self.discrete:
            return _table(self).quantile(u)
        return self._solve(u, 1.0 - u)

    def isf(self, q: Vector) -> Vector:
        """Return min{x : P(X > x) <= q}."""
        q = np.asarray(q, dtype=np.float64)
        if self.discrete:
            return _table(self).isf(q)
        return self._solve(1.0 - q, q)

    def _solve(self, u: Vector, q: Vector) -> Vector:
        flat_u, flat_q = u.ravel(), q.ravel()
        out = np.empty(flat_u.shape)
        low = flat_u <= 0.5
        if low.any():
            p = flat_u[low]
            out[low] = self._between(
                [part.quantile(p) for part in self.components], lambda x: self._sum("cdf", x) >= p
            )
        if not low.all():
            p, r = flat_u[~low], flat_q[~low]
            # An atom of 0.9 ends at u = 0.9, though 1 - 0.9 is below 0.1 in floating point.
            either = any(part.discrete for part in self.components)
            plain = r > 1e-3

            def reached(x: Vector) -> Flags:
                enough = self._sum("sf", x) <= r
                return enough | (plain & (self._sum("cdf", x) >= p)) if either else enough

            out[~low] = self._between([part.isf(r) for part in self.components], reached)
        return out.reshape(u.shape)

    def _between(self, quantiles: Sequence[Vector], holds: Callable[[Vector], Flags]) -> Vector:
        # The quantile of a mixture lies between the least and the greatest of its components'.
        stacked = np.stack(quantiles)
        return first_true(holds, stacked.shape[1:], stacked.min(axis=0), stacked.max(axis=0))

    def _sum(self, function: str, x: Vector) -> Vector:
        total = np.zeros(np.shape(x))
        for weight, part in zip(self.weights, self.components, strict=True):
            total += weight * getattr(part, function)(x)
        return np.minimum(total, 1.0)

    def cdf(self, x: Vector) -> Vector:
        """Return P(X <= x)."""
        return self._sum("cdf", np.asarray(x, dtype=np.float64))

    def sf(self, x: Vector) -> Vector:
        """Return P(X > x)."""
        return self._sum("sf", np.asarray(x, dtype=np.float64))

    def slopes(self, x: Vector) -> tuple[Vector, Vector] | None:
        """Return the weighted sums of the components'; atoms have no density between them."""
        density, rise = np.zeros(np.shape(x)), np.zeros(np.shape(x))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for weight, part in zip(self.weights, self.components, strict=True):
                if part.discrete:
                    continue
                slopes = part.slopes(x)
                if slopes is None:
                    return None
                here = weight * slopes[0]
                density += here
                rise += np.where(here > 0.0, here * slopes[1], 0.0)
            return density, rise / density

    def support(self) -> tuple[float, float]:
        """Return the smallest interval that holds all components."""
        ends = [part.support() for part in self.components]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def mean(self) -> float:
        """Return the weighted mean of the means."""
        means = [part.mean() for part in self.components]
        pairs = zip(self.weights, means, strict=True)
        terms = [weight * mean for weight, mean in pairs]
        return fsum(terms) if all(isfinite(term) for term in terms) else float(sum(terms))

    def sd(self) -> float:
        """Return the root of the weighted variances plus the variance of the means."""
        mean = self.mean()
        total = 0.0
        for weight, part in zip(self.weights, self.components, strict=True):
            spread = part.sd()
            if not isfinite(spread):
                return nan if np.isnan(spread) else spread
            total += weight * (spread * spread + (part.mean() - mean) * (part.mean() - mean))
        return sqrt(total)

    def tail_index(self) -> float:
        """Return that of the heaviest component."""
        return max(part.tail_index() for part in self.components)

    def kinks(self) -> tuple[float, ...]:
        """Return where components begin, end, jump or have kinks of their own."""
        if self.discrete:
            return ()
        marks: list[float] = []
        for part in self.components:
            marks += [end for end in part.support() if isfinite(end)]
            marks += part.quantile(np.array(part.kinks(), dtype=np.float64)).tolist()
            atoms = part.atoms()
            marks += atoms[0].tolist() if atoms is not None else []
        x = np.array(sorted(set(marks)))
        # Both sides of each mark: they differ where a component has an atom there.
        u = np.concatenate([self.cdf(np.nextafter(x, -np.inf)), self.cdf(x)])
        found: list[float] = []
        for value in np.sort(u).tolist():
            if 0.0 < value < 1.0 and not (found and value - found[-1] < 1e-12):
                found.append(value)
        return tuple(found)

    def atoms(self) -> Atoms | None:
        """Return the values of all components, where all are discrete."""
        return _table(self).atoms() if self.discrete else None

    @property
    def discrete(self) -> bool:
        """Whether all components are."""
        return all(part.discrete for part in self.components)

    @property
    def costly(self) -> bool:
        """Always true: quantiles are found by bisection."""
        return True

    def describe(self) -> str:
        """Return the weights and components."""
        pairs = zip(self.weights, self.components, strict=True)
        return "mixture of " + "; ".join(
            f"{brief(100 * w)} % {part.describe()}" for w, part in pairs
        )


@lru_cache(maxsize=32)
def _table(mixture: Mixture) -> AtomTable:
    total: dict[float, float] = {}
    for weight, part in zip(mixture.weights, mixture.components, strict=True):
        atoms = part.atoms()
        assert atoms is not None, f"{part.family} is discrete without atoms"
        for value, probability in zip(atoms[0].tolist(), atoms[1].tolist(), strict=True):
            total[value] = total.get(value, 0.0) + weight * probability
    values = np.array(sorted(total))
    return AtomTable.from_weights(values, np.array([total[value] for value in values.tolist()]))


def nested(spec: Any, folder: Path | None, *place: Key) -> Distribution:
    """Return the distribution written at `place`; a bare number stands for a fixed one.

    Raises
    ------
    ModelError
        With paths below `place`.
    """
    # Imported here: the builder collects the families, this file among them.
    from simcost.families._build import build

    try:
        if isinstance(spec, Mapping):
            return build(spec, folder=folder)
        return Constant(number(spec, "", path=()))
    except ModelError as error:
        raise fail([problem.under(*place) for problem in error.problems]) from None


def make(table: Mapping[str, Any], folder: Path | None = None) -> Distribution:
    """Return the distribution of a table with ``weights`` and ``components``."""
    known = ("weights", "components")
    advice = "Give weights = [0.7, 0.3] and as many components = [{ … }, { … }]."
    problems = unknown_keys("mixture", table, known, advice)
    missing = [key for key in known if key not in table]
    if missing:
        problems.append(Problem(f"{listed(missing)} are missing", advice))
    for key in known:
        entries = table.get(key, ())
        if not isinstance(entries, Sequence | np.ndarray) or isinstance(entries, str):
            problems.append(Problem(f"{key} is not a list", advice, (key,)))
    if problems:
        raise fail(problems)
    return _checked(table["weights"], table["components"], folder)


def _checked(weights: Sequence[Any], components: Sequence[Any], folder: Path | None) -> Mixture:
    problems: list[Problem] = []
    numbers: list[float] = []
    parts: list[Distribution] = []
    for position, weight in enumerate(weights):
        try:
            numbers.append(number(weight, "", path=("weights", position)))
            if numbers[-1] < 0.0:
                raise ParameterError(
                    f"{show(numbers[-1])} is below 0",
                    "Write weights of 0 or more.",
                    ("weights", position),
                )
        except ModelError as error:
            problems += error.problems
    for position, component in enumerate(components):
        try:
            parts.append(nested(component, folder, "components", position))
        except ModelError as error:
            problems += error.problems
    if len(weights) != len(components):
        problems.append(
            Problem(
                f"there are {len(weights)} weights and {len(components)} components",
                "Give each component one weight.",
                ("weights",),
            )
        )
    if problems:
        raise fail(problems)
    if not 0.0 < fsum(numbers) < float("inf"):
        raise ParameterError(
            "the weights do not have a positive sum", "Give a component some weight.", ("weights",)
        )
    mixture = Mixture(numbers, parts)
    atoms = [part.atoms() for part in parts]
    if mixture.discrete and sum(len(pair[0]) for pair in atoms if pair is not None) > LIMIT:
        raise ParameterError(
            f"the components have more than {LIMIT} values together",
            "Replace the largest by a continuous family.",
            ("components",),
        )
    return mixture


FAMILY = Family(
    name="mixture",
    summary="one of several distributions by chance: a normal case and a bad case",
    parameters=(
        Parameter(
            "weights", "how likely each component is", low=0.0, low_open=False, kind="numbers"
        ),
        Parameter("components", "a list of distributions, as many", kind="distributions"),
    ),
    elicitations=(Elicitation(("weights", "components"), doc="distributions and their weights"),),
    make=make,
    examples=(
        {
            "weights": [0.8, 0.2],
            "components": [
                {"lognormal": {"p10": 10, "p90": 20}},
                {"uniform": {"low": 30, "high": 60}, "within": [30, 50]},
            ],
        },
        {
            "weights": [0.9, 0.1],
            "components": [{"value": 0}, {"exponential": {"mean": 5}}],
        },
        {
            "weights": [1, 1],
            "components": [
                {"poisson": {"mean": 2}},
                {"discrete": {"values": [0, 9], "weights": [1, 1]}},
            ],
        },
    ),
    source="McLachlan & Peel (2000), Finite Mixture Models, ch. 1",
)
