"""Joint confidence against closed forms of the bivariate normal, and what cannot be asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

import simcost
from simcost.analyses._frontier import frontier, together
from simcost.analyses._frontier_weighted import together_weighted
from simcost.analyses._funding import funding
from simcost.errors import UsageError
from simcost.result import Meta, Result

P80 = 0.8416212335729143
# Correlation, chance that both hold at P80, percentile at which both hold in 70% of outcomes.
NORMAL = [(0.0, 0.64, 0.836660), (0.5, 0.687151, 0.809312), (0.8, 0.729034, 0.776009)]


def normal(rho):
    model = simcost.Model("two normals")
    for name in ("cost", "duration"):
        model.input(f"{name}_", simcost.normal(mean=0, sd=1))
        model.output(name, f"{name}_")
    if rho:
        model.correlate("cost_", "duration_", latent=rho)
    return model


def near(data, name, expected, widths=4.0):
    half = max(float(data[f"{name}_upper"] - data[name]), float(data[name] - data[f"{name}_lower"]))
    return abs(float(data[name]) - expected) <= widths / 1.96 * half


def meta_of(draws):
    return Meta(model="made up", seed=0, draws=draws, design="random", replicates=1)


def result_of(seed=0, draws=4000, **units):
    rng = np.random.default_rng(seed)
    columns = {name: np.exp(rng.standard_normal(draws)) for name in units}
    return Result(columns, units, meta_of(draws))


@pytest.mark.parametrize(("rho", "both", "level"), NORMAL)
@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
def test_bivariate_normal(rho, both, level, design):
    result = normal(rho).run(draws=65_536, seed=3, design=design)
    data = result.joint(targets={"cost": P80, "duration": P80}, points=2)
    assert near(data, "joint", both)
    assert near(data, "level", 100 * level)
    for budget, low, high in zip(
        data["budget"].values, data["budget_lower"].values, data["budget_upper"].values, strict=True
    ):
        assert abs(budget - stats.norm.ppf(level)) <= 2 * (high - low)
    assert float(data["independent"]) == pytest.approx(0.64, abs=0.01)


@pytest.mark.parametrize(("rho", "both", "level"), NORMAL)
def test_a_frontier_is_where_the_distribution_function_has_the_confidence(rho, both, level):
    values = normal(rho).run(draws=65_536, design="sobol").values
    meta = normal(rho).run(draws=65_536, design="sobol").meta
    x, found = frontier(values["cost"], values["duration"], 0.7, 8, meta)
    law = stats.multivariate_normal(cov=[[1.0, rho], [rho, 1.0]])
    for limit, interval in list(zip(x, found, strict=True))[:-1]:
        exact = optimize.brentq(lambda y, limit=limit: law.cdf([limit, y]) - 0.7, 0, 6)
        assert float(interval) == pytest.approx(exact, abs=0.05)
    assert float(found[-1]) == pytest.approx(stats.norm.ppf(0.7), abs=0.01)  # y decides alone


def test_seventy_per_cent_together_take_about_p80_of_both():
    law = stats.multivariate_normal(cov=[[1.0, 0.6], [0.6, 1.0]])
    both = optimize.brentq(lambda p: law.cdf([stats.norm.ppf(p)] * 2) - 0.7, 0.5, 0.99)
    assert both == pytest.approx(0.8006, abs=5e-5)
    assert near(normal(0.6).run(draws=65_536, design="sobol").joint(points=2), "level", 100 * both)


def test_dependence_is_noticed():
    """The control: what holds for independent outputs does not hold for these."""
    data = normal(0.8).run(draws=65_536).joint(targets={"cost": P80, "duration": P80}, points=2)
    assert not near(data, "joint", float(data["independent"]))


def test_all_three_together():
    result = result_of(draws=20_000, cost="USD", emissions="kgCO2e", duration="month")
    data = result.joint(confidence=0.512, points=2)
    assert near(data, "level", 80.0)
    assert data["pair"].values.tolist() == [
        "cost, emissions",
        "cost, duration",
        "emissions, duration",
    ]
    assert near(data, "alone_joint", 0.512**3)


def test_outputs_that_rise_together_hold_together_at_their_own_percentile():
    values = result_of(a="").values["a"]
    found = together({"a": values, "b": 3 * values}, 0.7, meta_of(4000))
    assert found.level.value == pytest.approx(70, abs=0.03)
    assert found.amounts["b"].value == 3 * found.amounts["a"].value


def test_intervals_of_percentiles_that_hold_together_cover():
    rho, level = 0.5, 0.809312
    exact = np.exp(stats.norm.ppf([0.5, 0.8, 0.95]))
    hits = np.zeros(5)
    rng = np.random.default_rng(11)
    for _ in range(150):
        a, e = rng.standard_normal((2, 2000))
        pair = {"a": np.exp(a), "b": rho * a + (1 - rho**2) ** 0.5 * e}
        meta = meta_of(2000)
        found = together(pair, 0.7, meta)
        _, contingency, reserve = funding(
            Result(pair, {"a": "", "b": ""}, meta), "a", "P50", "P80", "P95"
        )
        hits += [
            one.low <= true <= one.high
            for one, true in (
                (found.level, 100 * level),
                (found.amounts["a"], np.exp(stats.norm.ppf(level))),
                (found.amounts["b"], stats.norm.ppf(level)),
                (contingency.amount, exact[1] - exact[0]),
                (reserve.amount, exact[2] - exact[1]),
            )
        ]
    assert np.all(hits >= 150 * 0.95 - 4 * (150 * 0.95 * 0.05) ** 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("design", ["random", "sobol"])
def test_intervals_cover_in_runs_of_a_model(design):
    rho, both, level = NORMAL[1]
    hits = np.zeros(3)
    for seed in range(400):
        result = normal(rho).run(draws=4096, seed=seed, design=design)
        data = result.joint(targets={"cost": P80, "duration": P80}, points=2)
        for k, (name, true) in enumerate((("joint", both), ("level", 100 * level))):
            hits[k] += float(data[f"{name}_lower"]) <= true <= float(data[f"{name}_upper"])
        low, high = (float(data[f"amount_{end}"].values[1]) for end in ("lower", "upper"))
        hits[2] += low <= P80 <= high
    assert np.all(hits / 400 > 0.915)
    assert np.all(hits[:2] / 400 < 0.99)


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=100, max_size=300),
    st.floats(0.05, 0.95),
)
@settings(max_examples=30, deadline=None)
def test_whatever_the_ties_targets_hold_with_the_confidence_and_no_less_would(rows, confidence):
    x, y = np.array(rows, dtype=float).T
    meta, n = meta_of(len(x)), len(x)
    limits, found = frontier(x, y, confidence, 5, meta)
    for limit, least in zip(limits, found, strict=True):
        inside = (x <= limit) & (y <= float(least))
        assert inside.sum() >= confidence * n - 1e-9
        assert (inside & (y < float(least))).sum() < confidence * n
    both = together({"x": x, "y": y}, confidence, meta)
    held = (x <= both.amounts["x"].value) & (y <= both.amounts["y"].value)
    assert held.sum() >= confidence * n - 1e-9
    assert both.level.value >= 100 * confidence - 1e-9


def test_funding_adds_up_and_has_names():
    result = result_of(cost="USD", duration="month")
    data = result.joint(base="mean", contingency="ours=P85", reserve="the board's=P97.5", points=2)
    assert data["funding"].values.tolist() == ["base estimate", "ours", "the board's"]
    assert data["funding_level"].values.tolist() == ["mean", "P85", "P97.5"]
    base, contingency, reserve = data["amount"].values
    assert base == result.mean("cost").value
    assert base + contingency == pytest.approx(result.quantile("cost", 85).value)
    assert base + contingency + reserve == pytest.approx(result.quantile("cost", 97.5).value)


def test_a_mean_above_its_contingency_is_said():
    rng = np.random.default_rng(1)
    columns = {"cost": rng.pareto(0.4, 2000), "duration": rng.uniform(size=2000)}
    result = Result(columns, {"cost": "USD", "duration": "month"}, meta_of(2000))
    data = result.joint(base="mean", points=2)
    assert float(data["amount"][1]) < 0
    assert any("is above its P80" in note for note in data.attrs["notes"])


def test_units_of_targets_are_converted():
    result = result_of(cost="USD", emissions="kgCO2e", duration="month")
    data = result.joint(
        targets={"cost": "1.5 kUSD", "emissions": "0.002tCO2e", "duration": "0.25 year"}, points=2
    )
    assert data["limit"].values == pytest.approx([1500, 2, 3])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"targets": {"cost": 1}}, "two outputs or more"),
        ({"targets": {"cost": 1, "emission": 1}}, "did you mean 'emissions'"),
        ({"targets": {"cost": "1 EUR", "duration": 1}}, "different currencies"),
        ({"targets": {"cost": "1 kgCO2e", "duration": 1}}, "cost=1 kgCO2e: cannot convert"),
        ({"targets": {"cost": "cheap", "duration": 1}}, "no amount; write cost=150000"),
        ({"targets": {"cost": float("nan"), "duration": 1}}, "finite amount"),
        ({"targets": {"cost": "1 dollar", "duration": 1}}, "write a currency code"),
        ({"confidence": 70}, "between 0 and 1"),
        ({"points": 1}, "two points"),
        ({"base": "P90"}, "must rise"),
        ({"reserve": "P80"}, "must rise"),
        ({"contingency": "mean"}, "no level of funding"),
        ({"contingency": "P0"}, "no level of funding"),
        ({"contingency": "=P80"}, "has no name"),
        ({"output": "price"}, "no output is named 'price'"),
    ],
)
def test_what_cannot_be_asked(options, said):
    result = result_of(cost="USD", emissions="kgCO2e", duration="month")
    with pytest.raises(UsageError, match=said):
        result.joint(**options)


def test_outcomes_have_to_be_kept_and_to_be_enough():
    with pytest.raises(UsageError, match="were not kept"):
        normal(0).run(draws=70_000, keep=False).joint()
    with pytest.raises(UsageError, match="too few"):
        normal(0).run(draws=50).joint()


def test_a_project_that_has_to_succeed_too():
    model = simcost.Model("gate", currency="USD")
    price = model.input("price", simcost.uniform(low=1, high=2), unit="USD")
    model.stage("only", cost=price, failure=0.3)
    model.output("twice", price * 2)
    data = model.run(draws=20_000).joint(targets={"cost": 1.5, "twice": "3 USD"}, points=2)
    assert near(data, "joint", 0.5)
    assert near(data, "succeeds", 0.35)
    assert any("failed projects count" in note for note in data.attrs["notes"])


def test_both_ways_to_a_frontier_agree():
    from simcost.analyses import _frontier

    x, y = np.random.default_rng(4).integers(0, 40, (2, 1000)).astype(float)
    limits = np.unique(np.sort(x)[750::25])
    one = _frontier._exactly(x, y, limits, 70.0, meta_of(1000))
    other = _frontier._of_replicates(x, y, limits, 70.0, meta_of(1000))
    assert [(a.value, a.low, a.high) for a in one] == [(b.value, b.low, b.high) for b in other]


# -- gates that were not drawn ---------------------------------------------------------------------


def gated():
    """A project of two stages; what it costs and emits depends on how far it gets."""
    model = simcost.Model("gated", currency="USD")
    model.input("hours", simcost.lognormal(median=100, gsd=1.6), unit="hour")
    model.input("power", simcost.uniform(low=1, high=3), unit="kW")
    for stage, failure in (("pilot", 0.4), ("rest", {"uniform": {"low": 0.1, "high": 0.5}})):
        model.stage(
            stage,
            cost="hours * 5 USD/hour" if stage == "pilot" else "hours * 20 USD/hour",
            emissions="hours * power * 0.4 kgCO2e/kWh",
            failure=failure,
            spent_at_failure={"uniform": {"low": 0, "high": 1}},
        )
    return model


@pytest.mark.parametrize("design", ["random", "sobol"])
def test_counting_every_way_the_gates_fall_agrees_with_drawing_them(design):
    targets = {"cost": 2000, "emissions": 120}
    many = gated().run(draws=262_144, seed=5).joint(targets=targets, points=6)
    few = gated().run(draws=16_384, seed=9, design=design, gates="exact")
    data = few.joint(targets=targets, points=6, base="mean")
    for name in ("joint", "succeeds", "independent", "level", "alone_joint"):
        apart = abs(float(data[name]) - float(many[name]))
        halves = [float(one[f"{name}_upper"] - one[name]) for one in (data, many)]
        assert apart <= 2.2 * np.hypot(*halves), name
        assert 0 < halves[0] < 0.03 * (100 if name == "level" else 1)
    apart = np.abs(data["budget"].values - many["budget"].values)
    halves = [(one["budget_upper"] - one["budget_lower"]).values / 2 for one in (data, many)]
    assert np.all(apart <= 2.5 * np.hypot(*halves))
    upto = few.quantile("cost", 80).value
    assert float(data["upto"].values[1]) == upto
    assert (data["amount_upper"] > data["amount"]).all()


def test_exact_gates_leave_a_smaller_error():
    drawn, counted = (
        gated().run(draws=16_384, design="sobol", gates=gates).joint(points=2)
        for gates in ("sampled", "exact")
    )
    wide, narrow = (float(one["level_upper"] - one["level_lower"]) for one in (drawn, counted))
    assert narrow < 0.6 * wide


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=100, max_size=300),
    st.floats(0.05, 0.95),
)
@settings(max_examples=30, deadline=None)
def test_outcomes_of_equal_weight_are_outcomes(rows, confidence):
    rows = rows[: len(rows) // 2 * 2]
    x, y = np.array(rows, dtype=float).T
    n = len(x)
    meta = Meta(model="made up", seed=0, draws=n, design="random", replicates=2)
    plain = together({"x": x, "y": y}, confidence, meta)
    pair = {"x": np.vstack([x, x]), "y": np.vstack([y, y])}
    weights = np.full((2, n), [[0.25], [0.75]])
    other = together_weighted(pair, weights, confidence, meta)
    for name in ("x", "y"):
        assert other.amounts[name].value == plain.amounts[name].value
    held = ((x <= other.amounts["x"].value) & (y <= other.amounts["y"].value)).mean()
    assert held >= confidence - 1e-9
    assert other.level.value >= 100 * confidence - 1e-9


@pytest.mark.slow
def test_intervals_cover_where_gates_are_not_drawn():
    truth = gated().run(draws=1_048_576, seed=77, design="sobol", gates="exact")
    exact = truth.joint(targets={"cost": 2000, "emissions": 120}, points=2)
    hits = np.zeros(4)
    for seed in range(200):
        result = gated().run(draws=2048, seed=seed, gates="exact")
        data = result.joint(targets={"cost": 2000, "emissions": 120}, points=2)
        for k, name in enumerate(("joint", "level", "independent")):
            hits[k] += float(data[f"{name}_lower"]) <= exact[name] <= float(data[f"{name}_upper"])
        low, high, true = (one["budget" + end].values[0] for one, end in (
            (data, "_lower"), (data, "_upper"), (exact, "")))  # fmt: skip
        hits[3] += low <= true <= high
    assert np.all(hits / 200 > 0.90)


def test_the_product_of_single_chances_has_an_error():
    from simcost.analyses.joint import _product

    hits, runs = 0, 400
    rng = np.random.default_rng(8)
    for _ in range(runs):
        pair = {name: rng.standard_normal(1000) for name in ("a", "b")}
        within = np.array([one <= P80 for one in pair.values()])
        result = Result(pair, dict.fromkeys(pair, ""), meta_of(1000))
        found = _product(within.mean(axis=1).tolist(), within, result)
        hits += found.low <= 0.64 <= found.high
    assert abs(hits - 0.95 * runs) <= 4 * (runs * 0.95 * 0.05) ** 0.5
