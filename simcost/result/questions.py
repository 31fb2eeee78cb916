"""The door from a result to the analyses, which stand on a higher floor.

A result knows the name of a question only; who answers it is found when it is asked, as the
commands of a shell are. So no import points up, and a result costs nothing more to make.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcost.registry import collect

if TYPE_CHECKING:
    import xarray

    from simcost.result.result import Result

ROOM = "simcost.analyses"


FIGURES = "simcost.report.figures"


def drawn(result: Result, path: str | Path | None, kind: str, **options: Any) -> Any:
    """Return a figure of a result, or the path of the file that it was written to."""
    return import_module(FIGURES).draw(result, path, kind, **options)


def ask(question: str, result: Result, output: str, **options: Any) -> xarray.Dataset:
    """Return the answer of the analysis of that name.

    Parameters
    ----------
    question : str
        Name of an analysis.
    result : Result
        What it is asked of.
    output : str
        Which of its outputs.
    **options
        Those of the analysis.
    """
    answer: xarray.Dataset = collect(ROOM, "ANALYSIS")[question].run(result, output, **options)
    return answer
