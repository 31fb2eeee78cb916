"""Every value on the way to one outcome, with the bits of the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simcost.graph.node import Node, walk
from simcost.machine.interpreter import interpret
from simcost.machine.lowering import lower


def trace(
    nodes: Iterable[Node],
    *,
    seed: int,
    design: str,
    outcome: int,
    bases: tuple[int, int] = (0, 0),
    dimensions: Mapping[str, int] | None = None,
) -> dict[Node, float]:
    """Compute every node below `nodes` for one outcome.

    Parameters
    ----------
    nodes : iterable of Node
        Where to start; the whole graph below them is returned.
    seed : int
        Seed of the run.
    design : str
        Name of its design.
    outcome : int
        Number of the outcome.
    bases : tuple of int
        As in `simcost.machine.execute`.
    dimensions : mapping of str to int
        as in `simcost.machine.lower`; needed to replay a quasi-random run.

    Returns
    -------
    dict of Node to float
        Bit-equal with what a run of this outcome computes.
    """
    everything = list(walk(nodes))
    program = lower({str(k): node for k, node in enumerate(everything)}, dimensions=dimensions)
    numbers = program.stream_bases(bases)
    values = interpret(program, seed, design, outcome, outcome + 1, numbers)
    return dict(zip(everything, values[:, 0].tolist(), strict=True))
