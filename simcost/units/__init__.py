"""Units of measurement: what ``USD/hour`` means and what it can be converted to."""

from simcost.units.grammar import parse_unit
from simcost.units.names import closest, is_currency, is_unit_name
from simcost.units.unit import PLAIN, Unit

__all__ = ["PLAIN", "Unit", "closest", "is_currency", "is_unit_name", "parse_unit"]
