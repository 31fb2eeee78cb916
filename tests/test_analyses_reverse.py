"""Reverse stress: closed forms of Gaussian portfolios, referees, refusals, and the way back."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special

import simcost
from simcost.analyses._reach import BOUNDED, EXPONENTIAL, HEAVY, NORMAL, reach
from simcost.analyses._weights import NoSolution, tilt
from simcost.errors import UsageError

DRAWS = 100_000
SD = (70, 45, 50, 60, 75)


@pytest.fixture(scope="module")
def portfolio():
    """Five normals with mean 100 and correlation 1/2: the portfolio of SWIM's documentation."""
    model = simcost.Model("Portfolio")
    x = [model.input(f"x{i}", simcost.normal(mean=100, sd=sd)) for i, sd in enumerate(SD, start=1)]
    for i in range(1, 6):
        for j in range(i + 1, 6):
            model.correlate(f"x{i}", f"x{j}", latent=0.5)
    model.output("y", sum(x[1:], x[0]))
    model.output("unrelated", model.input("unrelated_input", simcost.normal(mean=0, sd=1)))
    return model.run(draws=DRAWS, seed=3)


def within(data, name, expected, **where):
    """Whether a figure lies within twice its 95% interval of the exact one."""
    cell = data.sel(**where)
    half = float(cell[f"{name}_upper"]) - float(cell[name])
    return abs(float(cell[name]) - expected) <= 2 * half


@pytest.mark.parametrize(
    ("target", "kl", "ess", "means", "gammas", "distance"),
    [
        ("P75 = 722.9290", 0.020732, 0.9559, (108.0336, 104.8155, 105.4281, 106.6999, 108.7238),
         (0.7937, 0.7401, 0.7508, 0.7723, 0.8045), 0.08058),
        ("P90 = 878.5706", 0.018470, 0.9558, (105.7343, 103.4372, 103.8745, 104.7822, 106.2269),
         (0.7937, 0.7401, 0.7508, 0.7723, 0.8045), 0.04784),
    ],
)  # fmt: skip
def test_a_percentile_of_a_gaussian_portfolio_moves_its_inputs_as_the_closed_form_says(
    portfolio, target, kl, ess, means, gammas, distance
):
    data = portfolio.reverse("y", target=target)
    for i, (mean, gamma) in enumerate(zip(means, gammas, strict=True), start=1):
        # The interval is that of these weights; the quantile of the sample has an error besides.
        assert within(data, "stressed_mean", mean, input=f"x{i}")
        assert within(data, "gamma", gamma, input=f"x{i}")
    assert float(data.kl) == pytest.approx(kl, abs=0.0015)
    assert float(data.ess) / DRAWS == pytest.approx(ess, abs=0.003)
    assert float(data.attained[0]) == pytest.approx(float(data.asked[0]), abs=0.1)
    assert float(data.kolmogorov.max()) < distance  # no input moves further than the output


def test_the_output_itself_moves_by_the_closed_forms_distance(portfolio):
    model = simcost.Model("One")
    model.output("y", model.input("x", simcost.normal(mean=500, sd=233.077240)))
    data = model.run(draws=DRAWS).reverse("y", target="P75 = 722.9290")
    assert within(data, "kolmogorov", 0.08058, input="x")
    assert within(data, "wasserstein", 33.7009, input="x")
    assert float(data.sel(input="x").gamma) == pytest.approx(1)


def test_an_input_that_has_nothing_to_do_with_it_does_not_move(portfolio):
    data = portfolio.reverse("y", target="P90 = 878.5706")
    assert not bool(data.moved.sel(input="unrelated_input"))
    assert within(data, "gamma", 0.0, input="unrelated_input")
    assert bool(data.moved.sel(input="x1"))


def test_percentile_and_mean_beyond_it_together(portfolio):
    data = portfolio.reverse("y", target=["P90 = 878.5706", "CVaR90 = 1045.4037"])
    assert float(data.ess) / DRAWS == pytest.approx(0.823162, abs=0.02)
    assert float(data.kl) == pytest.approx(0.041586, abs=0.003)
    assert float(data.attained[1]) == pytest.approx(1045.4037, abs=0.1)
    y = portfolio.values["y"]
    assert float(np.mean(data.weight.values * y)) == pytest.approx(530.9324, abs=2)


