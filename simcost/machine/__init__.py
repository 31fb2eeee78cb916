"""The block machine: a model as instructions, executed by numba or by its NumPy oracle."""

from simcost.machine.execute import choose_engine, compiled, execute
from simcost.machine.lower import lower
from simcost.machine.program import Program
from simcost.machine.trace import trace

__all__ = ["Program", "choose_engine", "compiled", "execute", "lower", "trace"]
