"""Rare events: closed forms, several ways to one event, and refusals."""

import json
import math

import numpy as np
import pytest
from scipy import special

import simcost
from simcost.analyses._latent import Latent
from simcost.analyses._mixture import Estimate, estimate
from simcost.analyses._shifts import NoWay, routes
from simcost.analyses._trust import check_agreement
from simcost.errors import UsageError
from simcost.run import Settings


def linear(inputs, two_sided=False):
    """A weighted sum of normals, whose tail is known; and the norm of the weights."""
    weights = np.random.default_rng(inputs).uniform(0.2, 1, inputs)
    model = simcost.Model("Linear")
    x = [model.input(f"x{k}", simcost.normal(mean=0, sd=1)) for k in range(inputs)]
    total = float(weights[0]) * x[0]
    for weight, one in zip(weights[1:], x[1:], strict=True):
        total = total + float(weight) * one
    model.output("y", abs(total) if two_sided else total)
    return model, float(np.linalg.norm(weights))


def holds(data, exact, within=0.03):
    """Whether twice the interval has the exact chance in it, and is narrow."""
    chance, half = float(data.chance), float(data.chance_upper - data.chance)
    return abs(chance - exact) <= 2 * half and half <= within * exact


@pytest.mark.parametrize(("inputs", "chance"), [(5, 1e-3), (5, 1e-9)])
def test_the_tail_of_a_weighted_sum_of_normals(inputs, chance):
    model, norm = linear(inputs)
    level = -special.ndtri(chance) * norm
    data = model.run(draws=1000, seed=1).rare("y", above=level, draws=40_000)
    assert holds(data, chance)
    assert data.sizes["route"] == 1
    assert float(data.evaluations) < 1_500_000
    assert float(data.plain_draws) > 100 / chance


@pytest.mark.slow
@pytest.mark.parametrize("chance", [1e-3, 1e-6, 1e-9])
def test_the_tail_of_a_weighted_sum_of_thirty(chance):
    model, norm = linear(30)
    data = model.run(draws=1000, seed=1).rare("y", above=-special.ndtri(chance) * norm)
    assert holds(data, chance, within=0.02)


def test_an_event_on_two_sides_is_found_on_both():
    model, norm = linear(5, two_sided=True)
    data = model.run(draws=1000).rare("y", above=-special.ndtri(1e-6) * norm, draws=20_000)
    assert holds(data, 2e-6)
    assert data.sizes["route"] == 2


def test_an_event_in_four_corners_is_found_in_all():
    model = simcost.Model("Corners")
    x = [model.input(name, simcost.normal(mean=0, sd=1)) for name in "ab"]
    model.output("y", np.minimum(abs(x[0]), abs(x[1])))
    data = model.run(draws=1000).rare("y", above=3.0, draws=40_000)
    assert data.sizes["route"] == 4
    assert holds(data, 4 * special.ndtr(-3.0) ** 2)


def test_a_gate_and_a_lognormal():
    model = simcost.Model("Gate")
    fails = model.input("fails", simcost.bernoulli(p=0.01))
    cost = model.input("cost_if_well", simcost.lognormal(mu=0, sigma=0.5))
    model.output("cost", cost * (1 + 9 * fails))
    level = 12.0
    exact = 0.99 * special.ndtr(-math.log(level) / 0.5) + 0.01 * special.ndtr(
        -math.log(level / 10) / 0.5
    )
    data = model.run(draws=1000).rare(above=level, draws=40_000)
    assert holds(data, exact, within=0.1)


def test_coupled_inputs():
    model = simcost.Model("Coupled")
    x, y = (model.input(name, simcost.lognormal(mu=0, sigma=1)) for name in "xy")
    model.correlate("x", "y", latent=0.6)
    model.output("cost", x * y)
    sd = math.sqrt(2 + 2 * 0.6)
    data = model.run(draws=1000).rare(above=math.exp(5 * sd), draws=20_000)
    assert holds(data, special.ndtr(-5.0))


