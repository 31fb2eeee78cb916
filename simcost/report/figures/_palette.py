"""Colours that people with any kind of colour vision can tell apart.

Source: Okabe & Ito (2008), "Color universal design". Colour never stands alone: direction and kind
are also written, or shown by a marker or a hatch.
"""

from __future__ import annotations

BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
ORANGE, SKY, PURPLE = "#E69F00", "#56B4E9", "#CC79A7"

INK = "#1A1A1A"  # text
QUIET = "#595959"  # secondary text and axes; 7:1 against white
PALE = "#BDBDBD"
FAINT = "#E6E6E6"
BAND = "#E3E3E3"

LOW, HIGH = BLUE, VERMILLION
SERIES = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, "#000000")
MARKERS = ("o", "s", "D", "^", "v", "P", "X")


def paled(colour: str, share: float = 0.65) -> str:
    """Return a colour mixed with white."""
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(c + (255 - c) * share):02X}" for c in channels)
