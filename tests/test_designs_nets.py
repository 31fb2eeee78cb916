"""What the scrambled designs promise, and that it is worth having."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simcost.designs import DESIGNS
from simcost.designs._joe_kuo import DIMENSIONS, reversed_directions
from simcost.designs._owen import nested, reverse, sobol_digits

LOW_32 = np.uint64(0xFFFFFFFF)


def replicate(name: str, r: int, points: int, dimension: int, label: str = "", start: int = 0):
    label = label or f"input {dimension}"
    u = DESIGNS[name].points(5, label, dimension, 16 * start, 16 * (start + points))
    return u[r::16]


def plain_sobol(dimension: int, points: int) -> np.ndarray:
    digits = sobol_digits(reversed_directions(dimension), np.arange(points, dtype=np.uint64))
    return (reverse(digits) >> np.uint64(32)) / 2.0**32


def test_unscrambled_points_are_those_of_scipy():
    dimensions = [*range(40), 500, 1022, DIMENSIONS - 1]
    expected = stats.qmc.Sobol(DIMENSIONS, scramble=False, bits=32).random(1024)[:, dimensions]
    found = np.column_stack([plain_sobol(d, 1024) for d in dimensions])
    # The same set of points: Gray code order there, natural order here.
    gray = np.arange(1024) ^ (np.arange(1024) >> 1)
    assert np.array_equal(found[gray], expected)


@pytest.mark.parametrize("m", [0, 1, 4, 10])
@pytest.mark.parametrize("r", [0, 9])
@pytest.mark.parametrize(("name", "dimension"), [("lhs", 0), ("sobol", 0), ("sobol", 613)])
def test_every_aligned_block_has_one_point_in_each_cell(name, dimension, r, m):
    size = 1 << m
    for start in (0, size, 37 * size):
        u = replicate(name, r, size, dimension, start=start)
        assert np.array_equal(np.sort(np.floor(u * size)), np.arange(size))


@pytest.mark.parametrize("r", range(16))
def test_the_first_two_dimensions_fill_every_elementary_interval(r):
    m = 8
    x, y = replicate("sobol", r, 1 << m, 0), replicate("sobol", r, 1 << m, 1)
    for k in range(m + 1):
        cell = np.floor(x * 2**k) * 2 ** (m - k) + np.floor(y * 2 ** (m - k))
        assert np.array_equal(np.sort(cell), np.arange(1 << m))


@pytest.mark.parametrize("pair", [(2, 3), (5, 11), (100, 101)])
def test_scrambling_keeps_the_strength_of_a_pair(pair):
    m = 8
    plain = [plain_sobol(d, 1 << m) for d in pair]
    scrambled = [replicate("sobol", 3, 1 << m, d) for d in pair]
    for k in range(m + 1):
        counts = [
            np.histogram2d(x, y, bins=(2**k, 2 ** (m - k)), range=((0, 1), (0, 1)))[0].max()
            for x, y in (plain, scrambled)
        ]
        assert counts[0] == counts[1]


def test_scrambling_is_a_nested_permutation():
    x = np.arange(1 << 10, dtype=np.uint64)
    image = nested(x, np.uint64(0x9E3779B97F4A7C15)) & LOW_32
    assert np.unique(image).size == x.size
    for digits in range(11):  # equal first digits stay equal, different ones different
        mask = np.uint64((1 << digits) - 1)
        assert np.unique(image[x <= mask] & mask).size == 1 << digits
        assert np.array_equal(image & mask, np.tile(image[: 1 << digits] & mask, 1 << 10 - digits))


def test_the_hash_is_that_of_vegdahl():
    def in_32_bits(x: int, seed: int) -> int:
        x ^= x * 0x3D20ADEA % 2**32
        x = (x + seed) % 2**32
        x = x * ((seed >> 16) | 1) % 2**32
        x ^= x * 0x05526C56 % 2**32
        x ^= x * 0x53A22864 % 2**32
        return x

    rng = np.random.default_rng(1)
    for x, seed in rng.integers(0, 2**32, (200, 2), dtype=np.uint64):
        assert int(nested(np.array([x]), seed)[0] & LOW_32) == in_32_bits(int(x), int(seed))


def test_reversal():
    words = np.array([1, 0b1101, 0x123456789ABCDEF0, 2**64 - 1], dtype=np.uint64)
    expected = [int(f"{int(w):064b}"[::-1], 2) for w in words]
    assert reverse(words).tolist() == expected


def test_scrambled_digits_are_fair_and_independent():
    # The digits of one point over many scramblings: 31 node flips, as good as coin tosses.
    names = range(250)
    first = np.array([DESIGNS["sobol"].points(0, f"n{i}", 3, 0, 32 * 16) for i in names])
    u = first.reshape(len(names), 32, 16).transpose(0, 2, 1).reshape(-1, 32)
    bits = (u[:, :, None] * 2.0 ** np.arange(1, 9)).astype(np.int64) & 1
    count = bits.shape[0]
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 5 * 0.5 / np.sqrt(count)
    # Digit k of the first point and digit k+1 of the first point have no common cause.
    r = np.corrcoef(bits[:, 0].T)[np.triu_indices(8, 1)]
    assert np.abs(r).max() < 4.5 / np.sqrt(count)


def test_lhs_shuffles_names_apart():
    # Without the shuffle all names would visit their cells in one order.
    size = 256
    ranks = [np.floor(replicate("lhs", 0, size, 0, label) * size) for label in ("a", "b")]
    assert abs(np.corrcoef(*ranks)[0, 1]) < 5 / np.sqrt(size)


def replicate_means(name: str, label: str, draws: int) -> np.ndarray:
    """Means of a smooth function of three inputs over each 16th of the draws."""
    u = [DESIGNS[name].points(0, f"{label}/{d}", d, 0, draws) for d in range(3)]
    values = np.exp(0.5 * u[0] + u[1]) * (1 + u[2] ** 2)
    return values.reshape(-1, 16).mean(axis=0)


EXACT = (np.exp(0.5) - 1) / 0.5 * (np.e - 1) * (4 / 3)


@pytest.mark.parametrize(("name", "gain"), [("lhs", 5), ("sobol", 500)])
def test_replicate_means_are_unbiased_and_far_less_variable(name, gain):
    means = np.concatenate([replicate_means(name, f"run {i}", 16 << 8) for i in range(8)])
    plain = np.concatenate([replicate_means("random", f"run {i}", 16 << 8) for i in range(8)])
    assert abs(means.mean() - EXACT) < 4 * means.std(ddof=1) / np.sqrt(means.size)
    assert means.var() * gain < plain.var()


def test_the_control_fails_for_random_points():
    plain = replicate_means("random", "run", 16 << 8)
    other = replicate_means("random", "other", 16 << 8)
    assert not other.var() * 5 < plain.var()


def test_beyond_the_table_points_are_random():
    sobol, random = DESIGNS["sobol"].points, DESIGNS["random"].points
    assert np.array_equal(sobol(1, "x", DIMENSIONS, 0, 64), random(1, "x", 0, 0, 64))
    assert not np.array_equal(sobol(1, "x", DIMENSIONS - 1, 0, 64), random(1, "x", 0, 0, 64))
    with pytest.raises(ValueError, match="negative"):
        sobol(1, "x", -1, 0, 64)


def test_the_table_is_complete_and_read_only():
    for dimension in (0, 1, DIMENSIONS - 1):
        table = reversed_directions(dimension)
        assert table.shape == (32,)
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 0
