"""How often 95% intervals hold the true value: a short look always, a long one when asked.

One look is a number of runs with different seeds. Bars of one run miss together, so what is judged
is the share of a run's bars that hold, whose spread over runs says how far the mean share may be
from 0.95. Besides, the spread of an estimate over runs has to be the error that is printed: that
needs no true value. Where intervals are wider than need be, it is said here, and in the docs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import contribution_truths as known
import numpy as np
import pytest
from scipy import stats

import simcost
from simcost.result._student import normal, student

FAR = 3.3  # standard errors: one look in a thousand is that far off by chance
WIDEST = 0.99  # a share of bars that hold: above it, intervals are much wider than need be


@dataclass
class Looked:
    """Estimates of bars over runs, float64[runs, bars], with the ends of their intervals."""

    names: list[str]
    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    reach: float  # standard errors in a half-width

    def narrowed(self, by):
        middle, half = self.values, (self.high - self.low) / 2
        return Looked(self.names, middle, middle - by * half, middle + by * half, self.reach)

    def held(self, truths):
        return (self.low <= truths) & (truths <= self.high)

    def ratios(self):
        """How much more estimates vary than their errors say, and the error of that."""
        errors = (self.high - self.low) / 2 / self.reach
        off = self.values - self.values.mean(axis=0)
        variance = (off**2).mean(axis=0)
        kurtosis = (off**4).mean(axis=0) / variance**2
        ratio = np.sqrt(variance / (errors**2).mean(axis=0))
        return ratio, ratio * np.sqrt((kurtosis - 1) / 4 / len(off))


def look(model, asks, seeds, draws, **settings):
    """Return a `Looked` for each question, a function of a run that gives a Dataset and a key."""
    rows = {name: [] for name in asks}
    for seed in range(seeds):
        run = model.run(draws=draws, seed=seed, **settings)
        for name, ask in asks.items():
            data, key = ask(run)
            dim = "item" if "item" in data.sizes else "input"
            data = data.sortby(dim)
            ends = (data[f"{key}{end}"].values for end in ("", "_lower", "_upper"))
            rows[name].append(([str(one) for one in data[dim].values], *ends))
    balanced = settings.get("design", "random") != "random"
    reach = student(0.95, 15) if balanced else normal(0.95)
    return {
        name: Looked(found[0][0], *(np.array([row[k] for row in found]) for k in (1, 2, 3)), reach)
        for name, found in rows.items()
    }


def share_held(looked, truths):
    """Return the share of bars that hold, and how far from 0.95 it is in standard errors."""
    by_run = looked.held(np.array([truths[name] for name in looked.names])).mean(axis=1)
    mean, error = float(by_run.mean()), float(by_run.std(ddof=1)) / math.sqrt(len(by_run))
    return mean, (mean - 0.95) / max(error, 0.005)


def check(looked, truths, wide=(), case=""):
    """Fail where intervals hold too rarely, or estimates vary otherwise than their errors say.

    Parameters
    ----------
    wide : names of bars whose errors may be more than a quarter too large.
    """
    mean, off = share_held(looked, truths)
    assert off >= -FAR, (case, mean)
    for name, ratio, error in zip(looked.names, *looked.ratios(), strict=True):
        assert ratio <= 1.0 + FAR * error, (case, name, ratio)
        assert name in wide or ratio >= 0.8 - FAR * error, (case, name, ratio)


def contributions(target, by):
    return lambda run: (run.contingency("cost", target=target, by=by), "contribution")


EVERY = {(target, by): contributions(target, by) for target in ("P80", "CVaR80")
         for by in ("items", "inputs")}  # fmt: skip


def wide_of(case):
    """Bars whose intervals are wider than need be.

    A gate that 1 in 1,000 outcomes at P80 has failed is given what it may be, and with it the
    interactions; in a balanced design a gate varies less than can be read off, and so do, of a sum,
    the interactions at P80.
    """
    if case[1] == "items":
        return ()
    return ("data.gate", "interactions") if case[0] == "P80" else ("data.gate",)


@pytest.mark.parametrize("make", [known.linear, known.gated])
def test_contributions_hold_the_truth_in_a_short_look(make):
    for case, looked in look(make(), EVERY, 30, 4096).items():
        truths, wide = known.truths(make, *case), wide_of(case)
        check(looked, truths, wide, case)
        if case != ("P80", "inputs"):  # half the error holds two thirds of the time
            assert share_held(looked.narrowed(0.5), truths)[1] < -FAR, case
            with pytest.raises(AssertionError):
                check(looked.narrowed(0.5), truths, wide)


@pytest.mark.slow
@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
@pytest.mark.parametrize(
    "make", [known.linear, known.coupled, known.gated, known.heavy, known.idle]
)
def test_contributions_hold_the_truth(make, design):
    for case, looked in look(make(), EVERY, 200, 8192, design=design).items():
        truths = known.truths(make, *case)
        check(looked, truths, wide_of(case), (make.__name__, design, *case))


@pytest.mark.slow
def test_contributions_of_many_balanced_draws_hold_the_truth():
    for case, looked in look(known.gated(), EVERY, 80, 65_536, design="sobol").items():
        check(looked, known.truths(known.gated, *case), wide_of(case), case)


def test_the_sum_of_small_contributions_has_the_error_of_a_sum():
    model = known.coupled()
    values, halves, alone = [], [], []
    for seed in range(30):
        data = model.run(draws=4096, seed=seed).contingency("cost", by="inputs")
        two = data.sel(item="x1")  # with x2, which is the smallest
        values.append(float(two["rest"]))
        halves.append(float(two["rest_upper"] - two["rest_lower"]) / 2)
        parts = data.sel(item=["x1", "x2"])
        alone.append(float(parts["contribution"].sum()))
        last = data.sel(item="x2")
        assert float(last["rest"]) == pytest.approx(float(last["contribution"]))
        assert float(last["rest_upper"]) == pytest.approx(float(last["contribution_upper"]))
        assert math.isnan(float(data.sel(item="interactions")["rest"]))
    assert values == pytest.approx(alone)
    ratio = np.std(values) / (np.mean(halves) / 1.96)
    assert 0.7 < ratio < 1.4


def test_a_level_that_is_not_met_at_the_target_still_has_an_error():
    # 1 in 1,000 outcomes at P80 has failed: of those that are looked at hardly ever one
    run = known.gated().run(draws=1024, design="sobol")
    gate = run.contingency("cost", by="inputs").sel(item="data.gate")
    half = float(gate["contribution_upper"] - gate["contribution"])
    means = run.tornado("cost", method="gate").sel(input="data.gate")
    looked_at = 2 * 0.5 * 1024 ** (2 / 3)
    assert half >= 0.9 * 3 / looked_at * abs(float(means["effect"])) > 0


# -- bars of tornadoes and shares of the variance --------------------------------------------------

SDS = known.NORMAL
WHOLE = math.sqrt(float(SDS @ SDS))
LINEAR = {
    "conditional": ([2 * 1.754983 * s for s in SDS], lambda run: (run.tornado("cost"), "effect")),
    "regression": (
        [s / WHOLE for s in SDS],
        lambda run: (run.tornado("cost", method="regression"), "effect"),
    ),
    "rank": (
        [6 / math.pi * math.asin(s / WHOLE / 2) for s in SDS],
        lambda run: (run.tornado("cost", method="rank"), "effect"),
    ),
    "first": (
        [(s / WHOLE) ** 2 for s in SDS],
        lambda run: (run.sensitivity("cost", walks=0), "first"),
    ),
    "shapley": (
        [(s / WHOLE) ** 2 for s in SDS],
        lambda run: (run.sensitivity("cost", walks=8192), "shapley"),
    ),
    "total": (
        [(s / WHOLE) ** 2 for s in SDS],
        lambda run: (run.sensitivity("cost", walks=8192), "total"),
    ),
}


def short_look(analysis, seeds, design="random"):
    values, ask = LINEAR[analysis]
    looked = look(known.linear(), {analysis: ask}, seeds, 8192, design=design)[analysis]
    return looked, {f"x{k}": value for k, value in enumerate(values)}


@pytest.mark.parametrize("analysis", LINEAR)
def test_intervals_hold_the_truth_in_a_short_look(analysis):
    looked, truths = short_look(analysis, 20)
    assert share_held(looked, truths)[1] >= -FAR
    assert share_held(looked.narrowed(0.3), truths)[1] < -FAR


@pytest.mark.slow
@pytest.mark.parametrize("design", ["random", "sobol"])
@pytest.mark.parametrize("analysis", LINEAR)
def test_intervals_hold_the_truth(analysis, design):
    looked, truths = short_look(analysis, 150, design)
    mean, off = share_held(looked, truths)
    # of a balanced design the conditional ones are wider than need be
    assert off >= -FAR, mean
    assert mean <= (1.0 if design != "random" else WIDEST)


def bars(method, key="effect", **options):
    return lambda run: (run.tornado("cost", method=method, **options), key)


SPREAD = {
    "mean": bars("conditional"),
    "P90": bars("conditional", statistic="P90"),
    "CVaR80": bars("conditional", statistic="CVaR80"),
    "regression": bars("regression"),
    "rank": bars("rank"),
    "contribution to variance by rank": bars("rank", "ctv_rank"),
    "first": lambda run: (run.sensitivity("cost", walks=0), "first"),
}


@pytest.mark.slow
@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
@pytest.mark.parametrize("make", [known.coupled, known.gated, known.heavy])
def test_bars_vary_from_run_to_run_as_their_errors_say(make, design):
    looks = look(make(), SPREAD, 150, 8192, design=design)
    for case, looked in looks.items():
        ratio, error = looked.ratios()
        assert (ratio <= 1.0 + FAR * error).all(), (case, ratio)
        # these take outcomes for independent, which balanced ones are not
        wide = design != "random" and case in ("mean", "P90", "CVaR80")
        assert wide or (ratio >= 0.6).all(), (case, ratio)


@pytest.mark.parametrize("design", ["random", "sobol"])
def test_a_balanced_run_of_a_heavy_tail_says_that_its_intervals_may_be_too_narrow(design):
    model = simcost.Model("Lognormals")
    for k, sigma in enumerate((1.5, 1.0)):
        model.input(f"x{k}", simcost.lognormal(median=1, gsd=math.exp(sigma)))
    model.output("cost", "x0 + x1")
    for made, heavy in ((model, True), (known.linear(), False)):
        run = made.run(draws=8192, design=design)
        for data in (run.tornado("cost", method="regression"), run.sensitivity("cost", walks=0)):
            said = any("replicate" in note for note in data.attrs["notes"])
            assert said == (heavy and design == "sobol")


@pytest.mark.slow
def test_walks_vary_from_run_to_run_as_their_errors_say():
    walks = {
        key: lambda run, key=key: (run.sensitivity("cost", walks=8192), key)
        for key in ("total", "shapley")
    }
    for make in (known.coupled, known.gated, known.heavy):
        for case, looked in look(make(), walks, 100, 2000).items():
            looked.reach = student(0.95, 15)
            ratio, error = looked.ratios()
            assert (np.abs(ratio - 1.0) <= FAR * error + 0.1).all(), (make.__name__, case, ratio)


@pytest.mark.slow
def test_shapley_effects_of_coupled_inputs_hold_the_truth():
    model = simcost.Model("Coupled")
    for k, sd in enumerate((1, 1, 2)):
        model.input(f"x{k}", simcost.normal(mean=0, sd=sd))
    model.correlate("x1", "x2", latent=0.5)
    model.output("cost", "x0 + x1 + x2")
    for key, truths in (
        ("shapley", (0.125, 0.296875, 0.578125)),
        ("total", (0.125, 0.09375, 0.375)),
    ):
        ask = {key: lambda run, key=key: (run.sensitivity("cost", walks=8192), key)}
        looked = look(model, ask, 100, 2000)[key]
        mean, off = share_held(looked, {f"x{k}": value for k, value in enumerate(truths)})
        assert abs(off) <= FAR, (key, mean)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sigmas", "least"), [((1.5, 1.0), 0.85), ((1.0, 0.5), 0.85), ((0.5, 0.3), 0.91)]
)
def test_first_order_intervals_of_heavy_tails_hold_as_often_as_the_docs_say(sigmas, least):
    model = simcost.Model("Lognormals")
    for k, sigma in enumerate(sigmas):
        model.input(f"x{k}", simcost.lognormal(median=1, gsd=math.exp(sigma)))
    model.output("cost", "x0 + x1")
    variances = [stats.lognorm(sigma).var() for sigma in sigmas]
    looked = look(model, {"first": LINEAR["first"][1]}, 200, 10_000)["first"]
    held = looked.held(np.array(variances) / sum(variances)).mean(axis=0)
    assert (held >= least - 0.04).all(), held
