"""What a family of distributions is: one record in one file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from simcost.families._distribution import Distribution

Vector = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Atoms = tuple[Vector, Vector]  # values ascending, their probabilities (positive, sum 1)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A key that a family understands, with its legal range.

    Parameters
    ----------
    name : str
        As written in a model file.
    doc : str
        What it means, one line, without a full stop.
    low, high : float
        Legal range.
    low_open, high_open : bool
        Whether the ends of that range are themselves illegal.
    integer : bool
        Whether only whole numbers are legal.
    default : float or None
        Value where the key is optional and not given.
    kind : str
        ``number``, ``numbers`` (a list), ``text``, ``distribution`` or ``distributions``.
    """

    name: str
    doc: str
    low: float = -inf
    high: float = inf
    low_open: bool = True
    high_open: bool = True
    integer: bool = False
    default: float | None = None
    kind: str = "number"

    def admits(self, value: float) -> bool:
        """Whether a finite `value` lies in the legal range."""
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below and (not self.integer or value == int(value))


def as_given(values: dict[str, float]) -> dict[str, float]:
    """Return `values` themselves: the keys are the family's own parameters."""
    return values


@dataclass(frozen=True, slots=True)
class Elicitation:
    """One way of saying the parameters of a family.

    Parameters
    ----------
    keys : tuple of str
        Keys that must be there, ``("mean", "sd")``.
    optional : tuple of str
        Keys that may be there; their defaults are those of the family's parameters.
    percentiles : int
        How many percentile keys of the author's choice (``p10``, ``p2.5``) must be there too.
    solve : callable
        From these keys (percentile keys in canonical spelling, optional ones filled in) to the
        family's parameters. Raises ParameterError with a path inside the family's table.
    doc : str
        One line for the user's page.
    """

    keys: tuple[str, ...]
    optional: tuple[str, ...] = ()
    percentiles: int = 0
    solve: Callable[[dict[str, float]], dict[str, float]] = as_given
    doc: str = ""

    def __str__(self) -> str:
        words = [*self.keys, *([f"{self.percentiles} percentiles"] if self.percentiles else [])]
        return ", ".join(words) + "".join(f" [, {name}]" for name in self.optional)


@dataclass(frozen=True, slots=True)
class Family:
    """A shape of distribution.

    All callables take the parameters as floats in the order of `parameters`. Those of families
    with `make` may be None: there the distribution object does the work.

    Parameters
    ----------
    name : str
        As written in a model file; also the name of the module.
    summary : str
        One line: what it is good for.
    parameters : tuple of Parameter
        Canonical parameters.
    elicitations : tuple of Elicitation
        The ways of saying them.
    quantile : callable
        ``(u, *params) -> float64`` array of the shape of `u`, for u in (0, 1): the smallest x with
        F(x) >= u. High u means high value. Both tails are accurate: above one half it works with
        1 - u, which is exact.
    cdf, sf : callable
        ``(x, *params)``: P(X <= x) and P(X > x), each accurate where it is small.
    isf : callable or None
        ``(q, *params)``: the smallest x with P(X > x) <= q; resolves upper tails far beyond
        what ``quantile(1 - q)`` can. Found by bisection of `sf` where it is None.
    density : callable or None
        ``(x, *params)``: f(x), 0 outside the support.
    log_slope : callable or None
        ``(x, *params)``: f'(x) / f(x), anything outside the support.
    costly : bool
        Whether `quantile` takes long. Tables are then built from few of its values and the
        density, if that is there; a wrong density costs time, not accuracy.
    prompt : bool
        Whether a costly `quantile` takes about as long as `cdf` and `density` do: then no value
        is worth sparing.
    support : callable
        ``(*params) -> (low, high)``.
    mean_sd : callable
        ``(*params) -> (mean, sd)``: inf where infinite, nan where undefined.
    tail_index : callable or None
        ``(*params) -> xi`` of the heavier tail, 1/alpha for a Pareto; None means 0.
    oracle : callable or None
        ``(*params)`` to a frozen `scipy.stats` distribution. For tests only.
    discrete : bool
        Whether `atoms` lists the whole law.
    atoms : callable or None
        ``(*params) -> (values, probabilities)``.
    kinks : callable or None
        ``(*params) -> `` the u at which the quantile function is not smooth.
    examples : tuple of mapping
        Tables as written in a model file, used by tests and documentation.
    source : str
        Where the definitions come from.
    words : tuple of Parameter
        Keys of elicitations that are not parameters (``mean``, ``sd``, …), with their range.
    check : callable or None
        ``(*params) -> None``: raises ParameterError for combinations that are illegal together.
    describe : callable or None
        ``(*params) -> str``; the default lists the parameters.
    make : callable or None
        ``(table, folder) -> Distribution`` for families whose table holds lists or distributions.
        Raises ModelError with paths inside the family's table.
    """

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    elicitations: tuple[Elicitation, ...]
    quantile: Callable[..., Vector] | None = None
    cdf: Callable[..., Vector] | None = None
    sf: Callable[..., Vector] | None = None
    isf: Callable[..., Vector] | None = None
    density: Callable[..., Vector] | None = None
    log_slope: Callable[..., Vector] | None = None
    costly: bool = False
    prompt: bool = False
    support: Callable[..., tuple[float, float]] | None = None
    mean_sd: Callable[..., tuple[float, float]] | None = None
    tail_index: Callable[..., float] | None = None
    oracle: Callable[..., Any] | None = None
    discrete: bool = False
    atoms: Callable[..., Atoms] | None = None
    kinks: Callable[..., tuple[float, ...]] | None = None
    examples: tuple[Mapping[str, Any], ...] = ()
    source: str = ""
    words: tuple[Parameter, ...] = ()
    check: Callable[..., None] | None = None
    describe: Callable[..., str] | None = None
    make: Callable[[Mapping[str, Any], Path | None], Distribution] | None = None

    @property
    def keys(self) -> Mapping[str, Parameter]:
        """Every key with a fixed name that the family understands."""
        return {word.name: word for word in (*self.parameters, *self.words)}
