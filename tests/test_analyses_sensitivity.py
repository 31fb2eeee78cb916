"""Variance-based sensitivities against closed forms, published values and peers."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from scipy import special

import simcost
from simcost.analyses._axes import Axis
from simcost.analyses._binned import tail_edges
from simcost.analyses._delta import delta_of
from simcost.analyses._first_order import index_of, inside_of
from simcost.analyses._freedom import critical, freedom
from simcost.graph.node import stream
from simcost.machine.tally import make_bins, power_sums

ISHIGAMI = {  # Ishigami & Homma (1990), a = 7, b = 0.1; Shapley effects: Owen (2014)
    "first": (0.313905, 0.442411, 0.0),
    "total": (0.557589, 0.442411, 0.243684),
    "shapley": (0.435747, 0.442411, 0.121842),
}
SOBOL_G = {  # a = 0, 0.5, 1, 3, 9, 19, 49, 99, and 22 times 499
    "first": (0.475933, 0.211526, 0.118983, 0.029746, 0.004759, 0.001190, 0.000190, 0.000048),
    "total": (0.606950, 0.313264, 0.186754, 0.049547, 0.008066, 0.002021, 0.000324, 0.000081),
}


def ishigami():
    model = simcost.Model("Ishigami")
    for name in ("x1", "x2", "x3"):
        model.input(name, simcost.uniform(low=-math.pi, high=math.pi))
    model.output("y", "sin(x1) + 7 * sin(x2)**2 + 0.1 * x3**4 * sin(x1)")
    return model


def sobol_g(coefficients):
    model = simcost.Model("Sobol-G")
    factors = []
    for k, a in enumerate(coefficients):
        model.input(f"x{k}", simcost.uniform(low=0, high=1))
        factors.append(f"(abs(4 * x{k} - 2) + {a}) / (1 + {a})")
    model.output("y", " * ".join(factors))
    return model


def linear(sds, correlations=(), slopes=None):
    model = simcost.Model("Linear")
    for k, sd in enumerate(sds):
        model.input(f"x{k}", simcost.normal(mean=1, sd=sd))
    for j, k, rho in correlations:
        model.correlate(f"x{j}", f"x{k}", latent=rho)
    slopes = slopes or [1] * len(sds)
    model.output("y", " + ".join(f"{slope} * x{k}" for k, slope in enumerate(slopes)))
    return model


def check(data, key, truths, prefix="x", start=0, least=0.0):
    """Every true value lies within 1.6 half-widths (three standard errors) of its estimate."""
    for k, truth in enumerate(truths):
        one = data.sel(input=f"{prefix}{k + start}")
        value, low, high = (float(one[f"{key}{end}"]) for end in ("", "_lower", "_upper"))
        half = max((high - low) / 2, least)
        assert abs(value - truth) <= 1.6 * half, (key, k, value, truth, half)


# -- closed forms ---------------------------------------------------------------------------------


@pytest.mark.parametrize("design", ["random", "sobol"])
def test_ishigami(design):
    data = ishigami().run(draws=200_000, design=design).sensitivity("y", walks=100_000)
    for key, truths in ISHIGAMI.items():
        check(data, key, truths, start=1, least=0.0012 if key == "first" else 0.0)
    assert float(data["shapley"].sum()) == pytest.approx(1)
    assert float(data["variance"]) == pytest.approx(13.844588, rel=0.02)
    low, high = float(data["interaction_lower"]), float(data["interaction_upper"])
    assert low - 0.003 < 1 - sum(ISHIGAMI["first"]) < high + 0.003


def test_sobol_g():
    model = sobol_g([0, 0.5, 1, 3, 9, 19, 49, 99, *[499] * 22])
    data = model.run(draws=200_000).sensitivity("y", walks=30_000)
    check(data, "first", SOBOL_G["first"], least=0.001)
    check(data, "total", SOBOL_G["total"])
    assert float(data["variance"]) == pytest.approx(0.700379, rel=0.01)


def test_sobol_g_of_the_published_case():
    published = (0.7162, 0.179, 0.0237, 0.0072), (0.7871, 0.2422, 0.0343, 0.0105)
    data = sobol_g([0, 1, 4.5, 9, 99, 99, 99, 99]).run(draws=200_000).sensitivity("y")
    for key, values in zip(("first", "total"), published, strict=True):
        for k, value in enumerate(values):
            assert float(data[key].sel(input=f"x{k}")) == pytest.approx(value, abs=0.01)


@pytest.mark.parametrize(
    ("rho", "first", "total", "shapley"),
    [  # Iooss & Prieur (2019): three normals, sd 1, 1, 2, the last two correlated
        (0.5, (0.125, 0.5, 0.78125), (0.125, 0.09375, 0.375), (0.125, 0.296875, 0.578125)),
        (0.9, (1 / 9.6, 0.816667, 0.87604), None, (0.104167, 0.418229, 0.477604)),
        (-0.5, (0.25, 0.0, 0.5625), (0.25, 0.1875, 0.75), (0.25, 0.09375, 0.65625)),
    ],
)
def test_correlated_normals(rho, first, total, shapley):
    data = linear([1, 1, 2], [(1, 2, rho)]).run(draws=100_000).sensitivity("y", walks=60_000)
    check(data, "first", first, least=0.002)
    check(data, "shapley", shapley)
    if total:
        check(data, "total", total)
    assert math.isnan(float(data["interaction"]))
    assert any("first-order indices overlap" in note for note in data.attrs["notes"])
    assert float(data["variance"]) == pytest.approx(6 + 4 * rho, rel=0.015)


@pytest.mark.parametrize(("rho", "share"), [(0.5, 0.3392857142857143), (0.6, 0.370270)])
def test_two_correlated_normals_of_the_published_case(rho, share):
    # Owen & Prieur (2017)
    data = linear([1, 2], [(0, 1, rho)]).run(draws=50_000).sensitivity("y", walks=60_000)
    check(data, "shapley", (share, 1 - share))


def test_an_input_that_only_goes_along_with_another_shares_what_they_explain():
    # y = x0, and x1 is correlated with it: Shapley effects 1 - ρ²/2 and ρ²/2, totals 1 - ρ² and 0
    data = linear([1, 1], [(0, 1, 0.6)], slopes=[1, 0]).run(draws=50_000)
    data = data.sensitivity("y", walks=60_000)
    check(data, "shapley", (0.82, 0.18))
    check(data, "first", (1.0, 0.36), least=0.003)
    check(data, "total", (0.64, 0.0))


def test_five_correlated_normals():
    pairs = [(j, k, 0.5) for k in range(5) for j in range(k)]
    model = linear([1, 0.8, 0.6, 0.4, 0.2], pairs, slopes=[1, 1, 1, 1, -1])
    data = model.run(draws=100_000).sensitivity("y", walks=100_000)
    check(data, "shapley", (0.313480, 0.253218, 0.201153, 0.157285, 0.074864))
    check(data, "total", (0.133929, 0.085714, 0.048214, 0.021429, 0.005357))
    check(data, "first", (0.723214, 0.645089, 0.571429, 0.502232, 0.321429), least=0.004)


def test_a_product_of_lognormals_keeps_the_variance_of_its_tails():
    model = simcost.Model("Product")
    sigmas = (0.3, 0.5, 0.7)
    for k, sigma in enumerate(sigmas):
        model.input(f"x{k}", simcost.lognormal(mu=0, sigma=sigma))
    model.output("y", "x0 * x1 * x2")
    total = math.expm1(sum(s * s for s in sigmas))
    truths = [math.expm1(s * s) / total for s in sigmas]  # .0728, .2196, .4889
    data = model.run(draws=400_000).sensitivity("y", walks=0)
    check(data, "first", truths, least=0.004)
    assert np.isnan(data["shapley"].values).all()


def test_a_sum_of_lognormals_keeps_the_variance_of_its_tails():
    # 64 equal bins would say 0.761 of the widest
    model = simcost.Model("Sum")
    sigmas = (0.5, 0.5, 1.0)
    for k, sigma in enumerate(sigmas):
        model.input(f"x{k}", simcost.lognormal(mu=0, sigma=sigma))
    model.output("y", "x0 + x1 + x2")
    variances = [math.expm1(s * s) * math.exp(s * s) for s in sigmas]
    truths = [one / sum(variances) for one in variances]
    assert truths[2] == pytest.approx(0.8649, abs=1e-4)
    check(model.run(draws=400_000).sensitivity("y", walks=0), "first", truths, least=0.004)


@pytest.mark.parametrize(
    ("sigma", "bins", "share"),
    [  # what B equal bins of u hold of the variance of one lognormal, exact integrals
        (0.5, 10, 0.894), (0.5, 64, 0.980), (1.0, 32, 0.822), (1.0, 64, 0.879),
        (1.0, 256, 0.946), (1.5, 64, 0.599), (2.0, 64, 0.244),
    ],
)  # fmt: skip
def test_dyadic_tails_see_what_equal_bins_miss(sigma, bins, share):
    # the mean of a lognormal above its p-quantile is Φ(σ - z_p) of the whole
    def seen(edges):
        z = special.ndtri(np.concatenate([[0], edges, [1]]))
        parts = np.diff(special.ndtr(z - sigma))
        return (np.sum(parts**2 / np.diff(special.ndtr(z))) - 1) / math.expm1(sigma**2)

    assert seen(np.arange(1, bins) / bins) == pytest.approx(share, abs=1e-3)
    assert seen(tail_edges(1 << 20)) > max(share, {0.5: 0.99, 1.0: 0.98, 1.5: 0.9, 2.0: 0.5}[sigma])


def test_what_varies_within_a_bin_is_added_to_what_the_bins_see():
    # 64 equal bins see 88% of the variance of a lognormal with sigma 1, these 99%
    u = (np.arange(1 << 20) + 0.5) / (1 << 20)
    y = np.exp(special.ndtri(u))
    y = (y - y.mean()) / y.std()

    def seen(edges, inside=False):
        axis = Axis("x", stream("x"), make_bins(edges), "bins")
        index = np.searchsorted(axis.bins.edges, u).astype(np.uint8)
        cells = power_sums(index, y, (1, axis.bins.count))
        return index_of(cells, inside_of(axis) if inside else None)

    assert seen(np.arange(1, 64) / 64) == pytest.approx(0.879, abs=0.005)
    assert seen(tail_edges(1 << 20)) > 0.985
    # and what the mean varies within bins is added
    assert abs(seen(tail_edges(1 << 20), inside=True) - 1) < 0.005


def test_a_straight_line_on_the_normal_scale_loses_nothing_to_bins():
    z = special.ndtri((np.arange(1 << 20) + 0.5) / (1 << 20))
    axis = Axis("x", stream("x"), make_bins([0.1, 0.3, 0.5, 0.9]), "bins")
    index = np.searchsorted(axis.bins.edges, special.ndtr(z)).astype(np.uint8)
    cells = power_sums(index, z / z.std(), (1, 5))
    assert index_of(cells) < 0.91
    assert index_of(cells, inside_of(axis)) == pytest.approx(1, abs=1e-4)


def test_an_input_that_only_interacts_has_a_total_and_no_first_order():
    model = simcost.Model("Interaction")
    model.input("sign", simcost.discrete(values=[-1, 1], weights=[50, 50]))
    model.input("size", simcost.normal(mean=0, sd=1))
    model.output("y", "sign * size")
    data = model.run(draws=50_000).sensitivity("y", walks=30_000)
    one = data.sel(input="sign")
    assert abs(float(one["first"])) < 0.001
    assert float(one["total"]) == pytest.approx(1, abs=0.03)
    assert float(one["shapley"]) == pytest.approx(0.5, abs=0.03)
    assert float(data["interaction"]) == pytest.approx(1, abs=0.006)


def test_negative_estimates_are_kept():
    model = simcost.Model("Null")
    model.input("x", simcost.normal(mean=0, sd=1))
    names = [f"z{k}" for k in range(20)]
    for name in names:
        model.input(name, simcost.uniform(low=0, high=1))
    model.output("y", "x + " + " + ".join(f"0 * {name}" for name in names))
    data = model.run(draws=20_000).sensitivity("y", walks=2048)
    noise = data.sel(input=names)
    assert (noise["first"].values < 0).sum() >= 4
    assert not noise["significant"].any()
    assert np.all(noise["total"].values == 0)
    held = (noise["first_lower"].values <= 0) & (noise["first_upper"].values >= 0)
    assert held.mean() >= 0.8


# -- gates, groups, t copula ----------------------------------------------------------------------


def test_a_gate_counts_by_its_two_levels():
    # y = 1 - fails: all the variance is the gate's, and 128 bins of u would straddle its edge
    model = simcost.Model("Gate", currency="USD")
    model.stage("pilot", cost=100, failure=0.137, spent_at_failure=0.25)
    data = model.run(draws=50_000).sensitivity("cost", walks=4096)
    assert float(data["first"].sel(input="pilot.gate")) == pytest.approx(1.0, abs=1e-9)
    assert float(data["shapley"].sel(input="pilot.gate")) == pytest.approx(1.0)


def test_groups_are_players():
    data = ishigami().run(draws=50_000).sensitivity("y", walks=60_000, groups={"odd": ["x1", "x3"]})
    assert set(data["input"].values) == {"odd", "x2"}
    check(data.assign_coords(input=[{"odd": "x0", "x2": "x1"}[n] for n in data["input"].values]),
          "shapley", (1 - 0.442411, 0.442411))  # fmt: skip
    odd = data.sel(input="odd")
    assert float(odd["total"]) == pytest.approx(1 - 0.442411, abs=0.02)
    assert float(odd["first"]) == pytest.approx(1 - 0.442411, abs=0.03)
    assert math.isnan(float(odd["delta"]))


def test_a_group_of_coupled_inputs_has_the_variance_of_its_sum():
    model = linear([1, 1, 2, 1], [(1, 2, 0.5)])
    data = model.run(draws=50_000).sensitivity("y", walks=30_000, groups={"pair": ["x1", "x2"]})
    pair = data.sel(input="pair")
    for key in ("first", "total", "shapley"):
        assert float(pair[key]) == pytest.approx(7 / 9, abs=0.02), key


def test_a_t_copula_has_its_common_factor_as_a_player():
    model = simcost.Model("t")
    for name in ("a", "b"):
        model.input(name, simcost.normal(mean=0, sd=1))
    model.correlate("a", "b", latent=0.5, copula="t", df=4)
    model.output("y", "a + b")
    data = model.run(draws=50_000).sensitivity("y", walks=30_000)
    assert set(data["input"].values) == {"a", "b", "common factor (a)"}
    assert float(data["shapley"].sum()) == pytest.approx(1)
    a, b = (float(data["shapley"].sel(input=name)) for name in "ab")
    assert a == pytest.approx(b, abs=0.03)
    assert float(data["shapley"].sel(input="common factor (a)")) > 0.02


# -- delta ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("r", "truth"),
    [(0.1, 0.032069), (0.3, 0.101010), (0.5, 0.184608), (0.7, 0.300802), (0.9, 0.514882)],
)
def test_delta_of_a_bivariate_normal(r, truth):
    model = simcost.Model("Normal")
    model.input("x0", simcost.normal(mean=0, sd=r))
    model.input("noise", simcost.normal(mean=0, sd=math.sqrt(1 - r * r)))
    model.output("y", "x0 + noise")
    one = model.run(draws=200_000).sensitivity("y", walks=0).sel(input="x0")
    assert float(one["delta_lower"]) <= truth <= float(one["delta_upper"])
    assert float(one["delta"]) == pytest.approx(truth, abs=0.012 if r < 0.9 else 0.014)  # 16 by 16


def test_delta_of_the_ishigami_function():
    data = ishigami().run(draws=1_000_000).sensitivity("y", walks=0)
    for name, truth in (("x1", 0.2635), ("x2", 0.4249), ("x3", 0.2101)):
        one = data.sel(input=name)
        assert float(one["delta"]) == pytest.approx(truth, abs=0.02)
        assert float(one["delta_lower"]) <= truth <= float(one["delta_upper"]) + 0.001


def test_deltas_noise_floor_is_what_an_input_without_effect_shows():
    rng = np.random.default_rng(0)
    shown, floors = [], set()
    for _ in range(40):
        counts = np.histogram2d(*rng.random((2, 20_000)), bins=16)[0]
        interval, floor = delta_of(counts)
        shown.append(float(interval))
        floors.add(floor)
        assert interval.low < 0 < interval.high
    assert np.mean(shown) == pytest.approx(max(floors), rel=0.05)


# -- whatever the run looked like -----------------------------------------------------------------


def test_indices_depend_on_neither_engine_nor_threads_nor_memory():
    model = linear([1, 1, 2], [(1, 2, 0.5)])
    first = model.run(draws=70_000, engine="machine", threads=2).sensitivity("y", walks=4096)
    for settings in (
        {"engine": "interpreter", "threads": 1},
        {"engine": "machine", "threads": 1, "segment": 1000, "keep": False},
    ):
        other = model.run(draws=70_000, **settings).sensitivity("y", walks=4096)
        assert other.identical(first)


# -- independent referees -------------------------------------------------------------------------


def agree(data, key, values, errors, names):
    """Two estimates with errors of their own differ by three standard errors at most."""
    for name, value, error in zip(names, values, errors, strict=True):
        one = data.sel(input=name)
        own = (float(one[f"{key}_upper"]) - float(one[f"{key}_lower"])) / 2
        assert abs(float(one[key]) - value) <= 1.6 * math.hypot(own, error) + 0.002, (key, name)


def project(x):
    """A cost with a threshold, an interaction and a gate; inputs between 0 and 1."""
    return np.where(x[:, 2] > 0.7, 0.3, 1.0) * np.exp(x[:, 0]) * np.maximum(x[:, 1], 0.4) + x[:, 3]


def project_model():
    model = simcost.Model("Project")
    for k in range(4):
        model.input(f"x{k}", simcost.uniform(low=0, high=1))
    model.output("y", "(0.3 if x2 > 0.7 else 1) * exp(x0) * max(x1, 0.4) + x3")
    return model


def test_salib_agrees():
    pytest.importorskip("SALib")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own imports
        from SALib.analyze import sobol as analyse
        from SALib.sample import sobol as sample
    problem = {"num_vars": 4, "names": [f"x{k}" for k in range(4)], "bounds": [[0, 1]] * 4}
    x = sample.sample(problem, 1 << 15, calc_second_order=False, seed=1)
    found = analyse.analyze(problem, project(x), calc_second_order=False, seed=1)
    data = project_model().run(draws=200_000).sensitivity("y", walks=300_000)
    agree(data, "first", found["S1"], found["S1_conf"], problem["names"])
    agree(data, "total", found["ST"], found["ST_conf"], problem["names"])


def test_openturns_agrees():
    ot = pytest.importorskip("openturns")
    law = ot.JointDistribution([ot.Uniform(0, 1)] * 4)
    function = ot.PythonFunction(4, 1, func_sample=lambda x: project(np.array(x))[:, None])
    ot.RandomGenerator.SetSeed(1)
    found = ot.SaltelliSensitivityAlgorithm(law, 100_000, function)
    data = project_model().run(draws=200_000).sensitivity("y", walks=300_000)
    names = [f"x{k}" for k in range(4)]
    for key, values, interval in (
        ("first", found.getFirstOrderIndices(), found.getFirstOrderIndicesInterval()),
        ("total", found.getTotalOrderIndices(), found.getTotalOrderIndicesInterval()),
    ):
        errors = (np.array(interval.getUpperBound()) - np.array(interval.getLowerBound())) / 2
        agree(data, key, values, errors, names)


def test_degrees_of_freedom_follow_the_fourth_powers():
    assert freedom(1000, 1.0, 3.0) == pytest.approx(1000)  # of a normal: n
    assert freedom(1000, 1.0, 1000.0) == pytest.approx(2, rel=0.01)  # one outcome holds all
    assert critical(0.95, 15.0) == pytest.approx(2.1314, abs=1e-4)
    assert critical(0.95, 1e6) == pytest.approx(1.96, abs=1e-3)


@pytest.mark.parametrize(("gsd", "noted"), [(1.3, False), (4.5, True)])
def test_a_note_names_inputs_whose_indices_rest_on_a_few_outcomes(gsd, noted):
    model = simcost.Model("Tail")
    model.input("big", simcost.lognormal(median=10, gsd=gsd))
    model.input("rest", simcost.lognormal(median=10, gsd=1.2))
    model.output("y", "big + rest")
    data = model.run(draws=10_000).sensitivity("y", walks=0)
    notes = [note for note in data.attrs["notes"] if note.startswith("intervals of first-order")]
    assert [note.rpartition(": ")[2] for note in notes] == ["big"] * noted
