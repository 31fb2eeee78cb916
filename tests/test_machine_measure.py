"""The compiled tools measure what NumPy measures, to the bit, and both measure the right thing."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcost.machine.measure import CompiledTools, tools_of
from simcost.result.exact import leaf_total
from simcost.result.leaf import Leaf, Pairs, lookout_of
from simcost.result.tools import NUMPY, Asked, Wanted

COMPILED = tools_of("machine")
SIZES = [1, 5, 16, 31, 1000, 1024, 4097, 65_535, 65_536]


def outcomes(size, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.lognormal(size=size)
    values[rng.random(size) < 0.3] = 0.0
    return values


def flat(found):
    if hasattr(found, "counts"):
        return found.counts, found.sums, found.near, found.places, found.ends
    return found if isinstance(found, tuple) else (found,)


def same(one, other):
    return all(
        np.asarray(a).tobytes() == np.asarray(b).tobytes()
        for a, b in zip(flat(one), flat(other), strict=True)
    )


def pairs(*triples):
    lows, highs, tails = zip(*triples, strict=True)
    return Wanted(np.array(lows), np.array(highs), np.array(tails, dtype=np.int64))


def glance(leaf, announced, asked):
    lookout = lookout_of([leaf.centre], [announced])
    (found,) = leaf.tools.glance({"y": leaf.values}, lookout, leaf.replicates, asked)
    if found is not None:
        leaf.saw(found)


PAIRS = pairs(
    (0.9, 1.1, 1), (0.0, 1.1, 1), (1.0, 1.0, 1), (0.0, 0.0, 0),
    (2.0, np.inf, 1), (-np.inf, np.inf, 0), (-1.0, 0.0, 1), (-np.inf, 0.5, 0),
)  # fmt: skip


def test_there_are_compiled_tools():
    assert isinstance(COMPILED, CompiledTools)
    assert tools_of("interpreter") is NUMPY


@pytest.mark.parametrize("replicates", [1, 2, 3, 8, 16])
@pytest.mark.parametrize("size", SIZES)
def test_both_tools_give_the_same_bits(size, replicates):
    x, y = outcomes(size), outcomes(size, 1) - 0.5
    for ask in (
        lambda tools: tools.look(x, 1.2, replicates),
        lambda tools: tools.spans(x, PAIRS, replicates),
        lambda tools: tools.spans(y, PAIRS, replicates),
        lambda tools: tools.at_most(x, 0.0, replicates),
        lambda tools: tools.products(x, y, (1.0, 0.5), replicates),
        lambda tools: tools.fingerprint(x),
    ):
        assert same(ask(COMPILED), ask(NUMPY))


@given(
    st.lists(st.floats(-1.0, 1.0) | st.sampled_from([0.0, 1.0, 5e-324, 1e308, -1e308]), min_size=1),
    st.sampled_from([1, 7, 400]),
    st.data(),
)
@settings(max_examples=100, deadline=None)
def test_what_stands_at_a_place_is_what_sorting_puts_there(values, times, data):
    """Also where values crowd at a place, or lie too far apart to be counted in bins."""
    x = np.tile(np.array(values), times)
    places = data.draw(st.lists(st.integers(0, len(x) - 1), max_size=3).map(sorted))
    found = np.sort(x)[places].tolist()
    assert COMPILED.pick(x, places) == NUMPY.pick(x, places) == found


@pytest.mark.parametrize("replicates", [1, 16])
def test_several_outputs_are_told_apart_at_one_glance(replicates):
    x, y = outcomes(4097), outcomes(4097, 1) - 0.5
    values = {"x": x, "huge": x * 1e80, "none": y, "y": y}
    pairs = [Pairs({(0.9, 1.1): True, (0.0, 2.0): False}), Pairs({(0.0, 1e80): True}), Pairs(),
             Pairs({(0.1, 0.4): True})]  # fmt: skip
    lookout = lookout_of([1.0, 1e80, 0.0, 0.5], pairs)
    seen = COMPILED.glance(values, lookout, replicates, Asked(total=True, fingerprint=True))
    assert seen[1] is None
    for k, values in ((0, x), (2, y), (3, y)):
        spans = NUMPY.spans(values, pairs[k].wanted(1.0), replicates)
        assert same(flat(seen[k].spans)[:3], flat(spans)[:3])
        assert seen[k].fingerprint == NUMPY.fingerprint(values)
        assert same(seen[k].look, NUMPY.look(values, lookout.centres[k], replicates))


@pytest.mark.parametrize("replicates", [1, 3, 16])
@pytest.mark.parametrize("scale", [1.0, -7.0, 1e-40, 1e-80, 1e80, 1e-310, 0.0])
def test_a_glance_finds_what_one_question_after_the_other_does(scale, replicates):
    """Also where sizes are unusual, and it leaves the questions to be asked one by one."""
    x = outcomes(5000) * scale
    announced = Pairs({(min(0.9 * scale, scale), max(0.9 * scale, scale)): True})
    leaves = [Leaf(x, replicates, scale, tools, announced) for tools in (COMPILED, NUMPY)]
    for leaf in leaves:
        glance(leaf, announced, Asked(total=True, fingerprint=True))
    usual = 1e-50 < abs(scale) < 1e50 and replicates != 3
    assert (leaves[0].found is not None) == usual
    assert leaves[1].found is None
    for ask in (
        lambda leaf: (leaf.low, leaf.high),
        lambda leaf: leaf.sums,
        leaf_total,
        lambda leaf: flat(leaf.spans(announced))[:3],
        lambda leaf: leaf.spans(announced).ends,
        lambda leaf: leaf.fingerprint,
    ):
        assert same(*map(ask, leaves))
    if replicates > 1:
        assert same(*(leaf.spans(announced).places for leaf in leaves))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_glance_leaves_what_is_not_finite_to_be_refused(bad):
    x = outcomes(1004)
    x[777] = bad
    leaf = Leaf(x, 1, 1.0, COMPILED)
    glance(leaf, Pairs(), Asked(total=True, fingerprint=False))
    assert leaf.found is None
    assert not (np.isfinite(leaf.low) and np.isfinite(leaf.high))


def test_a_glance_does_not_sum_or_hash_unasked():
    leaf = Leaf(outcomes(1004), 1, 1.0, COMPILED)
    glance(leaf, Pairs(), Asked(total=False, fingerprint=False))
    assert leaf.found.total is None
    assert leaf.found.fingerprint is None


@given(
    st.lists(st.sampled_from([-1.0, -0.0, 0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=6000),
    st.tuples(st.sampled_from([-1.0, 0.0, 0.5]), st.sampled_from([0.5, 1.0, np.inf])),
    st.sampled_from([1, 2, 16]),
)
@settings(max_examples=60, deadline=None)
def test_ties_at_the_ends_are_counted_once(values, ends, replicates):
    x = np.tile(np.array(values), 3)
    low, high = min(ends), max(ends)
    wanted = pairs((low, high, 1))
    found = COMPILED.spans(x, wanted, replicates)
    assert same(found, NUMPY.spans(x, wanted, replicates))
    counts = found.counts[0].sum(axis=1)
    assert counts.tolist() == [
        (x < low).sum(),
        (x <= low).sum(),
        (x < high).sum(),
        (x <= high).sum(),
    ]
    assert np.array_equal(found.near, x[(x > low) & (x < high)])


@pytest.mark.parametrize("tools", [COMPILED, NUMPY], ids=["compiled", "numpy"])
def test_sums_are_those_of_exact_arithmetic(tools):
    x = outcomes(65_535)
    sums, low, high = tools.look(x, 1.5, 1)
    assert (low, high) == (x.min(), x.max())
    for power, total in enumerate(sums[:, 0], start=1):
        size = math.fsum(np.abs(x - 1.5) ** power)
        assert total == pytest.approx(math.fsum((x - 1.5) ** power), rel=1e-12, abs=1e-14 * size)
    excess = tools.spans(x, pairs((0.5, 2.0, 1)), 1).sums[0, :, 0]
    above = np.maximum(x - 2.0, 0.0)
    assert excess == pytest.approx([math.fsum(above), math.fsum(above**2)], rel=1e-13)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("tools", [COMPILED, NUMPY], ids=["compiled", "numpy"])
def test_what_is_not_finite_shows_in_the_range(tools, bad):
    for place in (0, 777, 1003):
        x = outcomes(1004)
        x[place] = bad
        _, low, high = tools.look(x, 1.0, 1)
        assert not (np.isfinite(low) and np.isfinite(high))


@pytest.mark.parametrize("tools", [COMPILED, NUMPY], ids=["compiled", "numpy"])
def test_a_fingerprint_notices_one_bit_a_swap_and_a_sign(tools):
    x = outcomes(5000)
    one = tools.fingerprint(x)
    changed = x.copy()
    changed[17] = np.nextafter(changed[17], 9.0)
    swapped = x.copy()
    swapped[[3, 4]] = x[[4, 3]] if x[3] != x[4] else (1.0, 2.0)
    signed = np.where(x == 0.0, -0.0, x)
    prints = {one, *map(tools.fingerprint, (changed, swapped, signed, x[:-1]))}
    assert len(prints) == 5
