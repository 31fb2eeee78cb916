"""Figures look as they did when a person looked at them.

``UPDATE_FIGURES=1 pytest tests/test_figures_images.py`` draws the pictures in tests/figures anew;
look at each of them before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from figure_data import EXTRA, MAKERS, analysis_of, result_of
from matplotlib.image import imread

from simcost.report.figures import draw, figures

PICTURES = Path(__file__).parent / "figures"
MADE_WITH = PICTURES / "made_with.txt"  # minor version of matplotlib
DPI = 50
BLOCK = 8  # pixels, of which the mean is compared: letters and shifts by one pixel blur
SLACK = 4  # pixels by which a picture may be higher or wider
# Letters come out the same in one minor version only. Pictures of 3.9 and 3.10 are up to 0.047
# from those of 3.11; a bar of another length or colour is 0.08 or more away (below).
SAME, OTHER = 0.015, 0.07


def tolerance() -> float:
    same = MADE_WITH.read_text(encoding="utf-8").strip() == version()
    return SAME if same else OTHER


def version() -> str:
    return ".".join(matplotlib.__version__.split(".")[:2])


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
    """Return the root of the mean square difference of blocks of pixels."""
    if max(abs(a - b) for a, b in zip(one.shape, other.shape, strict=True)) > SLACK:
        return float("inf")
    height, width = (min(one.shape[k], other.shape[k]) for k in (0, 1))
    a, b = (_blocks(picture[:height, :width]) for picture in (one, other))
    return float(np.sqrt(np.mean((a - b) ** 2)))


def _blocks(picture: np.ndarray) -> np.ndarray:
    height, width = (size // BLOCK for size in picture.shape[:2])
    cut = picture[: height * BLOCK, : width * BLOCK]
    return cut.reshape(height, BLOCK, width, BLOCK, 3).mean(axis=(1, 3))


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_looks_as_its_picture(name, tmp_path):
    options = {"budget": 250_000.0} if name == "scurve" else {}
    found = draw(subject_of(name), tmp_path / "found.png", name, dpi=DPI, **options)
    picture = PICTURES / f"{name}.png"
    if os.environ.get("UPDATE_FIGURES"):
        picture.parent.mkdir(exist_ok=True)
        picture.write_bytes(found.read_bytes())
        MADE_WITH.write_text(f"{version()}\n", encoding="utf-8")
    assert distance(pixels(found), pixels(picture)) < tolerance()


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
    assert distance(pixels(found), pixels(PICTURES / "tornado.png")) > OTHER


def test_a_thin_line_that_moves_is_noticed(tmp_path):
    data = analysis_of("reverse_curves")
    data["curve_stressed"] = data["curve_stressed"] * 0.93
    found = draw(data, tmp_path / "found.png", "reverse_curves", dpi=DPI)
    assert distance(pixels(found), pixels(PICTURES / "reverse_curves.png")) > SAME


def test_pictures_are_small():
    assert all(path.stat().st_size < 40_000 for path in PICTURES.glob("*.png"))
