"""Measuring weighted outcomes: compiled loops, NumPy, and plain sorting and adding."""

from __future__ import annotations

import math
import os

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simcost.machine import weigher_of
from simcost.machine.cache import PLAIN_LOOKUP
from simcost.result import Meta, WeightedResult, threads, weighted
from simcost.result import column as columns
from simcost.result.cells import Cells
from simcost.result.column import SAME, Column
from simcost.result.pairwise import blocks_of, pairwise
from simcost.result.weigher import NUMPY, Term
from simcost.result.window import Window

R = 16
FIGURES = (0.1, 1, 10, 25, 50, 75, 90, 99, 99.9)


@pytest.fixture(scope="module")
def machine():
    if os.environ.get(PLAIN_LOOKUP):
        pytest.skip("plain loops are asked for")
    found = weigher_of("machine")
    assert found is not NUMPY
    return found


def numbers(rng, count, kind):
    """Outcomes of some kind: heavy-tailed, with atoms, few values, one value but for one."""
    values = rng.lognormal(sigma=2, size=count) - 1.0
    if kind == "atoms":
        values[rng.uniform(size=count) < 0.4] = 0.0
        values[::7] = np.round(values[::7])
    elif kind == "few":
        values = rng.integers(-2, 3, size=count).astype(float)
    elif kind == "almost one":
        values = np.full(count, 3.5)
        values[rng.integers(count)] = -1e6
    elif kind == "wide":
        values *= 10.0 ** rng.integers(-150, 150, size=count)
    return values


kinds = st.sampled_from(["plain", "atoms", "few", "almost one", "wide"])
weighing = st.sampled_from(["alike", "own", "zeros"])


def shares(rng, count, how):
    """Weights of outcomes; None where they are all alike."""
    if how == "alike":
        return None
    weights = rng.uniform(size=count)
    if how == "zeros":
        weights[rng.uniform(size=count) < 0.5] = 0.0
    return weights


def plain_term(term, value, level):
    return {
        Term.NOTHING: 0.0,
        Term.VALUE: value,
        Term.SQUARE: (value - level) * (value - level),
        Term.EXCESS: max(value - level, 0.0),
        Term.UPTO: float(value <= level),
    }[term]


@settings(max_examples=120, deadline=None)
@given(st.integers(1, 700), kinds, weighing, st.integers(0, 2**32), st.sampled_from(Term))
def test_sums_are_exact_up_to_rounding_and_the_same_bits_from_both(
    machine, size, kind, how, seed, term
):
    rng = np.random.default_rng(seed)
    values = numbers(rng, R * size, kind)
    weights, level = shares(rng, R * size, how), float(rng.choice(values))
    mine = machine.see(values, weights, R, term, level).sums
    assert np.array_equal(mine, NUMPY.see(values, weights, R, term, level).sums)
    for r in range(R):
        own = np.ones(size) if weights is None else weights[r::R]
        terms = [plain_term(term, v, level) * w for v, w in zip(values[r::R], own, strict=True)]
        bound = 40 * 2.0**-53 * math.fsum(map(abs, terms))
        assert abs(mine[r] - math.fsum(terms)) <= bound


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 300), kinds, st.integers(0, 2**32), st.integers(0, 4))
@example(1, "few", 2, 2)  # a bracket from the largest number to infinity
def test_brackets_hold_what_a_look_at_every_outcome_finds(machine, size, kind, seed, count):
    rng = np.random.default_rng(seed)
    values = numbers(rng, R * size, kind)
    ends = np.sort(rng.choice([*values, -np.inf, np.inf, 0.0], size=(count, 2)))
    brackets = [(np.nextafter(low, -np.inf), high) for low, high in ends.tolist()]
    both = [one.see(values, None, R, Term.NOTHING, 0.0, brackets).nears for one in (machine, NUMPY)]
    for (low, high), *found in zip(brackets, *both, strict=True):
        inside = [k for k, v in enumerate(values) if low < v <= high]
        below = [sum(v <= low for v in values[r::R]) for r in range(R)]
        for near in found:
            assert near.places.tolist() == inside
            assert near.values.tolist() == values[inside].tolist()
            assert near.below.tolist() == below


