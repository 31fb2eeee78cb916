"""Figures say what the numbers say."""

from __future__ import annotations

import numpy as np
import pytest
from figure_data import analysis_of, attributes, result_of
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

import simcost
from simcost.errors import UsageError
from simcost.report.figures import figure
from simcost.report.figures._palette import BLUE, HIGH, LOW, VERMILLION, readable

STAGED = "tests/models/staged.toml"


def said(drawing) -> str:
    """All words of a figure."""
    found = [*drawing.texts, *(text for one in drawing.legends for text in one.get_texts())]
    for axes in drawing.axes:
        found += [*axes.texts, axes.title, axes.xaxis.label, axes.yaxis.label]
        found += [*axes.get_xticklabels(), *axes.get_yticklabels()]
        found.append(axes._left_title)
    return "\n".join(text.get_text() for text in found)


def bars(axes) -> list[Rectangle]:
    return [p for container in axes.containers for p in container.patches]


def ends(bar: Rectangle) -> tuple[float, float]:
    return bar.get_x(), bar.get_x() + bar.get_width()


def test_bars_of_a_tornado_reach_from_the_base_to_their_ends_in_order():
    data = analysis_of("tornado")
    axes = figure(data).axes[0]
    drawn = bars(axes)
    for end, colour, side in (("low", LOW, drawn[::2]), ("high", HIGH, drawn[1::2])):
        for bar, value, sure in zip(side, data[end], data["significant"], strict=True):
            assert ends(bar) == pytest.approx((data["base"], value))
            assert bool(bar.get_hatch()) is not bool(sure)
            assert (to_hex(bar.get_facecolor()).upper() == colour) is bool(sure)
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == data["input"].tolist()
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first one on top


def test_a_tornado_writes_what_an_input_is_at_each_end_of_its_bar():
    data = analysis_of("tornado")
    axes = figure(data).axes[0]
    beside = {text.get_text(): text.xy[0] for text in axes.texts}
    assert beside[data["low_label"][0]] < data["base"] < beside[data["high_label"][0]]
    assert beside[data["high_label"][1]] < data["base"] < beside[data["low_label"][1]]


def test_the_noise_floor_is_as_wide_as_the_largest_effect_of_chance():
    data = analysis_of("tornado")
    drawing = figure(data)
    (band,) = [p for p in drawing.axes[0].patches if p.get_zorder() == 0]
    assert band.get_width() == pytest.approx(data["noise_floor"])
    assert ends(band) == pytest.approx((data["base"] - 3000, data["base"] + 3000))
    assert "noise floor: 6,000 USD" in said(drawing)


def test_numbers_beside_bars_have_the_minus_of_the_axis():
    data = analysis_of("tornado")
    data["low_label"] = np.array(["≤ -14.0 USD"] * len(data["input"]))
    words = said(figure(data))
    assert "≤ −14.0 USD" in words
    assert "-14" not in words


def test_what_was_computed_and_not_drawn_has_no_interval():
    model = simcost.Model("Whole")
    model.input("x", simcost.uniform(low=-4, high=0))
    model.input("y", simcost.uniform(low=0, high=4))
    model.output("z", "x + y - 10", unit="")
    drawing = figure(model.run(draws=1000).tornado("z", method="swing"))
    assert "interval" not in said(drawing)
    assert "±" not in said(drawing)
    assert "base −10" in said(drawing)
    assert not drawing.axes[0].collections  # whiskers


def test_chances_are_per_cent_in_every_figure_of_an_overrun():
    model = simcost.Model("Overrun", currency="USD")
    model.input("x", simcost.uniform(low=0, high=10), unit="USD")
    model.output("cost", "x * 2", unit="USD")
    result = model.run(draws=2000)
    bars_, line = (getattr(result, one)("cost", statistic="overrun", budget=12)
                   for one in ("tornado", "spider"))  # fmt: skip
    base = result.exceedance("cost", 12)
    assert f"base {100 * base.value:.0f}% ±" in said(figure(bars_)).replace(".0%", "%")
    drawing = figure(line)
    assert "chance of overrun of cost" in said(drawing)
    drawing.draw_without_rendering()
    assert "60%" in [text.get_text() for text in drawing.axes[0].get_yticklabels()]


def test_a_spider_has_a_band_around_every_line_it_names():
    result = simcost.load(STAGED).run(draws=2000)
    axes = figure(result.spider("cost")).axes[0]
    assert len(axes.collections) == 7


def test_a_share_too_small_to_write_is_not_minus_zero():
    data = analysis_of("sensitivity")
    for key in ("first", "total", "shapley"):
        data[key] = np.where(np.arange(len(data["input"])) > 4, -1e-5, data[key])
    words = said(figure(data, top=5))
    assert "the largest Shapley share is less than 0.1%" in words


