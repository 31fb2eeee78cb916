"""A model as it was declared: plain data, before names are resolved and units checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simcost.errors import Key
from simcost.families import Constant, Distribution
from simcost.graph.expression import Expression
from simcost.graph.profiles import UNIFORM, Profile

Formula = str | Expression  # as written in a file, or as built in Python
Term = Formula | float | Distribution  # also a number, or a distribution of its own


@dataclass(frozen=True, slots=True)
class InputSpec:
    """A named uncertain quantity.

    Parameters
    ----------
    distribution : Distribution
        Its law, in `unit`.
    unit : str
        Empty for a plain number.
    basis : str
        ``published``, ``derived``, ``judgement``, or empty where the author did not say.
    source : mapping
        Producer, title, published, locator, … as written.
    note : str
        Free text.
    origin : str
        Key of the catalogue entry it came from, ``labelling/label_rate``; empty otherwise.
    money_year : int or None
        Year of the prices, where money is involved.
    declared : Distribution or None
        The law before a scenario stressed it. A stress must not disturb the draws of the inputs
        correlated with this one, so the block is coupled by this law then.
    choices : tuple of str
        Of a switch, whose value is the number of the choice from 1; empty for a quantity.
    missing : mapping of str to str
        Choices that cannot be made, and why.
    """

    distribution: Distribution
    unit: str = ""
    basis: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    origin: str = ""
    money_year: int | None = None
    declared: Distribution | None = None
    choices: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def chosen(self) -> str:
        """The choice of a switch; empty for a quantity."""
        return self.choices[round(float(self.distribution.mean())) - 1] if self.choices else ""

    @property
    def coupled_by(self) -> Distribution:
        """The law that correlations refer to."""
        if self.declared is None or isinstance(self.declared, Constant):
            return self.distribution
        return self.declared


@dataclass(frozen=True, slots=True)
class FormulaSpec:
    """A named formula, with the unit it is to be reported in (empty: whatever it comes to).

    `published` is what a source prints for it, one figure or a range, to be compared with.
    """

    formula: Formula
    unit: str = ""
    published: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class StageSpec:
    """A gated part of the project. `None` means that the key was not given."""

    name: str
    cost: Term | None = None
    duration: Term | None = None
    emissions: Term | None = None
    failure: Term | None = None
    spent_at_failure: Term | None = None
    salvage: Term | None = None
    profile: Profile = UNIFORM


@dataclass(frozen=True, slots=True)
class TimeSpec:
    """The periods that stages' spending is spread over, and what money does meanwhile.

    Parameters
    ----------
    unit : str
        Of a period: ``month``.
    horizon : int
        Number of periods.
    discount_rate, escalation : Term or None
        Shares of 1 a year; None where nothing was said.
    compounding : str
        ``annual`` or ``continuous``: what `discount_rate` means.
    price_year, start_year : int or None
        Year of the prices, and the year in which the project starts.
    """

    unit: str
    horizon: int
    discount_rate: Term | None = None
    escalation: Term | None = None
    compounding: str = "annual"
    price_year: int | None = None
    start_year: int | None = None


@dataclass(frozen=True, slots=True)
class CorrelationSpec:
    """Dependence between two inputs (``measure``: spearman, kendall, pearson or latent)."""

    between: tuple[str, str]
    measure: str
    value: float
    copula: str = "gaussian"
    df: float | None = None
    where: tuple[Key, ...] = field(default=(), compare=False)  # of one that a scenario states


@dataclass(frozen=True, slots=True)
class Change:
    """What a scenario does to one input or one figure of a stage; exactly one field is set."""

    value: float | None = None
    percentile: float | None = None  # 0 to 100: held at it
    percentiles: tuple[float, float] | None = None  # 0 to 100: kept between them
    shift: float | None = None
    scale: float | None = None
    distribution: Distribution | None = None
    where: tuple[Key, ...] = field(default=(), compare=False)  # it was written

    @property
    def holds(self) -> bool:
        """Whether it leaves one number only."""
        return self.value is not None or self.percentile is not None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Named changes of a model.

    Parameters
    ----------
    changes : mapping of str to Change
        By target: an input's name, or ``"pilot.failure"`` for a figure of a stage.
    extends : tuple of str
        Scenarios whose changes are made too, unless this one makes another of the same target.
    correlations : tuple of CorrelationSpec
        Stated anew; a pair that the model states already is restated.
    correlation_stress : float or None
        Share t of the way of every stated dependence to perfect: the latent matrix R of each
        block becomes (1 - t) R + t J, with J full of ones.
    """

    changes: Mapping[str, Change] = field(default_factory=dict)
    extends: tuple[str, ...] = ()
    correlations: tuple[CorrelationSpec, ...] = ()
    correlation_stress: float | None = None


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Everything a model file says."""

    name: str = "model"
    currency: str = ""
    inputs: Mapping[str, InputSpec] = field(default_factory=dict)
    quantities: Mapping[str, FormulaSpec] = field(default_factory=dict)
    stages: tuple[StageSpec, ...] = ()
    outputs: Mapping[str, FormulaSpec] = field(default_factory=dict)
    correlations: tuple[CorrelationSpec, ...] = ()
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    correlation_stress: float = 0.0
    time: TimeSpec | None = None
    # Names that exist but could not be read; formulas that use them are not blamed for it.
    broken: frozenset[str] = frozenset()
