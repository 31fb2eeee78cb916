"""What people and programs read of a result: text, and files in several formats."""

from simcost.report.table import render

__all__ = ["render"]
