"""Figures of results and of analyses. One figure is one file, found by the folder.

``draw(result, "cost.svg")`` writes a file, ``figure(result)`` returns a matplotlib Figure. What is
drawn says which figures there are:

- a `Result`: `kind` is ``scurve`` (if not given), ``histogram``, ``waterfall`` or ``convergence``;
- a mapping of names to Results, the base first: ``overlay``;
- the Dataset of an analysis: the figure named after ``attrs["analysis"]``. Any object with
  ``attrs`` and ``[]`` will do. `simcost.analyses` describes ``tornado``, ``spider``,
  ``sensitivity``, ``contingency``, ``comparison``, ``timeline`` and ``joint``; the others are:

``stress``: dimensions ``scenario`` and ``quantile`` (names such as ``P90``); ``value`` and
``difference`` (to the base), each with ``_lower`` and ``_upper``; ``base`` over ``quantile``. For
the figure ``stress_curves`` also ``curve`` over ``scenario``, the base first, and ``percentile``.

``ladder``: dimensions ``input`` (one may be ``all together``) and ``severity`` (per cent);
``value``; scalar ``base``.

``reverse``: dimension ``input``; ``base_mean``, ``stressed_mean``, ``base_p10``, ``base_p90``,
``stressed_p10``, ``stressed_p90``, in the unit of the input, and ``gamma``, how much it moved.
Optionally ``unit`` over ``input``. For the figure ``reverse_curves``, ``curve_base`` and
``curve_stressed`` over ``percent``.

All have the attributes ``analysis``, ``output``, ``unit``, ``model``, ``draws``, ``seed``,
``design``, ``scenario``, ``confidence``, ``title`` and, where there is something to say, ``notes``.

matplotlib comes with ``pip install "simcost[plots]"`` and is imported when a figure is made.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from simcost.errors import FileError, SimcostError, UsageError
from simcost.registry import collect
from simcost.report.figures._figure import Figure
from simcost.report.formats._write import check_target, replacing
from simcost.result import Result

if TYPE_CHECKING:
    from simcost.report.figures._drawing import Drawing

DEFAULT = "scurve"
SUFFIXES = (".svg", ".png", ".pdf")
_DPI = (10.0, 2400.0)

__all__ = ["DEFAULT", "SUFFIXES", "Figure", "draw", "figure", "figures", "prepare"]


def figures() -> Mapping[str, Figure]:
    """Return every figure by its name.

    Raises
    ------
    SimcostError
        When matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise SimcostError(
            'figures are made with matplotlib, which is not installed; pip install "simcost[plots]"'
        )
    return _figures()


@cache
def _figures() -> Mapping[str, Figure]:
    return collect(__name__, "FIGURE")


def figure(what: Any, kind: str | None = None, **options: Any) -> Drawing:
    """Return a figure, to look at in a notebook or to change further.

    Parameters
    ----------
    what : Result, mapping of str to Result, or Dataset of an analysis
        What to draw.
    kind : str, optional
        Which figure; by default the one that fits best.
    **options
        Those of the figure: ``output`` (of a result), ``budget`` (of ``scurve``), ``top`` (of the
        charts with one row an input), ``title``.

    Returns
    -------
    matplotlib.figure.Figure
        Without pyplot; it shows itself in a notebook, and has `savefig`.

    Raises
    ------
    UsageError
        When there is no such figure of that, or an option makes no sense.
    SimcostError
        When matplotlib is not installed.
    """
    found = _choose(what, kind)
    from simcost.report.figures._drawing import styled

    with styled():
        try:
            return found.make(what, **options)
        except TypeError as error:
            name = _unexpected(error)
            if name is None:
                raise
            raise UsageError(f"the figure {found.name} has no option {name!r}") from error


@overload
def draw(
    what: Any, path: str | Path, kind: str | None = None, *, dpi: float = 200.0, **options: Any
) -> Path: ...


@overload
def draw(
    what: Any, path: None = None, kind: str | None = None, *, dpi: float = 200.0, **options: Any
) -> Drawing: ...


def draw(
    what: Any,
    path: str | Path | None = None,
    kind: str | None = None,
    *,
    dpi: float = 200.0,
    **options: Any,
) -> Path | Drawing:
    """Write a figure to a file; the file appears whole or not at all, the same bytes each time.

    Parameters
    ----------
    what, kind, **options
        As in `figure`.
    path : str or Path, optional
        Ends in ``.svg``, ``.png`` or ``.pdf``. Without it the figure is returned, as by `figure`.
    dpi : float
        Pixels an inch, of a PNG.

    Returns
    -------
    Path or matplotlib.figure.Figure
        `path`, or the figure where there is none.

    Raises
    ------
    FileError
        When the suffix is another, or the file cannot be written; before anything is drawn.
    UsageError, SimcostError
        As in `figure`.
    """
    if path is None:
        return figure(what, kind, **options)
    path = prepare(path)
    if not _DPI[0] <= dpi <= _DPI[1]:
        raise UsageError(f"dpi must lie between {_DPI[0]:g} and {_DPI[1]:g}, not {dpi!r}")
    drawing = figure(what, kind, **options)
    from simcost.report.figures._drawing import save

    with replacing(path) as temporary:
        save(drawing, temporary, path.suffix.lower(), dpi)
    return path


def prepare(path: str | Path) -> Path:
    """Return a path after checking that a figure can appear there; worth calling before a run.

    Raises
    ------
    FileError
        When the suffix is unknown, or the folder is missing or not writable.
    SimcostError
        When matplotlib is not installed.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        near = difflib.get_close_matches(suffix, SUFFIXES, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise FileError(
            f"{path}: figures are written as {', '.join(SUFFIXES)}, not as {suffix or 'that'}{hint}"
        )
    check_target(path)
    figures()
    return path


def _choose(what: Any, kind: str | None) -> Figure:
    """Return the figure of a kind, after checking that it is drawn of that."""
    if isinstance(what, Result):
        of, default, called = "result", DEFAULT, "a result"
    elif hasattr(what, "attrs") and hasattr(what, "__getitem__"):
        analysis = str(what.attrs.get("analysis", ""))
        of, default, called = "analysis", analysis, f"the analysis {analysis!r}"
    elif isinstance(what, Mapping) and what and all(isinstance(x, Result) for x in what.values()):
        of, default, called = "results", "overlay", "several results"
    else:
        raise UsageError(
            "a figure is drawn of a Result, of a mapping of names to Results, or of the Dataset of "
            f"an analysis, not of {type(what).__name__}"
        )
    name = default if kind is None else kind
    subject = default if of == "analysis" else ""
    known = {one.name: one for one in figures().values() if (one.of, one.subject) == (of, subject)}
    if not known:
        drawn = sorted({one.subject for one in figures().values()} - {""})
        raise UsageError(f"there is no figure of {called}; there are of {', '.join(drawn)}")
    if name not in known:
        raise UsageError(f"there is no figure {name!r} of {called}: write {', '.join(known)}")
    return known[name]


def _unexpected(error: TypeError) -> str | None:
    """Return the option that a function does not take, from Python's own words."""
    text = str(error)
    marker = "unexpected keyword argument '"
    return text.partition(marker)[2].split("'")[0] if marker in text else None
