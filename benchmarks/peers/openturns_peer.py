"""OpenTURNS: a joint distribution with a copula, and a symbolic function."""

from __future__ import annotations

from math import log

import numpy as np
import openturns as ot

from benchmarks import twin

NAME = "OpenTURNS"
PACKAGES = ("openturns", "numpy")
LIMITS = "units; CVaR (taken with NumPy from the sample); chunks are by hand"
CHUNK = 1 << 17

FORMULAS = """
var labelling_hours := samples * labels_per_sample / label_rate;
var data_cost := max(labelling_hours * labeller_wage * (1 + qa_ratio), 2000);
var data_time := max(labelling_hours / 1400, delivery);
var experiments := min(run_hours * trainings, 64 * 730.5 * research_months);
var discount := experiments > 40000 ? 0.6 : (experiments > 8000 ? 0.8 : 1);
var gpu_rate := gpu_price * discount;
var integration_hours := (api_hours + pipeline_hours) * min(max(overrun, 0.8), 4);
var pilot_cost := team * salary * research_months + experiments * gpu_rate
                  + integration_hours * dev_rate;
var pilot_time := research_months + integration_hours / 280;
var serving_hours := max(requests * gpu_time / utilisation / (730.5 * 3600), 1) * 8766;
var serving := serving_hours * gpu_rate * max(1 + price_change, 0.5) + hosting * 12;
var operation_cost := serving + maintenance * pilot_cost;
var carbon_rate := gpu_power * pue * grid + embodied;
var serving_carbon := carbon_rate * serving_hours * (1 - 0.45 * (1 - utilisation)) / 1000;
var alive := (1 - data_fails) * (1 - pilot_fails);
var data_share := data_fails > 0.5 ? spent_on_data : 1;
var pilot_share := data_fails > 0.5 ? 0 : (pilot_fails > 0.5 ? spent_on_pilot : 1);
var spent := data_cost * data_share + pilot_cost * pilot_share + alive * operation_cost;
cost := spent;
emissions := experiments * carbon_rate / 1000 * pilot_share + alive * serving_carbon;
duration := data_time * data_share + pilot_time * pilot_share;
write_off := alive > 0.5 ? 0 : max(spent - (data_fails > 0.5 ? 0 : 0.3 * data_cost), 0);
"""


def marginals() -> dict[str, ot.Distribution]:
    """Every input's distribution by name."""
    found: dict[str, ot.Distribution] = {}
    for name, (median, sigma) in twin.LOGNORMALS.items():
        found[name] = ot.LogNormal(log(median), sigma)
    for name, (low, mode, high) in twin.PERTS.items():
        found[name] = ot.Beta(*twin.pert_shapes(low, mode, high), low, high)
    for name, triangle in twin.TRIANGULARS.items():
        found[name] = ot.Triangular(*triangle)
    for name, ends in twin.UNIFORMS.items():
        found[name] = ot.Uniform(*ends)
    for name, (mean, sd) in twin.NORMALS.items():
        found[name] = ot.Normal(mean, sd)
    for name, p in twin.GATES.items():
        found[name] = ot.Bernoulli(p)
    values, weights = twin.LABELS_PER_SAMPLE
    found["labels_per_sample"] = ot.FiniteDiscreteDistribution([[v] for v in values], weights)
    return found


def build() -> tuple[ot.Distribution, ot.Function]:
    """The joint distribution, correlated inputs last, and the outputs as a function of it."""
    laws = marginals()
    free = [name for name in laws if name not in twin.CORRELATED]
    copula = ot.NormalCopula(ot.CorrelationMatrix(2, [1.0, twin.LATENT, twin.LATENT, 1.0]))
    # Two blocks: a copula over all inputs would send every one through its quantile function.
    joint = ot.BlockIndependentDistribution(
        [
            ot.JointDistribution([laws[name] for name in free]),
            ot.JointDistribution([laws[name] for name in twin.CORRELATED], copula),
        ]
    )
    names = [*free, *twin.CORRELATED]
    return joint, ot.SymbolicFunction(names, list(twin.OUTPUTS), FORMULAS)


def run(draws: int, seed: int) -> dict[str, dict[str, float]]:
    """Simulate and summarise."""
    ot.RandomGenerator.SetSeed(seed)
    joint, function = build()
    sample = ot.Sample(0, len(twin.OUTPUTS))
    for first in range(0, draws, CHUNK):
        sample.add(function(joint.getSample(min(CHUNK, draws - first))))
    levels = [p / 100 for p in twin.PERCENTILES]
    quantiles = np.asarray(sample.computeQuantilePerComponent(levels))
    means, values = sample.computeMean(), np.asarray(sample)
    found = {}
    for k, name in enumerate(twin.OUTPUTS):
        found[name] = {
            f"p{p:g}": float(q) for p, q in zip(twin.PERCENTILES, quantiles[:, k], strict=True)
        }
        found[name]["mean"] = means[k]
        found[name]["cvar90"] = twin.shortfall(values[:, k], found[name]["p90"], 0.1)
    return found
