"""The labelled form of a result. The one file of this room that imports xarray."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from simcost.result.estimate import Estimate
from simcost.result.interval import Interval
from simcost.result.names import quantile_name
from simcost.result.weighted import WeightedResult

if TYPE_CHECKING:
    import xarray

    from simcost.result.result import Result

_DIMENSIONS = ("draw", "output", "quantile", "percentile", "pattern", "weight")
_ENDS = ("value", "low", "high")


def variable_name(output: str) -> str:
    """Return the name of an output's variable: its own, unless the dataset needs that one."""
    taken = output in _DIMENSIONS or output.startswith("summary_")
    return f"{output}_" if taken else output


def make_dataset(result: Result) -> xarray.Dataset:
    """Return outcomes, summary and provenance of a result.

    Returns
    -------
    xarray.Dataset
        One variable per output over ``draw``; ``summary_mean``, ``summary_sd`` over ``output``
        and ``summary_quantile`` over (``output``, ``quantile``), each with ``_low`` and
        ``_high``; NaN where there is no such number. Units in the variables' attrs. Where gates
        are exact, outputs are over (``pattern``, ``draw``), and so is ``weight``.
    """
    import xarray as xr  # takes over a second: only for those who ask

    patterns = result.meta.patterns
    over = ("pattern", "draw") if patterns else ("draw",)
    outcomes: dict[str, Any] = {
        variable_name(name): (over, result.values[name], {"units": unit, "output": name})
        for name, unit in result.units.items()
    }
    estimates = [result.estimate(name) for name in result.outputs]
    coordinates: dict[str, Any] = {
        "draw": np.arange(result.meta.draws),
        "output": np.array(result.outputs, dtype=object),
        "quantile": np.array([quantile_name(p) for p in result.meta.quantiles], dtype=object),
        "percentile": ("quantile", np.array(result.meta.quantiles)),
        "unit": ("output", np.array([e.unit for e in estimates], dtype=object)),
    }
    if isinstance(result, WeightedResult):
        outcomes["weight"] = (over, result.weights)
        coordinates["pattern"] = np.array(patterns, dtype=object)
    return xr.Dataset({**outcomes, **_summary(estimates)}, coordinates, _attributes(result))


def _summary(estimates: list[Estimate]) -> dict[str, Any]:
    rows = {
        "summary_mean": ("output", [e.mean for e in estimates]),
        "summary_sd": ("output", [e.sd for e in estimates]),
        "summary_quantile": (("output", "quantile"), [[*e.quantiles.values()] for e in estimates]),
    }
    return {
        name if end == "value" else f"{name}_{end}": (dims, _numbers(cells, end))
        for name, (dims, cells) in rows.items()
        for end in _ENDS
    }


def _numbers(cells: Any, end: str) -> Any:
    if isinstance(cells, Interval):
        number = getattr(cells, end)
        return np.nan if number is None else number
    return np.array([_numbers(cell, end) for cell in cells], dtype=float)


def _attributes(result: Result) -> dict[str, Any]:
    """Return attrs that netCDF can hold: texts and numbers."""
    meta = result.meta
    return {
        "model": meta.model,
        "seed": meta.seed if -(2**63) <= meta.seed < 2**63 else str(meta.seed),
        "draws": meta.draws,
        "design": meta.design,
        "replicates": meta.replicates,
        "confidence": meta.confidence,
        "currency": meta.currency,
        "scenario": meta.scenario,
        "view": meta.view,
        "sequential": int(meta.sequential),
        "gates": meta.gates,
        "model_hash": meta.model_hash,
        "catalogue_hash": meta.catalogue_hash,
        "versions": json.dumps(dict(meta.versions)),
        "tail_index": json.dumps({name: str(xi) for name, xi in meta.tail_index.items()}),
        "notes": "\n".join(result.notes),
        "digest": result.digest,
    }
