from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import interpolate, stats

from simcost.errors import ModelError, ParameterError
from simcost.families import FAMILIES, build
from simcost.testing import check_family

KEYS = ("p5", "p25", "p50", "p75", "p95")
U = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


def percentiles(**table: float):
    return build({"percentiles": table})


def through(law):
    return percentiles(**dict(zip(KEYS, law.ppf(U), strict=True)))


def test_points_of_a_lognormal_give_it_back():
    law, u = stats.lognorm(0.8, scale=7), np.linspace(1e-6, 1 - 1e-6, 999)
    np.testing.assert_allclose(through(law).quantile(u), law.ppf(u), rtol=1e-11)
    assert through(law).mean() == pytest.approx(law.mean(), rel=1e-9)


def test_points_of_a_normal_below_zero_give_it_back():
    law, u = stats.norm(-3, 2), np.linspace(1e-6, 1 - 1e-6, 999)
    np.testing.assert_allclose(through(law).quantile(u), law.ppf(u), rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("law", [stats.gamma(2), stats.weibull_min(1.5), stats.beta(2, 5)])
def test_close_to_smooth_laws(law):
    ours = through(law)
    assert ours.mean() == pytest.approx(law.mean(), rel=0.02)
    assert ours.quantile(np.array([0.99]))[0] == pytest.approx(law.ppf(0.99), rel=0.1)
    # A control that must fail: it is an interpolation, not the law itself.
    assert ours.quantile(np.array([0.99]))[0] != pytest.approx(law.ppf(0.99), rel=1e-6)


def test_inner_cells_are_pchip_of_the_logarithm():
    x = np.array([1.0, 2.0, 7.0, 8.0, 30.0])
    law = percentiles(**dict(zip(KEYS, x, strict=True)))
    oracle = interpolate.PchipInterpolator(stats.norm.ppf(U), np.log(x))
    u = np.linspace(0.25, 0.75, 101)
    np.testing.assert_allclose(law.quantile(u), np.exp(oracle(stats.norm.ppf(u))), rtol=1e-12)


@given(
    start=st.floats(-100, -1e-3) | st.floats(1e-3, 100),
    steps=st.lists(st.floats(1e-3, 1e3), min_size=4, max_size=4),
)
def test_exact_at_points_and_monotone(start, steps):
    x = start + np.concatenate([[0.0], np.cumsum(steps)])
    law = percentiles(**dict(zip(KEYS, x, strict=True)))
    np.testing.assert_allclose(law.quantile(U), x, rtol=1e-12, atol=1e-12)
    u = np.linspace(1e-9, 1 - 1e-9, 2001)
    values = law.quantile(u)
    assert np.all(np.diff(values) >= 0)
    finite = np.isfinite(values) & (np.abs(values) > 1e-300)
    np.testing.assert_allclose(law.cdf(values[finite]), u[finite], atol=1e-6)
    assert law.kinks() == tuple(U)


def test_spellings_of_a_key():
    plain = percentiles(p5=1, p25=2, p50=3, p97_5=9)
    assert plain.key == build({"percentiles": {"p05": 1, "p25": 2, "p50": 3, "p97.5": 9}}).key


@pytest.mark.parametrize(
    ("table", "path", "words"),
    [
        ({"p5": 1, "p50": 2, "p95": 3}, (), "four or more.*jqpd"),
        ({"p5": 1, "p95": 3}, (), "lognormal"),
        ({}, (), "four or more; none"),
        ({"p5": 1, "p25": 5, "p50": 4, "p95": 7}, ("p50",), "p25 = 5 is above p50 = 4"),
        ({"p5": 1, "p25": 4, "p50": 4, "p95": 7}, ("p50",), "p25 and p50 are both 4"),
        ({"p5": 1, "p05": 2, "p50": 4, "p95": 7}, ("p05",), "the same"),
        ({"p0": 1, "p25": 2, "p50": 4, "p95": 7}, ("p0",), "no percentile"),
        ({"mean": 1, "p25": 2, "p50": 4, "p95": 7}, ("mean",), "no mean"),
        ({"p5": True, "p25": 2, "p50": 4, "p95": 7}, ("p5",), "not a number"),
    ],
)
def test_refusals(table, path, words):
    with pytest.raises(ParameterError) as caught:
        build({"percentiles": table})
    (problem,) = caught.value.problems
    assert problem.path == ("percentiles", *path)
    assert re.search(words, f"{problem.message} {problem.fix}")


def test_every_bad_key_is_reported():
    with pytest.raises(ModelError) as caught:
        build({"percentiles": {"p0": 1, "mode": 2, "p50": "x"}})
    assert len(caught.value.problems) == 3


def test_family_conforms():
    assert check_family(FAMILIES["percentiles"]) is None
