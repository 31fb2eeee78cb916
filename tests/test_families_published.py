"""Values from the literature and from definitions worked out by hand."""

from __future__ import annotations

from math import inf, log, sqrt

import numpy as np
import pytest

from simcost.families import Distribution, build, distribution


def percentiles(law: Distribution, *levels: float) -> list[float]:
    return law.quantile(np.array(levels) / 100).tolist()


def test_lognormal_through_10_and_40() -> None:
    law = build({"lognormal": {"p10": 10, "p90": 40}})
    mu, sigma = law.params
    assert mu == pytest.approx(log(20), rel=1e-14)
    assert sigma == pytest.approx(0.540866, abs=5e-7)
    assert law.mean() == pytest.approx(23.150123, abs=5e-7)


def test_lognormal_through_its_90_percent_interval() -> None:
    law = distribution("lognormal", p05=5, p95=10)
    assert law.params == pytest.approx((1.9560115027140732, 0.21070178197089978), rel=1e-12)
    assert law.mean() == pytest.approx(7.229783732289855, rel=1e-12)


def test_lognormal_with_mean_20_and_sd_35() -> None:
    law = distribution("lognormal", mean=20, sd=35)
    assert law.sf(np.array([50.0]))[0] == pytest.approx(0.08598550177, abs=1e-10)
    assert law.cdf(np.array([6.0]))[0] == pytest.approx(0.33545409786, abs=1e-10)


def test_pert_1_2_6() -> None:
    law = distribution("pert", low=1, mode=2, high=6)
    assert law.mean() == pytest.approx(2.5, rel=1e-15)
    assert law.sd() == pytest.approx(0.8660254037844386, rel=1e-14)
    expected = [1.4495106522962082, 2.3833612969625944, 3.72667025216791]
    assert percentiles(law, 10, 50, 90) == pytest.approx(expected, rel=1e-12)


def test_pert_sd_is_not_a_sixth_of_the_range() -> None:
    law = distribution("pert", low=10, mode=20, high=50)
    assert law.sd() ** 2 == pytest.approx(50.793651, abs=5e-7)
    assert abs(law.sd() - 40 / 6) > 0.4


@pytest.mark.parametrize(
    ("shape", "mean", "variance"),
    [(4, 23.333333333333332, 50.7936507936508), (2, 25, 75), (8, 22, 30.545454545454547)],
)
def test_pert_shape_is_the_weight_of_the_mode(shape: float, mean: float, variance: float) -> None:
    law = distribution("pert", low=10, mode=20, high=50, shape=shape)
    assert (law.mean(), law.sd() ** 2) == pytest.approx((mean, variance), rel=1e-14)


def test_pert_10_20_50_percentiles() -> None:
    law = distribution("pert", low=10, mode=20, high=50)
    expected = [14.48940, 22.55241, 33.35561]
    assert percentiles(law, 10, 50, 90) == pytest.approx(expected, abs=5e-6)


def test_triangular_median_and_kink() -> None:
    law = distribution("triangular", low=0, mode=2, high=10)
    assert law.kinks() == (0.2,)
    assert percentiles(law, 20) == pytest.approx([2.0], rel=1e-15)
    assert percentiles(law, 50) == pytest.approx([10 - sqrt(40)], rel=1e-15)


def test_gumbel_is_the_largest_not_the_smallest() -> None:
    law = distribution("gumbel", mode=10, scale=2)
    low, middle, high = percentiles(law, 5, 50, 95)
    assert high - middle > middle - low
    assert law.mean() == pytest.approx(10 + 2 * 0.5772156649015329, rel=1e-15)


def test_pareto_starts_at_its_minimum_and_lomax_at_0() -> None:
    assert distribution("pareto", minimum=3, alpha=2).support() == (3.0, inf)
    assert distribution("lomax", scale=3, alpha=2).support() == (0.0, inf)


def test_capped_pareto_is_truncated_not_clipped() -> None:
    capped = distribution("pareto", minimum=1, alpha=1.1, cap=100)
    window = build({"pareto": {"minimum": 1, "alpha": 1.1}, "within": [1, 100]})
    u = np.linspace(0.001, 0.999, 999)
    np.testing.assert_allclose(capped.quantile(u), window.quantile(u), rtol=1e-13)
    assert capped.mean() == pytest.approx(window.mean(), rel=1e-12)
    assert capped.tail_index() == window.tail_index() == 0.0


def test_capped_pareto_with_alpha_1() -> None:
    law = distribution("pareto", minimum=1, alpha=1, cap=10)
    assert law.mean() == pytest.approx(log(10) / 0.9, rel=1e-15)


def test_negative_binomial_r_counts_failures() -> None:
    law = distribution("negative_binomial", r=1, p=0.25)  # failures before the first success
    assert law.cdf(np.array([0.0, 1.0])) == pytest.approx([0.25, 0.4375], rel=1e-15)
    assert law.mean() == 3.0


def test_geometric_standard_deviation_is_a_factor() -> None:
    law = distribution("lognormal", median=3, gsd=2)
    assert law.quantile(np.array([0.5]))[0] == pytest.approx(3, rel=1e-15)
    assert law.cdf(np.array([6.0]))[0] == pytest.approx(0.8413447460685429, rel=1e-14)


@pytest.mark.parametrize(
    ("name", "params", "mean", "sd"),
    [
        ("pareto", {"minimum": 1, "alpha": 1.0}, inf, inf),
        ("pareto", {"minimum": 1, "alpha": 1.5}, 3.0, inf),
        ("lomax", {"scale": 1, "alpha": 2.0}, 1.0, inf),
        ("student_t", {"df": 2.0, "center": 4}, 4.0, inf),
    ],
)
def test_moments_that_do_not_exist(
    name: str, params: dict[str, float], mean: float, sd: float
) -> None:
    law = distribution(name, **params)
    assert (law.mean(), law.sd()) == (mean, sd)
    assert law.tail_index() >= 0.5


def test_cauchy_has_no_mean() -> None:
    law = distribution("student_t", df=1)
    assert np.isnan(law.mean())
    assert np.isnan(law.sd())


def test_describe_reads_aloud() -> None:
    told = {
        "lognormal with median 2.9, gsd 1.46": {"lognormal": {"median": 2.9, "gsd": 1.46}},
        "pert with low 8, mode 12, high 20": {"pert": {"low": 8, "mode": 12, "high": 20}},
        "pareto with minimum 1, alpha 2": {"pareto": {"minimum": 1, "alpha": 2}},
        "discrete with 0 (25 %), 1 (75 %)": {"discrete": {"values": [1, 0], "weights": [3, 1]}},
        "fixed at 5": {"value": 5},
        "normal with mean 5, sd 2, within 0 to 10": {
            "normal": {"mean": 5, "sd": 2},
            "within": [0, 10],
        },
    }
    for text, spec in told.items():
        assert build(spec).describe() == text
