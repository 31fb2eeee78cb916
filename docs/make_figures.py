"""Draw the pictures of docs/figures.md anew: ``python docs/make_figures.py``, about a minute.

Look at each of them before you commit it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

import simcost
from simcost.report.figures import draw

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "figures"
PROJECT = ROOT / "examples" / "ai_project.toml"
DRAWN_FROM = FOLDER / "drawn_from.txt"  # the hash of the model; a test compares
DPI = 110
COLOURS = 160  # of a picture on the page; with fewer, blue and green would become one


def pictures() -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """Yield name, what is drawn, and the options of its figure."""
    project = simcost.load(PROJECT)
    result = project.run()
    yield "scurve", result, {"budget": 136_750.0}
    yield "histogram", result, {"kind": "histogram", "output": "write_off"}
    yield "waterfall", result, {"kind": "waterfall"}
    yield "convergence", result, {"kind": "convergence", "output": "duration"}
    crowd, house = (project.run(scenario=name) for name in ("crowd", "us_salaries"))
    yield "overlay", {"as declared": result, "crowd": crowd, "us_salaries": house}, {}
    for name, analysis, options in ANALYSES:
        yield name, analysis(result), options


ANALYSES: tuple[tuple[str, Callable[[Any], Any], Mapping[str, Any]], ...] = (
    ("tornado", lambda result: result.tornado("cost", statistic="P90"), {"top": 12}),
    ("spider", lambda result: result.spider("duration", statistic="P90"), {}),
    ("sensitivity", lambda result: result.sensitivity("duration"), {"top": 10}),
    ("contingency", lambda result: result.contingency("cost"), {}),
    ("comparison", lambda result: result.comparison("duration"), {"top": 10}),
)


def main() -> None:
    """Draw them all."""
    FOLDER.mkdir(exist_ok=True)
    for name, what, options in pictures():
        path = draw(what, FOLDER / f"{name}.png", dpi=DPI, **options)
        Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size:,} bytes")  # noqa: T201
    DRAWN_FROM.write_text(f"{simcost.load(PROJECT).plan().hash}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
