"""The same bits on every computer: golden digests, and a matrix of ways to reach them.

``tests/golden/digests.py`` prints them anew.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simcost import elementary
from simcost.machine import library

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "tests" / "golden" / "digests.py"
GOLDEN = json.loads(SCRIPT.with_suffix(".json").read_text(encoding="utf-8"))
MIXED = "family [mptw]|formulas|correlated|staged|quickstart|reference"


def load_script():
    spec = importlib.util.spec_from_file_location("golden_digests", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT_MODULE = load_script()


def from_process(*arguments, python=sys.executable, **environment):
    """The digests that a process of its own prints."""
    done = subprocess.run(
        [str(python), str(SCRIPT), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def vector_features():
    """The processor features that NumPy chooses its loops by."""
    from numpy._core import _multiarray_umath as core

    found = getattr(core, "__cpu_dispatch__", [])
    return [name for name in found if core.__cpu_features__.get(name)]


def test_every_golden_model_has_its_digests():
    assert SCRIPT_MODULE.digests(engine="interpreter") == GOLDEN


@pytest.mark.parametrize(("threads", "segment"), [(1, 65_536), (3, 700), (2, 1000)])
@pytest.mark.parametrize("engine", ["machine", "interpreter"])
def test_engine_threads_and_segments_change_no_digest(engine, threads, segment):
    found = SCRIPT_MODULE.digests(only=MIXED, engine=engine, threads=threads, segment=segment)
    assert found == {name: GOLDEN[name] for name in found}
    assert len(found) > 12


def test_groups_compiled_for_each_program_change_no_digest():
    found = from_process("--engine", "machine", "--groups", "--only", MIXED)
    assert found == {name: GOLDEN[name] for name in found}
    assert len(found) > 12


def test_processor_features_and_the_algebra_library_change_no_digest():
    features = vector_features()
    found = from_process(
        NPY_DISABLE_CPU_FEATURES=" ".join(features),
        OPENBLAS_CORETYPE="Prescott",
        OMP_NUM_THREADS="1",
        LC_ALL="C",
    )
    assert found == GOLDEN


@pytest.mark.skipif(not vector_features(), reason="NumPy has only one kind of loop here")
def test_numpy_s_own_functions_would_not_pass():
    code = (
        "import numpy as np, hashlib; x = np.arange(1, 40001) / 997.0;"
        "print(hashlib.sha256((np.exp(-x) + np.log(x) + np.sin(x)).tobytes()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            env={**os.environ, "NPY_DISABLE_CPU_FEATURES": disabled},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for disabled in ("", " ".join(vector_features()))
    }
    if len(found) == 1:
        pytest.skip("this NumPy rounds alike with and without vector instructions")
    assert len(found) == 2


def test_one_function_that_rounds_otherwise_changes_the_digest(monkeypatch):
    real = elementary.expm1
    monkeypatch.setattr(elementary, "expm1", lambda x: np.nextafter(real(x), np.inf))
    library._table.cache_clear()
    found = SCRIPT_MODULE.digests(only="family lomax")
    library._table.cache_clear()
    assert len(found) == 1
    assert found["family lomax"]["program"] != GOLDEN["family lomax"]["program"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment",
    [
        {"NUMBA_CPU_NAME": "generic"},
        {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""},
        {"SIMCOST_PLAIN_LOOKUP": "1"},
    ],
    ids=["generic processor", "no vector instructions but the oldest", "plain loops"],
)
def test_the_machine_compiled_otherwise_changes_no_digest(environment, tmp_path):
    found = from_process(
        "--engine", "machine", "--groups", SIMCOST_CACHE_DIR=str(tmp_path), **environment
    )
    assert found == GOLDEN


def pythons():
    """Interpreters of the versions that are supported, one each, wherever they are installed."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)]
    folders += sorted(Path.home().glob(".pyenv/versions/*/bin"))
    found = {}
    for version in ("3.11", "3.12", "3.13"):
        for folder in folders:
            python = shutil.which(f"python{version}", path=str(folder))
            if python and version not in found and runs(python):
                found[version] = python
    return found


def runs(python):
    """Whether an interpreter starts; a version manager's stand-in for one may not."""
    return subprocess.run([python, "--version"], capture_output=True).returncode == 0


def requirement(name):
    """The oldest version of a package that the project admits."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    oldest = re.search(f'"{name}>=([0-9.]+)', text)[1]
    return f"{name}=={oldest}.*"


@pytest.mark.slow
@pytest.mark.parametrize("age", ["oldest", "newest"])
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_other_pythons_and_libraries_change_no_digest(version, age, tmp_path):
    python = pythons().get(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here")
    if age == "oldest" and version == "3.13":
        pytest.skip("the oldest NumPy has no wheel for this Python")
    libraries = ["numpy", "scipy"]
    if age == "oldest":
        libraries = [requirement(name) for name in libraries]
    subprocess.run([python, "-m", "venv", tmp_path / "venv"], check=True)
    inside = tmp_path / "venv" / "bin" / "python"
    rest = ["pydantic", "tree-sitter", "tree-sitter-toml", "pint", "click", "rich"]
    subprocess.run([inside, "-m", "pip", "install", "-q", *libraries, *rest], check=True)
    assert from_process(python=inside) == GOLDEN
