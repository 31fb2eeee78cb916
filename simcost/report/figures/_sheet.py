"""The page that every figure stands on: heading, keys, notes and the line that says its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simcost import __version__
from simcost.report.figures._drawing import Drawing, new_drawing
from simcost.report.figures._palette import INK, QUIET
from simcost.report.figures._texts import measure, with_minus, wrap
from simcost.result import Meta

WIDTH = 8.0
MARGIN = 0.18
_TITLE, _SUBTITLE, _KEY, _SMALL = 13.0, 9.5, 8.5, 7.5
_LEADING = 1.35 / 72  # inches a point of a line
_HANDLE = 0.45  # inches that a key takes beside its text
_NOTE_LINES = 3  # of a note; the whole of it is in the report on the terminal
_ROW = 0.2  # inches of a row of keys


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of the legend.

    Parameters
    ----------
    handle : Artist
        A sample of what it explains.
    text : str
        What it means.
    """

    handle: Artist
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """The words around a figure.

    Parameters
    ----------
    title, subtitle : str
        Above it; the subtitle may be empty.
    source : str
        Below it: model, draws, seed, design and version.
    notes : tuple of str
        Sentences above the source that a reader must see.
    keys : tuple of Key
        The legend, below the subtitle.
    """

    title: str
    subtitle: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    keys: tuple[Key, ...] = field(default=())


def sheet(heading: Heading, height: float, width: float = WIDTH) -> Drawing:
    """Return a figure with its words in place and room for axes between them.

    Parameters
    ----------
    heading : Heading
        The words.
    height : float
        Inches for the axes with their labels.
    width : float
        Inches of the whole figure.
    """
    inside = width - 2 * MARGIN
    title = wrap(with_minus(heading.title), inside, _TITLE, "bold")
    subtitle = wrap(with_minus(heading.subtitle), inside, _SUBTITLE) if heading.subtitle else ""
    rows = _key_rows(heading.keys, inside)
    below = [wrap(_sentence(note), inside, _SMALL, lines=_NOTE_LINES) for note in heading.notes]
    below.append(wrap(f"Source: {heading.source}", inside, _SMALL))

    top = MARGIN + _height(title, _TITLE) + _height(subtitle, _SUBTITLE)
    head = top + len(rows) * _ROW + 0.12
    foot = MARGIN + sum(_height(text, _SMALL) + 0.03 for text in below)
    total = head + height + foot
    drawing = new_drawing(width, total)
    drawing.heading = heading.title
    left = MARGIN / width
    drawing.text(left, 1 - MARGIN / total, title, size=_TITLE, weight="bold", va="top", gid="title")
    if subtitle:
        y = 1 - (MARGIN + _height(title, _TITLE)) / total
        drawing.text(left, y, subtitle, size=_SUBTITLE, color=QUIET, va="top", linespacing=1.3)
    for number, keys in enumerate(rows):
        _legend(drawing, keys, 1 - (top + 0.04 + number * _ROW) / total)
    _footer(drawing, below, total)
    box = (left, foot / total, 1 - 2 * left, height / total)
    drawing.set_layout_engine("constrained", rect=box)
    return drawing


def source_of(meta: Meta) -> str:
    """Return the source line of a result."""
    version = meta.versions.get("simcost", __version__)
    return _source(vars(meta), version)


def source_of_attributes(attrs: Mapping[str, Any]) -> str:
    """Return the source line of an analysis."""
    return _source(attrs, __version__)


def patch(colour: str, text: str, **style: Any) -> Key:
    """Return the key of an area."""
    return Key(Patch(facecolor=colour, **style), text)


def line(colour: str, text: str, **style: Any) -> Key:
    """Return the key of a line, or of a marker with ``marker="o", linestyle=""``."""
    return Key(Line2D([], [], color=colour, **style), text)


def _source(facts: Mapping[str, Any], version: str) -> str:
    view, scenario = facts.get("view", "attempt"), facts.get("scenario", "")
    parts = [str(facts.get("model", ""))]
    draws = int(facts["draws"])
    count = f"{draws:,} draw{'s' * (draws != 1)}"
    parts.append(f"{count}, seed {facts['seed']}, {facts['design']} design")
    parts += [f"scenario {scenario}"] * bool(scenario)
    parts += [f"per {view}"] * (view != "attempt")
    parts += ["exact gates"] * (facts.get("gates") == "exact")
    return " · ".join(part for part in (*parts, f"simcost {version}") if part)


def _sentence(note: str) -> str:
    """Return a note as a sentence; a name at its beginning stays as it is."""
    first = note.split(" ", 1)[0]
    note = with_minus(note)
    text = note[:1].upper() + note[1:] if first.isalpha() else note
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _height(text: str, size: float) -> float:
    return (text.count("\n") + 1) * size * _LEADING if text else 0.0


def _key_rows(keys: Sequence[Key], inside: float) -> list[list[Key]]:
    """Return the keys in rows that fit side by side."""
    rows: list[list[Key]] = []
    room = 0.0
    for key in keys:
        width = measure(key.text, _KEY) + _HANDLE
        if not rows or width > room:
            rows.append([])
            room = inside
        rows[-1].append(key)
        room -= width
    return rows


def _legend(drawing: Drawing, keys: Sequence[Key], y: float) -> None:
    legend = drawing.legend(
        [key.handle for key in keys],
        [key.text for key in keys],
        loc="upper left",
        bbox_to_anchor=(MARGIN / drawing.get_figwidth(), y),
        ncols=len(keys),
        fontsize=_KEY,
        borderpad=0.0,
        borderaxespad=0.0,
        handlelength=1.6,
        handletextpad=0.6,
        columnspacing=1.4,
        labelcolor=INK,
    )
    legend.set_in_layout(False)


def _footer(drawing: Drawing, texts: Sequence[str], total: float) -> None:
    y = MARGIN * 0.7
    for text in reversed(texts):
        drawing.text(
            MARGIN / drawing.get_figwidth(),
            y / total,
            text,
            size=_SMALL,
            color=QUIET,
            va="bottom",
            linespacing=1.25,
        )
        y += _height(text, _SMALL) + 0.03
