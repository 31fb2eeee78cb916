from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simcost.errors import ModelError
from simcost.families import FAMILIES, build
from simcost.testing import check_family


def mixture(weights, components):
    return build({"mixture": {"weights": weights, "components": components}})


EXPONENTIAL_PARETO = (
    [0.25, 0.75],
    [{"exponential": {"mean": 200}}, {"lomax": {"scale": 200, "alpha": 3}}],
)


def test_textbook_exponential_and_pareto():
    law = mixture(*EXPONENTIAL_PARETO)
    assert law.cdf(np.array([100.0]))[0] == pytest.approx(0.6261451128496194, abs=1e-14)
    assert law.mean() == pytest.approx(125, rel=1e-14)
    assert law.tail_index() == pytest.approx(1 / 3)


@pytest.mark.parametrize("u", [1e-15, 1e-9, 0.01, 0.4])
def test_exact_in_both_tails(u):
    law = mixture(*EXPONENTIAL_PARETO)
    x = law.quantile(np.array([u]))
    assert law.cdf(x)[0] >= u > law.cdf(np.nextafter(x, -np.inf))[0]
    x = law.isf(np.array([u]))
    assert law.sf(x)[0] <= u < law.sf(np.nextafter(x, -np.inf))[0]


def test_normals_against_scipy():
    law = mixture([1, 3], [{"normal": {"mean": 0, "sd": 1}}, {"normal": {"mean": 5, "sd": 2}}])
    x = np.linspace(-4, 12, 50)
    expected = 0.25 * stats.norm.cdf(x) + 0.75 * stats.norm.cdf(x, 5, 2)
    np.testing.assert_allclose(law.quantile(expected), x, rtol=1e-10, atol=1e-10)
    assert law.mean() == pytest.approx(3.75)
    assert law.sd() == pytest.approx(np.sqrt(0.25 + 3 + 0.1875 * 25))
    # A control that must fail: the mixture is not the normal of the same mean and sd.
    assert law.cdf(np.array([0.0]))[0] != pytest.approx(stats.norm.cdf(0, 3.75, law.sd()), rel=1e-3)


@given(
    weight=st.floats(0.01, 0.99),
    low=st.floats(-5, 5),
    width=st.floats(0.1, 10),
    sd=st.floats(0.1, 5),
)
def test_monotone_and_inverted(weight, low, width, sd):
    law = mixture(
        [weight, 1 - weight],
        [{"uniform": {"low": low, "high": low + width}}, {"normal": {"mean": 0, "sd": sd}}],
    )
    u = np.linspace(1e-6, 1 - 1e-6, 301)
    x = law.quantile(u)
    assert np.all(np.diff(x) >= 0)
    np.testing.assert_allclose(law.cdf(x), u, rtol=1e-7)


def test_atom_and_gap():
    law = mixture([0.9, 0.1], [{"value": 0}, {"uniform": {"low": 3, "high": 4}}])
    np.testing.assert_array_equal(law.quantile(np.array([0.01, 0.9])), [0, 0])
    assert law.quantile(np.array([0.95]))[0] == pytest.approx(3.5)
    assert not law.discrete
    assert law.atoms() is None
    assert law.kinks() == pytest.approx((0.9,))


def test_discrete_components_are_merged():
    law = mixture(
        [1, 1],
        [
            {"discrete": {"values": [1, 2], "weights": [1, 1]}},
            {"discrete": {"values": [2, 7], "weights": [1, 3]}},
        ],
    )
    values, chances = law.atoms()
    np.testing.assert_array_equal(values, [1, 2, 7])
    np.testing.assert_allclose(chances, [0.25, 0.375, 0.375], rtol=1e-15)
    assert law.discrete
    assert law.mean() == pytest.approx(3.625)


def test_nested_windows():
    law = mixture([1, 1], [{"normal": {"mean": 0, "sd": 1}, "within": [0, 1]}, {"value": 5}])
    assert law.support() == (0, 5)


@pytest.mark.parametrize(
    ("weights", "components", "path"),
    [
        ([1], [{"value": 1}, {"value": 2}], ("weights",)),
        ([0, 0], [{"value": 1}, {"value": 2}], ("weights",)),
        ([1, -1], [{"value": 1}, {"value": 2}], ("weights", 1)),
        (
            [1, 1],
            [{"value": 1}, {"normal": {"mean": 1, "sd": -2}}],
            ("components", 1, "normal", "sd"),
        ),
        ([1, 1], [{"value": 1}, "normal"], ("components", 1)),
        (1, [{"value": 1}], ("weights",)),
    ],
)
def test_refusals_point_to_the_place(weights, components, path):
    with pytest.raises(ModelError) as caught:
        mixture(weights, components)
    assert caught.value.problems[0].path == ("mixture", *path)


def test_all_problems_at_once():
    with pytest.raises(ModelError) as caught:
        mixture([1, "a"], [{"value": "b"}, {"nrmal": {}}])
    assert len(caught.value.problems) == 3


def test_family_conforms():
    assert check_family(FAMILIES["mixture"]) is None