def test_every_figure_says_model_draws_seed_design_and_version():
    for what in (analysis_of("tornado"), result_of("skewed")):
        words = said(figure(what))
        assert "Labelling by hand · 100,000 draws" in words or "4,000 draws" in words
        assert "seed 0, random design" in words
        assert "simcost " in words
        assert "[USD]" in words


def test_millions_are_written_as_people_write_them():
    words = said(figure(analysis_of("tornado", scale=3.2e6)))
    assert "8.0 M" in words
    assert "e6" not in words
    assert "000,000" not in words


def test_a_scenario_is_named_in_the_source():
    data = analysis_of("tornado")
    data.attrs["scenario"] = "slow_labelling"
    assert "scenario slow_labelling" in said(figure(data))


def test_notes_that_a_reader_must_see_are_on_the_figure():
    data = analysis_of("tornado")
    data.attrs["notes"] = ["an input acts after a failure only"]
    assert "An input acts after a failure only." in said(figure(data))


def test_inputs_that_are_left_out_are_counted():
    assert "3 more inputs are not shown" in said(figure(analysis_of("tornado"), top=5))


def test_contributions_stand_on_each_other_and_reach_the_target():
    data = analysis_of("contingency")
    drawn = bars(figure(data).axes[0])
    running = data["base"]
    for bar, value in zip(drawn[1:-1], data["contribution"], strict=True):
        assert bar.get_x() == pytest.approx(running)
        running += value
        assert bar.get_x() + bar.get_width() == pytest.approx(running)
    assert ends(drawn[-1])[1] == pytest.approx(running) == pytest.approx(data["target"])


def test_an_scurve_goes_through_the_percentiles():
    result = result_of("skewed")
    axes = figure(result).axes[0]
    (curve,) = [one for one in axes.lines if one.get_gid() == "curve"]
    for percent in (10, 50, 90):
        at = float(np.interp(percent / 100, curve.get_ydata(), curve.get_xdata()))
        assert at == pytest.approx(result.quantile("cost", percent).value)
        assert f"P{percent}  {result.quantile('cost', percent)} USD" in said(axes.figure)


def test_a_budget_stands_with_its_chance():
    result = result_of("skewed")
    words = said(figure(result, budget=250_000))
    share = 100 * np.mean(result.values["cost"] <= 250_000)
    assert f"budget 250,000 USD: {share:.1f}% ±" in words


def test_bars_of_a_histogram_its_atom_and_its_tail_add_up_to_everything():
    result = result_of("atom")
    drawing = figure(result, "histogram")
    plain, atoms = drawing.axes[0].containers
    shown = sum(bar.get_height() for bar in (*plain.patches, *atoms.patches))
    last = plain.patches[-1]
    beyond = np.mean(result.values["cost"] > last.get_x() + last.get_width() * (1 + 1e-12))
    assert shown + beyond == pytest.approx(1.0)
    (atom,) = atoms.patches
    assert atom.get_height() == np.mean(result.values["cost"] == 0)
    assert to_hex(atom.get_facecolor()).upper() == VERMILLION
    assert f"exactly 0: {100 * atom.get_height():.1f}%" in said(drawing)
    assert "of the outcomes are above" in said(drawing)


def test_few_levels_are_bars_with_their_shares():
    result = result_of("levels")
    drawing = figure(result, "histogram")
    bars_of_levels = drawing.axes[0].containers[-1].patches
    assert [bar.get_height() for bar in bars_of_levels] == [
        np.mean(result.values["cost"] == level) for level in range(5)
    ]


def test_a_waterfall_adds_up_to_the_mean_and_splits_what_is_lost():
    result = simcost.load(STAGED).run(draws=20_000)
    drawn = bars(figure(result, "waterfall").axes[0])
    ok, lost = drawn[-2:]
    mean, off = result.mean("cost").value, result.mean("write_off").value
    assert ok.get_width() + lost.get_width() == pytest.approx(mean)
    assert lost.get_width() == pytest.approx(off)
    assert to_hex(ok.get_facecolor()).upper() == BLUE
    assert sum(bar.get_width() for bar in drawn[:-2]) == pytest.approx(mean)


def test_a_point_of_the_convergence_is_what_a_shorter_run_reports():
    model = simcost.load(STAGED)
    drawing = figure(model.run(draws=5000), "convergence")
    curve = drawing.axes[1].lines[0]
    counts = curve.get_xdata()
    for k in (5, 20, len(counts) - 1):
        shorter = model.run(draws=int(counts[k]))
        assert curve.get_ydata()[k] == shorter.quantile("cost", 50).value