@pytest.fixture(scope="module")
def three():
    model = simcost.Model("Three")
    z1 = model.input("z1", simcost.normal(mean=100, sd=40))
    z2 = model.input("z2", simcost.normal(mean=100, sd=20))
    z3 = model.input("z3", simcost.normal(mean=100, sd=20))
    model.correlate("z1", "z2", latent=0.5)
    model.output("y", z1 + z2 + z3)
    return model.run(draws=DRAWS, seed=1)


def test_the_mean_of_a_normal_input(three):
    data = three.reverse("y", target="mean of z1 + 10")
    assert within(data, "stressed_mean", 102.5, input="z2")
    assert float(data.kl) == pytest.approx(0.03125, abs=0.0005)
    assert float(data.ess) / DRAWS == pytest.approx(0.939413, abs=0.002)


def test_the_spread_of_a_normal_input_widens_without_moving_its_mean(three):
    data = three.reverse("y", target="sd of z1 = 50")
    assert float(data.ess) / DRAWS == pytest.approx(0.826797, abs=0.015)
    y, w = three.values["y"], data.weight.values
    sd = math.sqrt(np.mean(w * (y - np.mean(w * y)) ** 2))
    assert sd == pytest.approx(67.869360, abs=0.4)
    z1 = data.sel(input="z1")
    assert float(z1.stressed_mean) == pytest.approx(float(z1.base_mean), abs=1e-6)


def test_the_score_of_a_lognormal_is_tilted_where_its_mean_cannot_be():
    model = simcost.Model("Lognormal")
    model.output("y", model.input("x", simcost.lognormal(mu=0, sigma=1)))
    result = model.run(draws=DRAWS)
    shift = math.log(1.3)
    for target in (f"mean of score(x) = {shift}", f"mean of log(x) + {shift}"):
        data = result.reverse("y", target=target)
        assert float(data.ess) / DRAWS == pytest.approx(0.933481, abs=0.003)
        assert within(data, "stressed_mean", 1.3 * math.exp(0.5), input="x")
    with pytest.raises(UsageError, match="no solution in the model"):
        result.reverse("y", target="mean of x * 1.3")
    result.reverse("y", target="mean of x * 0.9")  # downwards it has one


# ------------------------------------------------------------------------------------- the solver


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.lists(st.floats(0.05, 0.95), min_size=1, max_size=4, unique=True),
    st.data(),
)
def test_probabilities_of_bins_make_piecewise_constant_weights(seed, edges, data):
    y = np.random.default_rng(seed).standard_normal(2000)
    cuts = np.quantile(y, sorted(edges))
    bins = np.searchsorted(cuts, y)
    counts = np.bincount(bins, minlength=len(cuts) + 1) / len(y)
    if np.min(counts) < 0.01:
        return
    asked = np.array([data.draw(st.floats(0.05, 1)) for _ in counts])
    asked /= asked.sum()
    above = np.cumsum(asked[::-1])[::-1][1:]
    found = tilt((y > cuts[:, None]).astype(float), above)
    assert np.allclose(found.weights, (asked / counts)[bins], rtol=1e-7)
    assert found.divergence == pytest.approx(float(asked @ np.log(asked / counts)), abs=1e-9)
    assert np.mean(found.weights) == pytest.approx(1)
    assert 0 < found.effective <= 2000 * (1 + 1e-12)


