"""Figures look as they did when a person looked at them.

``UPDATE_FIGURES=1 pytest tests/test_figures_images.py`` draws the pictures in tests/figures anew;
look at each of them before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from figure_data import EXTRA, MAKERS, analysis_of, result_of

from simcost.report.figures import draw, figures

pytest.importorskip("matplotlib")
from matplotlib.image import imread

PICTURES = Path(__file__).parent / "figures"
DPI = 50
# Other versions of matplotlib hint letters differently and may move a line by a pixel, which comes
# to less than half of this; a bar of another length or colour comes to more (below).
TOLERANCE = 0.06
SLACK = 4  # pixels by which a picture may be higher or wider


def subject_of(name: str):
    if name in MAKERS or name in EXTRA:
        return analysis_of(name)
    if name == "overlay":
        return {"base": result_of("skewed"), "with failures": result_of("atom")}
    return result_of("atom" if name == "histogram" else "skewed")


DRAWN = sorted({*MAKERS, *EXTRA, "overlay", "scurve", "histogram", "convergence"})


def pixels(path: Path) -> np.ndarray:
    """Return a picture as float[height, width, 3] between 0 and 1."""
    return np.asarray(imread(path), dtype=float)[..., :3]


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Return the root of the mean square difference of pixels where either is not white."""
    if max(abs(a - b) for a, b in zip(one.shape, other.shape, strict=True)) > SLACK:
        return float("inf")
    height, width = (min(one.shape[k], other.shape[k]) for k in (0, 1))
    a, b = (picture[:height, :width] for picture in (one, other))
    return float(np.sqrt(np.mean((_soft(a) - _soft(b)) ** 2)))


def _soft(picture: np.ndarray) -> np.ndarray:
    """Return the means of 3 × 3 pixels, so that a shift by less than one hardly counts."""
    height, width = (3 * (size // 3) for size in picture.shape[:2])
    return picture[:height, :width].reshape(height // 3, 3, width // 3, 3, 3).mean(axis=(1, 3))


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_looks_as_its_picture(name, tmp_path):
    options = {"budget": 250_000.0} if name == "scurve" else {}
    found = draw(subject_of(name), tmp_path / "found.png", name, dpi=DPI, **options)
    picture = PICTURES / f"{name}.png"
    if os.environ.get("UPDATE_FIGURES"):
        picture.parent.mkdir(exist_ok=True)
        picture.write_bytes(found.read_bytes())
    assert distance(pixels(found), pixels(picture)) < TOLERANCE


def test_every_figure_has_a_picture_or_a_test_of_its_own():
    assert set(DRAWN) | {"waterfall"} == set(figures())


def _longer(data):
    data["high"] = data["high"] + np.eye(len(data["high"]))[0] * 40_000


def _turned(data):
    data["low"], data["high"] = data["high"].copy(), data["low"].copy()


def _unsure(data):
    data["significant"] = ~data["significant"]


@pytest.mark.parametrize("change", [_longer, _turned, _unsure])
def test_a_changed_figure_is_noticed(change, tmp_path):
    data = analysis_of("tornado")
    change(data)
    found = draw(data, tmp_path / "found.png", dpi=DPI)
    assert distance(pixels(found), pixels(PICTURES / "tornado.png")) > TOLERANCE


def test_pictures_are_small():
    assert all(path.stat().st_size < 40_000 for path in PICTURES.glob("*.png"))
