"""Models whose contributions to P80 and CVaR80 are known, by formula or by quadrature."""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize, special, stats

import simcost

NORMAL = np.array([3.0, 2.0, 1.0])
GSD = (2.2, 1.8, 1.4)


def linear(latent=0.0):
    model = simcost.Model("Linear")
    for k, sd in enumerate(NORMAL):
        model.input(f"x{k}", simcost.normal(mean=10, sd=sd))
    if latent:
        model.correlate("x0", "x1", latent=latent)
    model.output("cost", "x0 + x1 + x2")
    return model


def coupled():
    return linear(0.6)


def gated():
    """Skewed, with a gate: what cost looks like."""
    model = simcost.Model("Gated", currency="USD")
    model.input("work", simcost.lognormal(median=100, gsd=1.6), unit="USD")
    model.stage("data", cost="work", failure=0.3, spent_at_failure=0.5)
    model.stage("rest", cost=simcost.uniform(low=0, high=200))
    return model


def heavy():
    model = simcost.Model("Heavy")
    for k, gsd in enumerate(GSD):
        model.input(f"x{k}", simcost.lognormal(median=10, gsd=gsd))
    model.output("cost", "x0 + x1 + x2")
    return model


def idle():
    """One input, and four that nothing depends on."""
    model = simcost.Model("Idle")
    model.input("x", simcost.exponential(mean=100))
    names = [f"z{k}" for k in range(4)]
    for name in names:
        model.input(name, simcost.uniform(low=0, high=1))
    model.output("cost", "x + " + " + ".join(f"0 * {name}" for name in names))
    return model


def truths(make, target, by):
    """Return the true contributions, by name."""
    items, inputs = _TRUTHS[make](target)
    if by == "items":
        return items
    return inputs | {"interactions": sum(items.values()) - sum(inputs.values())}


def _nodes(count, low, high):
    x, w = np.polynomial.legendre.leggauss(count)
    return (high - low) / 2 * x + (high + low) / 2, (high - low) / 2 * w


def _normal(target, latent=0.0):
    """Tasche (1999): of jointly normal items; E[Y | x] is a line."""
    rho = np.eye(3)
    rho[0, 1] = rho[1, 0] = latent
    covariance = rho * np.outer(NORMAL, NORMAL)
    z = stats.norm.ppf(0.8)
    factor = z if target == "P80" else stats.norm.pdf(z) / 0.2
    items = covariance.sum(axis=1) / math.sqrt(covariance.sum()) * factor
    slopes = covariance.sum(axis=1) / NORMAL**2
    return (
        {f"x{k}": float(value) for k, value in enumerate(items)},
        {f"x{k}": float(value) for k, value in enumerate(slopes * items)},
    )


def _gated(target):
    """Failed: half the work w. Passed: w + r, r uniform; the effect of each input is a line."""
    sigma = math.log(1.6)
    law = stats.lognorm(sigma, scale=100)
    mean = law.mean()
    r, weight = _nodes(500, 0.0, 200.0)
    weight = 0.7 * weight / 200

    def excess(a):  # E[w; w > a]
        return mean * special.ndtr(sigma - (np.log(np.maximum(a, 1e-300)) - math.log(100)) / sigma)

    def beyond(q):
        return 0.3 * law.sf(2 * q) + weight @ law.sf(q - r)

    q = optimize.brentq(lambda q: beyond(q) - 0.2, 50, 1000, xtol=1e-12)
    if target == "CVaR80":
        failed, passed = 0.3 * law.sf(2 * q), law.sf(q - r)
        work = 0.3 * excess(2 * q), float(weight @ excess(q - r))
    else:  # densities of the cost at q instead
        failed, passed = 0.6 * law.pdf(2 * q), law.pdf(q - r)
        work = failed * 2 * q, float(weight @ (passed * (q - r)))
    total = failed + float(weight @ passed)
    rest = float(weight @ (r * passed)) / total
    share, worked = failed / total, sum(work) / total
    items = {
        "data": (work[0] / 2 + work[1]) / total - 0.85 * mean,
        "rest": rest - 70.0,
    }
    inputs = {
        "work": 0.85 * (worked - mean),
        "data.gate": (share - 0.3) * (-mean / 2 - 100.0),
        "rest.cost": 0.7 * (rest + 100.0 * share - 100.0),
    }
    return items, inputs


def _heavy(target):
    """Two lognormals on a grid of their normals, the widest in closed form."""
    wide, *sigmas = (math.log(gsd) for gsd in GSD)
    z, weight = _nodes(400, -8.5, 8.5)
    weight = np.outer(weight * stats.norm.pdf(z), weight * stats.norm.pdf(z))
    one, two = (10 * np.exp(sigma * z) for sigma in sigmas)

    def place(q):
        rest = q - one[:, None] - two[None, :]
        return rest, np.log(np.maximum(rest, 1e-300) / 10) / wide

    def beyond(q):
        return float(np.sum(weight * special.ndtr(-place(q)[1])))

    q = optimize.brentq(lambda q: beyond(q) - 0.2, 20, 200, xtol=1e-11)
    rest, at = place(q)
    if target == "CVaR80":
        each = weight * special.ndtr(-at)
        widest = weight * 10 * math.exp(wide**2 / 2) * special.ndtr(wide - at)
    else:
        each = np.where(rest > 0, weight * stats.norm.pdf(at) / np.maximum(rest, 1e-300), 0.0)
        widest = each * rest
    parts = [widest.sum(), (each * one[:, None]).sum(), (each * two[None, :]).sum()]
    means = [10 * math.exp(sigma**2 / 2) for sigma in (wide, *sigmas)]
    found = {f"x{k}": float(parts[k] / each.sum() - means[k]) for k in range(3)}
    return found, found


def _idle(target):
    share = 100 * math.log(5) - (100 if target == "P80" else 0)
    return {"x": share}, {"x": share} | {f"z{k}": 0.0 for k in range(4)}


_TRUTHS = {
    linear: _normal,
    coupled: lambda target: _normal(target, 0.6),
    gated: _gated,
    heavy: _heavy,
    idle: _idle,
}
