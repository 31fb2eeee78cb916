"""From a graph to a program."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcost.families import build
from simcost.graph.node import ARITY, PROJECT, Node, const, make, quantile, stream
from simcost.machine import execute, lower
from simcost.machine.interpreter import OPERATIONS
from simcost.machine.opcodes import NAMES, SLOT_OPERANDS
from simcost.machine.slots import assign

GOLDEN = Path(__file__).parent / "golden" / "labelling_program.txt"
LOGNORMAL = build({"lognormal": {"mu": 1.0, "sigma": 0.5}})


def labelling():
    """A stage that may fail, with every kind of input."""
    u = {name: stream(name) for name in ("samples", "rate", "wage", "errors", "spent")}
    samples = quantile(u["samples"], LOGNORMAL)
    rate = quantile(u["rate"], build({"uniform": {"low": 5.0, "high": 10.0}}))
    wage = quantile(u["wage"], build({"triangular": {"low": 8.0, "mode": 12.0, "high": 20.0}}))
    errors = quantile(u["errors"], build({"poisson": {"mean": 2.5}}))
    spent = quantile(u["spent"], build({"uniform": {"low": 0.0, "high": 1.0}}))
    gate = quantile(stream("data.failure", PROJECT), build({"bernoulli": {"p": 0.3}}))
    tail = make("student_cdf", make("ndtri", u["samples"]), value=4.0)
    hours = make("div", samples, rate)
    cost = make("mul", make("add", hours, errors), wage)
    actual = make("where", gate, make("mul", cost, spent), cost)
    labels = {samples: "samples", rate: "rate", wage: "wage", errors: "errors", spent: "spent",
              gate: "data fails", hours: "hours", cost: "planned cost", actual: "cost"}  # fmt: skip
    outputs = {"cost": actual, "succeeded": make("not", gate), "tail": tail, "five": const(5.0)}
    return lower(outputs, labels)


def test_the_listing_reads_aloud():
    # After an intended change: write labelling().listing() to the file and read the difference.
    assert labelling().listing() == GOLDEN.read_text(encoding="utf-8")


def test_every_operation_of_the_graph_has_an_opcode():
    leaves = {"const", "stream", "quantile", "student_cdf"}
    assert set(ARITY) - leaves == set(OPERATIONS) - {"uniform"}
    assert set(OPERATIONS) < set(NAMES)
    assert all(SLOT_OPERANDS[op] == ARITY[op] for op in OPERATIONS if op in ARITY)


def test_an_unknown_operation_is_refused():
    with pytest.raises(ValueError, match="no operation 'cbrt'"):
        lower({"x": Node("cbrt", (stream("a"),))})


def test_constants_are_folded_with_the_bits_of_a_run():
    a, b = 0.1, 7.3
    for op in ("exp", "log", "sin", "ndtri", "pow", "mod", "div"):
        numbers = [const(a), const(b)][: ARITY[op]]
        nothing = make("sub", stream("u"), stream("u"))
        folded = lower({"x": make(op, *numbers)})
        live = lower({"x": make(op, *(make("add", number, nothing) for number in numbers))})
        assert len(folded.code) == 0
        assert execute(folded, seed=0, last=1)[0, 0] == execute(live, seed=0, last=1)[0, 0]


def test_nothing_unneeded_is_computed():
    fixed = quantile(stream("a"), build({"value": 3.0}))
    program = lower({"x": make("add", fixed, const(1.0))})
    assert len(program.code) == 0
    assert execute(program, seed=0, last=3).tolist() == [[4.0, 4.0, 4.0]]


def test_common_subexpressions_are_computed_once():
    x = quantile(stream("x"), LOGNORMAL)
    program = lower({"a": make("mul", x, x), "b": make("mul", x, x), "c": make("neg", x)})
    assert [NAMES[op] for op in program.code[:, 0]] == ["stream", "curve", "mul", "neg"]


def test_zero_and_minus_zero_are_two_constants():
    u = stream("u")
    program = lower({"a": make("mul", u, const(0.0)), "b": make("mul", u, const(-0.0))})
    assert np.signbit(execute(program, seed=0, last=2))[:, 0].tolist() == [False, True]


def test_bernoulli_fails_when_u_is_high():
    u = stream("gate")
    program = lower({"u": u, "fails": quantile(u, build({"bernoulli": {"p": 0.25}}))})
    numbers, fails = execute(program, seed=4, last=4000)
    assert np.array_equal(fails == 1.0, numbers > 0.75)


def test_uniform_is_exact_and_inside():
    u = stream("u")
    program = lower({"u": u, "x": quantile(u, build({"uniform": {"low": 5.0, "high": 10.0}}))})
    numbers, x = execute(program, seed=4, last=4000)
    assert np.array_equal(x, 5.0 + 5.0 * numbers)


@given(st.lists(st.lists(st.integers(0, 30), max_size=3), max_size=40), st.data())
def test_slots_never_hold_two_live_values(shape, data):
    operands = [
        [at % number for at in sources] if number else [] for number, sources in enumerate(shape)
    ]
    numbers = st.integers(0, max(0, len(operands) - 1))
    kept = data.draw(st.lists(numbers, max_size=3)) if operands else []
    slots = assign(operands, kept, first=2)
    held = {}
    for number, sources in enumerate(operands):
        assert all(held[slots[source]] == source for source in sources)
        assert slots[number] not in {slots[source] for source in sources}
        assert slots[number] >= 2
        held[slots[number]] = number
    assert all(held[slots[number]] == number for number in kept)


def test_slots_are_used_again(monkeypatch):
    x = quantile(stream("x"), LOGNORMAL)
    chain = x
    for step in range(30):
        chain = make("add", make("mul", chain, const(1.0 + step)), x)
    lean = lower({"y": chain})

    def spread(operands, kept, first):
        return [first + number for number in range(len(operands))]

    monkeypatch.setattr("simcost.machine.lowering.assign", spread)
    wide = lower({"y": chain})
    assert lean.n_slots < 40 < wide.n_slots
    assert np.array_equal(execute(lean, seed=0, last=99), execute(wide, seed=0, last=99))


def test_dimensions_are_given_or_follow():
    outputs = {name: stream(name) for name in "abc"} | {"p": stream("b", PROJECT)}
    assert lower(outputs).stream_dimension.tolist() == [0, 1, 2, 1]
    given = lower(outputs, dimensions={"b": 4, "gone": 6})
    assert given.stream_dimension.tolist() == [7, 4, 8, 4]


def test_a_program_travels_and_keeps_its_digest():
    program = labelling()
    copy = pickle.loads(pickle.dumps(program))
    assert copy.digest == program.digest == labelling().digest
    assert np.array_equal(execute(copy, seed=0, last=50), execute(program, seed=0, last=50))
    other = lower({"cost": stream("samples")})
    assert other.digest != program.digest


def test_memory_is_told():
    program = labelling()
    assert program.n_slots * 8192 <= program.scratch_bytes <= program.n_slots * 8192 + 65536
