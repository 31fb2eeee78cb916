"""Numbers written the way people write them, which TOML does not read."""

from __future__ import annotations

import re

from simcost.modelfile.complaint import Complaint
from simcost.modelfile.wording import brief

_PERCENT = re.compile(r"([+-]?\d[\d_.]*)[ \t]*%")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?(?!\d)")
_DATE = re.compile(r"\d{4}-\d\d?(-\d*)?")
_WITH_UNIT = re.compile(r"([+-]?\d[\d_.]*(?:[eE][+-]?\d+)?)[ \t]*([A-Za-z_$€£%][^\s,\]}#]+)")
_BARE_DECIMAL = re.compile(r"([+-]?)(\.\d+|\d+\.(?!\d))")


def odd_number(text: str, start: int) -> Complaint | None:
    """Recognise ``5%``, ``1,000``, ``.5``, ``20 USD/hour`` and ``2020-13-45`` at `start`."""
    for read in (_thousands, _percent, _bare_decimal, _with_unit, _date):
        found = read(text, start)
        if found is not None:
            return found
    return None


def _thousands(text: str, start: int) -> Complaint | None:
    match = _THOUSANDS.match(text, start)
    if match is None:
        return None
    fix = f"Write {match[0].replace(',', '')}."
    return Complaint("a number cannot have commas in it", fix, start, match.end())


def _percent(text: str, start: int) -> Complaint | None:
    match = _PERCENT.match(text, start)
    if match is None:
        return None
    try:
        fix = f"Write {float(match[1].replace('_', '')) / 100:.12g}."
    except ValueError:  # 1.2.3%
        fix = "Write 0.3 for 30%."
    return Complaint("there is no percent sign in TOML", fix, start, match.end())


def _bare_decimal(text: str, start: int) -> Complaint | None:
    match = _BARE_DECIMAL.match(text, start)
    if match is None:
        return None
    sign, digits = match.groups()
    fix = f"Write {sign}{'0' + digits if digits[0] == '.' else digits + '0'}."
    return Complaint("a decimal point needs a digit on each side", fix, start, match.end())


def _with_unit(text: str, start: int) -> Complaint | None:
    match = _WITH_UNIT.match(text, start)
    if match is None:
        return None
    fix = f'Write the unit beside it: {{ value = {match[1]}, unit = "{brief(match[2])}" }}.'
    return Complaint("a number cannot be followed by a unit here", fix, start, match.end())


def _date(text: str, start: int) -> Complaint | None:
    match = _DATE.match(text, start)
    return None if match is None else Complaint("this is not a date", "", start, match.end())
