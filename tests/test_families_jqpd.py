from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import special

from simcost.errors import ParameterError
from simcost.families import FAMILIES, build


def jqpd(**table: float):
    return build({"jqpd": table})


# Values published for these triples, rounded as given.
@pytest.mark.parametrize(
    ("table", "u", "expected"),
    [
        ({"p10": 10, "p50": 20, "p90": 40}, 0.001, 3.7597),
        ({"p10": 10, "p50": 20, "p90": 40}, 0.999, 106.3922),
        ({"p10": 10, "p50": 20, "p90": 80}, 0.001, 5.9809),
        ({"p10": 10, "p50": 20, "p90": 80}, 0.999, 900.3473),
        ({"p10": 10, "p50": 20, "p90": 25}, 0.001, 3.0766),
        ({"p10": 10, "p50": 20, "p90": 25}, 0.999, 28.0307),
        ({"p10": 10, "p50": 20, "p90": 40, "low": 0, "high": 100}, 0.999, 89.1446),
        ({"p10": 10, "p50": 20, "p90": 25, "low": 0, "high": 100}, 0.999, 35.0773),
    ],
)
def test_published_values(table, u, expected):
    assert jqpd(**table).quantile(np.array([u]))[0] == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(("p90", "mean"), [(80, 39.792421), (25, 18.642219), (40, 23.150123)])
def test_published_means(p90, mean):
    assert jqpd(p10=10, p50=20, p90=p90).mean() == pytest.approx(mean, abs=6e-7)


def test_equal_ratios_are_a_lognormal():
    u = np.linspace(0.001, 0.999, 201)
    lognormal = build({"lognormal": {"p10": 10, "p90": 40}})
    same = jqpd(p10=10, p50=20, p90=40)
    np.testing.assert_allclose(same.quantile(u), lognormal.quantile(u), rtol=1e-13)
    assert same.sd() == pytest.approx(lognormal.sd(), rel=1e-12)
    # A control that must fail: another median is another law.
    assert abs(jqpd(p10=10, p50=21, p90=40).mean() / lognormal.mean() - 1) > 1e-3


@pytest.mark.parametrize("ends", [{}, {"low": 0.0, "high": 100.0}])
@pytest.mark.parametrize("nudge", [1e-3, 1e-6, 1e-9, 1e-12])
def test_continuous_through_the_case_without_bend(ends, nudge):
    # Equal steps of the logarithm, or of the normal score of the share.
    even = 100 * special.ndtr(2 * special.ndtri(0.2) - special.ndtri(0.1)) if ends else 40.0
    u = np.array([1e-9, 1e-3, 0.1, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9])
    straight = jqpd(p10=10, p50=20, p90=even, **ends)
    middle = straight.quantile(u)
    for sign in (-1, 1):
        near = jqpd(p10=10, p50=20, p90=even * (1 + sign * nudge), **ends).quantile(u)
        np.testing.assert_allclose(near, middle, rtol=100 * nudge + 1e-13)


def test_high_only_is_the_mirror_image_of_low_only():
    u = np.linspace(0.01, 0.99, 99)
    up = jqpd(p10=2, p50=5, p90=20, low=1)
    down = jqpd(p10=-20, p50=-5, p90=-2, high=-1)
    np.testing.assert_allclose(down.quantile(1 - u), -up.quantile(u), rtol=1e-12)
    assert down.support() == (-np.inf, -1.0)


def test_five_percent_triples():
    law = jqpd(p5=1, p50=2, p95=9)
    np.testing.assert_allclose(law.quantile(np.array([0.05, 0.5, 0.95])), [1, 2, 9], rtol=1e-13)


_gap = st.floats(0.01, 100)


@given(low=st.floats(-50, 50), a=_gap, b=_gap, c=_gap, d=_gap, ends=st.sampled_from("bshm"))
def test_through_its_points_monotone_and_inverted_by_its_cdf(low, a, b, c, d, ends):
    x = np.array([low + a, low + a + b, low + a + b + c])
    table = dict(zip(("p10", "p50", "p90"), x, strict=True))
    if ends in "bs":
        table["low"] = low
    if ends in "bh":
        table["high"] = x[2] + d
    assume(ends != "m" or x[0] > 0)
    law = jqpd(**table)
    scale = max(1.0, abs(x).max())
    points = law.quantile(np.array([0.1, 0.5, 0.9]))
    np.testing.assert_allclose(points, x, rtol=1e-9, atol=1e-11 * scale)
    u = np.concatenate([np.geomspace(1e-6, 0.1, 20), np.linspace(0.1, 0.9, 50)])
    u = np.concatenate([u, 1 - u[::-1]])
    values = law.quantile(np.sort(u))
    assert np.all(np.diff(values) >= -1e-12 * scale)
    inside = np.linspace(0.1, 0.9, 17)
    np.testing.assert_allclose(law.cdf(law.quantile(inside)), inside, atol=1e-8)


@pytest.mark.parametrize(
    "table",
    [
        {"p10": 10, "p50": 20, "p90": 80},
        {"p10": 1, "p50": 2, "p90": 2.1, "low": 0, "high": 4},
        {"p10": -5, "p50": 0, "p90": 3, "high": 10},
    ],
)
def test_mean_and_sd_against_quadrature(table):
    law = jqpd(**table)

    nodes, weights = np.polynomial.legendre.leggauss(60)

    def moment(power):
        total = 0.0
        for left in range(-12, 12):
            z = left + (nodes + 1) / 2
            down, up = law.quantile(special.ndtr(z)), law.isf(special.ndtr(-z))
            x = np.where(z < 0, down, up)
            total += (x**power * np.exp(-z * z / 2) * weights).sum() / 2 / np.sqrt(2 * np.pi)
        return total

    assert law.mean() == pytest.approx(moment(1), rel=1e-9)
    assert law.sd() == pytest.approx(np.sqrt(moment(2) - moment(1) ** 2), rel=1e-6)


@pytest.mark.parametrize(
    ("table", "where", "words"),
    [
        ({"p10": 10, "p50": 20, "p90": 15}, "p90", "Swap them"),
        ({"p10": -1, "p50": 20, "p90": 40}, "p10", "low"),
        ({"p10": 1, "p50": 20, "p90": 40, "low": 1}, "low", "below"),
        ({"p10": 1, "p50": 20, "p90": 40, "high": 30}, "high", "above"),
        ({"p10": 1, "p50": 20}, None, "p90 is missing"),
        ({"p10": 1, "p50": 20, "p95": 40}, None, "Give"),
    ],
)
def test_refusals_say_where_and_what(table, where, words):
    with pytest.raises(ParameterError, match=words) as caught:
        jqpd(**table)
    (problem,) = caught.value.problems
    assert problem.path == (("jqpd", where) if where else ("jqpd",))


@given(
    low=st.floats(-20, 20),
    a=_gap,
    b=_gap,
    c=_gap,
    d=_gap,
    sides=st.sampled_from(("low", "high", "both")),
)
def test_against_the_published_formulas(low, a, b, c, d, sides):
    x = (low + a, low + a + b, low + a + b + c)
    table = dict(zip(("p10", "p50", "p90"), x, strict=True))
    table |= {"low": low} if sides != "high" else {}
    table |= {"high": x[2] + d} if sides != "low" else {}
    law = jqpd(**table)
    oracle = FAMILIES["jqpd"].oracle(*law.params)
    u = np.linspace(0.01, 0.99, 99)
    np.testing.assert_allclose(law.quantile(u), oracle.ppf(u), rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(law.cdf(law.quantile(u)), oracle.cdf(law.quantile(u)), atol=1e-8)
