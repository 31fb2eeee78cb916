"""Every published figure that the project checks itself against, typed here a second time.

The models carry the figures that they are compared with; a slip in one of them would go unnoticed
if the tests took it from there. So the figures stand here again, as their sources print them, and
each is asserted of what a model or the catalogue gives. Those of the article (14,250, 19,000,
51,750 and 136,750 USD) are in test_examples_corners.py.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import simcost
from simcost.units import parse_unit

SYSTEMS = Path(__file__).parent.parent / "examples" / "systems"
CATALOGUE = simcost.load_catalogue()

# System, scenario, output, unit, figure, and how far off (0: none to the last printed digit).
TARGETS = [
    # Strubell et al. (2019), Table 3: kWh, lb, USD on demand and preemptible.
    ("transformer_base", "published", "energy", "kWh", 27, 0),
    ("transformer_base", "published", "emissions", "lbCO2e", 26, 0),
    ("transformer_base", "published", "cost", "USD", 140, 0),
    ("transformer_base", "published_low", "cost", "USD", 41, 0),
    ("transformer_big", "published", "energy", "kWh", 201, 0),
    ("transformer_big", "published", "emissions", "lbCO2e", 192, 0),
    ("transformer_big", "published", "cost", "USD", 981, 0),
    ("transformer_big", "published_low", "cost", "USD", 289, 0),
    ("elmo", "published", "energy", "kWh", 275, 0),
    ("elmo", "published", "emissions", "lbCO2e", 262, 0),
    ("elmo", "published", "cost", "USD", 1_472, 0),
    ("elmo", "published_low", "cost", "USD", 433, 0),
    ("bert_base", "published", "energy", "kWh", 1_507, 0),
    ("bert_base", "published", "emissions", "lbCO2e", 1_438, 0),
    ("bert_base", "published", "cost", "USD", 12_571, 0),
    ("bert_base", "published_low", "cost", "USD", 3_751, 0),
    ("bert_base_tpu", "published", "cost", "USD", 6_912, 0),
    ("bert_base_tpu", "published_low", "cost", "USD", 2_074, 0),
    ("architecture_search", "published", "energy", "kWh", 656_347, 0),
    ("architecture_search", "published", "emissions", "lbCO2e", 626_155, 0),
    ("architecture_search", "published", "cost", "USD", 3_201_722, 0),
    ("architecture_search", "published_low", "cost", "USD", 942_973, 0),
    ("architecture_search_tpu", "published", "cost", "USD", 146_848, 0),
    ("architecture_search_tpu", "published_low", "cost", "USD", 44_055, 0),
    ("gpt_2", "published", "cost", "USD", 43_008, 0),
    ("gpt_2", "published_low", "cost", "USD", 12_902, 0),
    # Table 1 in tonnes, and the parts of a pipeline.
    ("transformer_big", "published", "emissions", "tCO2e", 0.0871, 0.002),
    ("architecture_search", "published", "emissions", "tCO2e", 284.0, 0),
    ("nlp_pipeline", "published", "emissions", "lbCO2e", 39, 0),
    ("nlp_pipeline", "published", "emissions_with_experiments", "lbCO2e", 78_468, 0),
    ("nlp_pipeline", "published", "emissions_with_experiments", "tCO2e", 35.59, 0),
    ("nlp_pipeline", "published", "cost", "USD", 175, 0),
    ("nlp_pipeline", "published_low", "cost", "USD", 52, 0),
    # Table 4, for 1, 24 and 4,789 trainings. 103k and 350k are rounded.
    ("lisa", "one", "cost", "USD", 175, 0),
    ("lisa", "one", "electricity_cost", "USD", 5, 0),
    ("lisa", "tuning", "cost", "USD", 4_205, 0),
    ("lisa", "tuning", "electricity_cost", "USD", 118, 0),
    ("lisa", "published", "cost", "USD", 350_000, 0.002),
    ("lisa", "published_low", "cost", "USD", 103_000, 0.002),
    ("lisa", "published", "electricity_cost", "USD", 9_870, 0),
    ("lisa", "published", "emissions", "lbCO2e", 78_468, 0),
    # Patterson et al. (2021), Table 4 and appendix D: MWh, t gross, t net. Days are rounded.
    ("architecture_search_run", "published", "energy", "MWh", 7.5, 0.005),
    ("architecture_search_run", "published", "emissions", "tCO2e", 3.2, 0),
    ("architecture_search", "corrected", "emissions", "tCO2e", 3.2, 0),
    ("architecture_search_run", "published", "emissions", "lbCO2e", 7_096, 0),
    ("architecture_search", "proxy_only", "emissions", "lbCO2e", 33_544, 0.002),
    ("architecture_search", "proxy_only", "emissions", "tCO2e", 15.2, 0),
    ("architecture_search", "published", "overestimate", "", 88, 0.009),
    ("t5", "published", "energy", "MWh", 85.7, 0.0045),
    ("t5", "published", "emissions", "tCO2e", 46.7, 0.0045),
    ("t5", "published_market", "emissions", "tCO2e", 46.7, 0.0045),
    ("meena", "published", "energy", "MWh", 232, 0),
    ("meena", "published", "emissions", "tCO2e", 96.4, 0.001),
    ("meena", "published_market", "emissions", "tCO2e", 96.4, 0.001),
    ("gshard", "published", "energy", "MWh", 24.1, 0.008),
    ("gshard", "published", "emissions", "tCO2e", 4.8, 0),
    ("gshard", "published_market", "emissions", "tCO2e", 4.3, 0.016),
    ("switch_transformer", "published", "energy", "MWh", 179, 0),
    ("switch_transformer", "published", "emissions", "tCO2e", 72.2, 0.002),
    ("switch_transformer", "published_market", "emissions", "tCO2e", 59.1, 0.002),
    ("gpt_3", "published", "energy", "MWh", 1_287, 0.002),
    ("gpt_3", "published", "emissions", "tCO2e", 552.1, 0.002),
    ("gpt_3", "published_market", "emissions", "tCO2e", 552.1, 0.002),
    # Cards, papers and reports of single models; a card's rows are rounded.
    ("llama_2", "published", "emissions_7b", "tCO2e", 31.22, 0),
    ("llama_2", "published", "emissions_13b", "tCO2e", 62.44, 0.0001),
    ("llama_2", "published", "emissions_70b", "tCO2e", 291.42, 0),
    ("llama_2", "published", "emissions", "tCO2e", 539, 0),
    ("llama_2", "published_market", "emissions", "tCO2e", 0, 0),
    ("llama_3", "published", "emissions_8b", "tCO2e", 390, 0.0085),
    ("llama_3", "published", "emissions_70b", "tCO2e", 1_900, 0.0022),
    ("llama_3", "published", "emissions", "tCO2e", 2_290, 0.0004),
    ("llama_3", "published_market", "emissions", "tCO2e", 0, 0),
    ("llama_3_1", "published", "emissions_8b", "tCO2e", 420, 0.0075),
    ("llama_3_1", "published", "emissions_70b", "tCO2e", 2_040, 0.0057),
    ("llama_3_1", "published", "emissions_405b", "tCO2e", 8_930, 0.0009),
    ("llama_3_1", "published", "emissions", "tCO2e", 11_390, 0.0001),
    ("llama_3_1", "published_market", "emissions", "tCO2e", 0, 0),
    ("llama_4", "published", "emissions_scout", "tCO2e", 1_354, 0.0004),
    ("llama_4", "published", "emissions_maverick", "tCO2e", 645, 0),
    ("llama_4", "published", "emissions", "tCO2e", 1_999, 0),
    ("llama_4", "published_market", "emissions", "tCO2e", 0, 0),
    ("bloom", "published", "energy", "kWh", 433_196, 0),
    ("bloom", "published", "dynamic", "tCO2e", 24.69, 0),
    ("bloom", "published", "idle_emissions", "tCO2e", 14.6, 0),
    ("bloom", "published", "embodied", "tCO2e", 11.2, 0),
    ("bloom", "published", "emissions", "tCO2e", 50.5, 0),
    ("bloom", "published", "cost", "MUSD", 1.98, 0),
    ("olmo", "published", "energy", "MWh", 913 + 459, 0),
    ("olmo", "published", "operational", "tCO2e", 312 + 159, 0),
    ("olmo", "published", "embodied", "tCO2e", 22, 0),
    ("olmo", "published", "emissions", "tCO2e", 493, 0),
    ("olmo", "published", "water", "kL", 2_769, 0),
    ("gpt_3", "published", "cost", "MUSD", 4.34, 0),
    ("deepseek_v3", "published", "cost", "MUSD", 5.576, 0),
]
KEYS = [f"{system}-{scenario}-{output}-{unit}" for system, scenario, output, unit, *_ in TARGETS]


@cache
def corner(system: str, scenario: str) -> dict[str, tuple[float, str]]:
    result = simcost.load(SYSTEMS / f"{system}.toml").run(draws=64, seed=3, scenario=scenario)
    return {name: (float(result.values[name][0]), result.units[name]) for name in result.outputs}


def meets(value: float, figure: float, tolerance: float) -> bool:
    """Whether a value is a printed figure: to its last digit, or within a share of it."""
    if tolerance:
        return abs(value / figure - 1) <= tolerance
    digits = len(f"{figure:.10g}".partition(".")[2])
    return abs(round(value, digits) - figure) < 1e-9


@pytest.mark.parametrize(
    ("system", "scenario", "output", "unit", "figure", "off"), TARGETS, ids=KEYS
)
def test_a_target(
    system: str, scenario: str, output: str, unit: str, figure: float, off: float
) -> None:
    value, given = corner(system, scenario)[output]
    value *= parse_unit(given).factor_to(parse_unit(unit))
    assert meets(value, figure, off), (value, figure)


def test_a_target_can_be_missed() -> None:
    assert not meets(192.6, 192, 0)
    assert not meets(0.4230 / 0.4327 * 626_155, 626_155, 0.002)
    assert not meets(7.44, 7.5, 0)


def test_no_model_is_compared_with_a_figure_that_is_not_here() -> None:
    here = {(system, output, float(figure)) for system, _, output, _, figure, _ in TARGETS}
    here.add(("gpt_3", "cost", 2.20))  # what Epoch AI's other ways of counting give:
    here.add(("bloom", "cost", 1.00))  # no corner of these models, only an end of their range
    for file in SYSTEMS.glob("*.toml"):
        for output, figures in simcost.load(file).published.items():
            for figure in figures:
                assert (file.stem, output, float(figure)) in here


# -- the rows of Table 3 by hand, without simcost --------------------------------------------------

TABLE_3 = {  # power of all in W, how many, hours of wall time, kWh, lb
    "transformer_base": (1_415.78, 8, 12, 27, 26),
    "transformer_big": (1_515.43, 8, 84, 201, 192),
    "elmo": (517.66, 3, 336, 275, 262),
    "bert_base": (12_041.51, 64, 79.2, 1_507, 1_438),  # 79 h in print
    "architecture_search": (1_515.43, 8, 274_120, 656_347, 626_155),
}


@pytest.mark.parametrize("system", TABLE_3)
def test_a_row_of_the_table_by_hand_and_by_model(system: str) -> None:
    watts, devices, hours, energy, emissions = TABLE_3[system]
    by_hand = watts * hours * 1.58 / 1000
    assert round(by_hand) == energy
    assert round(by_hand * 0.954) == emissions
    assert corner(system, "published")["energy"][0] == pytest.approx(by_hand, rel=1e-4)
    prices = {1.46: "published", 0.43: "published_low"}
    if system == "bert_base":
        prices = {2.48: "published", 0.74: "published_low"}
    for price, scenario in prices.items():
        cost = corner(system, scenario)["cost"][0]
        assert cost == pytest.approx(devices * hours * price, rel=1e-9)


TABLE_4 = {  # of Patterson et al.: chips, days, PUE, kg/kWh gross and net, W a chip, MWh, t, t
    "architecture_search_run": (200, 6.8, 1.10, 0.431, 0.431, 208, 7.5, 3.2, 3.2),
    "t5": (512, 20, 1.12, 0.545, 0.545, 310, 85.7, 46.7, 46.7),
    "meena": (1_024, 30, 1.09, 0.415, 0.415, 289, 232, 96.4, 96.4),
    "gshard": (1_024, 3.1, 1.09, 0.201, 0.177, 288, 24.1, 4.8, 4.3),
    "switch_transformer": (1_024, 27, 1.10, 0.403, 0.330, 245, 179, 72.2, 59.1),
    "gpt_3": (10_000, 14.8, 1.10, 0.429, 0.429, 330, 1_287, 552.1, 552.1),
}


@pytest.mark.parametrize("system", TABLE_4)
def test_a_row_of_the_second_table_by_hand_and_by_model(system: str) -> None:
    chips, days, pue, gross, net, watts, energy, emitted, contracted = TABLE_4[system]
    by_hand = chips * days * 24 * watts * pue / 1e6
    assert by_hand == pytest.approx(energy, rel=0.008)  # days and watts are rounded
    assert by_hand * gross == pytest.approx(emitted, rel=0.008)
    assert by_hand * net == pytest.approx(contracted, rel=0.016)
    found = corner(system, "published")
    assert found["energy"][0] == pytest.approx(by_hand, rel=1e-9)
    assert found["emissions"][0] == pytest.approx(by_hand * gross, rel=1e-9)
    market = corner(system, "published_market")
    assert market["emissions"][0] == pytest.approx(by_hand * net, rel=1e-9)


CARDS = {  # accelerator-hours, W, t by location, and what the card's grid comes to in kg/kWh
    "Llama 2": (3_311_616, 400, 539, 0.407),
    "Llama 3": (7.7e6, 700, 2_290, 0.425),
    "Llama 3.1": (39.3e6, 700, 11_390, 0.414),
    "Llama 3.2": (916e3, 700, 240, 0.374),
    "Llama 3.3": (7.0e6, 700, 12.9, 0.0026),  # in error: see test_examples_systems.py
    "Llama 4": (7.38e6, 700, 1_999, 0.387),
    "BLOOM": (1_082_990, 400, 24.69, 0.057),
}


@pytest.mark.parametrize("card", CARDS)
def test_the_grid_that_a_card_implies(card: str) -> None:
    hours, watts, tonnes, grid = CARDS[card]
    digits = len(f"{grid:.10g}".partition(".")[2])
    assert round(tonnes * 1e3 / (hours * watts / 1e3), digits) == pytest.approx(grid, abs=1e-9)


# -- the catalogue: what single figures are ------------------------------------------------------

MEDIANS = {  # of entries that sources print as one number, or with a spread around it
    "energy/system_power[tpu-v2]": (221, 0.05),
    "energy/system_power[tpu-v3]": (283, 0.10),
    "energy/system_power[p100]": (271, 0.11),
    "energy/system_power[v100]": (325, 0.02),
    **{
        f"energy/grid[{key}]": (grams, 0.10)
        for key, grams in {
            **{"US": 384, "CN": 560, "IN": 708, "JP": 482, "DE": 344, "GB": 211, "PL": 615},
            **{"IE": 280, "CA": 175, "FR": 44, "SE": 36, "NO": 31, "AU": 552, "BR": 103},
            **{"us-central1": 413, "us-east4": 323, "us-west1": 79, "europe-west9": 16},
            **{"asia-southeast1": 367, "europe-north2": 2.7, "asia-south1": 679},
        }.items()
    },
}
FIXED = {
    "energy/tdp_k80": 300,
    "energy/tdp_p100": 250,
    "energy/tdp_t4": 70,
    "energy/tdp_a10g": 150,
    "energy/tdp_a100_sxm": 400,
    "energy/tdp_l4": 72,
    "energy/tdp_l40s": 350,
    "energy/tdp_h100_sxm": 700,
    "energy/tdp_rtx4090": 450,
    "energy/server_power_a100": 812,
    "energy/server_power_h100": 1_275,
    "carbon/embodied_h100_card": 164,
    "carbon/embodied_h100_server_share": 712,
    "carbon/embodied_a100": 318,
    "carbon/price_eu_ets": 70,
    "carbon/price_china_ets": 12,
    "compute/interconnect_share": 0.19,
    "compute/gpu_hour_tpu_v3": 2.00,
    "compute/gpu_hour_tpu_v4": 3.22,
    "training/tuning_runs": 24,
}
OFFSITE = {
    **{"US": 3.13, "CN": 6.01, "IN": 3.44, "DE": 1.95, "FR": 3.67, "GB": 2.33, "JP": 2.31},
    **{"SE": 6.03, "NO": 6.66, "CA": 8.17, "PL": 2.51, "IE": 1.48},
}
SCHEDULES = {  # social cost of a tonne at 2.5, 2.0 and 1.5% discount
    "carbon/social_cost": (120, 190, 340),
    "carbon/social_cost_2025": (130, 210, 360),
    "carbon/social_cost_2030": (140, 230, 380),
}


def median(key: str) -> float:
    return float(CATALOGUE.get(key).distribution.quantile(np.array([0.5]))[0])


@pytest.mark.parametrize("key", MEDIANS)
def test_a_centre_and_a_spread(key: str) -> None:
    centre, spread = MEDIANS[key]
    law = CATALOGUE.get(key).distribution
    assert meets(median(key), centre, 0)
    low, high = law.quantile(np.array([0.1586552539, 0.8413447461]))  # one sigma on either side
    assert np.log(high / low) / 2 == pytest.approx(spread, rel=0.02)


@pytest.mark.parametrize("key", FIXED)
def test_a_figure_of_the_catalogue(key: str) -> None:
    assert median(key) == FIXED[key]


@pytest.mark.parametrize("country", OFFSITE)
def test_water_of_electricity(country: str) -> None:
    assert meets(median(f"water/wue_offsite[{country}]"), OFFSITE[country], 0)


@pytest.mark.parametrize("key", SCHEDULES)
def test_the_social_cost_is_a_choice_among_three_discount_rates(key: str) -> None:
    atoms = CATALOGUE.get(key).distribution.atoms()
    assert atoms is not None
    assert tuple(atoms[0]) == SCHEDULES[key]


def test_the_world_and_the_unknown() -> None:
    assert 470 < median("carbon/grid_world") < 485  # 473 to 480 in four sources
    law = CATALOGUE.get("carbon/grid_unknown_country").distribution
    np.testing.assert_allclose(law.quantile(np.array([0.1, 0.5, 0.9])), (170, 570, 699), rtol=0.01)


def test_marginal_is_short_run_and_above_average() -> None:
    law = CATALOGUE.get("carbon/marginal_over_average").distribution
    assert law.support() == (0.8, 2.5)
    assert law.mean() == pytest.approx((0.8 + 4 * 1.5 + 2.5) / 6)
    for baseload, other, ratio in ((776.0, 1205.2, 1.55), (1052.1, 1224.5, 1.16)):
        assert other / baseload == pytest.approx(ratio, abs=0.005)


def test_multipliers_of_research() -> None:
    assert (459 + 913) / 913 == pytest.approx(1.50, abs=0.005)  # OLMo
    assert 1_163_088 / 433_196 == pytest.approx(2.68, abs=0.006)  # BLOOM
    assert 239_942 / 120 == pytest.approx(2_000, rel=0.001)  # LISA
    assert 9_998 / 172 == pytest.approx(58, abs=0.5)
    five = np.array([1.50, 2, 2, 2.68, 5.6])
    assert np.exp(np.log(five).mean()) == pytest.approx(2.46, abs=0.01)
    assert np.log(five).std(ddof=1) == pytest.approx(0.50, abs=0.03)
    cap = CATALOGUE.get("training/rd_multiplier_small").distribution.support()[1]
    assert cap == 2_500


def test_prompts() -> None:
    law = CATALOGUE.get("serving/energy_per_prompt").distribution
    low, high = law.quantile(np.array([0.25, 0.75]))
    assert (low, high) == pytest.approx((0.16, 0.60), rel=0.03)
    reasoning = CATALOGUE.get("serving/energy_per_prompt_reasoning").distribution
    quartiles = reasoning.quantile(np.array([0.25, 0.5, 0.75]))
    np.testing.assert_allclose(quartiles, (2.15, 3.91, 7.05), rtol=0.005)
    image = CATALOGUE.get("serving/energy_per_image").distribution.support()
    assert image == (0.06, 2.9)
