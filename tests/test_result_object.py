"""A result does not change, knows itself by its outcomes, and labels itself."""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

from simcost.errors import UsageError
from simcost.result import Meta, Result


def meta(draws: int, **other) -> Meta:
    return Meta(model="m", seed=0, draws=draws, design="random", replicates=1, **other)


@pytest.fixture
def small() -> Result:
    values = {"cost": np.arange(100.0), "draw": np.ones(100), "summary_x": np.zeros(100)}
    return Result(values, {"cost": "USD"}, meta(100, versions={"numpy": "2"}, currency="USD"))


def test_arrays_are_read_only_and_the_callers_own_is_left_alone(small):
    mine = np.arange(5.0)
    r = Result({"y": mine}, {}, meta(5))
    mine[0] = 99.0
    assert r.values["y"][0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        r.values["y"][0] = 1.0
    with pytest.raises(TypeError):
        r.values["z"] = mine


def test_a_read_only_array_is_not_copied():
    mine = np.arange(5.0)
    mine.flags.writeable = False
    assert Result({"y": mine}, {}, meta(5)).values["y"] is mine


def test_meta_is_frozen_and_copies_what_it_is_given():
    versions = {"a": "1"}
    m = meta(5, versions=versions)
    versions["a"] = "2"
    assert m.versions["a"] == "1"
    with pytest.raises(TypeError):
        m.versions["a"] = "3"
    with pytest.raises(dataclasses.FrozenInstanceError):
        m.seed = 1


def test_a_result_travels_to_another_process(small):
    again = pickle.loads(pickle.dumps(small))
    assert again.digest == small.digest
    assert again.meta == small.meta
    assert again.estimate("cost") == small.estimate("cost")


@pytest.mark.parametrize(
    ("values", "draws"), [({"y": np.ones(3)}, 4), ({"y": np.ones((2, 2))}, 2), ({"y": []}, 0)]
)
def test_arrays_that_do_not_fit_are_refused(values, draws):
    with pytest.raises(UsageError):
        Result(values, {}, meta(draws))


def test_outcome(small):
    assert small.outcome(7) == {"cost": 7.0, "draw": 1.0, "summary_x": 0.0}
    for number in (-1, 100):
        with pytest.raises(UsageError, match="0 to 99"):
            small.outcome(number)


def digest(**values: np.ndarray) -> str:
    return Result(values, {}, meta(len(next(iter(values.values()))))).digest


def test_the_digest_sees_every_bit_and_every_name():
    base = np.random.default_rng(0).random(200_000)
    last = base.copy()
    last[-1] = np.nextafter(last[-1], 1.0)
    zeros = np.zeros(5)
    assert digest(a=base) == digest(a=base.copy())
    assert digest(a=base, b=last) == digest(b=last, a=base)
    assert len({digest(a=base), digest(a=last), digest(b=base), digest(a=base, b=base)}) == 4
    assert digest(a=zeros) != digest(a=-zeros)
    assert digest(a=zeros * np.nan) == digest(a=zeros * np.nan)


def splitmix64(z: int) -> int:
    """The finaliser of Steele, Lea & Flood (2014), in Python's whole numbers."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
    return z ^ (z >> 31)


def leaf_by_hand(values: np.ndarray) -> bytes:
    total = parity = 0
    for i, bits in enumerate(values.view(np.uint64).tolist(), start=1):
        word = splitmix64((bits + i * 0x9E3779B97F4A7C15) % 2**64)
        total, parity = (total + word) % 2**64, parity ^ word
    return total.to_bytes(8, "little") + parity.to_bytes(8, "little")


def test_the_digest_by_hand():
    assert splitmix64(0x9E3779B97F4A7C15) == 0xE220A8397B1DCDAF  # first output of seed 0
    values = np.random.default_rng(1).random(150_000)
    leaves = [leaf_by_hand(values[i : i + 65536]) for i in range(0, 150_000, 65536)]
    head = (1).to_bytes(8, "little") + b"y" + (150_000).to_bytes(8, "little")
    root = hashlib.blake2b(head + b"".join(leaves), digest_size=16, person=b"simcost root")
    assert digest(y=values) == root.hexdigest()


def test_many_leaves_hashed_by_threads_give_the_digest_of_one():
    values = np.random.default_rng(2).random(65536 * 9 + 5)
    halves = {"a": values, "b": values[::-1].copy()}
    assert digest(**halves) == digest(**dict(reversed(halves.items())))


def test_budget(small):
    budget = small.budget()
    assert list(budget.quantiles) == ["P10", "P50", "P90"]
    assert budget.chance["P90"].value == 0.9
    assert budget["P90"] == budget.quantiles["P90"]
    assert budget["mean"] == budget.mean
    with pytest.raises(KeyError, match="P10, P50, P90, mean, sd"):
        budget["P99"]
    text = str(budget)
    assert "cost [USD]" in text
    assert "P90" in text
    assert "±" in text
    assert (
        "<script>"
        not in Result({"<script>": np.ones(3)}, {}, meta(3)).budget("<script>")._repr_html_()
    )
    content = budget.to_dict()
    assert content["mean"]["value"] == 49.5
    assert set(content["quantiles"]["P10"]) == {"value", "low", "high"}
    assert list(small.budget(quantiles=[2.5, 99]).quantiles) == ["P2.5", "P99"]


def test_dataset_labels_itself(small):
    ds = small.dataset
    assert isinstance(ds, xr.Dataset)
    assert ds["cost"].attrs["units"] == "USD"
    assert ds.sizes == {"draw": 100, "output": 3, "quantile": 3}
    assert ds.attrs["seed"] == 0
    assert ds.attrs["digest"] == small.digest
    assert ds["draw_"].attrs["output"] == "draw", "an output named as a dimension gives way"
    p90 = ds["summary_quantile"].sel(output="cost", quantile="P90")
    assert float(p90) == small.quantile("cost", 90).value
    assert float(ds["summary_mean_low"].sel(output="cost")) == small.mean("cost").low
    assert small.dataset is ds


def test_importing_results_imports_nothing_slow():
    code = (
        "import sys, simcost.result, simcost.report.table\n"
        "import simcost.report.formats as f; f.formats()\n"
        "print([m for m in ('xarray','pandas','scipy.stats','numba','h5py') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
