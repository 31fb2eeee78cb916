"""The block machine: a model as instructions, executed by numba or by its NumPy oracle."""

from simcost.machine.cache import compiled
from simcost.machine.execution import choose_engine, execute, worker
from simcost.machine.lowering import lower
from simcost.machine.program import Program
from simcost.machine.replay import trace

__all__ = ["Program", "choose_engine", "compiled", "execute", "lower", "trace", "worker"]
