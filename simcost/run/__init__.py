"""Plan → Result: drawing, precision, views and replay."""

from simcost.run.choice import choose
from simcost.run.engine import Settings
from simcost.run.memory import estimate_memory, readable
from simcost.run.patterns import plan_in_pattern
from simcost.run.plan import Plan
from simcost.run.precision import run_to_precision
from simcost.run.replay import Trace, trace_plan
from simcost.run.single import run_plan
from simcost.run.stream import run_in_memory, run_stream
from simcost.run.views import run_per_success, run_portfolio

__all__ = [
    "Plan",
    "Settings",
    "Trace",
    "choose",
    "plan_in_pattern",
    "run_plan",
    "run_in_memory",
    "run_stream",
    "run_to_precision",
    "run_per_success",
    "run_portfolio",
    "trace_plan",
    "estimate_memory",
    "readable",
]
