from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simcost.families import FAMILIES, Family, Vector, lognormal, poisson, triangular
from simcost.testing import check_family

TABLED = [name for name, record in FAMILIES.items() if record.make is None]


@pytest.mark.parametrize("name", [*TABLED, "discrete"])
def test_family_conforms(name: str) -> None:
    measured = check_family(FAMILIES[name])
    # A gamma of shape 1/2 goes like u**2 at 0: the logarithm of its density counts twice.
    assert measured is None or max(measured.value, measured.probability) < 3e-14


def test_every_tabled_family_has_an_oracle() -> None:
    assert [name for name in TABLED if FAMILIES[name].oracle is None] == []


def _wrong_quantile(u: Vector, mu: float, sigma: float) -> Vector:
    return lognormal.quantile(u, mu, sigma * (1 + 1e-7))


def _falling_quantile(u: Vector, mu: float, sigma: float) -> Vector:
    return lognormal.isf(u, mu, sigma)


def _blunt_quantile(u: Vector, mu: float, sigma: float) -> Vector:
    # The upper tail through 1 - cdf, as everybody writes it first.
    return lognormal.quantile(np.clip(np.round(u, 10), 1e-12, 1 - 1e-12), mu, sigma)


def _endless_quantile(u: Vector, mu: float, sigma: float) -> Vector:
    return np.where(u > 0.999, np.inf, lognormal.quantile(u, mu, sigma))


def _wrong_moments(mu: float, sigma: float) -> tuple[float, float]:
    return float(np.exp(mu)), sigma


def _heavy(mu: float, sigma: float) -> float:
    return 0.7


def _late_quantile(u: Vector, mean: float) -> Vector:
    return poisson.quantile(u, mean) + 1.0


def _wrong_sf(x: Vector, low: float, mode: float, high: float) -> Vector:
    return triangular.cdf(x, low, mode, high)


def _outside(*params: float) -> tuple[float, ...]:
    return (0.7, 0.3, 1.0)


def _wrong_density(x: Vector, mu: float, sigma: float) -> Vector:
    return lognormal.density(x, mu, sigma) * (1 + 1e-4)


def _wrong_log_slope(x: Vector, mu: float, sigma: float) -> Vector:
    return lognormal.log_slope(x, mu, sigma) * (1 + 1e-2)


WRONG = {
    "density": replace(lognormal.FAMILY, density=_wrong_density),
    "log slope": replace(lognormal.FAMILY, log_slope=_wrong_log_slope),
    "half a density": replace(lognormal.FAMILY, log_slope=None),
    "sigma": replace(lognormal.FAMILY, quantile=_wrong_quantile),
    "direction": replace(lognormal.FAMILY, quantile=_falling_quantile),
    "tail": replace(lognormal.FAMILY, quantile=_blunt_quantile),
    "infinity": replace(lognormal.FAMILY, quantile=_endless_quantile),
    "moments": replace(lognormal.FAMILY, mean_sd=_wrong_moments),
    "tail index": replace(lognormal.FAMILY, tail_index=_heavy),
    "examples": replace(lognormal.FAMILY, examples=({"mu": 1.0, "sigma": 1.0},)),
    "step": replace(poisson.FAMILY, quantile=_late_quantile),
    "sf": replace(triangular.FAMILY, sf=_wrong_sf),
    "kinks": replace(triangular.FAMILY, kinks=_outside),
    "name": replace(triangular.FAMILY, name="Triangular"),
}


@pytest.mark.parametrize("record", WRONG.values(), ids=WRONG)
def test_control_a_wrong_family_fails(record: Family) -> None:
    with pytest.raises(AssertionError, match=record.name):
        check_family(record)


def test_failures_are_listed_together() -> None:
    record = replace(WRONG["sigma"], source="", mean_sd=_wrong_moments)
    with pytest.raises(AssertionError) as caught:
        check_family(record)
    text = str(caught.value)
    assert "source is empty" in text
    assert "differs from its oracle" in text
    assert "mean is" in text
