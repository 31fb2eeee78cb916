"""Weighted outcomes: look-ups against brute force, and figures against unweighted outcomes."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcost.errors import UsageError
from simcost.result import Meta, Result, WeightedResult
from simcost.result.cells import Cells
from simcost.result.column import Column

R = 4
LEVELS = st.integers(0, 6).map(float)


@st.composite
def columns(draw):
    """Rows of small whole numbers (many ties) with weights in sixteenths: sums are exact."""
    n = R * draw(st.integers(1, 8))
    patterns = draw(st.integers(1, 3))
    one_weight = draw(st.booleans())
    shares = np.array(
        [draw(st.lists(st.integers(0, 16), min_size=patterns - 1, max_size=patterns - 1))] * n
        if one_weight
        else [
            draw(st.lists(st.integers(0, 16), min_size=patterns - 1, max_size=patterns - 1))
            for _ in range(n)
        ],
        dtype=float,
    ).reshape(n, patterns - 1)
    cuts = np.sort(np.column_stack([np.zeros(n), shares, np.full(n, 16.0)]), axis=1)
    weights = np.diff(cuts, axis=1).T / 16
    rows = []
    for weight in weights:
        values = np.array(draw(st.lists(LEVELS, min_size=n, max_size=n)))
        if draw(st.booleans()):
            values = np.broadcast_to(values[0], n)
        rows.append((values, np.broadcast_to(weight[0], n) if one_weight else weight.copy()))
    return rows


def column(rows, replicates=R):
    return Column("y", "", rows, replicates, 0.95, 0.0)


def points(rows):
    """Every value with its weight, ascending, in exact arithmetic."""
    pairs = [
        (float(v), Fraction(float(w)))
        for values, weights in rows
        for v, w in zip(values, weights, strict=True)
        if w > 0
    ]
    return sorted(pairs)


@settings(max_examples=150, deadline=None)
@given(columns(), st.integers(1, 63))
def test_percentiles_are_those_of_brute_force(rows, numerator):
    share = Fraction(numerator, 64)
    pairs, n = points(rows), len(rows[0][0])
    below, found, beyond = Fraction(0), None, None
    for value, weight in pairs:
        below += weight
        if found is None and below >= share * n:
            found = value
        if beyond is None and below > share * n:
            beyond = value
    here = column(rows)
    assert here.at(float(share)) == found
    assert here.at(float(share), above=True) == beyond


@settings(max_examples=100, deadline=None)
@given(columns(), LEVELS)
def test_shares_and_sums_are_those_of_brute_force(rows, level):
    here, n = column(rows), len(rows[0][0])
    for r in range(R):
        mine = [(v[r::R], w[r::R]) for v, w in rows]
        share = sum(float(w[v <= level].sum()) for v, w in mine) / (n // R)
        assert here.at_most(level)[r] == pytest.approx(share, abs=1e-14)
        mean = sum(float((v * w).sum()) for v, w in mine) / (n // R)
        assert here.replicate_means[r] == pytest.approx(mean, abs=1e-12)
    mass = sum(weight for value, weight in points(rows) if value == level)
    assert here.mass_at(level) * n == pytest.approx(float(mass), abs=1e-9)


@pytest.mark.parametrize("share", [1e-6, 0.001, 0.1, 0.5, 0.7, 0.999, 1 - 1e-6])
def test_percentiles_of_many_outcomes_are_exact_wherever_the_pilot_looked(share):
    rng = np.random.default_rng(1)
    n = 1 << 18
    late = np.sort(rng.lognormal(sigma=3, size=n))  # the pilot sees only the smallest: it misleads
    rows = [(late, np.broadcast_to(0.3, n)), (rng.normal(size=n), np.broadcast_to(0.7, n))]
    together = np.concatenate([values for values, _ in rows])
    weights = np.repeat([0.3, 0.7], n)
    order = np.argsort(together)
    place = np.searchsorted(np.cumsum(weights[order]), share * n * (1 - 1e-12))
    assert column(rows, 16).at(share) == together[order][place]


def weighted(rows, names=("a", "b")):
    n = len(rows[0])
    weights = np.broadcast_to(1 / len(rows), n)
    cells = Cells((*rows, weights), {"y": tuple(range(len(rows)))}, (len(rows),) * len(rows))
    meta = Meta(
        model="m", seed=0, draws=n, design="sobol", replicates=16, gates="exact", patterns=names
    )
    return WeightedResult(cells, {"y": "USD"}, meta)


def test_equal_weights_give_the_figures_of_unweighted_outcomes():
    rng = np.random.default_rng(3)
    rows = [rng.lognormal(size=4096), np.round(rng.lognormal(size=4096))]
    one = weighted(rows)
    meta = Meta(model="m", seed=0, draws=8192, design="sobol", replicates=16)
    other = Result({"y": np.concatenate(rows)}, {"y": "USD"}, meta)
    pairs = [(one.quantile("y", p), other.quantile("y", p)) for p in (1, 10, 50, 90, 99)]
    for mine, plain in pairs:
        assert (mine.value, mine.low, mine.high) == (plain.value, plain.low, plain.high)
        assert mine.atom_mass == pytest.approx(plain.atom_mass)
    pairs = [
        (one.mean("y"), other.mean("y")),
        (one.cvar("y", 90), other.cvar("y", 90)),
        (one.exceedance("y", 3.0), other.exceedance("y", 3.0)),
        (one.within("y", 3.0), other.within("y", 3.0)),
        (one.ratio("y", "y"), other.ratio("y", "y")),
    ]
    for mine, plain in pairs:
        for end in ("value", "low", "high"):
            assert getattr(mine, end) == pytest.approx(getattr(plain, end), rel=1e-9)
    assert one.sd("y").value == pytest.approx(other.sd("y").value, rel=1e-3)
    assert one.sd("y").half_width == pytest.approx(other.sd("y").half_width, rel=1e-2)


def test_what_was_never_seen_is_not_called_impossible():
    rng = np.random.default_rng(4)
    result = weighted([rng.uniform(size=1024), np.broadcast_to(5.0, 1024)])
    chance = result.exceedance("y", 2.0)
    assert (chance.value, chance.low < 0.5 < chance.high) == (0.5, True)
    assert chance.half_width == pytest.approx(-math.expm1(math.log(0.025) / 1024))
    certain = weighted([np.broadcast_to(1.0, 1024), np.broadcast_to(5.0, 1024)])
    assert certain.exceedance("y", 2.0).half_width == 0.0
    assert (certain.mean("y").value, certain.mean("y").half_width) == (3.0, 0.0)


def test_too_few_outcomes_and_heavy_tails_have_no_interval():
    small = weighted([np.arange(16.0), np.arange(16.0)])
    assert small.quantile("y", 1).low is None
    assert "do not enclose P1" in small.quantile("y", 1).reason
    assert "fewer than 30" in small.cvar("y", 99).reason
    rows = [np.random.default_rng(1).pareto(0.8, size=1 << 17)] * 2
    assert any("tail index 1" in note for note in weighted(rows).notes)


def test_results_that_do_not_fit_together_are_refused():
    rows = [np.arange(20.0), np.arange(20.0)]
    with pytest.raises(UsageError, match="multiple of 16"):
        weighted(rows)
    with pytest.raises(UsageError, match="2 weights for 1 patterns"):
        weighted([np.arange(32.0)] * 2, names=("a",))
