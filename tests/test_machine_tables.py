"""Tables against the distributions they were made from."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from simcost.families import FAMILIES, Affine, Banded, build
from simcost.graph.node import const, make, quantile, stream
from simcost.machine import library, lookup, osculate
from simcost.machine.lowering import lower
from simcost.machine.opcodes import NAMES
from simcost.machine.steps import discretise
from simcost.machine.student import tabulate_student
from simcost.machine.tables import tabulate

LAWS = {
    law.key: law
    for name, family in FAMILIES.items()
    for example in family.examples
    if name != "empirical"
    for law in [build({name: example})]
}


def tail_heavy_points(n):
    """Points in every octave of both tails, and the ends themselves."""
    rng = np.random.default_rng(5)
    nearer = np.ldexp(rng.uniform(1, 2, n), -rng.integers(2, 53, n))
    low, high = 2.0**-53, 1 - 2.0**-53
    u = np.concatenate([rng.random(n), nearer, 1 - nearer, [low, high, 0.5, 0.25, 0.75]])
    return np.sort(np.clip(u, low, high))


def evaluate(table, u):
    return lookup.table(library.join([table], []), 0, u)


def wrong_in_u(law, table, u):
    """Points where the table is not between the quantiles at u minus and plus the slack."""
    # A compound's quantile function is itself the result of numerical integration.
    slack, least = (1e-5, 1e-13) if law.family == "compound" else (4e-9, 2.0**-51)
    step = np.maximum(slack * np.minimum(u, 1 - u), least)
    low = law.quantile(np.clip(u - step, 2.0**-53, 1 - 2.0**-53))
    high = law.quantile(np.clip(u + step, 2.0**-53, 1 - 2.0**-53))
    x = evaluate(table, u)
    noise = 4e-12 * np.maximum(np.abs(low), np.abs(high))
    return ~((x >= low - noise) & (x <= high + noise))


@pytest.mark.parametrize("key", LAWS)
def test_every_family_within_tolerance(key):
    law = LAWS[key]
    u = tail_heavy_points(3000)
    steps = library.steps_of(law)
    if steps is not None:
        tables = library.join([], [steps])
        assert np.array_equal(lookup.steps(tables, 0, u), law.quantile(u))
        return
    table = library.table_of(law)
    assert not wrong_in_u(law, table, u).any()
    assert table.error < 1e-9


@pytest.mark.parametrize("key", LAWS)
def test_values_rise_with_u_and_stay_inside_the_support(key):
    law = LAWS[key]
    if law.discrete:
        pytest.skip("exact")
    x = evaluate(library.table_of(law), tail_heavy_points(20_000))
    low, high = law.support()
    assert x.min() >= low
    assert x.max() <= high
    falls = np.maximum(-np.diff(x), 0.0)
    # Rounding, and the lines between cells; never more than the tolerance.
    assert (falls <= 1e-12 * np.abs(x[1:]) + 1e-300).all()


def test_the_check_notices_a_corrupted_coefficient():
    law = build({"lognormal": {"p10": 1.0, "p90": 3.0}})
    table = tabulate(law)
    rows = table.rows.copy()
    rows[800, 1] *= 1 + 1e-6
    u = np.random.default_rng(2).random(20_000)
    assert not wrong_in_u(law, table, u).any()
    assert wrong_in_u(law, dataclasses.replace(table, rows=rows), u).any()


class Stairs:
    """A quantile function with a jump, a flat stretch and a kink at awkward places."""

    key = "stairs"
    family = "stairs"
    discrete = False

    def __init__(self, kinks=()):
        self.told = kinks

    def quantile(self, u):
        rise = np.where(u <= 0.1, u, np.where(u <= 0.3, 5.0, 7.0 + u))
        return np.where(u > 0.777, 20.0 + 100 * (u - 0.777), rise)

    def kinks(self):
        return self.told

    def support(self):
        return 0.0, 43.0


@pytest.mark.parametrize("kinks", [(), (0.1, 0.3, 0.777), (0.1, 0.3), (0.2,)])
def test_jumps_and_flats_anywhere(kinks):
    law = Stairs(kinks)
    table = tabulate(law)
    u = tail_heavy_points(50_000)
    assert not wrong_in_u(law, table, u).any()
    close = np.abs(u[:, None] - [0.1, 0.3, 0.777]).min(axis=1) > 2e-9
    assert np.allclose(evaluate(table, u)[close], law.quantile(u)[close], rtol=1e-11)


def test_no_value_is_invented_between_atoms():
    law = Stairs()
    u = 0.3 + np.linspace(-1e-8, 1e-8, 20_001)
    x = evaluate(tabulate(law), u)
    assert ((x == 5.0) | (x > 7.29)).all()


def test_told_kinks_make_jumps_exact():
    law = Stairs((0.1, 0.3, 0.777))
    table = tabulate(law)
    for kink in law.told:
        u = np.array([np.nextafter(kink, 0), kink, np.nextafter(kink, 1)])
        assert np.allclose(evaluate(table, u), law.quantile(u), rtol=1e-12)


def test_a_quantile_function_that_is_not_a_number_is_named():
    class Broken(Stairs):
        def quantile(self, u):
            return np.where(u > 0.9, np.nan, u)

    with pytest.raises(ValueError, match="stairs is not a number at u"):
        tabulate(Broken())


def test_noise_is_not_chased():
    class Noisy(Stairs):
        def quantile(self, u):
            return 10.0 + u + 1e-11 * np.sin(1e9 * u)

    table = tabulate(Noisy())
    assert sum(len(side.left) for side in table.fine) < 20_000
    assert table.error < 1e-9


def test_infinite_values_stay_where_they_belong():
    class Steep(Stairs):
        def quantile(self, u):
            with np.errstate(over="ignore"):
                return (1 - u) ** -60.0

    law = Steep()
    u = tail_heavy_points(2000)
    assert np.array_equal(np.isinf(evaluate(tabulate(law), u)), np.isinf(law.quantile(u)))


def test_arguments_that_are_no_probabilities():
    law = LAWS["normal(mean=5.0,sd=2.0)"]
    x = evaluate(library.table_of(law), np.array([np.nan, -1.0, 0.0, 1.0, 2.0, np.inf]))
    ends = law.quantile(np.array([2.0**-53, 1 - 2.0**-53]))
    assert np.isnan(x[0])
    assert np.allclose(x[1:], ends[[0, 0, 1, 1, 1]])


@pytest.mark.parametrize("df", [0.5, 1.0, 3.0, 4.0, 30.0, 1e6])
def test_student_distribution_function(df):
    from scipy import stats

    rng = np.random.default_rng(1)
    x = np.concatenate([rng.standard_t(min(df, 30), 4000), rng.standard_normal(99) * 1e-11, [0.0]])
    tables = library.join([tabulate_student(df)], [])
    p = lookup.student_cdf(tables, 0, x)
    exact = stats.t.cdf(x, df)
    assert np.abs(p - exact).max() < 1e-11
    assert np.allclose(p, exact, rtol=1e-9)
    assert np.abs(p + lookup.student_cdf(tables, 0, -x) - 1.0).max() < 1e-12


def test_student_needs_degrees_of_freedom():
    with pytest.raises(ValueError, match="degrees of freedom"):
        tabulate_student(0.0)


def test_steps_refuse_atoms_that_are_not_all():
    class Half(Stairs):
        def atoms(self):
            return np.array([5.0, 20.0]), np.array([0.5, 0.5])

    assert discretise(Half()) is None


def test_equal_laws_share_a_table():
    law = LAWS["normal(mean=5.0,sd=2.0)"]
    program = lower({name: quantile(stream(name), law) for name in "ab"})
    assert len(program.table_names) == 1


def is_good(law, table):
    u = tail_heavy_points(4000)
    x = evaluate(table, u)
    falls = np.maximum(-np.diff(x), 0.0)
    rises = (falls <= 1e-12 * np.abs(x[1:]) + 1e-300).all()
    low, high = law.support()
    ends = law.quantile(np.array([2.0**-53, 1 - 2.0**-53]))
    return (
        not wrong_in_u(law, table, u).any()
        and rises
        and low <= x.min()
        and x.max() <= high
        and np.allclose(table.bounds, ends, rtol=1e-13)
        and table.error < 1e-9
    )


SHAPES = st.floats(0.3, 300.0)


@settings(max_examples=25, deadline=None)
@given(SHAPES, SHAPES, st.floats(-1e3, 1e3), st.floats(1e-2, 1e4))
def test_any_beta_from_its_density(alpha, beta, low, width):
    law = build({"beta": {"alpha": alpha, "beta": beta, "low": low, "high": low + width}})
    assert is_good(law, tabulate(law))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["gamma", "student_t"]), st.floats(0.7, 1e6), st.floats(1e-3, 1e3))
def test_any_gamma_and_student_from_its_density(family, shape, scale):
    first = {"gamma": "shape", "student_t": "df"}[family]
    law = build({family: {first: shape, "scale": scale}})
    assert is_good(law, tabulate(law))


PERT = {"low": 8.0, "mode": 11.0, "high": 20.0}
LAYERED = [
    {"pert": PERT, "within": [9.0, 15.0]},
    {"gamma": {"shape": 3.0, "scale": 2.0}, "within": [1.0, 50.0]},
    {"mixture": {"weights": [1, 3], "components": [
        {"pert": PERT}, {"normal": {"mean": 0, "sd": 1}}]}},
    {"mixture": {"weights": [1, 3], "components": [5.0, {"pert": PERT}]}},
    {"mixture": {"weights": [1, 1], "components": [5.0, {"normal": {"mean": 5.0, "sd": 1.0}}]}},
    {"mixture": {"weights": [1, 1], "components": [
        {"lognormal": {"mu": 0.0, "sigma": 1.0}}, {"lognormal": {"mu": 1.0, "sigma": 2.0}}]}},
    {"mixture": {"weights": [1, 1], "components": [
        {"triangular": {"low": 0.0, "mode": 1.0, "high": 5.0}},
        {"pareto": {"minimum": 3.0, "alpha": 1.5}}]}},
]  # fmt: skip


@pytest.mark.parametrize("spec", LAYERED, ids=[f"{n}" for n in range(len(LAYERED))])
def test_laws_around_laws_with_a_density(spec):
    law = build(spec)
    assert is_good(law, tabulate(law))


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.2), (0.9, 1.0), (0.999, 1.0)])
def test_bands_and_multiples(low, high):
    law = Affine(Banded(build({"pert": PERT}), low, high), 3.0, -5.0)
    assert is_good(law, tabulate(law))


class Mistaken:
    """A PERT that is wrong about its own density or distribution function."""

    costly = True

    def __init__(self, prompt=False, **wrong):
        self.law, self.wrong, self.prompt = build({"pert": PERT}), wrong, prompt

    def __getattr__(self, name):
        own, wrong = getattr(self.law, name), self.wrong.get(name)
        return own if wrong is None else lambda x: wrong(x, own(x))


MISTAKES = {
    "density a little off": {"slopes": lambda x, s: (s[0] * (1 + 1e-5), s[1])},
    "density of another scale": {"slopes": lambda x, s: (s[0] * 2.0, s[1])},
    "density nowhere": {"slopes": lambda x, s: (s[0] * 0.0, s[1])},
    "density not a number": {"slopes": lambda x, s: (s[0] * np.nan, s[1])},
    "density wrong in one place": {
        "slopes": lambda x, s: (np.where(abs(x - 12.0) < 0.1, 0.5, 1.0) * s[0], s[1])
    },
    "slope of the other sign": {"slopes": lambda x, s: (s[0], -s[1])},
    "another distribution function": {"cdf": lambda x, p: p**1.01, "sf": lambda x, p: p**0.99},
}


@pytest.mark.parametrize("prompt", [False, True])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_wrong_density_makes_no_wrong_table(mistake, prompt):
    law = Mistaken(prompt, **MISTAKES[mistake])
    assert is_good(law.law, tabulate(law))


def test_without_the_check_a_wrong_density_makes_a_wrong_table(monkeypatch):
    law = Mistaken(**MISTAKES["density a little off"])
    monkeypatch.setattr(osculate, "_errors", lambda points, *rest: 0.0 * points.v[1:])
    assert wrong_in_u(law.law, tabulate(law), tail_heavy_points(4000)).any()


def test_costly_quantiles_are_asked_once_an_octave():
    asked = []
    law = Mistaken(quantile=lambda u, x: asked.append(len(u)) or x)
    tabulate(law)
    assert sum(asked) < 60


def test_the_normal_distribution_function_keeps_its_tails_and_never_falls():
    """Against SciPy; the table rounds sizes to 2^-49, so it is not exact in the last digits."""
    tables = library.join([library.normal_cdf()], [])
    x = np.sort(np.random.default_rng(2).uniform(-8.5, 8.5, 200_000))
    p = lookup.normal_cdf(tables, 0, x)
    below = x < 0
    assert np.abs(p[below] / special.ndtr(x[below]) - 1.0).max() < 1e-9
    assert np.abs(p - special.ndtr(x)).max() < 1e-12
    assert (np.diff(p) >= 0).all()
    ends = lookup.normal_cdf(tables, 0, np.array([-np.inf, -9.0, -0.0, 0.0, 9.0, np.inf, np.nan]))
    assert np.allclose(ends[:2], special.ndtr(-8.5), rtol=1e-9, atol=0.0)
    assert np.allclose(ends[2:6], [0.5, 0.5, 1.0, 1.0], rtol=1e-15)
    assert np.isnan(ends[6])


def test_the_table_stands_in_only_where_its_far_tail_is_not_wanted():
    z = make("add", make("ndtri", stream("a")), make("ndtri", stream("b")))
    p = make("ndtr", z)
    kept = make("min", make("max", p, const(2.0**-53)), const(1.0 - 2.0**-53))
    assert "normal_cdf" in names(lower({"kept": kept}))
    assert "ndtr" not in names(lower({"kept": kept}))
    assert "normal_cdf" not in names(lower({"free": make("max", p, const(1e-30))}))
    assert {"normal_cdf", "ndtr"} <= {*names(lower({"kept": kept, "free": p}))}


def names(program):
    return [NAMES[row[0]] for row in program.code.tolist()]
