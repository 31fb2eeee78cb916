"""What is shipped is whole: wheel, source distribution and plain checkout give the same numbers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import simcost

ROOT = Path(__file__).parent.parent
QUICK = ROOT / "examples" / "quickstart.toml"

PROBE = """
import sys
import simcost
from simcost.cli import main
print(simcost.__file__)
print(simcost.load_catalogue().digest())
print(simcost.load_catalogue().get("energy/grid[FR]").distribution.key)
from simcost.modelfile import shipped_systems, system_file
with system_file("deepseek_v3") as file:  # uses fragments and tables
    print(len(shipped_systems()), simcost.load(file).run(draws=100, seed=3).digest)
print(simcost.load(sys.argv[1]).run(draws=1000, seed=3).digest)
print(simcost.load(sys.argv[1]).run(draws=1000, seed=3, design="sobol").digest)
main(["--version"])
"""


def answers(folder, cwd):
    """What the package in `folder` says of itself, from elsewhere."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(QUICK)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    file, *rest = done.stdout.splitlines()
    assert Path(file).is_relative_to(folder)
    return rest


@pytest.fixture(scope="module")
def expected():
    model = simcost.load(QUICK)
    digests = [
        model.run(draws=1000, seed=3, design=design).digest for design in ("random", "sobol")
    ]
    version = f"simcost, version {simcost.__version__}"
    catalogue = simcost.load_catalogue()
    row = catalogue.get("energy/grid[FR]").distribution.key
    systems = ROOT / "examples" / "systems"
    system = simcost.load(systems / "deepseek_v3.toml").run(draws=100, seed=3).digest
    count = len(list(systems.glob("*.toml")))
    return [catalogue.digest(), row, f"{count} {system}", *digests, version]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    pytest.importorskip("build")
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("dist")
    command = ["-m", "build", "--wheel", "--sdist", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(
        [sys.executable, *command, str(ROOT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def shipped(*places):
    """Files of the checkout that belong in what is shipped."""
    return {
        path.relative_to(ROOT).as_posix()
        for place in places
        for path in (ROOT / place).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_everything_and_nothing_else(built):
    (wheel,) = built.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    data = {f"simcost/{name}" for name in shipped("distributions")}
    data |= {name.replace("examples", "simcost", 1) for name in shipped("examples/systems")}
    assert names == shipped("simcost") | data
    for name in ("py.typed", "modelfile/template.toml", "designs/_joe_kuo.txt"):
        assert f"simcost/{name}" in names


def test_the_wheel_carries_its_licence(built):
    (wheel,) = built.glob("*.whl")
    names = [name.rsplit("/", 1)[-1] for name in zipfile.ZipFile(wheel).namelist()]
    assert "LICENSE" in names
    assert "NOTICE" in names


def test_the_source_distribution_holds_tests_examples_and_documents(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    documents = {"README.md", "LICENSE", "NOTICE", "CHANGELOG.md", "CITATION.cff", "STYLE.md"}
    assert documents <= names
    assert shipped("simcost", "distributions", "examples", "docs", "benchmarks", "scripts") <= names
    assert {name for name in shipped("tests") if not name.startswith("tests/.")} <= names


def test_the_installed_wheel_gives_the_same_numbers(built, expected, tmp_path):
    (wheel,) = built.glob("*.whl")
    target, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    options = ["--no-deps", "--no-index", "--no-compile", "--quiet", "--target", str(target)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(wheel)], check=True)
    assert answers(target, elsewhere) == expected


def test_a_plain_checkout_gives_the_same_numbers(expected, tmp_path):
    checkout, elsewhere = tmp_path / "checkout", tmp_path / "elsewhere"
    elsewhere.mkdir()
    for folder in ("simcost", "distributions", "examples/systems"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, checkout / folder, ignore=ignored)
    assert answers(checkout, elsewhere) == expected


def test_a_zipped_wheel_gives_the_same_numbers(built, expected, tmp_path):
    (wheel,) = built.glob("*.whl")
    assert answers(wheel, tmp_path) == expected
