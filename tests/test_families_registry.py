from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import families_page
import pytest

from simcost import families
from simcost.families import FAMILIES, Family, build

PAGE = families_page.PAGE.read_text(encoding="utf-8")
FILES = [
    path.stem
    for path in sorted(Path(families.__file__).parent.glob("*.py"))
    if not path.stem.startswith("_")
]


def test_every_file_is_a_family_of_that_name() -> None:
    assert FILES == list(FAMILIES)
    assert all(isinstance(record, Family) for record in FAMILIES.values())


@pytest.mark.parametrize("name", FILES)
def test_page_has_a_row_and_a_section_for(name: str) -> None:
    record = FAMILIES[name]
    assert f"| `{name}` | {families_page.ways(record)} | {record.summary} |" in PAGE
    assert "\n".join(families_page.section(record)) in PAGE


def test_every_example_on_the_page_builds() -> None:
    blocks = [part.split("```")[0] for part in PAGE.split("```toml\n")[1:]]
    assert len(blocks) == len(FILES) + 1
    for block in blocks:
        inputs = tomllib.loads(block.removeprefix("[inputs]\n"))
        for spec in inputs.values():
            spec.pop("unit", None)
            if "csv" not in str(spec):
                assert build(spec).describe()


@pytest.mark.parametrize("name", [name for name in FILES if FAMILIES[name].oracle is not None])
def test_published_errors_are_not_exceeded(name: str) -> None:
    published = PAGE.split("## Worst errors")[1]
    row = next(line for line in published.splitlines() if line.startswith(f"| `{name}` "))
    value, probability = (float(cell) for cell in row.split("|")[2:4])
    measured = families_page.worst(FAMILIES[name])
    assert measured is not None
    assert measured.value <= value
    assert measured.probability <= probability


def test_importing_the_families_is_cheap() -> None:
    code = (
        "import sys, simcost.families as f; f.build({'normal': {'mean': 1, 'sd': 2}})\n"
        "heavy = {'scipy.stats', 'pandas', 'numba', 'xarray', 'matplotlib', 'pint'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
