"""Sums and moments: the same bits for every split, and no loss far from zero."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcost.result.moments import moments
from simcost.result.sums import LEAF, leaf_sum, replicate_counts, replicate_sizes, replicate_sums


def lognormal(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).lognormal(sigma=2.0, size=count)


@given(st.integers(1, 20 * LEAF), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_any_split_along_leaves_merged_in_any_order_gives_the_same_bits(count, random):
    values = lognormal(count)
    cuts = sorted({0, count, *(LEAF * random.randrange(count // LEAF + 1) for _ in range(3))})
    pieces = [values[a:b] for a, b in itertools.pairwise(cuts)]
    leaves = [p[i : i + LEAF].sum() for p in pieces for i in range(0, len(p), LEAF)]
    random.shuffle(leaves)
    assert math.fsum(leaves) == leaf_sum(values)


@pytest.mark.parametrize("count", [1, 17, LEAF, 8 * LEAF, 8 * LEAF + 1, 100_003])
def test_a_sum_is_within_rounding_of_the_exact_one(count):
    values = lognormal(count)
    assert leaf_sum(values) == pytest.approx(math.fsum(values), rel=1e-15)


@given(st.integers(1, 70_000), st.integers(1, 20))
@settings(max_examples=30, deadline=None)
def test_replicates_are_every_rth_outcome(count, replicates):
    values = lognormal(count)
    totals = replicate_sums([values], replicates, lambda x: (x, x * x))
    sizes = replicate_sizes(count, replicates)
    counts = replicate_counts(values, replicates, lambda x: x > 1.0)
    for r in range(replicates):
        own = values[r::replicates]
        assert sizes[r] == len(own)
        assert counts[r] == np.count_nonzero(own > 1.0)
        assert totals[:, r] == pytest.approx([own.sum(), (own * own).sum()], rel=1e-12)


def test_a_standard_deviation_of_1_survives_a_mean_of_1e15():
    noise = np.random.default_rng(0).normal(size=100_000)
    values = 1e15 + noise
    exact = values - 1e15  # no rounding: the difference is representable
    m = moments(values, 1)
    assert m.mean - 1e15 == pytest.approx(exact.mean(), abs=0.125)
    assert m.sd == pytest.approx(exact.std(ddof=1), rel=1e-10)


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1.0, 1e12, 1e305])
@pytest.mark.parametrize("replicates", [1, 16])
def test_moments_scale_without_overflow(scale, replicates):
    values = np.random.default_rng(3).normal(5.0, 2.0, size=4096)
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
    assert moments(values, 1).kurtosis == pytest.approx(3.0, abs=0.03)


def test_a_constant_has_no_spread():
    m = moments(np.full(10_000, 0.1), 16)
    assert (m.mean, m.sd, m.kurtosis) == (0.1, 0.0, 1.0)
    assert set(m.replicate_means) == {0.1}