def test_no_other_weights_diverge_less():
    rng = np.random.default_rng(7)
    h = rng.standard_normal((2, 12))
    asked = np.array([0.2, -0.1])
    found = tilt(h, asked)

    def divergence(w):
        return float(np.mean(w * np.log(w)))

    referee = optimize.minimize(
        divergence,
        np.ones(12),
        method="SLSQP",
        bounds=[(1e-9, None)] * 12,
        constraints=[
            {"type": "eq", "fun": lambda w: np.mean(w) - 1},
            {"type": "eq", "fun": lambda w: h @ w / 12 - asked},
        ],
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert referee.success
    assert found.divergence == pytest.approx(referee.fun, abs=1e-7)
    assert np.allclose(found.weights, referee.x, atol=1e-3)


def test_expectations_outside_of_the_outcomes_have_no_weights():
    h = np.random.default_rng(1).uniform(size=(2, 500))
    for asked in ([1.2, 0.5], [0.5, -0.1], [0.0, 0.0]):
        with pytest.raises(NoSolution):
            tilt(h, np.array(asked))
    with pytest.raises(NoSolution):
        tilt(np.ones((1, 500)), np.array([1.0]))
    both = np.stack([h[0] > 0.4, h[0] > 0.6]).astype(float)
    with pytest.raises(NoSolution):
        tilt(both, np.array([0.3, 0.4]))  # the wider set cannot be the less likely one


def calibration(repetitions, n, function):
    """Return ratios of the stated to the true error of a weighted mean, ours and the naive one."""
    rng = np.random.default_rng(11)
    values, stated, naive = [], [], []
    for _ in range(repetitions):
        x = rng.standard_normal((n, 2))
        y = x[:, 0] + 0.5 * x[:, 1]
        h, asked = function(y)
        found = tilt(h[None], np.array([asked]))
        value, error = found.mean(x[:, 0])
        values.append(value)
        stated.append(error)
        naive.append(np.std(found.weights * (x[:, 0] - value)) / math.sqrt(n))
    true = np.std(values)
    return np.mean(stated) / true, np.mean(naive) / true, np.array(values), np.array(stated)


def test_the_stated_error_is_that_of_repeated_runs_and_the_naive_one_is_not():
    ours, naive, *_ = calibration(300, 2000, lambda y: (y, 0.5))
    assert ours == pytest.approx(1, abs=0.12)
    assert naive > 1.5
    ours, *_ = calibration(300, 2000, lambda y: ((y > 1.2).astype(float), 0.3))
    assert ours == pytest.approx(1, abs=0.12)


@pytest.mark.slow
def test_intervals_of_weighted_means_cover():
    exact = 0.5 / 1.25  # E X₁ where E Y is tilted to 1/2
    *_, values, stated = calibration(4000, 2000, lambda y: (y, 0.5))
    assert np.mean(np.abs(values - exact) <= 1.96 * stated) == pytest.approx(0.95, abs=0.012)
    # P(Y > 1.2) to 0.3: E X₁ = 0.8 E Y, and E Y = Σ w E[Y; bin]
    t, s = 1.2 / math.sqrt(1.25), math.sqrt(1.25)
    phi = math.exp(-(t**2) / 2) / math.sqrt(2 * math.pi)
    exact = 0.8 * s * phi * (0.3 / special.ndtr(-t) - 0.7 / special.ndtr(t))
    *_, values, stated = calibration(4000, 2000, lambda y: ((y > 1.2).astype(float), 0.3))
    assert np.mean(np.abs(values - exact) <= 1.96 * stated) == pytest.approx(0.95, abs=0.012)


# --------------------------------------------------------------------------------------- refusals


@pytest.fixture(scope="module")
def labelling():
    return simcost.load("examples/quickstart.toml").run(draws=20_000)


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("P90 * 100", "outside of what was drawn"),
        ("P90 * 5", "need 200 to rest on"),
        ("P50 * 5", "too far from the model"),
        ("chance > 1e9 = 1%", "only 0 of 20,000"),
        ("chance > 136750 = 100%", "the ends excluded"),
        ("chance > 136750 + 5%", "state a chance as = 30%"),
        ("chance cost > 136750 = 30%", "Write 136750 USD"),
        ("chance cost = 30%", "no condition"),
        ("chance = 30%", "does not say of what"),
        ("mean * 1.1", "no solution in the model"),
        ("sd * 1.1", "no solution in the model"),
        ("CVaR90 * 1.1", "P90 * 1 keeps it"),
        (["P90 * 1.2", "CVaR90 * 0.7"], "contradict"),
        (["P90 = 250000", "CVaR90 = 240000"], "contradict"),
        (["P90 * 1.2", "P90 * 1.3"], "the same figure"),
        (["P90 = 260000", "P80 = 270000"], "contradict each other"),
        (["P90 * 1.2", "P95 of wage * 3"], "outside"),
        ("P90 of wag * 1.2", "Did you mean wage"),
        ("P100 = 3", "between P0 and P100"),
        ("P90", "does not say what the figure is to be"),
        ("median * 2", "names no figure"),
        ("P90 of score(cost) = 1", "only mean and sd"),
        ("mean of score(cost) * 1.1", "write = 0.5"),
        ("P90 = lots", "lots"),
        ("P90 = 3 hour", "hour"),
        ("mean of wage = nan", "nan"),
        ([], "needs a target"),
    ],
)
def test_a_target_that_cannot_be_is_refused_with_what_to_write(labelling, target, says):
    with pytest.raises(UsageError) as refusal:
        labelling.reverse("cost", target=target)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    "target",
    [
        "P90 = 260 kUSD",
        "P90+20%",
        "P90 - 5_000",
        "p90 * 1.2",
        "chance > 136750 USD = 0.4",
        "chance of cost > 136750 USD * 1.5",
        "chance samples > 5e4 sample and wage > 14 USD/hour = 30%",
        "mean of min(cost, 500000 USD) * 1.1",
        "P90 of samples / label_rate = 20_000 hour",
        "sd of log(samples / (1 sample)) * 1.1",
    ],
)
def test_targets_that_people_write(labelling, target):
    data = labelling.reverse("cost", target=target)
    assert float(data.attained[0]) == pytest.approx(float(data.asked[0]), rel=2e-3)


