"""Runs that keep no outcomes: the same figures, little memory, one name for what went wrong."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simcost.errors import NumericalError, ResourceError, UsageError
from simcost.modelfile import load
from simcost.report import render
from simcost.report.formats.json import to_json
from simcost.run import memory, run_stream
from simcost.run.engine import Settings

MODELS = Path(__file__).parent / "models"
STAGED = MODELS / "staged.toml"
DRAWS = 150_000


@pytest.fixture(scope="module")
def model():
    return load(STAGED)


@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
def test_the_report_is_that_of_a_run_in_memory(model, design):
    kept = model.run(draws=DRAWS, seed=3, design=design, keep=True)
    streamed = model.run(draws=DRAWS, seed=3, design=design, keep=False)
    assert kept.kept
    assert not streamed.kept
    assert to_json(streamed) == to_json(kept)
    assert render(streamed) == render(kept)
    for name in kept.outputs:
        assert streamed.cvar(name) == kept.cvar(name)
        assert streamed.budget(name) == kept.budget(name)
        assert streamed.exceedance(name, 1.0) == kept.exceedance(name, 1.0)
    assert streamed.outcome(70_000) == kept.outcome(70_000)


def test_threads_segments_and_engines_do_not_show(model):
    texts = {
        to_json(model.run(draws=DRAWS, keep=False, threads=threads, segment=segment, engine=engine))
        for threads, segment, engine in [
            (1, 65_536, "interpreter"),
            (3, 1_000, "interpreter"),
            (2, 200_000, "machine"),
        ]
    }
    assert len(texts) == 1


def test_progress_is_told_once(model):
    told: list[tuple[int, int]] = []
    result = model.run(draws=DRAWS, keep=False, progress=lambda *args: told.append(args))
    assert told == [(65_536, DRAWS), (131_072, DRAWS), (DRAWS, DRAWS)]
    result.quantile("cost", 33)
    assert len(told) == 3


def test_a_number_that_is_none_is_named_with_its_outcome():
    model = load(MODELS / "not_a_number.toml")
    messages = []
    for keep in (True, False):
        with pytest.raises(NumericalError) as error:
            model.run(draws=DRAWS, keep=keep)
        messages.append(str(error.value).split(" (")[0])
    assert messages[0] == messages[1]


def test_what_is_kept_where_nothing_is_said(model):
    assert model.run(draws=1000).kept
    assert not model.run(draws=1000, memory_limit=1000).kept
    assert memory.keeps(10**6, 10, None)
    assert not memory.keeps(10**7, 10, None)
    assert memory.keeps_later(10**7, 10, None)
    assert not memory.keeps_later(10**8, 4, None)
    assert not memory.keeps_later(10**7, 10, False)
    with pytest.raises(ResourceError, match="keep"):
        model.run(draws=1000, keep=True, memory_limit=1000)


def test_a_run_of_weeks_is_refused_at_once(model):
    settings = Settings(draws=2 * 10**12, keep=False)
    with pytest.raises(ResourceError, match=r"about \d+ .* TB of memory.*100,000,000,000"):
        run_stream(model.plan(), settings)


def test_every_outcome_is_asked_for_in_vain(model):
    with pytest.raises(UsageError, match="keep=True"):
        _ = model.run(draws=1000, keep=False).dataset


def test_the_command_line_keeps_what_a_file_needs(simcost_cli, tmp_path, monkeypatch):
    asked = []
    settings = Settings.__post_init__

    def spy(self):
        asked.append((self.keep, dict(self.thresholds)))
        settings(self)

    monkeypatch.setattr(Settings, "__post_init__", spy)
    for out, keep in (("a.json", None), ("a.csv", True), ("a.nc", True)):
        asked.clear()
        done = simcost_cli("run", STAGED, "--draws", 64, "--out", tmp_path / out, "--budget", 9)
        assert done.code == 0
        assert asked[0] == (keep, {"cost": (9.0,)})


MEASURED = """
import json, sys, time
from simcost.modelfile import load
model = load(sys.argv[1])
start = time.perf_counter()
result = model.run(draws=int(sys.argv[2]), keep=False, engine="machine")
estimate = result.estimate("cost")
for line in open("/proc/self/status"):
    if line.startswith("VmHWM"):  # not ru_maxrss, which counts the parent's memory too
        peak = int(line.split()[1]) / 1000
print(json.dumps({"MB": peak, "seconds": time.perf_counter() - start, "P90":
    estimate.quantiles["P90"].value, "digest": result.digest}))
"""


def measured(draws: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(STAGED), str(draws)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    "draws",
    [
        4_000_000,
        pytest.param(20_000_000, marks=pytest.mark.slow),
        pytest.param(100_000_000, marks=pytest.mark.slow),
        pytest.param(1_000_000_000, marks=pytest.mark.slow),
    ],
)
def test_memory_does_not_grow_with_draws(draws, record_property):
    found = measured(draws)
    for name, value in found.items():
        record_property(name, value)
    assert found["MB"] < 400, found


@pytest.mark.slow
def test_ten_million_draws_both_ways(model):
    settings = {"draws": 10_000_000, "engine": "machine"}
    kept, streamed = (model.run(keep=keep, **settings) for keep in (True, False))
    assert to_json(streamed) == to_json(kept)


def test_outcomes_that_were_not_kept_are_drawn_when_they_are_wanted(model, monkeypatch):
    kept = model.run(draws=DRAWS, keep=True)
    monkeypatch.setattr(memory, "EAGER", 1000)
    later = model.run(draws=DRAWS)
    assert not later.kept
    before = later.estimate("cost"), later.digest
    again = pickle.loads(pickle.dumps(later))
    for result in (later, again):
        for name in kept.outputs:
            assert np.array_equal(result.values[name], kept.values[name])
            assert not result.values[name].flags.writeable
        assert result.kept
        assert (result.estimate("cost"), result.digest) == before
        assert result.quantile("cost", 33.3) == kept.quantile("cost", 33.3)
    assert later.dataset.equals(kept.dataset)


def test_outcomes_that_would_not_fit_are_refused_when_they_are_wanted(model, monkeypatch):
    monkeypatch.setattr(memory, "EAGER", 1000)
    result = model.run(draws=DRAWS, memory_limit=70 * 2**20)
    assert result.estimate("cost").mean.value
    with pytest.raises(ResourceError, match="of memory"):
        _ = result.values
    with pytest.raises(UsageError, match="keep=True"):
        _ = model.run(draws=DRAWS, keep=False).values
