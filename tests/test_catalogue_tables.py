"""Tables of the catalogue: every number is that of its source row, keys are found or suggested."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

import simcost
from scripts import build_tables
from simcost.errors import ModelError, ParameterError

ROOT = Path(__file__).parent.parent
CATALOGUE = simcost.load_catalogue()
FILES = sorted(build_tables.SOURCES)


def rows_of(name: str) -> list[dict[str, str]]:
    with (build_tables.TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_tables_are_what_the_script_makes_of_the_source_lines() -> None:
    texts, kept = build_tables.build(build_tables.read_excerpts())
    for name, text in texts.items():
        written = (build_tables.TABLES / f"{name}.csv").read_bytes().decode("utf-8")
        assert written == text, name
    assert len(kept) == sum(len(lines) for lines in build_tables.read_excerpts().values())


@pytest.mark.parametrize("name", FILES)
def test_each_number_stands_in_its_source_line(name: str) -> None:
    """Read again without the script: the figure, in the source's own unit, is on that line."""
    lines = dict(build_tables.read_excerpts()[name])
    scale = {"grid_mixes": 1e3, "grid_aws": 1e6, "grid_azure": 1e6}.get(name, 1.0)
    rows = rows_of(name)
    assert len(rows) > 5
    for row in rows:
        text = lines[int(row["row"])]
        printed = [float(one) for one in re.findall(r"(?<![\w.-])\d*\.?\d+(?![\w.-])", text)]
        wanted = float(row["value"]) / scale
        assert any(abs(one - wanted) <= 1e-12 * one for one in printed), (row, text)
        if row.get("water"):
            assert float(row["water"]) in printed


def test_the_check_of_a_number_can_fail() -> None:
    lines = build_tables.read_excerpts()
    lines["grid_gcp"][0] = (2, lines["grid_gcp"][0][1].replace("656.85", "656.84"))
    texts, _ = build_tables.build(lines)
    written = (build_tables.TABLES / "grid_gcp.csv").read_text(encoding="utf-8")
    assert texts["grid_gcp"] != written


@pytest.mark.parametrize("name", FILES)
def test_figures_are_plausible_and_keys_unique(name: str) -> None:
    rows = rows_of(name)
    values = np.array([float(row["value"]) for row in rows])
    low, high = {"tdp": (10, 1500), "pue": (1, 2)}.get(name, (2, 1400))
    assert (values >= low).all()
    assert (values <= high).all()
    assert len({row["key"].lower() for row in rows}) == len(rows)


def test_rows_that_lost_their_decimal_point_are_left_out() -> None:
    faulty = [
        (22, "Finland Central,Helsinki,,000077,EEA,"),
        (23, "Germany West Central,Frankfurt,,000402,EEA"),
        (24, "Belgium Central,Brussels,,0.000154,EEA"),
    ]
    kept = [row["name"] for row, _ in build_tables.microsoft(faulty)]
    assert kept == ["Microsoft, Brussels"]


def test_every_file_has_a_licence_a_notice_and_a_source() -> None:
    licences = (build_tables.TABLES / "LICENCES.md").read_text(encoding="utf-8")
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for file in build_tables.TABLES.glob("*.csv"):
        assert f"`{file.name}`" in licences
        assert file.name in notice
        assert build_tables.SOURCES[file.stem].commit[:7] in licences
    for word in ("GPL-3", "AGPL", "ODbL"):
        assert word not in licences


@pytest.mark.parametrize("name", list(CATALOGUE.tables))
def test_every_row_is_an_entry(name: str) -> None:
    entries = CATALOGUE.rows(name)
    assert len(entries) == len(CATALOGUE.tables[name].rows)
    for entry in entries:
        low, middle = entry.distribution.quantile(np.array([0.1, 0.5]))
        assert 0 < low <= middle < np.inf
        assert entry.citation() != "no source"