def test_a_result_with_another_design_or_without_its_model_is_refused(labelling):
    sobol = simcost.load("examples/quickstart.toml").run(draws=4096, design="sobol")
    with pytest.raises(UsageError, match="independent outcomes"):
        sobol.reverse("cost", target="P90 * 1.2")
    bare = type(labelling)(labelling.values, labelling.units, labelling.meta)
    with pytest.raises(UsageError, match="does not know its model"):
        bare.reverse("cost", target="P90 * 1.2")
    with pytest.raises(UsageError, match="did you mean"):
        labelling.reverse("coast", target="P90 * 1.2")


# ---------------------------------------------------------------------- tails, from formulas


def bounds(formula, **inputs):
    model = simcost.Model("Reach")
    for name, law in inputs.items():
        model.input(name, law)
    model.output("out", formula)
    return reach(model.plan().outputs["out"])


def test_how_far_a_quantity_goes_is_read_off_its_formula():
    n = simcost.normal(mean=0, sd=1)
    u = simcost.uniform(low=1, high=2)
    log = simcost.lognormal(mu=0, sigma=1)
    e = simcost.exponential(mean=1)
    cases = [
        (bounds("3 * x - u", x=n, u=u), NORMAL),
        (bounds("u * u / (u + 1) + sqrt(u)", u=u), BOUNDED),
        (bounds("u * x", u=u, x=n), NORMAL),
        (bounds("x * y", x=n, y=simcost.normal(mean=1, sd=1)), HEAVY),
        (bounds("exp(x)", x=n), HEAVY),
        (bounds("log(x)", x=log), NORMAL),
        (bounds("log(2 * x * y)", x=log, y=simcost.lognormal(mu=1, sigma=1)), NORMAL),
        (bounds("log(x + 1)", x=log), EXPONENTIAL),
        (bounds("min(x, 5)", x=log), BOUNDED),
        (bounds("max(x, 5)", x=log), HEAVY),
        (bounds("e + x", e=e, x=n), EXPONENTIAL),
        (bounds("e * e", e=e), HEAVY),
        (bounds("1 / x", x=n), HEAVY),
        (bounds("1 / u", u=u), BOUNDED),
        (bounds("x if u > 1.5 else 0", x=log, u=u), HEAVY),
        (bounds("u ** 2", u=u), BOUNDED),
        (bounds("x", x=simcost.pareto(minimum=1, alpha=3)), HEAVY),
    ]
    for number, (found, expected) in enumerate(cases):
        assert found.upper == expected, number
    assert bounds("x", x=log).lower == BOUNDED


