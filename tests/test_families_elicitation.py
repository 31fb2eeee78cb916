"""What an author says about a distribution is true of the distribution that comes out."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simcost.families import Distribution, build, distribution
from simcost.families._checks import SMALLEST_SHAPES

SIZES = st.floats(1e-6, 1e9)
SPREADS = st.floats(1e-3, 10.0)  # sd over mean
PERCENTS = st.floats(0.1, 99.9)
SHARES = st.floats(0.01, 0.99)


def at(law: Distribution, percent: float) -> float:
    return float(law.quantile(np.array([percent / 100]))[0])


@given(PERCENTS, PERCENTS, SIZES, st.floats(1.001, 1e4))
def test_lognormal_goes_through_its_percentiles(
    one: float, two: float, low: float, ratio: float
) -> None:
    assume(abs(one - two) > 0.01)
    one, two = sorted((one, two))
    law = distribution("lognormal", **{f"p{one:.6f}": low, f"p{two:.6f}": low * ratio})
    assert at(law, float(f"{one:.6f}")) == pytest.approx(low, rel=1e-9)
    assert at(law, float(f"{two:.6f}")) == pytest.approx(low * ratio, rel=1e-9)


@given(PERCENTS, PERCENTS, st.floats(-1e6, 1e6), SIZES)
def test_normal_goes_through_its_percentiles(
    one: float, two: float, low: float, width: float
) -> None:
    assume(abs(one - two) > 0.01 and low + width > low)
    one, two = sorted((one, two))
    law = distribution("normal", **{f"p{one:.6f}": low, f"p{two:.6f}": low + width})
    slack = 1e-9 * (abs(low) + width + law.sd())
    assert at(law, float(f"{one:.6f}")) == pytest.approx(low, abs=slack)
    assert at(law, float(f"{two:.6f}")) == pytest.approx(low + width, abs=slack)


@given(st.sampled_from(["lognormal", "gamma", "weibull"]), SIZES, SPREADS)
def test_mean_and_sd_come_back(name: str, mean: float, spread: float) -> None:
    law = distribution(name, mean=mean, sd=mean * spread)
    assert law.mean() == pytest.approx(mean, rel=1e-10)
    assert law.sd() == pytest.approx(mean * spread, rel=1e-9)


@given(st.floats(1e-9, 1e-3))
def test_weibull_keeps_its_digits_for_a_narrow_spread(spread: float) -> None:
    law = distribution("weibull", mean=1.0, sd=spread)
    assert law.sd() == pytest.approx(spread, rel=1e-10)


@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e3), SHARES, SHARES)
def test_beta_mean_and_sd_come_back(low: float, width: float, place: float, part: float) -> None:
    mean = low + width * place
    sd = part * width * sqrt(place * (1 - place))
    assume(min(place, 1 - place) * (1 / part**2 - 1) > 1.01 * SMALLEST_SHAPES[2])
    law = distribution("beta", mean=mean, sd=sd, low=low, high=low + width)
    assert law.mean() == pytest.approx(mean, rel=1e-9, abs=1e-9 * width)
    assert law.sd() == pytest.approx(sd, rel=1e-6)


@given(st.floats(0.01, 1e3), st.floats(1.01, 20.0))
def test_negative_binomial_mean_and_sd_come_back(mean: float, excess: float) -> None:
    law = distribution("negative_binomial", mean=mean, sd=sqrt(mean * excess))
    assert law.mean() == pytest.approx(mean, rel=1e-10)
    assert law.sd() == pytest.approx(sqrt(mean * excess), rel=1e-10)


@given(SIZES, st.floats(1.01, 100.0))
def test_median_and_gsd_come_back(median: float, gsd: float) -> None:
    law = distribution("lognormal", median=median, gsd=gsd)
    assert at(law, 50) == pytest.approx(median, rel=1e-12)
    assert law.sf(np.array([median * gsd]))[0] == pytest.approx(0.15865525393145707, rel=1e-10)


@given(
    st.sampled_from(["triangular", "pert"]),
    st.floats(-1e3, 1e3),
    st.floats(0.01, 1e3),
    st.floats(0.001, 0.999),
)
def test_soft_ends_come_back(name: str, p10: float, width: float, place: float) -> None:
    p90 = p10 + width
    mode = p10 + place * width
    law = distribution(name, p10=p10, mode=mode, p90=p90)
    slack = 1e-10 * (abs(p10) + width)
    assert at(law, 10) == pytest.approx(p10, abs=slack)
    assert at(law, 90) == pytest.approx(p90, abs=slack)
    low, told, high = law.params[:3]
    assert low < p10 < p90 < high
    assert told == mode


@given(st.floats(0.05, 50.0), st.floats(0.01, 0.99))
@settings(deadline=None)
def test_pert_soft_ends_with_a_shape(shape: float, place: float) -> None:
    law = distribution("pert", p10=1, mode=1 + 4 * place, p90=5, shape=shape)
    assert (at(law, 10), at(law, 90)) == pytest.approx((1, 5), rel=1e-10)


def test_percentile_keys_have_several_spellings() -> None:
    keys = [("p5", "p2_5"), ("p05", "p2.5"), ("p5.0", "p02.50")]
    laws = [distribution("normal", **{high: 2, low: 1}) for high, low in keys]
    assert laws[0] == laws[1] == laws[2]


def test_whole_numbers_and_numpy_numbers_are_numbers() -> None:
    expected = distribution("normal", mean=1.0, sd=2.0)
    assert distribution("normal", mean=1, sd=np.int64(2)) == expected
    assert distribution("normal", mean=np.float64(1), sd=np.float32(2)) == expected


def test_defaults_are_those_on_the_page() -> None:
    assert distribution("pert", low=0, mode=1, high=2).params[3] == 4.0
    assert distribution("beta", alpha=1, beta=2).params[2:] == (0.0, 1.0)
    assert distribution("student_t", df=3).params[1:] == (0.0, 1.0)


def test_equal_laws_have_equal_keys() -> None:
    assert build({"lognormal": {"mu": 0, "sigma": 1}}) == build(
        {"lognormal": {"mu": -0.0, "sigma": 1}}
    )
    assert build({"lognormal": {"mu": 0, "sigma": 1}}).key == "lognormal(mu=0.0,sigma=1.0)"
    assert build({"value": -0.0}) == build({"value": 0})
    one = distribution("discrete", values=[2, 1, 2], weights=[1, 2, 1])
    two = distribution("discrete", values=[1, 2, 9], weights=[0.5, 0.5, 0])
    assert one == two
    assert hash(one) == hash(two)
    assert one != distribution("discrete", values=[1, 2], weights=[0.25, 0.75])
