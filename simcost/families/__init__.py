"""Families of distributions: one small file each.

``build`` turns the table of a model file into a `Distribution`; ``FAMILIES`` lists what there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simcost.families._affine import Affine
from simcost.families._base import Atoms, Elicitation, Family, Parameter, Vector
from simcost.families._build import build, cut, distribution, families
from simcost.families._distribution import Bound, Constant, Distribution
from simcost.families._part import Banded, Truncated

if TYPE_CHECKING:
    FAMILIES: Mapping[str, Family]

__all__ = [
    "FAMILIES",
    "Family", "Parameter", "Elicitation", "Vector", "Atoms",
    "Distribution", "Bound", "Constant", "Truncated", "Banded", "Affine",
    "build", "cut", "distribution", "families",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # Importing the families waits until somebody looks at them.
    if name == "FAMILIES":
        return families()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
