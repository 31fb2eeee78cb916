"""Compiled loops that make and judge cells: the bits of NumPy, whatever the function does."""

from __future__ import annotations

import numpy as np
import pytest
from compiled_builders import compiled, plain
from hypothesis import given, settings
from hypothesis import strategies as st

from simcost import elementary
from simcost.families import Affine, Banded, build
from simcost.machine import osculate, swift
from simcost.machine.fit import INNER, fit_answers
from simcost.machine.grid import PARTS
from simcost.machine.rows import EDGES, finished
from simcost.machine.tables import tabulate

AWKWARD = [0.0, -0.0, 1.0, np.inf, -np.inf, np.nan, 5e-324, 1.7e308, -1.7e308]


@pytest.fixture(autouse=True, scope="module")
def provided():
    with compiled():
        yield


def assert_same(found, expected):
    """The same bits; which of many NaN is not said."""
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    assert np.nan_to_num(found).tobytes() == np.nan_to_num(expected).tobytes()


def answers(rng, functions, size, kind):
    """Values of a smooth curve, of noise, of steps, or of anything at all."""
    rise = np.sort(rng.normal(size=(functions, size))) * 10.0 ** rng.integers(-300, 300)
    if kind == "steps":
        return np.round(rise / (np.abs(rise).max(initial=1e-300) / 3.0))
    if kind == "anything":
        wild = rng.integers(-(2**63), 2**63 - 1, (functions, size), dtype=np.int64)
        rise = np.where(rng.random(rise.shape) < 0.1, wild.view(np.float64), rise)
        rise = np.where(rng.random(rise.shape) < 0.1, rng.choice(AWKWARD, rise.shape), rise)
    return rise


KINDS = st.sampled_from(["smooth", "steps", "anything"])
SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=60, deadline=None)
@given(SEEDS, KINDS, st.integers(1, 2), st.integers(0, 40), st.booleans())
def test_quintics_through_values(seed, kind, functions, cells, shared):
    rng = np.random.default_rng(seed)
    edges = np.sort(rng.random(2 * cells + 1))
    left, right = (edges[:cells], edges[1 : cells + 1]) if shared else (edges[:-1:2], edges[1::2])
    around = cells + 1 if shared and cells else 2 * cells
    given_answers = answers(rng, functions, around + len(INNER) * cells, kind)
    found = fit_answers(left, right, given_answers)
    with plain():
        expected = fit_answers(left, right, given_answers)
    for name in ("left", "right", "coefficients", "values", "error"):
        assert_same(getattr(found, name), getattr(expected, name))


@settings(max_examples=30, deadline=None)
@given(SEEDS, KINDS, st.sampled_from([1e-14, 1e-9, 1.0]))
def test_rows_of_a_table(seed, kind, scale):
    rng = np.random.default_rng(seed)
    given_answers = answers(rng, 2, len(EDGES) + len(INNER) * (len(EDGES) - 1), kind)

    def cells():
        with plain():
            fit = fit_answers(EDGES[:-1], EDGES[1:], given_answers)
        small = scale * np.abs(fit.coefficients[:, 1])
        fit.error[:] = np.where(np.isfinite(fit.error), np.minimum(fit.error, small), fit.error)
        return fit

    one, other = cells(), cells()
    found = finished(one)
    with plain(), np.errstate(all="ignore"):
        expected = finished(other)
    assert found[0].tobytes() == expected[0].tobytes()
    assert np.array_equal(found[1], expected[1])
    assert_same(one.error, other.error)
    assert_same(found[2], expected[2])


@settings(max_examples=60, deadline=None)
@given(SEEDS, KINDS)
def test_quintics_from_derivatives(seed, kind):
    rng = np.random.default_rng(seed)
    edges = EDGES[: 4 * PARTS + 1]
    x, first, second = answers(rng, 3, len(edges), kind)
    points = osculate._Points(edges, x, first, second)
    coarse = points.every(PARTS)
    with np.errstate(all="ignore"):
        found = swift.fit_loops.curves(points, coarse)
        expected = osculate._curves(points, coarse)
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other)
        chances = np.abs(answers(rng, 1, len(coarse.x) + len(found[2]), kind)[0])
        error = osculate._errors(points, coarse, chances)
        with plain():
            assert_same(error, osculate._errors(points, coarse, chances))


SHAPES = st.floats(0.3, 30.0)


@settings(max_examples=30, deadline=None)
@given(SHAPES, SHAPES, st.floats(0.0, 0.4), st.sampled_from(["beta", "lognormal", "gamma"]))
def test_whole_tables(one, other, cut, family):
    names = {"beta": ("alpha", "beta"), "lognormal": ("mu", "sigma"), "gamma": ("shape", "scale")}
    law = Affine(build({family: dict(zip(names[family], (one, other), strict=True))}), 2.0, 1.0)
    law = Banded(law, cut, 1.0 - cut) if cut > 0.1 else law
    found = tabulate(law)
    with plain():
        expected = tabulate(law)
    assert found.rows.tobytes() == expected.rows.tobytes()
    assert (found.bounds, found.error) == (expected.bounds, expected.error)
    assert [len(side.left) for side in found.fine] == [len(side.left) for side in expected.fine]


def test_what_is_provided_decides():
    """The comparisons above can fail."""
    law = build({"normal": {"mean": 0.0, "sd": 1.0}})
    right = tabulate(law)

    def wrong(*arguments):
        coefficients, *others = swift.fit_loops.fitted(*arguments)
        return np.nextafter(coefficients, np.inf), *others

    with plain():
        elementary.provide(fitted=wrong)
        try:
            assert tabulate(law).rows.tobytes() != right.rows.tobytes()
        finally:
            elementary.withdraw()
        assert tabulate(law).rows.tobytes() == right.rows.tobytes()
