"""Cold start: whole processes from start to exit. Compare CPU seconds, not walls, when busy.

Run with ``pytest benchmarks/test_import.py``.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SIMCOST = [sys.executable, "-m", "simcost"]
COMMANDS = {
    "nothing": [sys.executable, "-c", "pass"],
    "numpy": [sys.executable, "-c", "import numpy"],
    "import": [sys.executable, "-c", "import simcost"],
    "help": [*SIMCOST, "--help"],
    "check": [*SIMCOST, "check", "examples/quickstart.toml"],
    "quickstart": [*SIMCOST, "run", "examples/quickstart.toml"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_process(benchmark, name):
    benchmark.pedantic(
        lambda: subprocess.run(COMMANDS[name], cwd=ROOT, capture_output=True, check=True),
        rounds=12,
        warmup_rounds=1,
    )
