"""The generator against published vectors and an independent implementation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from randomgen import ThreeFry

from simcost.designs import distinct_keys, stream_key
from simcost.designs._threefry import (
    coarse_unit,
    threefry,
    threefry_range,
    threefry_word,
    unit,
)

WORDS = st.integers(0, 2**64 - 1)


def block(key, counter) -> tuple[int, int]:
    words = threefry(*(np.array([n], dtype=np.uint64) for n in (*key, *counter)))
    return int(words[0][0]), int(words[1][0])


@pytest.mark.parametrize(
    ("key", "counter", "expected"),
    [
        ((0, 0), (0, 0), (0xC2B6E3A8C2C69865, 0x6F81ED42F350084D)),
        ((2**64 - 1,) * 2, (2**64 - 1,) * 2, (0xE02CB7C4D95D277A, 0xD06633D0893B8B68)),
        (
            (0xA4093822299F31D0, 0x082EFA98EC4E6C89),
            (0x243F6A8885A308D3, 0x13198A2E03707344),
            (0x263C7D30BB0F0AF1, 0x56BE8361D3311526),
        ),
    ],
)
def test_known_answers_of_random123(key, counter, expected):
    assert block(key, counter) == expected


@given(WORDS, WORDS, st.integers(0, 2**100))
def test_agrees_with_randomgen(key0, key1, start):
    referee = ThreeFry(key=key0 | key1 << 64, counter=start, number=2, width=64)
    # randomgen counts up before it draws.
    expected = tuple(int(word) for word in referee.random_raw(2))
    counter = (start + 1) & (2**128 - 1)
    assert block((key0, key1), (counter & (2**64 - 1), counter >> 64)) == expected


def test_the_unit_interval_is_open_and_symmetric():
    words = np.array([0, 2**12 - 1, 2**12, 2**63 - 1, 2**63, 2**64 - 1], dtype=np.uint64)
    u = unit(words)
    assert u[0] == u[1] == 2.0**-53
    assert u[2] == 3 * 2.0**-53
    assert u[3] == 0.5 - 2.0**-53
    assert u[4] == 0.5 + 2.0**-53
    assert u[5] == 1 - 2.0**-53
    assert np.array_equal(1.0 - u, unit(~words))


@given(WORDS)
def test_the_uniform_number_is_exact(word):
    u = float(unit(np.array([word], dtype=np.uint64))[0])
    assert u * 2.0**53 == 2 * (word >> 12) + 1


def test_the_coarse_unit_interval_is_open_and_symmetric():
    words = np.array([0, 2**22 - 1, 2**22, 2**63 - 1, 2**63, 2**64 - 1], dtype=np.uint64)
    u = coarse_unit(words)
    assert u[0] == u[1] == 2.0**-43
    assert u[2] == 3 * 2.0**-43
    assert u[3] == 0.5 - 2.0**-43
    assert u[4] == 0.5 + 2.0**-43
    assert u[5] == 1 - 2.0**-43
    assert np.array_equal(1.0 - u, coarse_unit(~words))


@given(WORDS)
def test_the_coarse_uniform_number_is_exact(word):
    u = float(coarse_unit(np.array([word], dtype=np.uint64))[0])
    assert u * 2.0**43 == 2 * (word >> 22) + 1


def independent_word(seed, name, outcome):
    """The 42 bits of an outcome from another package's Threefry, cut up in whole numbers."""
    key0, key1 = (int(key) for key in stream_key(seed, name))
    bundle, place = divmod(outcome, 24)
    number = 8 * bundle + place % 8
    counter = (number - 1) % 2**128  # randomgen counts up before it draws
    referee = ThreeFry(key=key0 | key1 << 64, counter=counter, number=2, width=64)
    first, second = (int(word) for word in referee.random_raw(2))
    low = (first % 2**22) << 22 | second % 2**22
    return (first >> 22, second >> 22, low >> 2)[place // 8]


@given(st.integers(0, 2**62), st.integers(0, 100))
def test_each_outcome_has_its_own_bits_of_a_block(first, size):
    key = tuple(np.array([k]) for k in stream_key(5, "wage"))
    words = threefry_range(*key, first, first + size) >> np.uint64(22)
    one_by_one = threefry_word(*key, np.arange(size, dtype=np.uint64) + np.uint64(first))
    assert np.array_equal(words, one_by_one >> np.uint64(22))
    for k in range(0, size, 7):
        assert int(words[k]) == independent_word(5, "wage", first + k)


def test_the_bits_of_a_block_are_used_once():
    """All 126 bits of three words change with one bit of the block each."""
    key = tuple(np.array([k]) for k in stream_key(5, "wage"))
    words = threefry_range(*key, 0, 24 * 4096) >> np.uint64(22)
    bits = (words[:, None] >> np.arange(42, dtype=np.uint64)) & np.uint64(1)
    signs = 2.0 * bits.reshape(4096, 3, 8, 42).swapaxes(1, 2).reshape(-1, 126) - 1.0
    correlation = signs.T @ signs / len(signs) - np.eye(126)
    assert np.abs(correlation).max() < 6 / np.sqrt(len(signs))


@given(st.lists(st.integers(), unique=True, min_size=2, max_size=20))
def test_every_integer_is_a_seed_of_its_own(seeds):
    assert len({stream_key(seed, "x") for seed in seeds}) == len(seeds)


def test_keys_are_those_of_the_first_release():
    # A change here changes every result of every user.
    assert stream_key(0, "wage") == (0xE1127AA4FB704CE1, 0x3C8FADFB301230F7)
    assert stream_key(-(10**30), "größe") == (0x4323560ED87AD97C, 0x7C086D79EA3782FC)


def test_equivalent_spellings_are_one_name():
    assert stream_key(1, "gro\u0308\u00dfe") == stream_key(1, "gr\u00f6\u00dfe")


def test_a_numpy_integer_is_the_same_seed():
    assert stream_key(np.int64(7), "x") == stream_key(7, "x")


def test_a_fraction_is_not_a_seed():
    with pytest.raises(TypeError):
        stream_key(1.5, "x")


def test_colliding_names_are_refused(monkeypatch):
    distinct_keys(f"name {i}" for i in range(1000))
    distinct_keys(["same", "same"])
    monkeypatch.setattr("simcost.designs._threefry.stream_key", lambda seed, name: (0, 0))
    with pytest.raises(ValueError, match="same stream"):
        distinct_keys(["a", "b"])
