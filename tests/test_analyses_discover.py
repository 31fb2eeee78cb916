"""Scenario discovery: planted boxes are found, and noise has none."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import simcost
from simcost.analyses._boxing import find_box, inside
from simcost.analyses._prim import Cut, Points, peel, trajectory
from simcost.analyses.discover import _by_luck
from simcost.errors import UsageError


def planted(rule, inputs=10):
    """A model whose output is 1 with the chance `rule`, by a draw that no bin of u can see."""
    model = simcost.Model("Planted")
    for k in range(inputs):
        model.input(f"x{k}", simcost.uniform(low=0, high=1))
    model.input("hidden", simcost.uniform(low=0, high=1))
    model.output("bad", f"where(hidden * 9973 % 1 < ({rule}), 1, 0)")
    return model


ONE = "0.9 if x0 > 0.7 and x2 < 0.4 else 0.05"
BAD = 0.12 * 0.9 + 0.88 * 0.05


@pytest.mark.parametrize("draws", [5_000, 100_000])
def test_a_planted_box_is_found_and_scored_on_fresh_outcomes(draws):
    data = planted(ONE).run(draws=draws).discover("bad", above=0.5)
    assert data.sizes["box"] == 1
    box = data.isel(box=0)
    near = 0.03 if draws < 10_000 else 0.006
    assert float(box.low.sel(input="x0")) == pytest.approx(0.7, abs=near)
    assert float(box.high.sel(input="x2")) == pytest.approx(0.4, abs=near)
    assert int(box.restricted) == 2
    assert np.isnan(float(box.high.sel(input="x0")))
    for name, exact in (("density", 0.9), ("coverage", 0.12 * 0.9 / BAD), ("support", 0.12)):
        slack = 2 * float(box[f"{name}_upper"] - box[name]) + (near if name != "density" else 0.02)
        assert float(box[name]) == pytest.approx(exact, abs=slack), name
    assert float(box.p_value.sel(input="x0")) < 1e-20
    assert float(box.repeated.sel(input="x0")) == 1
    assert float(data.base_rate) == pytest.approx(BAD, abs=0.02)


def test_boxes_that_lie_apart_are_found_one_after_the_other():
    rule = "0.9 if (x0 > 0.8 and x1 < 0.5) or (x3 < 0.2 and x4 > 0.4 and x0 < 0.5) else 0.02"
    data = planted(rule).run(draws=60_000).discover("bad", above=0.5)
    assert data.sizes["box"] == 2
    restricted = [
        {
            str(name)
            for name in data.input.values
            if not np.isnan(data.p_value.sel(box=b, input=name))
        }
        for b in data.box.values
    ]
    assert sorted(map(sorted, restricted)) == [["x0", "x1"], ["x0", "x3", "x4"]]
    assert float(data.total_coverage[-1]) == pytest.approx(float(data.coverage.sum()))
    assert float(data.density.min()) > 0.85


@pytest.mark.parametrize("share", [0.05, 0.3, 0.7])
@pytest.mark.parametrize("seed", range(4))
def test_noise_has_no_box(share, seed):
    data = planted(str(share)).run(draws=5_000, seed=seed).discover("bad", above=0.5)
    assert data.sizes["box"] == 0


def test_what_is_found_looks_better_where_it_was_found():
    """The control: without fresh outcomes, noise would look like a discovery."""
    rng = np.random.default_rng(3)
    gains = []
    for _ in range(20):
        points = noise(rng, 2000, 20, 0.1)
        steps = peel(points, 0.02)
        fresh = trajectory(noise(rng, 2000, 20, 0.1), steps)
        gains.append(steps[-1].bad / steps[-1].held - fresh[-1].bad / max(fresh[-1].held, 1))
    assert np.mean(gains) > 0.1


def noise(rng, n, inputs, share):
    index = rng.integers(0, 200, size=(inputs, n)).astype(np.uint8)
    return Points(index, rng.random(n) < share, np.zeros(inputs, dtype=bool))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(100, 1500), st.integers(1, 6), st.floats(0.1, 0.9))
def test_a_peeling_counts_what_its_boxes_hold(seed, n, inputs, share):
    rng = np.random.default_rng(seed)
    levels = rng.integers(2, 200, size=inputs)
    index = np.stack([rng.integers(0, k, size=n) for k in levels]).astype(np.uint8)
    bad = rng.random(n) < share * (1 + (index[0] > levels[0] // 2)) / 2
    points = Points(index, bad, levels < 10)
    steps = peel(points)
    assert trajectory(points, steps) == steps
    held = [step.held for step in steps]
    assert held == sorted(held, reverse=True)
    means = [step.bad / step.held for step in steps]
    assert means == sorted(means)  # a peel is taken only if it raises the share of bad outcomes
    assert held[-1] >= min(50, n)
    _, cuts = find_box(points, 2)
    assert len({cut.dim for cut in cuts}) <= 2


def test_a_level_is_peeled_whole_and_a_continuum_by_a_twentieth():
    index = np.zeros((2, 1000), dtype=np.uint8)
    index[0, :400] = 1
    index[1] = np.arange(1000) // 5
    bad = np.zeros(1000, dtype=bool)
    bad[:300] = True
    points = Points(index, bad, np.array([True, False]))
    first = peel(points)[1]
    assert first.cut in (Cut(0, False, 0), Cut(1, True, 190))
    assert first.held in (400, 950)
    assert inside(points, [Cut(0, False, 0)]).sum() == 400


def test_the_chance_of_luck_is_the_binomial_tail():
    for held, bad, share in ((100, 30, 0.2), (10, 0, 0.5), (500, 499, 0.9), (40, 40, 0.99)):
        expected = stats.binom.sf(bad - 1, held, share)
        assert _by_luck(held, bad, share) == pytest.approx(expected, rel=1e-9)


def test_gates_and_levels_are_said_as_they_are(simcost_cli):
    model = simcost.Model("Gates", currency="USD")
    model.input("size", simcost.discrete(values=[1, 2, 9], weights=[0.5, 0.3, 0.2]))
    model.input("wage", simcost.lognormal(p10=1, p90=2))
    model.stage("build", cost="size * wage * 10 USD", failure=0.3, spent_at_failure=0.1)
    data = model.run(draws=20_000).discover("cost", above=60)
    box = data.isel(box=0)
    size, gate = box.sel(input="size"), box.sel(input="build.gate")
    assert (float(size.low), float(size.high)) == (9, 9)
    assert (float(gate.low), float(gate.high)) == (0, 0)
    assert str(gate.kind.values) == "gate"
    assert float(box.coverage) > 0.95


def test_the_support_of_a_box_of_correlated_inputs_is_its_probability():
    model = simcost.Model("Correlated")
    x = model.input("x", simcost.normal(mean=0, sd=1))
    y = model.input("y", simcost.normal(mean=0, sd=1))
    model.correlate("x", "y", latent=0.8)
    model.output("bad", "where(x > 1 and y > 1, 1, 0)")
    del x, y
    box = model.run(draws=50_000).discover("bad", above=0.5).isel(box=0)
    low = [float(box.low.sel(input=name)) for name in ("x", "y")]
    exact = stats.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]]).cdf([-v for v in low])
    assert float(box.support_lower) <= exact <= float(box.support_upper)
    assert exact > 2 * 0.16**2  # and not the product


def test_the_same_boxes_for_any_threads_and_engine():
    model = simcost.load("examples/quickstart.toml")
    found = [
        model.run(draws=20_000, threads=threads, engine=engine).discover(above="P90")
        for threads, engine in ((1, "interpreter"), (2, "machine"))
    ]
    assert found[0].drop_attrs().identical(found[1].drop_attrs())


# --------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "say what is bad"),
        ({"above": "P90", "below": 3}, "say what is bad"),
        ({"above": "P0"}, "between P0 and P100"),
        ({"above": "P99.99"}, "boxes need 100"),
        ({"above": 1e9}, "choose another level"),
        ({"above": 0}, "all but 0"),
        ({"above": "lots"}, "no amount"),
        ({"above": "5 hour"}, "no amount of USD"),
        ({"above": "nan"}, "no amount"),
        ({"above": "P90", "boxes": 0}, "boxes"),
        ({"above": "P90", "inputs": 1.5}, "inputs"),
    ],
)
def test_a_level_that_makes_no_sense_is_refused(asked, says):
    result = simcost.load("examples/quickstart.toml").run(draws=20_000)
    with pytest.raises(UsageError) as refusal:
        result.discover(**asked)
    assert says in str(refusal.value)


def test_amounts_may_carry_their_unit():
    result = simcost.load("examples/quickstart.toml").run(draws=20_000)
    plain, stated = (result.discover(above=level) for level in (200_000, "200 kUSD"))
    assert plain.identical(stated)


# ------------------------------------------------------------------------------------ command line


def test_the_command_prints_boxes_and_json_says_the_same(simcost_cli):
    ask = ("discover", "examples/quickstart.toml", "--draws", "2e4", "--above", "P90")
    text = simcost_cli(*ask).out
    assert "Box 1" in text
    assert "samples" in text
    told = json.loads(simcost_cli(*ask, "--json").out)
    first = told["boxes"][0]
    assert f"{100 * first['coverage']['value']:.0f}" in text
    assert {one["input"] for one in first["inputs"]} == {"samples", "label_rate", "wage"}
    assert first["steps"][0]["peel_support"] == 1


def test_the_command_says_when_there_is_no_box(simcost_cli, tmp_path):
    path = tmp_path / "noise.toml"
    path.write_text(
        "[inputs]\nx = { uniform = { low = 0, high = 1 } }\n"
        '[outputs]\nbad = "1 if x * 9973 % 1 < 0.1 else 0"\n',
        encoding="utf-8",
    )
    done = simcost_cli("discover", path, "--output", "bad", "--above", "0.5", "--draws", "5000")
    assert done.code == 0
    assert "No box" in done.out
    assert json.loads(
        simcost_cli("discover", path, "--above", "0.5", "--draws", "5000", "--json").out
    )["boxes"] == []  # fmt: skip


def test_the_command_refuses_nonsense(simcost_cli):
    for arguments, says in (
        ((), "say what is bad"),
        (("--above", "P90", "--design", "sobol"), "independent outcomes"),
        (("--above", "P90", "--output", "coast"), "did you mean"),
    ):
        done = simcost_cli("discover", "examples/quickstart.toml", "--draws", "2e4", *arguments)
        assert done.code == 2
        assert says in done.err
