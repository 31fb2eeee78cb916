"""The one file that sets up matplotlib: look, canvas, and files that come out the same each time.

Nothing here touches pyplot, so no window system, no figure manager and no setting of the reader's
own session takes part.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simcost.report.figures._palette import FAINT, INK, QUIET

SUFFIXES = (".svg", ".png", ".pdf")
DPI = 200

STYLE: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so that every computer draws the same
    "font.size": 9.0,
    "text.color": INK,
    "text.parse_math": False,  # a dollar in a name is a dollar
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.0,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": False,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 9.0,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
    "figure.dpi": 100.0,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "path.simplify": True,
    "svg.hashsalt": "simcost",
    "svg.fonttype": "none",  # text in an SVG can be searched, read out and edited
    "pdf.fonttype": 42,  # text in a PDF can be searched and copied
}


# Where DejaVu Sans is missing, Verdana has letters of nearly the same widths.
_LETTERS, _OR_ELSE = b"'DejaVu Sans'", b"'DejaVu Sans', Verdana, sans-serif"


class Drawing(Figure):
    """A matplotlib Figure that shows itself in a notebook, without pyplot."""

    heading = ""  # what is written above it, for the metadata of files

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        with styled():
            self.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        return buffer.getvalue()


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """Apply the look of simcost for a while, whatever the reader's own settings."""
    with matplotlib.style.context(STYLE, after_reset=True):
        yield


def new_drawing(width: float, height: float) -> Drawing:
    """Return an empty figure, in inches."""
    drawing = Drawing(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(drawing)
    return drawing


def settle(drawing: Drawing) -> None:
    """Work out the layout, so that texts can be measured."""
    drawing.draw_without_rendering()


def width_of(axes: Axes) -> float:
    """Return the width of the plotting area in inches; call `settle` before."""
    return float(axes.get_window_extent().width) / float(axes.figure.dpi)


def save(drawing: Figure, path: Path, suffix: str, dpi: float) -> None:
    """Write a figure without date or other traces of when and where; the same bytes each time.

    Parameters
    ----------
    drawing : Figure
        What to write.
    path : Path
        Where.
    suffix : str
        One of `SUFFIXES`.
    dpi : float
        Pixels an inch, of a PNG.
    """
    title = getattr(drawing, "heading", "")
    metadata: dict[str, dict[str, Any]] = {
        ".svg": {"Date": None, "Creator": "simcost", "Title": title},
        ".png": {"Software": None, "Title": title},
        ".pdf": {"CreationDate": None, "Producer": None, "Creator": "simcost", "Title": title},
    }
    buffer = io.BytesIO()
    with styled():
        drawing.savefig(buffer, format=suffix[1:], dpi=dpi, metadata=metadata[suffix])
    content = buffer.getvalue()
    path.write_bytes(content.replace(_LETTERS, _OR_ELSE) if suffix == ".svg" else content)
