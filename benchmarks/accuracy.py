"""Error against time: plain, Latin hypercube and Sobol points, and Sobol points with exact gates.

    python -m benchmarks.accuracy                     # table and pictures, about 15 minutes
    python -m benchmarks.accuracy --seeds 8 --most 65536 --out /tmp    # a quick look

The error of a figure is the root of its mean squared deviation from the truth over many seeds,
relative to the truth. The truth is the mean of sixteen runs of a million draws with exact gates
under other seeds; `rest` in the table is what that leaves open. The time is that of drawing and of
finding every figure with its interval. Contenders take turns, seed by seed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

import simcost
from benchmarks.summary import machine
from simcost.designs import _joe_kuo
from simcost.run import Plan, Settings, run_plan
from simcost.run.conditional import Conditional
from simcost.run.patterns import MOST_VALUES, split
from simcost.run.single import run_conditional

ROOT = Path(__file__).parent.parent
MODELS = {
    "reference": ROOT / "benchmarks" / "reference.toml",
    "ai_project": ROOT / "examples" / "ai_project.toml",
}
OUTPUTS = ("cost", "emissions", "duration", "write_off")
PERCENTS = (10.0, 50.0, 90.0)
FIGURES = (*(f"P{p:g}" for p in PERCENTS), "mean", "CVaR90")
SHOWN = ("cost", "duration")
TRUTH_DRAWS, TRUTH_SEEDS, FIRST_TRUTH_SEED = 1 << 20, 16, 10**6
HASHED = 1024  # coordinates to choose from by name


@dataclass(frozen=True)
class Contender:
    """A way to draw."""

    name: str
    design: str
    gates: str = "sampled"
    by_name: bool = False
    by_chance: bool = False
    most: int | None = None
    values: int = MOST_VALUES
    color: str = "black"

    def run(self, plan: Plan, draws: int, seed: int) -> dict[tuple[str, str], float]:
        """Draw, and return every figure by output and name."""
        if self.by_chance:
            with random_matrices(seed):
                return replace(self, by_chance=False).run(plan, draws, seed)
        plan = hashed(plan) if self.by_name else plan
        settings = Settings(
            draws=draws, seed=seed, design=self.design, gates=self.gates, quantiles=PERCENTS
        )
        if self.most is None:
            result = run_plan(plan, settings)
        else:
            patterns = split(plan, self.most, self.most, self.values)
            result = run_conditional(Conditional(plan, patterns), settings)
        found: dict[tuple[str, str], float] = {}
        for output in result.outputs:
            estimate = result.estimate(output, PERCENTS)
            found |= {(output, name): float(q) for name, q in estimate.quantiles.items()}
            found[output, "mean"] = float(estimate.mean)
            found[output, "CVaR90"] = float(result.cvar(output, 90))
        return found


CONTENDERS = (
    Contender("random", "random", color="#7f7f7f"),
    Contender("Latin hypercube", "lhs", color="#e69f00"),
    Contender("Sobol", "sobol", color="#0072b2"),
    Contender("Sobol, exact gates", "sobol", "exact", color="#d55e00"),
)
OTHERS = (
    Contender("random, exact gates", "random", "exact", color="#009e73"),
    Contender("Latin hypercube, exact gates", "lhs", "exact", color="#f0e442"),
    Contender("Sobol, up to 16 patterns", "sobol", "exact", most=16),
    Contender("Sobol, discrete inputs too", "sobol", "exact", most=64, values=8),
    Contender("Sobol, coordinates by name", "sobol", by_name=True, color="#56b4e9"),
    Contender("random digital nets", "sobol", by_chance=True, color="#999933"),
    Contender("Sobol by name, exact gates", "sobol", "exact", by_name=True, color="#cc79a7"),
)


def hashed(plan: Plan) -> Plan:
    """Return the plan with each input's coordinate chosen by its name among the first 1,024.

    That would spare the other inputs when one is inserted, but for those that share a coordinate.
    """
    places: dict[int, str] = {}
    for name in plan.streams:
        place = int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) % HASHED
        while place in places:
            place = (place + 1) % HASHED
        places[place] = name
    streams = tuple(places.get(place, f"\0hole {place}") for place in range(HASHED))
    return replace(plan, streams=streams)


@contextmanager
def random_matrices(seed: int) -> Iterator[None]:
    """Put a random matrix in the place of each coordinate's direction numbers.

    Upper triangular with ones on the diagonal, as Sobol's: that alone spreads each input evenly.
    Drawn from an input's name, they would need no places.
    """
    kept = _joe_kuo.reversed_directions

    def drawn(dimension: int) -> Any:
        bits = np.arange(_joe_kuo.BITS, dtype=np.uint64)
        words = np.random.default_rng([seed, dimension]).integers(1 << 63, size=_joe_kuo.BITS)
        own = np.uint64(1) << bits
        return own | (words.astype(np.uint64) & (own - np.uint64(1)))

    _joe_kuo.reversed_directions = drawn  # type: ignore[assignment]
    try:
        yield
    finally:
        _joe_kuo.reversed_directions = kept


@dataclass
class Series:
    """What one contender did with one number of draws."""

    draws: int
    seconds: list[float] = field(default_factory=list)
    figures: list[dict[tuple[str, str], float]] = field(default_factory=list)

    def error(self, key: tuple[str, str], truth: float) -> float:
        """Return the relative root-mean-square error of a figure."""
        off = np.array([found[key] for found in self.figures]) / truth - 1.0
        return float(np.sqrt(np.mean(off**2)))


@dataclass
class Study:
    """One model, measured."""

    model: str
    truth: dict[tuple[str, str], float]
    rest: dict[tuple[str, str], float]
    series: dict[str, list[Series]]

    def keys(self) -> list[tuple[str, str]]:
        """Return the figures that are not 0."""
        return [key for key, value in self.truth.items() if value != 0.0]


def plan_of(path: Path) -> Plan:
    """Return the plan of a model with the outputs that are measured."""
    plan = simcost.load(path).plan()
    units = {name: plan.units[name] for name in OUTPUTS}
    return replace(plan, outputs={name: plan.outputs[name] for name in OUTPUTS}, units=units)


def study(name: str, contenders: Sequence[Contender], sizes: Sequence[int], seeds: int) -> Study:
    """Measure every contender at every number of draws."""
    plan = plan_of(MODELS[name])
    best = CONTENDERS[-1]
    known = []
    for seed in range(TRUTH_SEEDS):
        known.append(best.run(plan, TRUTH_DRAWS, FIRST_TRUTH_SEED + seed))
        say(f"{name}: truth, {seed + 1} of {TRUTH_SEEDS}")
    stacked = {key: np.array([found[key] for found in known]) for key in known[0]}
    truth = {key: float(values.mean()) for key, values in stacked.items()}
    rest = {
        key: float(values.std(ddof=1) / np.sqrt(TRUTH_SEEDS) / abs(truth[key] or 1.0))
        for key, values in stacked.items()
    }
    series: dict[str, list[Series]] = {one.name: [] for one in contenders}
    for draws in sizes:
        for one in contenders:
            one.run(plan, draws, 0)  # unmeasured: tables, buffers
            series[one.name].append(Series(draws))
        for seed in range(1, seeds + 1):
            for one in contenders:
                begin = time.perf_counter()
                found = one.run(plan, draws, seed)
                series[one.name][-1].seconds.append(time.perf_counter() - begin)
                series[one.name][-1].figures.append(found)
        say(f"{name}: {draws:,} draws")
    return Study(name, truth, rest, series)


def say(text: str) -> None:
    """Tell how far the work is."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def table(found: Study, output: str) -> str:
    """Return errors, and what they save, as a Markdown table."""
    names = [figure for figure in FIGURES if found.truth[output, figure] != 0.0]
    lines = [
        f"| {found.model}: {output} | draws | ms | " + " | ".join(names) + " |",
        "|---|---:|---:|" + "---:|" * len(names),
    ]
    for contender, series in found.series.items():
        for one in series:
            errors = [one.error((output, name), found.truth[output, name]) for name in names]
            cells = [f"{error:.2%}" if error > 1e-3 else f"{error:.3%}" for error in errors]
            seconds = 1e3 * float(np.median(one.seconds))
            lines.append(f"| {contender} | {one.draws:,} | {seconds:.3g} | {' | '.join(cells)} |")
    rest = [f"{found.rest[output, name]:.3%}" for name in names]
    lines.append(f"| rest of the truth | | | {' | '.join(rest)} |")
    return "\n".join(lines)


