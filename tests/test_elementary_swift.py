"""Compiled counterparts of the functions that tables are built with: the same bits."""

from __future__ import annotations

import numpy as np
import pytest
from compiled_builders import compiled, plain
from test_elementary_compiled import assert_same_bits, inputs
from test_machine_tables import LAWS

from simcost import elementary
from simcost.elementary import _exponential, _fraction, _inverse, _logarithm
from simcost.machine import swift
from simcost.machine.tables import tabulate


@pytest.fixture(autouse=True)
def provided():
    with compiled():
        yield


@pytest.mark.parametrize(
    "function",
    [_exponential.swift_exp, _exponential.swift_fast_exp, _logarithm.swift_log],
    ids=["exp", "fast_exp", "log"],
)
def test_one_argument(function):
    x = inputs(3000)
    if function is not _exponential.swift_exp:  # the others are not made for NaN
        x = x[~np.isnan(x)]
    if function is _logarithm.swift_log:
        x = np.abs(x)
        x = x[(x > 0.0) & (x < np.inf)]
    with np.errstate(all="ignore"):
        found = function(x)
        with plain():
            expected = function(x)
    assert_same_bits(found, expected, x)
    assert np.array_equal(function(x[:6].reshape(2, 3)), found[:6].reshape(2, 3), equal_nan=True)


@pytest.mark.parametrize("shapes", [(2.1, 4.3), (0.3, 0.7), (800.0, 3.0)])
def test_continued_fractions(shapes):
    x = np.linspace(0.0, (shapes[0] + 1.0) / (sum(shapes) + 2.0), 1001)
    for fraction in (_fraction.of_beta(*shapes), _fraction.of_upper_gamma(shapes[0])):
        found = fraction.at(x + 1.0 if fraction.power == 0 else x)
        with plain():
            expected = fraction.at(x + 1.0 if fraction.power == 0 else x)
        assert_same_bits(found, expected, x)


@pytest.mark.parametrize("shapes", [(2.1, 4.3), (0.3, 0.7), (16.0, 1.0), (5.0, 40.0)])
def test_incomplete_beta(shapes):
    x = np.concatenate([np.linspace(0.0, 1.0, 1000), [5e-324, 1e-300, 1e-9, 1.0 - 2.0**-53]])
    found = elementary.beta_parts(*shapes, x, 1.0 - x)
    front = elementary.beta_front(*shapes, x, 1.0 - x)
    with plain():
        expected = elementary.beta_parts(*shapes, x, 1.0 - x)
    for one, other in zip([*found, front], [*expected, expected[2]], strict=True):
        assert_same_bits(one, other, x)
    square = elementary.beta_parts(*shapes, x[:4].reshape(2, 2), 1.0 - x[:4].reshape(2, 2))
    assert np.array_equal(square[0].ravel(), found[0][:4])


@pytest.mark.parametrize("key", LAWS)
def test_tables(key):
    found = tabulate(LAWS[key])
    with plain():
        for kept in (_inverse._beta_starts, _inverse._gamma_tail, _inverse._beta_tail):
            kept.cache_clear()
        expected = tabulate(LAWS[key])
    assert found.rows.tobytes() == expected.rows.tobytes()
    assert found.bounds == expected.bounds
    assert found.error == expected.error
    assert len(found.fine) == len(expected.fine)
    for one, other in zip(found.fine, expected.fine, strict=True):
        assert one.left.tobytes() == other.left.tobytes()
        assert one.coefficients.tobytes() == other.coefficients.tobytes()


def test_what_was_provided_is_used():
    x = np.array([1.0, 2.0])
    elementary.provide(exp=lambda x: x * 0.0)
    assert np.array_equal(elementary.exp(x), [0.0, 0.0])
    with plain():
        assert elementary.exp(x)[0] == pytest.approx(np.e)


def test_nothing_is_provided_where_plain_loops_are_asked_for(monkeypatch):
    monkeypatch.setenv("SIMCOST_PLAIN_LOOKUP", "1")
    elementary.withdraw()
    swift.provide()
    assert not elementary.withdraw()
