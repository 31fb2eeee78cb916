"""What a user types, and what it means."""

from simcost.model.compile import Compiled, compile_spec
from simcost.model.context import View
from simcost.model.model import Model, compile_model
from simcost.model.spec import (
    Change,
    CorrelationSpec,
    FormulaSpec,
    InputSpec,
    ModelSpec,
    Scenario,
    StageSpec,
)

__all__ = [
    "Model",
    "compile_model",
    "Compiled",
    "View",
    "compile_spec",
    "Change",
    "CorrelationSpec",
    "FormulaSpec",
    "InputSpec",
    "ModelSpec",
    "Scenario",
    "StageSpec",
]
