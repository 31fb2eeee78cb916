"""The digests that every computer has to reproduce: what they are made of, and how.

``python tests/golden/digests.py > tests/golden/digests.json`` writes them anew; a change of them
is a change of the numbers that users get, and belongs into CHANGELOG.md.
``--engine``, ``--threads`` and ``--segment`` must make no difference.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

import numpy as np

import simcost
from simcost.families import FAMILIES, build
from simcost.run.engine import compile_plan

ROOT = Path(__file__).parents[2]
FILES = {
    "staged": "tests/models/staged.toml",
    "quickstart": "examples/quickstart.toml",
    "ai_project": "examples/ai_project.toml",
    "reference": "benchmarks/reference.toml",
}
NUMBERS = {
    "exp": "exp(-x)", "expm1": "expm1(x / 9)", "log": "log(abs(x))", "log1p": "log1p(x * x)",
    "log2": "log2(abs(x))", "log10": "log10(abs(x))", "sin": "sin(x)", "cos": "cos(9 * x)",
    "tan": "tan(x)", "power": "abs(x) ** 1.3", "sqrt": "sqrt(abs(x))", "mod": "x % 0.7",
    "folded": "x * exp(2.3) + log(7) ** 3.1 + sin(5)",
}  # fmt: skip
LAWS = {
    "gamma": [{"shape": 2e5, "scale": 1.0}, {"shape": 40.0, "scale": 0.1}],
    "beta": [
        {"alpha": 2e4, "beta": 1e5},
        {"alpha": 0.3, "beta": 0.2},
        {"mean": 0.2, "sd": 0.05},
        {"alpha": 60.0, "beta": 4.5},
    ],
    "student_t": [{"df": 25.0}, {"df": 0.7}],
    "binomial": [{"n": 2000, "p": 0.4}],
    "poisson": [{"mean": 2e5}],
    "compound": [
        {"count": {"poisson": {"mean": 3}}, "severity": {"gamma": {"shape": 2, "scale": 5}}},
        {
            "count": {"negative_binomial": {"mean": 5, "sd": 4}},
            "severity": {"lognormal": {"median": 1, "gsd": 4}},
        },
        {"count": {"binomial": {"n": 9, "p": 0.4}}, "severity": {"student_t": {"df": 2.5}}},
    ],
}
WINDOWS = [
    {"pert": {"low": 8.0, "mode": 11.0, "high": 20.0}, "within": [9.0, 15.0]},
    {"lognormal": {"median": 1, "gsd": 2}, "within": [0.5, 4]},
]


def family(name: str) -> simcost.Model:
    """Every example of one family, and its mean as a fixed number."""
    model = simcost.Model(name)
    examples = [dict(e) for e in FAMILIES[name].examples if "csv" not in e]
    for number, example in enumerate([*examples, *LAWS.get(name, [])]):
        law = build({name: example})
        model.output(f"drawn_{number}", model.input(f"x_{number}", law))
        if np.isfinite(law.mean()):
            model.output(f"mean_{number}", model.input(f"m_{number}", build({"value": law.mean()})))
    return model


def formulas() -> simcost.Model:
    model = simcost.Model("formulas")
    model.input("x", {"normal": {"mean": 0, "sd": 1}})
    for name, formula in NUMBERS.items():
        model.output(name, formula)
    for number, table in enumerate(WINDOWS):
        model.output(f"window_{number}", model.input(f"w_{number}", table))
    return model


def correlated() -> simcost.Model:
    """Every measure of correlation, a t copula, and a matrix that has to be repaired."""
    model = simcost.Model("correlated")
    for number in range(13):
        law = {"pert": {"low": 1, "mode": 2, "high": 7}}
        if number % 3:
            law = {"lognormal": {"median": 3, "gsd": 1 + number / 4}}
        model.output(f"o{number}", model.input(f"x{number}", law))
    model.correlate("x0", "x1", spearman=0.6)
    model.correlate("x1", "x2", kendall=-0.3)
    model.correlate("x2", "x3", pearson=0.4)
    for pair in (("x4", "x5"), ("x5", "x6")):
        model.correlate(*pair, spearman=0.7, copula="t", df=4)
    model.correlate("x7", "x8", spearman=0.5, copula="t", df=2.5)
    for pair, value in ((("x9", "x10"), 0.8), (("x10", "x11"), 0.8), (("x9", "x11"), 0.25)):
        model.correlate(*pair, latent=value)
    return model


def models() -> dict[str, tuple[simcost.Model, str]]:
    """Return models with a scenario each by name."""
    made = {f"family {name}": (family(name), "") for name in FAMILIES}
    made["formulas"] = formulas(), ""
    made["correlated"] = correlated(), ""
    for name, path in FILES.items():
        model = simcost.load(ROOT / path)
        for scenario in ("", *model.scenarios):
            made[f"{name} {scenario}".rstrip()] = model, scenario
    return made


def digests(draws: int = 2048, only: str = "", **settings: object) -> dict[str, dict[str, str]]:
    """Return the digests of program and outcomes by model."""
    found = {}
    for name, (model, scenario) in models().items():
        if re.match(only, name):
            program = compile_plan(model.plan(scenario)).digest
            outcomes = model.run(draws=draws, seed=7, scenario=scenario, **settings).digest
            found[name] = {"program": program, "outcomes": outcomes}
    return found


def compile_groups() -> None:
    """Have the simple operations of every program compiled first, as long runs do meanwhile."""
    from simcost.machine import native

    native.ENOUGH = 0
    native.beside = lambda task: task()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", default="interpreter")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--segment", type=int, default=65_536)
    parser.add_argument("--only", default="", help="models whose names start so; a pattern")
    parser.add_argument("--groups", action="store_true", help="compile groups of operations")
    chosen = vars(parser.parse_args())
    if chosen.pop("groups"):
        compile_groups()
    sys.stdout.write(json.dumps(digests(**chosen), indent=1) + "\n")


if __name__ == "__main__":
    main()
