"""Sums and moments: the same bits for every split, and no loss far from zero."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simcost.machine import tools_of
from simcost.result import Meta, Result
from simcost.result.gauges import MomentsGauge, ProductsGauge, ThresholdGauge
from simcost.result.ledger import Ledger
from simcost.result.moments import Moments
from simcost.result.powers import Powers
from simcost.result.source import LEAF, Arrays, at_once, finished, when_due
from simcost.result.sums import columns, replicate_sizes


class Fleeting:
    """A source that works on its leaves in several threads."""

    def __init__(self, values: dict[str, np.ndarray], threads: int) -> None:
        self.values, self.threads = values, threads

    @property
    def count(self) -> int:
        return len(next(iter(self.values.values())))

    def map(self, work, names, first, last, due=at_once):
        def one(leaf: int):
            span = slice(leaf * LEAF, (leaf + 1) * LEAF)
            lent = {name: self.values[name][span] for name in names}
            return when_due(due(leaf), lambda: work(leaf, lent))

        with ThreadPoolExecutor(self.threads) as pool:
            yield from map(finished, pool.map(one, range(first, last)))


COUNTS = [1, 17, 4096, LEAF - 1, LEAF, LEAF + 1, 3 * LEAF + 1001]


def lognormal(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).lognormal(sigma=2.0, size=count)


def ledger(replicates: int = 1, **values: np.ndarray) -> Ledger:
    return Ledger(Arrays(values), replicates)


def powers(values: np.ndarray, replicates: int = 1) -> Powers:
    return ledger(replicates, y=values).get(MomentsGauge("y")).powers


def moments(values: np.ndarray, replicates: int = 1) -> Moments:
    return ledger(replicates, y=values).get(MomentsGauge("y")).moments


@given(st.lists(st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=2), min_size=1))
def test_columns_are_rounded_once(rows):
    table = np.array(rows)
    half = len(rows) // 2
    assert columns(table[:half], table[half:])[0] == math.fsum(table[:, 0])
    assert columns(table[half:], table[:half])[1] == math.fsum(table[:, 1])


@pytest.mark.parametrize("count", COUNTS)
def test_a_sum_is_within_rounding_of_the_exact_one(count):
    values = lognormal(count)
    found = powers(values)
    total = math.fsum([*(found.count * found.centre), *found.first])
    assert total == pytest.approx(math.fsum(values), rel=1e-15)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("replicates", [1, 16])
@pytest.mark.parametrize("tools", ["interpreter", "machine"])
@pytest.mark.parametrize("threads", [1, 3])
def test_a_mean_is_that_of_the_sum_rounded_once(count, replicates, tools, threads):
    if count < replicates:
        pytest.skip("every replicate has an outcome")
    wild = np.where(np.arange(count) % 3 == 0, 1e9, -1e-9) * lognormal(count)
    for values in (lognormal(count), wild, np.full(count, 0.1), -lognormal(count) * 1e200):
        source = Fleeting({"y": values}, threads)
        m = Ledger(source, replicates, tools_of(tools)).get(MomentsGauge("y")).moments
        assert m.mean == np.clip(math.fsum(values) / count, m.low, m.high)
        for r in range(replicates):
            own = values[r::replicates]
            assert m.replicate_means[r] == np.clip(math.fsum(own) / len(own), m.low, m.high)


@example([1e200, 1.0, 1.0, 2.0**53, -1e200])
@given(st.lists(st.floats(-1e200, 1e200), min_size=1, max_size=100))
@settings(max_examples=200, deadline=None)
def test_any_sum_is_rounded_once(numbers):
    values = np.array(numbers)
    for tools in ("interpreter", "machine"):
        m = Ledger(Arrays({"y": values}), 1, tools_of(tools)).get(MomentsGauge("y")).moments
        assert m.mean == min(max(math.fsum(values) / len(values), m.low), m.high)


SIZES = [
    1e200,
    -1e200,
    1.0,
    3.0,
    -1.0,
    2.0**53,
    -(2.0**53),
    0.1,
    1e-200,
    1e100,
    -1e100,
    5e-324,
    0.0,
]


@given(st.lists(st.sampled_from(SIZES), min_size=1, max_size=40), st.sampled_from([1, 2, 4, 16]))
@settings(max_examples=300, deadline=None)
def test_sums_that_cancel_are_rounded_once(numbers, replicates):
    """Outcomes of two leaves, the second upside down but for its end."""
    values = np.array([*numbers, *np.zeros(LEAF - len(numbers)), *(-x for x in numbers), 1.0, 2.0])
    for tools in ("interpreter", "machine"):
        book = Ledger(Arrays({"y": values}), replicates, tools_of(tools))
        m = book.get(MomentsGauge("y")).moments
        assert m.mean == min(max(math.fsum(values) / len(values), m.low), m.high)
        for r in range(replicates):
            own = values[r::replicates]
            assert m.replicate_means[r] == np.clip(math.fsum(own) / len(own), m.low, m.high)


def test_of_every_leaf_three_numbers_are_kept_and_nothing_else():
    """A part of a larger array would keep that for as long as the run."""
    values = {name: np.random.default_rng(0).lognormal(size=5 * LEAF) for name in "xyz"}
    gauge = Ledger(Arrays(values), 16, tools_of("machine")).get(MomentsGauge("x"))
    assert [part.shape for part in gauge._total._parts] == [(3, 16)] * 5
    assert all(part.base is None for part in gauge._total._parts)


@pytest.mark.parametrize("count", COUNTS)
def test_powers_are_those_of_exact_arithmetic(count):
    values = lognormal(count)
    exact = math.fsum(values) / count
    m = moments(values)
    assert m.mean == pytest.approx(exact, rel=1e-15)
    squares = math.fsum((values - exact) ** 2)
    assert m.sd == pytest.approx(math.sqrt(squares / max(count - 1, 1)), rel=1e-13)
    if count > 1:
        fourth = math.fsum((values - exact) ** 4)
        assert m.kurtosis == pytest.approx(fourth * count / squares**2, rel=1e-12)


@given(st.integers(20, LEAF), st.integers(1, 20))
@settings(max_examples=30, deadline=None)
def test_replicates_are_every_rth_outcome(count, replicates):
    values = lognormal(count)
    book = ledger(replicates, y=values)
    found = book.get(MomentsGauge("y")).powers
    counts = book.get(ThresholdGauge("y", 1.0, replicates)).at_most
    for r, size in enumerate(replicate_sizes(count, replicates)):
        own = values[r::replicates]
        assert size == len(own) == found.count[r]
        assert counts[r] == np.count_nonzero(own <= 1.0)
        off = found.first[r] / size
        assert found.centre[r] + off == pytest.approx(own.mean(), rel=1e-12)
        assert found.second[r] - size * off**2 == pytest.approx(len(own) * own.var(), rel=1e-9)


def test_replicates_have_to_fit_the_leaves():
    meta = Meta(model="m", seed=0, draws=LEAF + 3, design="lhs", replicates=3)
    with pytest.raises(Exception, match="must divide"):
        Result({"y": np.ones(LEAF + 3)}, {}, meta)


def test_a_standard_deviation_of_1_survives_a_mean_of_1e15():
    noise = np.random.default_rng(0).normal(size=100_000)
    values = 1e15 + noise
    exact = values - 1e15  # no rounding: the difference is representable
    m = moments(values)
    assert m.mean - 1e15 == pytest.approx(exact.mean(), abs=0.125)
    assert m.sd == pytest.approx(exact.std(ddof=1), rel=1e-10)


def test_moments_of_leaves_that_have_nothing_in_common():
    values = np.concatenate([np.full(LEAF, 1e15), lognormal(LEAF), np.full(10, -1e-300)])
    m = moments(values)
    assert m.mean == pytest.approx(math.fsum(values) / len(values), rel=1e-15)
    assert m.sd == pytest.approx(values.std(ddof=1), rel=1e-13)


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1.0, 1e12, 1e305])
@pytest.mark.parametrize("replicates", [1, 16])
@pytest.mark.parametrize("count", [4096, LEAF + 4096])
def test_moments_scale_without_overflow(scale, replicates, count):
    values = np.random.default_rng(3).normal(5.0, 2.0, size=count)
    plain, scaled = moments(values, replicates), moments(values * scale, replicates)
    assert scaled.mean == pytest.approx(plain.mean * scale, rel=1e-13)
    assert scaled.sd == pytest.approx(values.std(ddof=1) * scale, rel=1e-12)
    assert scaled.kurtosis == pytest.approx(plain.kurtosis, rel=1e-12)
    assert scaled.replicate_means == pytest.approx(plain.replicate_means * scale, rel=1e-13)
    assert plain.replicate_means == pytest.approx(
        [values[r::replicates].mean() for r in range(replicates)]
    )


def test_kurtosis_of_a_normal_is_3():
    values = np.random.default_rng(4).normal(size=1_000_000)
    assert moments(values).kurtosis == pytest.approx(3.0, abs=0.03)


@pytest.mark.parametrize("count", [10_000, 3 * LEAF + 12_345])
@pytest.mark.parametrize("replicates", [1, 16])
def test_a_constant_has_no_spread(count, replicates):
    m = moments(np.full(count, 0.1), replicates)
    assert (m.mean, m.sd, m.kurtosis) == (0.1, 0.0, 1.0)
    assert set(m.replicate_means) == {0.1}


def test_products_are_those_of_exact_arithmetic():
    x, y = lognormal(200_001), np.sqrt(lognormal(200_001)) + lognormal(200_001, 2)
    book = ledger(x=x, y=y)
    found = book.get(ProductsGauge("x", "y")).products
    exact = math.fsum((x - math.fsum(x) / len(x)) * (y - math.fsum(y) / len(y)))
    assert found.product[0] == pytest.approx(exact, rel=1e-12)
    twin = book.get(ProductsGauge("x", "x")).products
    assert twin.product[0] == book.get(MomentsGauge("x")).powers.second[0]
