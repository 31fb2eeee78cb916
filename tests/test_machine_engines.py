"""The compiled machine against its oracle: the same bits, however the work is cut."""

import sys
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcost.errors import UsageError
from simcost.families import build
from simcost.graph.node import ARITY, BINARY, PROJECT, TERNARY, UNARY, const, make, quantile, stream
from simcost.machine import choose_engine, execute, lower
from simcost.machine.fusion import FUSED, SIMPLE, arrange
from simcost.machine.opcodes import NAMES

ZERO = {"value": 0.0}
LAWS = [
    build(table)
    for table in (
        {"lognormal": {"p10": 1.0, "p90": 3.0}},
        {"triangular": {"low": 1.0, "mode": 2.0, "high": 6.0}},
        {"uniform": {"low": -2.0, "high": 3.0}},
        {"bernoulli": {"p": 0.3}},
        {"poisson": {"mean": 4.0}},
        {"discrete": {"values": [0.0, 10.0], "weights": [1.0, 1.0]}},
        {"mixture": {"weights": [0.9, 0.1], "components": [ZERO, {"exponential": {"mean": 5.0}}]}},
        {"value": 4.0},
    )
]  # fmt: skip
SPECIAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    2.0,
    10.0,
    -3.5,
    1e-320,
    1e308,
    np.inf,
    -np.inf,
    np.nan,
    710.0,
]
PLAIN_OPS = [op for op in (*UNARY, *BINARY, *TERNARY) if op not in ("quantile", "student_cdf")]


def bits(values):
    """Bit patterns, all NaN alike."""
    values = np.asarray(values, dtype=np.float64)
    return np.where(np.isnan(values), np.nan, values).view(np.uint64)


