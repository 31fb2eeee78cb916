"""No more digits than the error justifies, and none fewer."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from simcost.result.digits import MISSING, exact, figure, percent, plus_minus, split


@pytest.mark.parametrize(
    ("value", "half_width", "text"),
    [
        (141_234.0, 612.0, "141,200 ± 600"),
        (141_234.0, 1_410.0, "141,200 ± 1,400"),
        (141_234.0, 0.0, "141,234 ± 0"),
        (0.504321, 0.0031, "0.504 ± 0.003"),
        (0.504321, 0.0013, "0.5043 ± 0.0013"),
        (3.0, 50.0, "0 ± 50"),
        (-3.0, 50.0, "0 ± 50"),
        (-1234.5, 20.0, "-1,230 ± 20"),
        (9.97, 0.96, "10.0 ± 1.0"),
        (1.2345e-5, 3.1e-7, "1.23e-5 ± 3e-7"),
        (3.4123e12, 2.2e10, "3.41e+12 ± 2e+10"),
        (0.0, 3e-9, "0 ± 3e-9"),
        (0.0, 0.0, "0 ± 0"),
        (0.1 + 0.2, 0.0, "0.3 ± 0"),
        (1e300, 1e299, "1.00e+300 ± 1.0e+299"),
        (1e300, 0.5, None),
        (141_234.0, None, "141,000 ± ?"),
        (None, None, MISSING),
        (np.float64(2.5), np.float64(0.25), "2.5 ± 0.3"),
    ],
)
def test_texts(value, half_width, text):
    found = plus_minus(value, half_width)
    assert text is None or found == text


@pytest.mark.parametrize(
    ("value", "half_width", "text"),
    [
        (0.504321, 0.0031, "50.4% ± 0.3%"),
        (1.0, 0.0, "100% ± 0%"),
        (0.25, None, "25.0% ± ?"),
        (None, None, MISSING),
    ],
)
def test_percentages(value, half_width, text):
    assert percent(value, half_width) == text


def number(text: str) -> float:
    return float(text.replace(",", ""))


widths = st.floats(1e-300, 1e300)


@given(st.floats(-1e300, 1e300), widths)
def test_the_printed_value_is_off_by_less_than_the_error(value, half_width):
    shown, error = split(value, half_width)
    assert abs(number(shown) - value) <= half_width * (0.5 + 1e-9) + 1e-15 * abs(value)
    assert number(error) == pytest.approx(half_width, rel=1 / 3 + 1e-9)


@given(st.floats(-1e11, 1e11), st.floats(1e-5, 1e9))
def test_both_end_at_the_same_decimal_place(value, half_width):
    shown, error = split(value, half_width)
    places = [len(text.partition(".")[2]) for text in (shown, error)]
    assert "e" in shown + error or places[0] == places[1]


@given(st.floats(allow_nan=False, allow_infinity=False), widths)
def test_the_error_has_one_digit_or_two_that_start_with_1(value, half_width):
    digits = re.sub(r"e.*|[,.]", "", split(value, half_width)[1]).lstrip("0").rstrip("0")
    assert len(digits) <= 1 or (len(digits) == 2 and digits[0] in "12")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_there_is_no_minus_zero(value):
    assert not re.fullmatch(r"-0(\.0*)?", split(value, max(abs(value), 1e-300) * 3)[0])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_exact_values_read_back_to_six_digits(value):
    assume(value == 0 or 1e-300 < abs(value) < 1.79769e308)
    assert number(exact(value)) == pytest.approx(value, rel=5.1e-6)
    assume(abs(value) < 1.79e308)  # three digits of the largest doubles round beyond them
    assert number(figure(value)) == pytest.approx(value, rel=5.1e-3)


@given(st.integers(-(10**11), 10**11))
def test_whole_numbers_are_shown_whole(value):
    assert exact(float(value)) == f"{value:,d}"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_said_so(value):
    assert plus_minus(value, 1.0) == f"{value} ± ?"
    assert plus_minus(1.0, value) == "1.00 ± ?"
    assert exact(value) == str(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0558416, "0.0558416"), (0.00012, "0.00012"), (-0.05, "-0.05"), (0.00001234, "1.23400e-5")],
)
def test_small_numbers_known_exactly_are_no_powers_of_ten_unless_very_small(value, text):
    assert exact(value) == text
