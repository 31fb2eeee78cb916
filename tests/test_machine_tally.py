"""Counting by bins, walks and chosen points: compiled and plain give the same bits."""

from __future__ import annotations

import numpy as np
import pytest

import simcost
from simcost.analyses._binned import tail_edges
from simcost.graph.node import const, make, quantile, stream
from simcost.machine import lower
from simcost.machine.interpreter import interpret
from simcost.machine.points import at_points
from simcost.machine.tally import classify, joint_counts, make_bins, power_sums
from simcost.machine.walks import walker

EDGES = {
    "dyadic tails": tail_edges(1_000_000),
    "one": [0.5],
    "levels": [1e-12, 0.3, 0.3 + 1e-9, 0.9999999],
    "none": [],
}


@pytest.fixture(scope="module")
def u():
    rng = np.random.default_rng(1)
    ends = [0.0, 1.0, 2.0**-53, 1 - 2.0**-53, 0.5, 1 / 1024, 1023 / 1024]
    edges = np.concatenate([np.asarray(e, dtype=float) for e in EDGES.values()])
    near = np.concatenate([np.nextafter(edges, 0), edges, np.nextafter(edges, 1)])
    return np.concatenate([rng.random(20_000), ends, near])


@pytest.mark.parametrize("edges", EDGES.values(), ids=EDGES.keys())
@pytest.mark.parametrize("compiled", [False, True])
def test_a_bin_holds_its_upper_edge(u, edges, compiled):
    bins = make_bins(edges)
    found = np.empty(len(u), dtype=np.uint8)
    classify(u, bins, found, compiled=compiled)
    expected = np.sum(u[:, None] > np.asarray(edges, dtype=float), axis=1)
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("wrong", [np.arange(256) / 256, [0.5, 0.5], [0.6, 0.5]])
def test_bins_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match="ascending"):
        make_bins(wrong)


@pytest.mark.parametrize("replicates", [1, 16])
def test_sums_have_the_same_bits_compiled_and_plain(replicates):
    rng = np.random.default_rng(2)
    index = rng.integers(0, 40, 5003).astype(np.uint8)
    y = rng.lognormal(size=5003)
    plain = power_sums(index, y, (replicates, 41), 7)
    fast = power_sums(index, y, (replicates, 41), 7, compiled=True)
    assert np.array_equal(plain, fast)
    mask = (index == 3) & ((np.arange(5003) + 7) % replicates == 5 % replicates)
    own = plain[5 % replicates, 3]
    assert own == pytest.approx([np.sum(y[mask] ** k) for k in range(5)])
    assert plain[:, 40].sum() == 0


def test_joint_counts_are_those_of_numpy():
    rng = np.random.default_rng(3)
    rows, columns = rng.integers(0, [[7], [5]], (2, 1000)).astype(np.uint8)
    tables = np.zeros((2, 7, 5), dtype=np.int64)
    for compiled in (False, True):
        joint_counts(rows, columns, tables[int(compiled)], compiled=compiled)
    assert np.array_equal(tables[0], tables[1])
    assert np.array_equal(tables[0], np.histogram2d(rows, columns, bins=(range(8), range(6)))[0])


def product():
    law = simcost.lognormal(median=1, gsd=2)
    a, b = quantile(stream("a"), law), quantile(stream("b"), law)
    return make("add", make("mul", a, b), make("mul", const(0.125), a))


@pytest.mark.parametrize("engine", ["machine", "interpreter"])
def test_a_step_of_a_walk_takes_its_draws_from_two_outcomes(engine):
    node, far = product(), 1 << 40
    program = lower({"y": node})
    walk = walker(program, seed=5, engine=engine)
    bases = np.array([[0, 0], [0, far], [far, far]])
    found = walk(program.constants, bases, 100, 400)
    for row, numbers in zip(found, bases, strict=True):
        assert np.array_equal(row, interpret(program, 5, "random", 100, 400, numbers)[0])
    assert not np.array_equal(found[0], found[1])


def test_a_walk_can_have_constants_of_its_own():
    program = lower({"y": product()})
    own = program.constants.copy()
    own[own == 0.125] = 0.5
    results = [
        walker(program, seed=5, engine=engine)(own, np.zeros((1, 2), dtype=np.int64), 0, 50)
        for engine in ("machine", "interpreter")
    ]
    assert np.array_equal(*results)
    plain = walker(program, seed=5, engine="machine")
    assert np.all(results[0] > plain(program.constants, np.zeros((1, 2), dtype=np.int64), 0, 50))


def test_a_graph_at_chosen_points_is_the_formula():
    law = simcost.lognormal(median=1, gsd=2)
    a, b = quantile(stream("a"), law), quantile(stream("b"), law)
    (y,) = at_points([product()], {a: np.array([1.0, 2.0]), b: 3.0})
    assert y.tolist() == [3.125, 6.25]
    with pytest.raises(ValueError, match="not given"):
        at_points([product()], {a: 1.0})
