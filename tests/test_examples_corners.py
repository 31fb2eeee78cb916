"""The examples run, and the article's sums come out of its project exactly."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import simcost

EXAMPLES = Path(__file__).parent.parent / "examples"
PROJECT = EXAMPLES / "ai_project.toml"
CORNERS = {"article_low": 51_750.0, "article_high": 136_750.0, "article_cheapest": 31_450.0}


@pytest.fixture(scope="module")
def text() -> dict[str, Any]:
    return tomllib.loads(PROJECT.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project() -> Any:
    return simcost.load(PROJECT)


def by_hand(x: dict[str, float]) -> dict[str, float]:
    """Redo the article's sum without simcost."""
    team = x["staff"] * x["staff_wage"] + x["freelancers"] * x["freelancer_wage"]
    research = team * x["research_months"] / x["parallel_projects"]
    labels = checks = 0.0
    if x["data_route"] == 3:
        labels, checks = x["samples"] * x["label_price"], x["samples"] * x["qa_price"]
    inference = x["infra_deep"] if x["deep"] == 1 else x["infra_tabular"]
    hours = x["api_hours"] + x["pipeline_hours"]
    total = labels + checks + research + inference + hours * x["dev_rate"]
    return {"team_month": team, "research_per_project": research, "article_total": total}


@pytest.mark.parametrize("name", CORNERS)
def test_a_corner_holds_every_input(text: dict[str, Any], name: str) -> None:
    changes = text["scenarios"][name]
    assert set(changes) == set(text["inputs"])
    assert all(set(change) == {"value"} for change in changes.values())


@pytest.mark.parametrize("name", CORNERS)
def test_the_corners_are_the_articles_sums(text: dict[str, Any], project: Any, name: str) -> None:
    values = {key: change["value"] for key, change in text["scenarios"][name].items()}
    expected = by_hand(values)
    assert expected == {
        "team_month": 19_000.0,
        "research_per_project": 14_250.0,
        "article_total": CORNERS[name],
    }
    result = project.run(draws=64, seed=1, scenario=name)
    for output, value in expected.items():
        assert (result.values[output] == value).all(), output
    # Nothing else costs anything in these scenarios, and nothing fails.
    np.testing.assert_allclose(result.values["cost"], CORNERS[name], rtol=1e-12)
    assert (result.values["succeeded"] == 1).all()
    assert (result.values["write_off"] == 0).all()


def test_the_corners_agree_with_the_published_totals() -> None:
    for key, name in (("article_total_low", "article_low"), ("article_total_high", "article_high")):
        assert simcost.load_catalogue().get(f"reference/{key}").value == CORNERS[name]


def test_a_corner_can_fail(project: Any) -> None:
    result = project.run(draws=64, seed=1)
    assert np.unique(result.values["article_total"]).size > 1


def test_eighty_five_per_cent_are_spread_over_the_gates(text: dict[str, Any]) -> None:
    gates = [stage["failure"] for stage in text["stages"]]
    failures = [text["inputs"][gate]["value"] for gate in gates]
    assert len(failures) == 4
    assert 1 - np.prod([1 - chance for chance in failures]) == pytest.approx(0.85, abs=1e-12)


def test_the_chance_of_success_is_what_the_gates_leave(project: Any) -> None:
    n = 2**14
    succeeded = project.run(draws=n, seed=2, design="random").values["succeeded"]
    assert succeeded.mean() == pytest.approx(0.15, abs=5 * np.sqrt(0.15 * 0.85 / n))


def test_surveyed_rates_let_more_projects_through(project: Any) -> None:
    n = 2**14
    run = project.run(draws=n, seed=2, design="random", scenario="surveyed_rates")
    expected = 4 / 9 * 4.9 / 10.2
    assert run.values["succeeded"].mean() == pytest.approx(
        expected, abs=5 * np.sqrt(expected * (1 - expected) / n)
    )


def test_the_switches_reach_their_figures(project: Any) -> None:
    def total(scenario: str) -> Any:
        return project.run(draws=256, seed=3, scenario=scenario).values["article_total"]

    assert (total("data_at_hand") < total("service")).all()
    assert (total("shallow") < total("service")).all()
    np.testing.assert_array_equal(
        total("service"), project.run(draws=256, seed=3).values["article_total"]
    )
    assert np.median(total("in_house")) > np.median(total("crowd")) > np.median(total("service"))
    assert (total("slow_labelling") >= total("in_house")).all()
    assert (total("us_salaries") > total("service")).all()


def test_the_project_reports_money_carbon_and_time(project: Any) -> None:
    result = project.run(draws=256, seed=3)
    for output in ("cost", "emissions", "duration", "write_off", "succeeded"):
        assert np.isfinite(result.values[output]).all()
        assert (result.values[output] >= 0).all()
    assert result.units["cost"] == "USD"
    assert result.units["emissions"] == "kgCO2e"
    assert result.units["duration"] == "month"
    assert result.units["team_month"] == "USD/month"


def test_emissions_of_the_low_corner(text: dict[str, Any], project: Any) -> None:
    x = {key: change["value"] for key, change in text["scenarios"]["article_low"].items()}
    hours = x["infra_deep"] / x["serving_gpu_price"]
    watts = x["serving_gpu_rating"] * x["power_fraction"] * x["server_ratio"]
    kilograms = hours * (watts / 1000 * x["pue"] * x["grid"] + x["embodied"]) / 1000
    emissions = project.run(draws=64, seed=1, scenario="article_low").values["emissions"]
    np.testing.assert_allclose(emissions, kilograms, rtol=1e-12)


def test_every_sourced_input_is_in_the_catalogue(text: dict[str, Any]) -> None:
    catalogue = simcost.load_catalogue()
    keys = [entry["from"] for entry in text["inputs"].values() if "from" in entry]
    assert len(keys) > 25
    assert all(key in catalogue for key in keys)


def test_the_quickstart_is_twelve_lines_and_three_inputs() -> None:
    source = (EXAMPLES / "quickstart.toml").read_text(encoding="utf-8")
    assert len(source.splitlines()) == 12
    assert len(tomllib.loads(source)["inputs"]) == 3
    result = simcost.load(EXAMPLES / "quickstart.toml").run(draws=4096, seed=1)
    # Median: a lognormal over a uniform times a PERT; 49,000 samples at 7.5 an hour and 12.5 USD.
    assert np.median(result.values["cost"]) == pytest.approx(82_000, rel=0.08)
