"""Formulas and expressions as a graph of operations, with units checked on the way."""

from simcost.graph.expression import Expression, lift
from simcost.graph.formula import evaluate, examine, name_problem, names_in, parse
from simcost.graph.functions import CONSTANTS, FUNCTIONS, Function

__all__ = [
    "Expression",
    "lift",
    "evaluate",
    "examine",
    "name_problem",
    "names_in",
    "parse",
    "CONSTANTS",
    "FUNCTIONS",
    "Function",
]
