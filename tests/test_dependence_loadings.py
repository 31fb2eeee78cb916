"""Couplings are read back from a graph as they were written."""

from __future__ import annotations

import numpy as np
import pytest

import simcost
from simcost.dependence.loadings import correlation, coupled, loadings
from simcost.graph.node import const, make, stream
from simcost.run.drivers import drivers


def model(copula="gaussian", **options):
    made = simcost.Model("Coupled")
    for name in ("a", "b", "c"):
        made.input(name, simcost.uniform(low=0, high=1))
    made.correlate("a", "b", latent=0.6, copula=copula, **options)
    made.correlate("b", "c", latent=-0.3, copula=copula, **options)
    made.output("y", "a + b + c")
    return made


@pytest.mark.parametrize(("copula", "options"), [("gaussian", {}), ("t", {"df": 5})])
def test_the_correlations_come_back(copula, options):
    found = [loadings(one.uniform) for one in drivers(model(copula, **options).plan())]
    expected = [[1, 0.6, 0], [0.6, 1, -0.3], [0, -0.3, 1]]
    assert correlation(found) == pytest.approx(np.array(expected), abs=1e-12)
    assert all((one.mixing is not None) == (copula == "t") for one in found[1:])
    assert {one.df for one in found[1:]} == {options.get("df", 0.0)}


def test_what_is_coupled_anew_is_read_back_again():
    streams = [stream("a"), stream("b")]
    made = coupled(streams, [0.6, 0.8], loadings(streams[0]))
    assert dict(loadings(made).weights) == {"a": 0.6, "b": 0.8}


@pytest.mark.parametrize(
    "other", [const(0.5), make("exp", stream("a")), make("min", stream("a"), const(1.0))]
)
def test_anything_else_is_no_coupling(other):
    with pytest.raises(ValueError, match="no coupling"):
        loadings(other)
