from pathlib import Path

import numpy as np
import pytest

import simcost
from simcost.graph.node import const
from simcost.run import Settings, run_plan
from simcost.run.drivers import drivers, fixed, observe, observed_in_parts

STAGED = Path(__file__).parent / "models" / "staged.toml"


@pytest.fixture
def plan():
    return simcost.load(STAGED).plan()


def coupled():
    model = simcost.Model("Coupled")
    a = model.input("a", simcost.lognormal(median=1, gsd=2))
    b = model.input("b", simcost.pert(low=1, mode=2, high=5))
    model.correlate("a", "b", spearman=0.6)
    gate = model.input("gate", simcost.bernoulli(p=0.3))
    model.output("y", a * b * (1 + gate))
    return model.plan()


def test_every_random_quantity_of_a_staged_model_is_found_once(plan):
    names = [driver.name for driver in drivers(plan)]
    assert len(names) == len(set(names))
    assert [name for name in names if name.endswith(".gate")]
    assert set(names) <= set(plan.streams)


def test_what_is_observed_is_what_the_run_saw(plan):
    settings = Settings(draws=5000, seed=3)
    cost = run_plan(plan, settings).values["cost"]
    seen = observe(plan, {"cost": plan.outputs["cost"]}, settings, 1000, 2000)
    assert np.array_equal(seen["cost"], cost[1000:2000])
    parts = [
        part["cost"]
        for _, part in observed_in_parts(plan, {"cost": plan.outputs["cost"]}, settings, 1024)
    ]
    assert np.array_equal(np.concatenate(parts), cost)


def test_coupled_inputs_have_marginal_uniforms_and_quantiles_of_them():
    found = {driver.name: driver for driver in drivers(coupled())}
    assert set(found) == {"a", "b", "gate"}
    assert found["gate"].discrete
    assert not found["a"].discrete
    nodes = {
        f"{kind} {name}": getattr(one, kind)
        for name, one in found.items()
        for kind in ("uniform", "value")
    }
    seen = observe(coupled(), nodes, Settings(draws=4000), 0, 4000)
    for name, one in found.items():
        expected = one.law.quantile(seen[f"uniform {name}"])
        assert np.allclose(expected, seen[f"value {name}"], rtol=1e-7)
    assert abs(np.mean(seen["uniform b"]) - 0.5) < 0.02


def test_a_fixed_driver_varies_no_more_and_moves_no_other_draw():
    plan = coupled()
    found = {driver.name: driver for driver in drivers(plan)}
    held = fixed(plan, {found["a"].value: const(2.0)})
    y = observe(held, {"y": held.outputs["y"], "b": found["b"].value}, Settings(draws=100), 0, 100)
    gate = observe(plan, {"g": found["gate"].value}, Settings(draws=100), 0, 100)["g"]
    assert np.allclose(y["y"], 2.0 * y["b"] * (1 + gate))
