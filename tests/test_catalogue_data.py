"""The numbers themselves: all there, as their sources have them, none without a source."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from simcost.catalogue import BASES, load_catalogue
from simcost.units import parse_unit

CATALOGUE = load_catalogue()
DOCS = Path(__file__).parent.parent / "docs" / "catalogue.md"

# P10, P50, P90 as the sources or the people who judged them give them.
PERCENTILES = {
    "labelling/samples": (2e4, 1.2e5, 7e5),
    "labelling/label_price": (0.08, 0.253, 0.80),
    "labelling/collect_label_price": (0.35, 0.70, 1.40),
    "people/research_months": (1.0, 1.5, 4.0),
    "people/dev_rate_us": (31, 54, 93),
    "people/wage_data_scientist_us": (63650, 112590, 194410),
    "people/wage_software_developer_us": (79850, 133080, 211450),
    "compute/gpu_hour_h100": (1.9, 2.9, 5.0),
    "compute/gpu_hour_h100_2024": (2.46, 3.47, 6.32),
    "compute/gpu_hour_a100": (1.29, 2.73, 4.10),
    "compute/gpu_hour_v100": (0.65, 2.95, 3.90),
    "compute/gpu_hour_p100": (1.46, 2.07, 2.29),
    "compute/gpu_hour_t4": (0.64, 0.98, 1.69),
    "compute/gpu_hour_l40s": (0.87, 0.99, 1.19),
    "compute/gpu_hour_rtx4090": (0.26, 0.64, 0.69),
    "compute/commitment_1_year": (0.59, 0.69, 0.83),
    "compute/commitment_3_years": (0.35, 0.45, 0.62),
    "training/rd_multiplier_foundation": (1.2, 2.3, 4.4),
    "training/rd_multiplier_small": (4, 30, 230),
    "training/estimator_error": (0.61, 1.0, 1.64),
    "training/model_flops_utilisation": (0.23, 0.38, 0.57),
    "carbon/embodied_gpu_hour": (9, 20, 46),
    "carbon/embodied_server": (676, 1215, 1693),
    "carbon/grid_unknown_country": (170, 570, 699),
    "carbon/grid_unknown_cloud_region": (28, 323, 568),
    "serving/energy_per_prompt": (0.09, 0.31, 1.09),
    "delivery/pilot_to_production": (0.28, 0.48, 0.68),
    "delivery/idea_to_success": (0.06, 0.18, 0.37),
}
# Lowest, most likely, highest.
PERTS = {
    "labelling/qa_ratio": (0.05, 0.25, 1.0),
    "labelling/rework_rate": (0.03, 0.10, 0.35),
    "people/team_month_cost": (15e3, 19e3, 28e3),
    "people/team_month_cost_us": (30e3, 38e3, 56e3),
    "people/dev_rate": (50, 60, 75),
    "integration/api_hours": (20, 25, 30),
    "integration/pipeline_hours": (40, 80, 240),
    "integration/maintenance_fraction": (0.10, 0.20, 0.30),
    "serving/infra_year_deep": (10e3, 18e3, 30e3),
    "energy/gpu_power_fraction": (0.60, 0.80, 0.95),
    "energy/pue_hyperscale": (1.06, 1.10, 1.20),
    "energy/pue_colo": (1.2, 1.35, 1.6),
    "energy/pue_enterprise": (1.4, 1.58, 2.2),
    "water/wue_onsite": (0.05, 0.4, 1.8),
}
UNIFORMS = {
    "labelling/label_rate": (5, 10),
    "labelling/qa_price": (0.025, 0.05),
    "serving/infra_year_tabular": (1200, 3600),
}
DISCRETE = {
    "labelling/redundancy": {1: 0.40, 3: 0.45, 5: 0.15},
    "people/parallel_projects": {1: 0.35, 2: 0.50, 3: 0.15},
    "carbon/social_cost": {120: 0.25, 190: 0.50, 340: 0.25},
}


@pytest.mark.parametrize("key", CATALOGUE.names())
def test_an_entry_is_complete(key: str) -> None:
    entry = CATALOGUE.get(key)
    quantiles = entry.distribution.quantile(np.array([1e-6, 0.1, 0.5, 0.9, 1 - 1e-6]))
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles) >= 0).all()
    assert quantiles[0] >= 0, "nothing in the catalogue can be negative"
    assert entry.basis in BASES
    assert str(parse_unit(entry.unit)) is not None
    assert entry.note.endswith(".")


@pytest.mark.parametrize("key", PERCENTILES)
def test_percentiles_are_those_of_the_source(key: str) -> None:
    found = CATALOGUE.get(key).distribution.quantile(np.array([0.1, 0.5, 0.9]))
    # Sources print two digits or so; the widest gap allowed is one in the second of 2 digits.
    np.testing.assert_allclose(found, PERCENTILES[key], rtol=0.035)


@pytest.mark.parametrize("key", PERTS)
def test_perts_against_the_beta_distribution(key: str) -> None:
    low, mode, high = PERTS[key]
    width = high - low
    pert = stats.beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, low, width)
    u = np.array([0.01, 0.1, 0.5, 0.9, 0.99])
    np.testing.assert_allclose(CATALOGUE.get(key).distribution.quantile(u), pert.ppf(u), rtol=1e-9)


@pytest.mark.parametrize("key", UNIFORMS)
def test_uniforms_span_the_published_range(key: str) -> None:
    assert CATALOGUE.get(key).distribution.support() == UNIFORMS[key]


@pytest.mark.parametrize("key", DISCRETE)
def test_discrete_entries(key: str) -> None:
    atoms = CATALOGUE.get(key).distribution.atoms()
    assert atoms is not None
    values, chances = atoms
    np.testing.assert_allclose(values, list(DISCRETE[key]))
    np.testing.assert_allclose(chances, list(DISCRETE[key].values()))


def test_two_thirds_meet_bias_or_errors() -> None:
    assert CATALOGUE.get("labelling/data_defect").distribution.mean() == pytest.approx(0.66)
    assert CATALOGUE.get("labelling/data_defect_chance").distribution.mean() == pytest.approx(0.66)
    assert CATALOGUE.get("labelling/data_problems").distribution.mean() == pytest.approx(0.96)


def test_the_moderate_overrun_has_the_published_mean() -> None:
    overrun = CATALOGUE.get("delivery/overrun_moderate").distribution
    assert overrun.mean() == pytest.approx(1.27, abs=0.005)
    assert overrun.cdf(np.array([1.9999]))[0] == pytest.approx(5 / 6, abs=1e-4)


def test_the_fat_overrun_has_the_published_tail() -> None:
    overrun = CATALOGUE.get("delivery/overrun_fat").distribution
    quantiles = overrun.quantile(np.array([0.5, 0.75, 0.8, 0.9, 0.95, 0.99]))
    np.testing.assert_allclose(quantiles, [0.94, 1.13, 1.25, 2.89, 5.78, 17.5], rtol=0.006)
    assert overrun.support()[1] == 30
    assert overrun.cdf(np.array([1.5]))[0] == pytest.approx(0.82, abs=1e-12)
    assert overrun.mean() == pytest.approx(1.73, abs=0.005)


def test_every_statement_of_the_article_is_there() -> None:
    claims = {number for entry in CATALOGUE for number in entry.article_claims}
    assert claims == set(range(1, 37))


def test_the_documentation_says_where_each_statement_is() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", DOCS.read_text(encoding="utf-8"), re.M)
    documented = {int(number): set(re.findall(r"`([^`]+)`", where)) for number, where in rows}
    actual: dict[int, set[str]] = {number: set() for number in range(1, 37)}
    for entry in CATALOGUE:
        for number in entry.article_claims:
            actual[number].add(entry.key)
    assert documented == actual


def test_the_documentation_names_every_domain() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.M)) == set(CATALOGUE.domains)


def test_each_grid_is_within_a_fifth_of_its_average() -> None:
    grids = [name for name in CATALOGUE.names("carbon") if name.startswith("carbon/grid_")]
    known = [CATALOGUE.get(name) for name in grids if "unknown" not in name]
    assert len(known) >= 25
    for entry in known:
        law = entry.distribution
        low, middle, high = law.quantile(np.array([0.05, 0.5, 0.95]))
        assert entry.unit == "gCO2e/kWh"
        assert 0.8 < low / middle < 1 < high / middle < 1.2


def test_the_gartner_prediction_is_no_input() -> None:
    entry = CATALOGUE.get("reference/gartner_erroneous_outcomes")
    assert entry.is_reference
    assert entry.value == 0.85
    assert not any(
        0.8499 < one.distribution.mean() < 0.8501 for one in CATALOGUE if one.domain == "delivery"
    )


# The published energy figures, from the formula: energy = hours x power x PUE.
def reference(name: str) -> float:
    value = CATALOGUE.get(f"reference/{name}").value
    assert value is not None
    return value


@pytest.mark.parametrize("model", ["transformer_base", "transformer_big", "elmo", "search"])
def test_energy_and_emissions_of_the_published_table(model: str) -> None:
    energy = (
        reference(f"strubell_{model}_power")
        * reference(f"strubell_{model}_hours")
        * reference("strubell_pue")
        / 1000
    )
    assert round(energy) == reference(f"strubell_{model}_energy")
    assert round(energy * reference("strubell_grid")) == pytest.approx(
        reference(f"strubell_{model}_emissions"), abs=1
    )


def test_bert_needs_more_than_its_printed_hours() -> None:
    power, pue = reference("strubell_bert_power"), reference("strubell_pue")
    assert round(power * reference("strubell_bert_hours") * pue / 1000) != 1507  # printed: 79
    assert round(power * 79.2 * pue / 1000) == reference("strubell_bert_energy")
    assert round(power * 79.2 * pue / 1000 * reference("strubell_grid")) == 1438


def test_comparisons_of_the_article() -> None:
    search = reference("strubell_search_emissions")
    assert search / reference("car_lifetime") == pytest.approx(4.97, abs=0.005)
    flights = reference("strubell_bert_emissions") / reference("flight_ny_sf")
    assert flights == pytest.approx(0.72, abs=0.005)
    tonnes = search * parse_unit("lbCO2e").factor_to(parse_unit("tCO2e"))
    assert tonnes == pytest.approx(284.0, abs=0.05)
    factor = tonnes / reference("search_emissions_measured")
    assert factor == pytest.approx(reference("search_overestimate"), rel=0.01)


def test_training_of_gpt3() -> None:
    energy = 10_000 * 14.8 * 24 * 330 * 1.10 / 1e6  # MWh
    assert energy == pytest.approx(reference("gpt3_energy"), rel=0.003)
    assert energy * 0.429 == pytest.approx(reference("gpt3_emissions"), rel=0.003)


def test_cost_of_deepseek_v3() -> None:
    assert 2.788e6 * 2 == reference("deepseek_v3_cost")


def test_published_cloud_costs_follow_from_the_unit_prices() -> None:
    hours = {"transformer_base": 8 * 12, "transformer_big": 8 * 84, "elmo": 3 * 336}
    for model, device_hours in hours.items():
        for end, price in (("low", "preemptible"), ("high", "on_demand")):
            cost = device_hours * reference(f"price_2019_p100_{price}")
            assert cost == pytest.approx(reference(f"strubell_{model}_cost_{end}"), abs=1)
