"""Monte Carlo risk engine for the cost, emissions and duration of AI projects.

`load` reads a model file, `Model` builds one in Python, and every family of distributions is a
function of its own name: ``simcost.lognormal(p10=2e4, p50=1.2e5)``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from simcost.errors import (
    FileError,
    ModelError,
    NumericalError,
    ParameterError,
    Problem,
    ResourceError,
    SimcostError,
    UnitError,
    UsageError,
)

if TYPE_CHECKING:
    from simcost.catalogue import load_catalogue
    from simcost.families import Distribution, build
    from simcost.graph.expression import Expression
    from simcost.model import Model
    from simcost.modelfile import load
    from simcost.report.formats import write
    from simcost.result import Result

__version__ = "0.1.0"

__all__ = [
    "load",
    "Model",
    "Result",
    "Expression",
    "Distribution",
    "build",
    "load_catalogue",
    "write",
    "SimcostError",
    "UsageError",
    "ModelError",
    "ParameterError",
    "UnitError",
    "ResourceError",
    "NumericalError",
    "FileError",
    "Problem",
]

# Imported when first asked for: `import simcost` must cost next to nothing.
_LAZY = {
    "load": "simcost.modelfile",
    "Model": "simcost.model",
    "Result": "simcost.result",
    "Expression": "simcost.graph.expression",
    "Distribution": "simcost.families",
    "build": "simcost.families",
    "load_catalogue": "simcost.catalogue",
    "write": "simcost.report.formats",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        value = getattr(import_module(_LAZY[name]), name)
        globals()[name] = value
        return value
    if not name.startswith("_"):
        families = import_module("simcost.families")
        if name in families.FAMILIES:
            return _constructor(name)
    raise AttributeError(f"module 'simcost' has no attribute {name!r}")


def __dir__() -> list[str]:
    families = import_module("simcost.families")
    return sorted({*globals(), *__all__, *families.FAMILIES})


def _constructor(family: str) -> Any:
    families = import_module("simcost.families")

    def construct(*, within: list[float] | None = None, **parameters: Any) -> Distribution:
        table = {family: parameters} | ({} if within is None else {"within": within})
        made: Distribution = families.build(table)
        return made

    construct.__name__ = construct.__qualname__ = family
    construct.__doc__ = families.FAMILIES[family].summary
    return construct
