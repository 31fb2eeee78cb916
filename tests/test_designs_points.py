"""What holds for every design: pure, extensible, open, alike in both flavours."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcost import designs
from simcost.designs import DESIGNS

KERNELS = designs.bind(numba.njit(error_model="numpy"))
ALL = sorted(DESIGNS)
QMC = ["lhs", "sobol"]
each_design = pytest.mark.parametrize("name", ALL)


def test_the_folder_holds_these_designs():
    assert ALL == ["lhs", "random", "sobol"]
    assert {n: DESIGNS[n].replicates for n in ALL} == {"lhs": 16, "random": 1, "sobol": 16}


@each_design
@given(data=st.data())
def test_any_range_is_a_slice_of_the_whole(name, data):
    first = data.draw(st.integers(0, 600))
    last = data.draw(st.integers(first, 600))
    points = DESIGNS[name].points
    whole = points(3, "wage", 4, 0, 600)
    assert np.array_equal(points(3, "wage", 4, first, last), whole[first:last])


@each_design
def test_every_number_is_inside_the_open_interval(name):
    u = DESIGNS[name].points(0, "x", 2, 0, 1 << 18)
    assert u.dtype == np.float64
    assert u.min() >= 2.0**-53
    assert u.max() <= 1 - 2.0**-53
    assert np.unique(u).size == u.size


@each_design
def test_seed_and_name_matter_and_zero_is_a_seed(name):
    points = DESIGNS[name].points
    streams = [points(s, n, 1, 0, 64) for s in (0, 1, -1, 2**70) for n in ("a", "b")]
    assert len({stream.tobytes() for stream in streams}) == len(streams)
    assert np.array_equal(points(0, "a", 1, 0, 64), points(0, "a", 1, 0, 64))


@each_design
def test_other_dimensions_matter_only_to_a_net(name):
    points = DESIGNS[name].points
    same = np.array_equal(points(0, "a", 1, 0, 256), points(0, "a", 8, 0, 256))
    assert same == (name != "sobol")


# Standard deviation of a correlation over that of independent points. Nested shuffles tie a
# Latin hypercube to aligned pairs of points: exact ones have 1.26 as well.
@pytest.mark.parametrize(("name", "bound"), [("random", 1.07), ("lhs", 1.35), ("sobol", 0.6)])
def test_names_are_uncorrelated(name, bound):
    u = np.array([DESIGNS[name].points(11, f"input {i}", i, 0, 1 << 12) for i in range(40)])
    r = np.corrcoef(u)[np.triu_indices(40, 1)] * 64
    assert r.std() < bound
    assert abs(r.mean()) < 5 * bound / np.sqrt(r.size)


@each_design
def test_the_mean_is_one_half_and_the_variance_one_twelfth(name):
    u = DESIGNS[name].points(2, "x", 3, 0, 1 << 16)
    assert abs(u.mean() - 0.5) < 5 * np.sqrt(1 / 12 / u.size)
    assert abs(u.var() - 1 / 12) < 5 * np.sqrt(1 / 180 / u.size)


FILL = KERNELS.fill


@numba.njit(error_model="numpy")
def fill(t, first, out):
    FILL(t.kind, t.directions, t.seeds, t.key0, t.key1, first, out)


@pytest.mark.parametrize(("name", "dimension"), [*((n, 7) for n in ALL), ("sobol", 5000)])
def test_compiled_blocks_have_the_same_bits(name, dimension):
    design = DESIGNS[name]
    tables = design.tables(9, "x", dimension)
    for first, size in ((0, 0), (0, 1), (1, 1), (7, 13), (15, 2), (4097, 2048), (2**36 - 40, 40)):
        out = np.full(size, np.nan)
        fill(tables, first, out)
        assert np.array_equal(out, design.points(9, "x", dimension, first, first + size))


SOBOL_U, LHS_U, RANDOM_U = KERNELS.sobol_u, KERNELS.lhs_u, KERNELS.threefry_u


def test_single_outcomes_have_the_same_bits():
    outcome = 2**36 - 3
    for name, scalar in (("sobol", SOBOL_U), ("lhs", LHS_U), ("random", RANDOM_U)):
        kind, key0, key1, directions, seeds = DESIGNS[name].tables(9, "x", 7)
        leading = {0: (), 1: (directions, seeds), 2: (seeds,)}[kind]
        expected = DESIGNS[name].points(9, "x", 7, outcome, outcome + 1)[0]
        assert scalar(*leading, key0, key1, outcome) == expected


def test_random_has_two_to_the_63_outcomes():
    last = 2**63
    assert DESIGNS["random"].points(0, "x", 0, last - 2, last).shape == (2,)
    with pytest.raises(ValueError, match="not inside"):
        DESIGNS["random"].points(0, "x", 0, last, last + 1)


@pytest.mark.parametrize("name", QMC)
def test_a_net_ends_after_two_to_the_32_points(name):
    last = 2**36
    assert DESIGNS[name].points(0, "x", 0, last - 2, last).shape == (2,)
    with pytest.raises(ValueError, match="not inside"):
        DESIGNS[name].points(0, "x", 0, last - 2, last + 1)
    with pytest.raises(ValueError, match="more than"):
        DESIGNS[name].valid_draws(last + 1)


@each_design
def test_a_range_that_runs_backwards_is_refused(name):
    for first, last in ((5, 4), (-1, 3)):
        with pytest.raises(ValueError, match="not inside"):
            DESIGNS[name].points(0, "x", 0, first, last)


def test_draws_are_rounded_up_to_a_balanced_number():
    assert DESIGNS["random"].valid_draws(1000) == 1000
    for name in QMC:
        found = [DESIGNS[name].valid_draws(n) for n in (1, 16, 17, 33, 1000, 1024, 1025, 2**36)]
        assert found == [16, 16, 32, 64, 1024, 1024, 2048, 2**36]
