"""The table of ratios: every contender on the reference problem, taking turns.

    python -m benchmarks.summary [--draws 1e6] [--rounds 5] [--only simcost_itself numpy_twin]

Machines are shared and clocks change, so seconds of different minutes do not compare. Here the
contenders take turns, A B C A B C, and each ratio is taken within one round. Only contenders
whose packages are installed run: ``pip install simcost[bench]`` brings all but JAX.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parent.parent
OURS = "simcost_itself"
CONTENDERS = (
    OURS,
    "numpy_twin",
    "numpy_tuned",
    "numba_plain",
    "openturns_peer",
    "squigglepy_peer",
    "jax_peer",
)
FLAGS = ("avx", "avx2", "fma", "avx512f", "avx512dq", "avx512vl", "asimd", "sve")
COMPARED = ("mean", "p50", "p90")


@dataclass
class Contender:
    """A process with a peer in it, and what it has answered."""

    module: str
    process: subprocess.Popen[str]
    about: dict[str, Any]
    draws: int
    first: float = 0.0
    answers: list[dict[str, Any]] = field(default_factory=list)

    def run(self, seed: int) -> dict[str, Any]:
        """Have it simulate once."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"draws": self.draws, "seed": seed}) + "\n")
        self.process.stdin.flush()
        return _receive(self.process)

    @property
    def rates(self) -> list[float]:
        """Million outcomes a second, round by round."""
        return [self.draws / answer["seconds"] / 1e6 for answer in self.answers]


def _receive(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the process ended; its last words are above")
    answer: dict[str, Any] = json.loads(line)
    return answer


def start(module: str, draws: int) -> Contender | None:
    """Start a contender; None where its package is missing."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.worker", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if module == OURS else subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )
    try:
        return Contender(module, process, _receive(process), draws)
    except RuntimeError:
        process.wait()
        return None


def race(contenders: Sequence[Contender], rounds: int) -> None:
    """Let everyone run once unmeasured, then in turns; every other round backwards."""
    for contender in contenders:
        _say(f"first run of {contender.about['name']} …")
        contender.first = contender.about["import_seconds"] + contender.run(0)["seconds"]
    for turn in range(1, rounds + 1):
        for contender in contenders[:: 1 if turn % 2 else -1]:
            contender.answers.append(contender.run(turn))
        _say(f"round {turn} of {rounds}")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def difference(ours: Contender, other: Contender) -> float:
    """Return the largest relative difference of means and percentiles, averaged over the rounds."""
    worst = 0.0
    for output, figures in ours.answers[0]["summary"].items():
        for key in COMPARED:
            if not figures[key]:
                continue  # an atom at 0
            a, b = (
                sum(answer["summary"][output][key] for answer in each.answers)
                / len(each.answers)
                for each in (ours, other)
            )  # fmt: skip
            worst = max(worst, abs(b / a - 1))
    return worst


def table(contenders: Sequence[Contender]) -> str:
    """Return the results as a Markdown table."""
    ours = contenders[0]
    lines = [
        "| | draws | M outcomes/s: median (min–max) | simcost is quicker by: median (min–max) "
        "| first run | peak memory | largest difference |",
        "|---|---|---|---|---|---|---|",
    ]
    for each in contenders:
        ratios = [a / b for a, b in zip(ours.rates, each.rates, strict=True)]
        cells = [
            each.about["name"],
            f"{each.draws:,}",
            _spread(each.rates),
            "1" if each is ours else _spread(ratios, "×"),
            f"{each.first:.1f} s",
            f"{max(answer['peak_mb'] for answer in each.answers):,.0f} MB",
            "" if each is ours else f"{difference(ours, each):.1%}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _spread(values: Sequence[float], unit: str = "") -> str:
    return f"{median(values):.3g}{unit} ({min(values):.3g}–{max(values):.3g})"


def remarks(contenders: Sequence[Contender], missing: Sequence[str]) -> str:
    """Return versions, what each cannot express, and the machine."""
    lines = [
        f"{each.about['name']}: "
        + ", ".join(f"{name} {number}" for name, number in each.about["versions"].items())
        + (f". Cannot express: {each.about['limits']}" if each.about["limits"] else "")
        for each in contenders
    ]
    lines += [f"{module}: not installed" for module in missing]
    return "\n".join([*lines, "", machine()])


def machine() -> str:
    """Describe the machine, without any name or path of it."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    model, flags = platform.machine(), ""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        facts = dict(line.split("\t: ", 1) for line in lines if "\t: " in line)
        model = next((facts[key] for key in facts if key.strip() == "model name"), model)
        known = set(next((facts[key] for key in facts if key.strip() == "flags"), "").split())
        flags = " ".join(flag for flag in FLAGS if flag in known)
    except OSError:
        pass
    load = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    return f"{count} cores, {model} ({flags}), Python {platform.python_version()}{load}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the contest and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.summary", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--draws", type=float, default=1e6, help="outcomes a run of simcost")
    parser.add_argument("--cap", type=float, default=1e6, help="most outcomes a run of a peer")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=CONTENDERS)
    given = parser.parse_args(arguments)
    wanted = [OURS, *(module for module in given.only if module != OURS)]
    draws, cap = int(given.draws), int(min(given.cap, given.draws))
    started = {module: start(module, draws if module == OURS else cap) for module in wanted}
    contenders = [each for each in started.values() if each is not None]
    missing = [module for module, each in started.items() if each is None]
    if missing[:1] == [OURS]:
        return 1
    try:
        race(contenders, given.rounds)
        sys.stdout.write(f"{table(contenders)}\n\n{remarks(contenders, missing)}\n")
    finally:
        for contender in contenders:
            contender.process.kill()
            contender.process.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
