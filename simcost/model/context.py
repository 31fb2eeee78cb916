"""What the parts of a compilation share: names, problems and streams."""

from __future__ import annotations

from dataclasses import dataclass, field

from simcost.errors import Key, ModelError, Problem
from simcost.graph.expression import Expression
from simcost.model.spec import ModelSpec

Path = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class View:
    """Which question the model is compiled for.

    Parameters
    ----------
    name : str
        ``attempt``, ``success`` (attempts of one project share its uncertain chances of failure)
        or ``portfolio`` (projects share a common factor in each gate).
    correlation : float
        Of the latent normals of two projects' gates, in a portfolio.
    """

    name: str = "attempt"
    correlation: float = 0.0


@dataclass(slots=True)
class Context:
    """A compilation on its way.

    Parameters
    ----------
    spec : ModelSpec
        What is compiled.
    view : View
        The question that it is compiled for.
    problems : list of Problem
        Everything found so far.
    broken : set of str
        Names that exist but have no meaning; formulas that use them are not blamed.
    values : dict of str to Expression
        Names that formulas can use.
    streams : list of str
        Streams in order of declaration.
    notes : list of str
        Remarks for the reader of the results.
    """

    spec: ModelSpec
    view: View
    problems: list[Problem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    values: dict[str, Expression] = field(default_factory=dict)
    streams: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def blame(self, error: ModelError, path: Path) -> None:
        """Take the problems of an error, placed below `path`."""
        self.problems += [problem.under(*path) for problem in error.problems]
