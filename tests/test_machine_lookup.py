"""Tables looked up 24 at a time or one by one, and triangles without a table: the same bits."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcost.families import build
from simcost.graph.node import const, make, quantile, stream
from simcost.machine import execute, library, lookup, lower
from simcost.machine.opcodes import NAMES
from simcost.machine.packing import PAIRS, ROW_WIDTH, packed, rounded
from simcost.machine.triangle import evaluate, triangle

LAWS = [
    build({"lognormal": {"p10": 1.0, "p90": 3.0}}),
    build({"pert": {"low": 1.0, "mode": 2.0, "high": 7.0}}),
    build({"mixture": {"weights": [0.9, 0.1], "components": [{"value": 0.0}, {"value": 5.0}]}}),
]
TABLES = library.join([library.table_of(law) for law in LAWS], [])
ODD = [np.nan, -np.inf, np.inf, 0.0, 1.0, -3.0, 2.0**-53, 1 - 2.0**-53, 0.5]


def looked_up(number, u, loop, *, after=True):
    """The compiled look-up with one of its inner loops, compiled here.

    Parameters
    ----------
    after : bool
        Whether the loop looks after bounds and NaN.
    """
    size, room = len(u), -(-len(u) // 24) * 24
    padding = np.full(room - size, 0.25)
    u = np.concatenate([u, padding])
    found, places, out = np.empty(room, dtype=np.int64), np.empty(room), np.full(room, 7.0)
    v, upper = lookup.fold(u)
    row, t = lookup.FOLDED.locate(v)
    start = TABLES.meta[number, 0]
    found[:size] = ROW_WIDTH * (row + np.where(upper, lookup.FOLDED.size, 0) + start)[:size]
    places[:size] = t[:size]
    found[size:] = 1 << 60  # would be far outside
    if after:
        loop(found, places, u, TABLES.packed_rows, *TABLES.bounds[number], out, size)
    else:
        loop(found, places, TABLES.packed_rows, out, size)
    return out[:size]


@pytest.mark.parametrize("size", [1, 7, 8, 9, 23, 24, 25, 64, 1021])
def test_many_at_once_plain_loop_and_interpreter_give_the_same_bits(size):
    from simcost.machine import table_loops

    u = np.concatenate([ODD, np.random.default_rng(size).random(1100)])[:size]
    drawn = np.where((u > 0.0) & (u < 1.0), u, 0.5)
    for number in range(2):  # the third has fine cells, which are another loop's business
        expected = lookup.table(TABLES, number, u).view(np.int64)
        curve = lookup.curve(TABLES, number, drawn).view(np.int64)
        for loop in (table_loops.plain, table_loops.evaluate):
            assert np.array_equal(looked_up(number, u, loop).view(np.int64), expected), number
        for loop in (table_loops.plain_curve, table_loops.evaluate_curve):
            found = looked_up(number, drawn, loop, after=False).view(np.int64)
            assert np.array_equal(found, curve), number


def test_many_are_looked_up_at_once_where_they_can_be_had(monkeypatch):
    from simcost.machine import table_loops, transpose

    plain = table_loops.plain, table_loops.plain_curve
    assert not {table_loops.evaluate, table_loops.evaluate_curve} & {*plain}
    monkeypatch.setenv("SIMCOST_PLAIN_LOOKUP", "1")
    assert table_loops._evaluation() == plain
    monkeypatch.delenv("SIMCOST_PLAIN_LOOKUP")

    def broken():
        raise RuntimeError("no such instruction")

    monkeypatch.setattr(transpose, "check", broken)
    assert table_loops._evaluation() == plain


CONTAINED = (
    {"lognormal": {"p10": 1.0, "p90": 3.0}},
    {"pert": {"low": 1.0, "mode": 2.0, "high": 7.0}},
)
AT_AN_END = {"pert": {"low": 1.0, "mode": 1.0, "high": 7.0}}
WINDOW = {"lognormal": {"p10": 1.0, "p90": 3.0}, "within": [0.5, 4.0]}
ATOM = {"mixture": {"weights": [0.9, 0.1], "components": [{"value": 0.0}, {"value": 5.0}]}}


def test_bounds_are_left_out_where_no_result_can_leave_them():
    """Only of a draw, which is a probability and a number."""

    def operation(text, argument):
        return NAMES[lower({"x": quantile(argument, build(text))}).code[-1, 0]]

    u = stream("u")
    assert [operation(text, u) for text in CONTAINED] == ["curve", "curve"]
    assert [operation(text, make("mul", u, u)) for text in CONTAINED] == ["table", "table"]
    assert [operation(text, u) for text in (AT_AN_END, WINDOW)] == ["table", "table"]
    assert operation(ATOM, u) in ("steps", "table")


@settings(deadline=None)
@given(
    st.sampled_from(["lognormal", "pert", "normal", "gamma", "beta"]),
    st.floats(-3.0, 3.0),
    st.floats(-6.0, 6.0),
    st.floats(-6.0, 6.0),
)
def test_a_table_that_says_so_stays_between_its_ends(family, place, size, shape):
    scale, form = 10.0**size, 2.0**shape
    law = build(
        {
            "lognormal": {"lognormal": {"mean": scale, "sd": scale * form}},
            "pert": {"pert": {"low": place, "mode": place + scale, "high": place + scale + form}},
            "normal": {"normal": {"mean": place, "sd": scale}},
            "gamma": {"gamma": {"shape": form, "scale": scale}},
            "beta": {"beta": {"alpha": form, "beta": 1.0 + scale}},
        }[family]
    )
    table = library.table_of(law)
    if not table.contained:
        return
    joined, (low, high) = library.join([table], []), law.support()
    edges = 2.0 ** -np.arange(2.0, 54.0)
    near = np.concatenate([edges, np.nextafter(edges[:-1], 0.0), 1.07 * edges])
    u = np.concatenate([near, 1.0 - near])
    for x in (lookup.curve(joined, 0, u), looked_up_alone(joined, u)):
        assert ((x > low) & (x < high)).all()
    assert np.allclose(x, lookup.table(joined, 0, u), rtol=1e-15, atol=0.0)


def looked_up_alone(tables, u):
    """One table by the compiled loop."""
    from simcost.machine import table_loops

    room = -(-len(u) // 24) * 24
    found, places, out = np.zeros(room, dtype=np.int64), np.zeros(room), np.zeros(room)
    padded = np.concatenate([u, np.full(room - len(u), 0.5)])
    table_loops.curve(padded, out, tables.packed_rows, tables.meta[0], places, found, len(u))
    return out[: len(u)]


SCRIPT = """
import numpy as np
from simcost.families import build
from simcost.graph.node import quantile, stream
from simcost.machine import execute, lower
law = build({"lognormal": {"p10": 1.0, "p90": 3.0}, "within": [0.5, 4.0]})
program = lower({"x": quantile(stream("x"), law)})
for engine in ("machine", "interpreter"):
    print(execute(program, seed=3, last=3001, engine=engine, threads=1).tobytes().hex())
