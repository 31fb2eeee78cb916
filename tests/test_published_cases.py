"""Worked examples from the literature, run as models."""

from __future__ import annotations

import math

import numpy as np
import pytest

import simcost
from simcost.families import build

DRAWS = 2_000_000


def normal(mean, sd):
    return {"normal": {"mean": mean, "sd": sd}}


def run(inputs, formula, draws=DRAWS, seed=1):
    model = simcost.Model("case")
    for name, law in inputs.items():
        model.input(name, law)
    model.output("y", formula)
    return model.run(draws=draws, seed=seed)


def moments(result):
    y = result.values["y"]
    return y.mean(), y.std()


def test_jcgm_101_additive_normal():
    # JCGM 101:2008, 9.2.2
    result = run({f"x{i}": normal(0, 1) for i in range(1, 5)}, "x1 + x2 + x3 + x4")
    assert moments(result)[1] == pytest.approx(2.0, abs=0.005)
    assert result.quantile("y", 2.5).value == pytest.approx(-3.92, abs=0.01)
    assert result.quantile("y", 97.5).value == pytest.approx(3.92, abs=0.01)


def test_jcgm_101_additive_rectangular():
    # JCGM 101:2008, 9.2.3
    half = math.sqrt(3)
    law = {"uniform": {"low": -half, "high": half}}
    result = run({f"x{i}": law for i in range(1, 5)}, "x1 + x2 + x3 + x4")
    assert moments(result)[1] == pytest.approx(2.0, abs=0.005)
    assert result.quantile("y", 97.5).value == pytest.approx(3.8794067, abs=0.01)


@pytest.mark.parametrize(
    ("mean", "expected"),
    [(0.0, (5e-5, 5e-5)), (0.01, (1.5e-4, 1.118034e-4)), (0.05, (2.55e-3, 5.024938e-4))],
)
def test_jcgm_101_comparison_loss(mean, expected):
    # JCGM 101:2008, 9.4
    result = run({"x1": normal(mean, 0.005), "x2": normal(0, 0.005)}, "x1**2 + x2**2")
    assert moments(result) == pytest.approx(expected, rel=0.003)


def test_npl_logarithm():
    # NPL report DEM-ES-011, 9.2
    result = run({"x": {"uniform": {"low": 0.1, "high": 1.1}}}, "log(x)")
    assert moments(result) == pytest.approx((-0.6651, 0.6062), abs=0.001)


def test_nist_thermal_expansion():
    # NIST TN 1900, E13
    result = run(
        {
            "l0": normal(1.4999, 0.0001),
            "l1": normal(1.5021, 0.0002),
            "t0": normal(288.15, 0.02),
            "t1": normal(373.1, 0.05),
        },
        "(l1 - l0) / (l0 * (t1 - t0))",
    )
    assert moments(result) == pytest.approx((1.7267e-5, 1.755e-6), rel=0.01)
    assert result.quantile("y", 2.5).value == pytest.approx(1.3826e-5, rel=0.01)
    assert result.quantile("y", 97.5).value == pytest.approx(2.0709e-5, rel=0.01)


def test_annualised_loss():
    # riskquant, README: 0.1 events a year, lognormal loss with a 90% interval of 1e5 to 1e6
    loss = build({"lognormal": {"p5": 1e5, "p95": 1e6}})
    assert 0.1 * loss.mean() == pytest.approx(40400.128269457266, rel=1e-12)
    result = run(
        {
            "loss": {
                "compound": {
                    "count": {"poisson": {"mean": 0.1}},
                    "severity": {"lognormal": {"p5": 1e5, "p95": 1e6}},
                }
            }
        },
        "loss",
    )
    assert moments(result)[0] == pytest.approx(40400.13, rel=0.01)


def test_sum_of_562_triangulars():
    # Vose, Risk Analysis, 19.2
    law = {
        "compound": {
            "count": {"value": 562},
            "severity": {"triangular": {"low": 3.75, "mode": 4.25, "high": 5.5}},
        }
    }
    assert moments(run({"x": law}, "x")) == pytest.approx((2529.0, 8.723770209), abs=0.05)


def test_lognormal_by_mean_and_sd():
    # Vose help: lognormal of mean 20 and sd 35
    law = build({"lognormal": {"mean": 20, "sd": 35}})
    assert 1 - law.cdf(np.array([50.0]))[0] == pytest.approx(0.08598550177, abs=1e-9)
    assert law.cdf(np.array([6.0]))[0] == pytest.approx(0.33545409786, abs=1e-9)


