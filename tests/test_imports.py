"""What is paid at the door: heavy libraries are imported when they are needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parent.parent / "examples" / "quickstart.toml"
HEAVY = ("numba", "pandas", "scipy.stats", "matplotlib", "xarray", "h5netcdf")

PROBE = """
import sys
{code}
print("HEAVY:" + ",".join(name for name in {heavy!r} if name in sys.modules))
"""


def loaded(code: str) -> str:
    probe = PROBE.format(code=code, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return done.stdout.rpartition("HEAVY:")[2].strip()


def command(*arguments: str) -> str:
    lines = ("from simcost.cli import main", "try:", f"    main({list(arguments)!r})")
    return "\n".join([*lines, "except SystemExit:", "    pass"])


@pytest.mark.parametrize(
    "code",
    ["import simcost", command("--help"), command("check", str(EXAMPLE)), command("inputs")],
    ids=["import", "help", "check", "inputs"],
)
def test_nothing_heavy_is_imported(code):
    assert loaded(code) == ""


def test_a_run_imports_neither_a_compiler_nor_scipy():
    code = (
        command("run", str(EXAMPLE))
        + "\nassert not any(n.startswith('scipy') for n in sys.modules)"
    )
    assert loaded(code) == ""


def test_the_probe_can_fail():
    assert loaded("import xarray") != ""
