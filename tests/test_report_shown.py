"""An analysis at a prompt and in a notebook."""

from __future__ import annotations

from pathlib import Path

import pytest

import simcost
from simcost.report.bars import render_bars

STAGED = Path(__file__).parent / "models" / "staged.toml"
ALL = ("tornado", "spider", "comparison", "sensitivity", "contingency", "joint")


@pytest.fixture(scope="module")
def run():
    return simcost.load(STAGED).run(draws=2000)


@pytest.mark.parametrize("analysis", ALL)
def test_an_analysis_shows_itself_as_its_table(run, analysis):
    data = getattr(run, analysis)("cost")
    text = repr(data)
    assert "<xarray" not in text
    assert text.splitlines()[-1].endswith(".plot() draws it")
    assert data._repr_html_().startswith("<pre>")
    if analysis != "joint":
        assert text.startswith(render_bars(data))


def test_its_last_line_names_what_the_dataset_holds(run):
    last = repr(run.tornado("cost", method="rank")).splitlines()[-1]
    assert last.startswith("Dataset (input: ")
    assert "effect, p_value, significant" in last
    assert "ctv_rank" in last
    assert "effect_lower" not in last


def test_what_is_no_whole_analysis_any_more_shows_itself_as_a_dataset(run):
    bars = run.tornado("cost")
    for part in (bars[["effect"]], bars.isel(input=0), bars.drop_attrs(), bars[["effect"]] * 2.0):
        assert "xarray" in repr(part)
        assert "<pre>" not in part._repr_html_()[:5]


def test_a_name_with_signs_of_html_is_harmless():
    model = simcost.Model("<b>bold</b>")
    model.input("x", simcost.uniform(low=0, high=1))
    model.output("y", "x")
    assert "<b>" not in model.run(draws=1000).tornado("y")._repr_html_()


def test_options_of_a_figure_are_passed_on(run, tmp_path):
    bars = run.tornado("cost")
    path = bars.plot(tmp_path / "bars.png", top=2, title="What drives it", dpi=50)
    assert path.exists()
    assert [label.get_text() for label in bars.plot(top=2).axes[0].get_yticklabels()] == [
        str(name) for name in bars["input"].values[:2]
    ]
