"""squigglepy: distributions as objects, sampled into arrays.

Its arithmetic on distributions draws an input anew wherever it occurs, so a project with shared
inputs takes each input's sample once and goes on in NumPy.
"""

from __future__ import annotations

from math import asin, log, pi
from typing import Any

import squigglepy as sq

from benchmarks import twin

NAME = "squigglepy"
PACKAGES = ("squigglepy", "numpy", "scipy")
LIMITS = (
    "formulas on shared inputs (`x - x` is not 0: NumPy is used); the copula (ranks are "
    "reordered after Iman and Conover); units"
)
SPEARMAN = 6 / pi * asin(twin.LATENT / 2)


def inputs() -> dict[str, Any]:
    """Every input's distribution by name."""
    found: dict[str, Any] = {}
    for name, (median, sigma) in twin.LOGNORMALS.items():
        found[name] = sq.lognorm(norm_mean=log(median), norm_sd=sigma)
    found |= {name: sq.pert(*three) for name, three in twin.PERTS.items()}
    found |= {name: sq.triangular(*three) for name, three in twin.TRIANGULARS.items()}
    found |= {name: sq.uniform(*two) for name, two in twin.UNIFORMS.items()}
    found |= {name: sq.norm(mean=mean, sd=sd) for name, (mean, sd) in twin.NORMALS.items()}
    found |= {name: sq.bernoulli(p) for name, p in twin.GATES.items()}
    values, weights = twin.LABELS_PER_SAMPLE
    found["labels_per_sample"] = sq.discrete([[w, v] for w, v in zip(weights, values, strict=True)])
    pair = sq.correlate(tuple(found[name] for name in twin.CORRELATED), SPEARMAN)
    return found | dict(zip(twin.CORRELATED, pair, strict=True))


def run(draws: int, seed: int) -> dict[str, dict[str, float]]:
    """Simulate and summarise."""
    sq.set_seed(seed)
    x = {name: sq.sample(law, n=draws, verbose=False) for name, law in inputs().items()}
    return twin.summary(twin.formulas(x))
