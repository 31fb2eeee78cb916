"""Nothing on a figure is cut off or written over, however long the names and many the inputs."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from figure_data import EXTRA, MAKERS, SHAPES, analysis_of, result_of
from matplotlib.collections import LineCollection
from matplotlib.text import Text

from simcost.report.figures import figure

TOUCH = 1.0  # pixels that boxes of neighbouring texts may share


def texts_of(drawing):
    """Every text that is drawn, with its box in pixels."""
    drawing.draw_without_rendering()
    renderer = drawing.canvas.get_renderer()
    found = [*drawing.texts, *(text for one in drawing.legends for text in one.get_texts())]
    for axes in drawing.axes:
        found += [child for child in axes.get_children() if isinstance(child, Text)]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = 1e-9 * (high - low)
            found.append(axis.label)
            found += [
                tick.label1 if tick.label1.get_visible() else tick.label2
                for tick in axis.get_major_ticks()
                if low - slack <= tick.get_loc() <= high + slack
            ]
    shown = [text for text in found if text.get_visible() and text.get_text().strip()]
    # of an annotation, the box of the text without its arrow
    return [(text.get_text(), Text.get_window_extent(text, renderer)) for text in shown]


def faults(drawing) -> list[str]:
    """Texts outside the figure, and pairs that overlap."""
    texts = texts_of(drawing)
    page = drawing.bbox
    said = [
        f"{text!r} is cut off"
        for text, box in texts
        if box.x0 < 0 or box.y0 < 0 or box.x1 > page.x1 or box.y1 > page.y1
    ]
    for (one, a), (other, b) in combinations(texts, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        upward = min(a.y1, b.y1) - max(a.y0, b.y0)
        if across > TOUCH and upward > TOUCH:
            said.append(f"{one!r} and {other!r} overlap")
    whiskers = [one for axes in drawing.axes for one in whiskers_of(axes)]
    for text, box in texts:
        said += [
            f"an interval runs through {text!r}"
            for x0, x1, y in whiskers
            if box.y0 + 2 * TOUCH < y < box.y1 - 2 * TOUCH
            and min(x1, box.x1) - max(x0, box.x0) > TOUCH
        ]
    return said


def whiskers_of(axes):
    """Both ends and the height, in pixels, of every interval drawn across a bar."""
    for lines in axes.collections:
        if isinstance(lines, LineCollection) and lines.get_zorder() == 4:
            for segment in lines.get_segments():
                (x0, y), (x1, _) = axes.transData.transform(segment)
                yield x0, x1, y


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("name", [*MAKERS, *EXTRA])
def test_texts_of_analyses_are_whole_and_apart(name, shape):
    drawing = figure(analysis_of(name, **shape), name)
    assert not faults(drawing)
    if shape.get("long"):
        drawing.set_dpi(200)
        assert not faults(drawing)


@pytest.mark.parametrize("method", ["rank", "gate"])
def test_texts_of_every_method_of_tornado_are_whole_and_apart(method):
    assert not faults(figure(analysis_of("tornado", method=method)))


KINDS = ["skewed", "atom", "negative", "levels", "tiny", "huge"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *product(["scurve", "histogram"], KINDS),
        *product(["convergence"], ["skewed", "negative", "levels"]),
    ],
)
def test_texts_of_results_are_whole_and_apart(name, kind):
    drawing = figure(result_of(kind), name)
    assert not faults(drawing)
    drawing.set_dpi(200)
    assert not faults(drawing)


@pytest.mark.parametrize("level", [0.02, 0.52, 0.9, 1.3])
def test_a_budget_anywhere_does_not_cover_the_percentiles(level):
    result = result_of("skewed")
    budget = float(np.quantile(result.values["cost"], min(level, 1.0))) * max(level, 1.0)
    assert not faults(figure(result, budget=budget))


def test_texts_over_each_other_are_noticed():
    drawing = figure(analysis_of("tornado"))
    drawing.axes[0].annotate("gpu_price_0", (0.4, 0.5), xycoords="axes fraction", size=30)
    drawing.text(0.97, 0.97, "beyond the edge")
    drawing.axes[0].hlines(0.5, 0, 250_000, zorder=4)
    drawing.axes[0].set_xlim(0, 300_000)
    said = "\n".join(faults(drawing))
    assert "overlap" in said
    assert "'beyond the edge' is cut off" in said
    assert "an interval runs through" in said