def test_a_staged_project_agrees_with_a_plain_run():
    model = simcost.load("tests/models/staged.toml")
    level = 350_000.0
    data = model.run(draws=1000, seed=5).rare("cost", above=level, draws=20_000)
    plain = model.run(draws=1_000_000, seed=6).exceedance("cost", level)
    half = float(data.chance_upper - data.chance)
    assert abs(float(data.chance) - plain.value) <= half + plain.half_width
    assert half < plain.half_width / 2  # with fewer outcomes
    assert str(data.stream.values[0]) == "samples"


@pytest.mark.slow
@pytest.mark.parametrize("level", [2e6, 5e6])
def test_the_reference_project_agrees_with_a_plain_run_of_1e8(level):
    model = simcost.load("benchmarks/reference.toml")
    plain = model.run(
        draws=100_000_000, seed=6, keep=False, thresholds={"cost": (level,)}
    ).exceedance("cost", level)
    data = model.run(draws=1000, seed=5).rare("cost", above=level)
    half = float(data.chance_upper - data.chance)
    assert abs(float(data.chance) - plain.value) <= 1.5 * (half + plain.half_width)


@pytest.mark.slow
def test_intervals_cover():
    model, norm = linear(5)
    level = -special.ndtri(1e-5) * norm
    inside = [
        float(data.chance_lower) <= 1e-5 <= float(data.chance_upper)
        for seed in range(100)
        for data in [model.run(draws=1000, seed=seed).rare("y", above=level, draws=5_000)]
    ]
    assert 0.87 <= np.mean(inside) <= 1  # 95% up to four standard errors


# ------------------------------------------------------------------------------------ the machinery


def latent(model, output="y", **settings):
    return Latent.of(model.plan(), output, Settings(draws=1000, **settings))


def test_a_shift_moves_the_normals_and_nothing_else():
    model, norm = linear(3)
    one = latent(model)
    shift = np.array([1.0, 0.0, -2.0])
    ((y, w),) = one.draw(shift, 100, 50, range(3))
    ((_, base),) = one.draw(np.zeros(3), 100, 50, range(3))
    assert np.allclose(w - base, shift[:, None])
    assert np.allclose(y, np.random.default_rng(3).uniform(0.2, 1, 3) @ w, rtol=1e-7)
    ((again, _),) = one.draw(shift, 120, 1, [])  # any outcome can be drawn by itself
    assert again[0] == y[20]
    del norm


def test_weights_sum_to_one_and_estimates_do_not_depend_on_the_shift():
    model, norm = linear(3)
    one = latent(model)
    level = 1.5 * norm
    exact = special.ndtr(-1.5)
    for shifts in ([np.array([1.0, 0.5, 0.0])], [np.ones(3), -np.ones(3)]):
        found = estimate(one, level, shifts, 0, 50_000)
        assert abs(found.weight - 1) < 4 * found.weight_error
        assert abs(found.chance - exact) < 4 * found.error


def test_shifts_that_lie_together_are_one_route():
    near = [np.array([2.0, 0.0]), np.array([2.2, 0.1]), np.array([-2.0, 0.0])]
    found = routes(near)
    assert len(found) == 2
    assert np.allclose(found[0], [2.1, 0.05])


def test_the_same_figures_for_any_threads_and_engine():
    model, norm = linear(3)
    found = [
        model.run(draws=1000, threads=threads, engine=engine).rare("y", above=4 * norm, draws=5000)
        for threads, engine in ((1, "interpreter"), (2, "machine"))
    ]
    assert float(found[0].chance) == float(found[1].chance)


# ----------------------------------------------------------------------------------------- refusals


def replicate(chance, error=0.02, effective=5000.0, weight=1.0):
    return Estimate(chance, error, effective, weight, 0.001, np.zeros(1))


GOOD = [replicate(1 + 0.02 * k) for k in (-1, 1, -1, 1, 0, 0, 1, -1)]