def test_a_run_that_keeps_nothing_gives_the_same_figures():
    model = simcost.load(STAGED)
    kept, gone = (model.run(draws=3000, keep=keep) for keep in (True, False))
    for kind in ("scurve", "histogram", "convergence", "waterfall"):
        assert said(figure(kept, kind)) == said(figure(gone, kind))


def test_a_run_with_exact_gates_is_drawn_from_its_weights():
    model = simcost.load(STAGED)
    result = model.run(draws=1024, design="best")
    drawn = bars(figure(result, "waterfall").axes[0])
    mean, off = result.mean("cost").value, result.mean("write_off").value
    assert sum(bar.get_width() for bar in drawn[-2:]) == pytest.approx(mean)
    assert drawn[-1].get_width() == pytest.approx(off)
    drawing = figure(result, "convergence")
    assert "sobol design · exact gates" in said(drawing)
    curve = drawing.axes[1].lines[0]
    shorter = model.run(draws=512, design="best")
    assert curve.get_xdata()[-2] == 512
    assert curve.get_ydata()[-2] == shorter.quantile("cost", 50).value
    atom = figure(result, "histogram", output="write_off").axes[0].containers[-1].patches[0]
    assert atom.get_height() == pytest.approx(result.exactly("write_off", 0.0).value)


def test_a_coefficient_has_one_bar_with_its_value():
    data = analysis_of("tornado", method="rank")
    drawing = figure(data)
    assert len(bars(drawing.axes[0])) == len(data["input"])
    assert "0.90 ± 0.03" in said(drawing)
    assert "rank correlation with cost" in said(drawing)


@pytest.mark.parametrize("name", ["tornado", "contingency", "sensitivity", "spider", "ladder"])
def test_a_figure_that_does_not_exist_leaves_a_gap_and_the_others_stand(name):
    data = analysis_of(name)
    for key, values in data.items():
        if isinstance(values, np.ndarray) and values.dtype == float and len(values) > 4:
            if key not in ("percentile", "severity"):
                values[1] = np.nan
    drawing = figure(data)
    drawing.draw_without_rendering()
    if name in ("tornado", "contingency"):
        assert said(drawing).count("does not exist") == 1


def test_scenarios_are_ranked_and_the_model_as_declared_is_the_base_line():
    data = analysis_of("stress")
    axes = figure(data).axes[0]
    reached = [bar.get_x() + bar.get_width() for bar in bars(axes)]
    assert reached == sorted(reached, reverse=True)
    assert "as declared" not in said(axes.figure)
    assert "base 240,000 USD" in said(axes.figure)


@pytest.mark.parametrize(
    ("what", "options", "message"),
    [
        (lambda: result_of("skewed"), {"kind": "pie"}, "no figure 'pie' of a result: write conv"),
        (lambda: result_of("skewed"), {"output": "cots"}, "no output is named 'cots'; did you"),
        (lambda: result_of("skewed"), {"colour": "red"}, "scurve has no option 'colour'"),
        (lambda: result_of("skewed"), {"budget": float("nan")}, "a budget is an amount, not nan"),
        (lambda: result_of("skewed"), {"kind": "waterfall"}, "takes a result of a run"),
        (lambda: analysis_of("tornado"), {"kind": "spider"}, "no figure 'spider' of the analysis"),
        (lambda: analysis_of("stress"), {"quantile": "P99"}, "write P10, P50, P90"),
        (lambda: type(analysis_of("tornado"))(attributes("horoscope")), {}, "'horoscope'; there"),
        (lambda: type(analysis_of("tornado"))(attributes("tornado")), {}, "needs 'input'"),
        (lambda: analysis_of("tornado", count=0), {}, "has no input: there is nothing to draw"),
        (lambda: analysis_of("tornado"), {"top": 0}, "top must be 1 or more, not 0"),
        (lambda: 7, {}, "not of int"),
        (lambda: {}, {}, "not of dict"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_to_write(what, options, message):
    with pytest.raises(UsageError, match=message):
        figure(what(), **options)


def test_an_output_that_never_varies_is_refused():
    model = simcost.Model("Fixed")
    model.output("total", model.input("price", 5) * 1)
    with pytest.raises(UsageError, match="every outcome of 'total' is 5"):
        figure(model.run(draws=100))


def test_text_in_any_colour_of_the_palette_can_be_read():
    for colour in ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9", "#CC79A7"):
        channels = [int(readable(colour)[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        bright = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (bright + 0.05) >= 4.5  # WCAG 2.2, 1.4.3