def savings(found: Study, base: str = "random") -> str:
    """Return how many times the draws, and the time, random points take for the same error.

    At the same number of draws the squared errors' ratio says how many times the draws random
    points need, since their error falls with the root of the number; the same over the time taken.
    Each number is the geometric mean over the numbers of draws.
    """
    lines = [
        f"| {found.model} | output | " + " | ".join(FIGURES) + " |",
        "|---|---|" + "---:|" * len(FIGURES),
    ]
    for contender, series in found.series.items():
        if contender == base:
            continue
        for output in OUTPUTS:
            cells = [_saving(found, base, series, (output, figure)) for figure in FIGURES]
            lines.append(f"| {contender} | {output} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _saving(found: Study, base: str, series: Sequence[Series], key: tuple[str, str]) -> str:
    truth = found.truth[key]
    if truth == 0.0:
        return "–"
    draws, times = [], []
    for plain, one in zip(found.series[base], series, strict=True):
        ratio = (plain.error(key, truth) / max(one.error(key, truth), 1e-300)) ** 2
        draws.append(ratio)
        times.append(ratio * float(np.median(plain.seconds)) / float(np.median(one.seconds)))
    return f"{_mean(draws):.3g}× ({_mean(times):.3g}×)"


def _mean(ratios: Sequence[float]) -> float:
    return float(np.exp(np.mean(np.log(ratios))))


def picture(found: Study, contenders: Sequence[Contender], path: Path) -> None:
    """Draw error against time, one panel a figure."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    mpl.rcParams.update({"svg.hashsalt": "simcost", "font.size": 9, "svg.fonttype": "none"})
    figure, axes = plt.subplots(
        len(SHOWN), len(FIGURES), figsize=(14, 6), sharex=True, squeeze=False
    )
    for row, output in zip(axes, SHOWN, strict=True):
        for axis, name in zip(row, FIGURES, strict=True):
            truth = found.truth[output, name]
            for one in contenders:
                series = found.series[one.name]
                axis.loglog(
                    [float(np.median(each.seconds)) for each in series],
                    [100 * each.error((output, name), truth) for each in series],
                    "o-",
                    color=one.color,
                    markersize=3,
                    label=one.name,
                )
            axis.set_title(f"{output}, {name}")
            axis.grid(True, which="major", alpha=0.3)
            for scale in (axis.xaxis, axis.yaxis):
                scale.set_major_locator(LogLocator(subs=(1.0, 3.0)))
                scale.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
                scale.set_minor_formatter(NullFormatter())
        row[0].set_ylabel("root-mean-square error, %")
    for axis in axes[-1]:
        axis.set_xlabel("time, s")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", ncols=len(labels), frameon=False)
    figure.tight_layout(rect=(0, 0, 1, 0.94))
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def record(studies: Sequence[Study]) -> dict[str, Any]:
    """Return what was measured, for programs."""
    return {
        found.model: {
            name: [
                {
                    "draws": one.draws,
                    "seconds": float(np.median(one.seconds)),
                    "error": {
                        " ".join(key): one.error(key, found.truth[key]) for key in found.keys()
                    },
                }
                for one in series
            ]
            for name, series in found.series.items()
        }
        for found in studies
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, write the pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--models", nargs="+", choices=[*MODELS], default=[*MODELS])
    parser.add_argument("--seeds", type=int, default=32, help="runs behind each error")
    parser.add_argument("--least", type=int, default=1 << 12)
    parser.add_argument("--most", type=int, default=1 << 20)
    parser.add_argument("--others", action="store_true", help="also what was tried and not taken")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="contenders, besides random")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    parser.add_argument("--json", type=Path, help="also write every measurement there")
    given = parser.parse_args(arguments)
    contenders: Sequence[Contender] = (*CONTENDERS, *(OTHERS if given.others else ()))
    if given.only:
        contenders = [one for one in (*CONTENDERS, *OTHERS) if one.name in ("random", *given.only)]
    sizes = [given.least]
    while sizes[-1] * 4 <= given.most:
        sizes.append(sizes[-1] * 4)
    studies = []
    for name in given.models:
        found = study(name, contenders, sizes, given.seeds)
        studies.append(found)
        sys.stdout.write(f"{savings(found)}\n\n")
        for output in OUTPUTS:
            sys.stdout.write(f"{table(found, output)}\n\n")
        sys.stdout.flush()
        if given.only:
            continue
        shown = [one for one in contenders if one in CONTENDERS]
        given.out.mkdir(parents=True, exist_ok=True)
        picture(found, shown, given.out / f"accuracy_{found.model}.svg")
    if given.json:
        given.json.write_text(json.dumps(record(studies), indent=1) + "\n")
    sys.stdout.write(machine() + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
