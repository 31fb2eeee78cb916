"""Order statistics without sorting, against sorting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcost.result.ledger import Ledger
from simcost.result.order import Order
from simcost.result.source import Arrays

N = 300_000  # several leaves
RNG = np.random.default_rng(5)
SHAPES = {
    "lognormal": RNG.lognormal(size=N),
    "atom": np.where(RNG.random(N) < 0.6, 0.0, RNG.random(N)),
    "two atoms": np.where(RNG.random(N) < 0.5, 3.0, -1.0),
    "constant": np.full(N, 7.0),
    "whole": RNG.poisson(3.0, N).astype(float),
    "ascending": np.arange(N, dtype=float),
    "periodic": np.arange(N, dtype=float) % 1024,
    "one far": np.concatenate([np.zeros(N - 1), [1e300]]),
    "late change": np.concatenate([np.zeros(N // 2), RNG.random(N - N // 2)]),
}


def order_of(values: np.ndarray, replicates: int = 1) -> Order:
    return Order(Ledger(Arrays({"y": values}), replicates), "y")


@pytest.mark.parametrize("shape", SHAPES)
def test_ranks_are_those_of_the_sorted_outcomes(shape):
    values = SHAPES[shape]
    ordered = np.sort(values)
    ranks = [1, 2, N // 10, N // 10 + 1, N // 2 - 500, N // 2, N // 2 + 500, N - 1, N]
    order = order_of(values)
    order.prepare([(rank, rank) for rank in ranks])
    for rank in ranks:
        assert order.at(rank) == ordered[rank - 1]
        assert order.multiplicity(rank) == np.count_nonzero(values == ordered[rank - 1])
    assert np.array_equal(order.largest(1001), ordered[-1001:])


@given(st.lists(st.integers(1, N), min_size=1, max_size=6), st.sampled_from(sorted(SHAPES)))
@settings(max_examples=30, deadline=None)
def test_any_ranks_in_any_order(ranks, shape):
    order = order_of(SHAPES[shape])
    ordered = np.sort(SHAPES[shape])
    assert [order.at(rank) for rank in ranks] == [ordered[rank - 1] for rank in ranks]


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=50))
def test_few_outcomes(numbers):
    values = np.array(numbers, dtype=float)
    order = order_of(values)
    for rank, value in enumerate(sorted(numbers), start=1):
        assert order.at(rank) == value
        assert order.multiplicity(rank) == numbers.count(value)


def test_minus_zero_does_not_show():
    assert str(order_of(np.array([-0.0, -0.0])).at(1)) == "0.0"
