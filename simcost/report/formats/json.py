"""JSON: the summary, in a shape that programs can rely on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simcost.report.formats._format import Format
from simcost.report.formats._write import replacing
from simcost.result import Estimate, Interval, Result
from simcost.result.names import quantile_name


def to_json_dict(
    result: Result,
    quantiles: Sequence[float] | None = None,
    budget: float | None = None,
    cvar: float | None = None,
) -> dict[str, Any]:
    """Return the summary of a result.

    Parameters
    ----------
    result : Result
        What to report.
    quantiles : sequence of float, optional
        Percentiles in per cent; those of the run where left out.
    budget : float, optional
        Adds the chance that the cost exceeds this, under ``"budget"``.
    cvar : float, optional
        Adds to each output the mean of the outcomes above this percentile, under ``"cvar"``.

    Returns
    -------
    dict
        Strict JSON, with `None` for a number that does not exist::

            {"model", "seed", "draws", "digest",
             "outputs": {NAME: {"unit", "mean": {"value", "low", "high"}, "sd": {"value"},
                                "quantiles": {"P10": {"value", "low", "high"}, …}}},
             "design", "view", "scenario", "confidence", "success", "notes",
             "versions", "model_hash", "catalogue_hash", "gates", "patterns"}
             and, where asked for, "budget": {"amount", "unit", "exceedance": {"value", …}}
             and "cvar": {"P90": {"value", …}} in each output
    """
    meta, success = result.meta, result.success
    content: dict[str, Any] = {
        "model": meta.model,
        "seed": int(meta.seed),
        "draws": int(meta.draws),
        "digest": result.digest,
        "outputs": {name: _output(result.estimate(name, quantiles)) for name in result.outputs},
        "design": meta.design,
        "view": meta.view,
        "scenario": meta.scenario,
        "confidence": meta.confidence,
        "success": None if success is None else _interval(success),
        "notes": list(result.notes),
        "versions": dict(meta.versions),
        "model_hash": meta.model_hash,
        "catalogue_hash": meta.catalogue_hash,
        "gates": meta.gates,
        "patterns": list(meta.patterns),
    }
    if cvar is not None:
        for name, output in content["outputs"].items():
            output["cvar"] = {quantile_name(cvar): _interval(result.cvar(name, cvar))}
    if budget is not None:
        chance = _interval(result.exceedance("cost", budget))
        content["budget"] = {"amount": budget, "unit": result.units["cost"], "exceedance": chance}
    return content


def to_json(
    result: Result,
    quantiles: Sequence[float] | None = None,
    budget: float | None = None,
    cvar: float | None = None,
    more: Mapping[str, Any] | None = None,
) -> str:
    """Return the summary of a result as a JSON text; see `to_json_dict`. `more` is added to it."""
    content = {**to_json_dict(result, quantiles, budget, cvar), **(more or {})}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write(result: Result, path: Path) -> None:
    """Write the summary of a result."""
    content = to_json(result)
    with replacing(path) as temporary:
        temporary.write_text(content, encoding="utf-8")


def _output(estimate: Estimate) -> dict[str, Any]:
    return {
        "unit": estimate.unit,
        "mean": _interval(estimate.mean),
        "sd": {"value": _number(estimate.sd.value)},
        "quantiles": {name: _interval(q) for name, q in estimate.quantiles.items()},
    }


def _interval(interval: Interval) -> dict[str, float | None]:
    ends = {"value": interval.value, "low": interval.low, "high": interval.high}
    return {name: _number(number) for name, number in ends.items()}


def _number(number: float | None) -> float | None:
    # JSON has no NaN and no infinity.
    return float(number) if number is not None and math.isfinite(number) else None


FORMAT = Format(name="json", suffix=".json", write=write, outcomes=False)
