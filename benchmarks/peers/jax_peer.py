"""JAX: the twin's formulas on its arrays, compiled for this model by XLA, in 64 bits."""

from __future__ import annotations

from functools import partial
from math import log
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random

from benchmarks import twin

jax.config.update("jax_enable_x64", True)

NAME = "JAX"
PACKAGES = ("jax", "jaxlib", "numpy", "scipy")
LIMITS = (
    "the copula's PERT (there is no inverse incomplete beta function: interpolated by hand); "
    "compiles anew for each size of chunk; units"
)
CHUNK = 1 << 16
NODES = np.linspace(-8.3, 8.3, 4097)


def draw(key: Any, n: int, team_values: Any) -> dict[str, Any]:
    """Draw every input."""
    names = [*twin.LOGNORMALS, *twin.PERTS, *twin.TRIANGULARS, *twin.UNIFORMS, *twin.NORMALS,
             *twin.GATES, "labels_per_sample"]  # fmt: skip
    keys = dict(zip(names, random.split(key, len(names)), strict=True))
    x: dict[str, Any] = {}
    normals = {name: random.normal(keys[name], (n,)) for name in twin.LOGNORMALS}
    for name, (median, sigma) in twin.LOGNORMALS.items():
        x[name] = jnp.exp(log(median) + sigma * normals[name])
    for name, (low, mode, high) in twin.PERTS.items():
        if name != "team":
            shapes = twin.pert_shapes(low, mode, high)
            x[name] = low + (high - low) * random.beta(keys[name], *shapes, (n,))
    other = twin.LATENT * normals["research_months"]
    other += (1 - twin.LATENT**2) ** 0.5 * random.normal(keys["team"], (n,))
    x["team"] = jnp.interp(other, NODES, team_values)
    for name, (low, mode, high) in twin.TRIANGULARS.items():
        x[name] = random.triangular(keys[name], low, mode, high, (n,))
    for name, (low, high) in twin.UNIFORMS.items():
        x[name] = random.uniform(keys[name], (n,), minval=low, maxval=high)
    for name, (mean, sd) in twin.NORMALS.items():
        x[name] = mean + sd * random.normal(keys[name], (n,))
    for name, p in twin.GATES.items():
        x[name] = random.bernoulli(keys[name], p, (n,))
    values, weights = (jnp.array(each) for each in twin.LABELS_PER_SAMPLE)
    x["labels_per_sample"] = random.choice(keys["labels_per_sample"], values, (n,), p=weights)
    return x


@partial(jax.jit, static_argnums=1)
def outcomes(key: Any, n: int, team_values: Any) -> dict[str, Any]:
    """Return the outputs of one chunk."""
    return twin.formulas(draw(key, n, team_values), jnp)


def run(draws: int, seed: int) -> dict[str, dict[str, float]]:
    """Simulate and summarise; the percentiles with NumPy, which is quicker at them."""
    low, _, high = twin.PERTS["team"]
    team_values = jnp.asarray(low + (high - low) * twin.exact_team_share(NODES))
    outputs = {name: np.empty(draws) for name in twin.OUTPUTS}
    chunks = range(0, draws, CHUNK)
    for first, key in zip(chunks, random.split(random.key(seed), len(chunks)), strict=True):
        n = min(CHUNK, draws - first)
        for name, values in outcomes(key, CHUNK, team_values).items():
            outputs[name][first : first + n] = values[:n]
    return twin.summary(outputs)