@pytest.mark.parametrize(
    ("kw", "chips", "days", "pue", "intensity", "mwh", "tonnes"),
    [
        (0.33, 10000, 14.8, 1.1, 0.429, 1287, 552.1),
        (0.31, 512, 20, 1.12, 0.545, 85.7, 46.7),
        (0.245, 1000, 27, 1.1, 0.33, 179, 59.1),
    ],
    ids=["GPT-3", "T5", "Switch"],
)
def test_training_footprints(kw, chips, days, pue, intensity, mwh, tonnes):
    # Patterson et al. (2021), table 4
    model = simcost.Model("training")
    model.input("power", kw, unit="kW/gpu")
    model.input("chips", chips, unit="gpu")
    model.input("days", days, unit="day")
    model.input("pue", pue)
    model.input("intensity", intensity, unit="kgCO2e/kWh")
    model.output("energy", "power * chips * days * pue", unit="MWh")
    model.output("emissions", "power * chips * days * pue * intensity", unit="tCO2e")
    result = model.run(draws=1)
    assert result.values["energy"][0] == pytest.approx(mwh, rel=0.04)
    assert result.values["emissions"][0] == pytest.approx(tonnes, rel=0.04)


def test_compound_moments():
    # Klugman, Panjer & Willmot, Loss Models, 9.3: any count and severity of these moments
    low, high = 4, 10
    p = (6.7 - low) / (high - low)
    spread = math.sqrt(p * (1 - p)) * (high - low)
    assert spread > 2.3  # a third value between them brings the sd to 2.3
    weight = (2.3 / spread) ** 2
    counts = {"values": [low, 6, 7, high], "weights": [0, 0, 0, 0]}
    counts["weights"] = [
        weight * (1 - p),
        (1 - weight) * 0.3,
        (1 - weight) * 0.7,
        weight * p,
    ]
    law = build(
        {
            "compound": {
                "count": {"discrete": counts},
                "severity": {"normal": {"mean": 179247, "sd": 52141}},
            }
        }
    )
    assert law.mean() == pytest.approx(1200954.9, rel=1e-9)
    within = (1 - weight) * 0.21  # the variance that the values 6 and 7 bring
    expected = math.sqrt(6.7 * 52141**2 + (2.3**2 + within) * 179247**2)
    assert law.sd() == pytest.approx(expected, rel=1e-9)
    assert math.sqrt(6.7 * 52141**2 + 2.3**2 * 179247**2) == pytest.approx(433797.381596881)


def test_compound_poisson_of_a_lattice():
    # Klugman, Panjer & Willmot, Loss Models, 9.9
    law = {
        "compound": {
            "count": {"poisson": {"mean": 3}},
            "severity": {
                "discrete": {
                    "values": [1, 2, 3],
                    "weights": [0.6333333333333333, 0.26666666666666666, 0.1],
                }
            },
        }
    }
    y = run({"x": law}, "x").values["y"]
    assert np.mean(y == 2) == pytest.approx(0.12969531309828555, abs=0.001)


def test_compound_poisson_exponential_tail():
    # Embrechts & Frei (2009), Panjer recursion versus FFT for compound distributions
    law = build(
        {"compound": {"count": {"poisson": {"mean": 50}}, "severity": {"exponential": {"mean": 1}}}}
    )
    assert law.quantile(np.array([0.999]))[0] == pytest.approx(85.11, abs=0.01)
    assert law.quantile(np.array([0.999999]))[0] == pytest.approx(108.23, abs=0.01)
    result = run({"x": law}, "x")
    assert result.quantile("y", 99.9).value == pytest.approx(85.11, abs=0.15)


def test_mixture_of_exponential_and_pareto():
    # Loss Data Analytics, 3.3.5
    law = build(
        {
            "mixture": {
                "weights": [0.25, 0.75],
                "components": [
                    {"exponential": {"mean": 200}},
                    {"lomax": {"alpha": 3, "scale": 200}},
                ],
            }
        }
    )
    assert law.cdf(np.array([100.0]))[0] == pytest.approx(0.6261451128496194, abs=1e-9)
    assert law.mean() == pytest.approx(125, rel=1e-12)


def test_deductible():
    # Loss Data Analytics, 3.4.1
    result = run({"x": {"exponential": {"mean": 1000}}}, "max(0, x - 100)")
    mean, sd = moments(result)
    assert mean == pytest.approx(904.8374180359596, rel=0.004)
    assert sd**2 == pytest.approx(990944.0829939371, rel=0.004)


def test_pert():
    law = build({"pert": {"low": 1, "mode": 2, "high": 6}})
    assert law.mean() == pytest.approx(2.5, abs=1e-9)
    assert law.sd() == pytest.approx(0.8660254037844386, abs=1e-9)
    expected = [1.4495106522962082, 2.3833612969625944, 3.72667025216791]
    assert law.quantile(np.array([0.1, 0.5, 0.9])) == pytest.approx(expected, abs=1e-9)


def test_lognormal_from_a_90_percent_interval():
    law = build({"lognormal": {"p5": 5, "p95": 10}})
    assert law.mean() == pytest.approx(7.229783732289855, rel=1e-12)