@pytest.mark.parametrize("size", [*range(1, 20), 127, 128, 129, 135, 136, 256, 257, 1000, 62_500])
def test_the_order_of_addition_is_that_of_numpy_along_a_row(size):
    table = np.random.default_rng(size).lognormal(sigma=3, size=(size, 3))
    mine = pairwise(size, 3, lambda first, last: table[first:last])
    assert np.array_equal(mine, np.ascontiguousarray(table.T).sum(axis=1))
    lengths, merges = blocks_of(size)
    assert (lengths.sum(), lengths.max() <= 128, merges.sum()) == (size, True, len(lengths) - 1)


def test_another_order_of_addition_would_be_noticed():
    table = np.random.default_rng(1).lognormal(sigma=3, size=(5000, R))
    mine = pairwise(5000, R, lambda first, last: table[first:last])
    assert not np.array_equal(mine, np.add.accumulate(table, axis=0)[-1])


def rows_of(rng, count, patterns, kind, how):
    """Rows of an output with the weights of its patterns; one pattern has all weight."""
    cuts = np.sort(rng.uniform(size=(count if how != "alike" else 1, patterns - 1)), axis=1)
    if how == "zeros":
        cuts = np.round(cuts)
    ends = np.column_stack([np.zeros(len(cuts)), cuts, np.ones(len(cuts))])
    weights = np.diff(ends, axis=1).T
    rows = []
    for weight in weights:
        flat = patterns > 1 and rng.uniform() < 0.3
        values = np.broadcast_to(2.5, count) if flat else numbers(rng, count, kind)
        alike = how == "alike" or patterns == 1
        rows.append((values, np.broadcast_to(weight[0], count) if alike else weight.copy()))
    return rows


def pairs_of(rows, first=0, step=1):
    """Every value with its weight, or those of one replicate."""
    return [
        (float(v), float(w))
        for values, weights in rows
        for v, w in zip(values[first::step], weights[first::step], strict=True)
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.integers(1, 15), st.sampled_from([100, 700])),
    st.integers(1, 4),
    kinds,
    weighing,
    st.integers(0, 2**32),
    st.floats(0.001, 0.999),
)
def test_percentiles_are_those_of_sorting_everything(
    machine, size, patterns, kind, how, seed, share
):
    rows = rows_of(np.random.default_rng(seed), R * size, patterns, kind, how)
    pairs, count = pairs_of(rows), R * size
    for weigher in (machine, NUMPY):
        here = Column("y", "", rows, R, 0.95, 0.0, weigher)
        here.look_for([share, 0.5])
        for above in (False, True):
            found = here.at(share, above=above)
            upto = math.fsum(w for v, w in pairs if v <= found) / count
            below = math.fsum(w for v, w in pairs if v < found) / count
            assert found in {v for v, _ in pairs}
            assert upto >= share - 2 * SAME
            assert below <= share + 2 * SAME


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 60), st.integers(1, 4), kinds, weighing, st.integers(0, 2**32))
def test_means_squares_shares_and_excess_are_those_of_fsum(
    machine, size, patterns, kind, how, seed
):
    rng = np.random.default_rng(seed)
    rows = rows_of(rng, R * size, patterns, kind, how)
    here = Column("y", "", rows, R, 0.95, 0.0, machine)
    level = float(rng.choice(rows[-1][0]))
    for r in range(R):
        mine = pairs_of(rows, r, R)
        for found, of in [
            (here.replicate_means[r], lambda v: v),
            (here.replicate_spreads[r], lambda v: (v - here.mean) ** 2),
            (here.excess(level)[r], lambda v: max(v - level, 0.0)),
            (here.at_most(level)[r], lambda v: float(v <= level)),
        ]:
            terms = [of(v) * w for v, w in mine]
            scale = math.fsum(map(abs, terms)) / size
            assert abs(found - math.fsum(terms) / size) <= 1e-13 * scale


