"""The measurements behind docs/accuracy.md run, and measure what they say."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import accuracy, scaling
from simcost.designs import _joe_kuo


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(accuracy, "TRUTH_DRAWS", 4096)
    monkeypatch.setattr(accuracy, "TRUTH_SEEDS", 2)


def test_errors_are_measured_against_the_truth_and_shrink(small):
    found = accuracy.study("reference", accuracy.CONTENDERS, [256, 4096], seeds=3)
    assert [*found.series] == [one.name for one in accuracy.CONTENDERS]
    for series in found.series.values():
        few, many = (one.error(("cost", "mean"), found.truth["cost", "mean"]) for one in series)
        assert many < few
    assert found.truth["write_off", "P50"] == 0.0  # no relative error of that
    assert "| Sobol, exact gates | 4,096 |" in accuracy.table(found, "cost")
    assert "–" in accuracy.savings(found)
    measured = accuracy.record([found])["reference"]["Sobol"][1]
    assert measured["draws"] == 4096
    assert measured["error"]["cost mean"] > 0


def test_what_was_tried_is_what_it_is_called():
    plan = accuracy.plan_of(accuracy.MODELS["reference"])
    hashed = accuracy.hashed(plan)
    assert len(hashed.streams) == accuracy.HASHED
    assert set(plan.streams) < set(hashed.streams)
    before = _joe_kuo.reversed_directions(3)
    with accuracy.random_matrices(1):
        drawn = [_joe_kuo.reversed_directions(k) for k in (3, 4)]
    assert _joe_kuo.reversed_directions(3) is before
    digit = np.arange(32, dtype=np.uint64)
    assert all((one >> digit == 1).all() for one in drawn)  # the own digit is the last that is set
    assert not np.array_equal(*drawn)


def test_a_run_is_timed_and_weighed():
    found = scaling.one(1000, "best")
    assert (found["draws"], found["gates"]) == (1024, "exact")
    assert found["seconds"] > 0
    assert found["peak"] > 1e7
    row = {**found, "design": "best", "whole": 1.0}
    assert "| best | exact | 1,024 |" in scaling.table([row])


def test_pictures_are_drawn(small, tmp_path):
    pytest.importorskip("matplotlib")
    found = accuracy.study("reference", accuracy.CONTENDERS, [256], seeds=2)
    accuracy.picture(found, accuracy.CONTENDERS, tmp_path / "a.svg")
    row = {"draws": 10, "seconds": 1.0, "peak": 1e8, "design": "best"}
    scaling.picture([row, {**row, "design": "random", "draws": 20}], tmp_path / "b.svg")
    for name in ("a.svg", "b.svg"):
        assert "</svg>" in (tmp_path / name).read_text(encoding="utf-8")
