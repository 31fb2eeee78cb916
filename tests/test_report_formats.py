"""Files: they say what the result says, and appear whole or not at all."""

from __future__ import annotations

import csv
import json
import math
import os
import stat
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import xarray as xr

from simcost.errors import FileError
from simcost.report import formats
from simcost.report.formats.json import to_json, to_json_dict
from simcost.result import Meta, Result

N = 4096
INTERVAL = {
    "type": "object",
    "properties": {end: {"type": ["number", "null"]} for end in ("value", "low", "high")},
    "required": ["value", "low", "high"],
    "additionalProperties": False,
}
SHAPE = {
    "type": "object",
    "required": ["model", "seed", "draws", "digest", "outputs"],
    "properties": {
        "model": {"type": "string"},
        "seed": {"type": "integer"},
        "draws": {"type": "integer"},
        "digest": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "success": {"anyOf": [INTERVAL, {"type": "null"}]},
        "outputs": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["unit", "mean", "sd", "quantiles"],
                "additionalProperties": False,
                "properties": {
                    "unit": {"type": "string"},
                    "mean": INTERVAL,
                    "sd": {
                        "type": "object",
                        "properties": {"value": {"type": ["number", "null"]}},
                        "required": ["value"],
                        "additionalProperties": False,
                    },
                    "quantiles": {"type": "object", "additionalProperties": INTERVAL},
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def result() -> Result:
    rng = np.random.default_rng(0)
    values = {
        "cost": rng.lognormal(11.0, 2.0, N),
        "wild": rng.standard_cauchy(N),
        "succeeded": (rng.random(N) < 0.3).astype(float),
    }
    meta = Meta(
        model="größe",
        seed=2**64 - 1,
        draws=N,
        design="sobol",
        replicates=16,
        tail_index={"wild": 1.0},
        versions={"numpy": np.__version__},
        notes=("one", "two"),
        quantiles=(10, 50, 99.9),
    )
    return Result(values, {"cost": "USD", "wild": "USD/hour"}, meta)


@pytest.fixture(params=["netcdf", "json", "csv"])
def suffix(request) -> str:
    return formats.formats()[request.param].suffix


def test_json_has_its_documented_shape(result, tmp_path):
    formats.write(result, tmp_path / "r.json")
    text = (tmp_path / "r.json").read_text(encoding="utf-8")

    def refuse(word):
        raise AssertionError(word)

    content = json.loads(text, parse_constant=refuse)
    jsonschema.validate(content, SHAPE)
    assert content == to_json_dict(result)
    assert list(content["outputs"]["cost"]["quantiles"]) == ["P10", "P50", "P99.9"]
    assert content["seed"] == 2**64 - 1
    assert content["digest"] == result.digest
    assert content["outputs"]["wild"]["mean"] == {"value": None, "low": None, "high": None}
    p50 = result.quantile("cost", 50)
    assert content["outputs"]["cost"]["quantiles"]["P50"] == {
        "value": p50.value,
        "low": p50.low,
        "high": p50.high,
    }


def test_json_takes_other_percentiles(result):
    content = json.loads(to_json(result, [5, 2.5]))
    assert list(content["outputs"]["cost"]["quantiles"]) == ["P5", "P2.5"]


def test_netcdf_reads_back_equal(result, tmp_path):
    formats.write(result, tmp_path / "r.nc")
    with xr.open_dataset(tmp_path / "r.nc", engine="h5netcdf") as again:
        xr.testing.assert_identical(again.load(), result.dataset)
    again = Result({name: again[name].values for name in result.outputs}, {}, result.meta)
    assert again.digest == result.dataset.attrs["digest"]


def test_csv_reads_back_to_the_bit(result, tmp_path):
    formats.write(result, tmp_path / "r.csv")
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["outcome", "cost [USD]", "wild [USD/hour]", "succeeded"]
    table = np.array(rows, dtype=float)
    assert np.array_equal(table[:, 0], np.arange(N))
    for column, name in enumerate(result.outputs, start=1):
        assert np.array_equal(table[:, column], result.values[name])


def test_writing_twice_gives_the_same_bytes(result, tmp_path, suffix):
    for name in ("a", "b"):
        formats.write(result, tmp_path / f"{name}{suffix}")
    first, second = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("a", "b"))
    assert first == second


def test_a_file_has_the_permissions_of_any_new_file(result, tmp_path, suffix):
    (tmp_path / "other").touch()
    path = tmp_path / f"r{suffix}"
    formats.write(result, path)
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (path, tmp_path / "other")]
    assert modes[0] == modes[1]


def test_a_failed_rename_leaves_the_old_file_and_nothing_else(
    result, tmp_path, suffix, monkeypatch
):
    path = tmp_path / f"r{suffix}"
    path.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(FileError, match=r"r\..*No space left"):
        formats.write(result, path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "old"


def test_an_interrupted_write_leaves_nothing(result, tmp_path, suffix, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        formats.write(result, tmp_path / f"r{suffix}")
    assert list(tmp_path.iterdir()) == []


LIMITED = """
import os, resource, signal, sys
import numpy as np
from simcost.errors import FileError
from simcost.report.formats import write
from simcost.result import Meta, Result
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
meta = Meta(model="m", seed=0, draws=100_000, design="random", replicates=1)
result = Result({"y": np.random.default_rng(0).random(100_000)}, {}, meta)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write(result, sys.argv[1])
except FileError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="no file size limits here")
@pytest.mark.parametrize("ending", [".nc", ".csv"])
def test_a_disk_that_fills_up_is_an_error_not_a_crash(tmp_path, ending):
    command = [sys.executable, "-c", LIMITED, str(tmp_path / f"r{ending}")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "cannot be written: File too large" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_a_link(result, tmp_path):
    (tmp_path / "target.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "target.json")
    formats.write(result, tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert "größe" in (tmp_path / "target.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("r.xlsx", r"\.xlsx.*\.csv, \.json, \.nc"),
        ("r.jsn", r"did you mean \.json"),
        ("r.", "not as that"),
        ("nowhere/r.nc", "no folder.*nowhere"),
        ("folder.nc", "not a plain file"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_run(tmp_path, name, words):
    (tmp_path / "folder.nc").mkdir()
    with pytest.raises(FileError, match=words):
        formats.prepare(tmp_path / name)
    assert not (tmp_path / name).is_file()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(FileError, match="permission"):
        formats.prepare(tmp_path / "r.nc")


def test_suffixes_are_read_in_any_case():
    assert formats.format_of(Path("A.NC")).name == "netcdf"


def test_each_format_is_its_file():
    assert sorted(formats.formats()) == ["csv", "json", "netcdf"]


def test_no_number_in_json_is_infinite(result):
    def numbers(node):
        if isinstance(node, dict):
            return [n for child in node.values() for n in numbers(child)]
        return [node] if isinstance(node, float) else []

    assert all(map(math.isfinite, numbers(to_json_dict(result))))
