"""Draws against time and memory: what a run costs from 1e5 outcomes to 1e8, or to 1e9.

    python -m benchmarks.scaling                 # 1e5 … 1e8; a few minutes
    python -m benchmarks.scaling --billion       # … 1e9

Every run is a process of its own, as a user's would be: it reads benchmarks/reference.toml, draws,
and finds P10, P50, P90, P95, mean and CVaR90 of the four outputs with their intervals. The time
without Python's own start and imports is `run`; peak memory is that of the whole process.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.summary import machine

ROOT = Path(__file__).parent.parent
MODEL = ROOT / "benchmarks" / "reference.toml"
PERCENTS = (10.0, 50.0, 90.0, 95.0)
COLORS = {"random": "#7f7f7f", "sobol": "#0072b2", "best": "#d55e00"}
FEW = 10**7  # up to here runs are repeated


def one(draws: int, design: str) -> dict[str, Any]:
    """Draw once in this process; return times in seconds and the peak of memory in bytes."""
    import simcost

    begin = time.perf_counter()
    model = simcost.load(MODEL)
    result = model.run(draws=draws, design=design, quantiles=PERCENTS)
    for output in result.outputs:
        result.estimate(output)
        result.cvar(output, 90)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    gates = result.meta.gates
    return {"draws": result.meta.draws, "seconds": seconds, "peak": peak, "gates": gates}


def measured(draws: int, design: str, rounds: int) -> dict[str, Any]:
    """Return the median of runs in processes of their own."""
    answers = []
    for _ in range(rounds if draws <= FEW else 1):
        command = [sys.executable, "-m", "benchmarks.scaling", "--one", str(draws), design]
        begin = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
        whole = time.perf_counter() - begin
        answers.append({**json.loads(done.stdout), "whole": whole})
    middle = {key: median(a[key] for a in answers) for key in ("seconds", "peak", "whole")}
    return {**answers[0], **middle, "design": design}


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return what was measured as a Markdown table."""
    lines = [
        "| design | gates | draws | run, s | process, s | million draws a second | peak memory |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        rate = row["draws"] / row["seconds"] / 1e6
        cells = (
            row["design"],
            row["gates"],
            f"{row['draws']:,}",
            f"{row['seconds']:.3g}",
            f"{row['whole']:.3g}",
            f"{rate:.3g}",
            f"{row['peak'] / 1e6:.0f} MB",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def picture(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw time and memory against the number of draws."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    mpl.rcParams.update({"svg.hashsalt": "simcost", "font.size": 9, "svg.fonttype": "none"})
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    for design in dict.fromkeys(row["design"] for row in rows):
        mine = [row for row in rows if row["design"] == design]
        draws = np.array([row["draws"] for row in mine], dtype=float)
        seconds = np.array([row["seconds"] for row in mine])
        look = {"color": COLORS[design], "marker": "o", "markersize": 3, "label": design}
        left.loglog(draws, seconds, **look)
        right.semilogx(draws, [row["peak"] / 1e6 for row in mine], **look)
        if design == "random":
            slope = seconds[-1] / draws[-1]
            ends = draws[[0, -1]]
            left.loglog(ends, ends * slope, ":", color="black", linewidth=1, label="proportional")
    left.set_ylabel("time of the run, s")
    right.set_ylabel("peak memory, MB")
    right.set_ylim(bottom=0)
    for axis in (left, right):
        axis.set_xlabel("draws")
        axis.grid(True, which="major", alpha=0.3)
    left.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the picture."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--designs", nargs="+", choices=[*COLORS], default=[*COLORS])
    parser.add_argument("--most", type=float, default=1e8, help="largest number of draws")
    parser.add_argument("--billion", action="store_true", help="the same as --most 1e9")
    parser.add_argument("--rounds", type=int, default=3, help="runs of up to 1e7 draws")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    parser.add_argument("--json", type=Path, help="also write every measurement there")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.one:
        sys.stdout.write(json.dumps(one(int(given.one[0]), given.one[1])))
        return 0
    sizes = [10**k for k in range(5, 10) if 10**k <= (1e9 if given.billion else given.most)]
    rows = []
    for design in given.designs:
        for draws in sizes:
            rows.append(measured(draws, design, given.rounds))
            sys.stderr.write(f"{design}, {draws:,} draws: {rows[-1]['seconds']:.3g} s\n")
    sys.stdout.write(f"{table(rows)}\n\n{machine()}\n")
    given.out.mkdir(parents=True, exist_ok=True)
    picture(rows, given.out / "scaling.svg")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
