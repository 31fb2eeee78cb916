"""The commands of the analyses, run as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import simcost
from simcost.report.bars import render_bars
from simcost.report.strips import strips

ROOT = Path(__file__).parent.parent
QUICK = ROOT / "examples" / "quickstart.toml"
PROJECT = ROOT / "examples" / "ai_project.toml"
STAGED = Path(__file__).parent / "models" / "staged.toml"
HEAVY = Path(__file__).parent / "models" / "heavy.toml"
FEW = ("--draws", "5000")


def test_a_tornado_is_a_table_with_bars(simcost_cli):
    done = simcost_cli("tornado", QUICK, *FEW)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "Labelling by hand: 5,000 draws, seed 0, random design"
    assert lines[1].startswith("Mean cost where each input")
    assert lines[1].endswith("[USD]")
    assert "samples" in lines[4]
    assert "│" in lines[4]
    assert "█" in lines[4]
    assert "Noise floor" in done.out
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    "method",
    ["conditional", "swing", "regression", "rank", "gate", "conditional,swing,rank,regression"],
)
def test_every_method_prints_within_a_hundred_columns(simcost_cli, method):
    done = simcost_cli("tornado", PROJECT, "--method", method, *FEW)
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 100
    assert "… and" in done.out or method == "gate"


def test_several_methods_are_compared(simcost_cli):
    done = simcost_cli("tornado", STAGED, "--method", "conditional, swing,rank", *FEW)
    assert done.code == 0
    assert "by 3 methods" in done.out
    assert "≠" in done.out


@pytest.mark.parametrize("analysis", ["spider", "comparison", "sensitivity", "contingency"])
@pytest.mark.parametrize("width", [60, 80, 100])
def test_text_keeps_within_the_columns_of_a_terminal(analysis, width):
    data = getattr(simcost.load(STAGED).run(draws=5000), analysis)("write_off_emissions")
    lines = render_bars(data, width=width).splitlines()
    assert max(map(len, lines)) <= width + 5  # a table may need a little more than 60


def test_options_of_a_tornado(simcost_cli):
    done = simcost_cli(
        "tornado", STAGED, "--output", "duration", "--statistic", "overrun", "--budget", 3,
        "--bins", 5, "--top", 1, "--group", "pay=wage,rate", "--output", "cost", "--json", *FEW,
    )  # fmt: skip
    found = json.loads(done.out)
    assert found["statistic"] == "overrun"
    assert found["output"] == "cost"
    assert found["unit"] == ""
    assert "pay" in [bar["input"] for bar in found["bars"]]
    spider = simcost_cli("tornado", STAGED, "--spider", *FEW)
    assert "P95" in spider.out
    other = simcost_cli("tornado", STAGED, "--scenario", "slow", "--design", "sobol", *FEW)
    assert "scenario slow" in other.out.splitlines()[0]


def test_json_has_every_bar_with_its_interval(simcost_cli):
    found = json.loads(simcost_cli("tornado", QUICK, "--json", "--top", 1, *FEW).out)
    assert found["analysis"] == "tornado"
    assert [bar["input"] for bar in found["bars"]] == ["samples", "label_rate", "wage"]
    bar = found["bars"][0]
    assert bar["effect_lower"] < bar["effect"] < bar["effect_upper"]
    assert bar["effect"] == bar["high"] - bar["low"]
    assert bar["significant"] is True


def test_json_of_the_others(simcost_cli):
    found = json.loads(simcost_cli("sensitivity", STAGED, "--json", "--walks", 2048, *FEW).out)
    assert found["interaction"] is None  # correlated inputs
    assert sum(bar["shapley"] for bar in found["bars"]) == pytest.approx(1)
    found = json.loads(simcost_cli("contingency", STAGED, "--json", *FEW).out)
    total = sum(bar["contribution"] for bar in found["bars"])
    assert total == pytest.approx(found["target"] - found["base"])
    found = json.loads(simcost_cli("tornado", STAGED, "--json", "--method", "swing,rank", *FEW).out)
    assert found["tornado"] == ["swing", "rank"]
    assert len(found["bars"][0]["rank"]) == 2
    found = json.loads(simcost_cli("tornado", STAGED, "--json", "--spider", *FEW).out)
    assert len(found["bars"][0]["statistic"]) == len(found["percentile"]) == 10


def test_sensitivity_and_contingency_print_tables(simcost_cli):
    done = simcost_cli("sensitivity", STAGED, "--walks", "4096", *FEW)
    assert "Shapley" in done.out
    assert "Noise floor of delta" in done.out
    done = simcost_cli("sensitivity", QUICK, "--walks", 0, *FEW)
    assert "Shapley" not in done.out
    assert "Interactions" in done.out
    done = simcost_cli("contingency", STAGED, "--target", "CVaR90", "--by", "inputs", *FEW)
    assert "interactions" in done.out
    assert "the contributions add up to the difference" in done.out
    done = simcost_cli("contingency", STAGED, "--base", "medians", *FEW)
    assert "Estimate at the medians" in done.out


def test_without_an_output_named_cost_the_first_is_taken(simcost_cli, tmp_path):
    path = tmp_path / "m.toml"
    path.write_text(
        "[inputs]\nx = { normal = { mean = 0, sd = 1 } }\n"
        '[outputs]\nfirst = "x + 1"\nsecond = "x"\n',
        encoding="utf-8",
    )
    assert json.loads(simcost_cli("tornado", path, "--json", *FEW).out)["output"] == "first"


@pytest.fixture
def figures(monkeypatch):
    drawn = []
    module = ModuleType("simcost.report.figures")
    module.draw = lambda data, path: drawn.append((data, path))
    module.prepare = Path
    monkeypatch.setitem(sys.modules, "simcost.report.figures", module)
    return drawn


@pytest.mark.parametrize(
    ("command", "analysis"),
    [
        (("tornado",), "tornado"),
        (("tornado", "--spider"), "spider"),
        (("tornado", "--method", "swing,rank"), "comparison"),
        (("sensitivity", "--walks", "2048"), "sensitivity"),
        (("contingency",), "contingency"),
    ],
)
def test_a_figure_is_drawn_from_the_dataset(simcost_cli, figures, tmp_path, command, analysis):
    path = tmp_path / "bars.svg"
    done = simcost_cli(command[0], STAGED, *command[1:], "--plot", path, *FEW)
    assert done.code == 0
    assert f"wrote {path}" in done.err
    ((data, where),) = figures
    assert where == path
    assert data.attrs["analysis"] == analysis


WRONG = [
    (("tornado", QUICK, "--output", "costs"), "did you mean 'cost'"),
    (("tornado", PROJECT, "--output", "xyz"), "there are: cost, emissions, duration"),
    (("tornado", QUICK, "--statistic", "P9O"), "did you mean P90"),
    (("tornado", QUICK, "--statistic", "mode"), "there are mean, P and CVaR"),
    (("tornado", QUICK, "--statistic", "overrun"), "give one (--budget 100000)"),
    (("tornado", QUICK, "--budget", "100000"), "a budget goes with the statistic overrun"),
    (("tornado", QUICK, "--method", "swings"), "did you mean swing"),
    (("tornado", QUICK, "--method", "sobol"), "conditional, swing, regression, rank, gate"),
    (("tornado", QUICK, "--method", "swing,rnak"), "did you mean rank"),
    (("tornado", QUICK, "--method", "swing,swing"), "two different methods"),
    (("tornado", QUICK, "--method", ""), "no method ''"),
    (("tornado", QUICK, "--method", "gate"), "cost depends on no gate"),
    (("tornado", QUICK, "--method", "swing,gate"), "cost depends on no gate"),
    (("tornado", QUICK, "--method", "swing", "--statistic", "P90"), "a swing has no statistic"),
    (("tornado", QUICK, "--method", "swing,rank", "--statistic", "P90"), "has no statistic"),
    (("tornado", QUICK, "--method", "rank", "--bins", "5"), "a rank has no bins"),
    (("tornado", QUICK, "--gates-at", "fail"), "a conditional holds no gates"),
    (("tornado", STAGED, "--method", "gate", "--group", "a=wage"), "a gate has no groups"),
    (("tornado", QUICK, "--method", "swing,rank", "--spider"), "--spider shows one method"),
    (("tornado", QUICK, "--method", "rank", "--spider"), "conditional, swing"),
    (("tornado", QUICK, "--group", "pay"), "is no group; write labour="),
    (("tornado", QUICK, "--group", "a=wage", "--group", "a=samples"), "a name of its own"),
    (("tornado", QUICK, "--group", "a=wages"), "did you mean 'wage'"),
    (("tornado", QUICK, "--group", "a=xyz"), "there are: samples, label_rate, wage"),
    (("tornado", QUICK, "--group", "wage=samples"), "cannot be called wage"),
    (("tornado", QUICK, "--plot", "bars.jpg"), "figures are written as .svg, .png, .pdf"),
    (("tornado", QUICK, "--plot", "bars"), "figures are written as .svg, .png, .pdf"),
    (("tornado", QUICK, "--plot", "/nowhere/bars.svg"), "nowhere"),
    (("tornado", QUICK, "--draws", "10"), "10 draws tell too little"),
    (("tornado", QUICK, "--draws", "2000", "--bins", "100"), "too few for 100 bins"),
    (("tornado", QUICK, "--bins", "0"), "bins must be"),
    (("tornado", HEAVY), "variance of loss_sum does not exist"),
    (("tornado", HEAVY, "--method", "regression"), "does not exist"),
    (("tornado", HEAVY, "--output", "fixed"), "depends on no uncertain input"),
    (("sensitivity", HEAVY), "variance of loss_sum does not exist"),
    (("sensitivity", QUICK, "--output", "costs"), "did you mean 'cost'"),
    (("sensitivity", QUICK, "--walks", "10"), "10 walks"),
    (("sensitivity", QUICK, "--walks", "0", "--group", "a=wage"), "groups need walks"),
    (("sensitivity", QUICK, "--group", "a=wages"), "did you mean 'wage'"),
    (("contingency", QUICK, "--output", "costs"), "did you mean 'cost'"),
    (("contingency", QUICK, "--by", "item"), "did you mean items"),
    (("contingency", QUICK, "--base", "median"), "did you mean medians"),
    (("contingency", QUICK, "--target", "80"), "no statistic '80'"),
    (("contingency", QUICK, "--target", "mean"), "a percentile or a CVaR"),
    (("contingency", QUICK, "--target", "overrun"), "a percentile or a CVaR"),
    (("contingency", QUICK, "--group", "a=wage"), "--by inputs"),
    (("contingency", QUICK, "--by", "inputs", "--group", "a=wages"), "did you mean 'wage'"),
    (("contingency", QUICK, "--draws", "1000", "--target", "P99.9"), "too few for P99.9"),
    (("contingency", HEAVY), "variance of loss_sum does not exist"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_mistakes_are_refused_before_anything_is_drawn(simcost_cli, monkeypatch, arguments, said):
    monkeypatch.setattr(simcost.Model, "run", lambda *_, **__: pytest.fail("it ran"))
    done = simcost_cli(*arguments)
    assert done.code in (2, 74)
    assert said in done.err
    assert done.out == ""


@pytest.mark.parametrize("command", ["tornado", "sensitivity", "contingency"])
def test_a_missing_matplotlib_is_noticed_before_the_run(
    simcost_cli, monkeypatch, tmp_path, command
):
    monkeypatch.setattr("simcost.report.figures.find_spec", lambda name: None)
    monkeypatch.setattr(simcost.Model, "run", lambda *_, **__: pytest.fail("it ran"))
    done = simcost_cli(command, QUICK, "--plot", tmp_path / "bars.svg", *FEW)
    assert done.code != 0
    assert "matplotlib, which is not installed" in done.err
    assert done.out == ""


def test_bars_in_the_terminal_import_no_matplotlib():
    code = (
        "import sys; from simcost.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print('matplotlib' in sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "tornado", str(QUICK), *FEW]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.split() == ["False"]


def test_strips_grow_from_the_base():
    lines = strips([(0.0, 10.0), (6.0, 5.0), (float("nan"), 5.0)], 5.0, 11)
    assert lines == ["░░░░░│█████", "     │░", "     │"]


def test_strips_without_any_width_are_lines():
    assert strips([(1.0, 1.0)], 1.0, 9) == ["    │"]
