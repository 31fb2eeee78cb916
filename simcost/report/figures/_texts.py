"""Texts that fit: measured, wrapped, shortened and kept apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

_DPI = (72.0, 100.0, 400.0)  # letters are fitted to the pixels, so their width depends on these
_WORDS = re.compile(r"\S*\s?")
_MINUS = re.compile(r"(?<![\w)\].])-(?=\.?\d)")  # before a number, and not inside a name or a date
_PARTS = re.compile(r"[^_./\-]*[_./\-]?")


def with_minus(text: str) -> str:
    """Return a text whose negative numbers have the minus sign of the axes: −14.0, not -14.0."""
    return _MINUS.sub("\N{MINUS SIGN}", text)


@cache
def _renderer(dpi: float) -> RendererAgg:
    return RendererAgg(1, 1, dpi)  # type: ignore[no-untyped-call]


@cache
def measure(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of one line of text in inches, the largest of several resolutions."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return max(_width(text, font, dpi) for dpi in _DPI)


def _width(text: str, font: FontProperties, dpi: float) -> float:
    size_of = _renderer(dpi).get_text_width_height_descent
    width, _, _ = size_of(text, font, ismath=False)  # type: ignore[no-untyped-call]
    return float(width) / dpi


def wrap(text: str, inches: float, size: float, weight: str = "normal", lines: int = 0) -> str:
    """Break a text into lines no wider than `inches`.

    Parameters
    ----------
    text : str
        Breaks after spaces; after ``_ - . /``, or between letters, only in words too wide alone.
    inches, size : float
        Width to keep within, and size of the letters in points.
    weight : str
        ``normal`` or ``bold``.
    lines : int
        Most lines; what is left over becomes ``…``. 0 for any number.
    """
    found = [""]
    for word in _WORDS.findall(text):
        for part in _narrow(word, inches, size, weight):
            if measure((found[-1] + part).rstrip(), size, weight) > inches and found[-1]:
                found.append("")
            found[-1] += part
    kept = [line.rstrip() for line in found]
    if lines and len(kept) > lines:
        kept = [*kept[: lines - 1], shorten("".join(found[lines - 1 :]), inches, size, weight)]
    return "\n".join(kept)


def shorten(text: str, inches: float, size: float, weight: str = "normal") -> str:
    """Return a text that ends in ``…`` where it would be too wide."""
    if measure(text, size, weight) <= inches:
        return text
    while text and measure(f"{text}…", size, weight) > inches:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _narrow(word: str, inches: float, size: float, weight: str) -> list[str]:
    """Cut a word that is too wide by itself: after its marks, and between letters if need be."""
    if measure(word.rstrip(), size, weight) <= inches:
        return [word]
    parts = []
    for part in _PARTS.findall(word):
        while measure(part, size, weight) > inches and len(part) > 1:
            end = len(part) - 1
            while end > 1 and measure(part[:end], size, weight) > inches:
                end -= 1
            parts.append(part[:end])
            part = part[end:]
        parts.append(part)
    return parts


def more(count: int, what: str, rest: str) -> tuple[str, ...]:
    """Return ``3 more inputs are not shown.``; nothing where there is no more."""
    if count <= 0:
        return ()
    verb, others = rest.split("|") if "|" in rest else (rest, rest)
    return (f"{count} more {what}{'s' * (count > 1)} {verb if count == 1 else others}.",)


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return places at least `gap` apart, within limits, as near as can be to those given.

    Neighbours that come too close are merged into a block around their mean (pool adjacent
    violators: Ayer et al. 1955), which is the least-squares solution.
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    gap = min(gap, (high - low) / max(len(places) - 1, 1))
    blocks: list[tuple[float, int]] = []  # mean of (place - rank · gap), members
    for rank, i in enumerate(order):
        block = (min(max(places[i], low), high) - rank * gap, 1)
        while blocks and blocks[-1][0] > block[0]:
            mean, count = blocks.pop()
            total = count + block[1]
            block = ((mean * count + block[0] * block[1]) / total, total)
        blocks.append(block)
    flat = [mean for mean, count in blocks for _ in range(count)]
    limit = high - gap * (len(places) - 1)
    found = [0.0] * len(places)
    for rank, i in enumerate(order):
        found[i] = min(max(flat[rank], low), limit) + rank * gap
    return found


def room(
    low: float, high: float, labels: Sequence[tuple[float, int, float]], inches: float
) -> tuple[float, float]:
    """Return axis limits that leave room for labels beside their places.

    Parameters
    ----------
    low, high : float
        What the axis must show in any case.
    labels : sequence of (float, int, float)
        Place on the axis, side (-1 left, 1 right) and width in inches.
    inches : float
        Width of the axis.
    """
    widest = [max((w for _, s, w in labels if s == side), default=0.0) for side in (-1, 1)]
    shrink = min(1.0, 0.8 * inches / (sum(widest) or 1.0))
    left, right = low, high
    for _ in range(60):
        step = (right - left) / inches * shrink
        left = min([low, *(x - w * step for x, side, w in labels if side < 0)])
        right = max([high, *(x + w * step for x, side, w in labels if side > 0)])
    return left, right
