"""The machine's operations by number, and how each reads aloud.

The numbers are private to one version of the engine: a program is never stored, only sent to
another process of the same version.
"""

from __future__ import annotations

# {0}, {1}, {2} stand for the operands.
WORDING = {
    "stream": "draw of {0}",
    "table": "{1} at {0}",
    "curve": "{1} at {0}",  # a table whose results need no bounds, at a draw
    "steps": "{1} at {0}",
    "triangular": "{1} at {0}",
    "uniform": "uniform from {1} to {2} at {0}",
    "student_cdf": "Student's t distribution function, {1}, at {0}",
    "normal_cdf": "{1} at {0}",
    "ndtri": "normal quantile at {0}",
    "ndtr": "normal distribution function at {0}",
    "neg": "-{0}",
    "not": "not {0}",
    "abs": "abs {0}",
    "exp": "exp {0}",
    "log": "log {0}",
    "log10": "log10 {0}",
    "log2": "log2 {0}",
    "expm1": "expm1 {0}",
    "log1p": "log1p {0}",
    "sqrt": "sqrt {0}",
    "floor": "floor {0}",
    "ceil": "ceil {0}",
    "round": "round {0}",
    "sin": "sin {0}",
    "cos": "cos {0}",
    "tan": "tan {0}",
    "add": "{0} + {1}",
    "sub": "{0} - {1}",
    "mul": "{0} * {1}",
    "div": "{0} / {1}",
    "mod": "{0} % {1}",
    "pow": "{0} ** {1}",
    "min": "smaller of {0} and {1}",
    "max": "larger of {0} and {1}",
    "lt": "{0} < {1}",
    "le": "{0} <= {1}",
    "gt": "{0} > {1}",
    "ge": "{0} >= {1}",
    "eq": "{0} == {1}",
    "ne": "{0} != {1}",
    "and": "{0} and {1}",
    "or": "{0} or {1}",
    "where": "{1} if {0} else {2}",
}
NAMES = tuple(WORDING)
OPCODES = {name: number for number, name in enumerate(NAMES)}

# How many of an instruction's operands are slots; the rest of them number a stream or a table.
SLOT_OPERANDS = {
    **{name: 2 if "{1}" in text else 1 for name, text in WORDING.items()},
    "stream": 0,
    "table": 1,
    "curve": 1,
    "steps": 1,
    "triangular": 1,
    "student_cdf": 1,
    "normal_cdf": 1,
    "uniform": 3,
    "where": 3,
}
