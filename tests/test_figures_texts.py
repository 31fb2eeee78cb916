"""Texts and numbers on figures: wrapped without loss, kept apart, and rounded to what is known."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcost.report.figures._numbers import (
    PERCENT,
    _Amounts,
    amount,
    exact_amount,
    rough_amount,
    scale_of,
)
from simcost.report.figures._texts import measure, more, room, shorten, spread, with_minus, wrap
from simcost.result import Interval

NAMES = st.text(st.sampled_from("abcdefgh_- ./"), max_size=80)
PLACES = st.lists(st.floats(-10, 10), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(NAMES, st.floats(0.3, 3.0))
def test_a_wrapped_name_loses_nothing_but_spaces_and_fits(name, inches):
    lines = wrap(name, inches, 9.0).split("\n")
    assert "".join(lines).replace(" ", "") == name.replace(" ", "")
    assert all(measure(line, 9.0) <= inches + 1e-9 for line in lines)


@settings(max_examples=60, deadline=None)
@given(NAMES, st.floats(0.3, 3.0), st.integers(1, 3))
def test_a_name_keeps_to_its_lines_and_says_that_it_goes_on(name, inches, lines):
    whole, cut = wrap(name, inches, 9.0), wrap(name, inches, 9.0, lines=lines)
    assert cut.count("\n") < lines
    assert cut.endswith("…") or cut == whole
    assert all(measure(line, 9.0) <= inches + 1e-9 for line in cut.split("\n"))


def test_a_short_text_stays_and_a_long_one_ends_in_dots():
    assert shorten("wage", 1.0, 9.0) == "wage"
    assert shorten("w" * 50, 1.0, 9.0).endswith("w…")


@settings(max_examples=100, deadline=None)
@given(PLACES, st.floats(0.01, 3.0))
def test_texts_are_spread_in_order_and_apart_within_their_limits(places, gap):
    found = spread(places, gap, -12.0, 12.0)
    apart = min(gap, 24.0 / max(len(places) - 1, 1))
    assert all(-12.0 - 1e-9 <= place <= 12.0 + 1e-9 for place in found)
    ordered = [place for _, place in sorted(zip(places, found, strict=True))]
    assert all(b - a >= apart - 1e-9 for a, b in pairwise(ordered))


def test_texts_that_are_apart_stay_where_they_are():
    assert spread([3.0, 1.0, 2.0], 0.5, 0.0, 4.0) == pytest.approx([3.0, 1.0, 2.0])


LABELS = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from([-1, 1]), st.floats(0, 2)), max_size=12
)


@settings(max_examples=100, deadline=None)
@given(LABELS)
def test_an_axis_leaves_room_for_every_label(labels):
    low, high = room(0.0, 1.0, labels, 5.0)
    inch = (high - low) / 5.0
    assert low <= 0.0
    assert high >= 1.0
    for place, side, width in labels:
        assert low - 1e-6 <= place + side * width * inch <= high + 1e-6


@settings(max_examples=100, deadline=None)
@given(st.floats(-1e14, 1e14), st.sampled_from([1e-9, 0.02, 1.0, 2.5e3, 5e5, 2e6, 1e10]))
def test_different_ticks_have_different_labels_without_powers(start, step):
    first = math.floor(start / step) * step if abs(start / step) < 1e4 else 0.0
    ticks = [first + k * step for k in range(5)]
    labels = _Amounts(scale_of(ticks)).format_ticks(ticks)
    assert len(set(labels)) == 5
    assert not any("e" in label for label in labels)


@pytest.mark.parametrize(
    ("interval", "unit", "text"),
    [
        (Interval(1_204_000.0, 1_198_000.0, 1_210_000.0), "USD", "1.204 ± 0.006 M USD"),
        (Interval(59_312.0, 58_700.0, 59_900.0), "USD", "59,300 ± 600 USD"),
        (Interval(-2.5e9, -2.6e9, -2.4e9), "", "−2.50 ± 0.10 bn"),
        (Interval(0.0, 0.0, 0.0), "USD", "0 ± 0 USD"),
        (Interval(85_847.93, 85_847.93, 85_847.93), "USD", "85,848 USD"),
        (Interval(0.8437582, 0.8437578, 0.8437586), "month", "0.84376 month"),
        (Interval(0.001, -0.008, 0.01), "month", "0.001 ± 0.009 month"),
        (Interval(3e-7, 2e-7, 4e-7), "USD", "300 ± 100 ×10⁻⁹ USD"),
        (Interval(12.0), "USD", "12.0 ± ? USD"),
        (Interval(None, reason="no mean"), "USD", "does not exist"),
    ],
)
def test_an_amount_is_written_as_people_write_it(interval, unit, text):
    assert amount(interval, unit) == text


def test_a_change_has_its_sign():
    assert amount(Interval(1e6, 0.9e6, 1.1e6), "USD", sign=True) == "+1.00 ± 0.10 M USD"
    assert amount(Interval(-1e3, -1.1e3, -0.9e3), "USD", sign=True) == "−1,000 ± 100 USD"


def test_a_given_amount_keeps_its_digits():
    assert exact_amount(136_750.0, "USD") == "136,750 USD"
    assert exact_amount(1_250_001.0, "USD") == "1,250,001 USD"
    assert exact_amount(2e13, "USD") == "20 tn USD"
    assert exact_amount(-0.5, "") == "−0.5"
    assert rough_amount(252_632.0, "USD") == "252,600 USD"


def test_per_cent_stand_close_to_their_number():
    assert PERCENT.text(0.221, 0.003) == "22.1 ± 0.3%"
    assert _Amounts(PERCENT).format_ticks([0.0, 0.25, 0.5]) == ["0%", "25%", "50%"]


def test_what_is_left_out_is_counted_in_words():
    assert more(0, "input", "is|are") == ()
    assert more(1, "input", "is grey|are grey") == ("1 more input is grey.",)
    assert more(4, "input", "is grey|are grey") == ("4 more inputs are grey.",)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("≤ -14.0 USD", "≤ −14.0 USD"),
        ("-5", "−5"),
        ("(-.5)", "(−.5)"),
        ("from -1 to -2", "from −1 to −2"),
        ("gpt-4 since 2026-01, p-value 1e-05", "gpt-4 since 2026-01, p-value 1e-05"),
        ("a - b", "a - b"),
    ],
)
def test_negative_numbers_have_a_minus_and_names_keep_their_hyphens(text, shown):
    assert with_minus(text) == shown
