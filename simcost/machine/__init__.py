"""The block machine: a model as instructions, executed by numba or by its NumPy oracle."""

from simcost.machine.cache import compiled
from simcost.machine.execution import choose_engine, execute, machine_in_use, worker
from simcost.machine.lowering import lower
from simcost.machine.measure import tools_of
from simcost.machine.program import Program
from simcost.machine.replay import trace
from simcost.machine.weigh import weigher_of

__all__ = [
    "Program",
    "choose_engine",
    "compiled",
    "execute",
    "lower",
    "machine_in_use",
    "tools_of",
    "trace",
    "weigher_of",
    "worker",
]