# ------------------------------------------------------------------------------ the way back


def test_the_scenario_that_is_written_runs_and_gives_the_figures_that_were_stated(tmp_path):
    text = Path("examples/quickstart.toml").read_text(encoding="utf-8")
    data = simcost.load("examples/quickstart.toml").run(draws=20_000).reverse(
        "cost", target="P90 * 1.2", write_scenario="dear"
    )  # fmt: skip
    path = tmp_path / "model.toml"
    path.write_text(text + "\n" + data.attrs["scenario_toml"], encoding="utf-8")
    again = simcost.load(path).run(draws=20_000, scenario="dear")
    assert again.quantile("cost", 90).value == float(data.rerun[0])
    base, asked, reached = float(data.base[0]), float(data.asked[0]), float(data.rerun[0])
    assert base < reached <= asked  # part of the way: the dependence is lost
    assert float(data.rerun_lower[0]) < reached < float(data.rerun_upper[0])


def test_one_input_alone_comes_all_the_way():
    model = simcost.Model("One")
    model.output("y", model.input("x", simcost.lognormal(p10=1, p90=4)))
    data = model.run(draws=50_000).reverse("y", target="P90 * 1.2", write_scenario="s")
    assert float(data.rerun[0]) == pytest.approx(float(data.asked[0]), rel=0.01)


def test_levels_and_gates_are_written_as_chances():
    model = simcost.Model("Levels", currency="USD")
    model.input("n", simcost.discrete(values=[1, 2, 5], weights=[0.5, 0.3, 0.2]))
    yes = model.input("yes", simcost.bernoulli(p=0.3))
    model.stage("build", cost="n * 10 USD", failure=0.25, spent_at_failure=0.5)
    model.output("paid", 1 + yes)
    result = model.run(draws=40_000)
    data = result.reverse("cost", target="chance > 12 = 60%", write_scenario="s")
    text = data.attrs["scenario_toml"]
    assert "n = { discrete = { values = [1.0, 2.0, 5.0], weights = [" in text
    assert '"build.failure" = { value = 0.' in text
    assert "yes" not in text  # it has nothing to do with the cost
    gate = data.sel(input="build.gate")
    assert str(gate.kind.values) == "gate"
    assert float(gate.base_mean) == pytest.approx(0.25, abs=0.01)
    assert float(data.rerun[0]) > float(data.base[0])


# ------------------------------------------------------------------------------------- command line


def test_the_command_prints_what_moves_and_json_says_the_same(simcost_cli):
    ask = ("reverse", "examples/quickstart.toml", "--draws", "2e4", "--target", "P90 * 1.2")
    done = simcost_cli(*ask, "--write-scenario", "dear")
    assert done.code == 0
    assert "Inputs that move" in done.out
    assert "[scenarios.dear]" in done.out
    assert max(len(line) for line in done.out.splitlines() if "=" not in line) <= 100
    told = json.loads(simcost_cli(*ask, "--json").out)
    assert told["analysis"] == "reverse"
    assert told["targets"][0]["target"] == "P90 * 1.2"
    assert {one["input"] for one in told["inputs"]} == {"samples", "label_rate", "wage"}
    assert told["draws"] == 20_000


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "--target"),
        (("--target", "P90 * 1.2", "--output", "coast"), "did you mean"),
        (("--target", "P90 * 100"), "outside of what was drawn"),
        (("--target", "P90 * 1.2", "--scenario", "none"), "there is no scenario"),
    ],
)
def test_the_command_refuses_nonsense(simcost_cli, arguments, says):
    done = simcost_cli("reverse", "examples/quickstart.toml", "--draws", "2e4", *arguments)
    assert done.code in (2, 3)
    assert says in done.err


def test_a_scenario_of_that_name_is_not_written_again(simcost_cli):
    done = simcost_cli(
        "reverse", "tests/models/staged.toml", "--target", "P90 * 1.1", "--write-scenario", "slow"
    )
    assert done.code == 2
    assert "already" in done.err
