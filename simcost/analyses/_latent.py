"""Outcomes drawn with shifted normals: the ordinary machine on a graph with shifted streams.

Behind every uniform draw stands a normal, w = Φ⁻¹(u), before any coupling. A shift μ puts
Φ(w + μ) where u stood, so that a draw keeps its name, its seed and its outcome number, and one
outcome of a shifted run can be replayed like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from simcost.graph.node import Node, const, make, walk
from simcost.graph.rewrite import substitute
from simcost.run.drivers import observe, with_outputs
from simcost.run.engine import Settings, compile_plan, settle_engine
from simcost.run.plan import Plan

Vector = npt.NDArray[np.float64]

U_MIN = 2.0**-53  # the designs' own limits
PART = 1 << 18


@dataclass(frozen=True, slots=True)
class Latent:
    """An output as a function of independent standard normals.

    Parameters
    ----------
    plan : Plan
        Where the output comes from.
    output : Node
        The output.
    streams : tuple of Node
        The uniform draws that it depends on, each the distribution function of a normal.
    settings : Settings
        Seed and engine.
    """

    plan: Plan
    output: Node
    streams: tuple[Node, ...]
    settings: Settings

    @classmethod
    def of(cls, plan: Plan, output: str, settings: Settings) -> Latent:
        """Return an output of a plan."""
        node = plan.outputs[output]
        streams = tuple(one for one in walk([node]) if one.op == "stream")
        return cls(plan, node, streams, settings)

    def ready(self, outcomes: int) -> Latent:
        """Return the same, with the engine that draws so many outcomes soonest."""
        nodes = {"output": self.output, **{one.name: _normal(one, 1.0) for one in self.streams}}
        program = compile_plan(with_outputs(self.plan, nodes))
        engine = settle_engine(program, self.settings, outcomes)
        return replace(self, settings=replace(self.settings, engine=engine))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the streams."""
        return tuple(one.name for one in self.streams)

    def draw(
        self, shift: Vector, first: int, count: int, wanted: Sequence[int]
    ) -> Iterator[tuple[Vector, Vector]]:
        """Yield outcomes of the shifted model, a part at a time.

        Parameters
        ----------
        shift : float64[streams]
            Means of the normals.
        first, count : int
            Outcome numbers first … first + count - 1.
        wanted : sequence of int
            Streams whose normals are wanted.

        Yields
        ------
        y : float64[n]
            The output.
        w : float64[wanted, n]
            Normals, shift included.
        """
        normals = [_normal(one, by) for one, by in zip(self.streams, shift.tolist(), strict=True)]
        moved = {
            stream: _uniform(normal)
            for stream, normal, by in zip(self.streams, normals, shift.tolist(), strict=True)
            if by != 0.0
        }
        (output,) = substitute([self.output], moved)
        nodes = {"output": output, **{f"normal {k}": normals[k] for k in wanted}}
        for start in range(first, first + count, PART):
            end = min(start + PART, first + count)
            seen = observe(self.plan, nodes, self.settings, start, end)
            y = seen.pop("output")
            yield y, np.array([*seen.values()]).reshape(len(seen), len(y))


def _normal(stream: Node, by: float) -> Node:
    normal = make("ndtri", stream)
    return normal if by == 0.0 else make("add", normal, const(by))


def _uniform(normal: Node) -> Node:
    inside = make("max", make("ndtr", normal), const(U_MIN))
    return make("min", inside, const(1.0 - U_MIN))