@pytest.mark.parametrize(
    ("key", "median", "unit"),
    [
        ("energy/grid[FR]", 44.18, "gCO2e/kWh"),
        ("energy/grid[france]", 44.18, "gCO2e/kWh"),
        ("energy/grid[FRA]", 44.18, "gCO2e/kWh"),
        ("carbon/grid[fr]", 44.18, "gCO2e/kWh"),
        ("energy/grid[us-central1]", 412.72, "gCO2e/kWh"),
        ("energy/grid[gcp us_east4]", 323.05, "gCO2e/kWh"),
        ("energy/grid[us-east-1]", 415.755, "gCO2e/kWh"),
        ("energy/grid[East US]", 415.755, "gCO2e/kWh"),
        ("energy/grid[AW]", 561.224, "gCO2e/kWh"),
        ("energy/tdp[h100]", 700, "W/gpu"),
        ("energy/tdp[A100]", 400, "W/gpu"),
        ("energy/pue[hyperscale]", None, ""),
        ("energy/pue[gcp]", 1.12, ""),
        ("energy/system_power[v100]", 325, "W/gpu"),
        ("compute/gpu_hour[h100]", 2.9, "USD/gpu/hour"),
        ("compute/gpu_hour[tpu-v3]", 2.0, "USD/tpu/hour"),
        ("water/wue_offsite[FR]", 3.6740, "L/kWh"),
    ],
)
def test_keys_are_found_however_they_are_spelt(key: str, median: float | None, unit: str) -> None:
    entry = CATALOGUE.get(key)
    assert entry.unit == unit
    if median is not None:
        assert entry.distribution.quantile(np.array([0.5]))[0] == pytest.approx(median, rel=1e-4)


@pytest.mark.parametrize(
    ("key", "fix"),
    [
        ("energy/grid[Frnce]", "energy/grid[FR] (France)"),
        ("energy/grid[us-central-1]", "energy/grid[us-central1]"),
        ("energy/grid[FX]", "energy/grid[FR] (France)"),
        ("compute/gpu_hour[h1000]", "compute/gpu_hour[h100]"),
        ("compute/gpu_hours[h100]", "compute/gpu_hour[h100]"),
        ("grid[FR]", "energy/grid[FR]"),
        ("energy/grid_FR", "energy/grid[FR]"),
        ("energy/grid", "energy/grid["),
        ("energy/tdp[b200]", "all 39: simcost inputs energy/tdp"),
        ("labelling/label_rate[x]", "labelling/label_rate without a key"),
    ],
)
def test_what_is_not_there_is_refused_with_near_names(key: str, fix: str) -> None:
    with pytest.raises(ParameterError) as caught:
        CATALOGUE.get(key)
    assert fix in str(caught.value)


def test_an_unknown_region_is_shown_in_its_place(tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text('[inputs]\ngrid = { from = "energy/grid[Frnce]" }\n', encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        simcost.load(file)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (2, 17)
    assert "energy/grid[FR] (France)" in problem.fix


def test_the_older_entries_agree_with_the_table() -> None:
    names = {"united_kingdom": "GB", "usa": "US", "korea": "south korea"}
    countries = {row["name"].lower(): float(row["value"]) for row in rows_of("grid_countries")}
    checked = 0
    for key in CATALOGUE.names("carbon"):
        if not key.startswith("carbon/grid_") or "unknown" in key:
            continue
        entry = CATALOGUE.get(key)
        name = key.removeprefix("carbon/grid_")
        row = name.removeprefix("gcp_") if "gcp" in name else names.get(name, name)
        if entry.source["producer"] == "CodeCarbon":  # the table has a newer figure for these
            new = countries[row.replace("_", " ")]
        else:
            new = median_of(f"energy/grid[{row}]")
        assert new == pytest.approx(median_of(key), abs=0.51), key
        checked += 1
    assert checked >= 25


def median_of(key: str) -> float:
    return float(CATALOGUE.get(key).distribution.quantile(np.array([0.5]))[0])


def test_the_digest_of_the_catalogue_covers_the_tables(tmp_path: Path) -> None:
    from shutil import copytree

    from simcost.catalogue import Catalogue

    folder = tmp_path / "distributions"
    copytree(ROOT / "distributions", folder)
    assert Catalogue(folder).digest() == CATALOGUE.digest()
    file = folder / "tables" / "grid_gcp.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("656.85", "656.84"), encoding="utf-8")
    assert Catalogue(folder).digest() != CATALOGUE.digest()


def test_an_input_of_a_model_takes_a_row_and_its_unit(tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_text(
        '[inputs]\ngrid = { from = "energy/grid[FR]", unit = "kgCO2e/kWh" }\n', encoding="utf-8"
    )
    values = simcost.load(file).run(draws=1001, seed=1).values["grid"]
    assert np.median(values) == pytest.approx(0.04418, rel=0.02)