@pytest.mark.parametrize(
    ("estimates", "uncovered", "says"),
    [
        ([*GOOD[:7], replicate(1.2)], 0.0, "differ by more than twice their own errors"),
        ([*GOOD[:7], replicate(2.5, error=5)], 0.0, "more than twice the median"),
        ([*GOOD[:7], replicate(1, effective=150)], 0.0, "150 outcomes, effectively"),
        ([replicate(1, weight=0.98) for _ in range(8)], 0.0, "weights add up to 0.98"),
        (GOOD, 0.4, "in more ways than were found"),
    ],
)
def test_an_estimate_that_its_parts_contradict_is_not_given(estimates, uncovered, says):
    check_agreement(GOOD, 0.0)  # the control
    if "twice the median" in says:
        estimates = [replicate(one.chance, error=5) for one in estimates]
    with pytest.raises(NoWay) as refusal:
        check_agreement(estimates, uncovered)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    ("output", "asked", "says"),
    [
        ("bounded", {"above": 2.5}, "never exceeds 2"),
        ("y", {"above": math.nan}, "finite"),
        ("y", {"above": 3, "replicates": 4}, "replicates"),
        ("y", {"above": 3, "draws": 10}, "draws"),
        ("z", {"above": 3}, "no output"),
        ("level", {"above": 0.5}, "the same in every outcome"),
        ("step", {"above": 1.5}, "the search came to 1"),
    ],
)
def test_a_level_that_makes_no_sense_is_refused(output, asked, says):
    model = simcost.Model("Refused")
    y = model.input("x", simcost.normal(mean=0, sd=1))
    u = model.input("u", simcost.uniform(low=1, high=2))
    model.output("y", y + 0 * u)
    model.output("bounded", u)
    model.output("level", "1")
    model.output("step", "(1 if u > 1.5 else 0) + x - x")
    with pytest.raises(UsageError) as refusal:
        model.run(draws=1000).rare(output, **asked)
    assert says in str(refusal.value)


def farthest(inputs):
    """The largest of several normals in size: an event in two ways an input."""
    model = simcost.Model("Farthest")
    x = [model.input(f"x{k}", simcost.normal(mean=0, sd=1)) for k in range(inputs)]
    most = abs(x[0])
    for one in x[1:]:
        most = np.maximum(most, abs(one))
    model.output("y", most)
    return model


def right_or_refused(inputs, level, seed):
    exact = -math.expm1(inputs * math.log1p(-2 * special.ndtr(-level)))
    said = ""
    try:
        data = farthest(inputs).run(draws=1000, seed=seed).rare("y", above=level, draws=20_000)
    except UsageError as refusal:
        said = str(refusal)
    return "can be given" in said or holds(data, exact, within=0.2)


@pytest.mark.parametrize("inputs", [3, 8])
def test_an_event_in_many_ways_is_refused_or_right(inputs):
    assert right_or_refused(inputs, 4.5, seed=0)


@pytest.mark.slow
def test_events_in_many_ways_are_refused_or_right_time_after_time():
    cases = [(k, t, seed) for k in (2, 3, 4) for t in (3.5, 4.5, 5.5) for seed in range(10)]
    wrong = [case for case in cases if not right_or_refused(*case)]
    assert len(wrong) <= 2, wrong


# ------------------------------------------------------------------------------------- command line


def test_the_command_prints_the_chance_and_json_says_the_same(simcost_cli):
    ask = ("rare", "examples/quickstart.toml", "--above", "2e6", "--draws", "2e4")
    text = simcost_cli(*ask).out
    told = json.loads(simcost_cli(*ask, "--json").out)
    assert told["chance"]["low"] < 1e-5 < told["chance"]["high"] * 1.05
    assert "One in" in text
    assert "samples" in text
    assert len(told["replicates"]) == 8
    assert told["routes"][0]["streams"][0]["shift"] > 3


def test_the_command_refuses_nonsense(simcost_cli):
    for arguments, says in (
        ((), "--above"),
        (("--above", "lots"), "lots"),
        (("--above", "2e6", "--output", "coast"), "did you mean"),
        (("--above", "2e6", "--replicates", "2"), "replicates"),
        (("--above", "2e6", "--design", "lhs"), "independent outcomes"),
    ):
        done = simcost_cli("rare", "examples/quickstart.toml", *arguments)
        assert done.code == 2
        assert says in done.err
