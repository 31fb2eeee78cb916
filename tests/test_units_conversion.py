from __future__ import annotations

import math
import subprocess
import sys
from functools import cache

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcost.errors import UnitError
from simcost.units import PLAIN, parse_unit
from simcost.units.definitions import lines
from simcost.units.names import spellings
from simcost.units.resolve import base


@cache
def referee() -> pint.UnitRegistry:
    return pint.UnitRegistry()


@pytest.mark.parametrize(
    ("unit", "other", "factor"),
    [
        ("hour", "minute", 60.0),
        ("minute", "hour", 1 / 60),
        ("month", "year", 1 / 12),
        ("year", "hour", 8766.0),
        ("lb", "kg", 0.45359237),
        ("lbCO2e", "tCO2e", 0.45359237e-3),
        ("kgCO2e/kWh", "gCO2e/kWh", 1000.0),
        ("MW", "kWh/hour", 1000.0),
        ("kWh", "MJ", 3.6),
        ("percent", "", 0.01),
        ("USD*percent", "USD", 0.01),
        ("bnUSD", "MUSD", 1000.0),
        ("GiB", "B", 2.0**30),
        ("PFLOP/s", "TFLOP/s", 1000.0),
        ("gpu_month", "gpu_hour", 730.5),
        ("1/hour", "1/minute", 1 / 60),
        ("hour^2", "minute^2", 3600.0),
        ("hour^(1/2)", "minute^(1/2)", math.sqrt(60)),
        ("m3", "L", 1000.0),
        ("hour/minute", "", 60.0),
    ],
)
def test_factors_are_correctly_rounded(unit: str, other: str, factor: float) -> None:
    assert parse_unit(unit).factor_to(parse_unit(other)) == factor


@pytest.mark.parametrize(
    ("unit", "other"),
    [
        ("hour", "second"),
        ("week", "day"),
        ("year", "month"),
        ("MWh", "joule"),
        ("GW", "watt"),
        ("GWh/year", "kW"),
        ("TWh", "GJ"),
        ("tonne", "pound"),
        ("mile", "km"),
        ("hectare", "m^2"),
        ("liter", "m^3"),
        ("GB", "bit"),
        ("TiB", "byte"),
        ("ppm", "percent"),
    ],
)
def test_factors_agree_with_pints_own_definitions(unit: str, other: str) -> None:
    theirs = referee().Quantity(1.0, unit).to(other.replace("^", "**")).magnitude
    assert parse_unit(unit).factor_to(parse_unit(other)) == pytest.approx(theirs, rel=1e-12)


def test_the_referee_can_disagree() -> None:
    theirs = referee().Quantity(1.0, "hour").to("second").magnitude
    assert parse_unit("minute").factor_to(parse_unit("second")) != theirs


def test_every_definition_can_be_resolved() -> None:
    for name in set(spellings().values()):
        factor, _ = base(name)
        assert factor > 0
    assert len(lines()) == len(set(spellings().values()))


@given(st.data())
def test_conversions_go_back_and_chain(data: st.DataObject) -> None:
    groups: dict[object, list[str]] = {}
    for name in sorted(set(spellings().values())):
        groups.setdefault(base(name)[1], []).append(name)
    group = data.draw(st.sampled_from([g for g in groups.values() if len(g) > 1]))
    a, b, c = (parse_unit(data.draw(st.sampled_from(group))) for _ in range(3))
    assert a.factor_to(b) * b.factor_to(a) == pytest.approx(1, rel=1e-15)
    assert a.factor_to(b) * b.factor_to(c) == pytest.approx(a.factor_to(c), rel=1e-15)
    assert a.dimension == b.dimension


@pytest.mark.parametrize(
    ("unit", "other", "message"),
    [
        ("USD", "EUR", "USD and EUR are different currencies"),
        ("USD/hour", "kEUR/hour", "USD and EUR are different currencies"),
        ("hour", "sample", "cannot convert hour to sample"),
        ("hour", "", "cannot convert hour to a plain number"),
        ("kWh", "kW", "cannot convert kWh to kW"),
        ("USD/hour", "USD", "cannot convert USD/hour to USD"),
    ],
)
def test_different_dimensions_are_refused(unit: str, other: str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit(unit).factor_to(parse_unit(other))
    assert caught.value.problems[0].message == message


def test_an_exchange_rate_is_the_advice_for_currencies() -> None:
    with pytest.raises(UnitError, match="exchange rate input in USD/EUR"):
        parse_unit("USD").factor_to(parse_unit("EUR"))


def test_plain_ratio_and_dimensionless_differ() -> None:
    assert PLAIN.is_plain
    assert not parse_unit("percent").is_plain
    assert parse_unit("percent").is_ratio
    assert not parse_unit("hour/minute").is_ratio
    assert parse_unit("hour/minute").is_dimensionless
    assert not parse_unit("hour").is_dimensionless


def test_pint_waits_for_the_first_conversion() -> None:
    code = (
        "import sys; from simcost.units import parse_unit as u\n"
        "(u('USD/hour') * u('hour')).factor_to(u('USD')); assert 'pint' not in sys.modules\n"
        "u('hour').factor_to(u('day')); assert 'pint' in sys.modules\n"
        "slow = {'xarray', 'pandas', 'dask', 'numba', 'matplotlib', 'scipy.stats'}\n"
        "assert not slow & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