def result_of(rows, weigher):
    count = len(rows[0][0])
    arrays = [array for pair in zip(*rows, strict=True) for array in pair]
    k = len(rows)
    cells = Cells(tuple(arrays), {"y": tuple(range(k))}, tuple(range(k, 2 * k)))
    names = tuple(f"pattern {number}" for number in range(k))
    meta = Meta(
        model="m", seed=0, draws=count, design="sobol", replicates=R, gates="exact", patterns=names
    )
    return WeightedResult(cells, {"y": "USD"}, meta, weigher)


def figures(result):
    yield result.digest, result.notes, result.estimate("y", FIGURES)
    yield [result.quantile("y", p) for p in FIGURES]
    yield [result.cvar("y", p) for p in (50, 90, 99)]
    for level in (-1.0, 0.0, 2.5, 100.0):
        yield result.within("y", level), result.exceedance("y", level), result.exactly("y", level)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([1, 2, 7, 8, 15, 64, 129, 1024, 4100]),
    st.integers(1, 4),
    kinds,
    weighing,
    st.integers(0, 2**32),
)
def test_every_figure_has_the_same_bits_from_both(machine, size, patterns, kind, how, seed):
    rows = rows_of(np.random.default_rng(seed), R * size, patterns, kind, how)
    mine, plain = result_of(rows, machine), result_of(rows, NUMPY)
    assert repr([*figures(mine)]) == repr([*figures(plain)])


def test_threads_and_the_order_of_questions_change_no_bit(machine, monkeypatch):
    rows = rows_of(np.random.default_rng(5), R * 5000, 3, "atoms", "own")
    plain = repr([*figures(result_of(rows, NUMPY))])
    backwards = result_of(rows, machine)
    for percent in reversed(FIGURES):
        backwards.cvar("y", percent)
        backwards.quantile("y", percent)
    assert repr([*figures(backwards)]) == plain
    monkeypatch.setattr(threads, "MANY", 0)
    monkeypatch.setattr(weighted, "MANY", 0)
    many = result_of(rows, machine)
    many.prepare(FIGURES)
    assert repr([*figures(many)]) == plain


def test_where_the_pilot_looks_changes_no_bit(machine, monkeypatch):
    rows = rows_of(np.random.default_rng(6), R * 5000, 3, "atoms", "zeros")
    found = set()
    for pilots in ((64, 64), (1 << 10, 1 << 13), (1 << 20, 1 << 20)):
        monkeypatch.setattr(columns, "_PILOTS", pilots)
        found.add(repr([*figures(result_of(rows, machine))]))
    assert len(found) == 1


def test_nothing_is_copied_to_be_measured(machine):
    rows = [
        (np.random.default_rng(k).lognormal(size=R << 12), np.broadcast_to(0.5, R << 12))
        for k in (1, 2)
    ]
    here = Column("y", "", rows, R, 0.95, 0.0, machine)
    here.at(0.9)
    assert all(row.values is values for row, (values, _) in zip(here.rows, rows, strict=True))


@pytest.mark.parametrize("kind", ["plain", "wide", "few", "almost one"])
def test_bins_of_a_window_keep_the_order_however_values_are_spread(kind):
    rng = np.random.default_rng(7)
    values, weights = numbers(rng, 20_000, kind), rng.uniform(size=20_000)
    near = NUMPY.see(values, None, R, Term.NOTHING, 0.0, [(-np.inf, np.inf)]).nears
    window = Window(-np.inf, np.inf, 0.0, near, weights)
    order = np.argsort(values, kind="stable")
    masses = np.cumsum(weights[order])
    for mass in rng.uniform(0, masses[-1], size=200):
        assert window.find(mass, "left") == values[order][masses.searchsorted(mass)]
