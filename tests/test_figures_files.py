"""Figures as files: the same bytes each time, whole or not at all, and no pyplot."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from figure_data import analysis_of, result_of
from matplotlib.image import imread

import simcost
from simcost.cli.plotting import FIGURES
from simcost.errors import FileError, SimcostError, UsageError
from simcost.report import figures
from simcost.report.figures import DEFAULT, SUFFIXES, draw, figure
from simcost.report.figures._palette import BLUE, GREEN, PURPLE, VERMILLION

MAGIC = {".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF"}
QUICK = "examples/quickstart.toml"
ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "figures"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_figure_has_the_same_bytes_each_time(suffix, tmp_path):
    data = analysis_of("contingency", count=2)
    one, other = (draw(data, tmp_path / f"{k}{suffix}").read_bytes() for k in "ab")
    assert one.startswith(MAGIC[suffix])
    assert one == other
    assert not re.search(rb"(Creation|Mod)Date|<dc:date>", one)


def test_settings_of_the_reader_neither_count_nor_change(tmp_path):
    data = analysis_of("contingency", count=2)
    plain = draw(data, tmp_path / "a.png").read_bytes()
    with matplotlib.rc_context({"font.size": 30.0, "axes.facecolor": "red", "text.usetex": True}):
        assert draw(data, tmp_path / "b.png").read_bytes() == plain
        assert matplotlib.rcParams["font.size"] == 30.0


def test_no_suffix_is_a_figure_but_three(tmp_path):
    for name in ("a.jpg", "a", "a.svgz"):
        with pytest.raises(FileError, match=r"figures are written as \.svg, \.png, \.pdf"):
            draw(analysis_of("tornado"), tmp_path / name)
    assert draw(analysis_of("contingency"), tmp_path / "A.PNG").exists()


def test_a_figure_that_fails_leaves_nothing_behind(tmp_path):
    (tmp_path / "a.svg").write_text("before", encoding="utf-8")
    with pytest.raises(UsageError):
        draw(analysis_of("stress"), tmp_path / "a.svg", quantile="P99")
    with pytest.raises(UsageError, match="dpi must lie between 10 and 2400"):
        draw(analysis_of("stress"), tmp_path / "a.svg", dpi=1e6)
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["before"]


def test_without_a_path_there_is_a_figure_that_notebooks_show():
    drawing = result_of("skewed").plot()
    assert isinstance(drawing, matplotlib.figure.Figure)
    assert drawing._repr_png_().startswith(MAGIC[".png"])


def test_a_file_says_what_it_shows(tmp_path):
    draw(result_of("skewed"), tmp_path / "a.svg")
    assert "<dc:title>cost: what budget holds" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_a_dollar_or_a_markup_in_a_name_is_taken_as_it_is(tmp_path):
    data = analysis_of("tornado")
    data["input"][0] = r"a$_b$ <&> \frac"
    assert figure(data).axes[0].get_yticklabels()[0].get_text() == data["input"][0]
    draw(data, tmp_path / "a.svg")


def test_a_dataset_of_xarray_is_drawn_like_any_other(tmp_path):
    import xarray as xr

    plain = analysis_of("spider")
    dims = {"statistic": ("input", "percentile")}
    labels = {key: plain[key] for key in ("input", "percentile")}
    others = {key: (dims.get(key, ()), plain[key]) for key in ("statistic", "base")}
    dataset = xr.Dataset(others, labels, plain.attrs).transpose("percentile", "input")
    one, other = (draw(d, tmp_path / f"{k}.png") for k, d in enumerate((plain, dataset)))
    assert one.read_bytes() == other.read_bytes()


def test_without_matplotlib_the_reader_is_told_what_to_install(monkeypatch, tmp_path, simcost_cli):
    monkeypatch.setattr(figures, "find_spec", lambda name: None)
    with pytest.raises(SimcostError, match=r'pip install "simcost\[plots\]"'):
        draw(analysis_of("tornado"), tmp_path / "a.svg")
    done = simcost_cli("run", QUICK, "--plot", tmp_path / "a.svg")
    assert done.code == 1
    assert not done.out  # nothing was run
    assert 'pip install "simcost[plots]"' in done.err


def test_neither_pyplot_nor_a_window_is_touched():
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from figure_data import result_of\n"
        "assert 'matplotlib' not in sys.modules\n"
        "result_of('skewed').plot().draw_without_rendering()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_command_line_knows_every_figure_of_a_result():
    of_results = {name for name, one in figures.figures().items() if one.of == "result"}
    assert set(FIGURES) == of_results
    assert FIGURES[0] == DEFAULT


@pytest.mark.parametrize("name", FIGURES)
def test_run_draws_every_figure(name, simcost_cli, tmp_path):
    path = tmp_path / "a.svg"
    model = "tests/models/staged.toml"
    done = simcost_cli("run", model, "--draws", 2000, "--plot", path, "--figure", name)
    assert done.code == 0, done.err
    assert f"wrote {path}" in done.err
    assert path.read_bytes().startswith(MAGIC[".svg"])


def test_run_marks_the_budget(simcost_cli, tmp_path):
    path = tmp_path / "a.pdf"
    done = simcost_cli("run", QUICK, "--draws", 2000, "--plot", path, "--budget", 90_000)
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--figure", "scurve"], "--figure goes with --plot FILE.svg"),
        (["--output", "cost"], "--output goes with --plot FILE.svg"),
        (["--plot", "a.gif"], "not as .gif"),
        (["--plot", "none/a.svg"], "there is no folder"),
        (["--plot", "a.svg", "--output", "cots"], "did you mean 'cost'?"),
        (["--plot", "a.svg", "--figure", "waterfall"], "the model has no stages with cost"),
        (["--plot", "a.svg", "--figure", "pie"], "'pie' is not one of"),
    ],
)
def test_run_refuses_what_it_cannot_draw_before_it_runs(
    options, message, simcost_cli, tmp_path, monkeypatch
):
    quick = Path(QUICK).resolve()
    monkeypatch.chdir(tmp_path)
    done = simcost_cli("run", quick, *options)
    assert done.code != 0
    assert message in done.err
    assert not done.out
    assert not list(tmp_path.iterdir())


def test_the_pictures_of_the_docs_are_of_the_example_as_it_is():
    drawn_from = (DOCS / "drawn_from.txt").read_text(encoding="utf-8").strip()
    now = simcost.load(ROOT / "examples" / "ai_project.toml").plan().hash
    assert drawn_from == now, "python docs/make_figures.py, and look at each of them"


def test_the_pictures_of_the_docs_have_the_colours_that_tell_things_apart():
    found = imread(DOCS / "sensitivity.png")[..., :3].reshape(-1, 3)
    for colour in (BLUE, VERMILLION, GREEN, PURPLE):
        wanted = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
        assert (np.abs(found - wanted).max(axis=1) < 0.1).sum() > 20, colour


def test_text_in_an_svg_is_text(tmp_path):
    draw(analysis_of("tornado"), tmp_path / "a.svg")
    content = (tmp_path / "a.svg").read_text(encoding="utf-8")
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", content)
    for said in (
        "What drives the P90 of cost",
        "gpu_price_0",
        "at its high end",
        "P90 of cost [USD]",
    ):
        assert said in texts
    assert "'DejaVu Sans', Verdana, sans-serif" in content
