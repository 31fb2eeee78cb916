"""Copulas against closed forms, published matrices and the attainable range."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

import simcost
from simcost.dependence import Pair, cholesky, couple, latent_correlation, nearest_correlation
from simcost.dependence.measures import spearman_of_t
from simcost.errors import ModelError
from simcost.families import build
from simcost.graph.node import stream

NORMAL = build({"normal": {"mean": 0, "sd": 1}})


@pytest.mark.parametrize(
    ("spearman", "latent"),
    [(0.3, 0.312869), (0.6, 0.618034), (0.8, 0.813473), (0.95, 0.954318)],
)
def test_spearman_to_latent(spearman, latent):
    # Kruskal (1958)
    assert latent_correlation("spearman", spearman, NORMAL, NORMAL) == pytest.approx(
        latent, abs=1e-6
    )


def test_kendall_to_latent():
    assert latent_correlation("kendall", 0.5, NORMAL, NORMAL) == pytest.approx(math.sqrt(0.5))


def test_pearson_of_lognormals_has_a_closed_form():
    one = build({"lognormal": {"mu": 0, "sigma": 1}})
    target = (math.exp(0.5) - 1) / (math.e - 1)
    assert target == pytest.approx(0.377541, abs=1e-6)
    assert latent_correlation("pearson", target, one, one) == pytest.approx(0.5, abs=1e-6)


def test_unattainable_pearson_names_the_range():
    one = build({"lognormal": {"mu": 0, "sigma": 1}})
    with pytest.raises(ModelError, match=r"-0\.3679 to 1\.0000"):
        latent_correlation("pearson", -0.5, one, one)


@pytest.mark.parametrize("df", [3.0, 10.0])
def test_spearman_of_a_t_copula_against_simulation(df):
    rng = np.random.default_rng(0)
    n = 400_000
    z = rng.standard_normal((2, n))
    z[1] = 0.6 * z[0] + 0.8 * z[1]
    ranks = special.stdtr(df, z * np.sqrt(df / rng.chisquare(df, n)))
    simulated = 12 * np.mean((ranks[0] - 0.5) * (ranks[1] - 0.5))
    assert spearman_of_t(0.6, df) == pytest.approx(simulated, abs=4 * 1.2 / math.sqrt(n))


def test_spearman_of_t_tends_to_the_gaussian():
    assert spearman_of_t(0.6, 150.0) == pytest.approx(6 / math.pi * math.asin(0.3), abs=1e-3)
    assert spearman_of_t(0.6, 400.0) == pytest.approx(6 / math.pi * math.asin(0.3))


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ([[1, 1, 0], [1, 1, 1], [0, 1, 1]], {(0, 1): 0.760690, (0, 2): 0.157298}),
        (
            [[1, 0.9, 0], [0.9, 1, 0.8], [0, 0.8, 1]],
            {(0, 1): 0.77523696, (0, 2): 0.07905637, (1, 2): 0.69097837},
        ),
    ],
)
def test_nearest_correlation_against_published(matrix, expected):
    nearest = nearest_correlation(np.array(matrix, dtype=float))
    for (i, j), value in expected.items():
        assert nearest[i, j] == pytest.approx(value, abs=1e-5)


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_nearest_correlation_is_a_correlation(size, seed):
    rng = np.random.default_rng(seed)
    wild = np.clip(rng.normal(0, 0.7, (size, size)), -1, 1)
    matrix = (wild + wild.T) / 2
    np.fill_diagonal(matrix, 1.0)
    nearest = nearest_correlation(matrix)
    assert np.linalg.eigvalsh(nearest)[0] > 0
    assert np.allclose(np.diag(nearest), 1.0)
    lower = cholesky(nearest)
    assert np.allclose(lower @ lower.T, nearest, atol=1e-7)


def test_cholesky_of_perfect_correlation():
    lower = cholesky(np.array([[1.0, 1.0], [1.0, 1.0]]))
    assert np.array_equal(lower, [[1, 0], [1, 0]])


def two_inputs(**correlation):
    model = simcost.Model("pair")
    model.input("a", {"lognormal": {"median": 1, "gsd": 2}})
    model.input("b", {"pert": {"low": 1, "mode": 2, "high": 6}})
    model.correlate("a", "b", **correlation)
    model.output("x", "a")
    model.output("y", "b")
    return model


@pytest.mark.parametrize("value", [-0.9, -0.3, 0.6, 0.95])
@pytest.mark.parametrize("extra", [{}, {"copula": "t", "df": 4.0}])
def test_stated_spearman_comes_out(value, extra):
    result = two_inputs(spearman=value, **extra).run(draws=200_000, seed=3)
    measured = stats.spearmanr(result.values["x"], result.values["y"]).statistic
    assert measured == pytest.approx(value, abs=0.01)


@pytest.mark.parametrize("extra", [{}, {"copula": "t", "df": 4.0}])
def test_stated_kendall_comes_out(extra):
    result = two_inputs(kendall=0.5, **extra).run(draws=50_000, seed=3)
    measured = stats.kendalltau(result.values["x"], result.values["y"]).statistic
    assert measured == pytest.approx(0.5, abs=0.01)


def test_stated_pearson_comes_out():
    result = two_inputs(pearson=0.7).run(draws=400_000, seed=3)
    measured = np.corrcoef(result.values["x"], result.values["y"])[0, 1]
    assert measured == pytest.approx(0.7, abs=0.02)


def test_margins_do_not_change_under_a_copula():
    result = two_inputs(spearman=0.8, copula="t", df=3.0).run(draws=200_000, seed=5)
    law = build({"pert": {"low": 1, "mode": 2, "high": 6}})
    assert stats.kstest(result.values["y"], law.cdf).pvalue > 1e-3


def test_the_t_copula_has_joint_extremes_and_the_gaussian_does_not():
    def both_above(**correlation):
        result = two_inputs(latent=0.5, **correlation).run(draws=1_000_000, seed=7)
        x, y = result.values["x"], result.values["y"]
        return np.mean((x > np.quantile(x, 0.99)) & (y > np.quantile(y, 0.99)))

    assert both_above() == pytest.approx(0.001294, abs=0.0002)
    assert both_above(copula="t", df=4.0) == pytest.approx(0.002838, abs=0.0003)


def test_the_first_of_a_block_keeps_its_draws():
    model = simcost.Model("alone")
    model.input("a", {"lognormal": {"median": 1, "gsd": 2}})
    model.output("x", "a")
    alone = model.run(draws=1000, seed=3).values["x"]
    tied = two_inputs(spearman=0.6).run(draws=1000, seed=3).values["x"]
    assert np.array_equal(alone, tied)


def contradictory(force=False):
    model = simcost.Model("three", force=force)
    for name in "abc":
        model.input(name, {"normal": {"mean": 0, "sd": 1}})
    model.correlate("a", "b", latent=0.9)
    model.correlate("b", "c", latent=0.8)
    model.output("y", "a + b + c")
    return model


def test_a_large_repair_is_refused_and_says_what_it_would_move():
    with pytest.raises(ModelError, match=r"b and a from 0\.900 to 0\.775") as caught:
        contradictory().run(draws=10)
    assert "force" in caught.value.problems[0].fix


def test_a_forced_repair_is_reported():
    result = contradictory(force=True).run(draws=10)
    assert any("repaired" in note for note in result.meta.notes)


def test_a_small_repair_is_made_and_reported():
    model = simcost.Model("three")
    for name in "abc":
        model.input(name, {"normal": {"mean": 0, "sd": 1}})
    model.correlate("a", "b", latent=0.7)
    model.correlate("b", "c", latent=0.72)
    model.output("y", "a + b + c")
    assert any("repaired" in note for note in model.run(draws=10).meta.notes)


def test_two_copulas_in_one_block_are_refused():
    pairs = [Pair("a", "b", "latent", 0.5), Pair("b", "c", "latent", 0.5, "t", 4.0)]
    names = {name: NORMAL for name in "abc"}
    with pytest.raises(ModelError, match="same copula"):
        couple(pairs, names, {name: stream(name) for name in names})
