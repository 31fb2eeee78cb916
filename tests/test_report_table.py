"""The report people read: what it says, and that it fits."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcost.report.histogram import histogram, of_distribution, of_sample
from simcost.report.table import render
from simcost.result import Meta, Result

N = 20_000
UNITS = {
    "cost": "USD",
    "emissions": "kg_CO2e",
    "write_off": "USD",
    "write_off_emissions": "kg_CO2e",
}


def project(**meta) -> Result:
    rng = np.random.default_rng(0)
    ok = (rng.random(N) < 0.15).astype(float)
    cost = rng.lognormal(11.0, 0.5, N)
    values = {
        "cost": cost,
        "emissions": rng.gamma(3.0, size=N),
        "write_off": cost * (1 - ok) / 2,
        "write_off_emissions": 1 - ok,
        "succeeded": ok,
        "failed_stage": rng.integers(0, 4, N).astype(float),
        "late": (rng.random(N) < 0.3).astype(float),
    }
    where = {"model": "Document classifier", "seed": 7, "draws": N, "design": "random"}
    return Result(values, UNITS, Meta(**where, replicates=1, **meta))


RESULT = project(notes=("wage is a judgement",), tail_index={"emissions": 0.7})


def test_it_says_what_a_manager_asks():
    text = render(RESULT, width=100)
    assert text.startswith("Document classifier: 20,000 draws, seed 7, random design")
    for words in (
        "P10",
        "P50",
        "P90",
        "mean",
        "cost [USD]",
        "Chance of late",
        "wage is a judgement",
    ):
        assert words in text
    assert re.search(r"Chance of success +1\d\.\d% ± 0\.\d%", text)
    assert re.search(r"Expected write-off +[\d,]+ ± [\d,]+ USD", text)
    assert re.search(r"Expected write-off, emissions +0\.8\d+ ± [\d.]+ kg_CO2e", text)
    assert re.search(r"Cost per success +[\d,]+ ± [\d,]+ USD", text)
    assert "95% interval" in text
    assert "tail index 0.7" in text
    assert not re.search(r"^(succeeded|failed_stage|late)", text, re.M)


@given(
    st.integers(20, 160),
    st.lists(st.sampled_from([0.5, 1, 2.5, 10, 33.3, 50, 90, 99.5]), max_size=6, unique=True),
)
@settings(max_examples=25, deadline=None)
def test_nothing_runs_over_the_width_or_gets_lost(width, percents):
    text = render(RESULT, width=width, quantiles=percents or None)
    if width >= 60:
        assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    assert text.count("±") >= 4 * (1 + len(percents))


@pytest.mark.parametrize("width", [50, 80, 160])
def test_a_pipe_gets_no_colour_codes_and_the_same_words(width, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "33")
    plain, styled = render(RESULT, width=width), render(RESULT, width=width, color=True)
    assert "\x1b" not in plain
    assert "\x1b[1m" in styled
    assert plain.split() == re.sub(r"\x1b\[[\d;]*m", "", styled).split()


def test_brackets_in_names_are_text_not_markup():
    result = Result(
        {"y": np.arange(5.0)},
        {"y": "red"},
        Meta(model="[bold]x[/]", seed=0, draws=5, design="random", replicates=1, notes=("[red]n",)),
    )
    text = render(result)
    assert "[bold]x[/]" in text
    assert "[red]" in text.replace("\n", " ")
    assert "[red]n" in text


def test_a_missing_end_is_a_question_mark_with_its_reason():
    result = Result(
        {"y": np.arange(100.0)},
        {},
        Meta(model="m", seed=0, draws=100, design="random", replicates=1),
    )
    text = render(result, quantiles=[50, 99.9])
    assert "99.0 ± ?" in text
    assert "P99.9 take" in " ".join(text.split())
    assert "per attempt" not in text, "no stages, no attempt"


def test_other_views_and_scenarios_are_named():
    text = render(project(view="success", scenario="slow"), width=120)
    assert "scenario slow" in text
    assert "per success" in text
    assert "Cost per success" not in text


def test_histogram_heights():
    lines = histogram([0, 1, 2, 3, 4], [0, 1, 8, 4], rows=1).splitlines()
    assert lines == [" ▁█▄", "0 4.00"]
    assert histogram([0, 1, 2], [0, 0], rows=2).splitlines()[:2] == ["", ""]


def test_a_little_is_not_nothing():
    assert histogram([0, 1, 2], [1e-9, 1.0], rows=1).startswith("▁█")


@given(st.integers(5, 60), st.integers(1, 6), st.floats(-1e6, 1e6))
def test_histogram_keeps_its_columns(columns, rows, value):
    edges, heights = of_sample(np.full(10, value), columns)
    lines = histogram(edges, heights, rows).splitlines()
    assert len(lines) == rows + 1
    assert heights.sum() == 10
    assert all(len(line) <= columns for line in lines[:-1])


def test_histogram_of_a_distribution_holds_its_probability():
    edges, heights = of_distribution(lambda u: 2 * u, lambda x: np.clip(x / 2, 0, 1), 10)
    assert edges[[0, -1]] == pytest.approx([0.01, 1.99])
    assert heights.sum() == pytest.approx(0.99)


def test_histogram_of_a_distribution_keeps_an_atom_at_its_lower_end():
    edges, heights = of_distribution(
        lambda u: np.maximum(0.0, 2 * u - 1),
        lambda x: np.where(x < 0, 0, np.clip((x + 1) / 2, 0, 1)),
        10,
    )
    assert edges[0] == 0.0
    assert heights[0] == pytest.approx(0.5 + 0.099 / 2, abs=1e-9)
