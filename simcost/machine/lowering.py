"""From a graph of operations to a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from simcost.families import build
from simcost.graph.node import OUTCOME, Node, walk
from simcost.machine import library
from simcost.machine.grid import FOLDED
from simcost.machine.interpreter import OPERATIONS, fold_constants
from simcost.machine.opcodes import OPCODES
from simcost.machine.program import Integers, Program
from simcost.machine.slots import assign
from simcost.machine.steps import Steps
from simcost.machine.tables import Table
from simcost.machine.triangle import triangle

Operand = tuple[bool, float]  # (True, a number) or (False, the instruction that makes it)


def lower(
    outputs: Mapping[str, Node],
    labels: Mapping[Node, str] | None = None,
    dimensions: Mapping[str, int] | None = None,
) -> Program:
    """Lower a graph to instructions.

    Constants are folded with the arithmetic of a run, equal distributions share a table, and
    what no output needs is not computed.

    Parameters
    ----------
    outputs : mapping of str to Node
        What is wanted, by name.
    labels : mapping of Node to str
        Names of the model's own quantities, for the listing.
    dimensions : mapping of str to int
        Number of each stream in a quasi-random design; streams that are not in it are numbered
        after it in the order of their first use.

    Returns
    -------
    Program

    Raises
    ------
    ValueError
        For an operation that the machine does not know, or a quantile function that gives NaN.
    """
    builder = _Builder(labels or {})
    for node in walk(outputs.values()):
        builder.add(node)
    return builder.finish(outputs, dimensions or {})


@cache
def _standard_normal() -> Any:
    """Return the law whose table inverts the draws of coupled inputs."""
    return build({"normal": {"mean": 0.0, "sd": 1.0}})


class _Constants:
    """Numbers in slots of their own, each once; 0.0 and -0.0 are two."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.known: dict[str, int] = {}

    def slot(self, value: float) -> int:
        """Return the slot of a number."""
        slot = self.known.setdefault(repr(value), len(self.values))
        if slot == len(self.values):
            self.values.append(value)
        return slot


def _numbered(names: tuple[str, ...], given: Mapping[str, int]) -> Integers:
    """Dimension of each stream; one name is one dimension, whatever its index."""
    numbers = {name: given[name] for name in names if name in given}
    following = max(given.values(), default=-1) + 1
    for name in names:
        if name not in numbers:
            numbers[name] = following
            following += 1
    return np.array([numbers[name] for name in names], dtype=np.int64)


