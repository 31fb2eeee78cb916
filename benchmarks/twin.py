"""The NumPy twin of ``reference.toml``: the vectorised program one would write without simcost.

A good engineer's version: one `numpy.random.Generator`, whole arrays, SciPy only for the copula.
Beyond `CHUNK` outcomes it works in chunks, because arrays that stay near the cache are quicker
and 30 inputs of 10 million draws do not fit into 2 GB. Percentiles are exact, `np.quantile` on
each output, all four at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from math import log
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, ndtr

Vector = npt.NDArray[np.float64]
Inputs = Mapping[str, Any]

OUTPUTS = ("cost", "emissions", "duration", "write_off")
PERCENTILES = (10.0, 50.0, 90.0, 95.0)
CHUNK = 1 << 16  # the quickest of 2**14 … 2**20 on the machine of docs/benchmarks.md
Z90 = 1.2815515655446004  # normal quantile of 0.9
LATENT = 0.6
HOURS_PER_YEAR = 365.25 * 24
HOURS_PER_MONTH = HOURS_PER_YEAR / 12

# median and sigma of the logarithm
LOGNORMALS = {
    "research_months": (3.0, log(1.6)),
    "api_hours": (40.0, log(1.5)),
    "overrun": (1.2, log(1.5)),
    "grid": (380.0, log(1.4)),
} | {
    name: ((p10 * p90) ** 0.5, log(p90 / p10) / (2 * Z90))
    for name, (p10, p90) in {
        "samples": (2e4, 3e5),
        "run_hours": (20.0, 300.0),
        "trainings": (24.0, 400.0),
        "pipeline_hours": (60.0, 240.0),
        "requests": (2e5, 4e6),
        "gpu_time": (0.1, 1.5),
    }.items()
}
# low, mode, high
PERTS = {
    "labeller_wage": (8.0, 14.0, 25.0),
    "team": (2.0, 4.0, 9.0),
    "salary": (5e3, 8e3, 15e3),
    "gpu_price": (1.5, 2.6, 6.0),
    "dev_rate": (45.0, 70.0, 120.0),
    "maintenance": (0.08, 0.15, 0.35),
    "pue": (1.08, 1.2, 1.7),
    "embodied": (5.0, 20.0, 60.0),
}
TRIANGULARS = {
    "qa_ratio": (0.05, 0.15, 0.5),
    "delivery": (0.5, 1.0, 3.0),
    "utilisation": (0.2, 0.4, 0.8),
    "hosting": (200.0, 600.0, 2500.0),
}
UNIFORMS = {"label_rate": (60.0, 180.0), "spent_on_data": (0.3, 1.0), "spent_on_pilot": (0.4, 1.0)}
NORMALS = {"gpu_power": (0.62, 0.08), "price_change": (-0.1, 0.12)}
GATES = {"data_fails": 0.14, "pilot_fails": 0.185}
LABELS_PER_SAMPLE = ((1.0, 2.0, 3.0, 5.0), (0.5, 0.25, 0.2, 0.05))
CORRELATED = ("research_months", "team")


def pert_shapes(low: float, mode: float, high: float) -> tuple[float, float]:
    """Both shapes of the beta distribution behind a PERT."""
    return 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)


def draw(
    rng: np.random.Generator, n: int, team_share: Callable[[Vector], Vector] | None = None
) -> dict[str, Any]:
    """Draw every input, float64[n] each (the gates bool[n])."""
    x: dict[str, Any] = {}
    for name, (median, sigma) in LOGNORMALS.items():
        if name not in CORRELATED:
            x[name] = rng.lognormal(log(median), sigma, n)
    for name, (low, mode, high) in PERTS.items():
        if name not in CORRELATED:
            x[name] = low + (high - low) * rng.beta(*pert_shapes(low, mode, high), n)
    for name, (low, mode, high) in TRIANGULARS.items():
        x[name] = rng.triangular(low, mode, high, n)
    for name, (low, high) in UNIFORMS.items():
        x[name] = rng.uniform(low, high, n)
    for name, (mean, sd) in NORMALS.items():
        x[name] = rng.normal(mean, sd, n)
    for name, p in GATES.items():
        x[name] = rng.random(n) < p
    values, weights = LABELS_PER_SAMPLE
    x["labels_per_sample"] = rng.choice(values, n, p=weights)
    x["research_months"], x["team"] = correlated(rng, n, team_share or exact_team_share)
    return x


def correlated(
    rng: np.random.Generator, n: int, team_share: Callable[[Vector], Vector]
) -> tuple[Vector, Vector]:
    """Draw the pair joined by a Gaussian copula: months of research and people."""
    z = rng.standard_normal(n)
    other = LATENT * z + (1 - LATENT**2) ** 0.5 * rng.standard_normal(n)
    median, sigma = LOGNORMALS["research_months"]
    low, _, high = PERTS["team"]
    return median * np.exp(sigma * z), low + (high - low) * team_share(other)


def exact_team_share(z: Vector) -> Vector:
    """Quantile of the team's beta distribution at a normal's probability: most of the time."""
    share: Vector = betaincinv(*pert_shapes(*PERTS["team"]), ndtr(z))
    return share


def tabulated_team_share() -> Callable[[Vector], Vector]:
    """Return the same by linear interpolation, right to 1e-5: what one does on profiling."""
    nodes = np.linspace(-8.3, 8.3, 4097)
    values = exact_team_share(nodes)
    return lambda z: np.interp(z, nodes, values)


def formulas(x: Inputs, np: Any = np) -> dict[str, Any]:
    """Return the four outputs, float64[n] each, from the inputs by name.

    `np` may be another library with NumPy's functions.
    """
    i = SimpleNamespace(**x)
    labelling_hours = i.samples * i.labels_per_sample / i.label_rate
    labelling = labelling_hours * i.labeller_wage * (1 + i.qa_ratio)
    data_cost = np.maximum(labelling, 2000.0)
    data_time = np.maximum(labelling_hours / 1400.0, i.delivery)

    most = 64 * HOURS_PER_MONTH * i.research_months
    experiments = np.minimum(i.run_hours * i.trainings, most)
    discount = np.where(experiments > 40000.0, 0.6, np.where(experiments > 8000.0, 0.8, 1.0))
    gpu_rate = i.gpu_price * discount
    research_cost = i.team * i.salary * i.research_months + experiments * gpu_rate
    integration_hours = (i.api_hours + i.pipeline_hours) * np.clip(i.overrun, 0.8, 4.0)
    pilot_cost = research_cost + integration_hours * i.dev_rate
    pilot_time = i.research_months + integration_hours / 280.0

    busy_gpus = i.requests * i.gpu_time / i.utilisation / (HOURS_PER_MONTH * 3600)
    serving_hours = np.maximum(busy_gpus, 1.0) * HOURS_PER_YEAR
    serving_rate = gpu_rate * np.maximum(1 + i.price_change, 0.5)
    serving = serving_hours * serving_rate + i.hosting * 12
    operation_cost = serving + i.maintenance * pilot_cost

    carbon_rate = i.gpu_power * i.pue * i.grid + i.embodied
    idle_share = 1 - i.utilisation
    serving_carbon = carbon_rate * serving_hours * (1 - 0.45 * idle_share) / 1000
    pilot_carbon = experiments * carbon_rate / 1000

    no_data, no_pilot = i.data_fails.astype(bool), i.pilot_fails.astype(bool)
    failed = no_data | no_pilot
    data_share = np.where(no_data, i.spent_on_data, 1.0)
    pilot_share = np.where(no_data, 0.0, np.where(no_pilot, i.spent_on_pilot, 1.0))
    spent = data_cost * data_share + pilot_cost * pilot_share
    spent = spent + np.where(failed, 0.0, operation_cost)
    salvage = np.where(no_data, 0.0, 0.3 * data_cost)
    return {
        "cost": spent,
        "emissions": pilot_carbon * pilot_share + np.where(failed, 0.0, serving_carbon),
        "duration": data_time * data_share + pilot_time * pilot_share,
        "write_off": np.where(failed, np.maximum(spent - salvage, 0.0), 0.0),
    }


def shortfall(values: Vector, quantile: float, share: float) -> float:
    """Return the mean of the worst `share` of the outcomes; right for atoms too."""
    return quantile + float(np.maximum(values - quantile, 0.0).mean()) / share


def summary(outputs: Mapping[str, Vector]) -> dict[str, dict[str, float]]:
    """Return mean, percentiles and CVaR90 of every output."""
    found = {}
    for name, values in outputs.items():
        levels = np.quantile(values, [p / 100 for p in PERCENTILES], method="inverted_cdf")
        found[name] = {f"p{p:g}": float(q) for p, q in zip(PERCENTILES, levels, strict=True)}
        found[name]["mean"] = float(values.mean())
        found[name]["cvar90"] = shortfall(values, found[name]["p90"], 0.1)
    return found


def simulate(draws: int, seed: int = 0, *, tuned: bool = False) -> dict[str, Vector]:
    """Return the outcomes of every output, float64[draws].

    Tuned by hand: the slowest quantile function tabulated, and a thread a processor.
    """
    outputs = {name: np.empty(draws) for name in OUTPUTS}
    team_share = tabulated_team_share() if tuned else exact_team_share

    def chunk(first: int) -> None:
        n = min(CHUNK, draws - first)
        rng = np.random.default_rng([seed, first])
        for name, values in formulas(draw(rng, n, team_share)).items():
            outputs[name][first : first + n] = values

    chunks = range(0, draws, CHUNK)
    if tuned:
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            list(pool.map(chunk, chunks))
    else:
        for first in chunks:
            chunk(first)
    return outputs


def run(draws: int, seed: int = 0, *, tuned: bool = False) -> dict[str, dict[str, float]]:
    """Simulate and summarise."""
    return summary(simulate(draws, seed, tuned=tuned))
