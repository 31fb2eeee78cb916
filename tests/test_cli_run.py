"""``simcost run`` as a user meets it: options, what is printed where, and files."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
import xarray

import simcost

ROOT = Path(__file__).parent.parent
STAGED = ROOT / "tests" / "models" / "staged.toml"
QUICK = ROOT / "examples" / "quickstart.toml"
AUTOMATIC = {
    "cost",
    "emissions",
    "duration",
    "succeeded",
    "failed_stage",
    "write_off",
    "write_off_emissions",
}
FEW = ("--draws", 2000)


def strict(text):
    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture
def summary(simcost_cli):
    """Run with --json and return what was printed."""

    def run(*arguments):
        done = simcost_cli("run", *arguments, "--json")
        assert done.code == 0, done.err
        return strict(done.out)

    return run


# -- the table -----------------------------------------------------------------------------------


def test_the_table_names_every_figure_a_budget_needs(simcost_cli):
    done = simcost_cli("run", STAGED, *FEW)
    assert done.code == 0
    assert done.err == ""
    for word in ("P10", "P50", "P90", "mean", "±", "cost", "USD", "write-off", "duration", "month"):
        assert word in done.out, word
    assert re.search(r"success", done.out, re.IGNORECASE)
    assert re.search(r"per success", done.out, re.IGNORECASE)


def test_a_pipe_gets_no_colours(simcost_cli):
    assert "\x1b" not in simcost_cli("run", STAGED, *FEW).out


def test_the_chance_of_exceeding_a_budget(simcost_cli):
    done = simcost_cli("run", STAGED, *FEW, "--budget", 50_000)
    line = done.out.strip().splitlines()[-1]
    values = simcost.load(STAGED).run(draws=2000).values["cost"]
    shown = float(re.search(r"([\d.]+)\s*(?:±\s*[\d.]+)?\s*%", line).group(1))
    assert "50,000 USD" in line
    assert shown == pytest.approx(100 * np.mean(values > 50_000), abs=1)


def test_a_budget_without_a_cost_is_refused_before_anything_is_printed(simcost_cli, tmp_path):
    model = tmp_path / "no_cost.toml"
    model.write_text("[inputs]\nx = { uniform = { low = 0, high = 1 } }\n")
    out = tmp_path / "out.csv"
    done = simcost_cli("run", model, *FEW, "--budget", 1, "--out", out)
    assert done.code == 2
    assert done.out == ""
    assert not out.exists()


# -- --json --------------------------------------------------------------------------------------


def test_json_has_the_documented_shape(summary):
    found = summary(STAGED, *FEW, "--seed", 3)
    assert (found["model"], found["seed"], found["draws"]) == ("Staged", 3, 2000)
    assert re.fullmatch(r"[0-9a-f]{32}", found["digest"])
    assert set(found["outputs"]) == AUTOMATIC | {"labelling"}
    cost = found["outputs"]["cost"]
    assert set(cost) == {"unit", "mean", "sd", "quantiles"}
    assert cost["unit"] == "USD"
    assert list(cost["quantiles"]) == ["P10", "P50", "P90"]
    for figure in (cost["mean"], *cost["quantiles"].values()):
        assert set(figure) == {"value", "low", "high"}
        assert figure["low"] <= figure["value"] <= figure["high"]
    assert set(cost["sd"]) == {"value"}


def test_json_says_what_python_says(summary):
    found = summary(STAGED, *FEW, "--seed", 3)
    result = simcost.load(STAGED).run(draws=2000, seed=3)
    assert found["digest"] == result.digest
    for name, output in found["outputs"].items():
        values = result.values[name]
        assert output["mean"]["value"] == pytest.approx(values.mean(), rel=1e-12, abs=1e-12)
        assert output["sd"]["value"] == pytest.approx(values.std(ddof=1), rel=1e-9, abs=1e-12)
        for percentile, figure in output["quantiles"].items():
            assert figure["value"] == result.quantile(name, float(percentile[1:])).value


def test_percentiles_have_the_names_that_were_asked_for(summary):
    cost = summary(STAGED, *FEW, "--quantiles", "99.9,1,2.5,10")["outputs"]["cost"]
    assert list(cost["quantiles"]) == ["P1", "P2.5", "P10", "P99.9"]


@pytest.mark.parametrize("written", ["4096", "4_096", "4.096e3", "4.096k"])
def test_draws_may_be_written_in_several_ways(summary, written):
    assert summary(QUICK, "--draws", written)["draws"] == 4096


@pytest.mark.parametrize("design", ["sobol", "lhs"])
def test_other_designs_round_the_draws_up(summary, design):
    found = summary(STAGED, "--draws", 1000, "--design", design)
    assert (found["draws"], found["design"]) == (1024, design)


def test_a_scenario_changes_what_it_says(summary):
    base, dear = summary(STAGED, *FEW), summary(STAGED, *FEW, "--scenario", "dear")
    assert dear["scenario"] == "dear"
    ratio = dear["outputs"]["labelling"]["mean"]["value"]
    assert ratio == pytest.approx(2 * base["outputs"]["labelling"]["mean"]["value"], rel=1e-9)
    assert base["outputs"]["duration"] == dear["outputs"]["duration"]


def test_precision_is_reached(summary):
    found = summary(QUICK, "--precision", "2%", "--draws", 10)
    assert found["draws"] >= 16_384
    cost = found["outputs"]["cost"]
    for figure in (cost["mean"], *cost["quantiles"].values()):
        assert (figure["high"] - figure["low"]) / 2 <= 0.02 * figure["value"]
    assert any("stopped at" in note for note in found["notes"])


def test_per_success_with_a_cap(summary):
    found = summary(STAGED, *FEW, "--per", "success", "--cap", 3)
    assert found["view"] == "success"
    attempts = found["outputs"]["attempts"]["mean"]["value"]
    # The chance of success is 0.8 x 0.6 = 0.48: 1 + 0.52 + 0.52^2 attempts.
    assert attempts == pytest.approx(1.7904, abs=0.06)
    assert found["outputs"]["succeeded"]["mean"]["value"] == pytest.approx(1 - 0.52**3, abs=0.03)
    assert any("had not succeeded after 3 attempts" in note for note in found["notes"])


def test_per_portfolio(summary):
    arguments = ("--per", "portfolio", "--projects", 5, "--failure-correlation", 0.3)
    found = summary(STAGED, *FEW, *arguments)
    assert found["view"] == "portfolio"
    assert found["outputs"]["successes"]["mean"]["value"] == pytest.approx(5 * 0.48, abs=0.2)


def test_threads_and_engines_change_nothing(summary):
    runs = [
        summary(STAGED, *FEW, "--threads", threads, "--engine", engine)["digest"]
        for threads, engine in [(1, "interpreter"), (3, "interpreter"), (2, "machine")]
    ]
    assert len(set(runs)) == 1


# -- --out ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def result():
    return simcost.load(STAGED).run(draws=2000, seed=4)


def written(simcost_cli, path):
    done = simcost_cli("run", STAGED, *FEW, "--seed", 4, "--out", path)
    assert done.code == 0, done.err
    assert str(path) in done.err
    assert str(path) not in done.out
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    return path


def test_netcdf_holds_every_outcome(simcost_cli, tmp_path, result):
    import xarray

    with xarray.open_dataset(written(simcost_cli, tmp_path / "run.nc")) as found:
        for name, values in result.values.items():
            assert np.array_equal(found[name].values, values), name
            assert found[name].attrs.get("units", "") == result.units[name]
        assert found.attrs["seed"] == 4
        assert found.attrs["digest"] == result.digest
        assert found.attrs["model_hash"] == result.meta.model_hash


def test_csv_holds_every_outcome(simcost_cli, tmp_path, result):
    with written(simcost_cli, tmp_path / "run.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert "cost [USD]" in header
    columns = np.array(rows, dtype=float).T
    assert np.array_equal(columns[0], np.arange(2000))
    for title, column in zip(header[1:], columns[1:], strict=True):
        assert np.array_equal(column, result.values[title.split(" [")[0]]), title


def test_json_holds_the_summary(simcost_cli, summary, tmp_path):
    path = written(simcost_cli, tmp_path / "run.json")
    assert strict(path.read_text("utf-8")) == summary(STAGED, *FEW, "--seed", 4)


def test_an_existing_file_is_replaced(simcost_cli, tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("old")
    assert simcost_cli("run", STAGED, *FEW, "--out", path).code == 0
    assert path.read_text().startswith("outcome,")


def test_the_same_file_gives_the_same_bytes(simcost_cli, tmp_path):
    paths = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for path in paths:
        assert simcost_cli("run", STAGED, *FEW, "--out", path).code == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_mean_of_the_worst_outcomes(simcost_cli):
    model = QUICK
    shown = simcost_cli("run", model, "--draws", 2000, "--cvar", 90)
    assert "worst 10%" in shown.out
    content = json.loads(simcost_cli("run", model, "--draws", 2000, "--cvar", 90, "--json").out)
    cost = simcost.load(model).run(draws=2000).values["cost"]
    worst = content["outputs"]["cost"]["cvar"]["P90"]
    assert worst["low"] < worst["value"] < worst["high"]
    assert worst["value"] == pytest.approx(np.sort(cost)[-200:].mean(), rel=1e-12)
    assert simcost_cli("run", model, "--cvar", 100).code == 2


def test_a_file_without_suffix_is_netcdf(simcost_cli, tmp_path):
    path = tmp_path / "result"
    assert simcost_cli("run", QUICK, "--draws", 50, "--out", path).code == 0
    with xarray.open_dataset(path, engine="h5netcdf") as saved:
        assert saved.sizes["draw"] == 50


def test_results_are_written_from_python_too(tmp_path):
    result = simcost.load(QUICK).run(draws=50)
    simcost.write(result, tmp_path / "result.csv")
    assert len((tmp_path / "result.csv").read_text().splitlines()) == 51