class _Builder:
    """The program so far. Values are numbered; constants have numbers of their own."""

    def __init__(self, labels: Mapping[Node, str]) -> None:
        self.given_labels = labels
        self.constant: dict[Node, float] = {}  # value of every node that is a number
        self.made: dict[Node, int] = {}  # instruction of every other node
        self.code: list[tuple[str, list[Operand], int]] = []
        self.labels: list[str] = []
        self.streams: dict[tuple[str, str], int] = {}
        self.tables: dict[str, tuple[int, Table]] = {}
        self.steps: dict[str, tuple[int, Steps]] = {}
        self.triangles: dict[str, tuple[int, tuple[float, ...]]] = {}

    def add(self, node: Node) -> None:
        """Add one node whose operands were added before."""
        if node.op == "const":
            self.constant[node] = node.value
        elif node.op == "stream":
            number = self.streams.setdefault((node.name, node.index), len(self.streams))
            self._emit(node, "stream", [], number)
        elif node.op == "quantile":
            self._add_quantile(node)
        elif node.op == "student_cdf":
            key = f"{node.value!r} degrees of freedom"
            number = self._table(key, lambda: library.student_of(node.value))
            self._emit(node, "student_cdf", self._operands(node), number)
        elif node.op not in OPERATIONS:
            raise ValueError(f"the machine has no operation {node.op!r}")
        elif all(arg in self.constant for arg in node.args):
            values = [self.constant[arg] for arg in node.args]
            self.constant[node] = fold_constants(node.op, values)
        elif (same := self._unchanged(node)) is not None:
            self._rename(node, same)
        elif node.op == "max" and node.args[0].op == "ndtr" and self._bounded(node.args[1]):
            self._emit(node, "max", [self._normal_cdf(node.args[0]), *self._operands(node)[1:]])
        elif node.op == "ndtri" and node.args[0].op == "stream":
            # A quarter of the time of the function, which has to know 0, 1 and no probability.
            self._look_up(node, _standard_normal())
        else:
            self._emit(node, node.op, self._operands(node))

    def _bounded(self, floor: Node) -> bool:
        """Return whether nothing below what the table knows of the normal tail is wanted."""
        return self.constant.get(floor, 0.0) >= FOLDED.low

    def _normal_cdf(self, node: Node) -> Operand:
        """Make a normal probability from a table; `node` itself is left to who else needs it."""
        operands = self._operands(node)
        number = self._table("normal distribution function", library.normal_cdf)
        self.code.append(("normal_cdf", operands, number))
        self.labels.append("")
        return False, len(self.code) - 1

    def _add_quantile(self, node: Node) -> None:
        """Choose how a distribution is inverted: number, comparison, steps, line, root or table."""
        law: Any = node.payload
        operands = self._operands(node)
        low, high = law.support()
        if low == high:
            self.constant[node] = low
            return
        steps = library.steps_of(law)
        if steps is None and law.family == "uniform":
            self._emit(node, "uniform", [*operands, (True, low), (True, high)])
        elif steps is None and law.family == "triangular":
            shape = (len(self.triangles), triangle(*law.params))
            number = self.triangles.setdefault(law.key, shape)[0]
            self._emit(node, "triangular", operands, number)
        elif steps is None:
            self._look_up(node, law)
        elif len(steps.values) == 1:
            self.constant[node] = float(steps.values[0])
        elif steps.values.tolist() == [0.0, 1.0]:
            self._emit(node, "gt", [*operands, (True, float(steps.edges[0]))])
        else:
            number = self.steps.setdefault(law.key, (len(self.steps), steps))[0]
            self._emit(node, "steps", operands, number)

    def _unchanged(self, node: Node) -> Node | None:
        """Return the operand that a multiplication or division by 1 leaves as it is."""
        if node.op not in ("mul", "div"):
            return None
        first, second = node.args
        if self.constant.get(second) == 1.0:
            return first
        return second if node.op == "mul" and self.constant.get(first) == 1.0 else None

    def _rename(self, node: Node, same: Node) -> None:
        """Let a node be the result of another's instruction; a nameless one takes its name."""
        number = self.made[node] = self.made[same]
        self.labels[number] = self.labels[number] or self.given_labels.get(node, "")

    def _look_up(self, node: Node, law: Any) -> None:
        """Append a look-up in a distribution's table."""
        number = self._table(law.key, lambda: library.table_of(law))
        plain = node.args[0].op == "stream" and library.table_of(law).contained
        self._emit(node, "curve" if plain else "table", self._operands(node), number)

    def _table(self, key: str, build: Callable[[], Table]) -> int:
        """Return the number of a table, building it at its first use."""
        if key not in self.tables:
            self.tables[key] = (len(self.tables), build())
        return self.tables[key][0]

    def _operands(self, node: Node) -> list[Operand]:
        return [
            (True, self.constant[arg]) if arg in self.constant else (False, self.made[arg])
            for arg in node.args
        ]

    def _emit(self, node: Node, op: str, operands: list[Operand], number: int = 0) -> None:
        """Append an instruction; `number` is what it refers to besides slots."""
        self.made[node] = len(self.code)
        self.code.append((op, operands, number))
        self.labels.append(self.given_labels.get(node, ""))

    def finish(self, outputs: Mapping[str, Node], dimensions: Mapping[str, int]) -> Program:
        """Give every value a slot and put the arrays together."""
        constants = _Constants()
        wanted = [self.made[node] for node in outputs.values() if node in self.made]
        kept = self._needed(wanted)
        sources = [[kept[at] for at in self._sources(number)] for number in kept]
        rows = [self._row(number, constants) for number in kept]
        ends = {
            node: constants.slot(self.constant[node])
            for node in outputs.values()
            if node in self.constant
        }
        slots = assign(sources, [kept[number] for number in wanted], len(constants.values))
        for row, target in zip(rows, slots, strict=True):
            row[1] = target
            row[2:] = [slots[kept[-1 - place]] if place < 0 else place for place in row[2:]]
        ends |= {
            node: slots[kept[self.made[node]]] for node in outputs.values() if node in self.made
        }
        names = tuple(name for name, _ in self.streams)
        tables = [table for _, table in self.tables.values()]
        return Program(
            code=np.array(rows, dtype=np.int32).reshape(-1, 5),
            constants=np.array(constants.values, dtype=np.float64),
            outputs=tuple(outputs),
            output_slots=np.array([ends[node] for node in outputs.values()], dtype=np.int64),
            n_slots=max([len(constants.values), *(slot + 1 for slot in slots)]),
            streams=names,
            stream_index=np.array([index != OUTCOME for _, index in self.streams], dtype=np.int64),
            stream_dimension=_numbered(names, dimensions),
            tables=library.join(
                tables,
                [steps for _, steps in self.steps.values()],
                [shape for _, shape in self.triangles.values()],
            ),
            labels=tuple(self.labels[number] for number in kept),
            table_names=tuple(self.tables),
            step_names=tuple(self.steps),
            triangle_names=tuple(self.triangles),
            table_error=tuple(table.error for table in tables),
        )

    def _sources(self, number: int) -> list[int]:
        """Return the instructions that an instruction reads."""
        return [int(at) for fixed, at in self.code[number][1] if not fixed]

    def _needed(self, wanted: list[int]) -> dict[int, int]:
        """Return the instructions that the outputs need, and their new numbers."""
        needed = set(wanted)
        for number in reversed(range(len(self.code))):
            if number in needed:
                needed.update(self._sources(number))
        return {old: new for new, old in enumerate(sorted(needed))}

    def _row(self, number: int, constants: _Constants) -> list[int]:
        """Return an instruction whose results of others are still ``-1 - instruction``."""
        op, operands, reference = self.code[number]
        places = [constants.slot(at) if fixed else -1 - int(at) for fixed, at in operands]
        return [OPCODES[op], 0, *(*places, reference, 0, 0)[:3]]