@contextmanager
def grouped():
    """Compile the groups of simple operations of every program, however few outcomes there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simcost.machine.native.ENOUGH", 0)
        patch.setattr("simcost.machine.native.beside", lambda task: task())
        patch.setattr("simcost.machine.native._known", {})
        yield


@st.composite
def graphs(draw):
    """Nodes of a random graph that meets every operation and every odd value."""
    nodes = [stream("a"), stream("b"), stream("c", PROJECT)]
    nodes += [const(draw(st.sampled_from(SPECIAL) | st.floats())) for _ in range(3)]
    for _ in range(draw(st.integers(1, 14))):
        op = draw(st.sampled_from(["quantile", "student_cdf", *PLAIN_OPS]))
        args = [draw(st.sampled_from(nodes)) for _ in range(ARITY[op])]
        if op == "quantile":
            nodes.append(quantile(args[0], draw(st.sampled_from(LAWS))))
        elif op == "student_cdf":
            nodes.append(make(op, *args, value=draw(st.sampled_from([1.0, 4.0, 30.0]))))
        else:
            nodes.append(make(op, *args))
    return nodes


@settings(max_examples=100, deadline=None)
@given(graphs(), st.integers(0, 5000), st.sampled_from(["random", "sobol", "lhs"]))
def test_machine_and_interpreter_give_the_same_bits(nodes, first, design):
    program = lower({str(k): node for k, node in enumerate(nodes)})
    same = {"seed": 3, "design": design, "first": first, "last": first + 33, "bases": (7, 1000)}
    machine = execute(program, engine="machine", threads=1, **same)
    oracle = execute(program, engine="interpreter", threads=1, **same)
    assert np.array_equal(bits(machine), bits(oracle))
    with grouped():
        groups = execute(program, engine="machine", threads=1, **same)
    assert np.array_equal(bits(groups), bits(oracle))


@pytest.mark.parametrize("op", PLAIN_OPS)
def test_every_operation_on_odd_and_ordinary_values(op):
    rng = np.random.default_rng(1)
    wide = np.ldexp(rng.standard_normal(40), rng.integers(-60, 60, 40)).tolist()
    operands = [const(value) for value in (*SPECIAL, *wide)]
    # A stream in the way keeps the operation from being folded: x + (u - u).
    nothing = make("sub", stream("a"), stream("a"))
    values = [make("add", node, nothing) for node in operands]
    nodes = [
        make(op, *(values[(k + shift * 7) % len(values)] for shift in range(ARITY[op])))
        for k in range(len(values))
    ]
    program = lower({str(k): node for k, node in enumerate(nodes)})
    machine, oracle = (
        execute(program, seed=0, last=17, engine=engine) for engine in ("machine", "interpreter")
    )
    assert np.array_equal(bits(machine), bits(oracle))
    with grouped():
        groups = execute(program, seed=0, last=17, engine="machine")
    assert np.array_equal(bits(groups), bits(oracle))


def of_constants(op, first, second):
    """A program of an operation on two numbers, one of them the same in all outcomes."""
    nothing = make("sub", stream("a"), stream("a"))
    return lower(
        {
            "left": make(op, const(first), make("add", const(second), nothing)),
            "right": make(op, make("add", const(first), nothing), const(second)),
        }
    )


@pytest.mark.parametrize("op", [op for op in BINARY if op in SIMPLE])
def test_a_constant_operand_changes_no_bit_of_a_group(op):
    for first in SPECIAL:
        for second in SPECIAL:
            program = of_constants(op, first, second)
            oracle = execute(program, seed=0, last=9, engine="interpreter")
            with grouped():
                groups = execute(program, seed=0, last=9, engine="machine")
            assert np.array_equal(bits(groups), bits(oracle)), (first, second)


def test_a_group_that_computes_something_else_is_noticed(monkeypatch):
    from simcost.machine import emission

    monkeypatch.setitem(emission._PLAIN, "mul", emission._PLAIN["add"])
    oracle = execute(reference(), seed=0, last=50, engine="interpreter")
    with grouped():
        groups = execute(reference(), seed=0, last=50, engine="machine")
    assert not np.array_equal(groups[0], oracle[0])


def test_a_compiler_that_fails_leaves_the_plain_loops(monkeypatch):
    from simcost.machine import native

    def broken(text):
        raise RuntimeError("no such target")

    monkeypatch.setattr(native, "_compiled", broken)
    with grouped():
        assert native.native_of(reference(), 10)() is None
        machine = execute(reference(), seed=0, last=50, engine="machine")
    assert np.array_equal(machine, execute(reference(), seed=0, last=50, engine="interpreter"))


def test_simple_operations_meet_in_one_group():
    """All but the two that an exponential function needs first."""
    order = arrange(reference())
    done = [NAMES[row[0]] if row[0] < FUSED else "group" for row in order.code.tolist()]
    assert not SIMPLE.intersection(done)
    assert done.count("group") == 2
    assert done[-1] == "group"
    early, late = (len(group.steps) for group in order.groups)
    assert (early, late) == (2, 5)


def reference():
    u = [stream(name) for name in "abcde"]
    x = [quantile(node, law) for node, law in zip(u, LAWS, strict=False)]
    total = make("add", make("mul", x[0], x[1]), make("exp", make("min", x[2], x[4])))
    return lower({"total": total, "gated": make("where", x[3], total, const(0.0))})


@pytest.mark.parametrize("engine", ["machine", "interpreter"])
@pytest.mark.parametrize("threads", [1, 2, 3, 7])
@pytest.mark.parametrize("segment", [999, 4096])
def test_threads_and_segments_do_not_show(engine, threads, segment):
    whole = execute(reference(), seed=0, last=20_011, engine="interpreter", threads=1)
    cut = execute(reference(), seed=0, last=20_011, engine=engine, threads=threads, segment=segment)
    assert np.array_equal(whole, cut)


@pytest.mark.parametrize("engine", ["machine", "interpreter"])
@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
def test_an_outcome_is_the_same_in_every_range(engine, design):
    program = reference()
    whole = execute(program, seed=0, design=design, last=3000, engine=engine)
    part = execute(program, seed=0, design=design, first=1027, last=2500, engine=engine)
    assert np.array_equal(whole[:, 1027:2500], part)


def test_index_bases_shift_their_own_streams_only():
    program = lower({"outcome": stream("a"), "project": stream("a", PROJECT)})
    plain = execute(program, seed=1, last=100)
    for bases, row in (((40, 0), 0), ((0, 40), 1)):
        moved = execute(program, seed=1, last=60, bases=bases)
        assert np.array_equal(moved[row], plain[row, 40:])
        assert np.array_equal(moved[1 - row], plain[1 - row, :60])


def test_a_name_is_one_draw_and_seed_zero_is_a_seed():
    x = quantile(stream("x"), LAWS[0])
    program = lower({"nothing": make("sub", x, x), "x": x})
    zero, one = (execute(program, seed=seed, last=1000) for seed in (0, 1))
    assert not zero[0].any()
    assert (zero[1] != one[1]).all()


def test_progress_is_told_in_order():
    told = []
    execute(reference(), seed=0, last=5000, segment=999, threads=3, progress=told.append)
    assert told == [999, 1998, 2997, 3996, 4995, 5000]


@pytest.mark.parametrize(
    "wrong",
    [
        {"engine": "fast"},
        {"design": "halton"},
        {"first": 9},
        {"first": -1},
        {"threads": 0},
        {"segment": 0},
    ],
)
def test_senseless_requests_are_refused(wrong):
    with pytest.raises(UsageError):
        execute(reference(), seed=0, **{"last": 8, **wrong})


def test_an_empty_range_is_empty():
    for engine in ("machine", "interpreter"):
        assert execute(reference(), seed=0, last=0, engine=engine).shape == (2, 0)


def test_a_program_of_constants_runs():
    program = lower({"five": make("add", const(2.0), const(3.0))})
    for engine in ("machine", "interpreter"):
        values = execute(program, seed=0, last=5000, engine=engine)
        assert (values == 5.0).all()


def test_the_sooner_engine_is_chosen(monkeypatch):
    program = reference()
    monkeypatch.delitem(sys.modules, "simcost.machine.kernel", raising=False)
    monkeypatch.setattr("simcost.machine.execution.compiled", lambda: True)
    assert choose_engine(program, 10_000) == "interpreter"
    assert choose_engine(program, 10_000_000) == "machine"
    monkeypatch.setattr("simcost.machine.execution.compiled", lambda: False)
    assert choose_engine(program, 10_000_000) == "interpreter"
    assert choose_engine(program, 1_000_000_000) == "machine"
    monkeypatch.setitem(sys.modules, "simcost.machine.kernel", None)
    assert choose_engine(program, 100_000) == "machine"
