"""The same project as one loop over outcomes, compiled by numba for this model alone.

numba's own generators draw each input; the loop is spread over the cores with `prange`.
"""

# ruff: noqa: NPY002 - inside prange only the old functions have a generator for each thread
from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from benchmarks import twin

NAME = "numba, one loop"
PACKAGES = ("numba", "numpy", "scipy")
LIMITS = (
    "the copula's PERT (there is no inverse incomplete beta function: interpolated by hand); a "
    "seed (each thread has a generator of its own, so outcomes depend on the number of threads); "
    "units"
)

NODES = np.linspace(-8.3, 8.3, 4097)
TEAM = twin.PERTS["team"]
LOGNORMALS = [
    twin.LOGNORMALS[name]
    for name in ("samples", "run_hours", "trainings", "api_hours", "pipeline_hours", "overrun",
                 "requests", "gpu_time", "grid", "research_months")
]  # fmt: skip
MU = np.array([math.log(median) for median, _ in LOGNORMALS])
SIGMA = np.array([sigma for _, sigma in LOGNORMALS])
PERTS = [
    twin.PERTS[name]
    for name in ("labeller_wage", "salary", "gpu_price", "dev_rate", "maintenance", "pue",
                 "embodied")
]  # fmt: skip
ALPHA, BETA = np.array([twin.pert_shapes(*pert) for pert in PERTS]).T
LOW = np.array([low for low, _, _ in PERTS])
WIDTH = np.array([high - low for low, _, high in PERTS])
HOURS_PER_MONTH, HOURS_PER_YEAR = twin.HOURS_PER_MONTH, twin.HOURS_PER_YEAR
LATENT = twin.LATENT


@numba.njit
def lognormal(k: int) -> Any:
    return math.exp(MU[k] + SIGMA[k] * np.random.standard_normal())


@numba.njit
def pert(k: int) -> Any:
    return LOW[k] + WIDTH[k] * np.random.beta(ALPHA[k], BETA[k])


@numba.njit
def labels_per_sample() -> Any:
    u = np.random.random()
    return 1.0 if u < 0.5 else 2.0 if u < 0.75 else 3.0 if u < 0.95 else 5.0


@numba.njit
def interpolated(z: Any, values: Any) -> Any:
    place = min(max((z + 8.3) / 16.6 * 4096.0, 0.0), 4095.999)
    cell = int(place)
    return values[cell] + (values[cell + 1] - values[cell]) * (place - cell)


@numba.njit(parallel=True)
def simulate(out: Any, team_values: Any) -> None:
    for k in numba.prange(out.shape[1]):
        labelling_hours = lognormal(0) * labels_per_sample() / np.random.uniform(60.0, 180.0)
        labelling = labelling_hours * pert(0) * (1.0 + np.random.triangular(0.05, 0.15, 0.5))
        data_cost = max(labelling, 2000.0)
        data_time = max(labelling_hours / 1400.0, np.random.triangular(0.5, 1.0, 3.0))

        z = np.random.standard_normal()
        research_months = math.exp(MU[9] + SIGMA[9] * z)
        other = LATENT * z + math.sqrt(1.0 - LATENT * LATENT) * np.random.standard_normal()
        team = interpolated(other, team_values)
        experiments = min(lognormal(1) * lognormal(2), 64.0 * HOURS_PER_MONTH * research_months)
        discount = 0.6 if experiments > 40000.0 else 0.8 if experiments > 8000.0 else 1.0
        gpu_rate = pert(2) * discount
        research_cost = team * pert(1) * research_months + experiments * gpu_rate
        growth = min(max(lognormal(5), 0.8), 4.0)
        integration_hours = (lognormal(3) + lognormal(4)) * growth
        pilot_cost = research_cost + integration_hours * pert(3)
        pilot_time = research_months + integration_hours / 280.0

        utilisation = np.random.triangular(0.2, 0.4, 0.8)
        busy_gpus = lognormal(6) * lognormal(7) / utilisation / (HOURS_PER_MONTH * 3600.0)
        serving_hours = max(busy_gpus, 1.0) * HOURS_PER_YEAR
        serving_rate = gpu_rate * max(1.0 + np.random.normal(-0.1, 0.12), 0.5)
        serving = serving_hours * serving_rate + np.random.triangular(200.0, 600.0, 2500.0) * 12.0
        operation_cost = serving + pert(4) * pilot_cost

        carbon_rate = np.random.normal(0.62, 0.08) * pert(5) * lognormal(8) + pert(6)
        serving_carbon = carbon_rate * serving_hours * (1.0 - 0.45 * (1.0 - utilisation)) / 1000.0
        pilot_carbon = experiments * carbon_rate / 1000.0

        no_data, no_pilot = np.random.random() < 0.14, np.random.random() < 0.185
        data_share = np.random.uniform(0.3, 1.0) if no_data else 1.0
        pilot_share = 0.0 if no_data else np.random.uniform(0.4, 1.0) if no_pilot else 1.0
        failed = no_data or no_pilot
        spent = data_cost * data_share + pilot_cost * pilot_share
        spent += 0.0 if failed else operation_cost
        salvage = 0.0 if no_data else 0.3 * data_cost
        out[0, k] = spent
        out[1, k] = pilot_carbon * pilot_share + (0.0 if failed else serving_carbon)
        out[2, k] = data_time * data_share + pilot_time * pilot_share
        out[3, k] = max(spent - salvage, 0.0) if failed else 0.0


def run(draws: int, seed: int) -> dict[str, dict[str, float]]:
    """Simulate and summarise."""
    low, _, high = TEAM
    team_values = low + (high - low) * twin.exact_team_share(NODES)
    out = np.empty((len(twin.OUTPUTS), draws))
    simulate(out, team_values)
    return twin.summary(dict(zip(twin.OUTPUTS, out, strict=True)))
