"""What the Datasets of analyses share: labels, ends of intervals, what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from simcost.result import Interval, Result


def labels(texts: Iterable[str]) -> npt.NDArray[np.object_]:
    """Return texts as a coordinate."""
    return np.array(list(texts), dtype=object)


def numbers(cells: Any, end: str) -> Any:
    """Return one end of intervals as an array, NaN where there is none."""
    if isinstance(cells, Interval):
        number = getattr(cells, end)
        return np.nan if number is None else number
    return np.array([numbers(cell, end) for cell in cells], dtype=float)


def attributes(
    result: Result,
    output: str,
    analysis: str,
    *,
    method: str,
    title: str,
    notes: Sequence[str] = (),
    **more: Any,
) -> dict[str, Any]:
    """Return the attributes of a Dataset: of what, in which unit, by which method.

    Parameters
    ----------
    result : Result
        What was asked.
    output : str
        Which of its outputs.
    analysis, method, title : str
        Name of the analysis, how it was done, and a sentence.
    notes : sequence of str
        Sentences that a reader must see.
    **more
        Further attributes.
    """
    meta = result.meta
    return {
        "analysis": analysis,
        "method": method,
        "output": output,
        "unit": result.units[output],
        "model": meta.model,
        "draws": meta.draws,
        "seed": meta.seed,
        "design": meta.design,
        "scenario": meta.scenario,
        "confidence": meta.confidence,
        "title": title,
        "notes": [*meta.notes, *notes],
        **more,
    }
