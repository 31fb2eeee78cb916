"""Colours that people with any kind of colour vision can tell apart.

Source: Okabe & Ito (2008), "Color universal design". Colour never stands alone: direction and kind
are also written, or shown by a marker or a hatch.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def readable(colour: str) -> str:
    """Return a colour dark enough for text on white: bright ones are mixed with black."""
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    while _luminance(channels) > _BRIGHTEST:
        channels = [round(c * 0.93) for c in channels]
    return "#" + "".join(f"{c:02X}" for c in channels)


_BRIGHTEST = 1.05 / 4.5 - 0.05  # contrast of 4.5:1 with white (WCAG 2.2, 1.4.3)


def _luminance(channels: Sequence[int]) -> float:
    parts = [c / 255 for c in channels]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