"""


@pytest.mark.slow
def test_a_whole_run_with_plain_look_ups(tmp_path):
    runs = []
    for plain in ("1", ""):
        surroundings = os.environ | {"SIMCOST_PLAIN_LOOKUP": plain}
        if plain:
            surroundings["SIMCOST_CACHE_DIR"] = str(tmp_path)
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=surroundings, capture_output=True, check=True
        )
        runs += done.stdout.split()
    assert len(set(runs)) == 1


def unpacked(flat):
    """Six coefficients from each packed row, as plain shifts give them."""
    rows = np.empty((len(flat) // ROW_WIDTH, 6))
    rows[:, :ROW_WIDTH] = flat.reshape(-1, ROW_WIDTH)
    for leading, trailing, size in PAIRS:
        pattern = rows[:, leading].copy().view(np.uint64) << np.uint64(64 - size)
        rows[:, trailing] = pattern.view(np.float64)
    return rows


@pytest.mark.parametrize("count", [0, 1, 5, 1000])
def test_packed_rows_are_the_rounded_ones_and_cross_no_line_of_the_cache(count):
    rows, _ = rounded(np.random.default_rng(count).normal(size=(count, 6)))
    flat = packed(rows)
    assert flat.ctypes.data % 64 == 0
    assert flat.size == ROW_WIDTH * max(count, 1)
    assert np.array_equal(unpacked(flat)[:count], rows)


COEFFICIENTS = st.floats(-1e6, 1e6) | st.sampled_from([0.0, -0.0, 1e-310, 5e-324, 1e300])


@given(st.lists(COEFFICIENTS, min_size=6, max_size=6), st.floats(-1, 1))
def test_rounding_moves_a_curve_by_no_more_than_it_says_and_not_at_its_ends(c, t):
    c = np.array([c])
    near, cost = rounded(c)
    assert np.array_equal(unpacked(packed(near)), near)
    slack = 1e-14 * np.abs(c).sum()
    assert abs(lookup.horner(near, t) - lookup.horner(c, t))[0] <= cost[0] + slack
    for end in (-1.0, 1.0):
        assert abs(lookup.horner(near, end) - lookup.horner(c, end))[0] <= slack
    relative = np.abs(near - c)[0, 2:] / np.maximum(np.abs(c[0, 2:]), 2.0**-1000)
    assert (relative[[0, 1]] <= [2.0**-25, 2.0**-21]).all() or np.abs(c).min() < 2.0**-900


def test_what_is_no_number_stays_none_when_it_is_packed():
    flat = packed(np.full((1, 6), np.nan))
    assert np.isnan(lookup.horner(unpacked(flat), 0.3)).all()


ENDS = st.floats(-1e9, 1e9).map(lambda x: round(x, 6))
TRIPLES = st.tuples(ENDS, ENDS, ENDS).map(sorted).filter(lambda t: t[0] < t[2])


@given(TRIPLES, st.lists(st.floats(0, 1), min_size=2, max_size=60))
def test_a_triangle_rises_stays_inside_and_is_exact_at_its_ends(ends, u):
    low, mode, high = ends
    row = np.array(triangle(low, mode, high))
    x = evaluate(row, np.sort([0.0, row[3], np.nextafter(row[3], 1), *u, 1.0]))
    assert x[0] == low
    assert x[-1] == high
    assert (np.diff(x) >= 0).all()


@given(TRIPLES, st.lists(st.floats(2.0**-53, 1 - 2.0**-53), min_size=1, max_size=60))
def test_a_triangle_is_the_quantile_function_of_its_family(ends, u):
    law = build({"triangular": dict(zip(("low", "mode", "high"), ends, strict=True))})
    x = evaluate(np.array(triangle(*ends)), np.array(u))
    slack = 4e-16 * (max(map(abs, ends)) + 4 * (ends[2] - ends[0]))
    assert np.allclose(x, law.quantile(np.array(u)), rtol=0, atol=slack)


def test_a_triangle_needs_no_table():
    law = build({"triangular": {"low": 1.0, "mode": 2.0, "high": 6.0}})
    x = quantile(stream("x"), law)
    program = lower({"x": x, "again": quantile(stream("y"), law)})
    assert [NAMES[op] for op in program.code[:, 0]] == ["stream", "triangular"] * 2
    assert len(program.table_names) == 0
    assert len(program.tables.triangles) == 1
    odd = [quantile(make("add", const(value), make("sub", x, x)), law) for value in ODD]
    program = lower({str(k): node for k, node in enumerate(odd)})
    machine, oracle = (
        execute(program, seed=0, last=3, engine=engine) for engine in ("machine", "interpreter")
    )
    assert np.array_equal(machine, oracle, equal_nan=True)
    assert np.isnan(machine[0]).all()
    assert machine[1:7, 0].tolist() == [1.0, 6.0, 1.0, 6.0, 1.0, evaluate(
        program.tables.triangles[0], np.array([2.0**-53]))[0]]  # fmt: skip


def test_a_draw_is_turned_normal_by_a_table_and_anything_else_by_the_function():
    u = stream("u")
    program = lower({"u": u, "z": make("ndtri", u), "w": make("ndtri", make("add", u, u))})
    assert [NAMES[op] for op in program.code[:, 0]] == ["stream", "curve", "add", "ndtri"]
    assert program.table_error[0] < 1e-9
    from scipy import special

    u, z, _ = execute(program, seed=0, last=20_000)
    exact = special.ndtri(u)
    assert np.abs(special.ndtr(z) / u - 1.0).max() < 2e-9
    assert np.abs(z - exact).max() < 1e-9


def test_multiplication_by_one_is_left_out():
    x = quantile(stream("x"), LAWS[0])
    twice = make("mul", const(1.0), make("div", make("mul", x, const(1.0)), const(1.0)))
    program = lower({"x": x, "same": twice}, {twice: "same"})
    assert [NAMES[op] for op in program.code[:, 0]] == ["stream", "curve"]
    assert program.labels[1] == "same"
    values = execute(program, seed=0, last=9)
    assert np.array_equal(values[0], values[1])
    inverse = lower({"y": make("div", const(1.0), x)})
    assert "div" in [NAMES[op] for op in inverse.code[:, 0]]
