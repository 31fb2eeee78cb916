"""What goes wrong at the command line: a clear message, an exit code, nothing half done."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODELS = ROOT / "tests" / "models"
STAGED = MODELS / "staged.toml"
QUICK = ROOT / "examples" / "quickstart.toml"
FEW = ("--draws", 2000)

TYPO = """\
[inputs]
samples = { lognormal = { p10 = 2e4, p50 = 4e4 }, unit = "sample" }
rate = { uniform = { low = 5, high = 10 }, unit = "sample/hour" }

[outputs]
hours = { formula = "sampels / rate", unit = "hour" }
"""

THREE_PROBLEMS = """\
[inputs]
samples = { lognormal = { p10 = 4e4, p50 = 2e4 }, unit = "sample" }
rate = { uniform = { low = 5, hihg = 10 }, unit = "sample/hour" }

[[stages]]
name = "data"
failure = 1.3
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("--colour",),
        ("--draws", "abc"),
        ("--draws", "1.5"),
        ("--draws", "0"),
        ("--draws", "-5"),
        ("--draws", "nan"),
        ("--draws", "inf"),
        ("--quantiles", "0,50"),
        ("--quantiles", "50,100"),
        ("--quantiles", "fifty"),
        ("--quantiles", ""),
        ("--precision", "0"),
        ("--precision", "150%"),
        ("--precision", "much"),
        ("--seed", "-1"),
        ("--seed", "x"),
        ("--seed", str(2**63)),
        ("--threads", "0"),
        ("--design", "halton"),
        ("--engine", "gpu"),
        ("--per", "month"),
        ("--budget", "lots"),
        ("--budget", "nan"),
        ("--per", "success", "--cap", "0"),
        ("--per", "success", "--design", "sobol"),
        ("--per", "success", "--precision", "1%"),
        ("--per", "portfolio", "--projects", "0"),
        ("--per", "portfolio", "--failure-correlation", "1.5"),
        ("--per", "portfolio", "--failure-correlation", "nan"),
        ("and", "more"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_refused(simcost_cli, arguments):
    done = simcost_cli("run", STAGED, *arguments)
    assert done.code == 2
    assert done.out == ""
    assert done.err.strip()


@pytest.mark.parametrize("view", [("success",), ("portfolio",)])
def test_views_need_stages(simcost_cli, view):
    done = simcost_cli("run", QUICK, "--per", *view)
    assert (done.code, done.out) == (2, "")
    assert "stages" in done.err


def test_an_unknown_command_is_refused(simcost_cli):
    done = simcost_cli("rum", QUICK)
    assert (done.code, done.out) == (2, "")
    assert "rum" in done.err


def test_an_unknown_scenario_is_named_with_a_near_one(simcost_cli):
    done = simcost_cli("run", STAGED, "--scenario", "slwo")
    assert (done.code, done.out) == (3, "")
    assert "slwo" in done.err
    assert "Did you mean slow?" in done.err


# -- the model -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "check", "explain", "explain --program"])
def test_all_problems_come_at_once(simcost_cli, tmp_path, command):
    model = tmp_path / "three.toml"
    model.write_text(THREE_PROBLEMS)
    name, *options = command.split()
    done = simcost_cli(name, model, *options)
    assert (done.code, done.out) == (3, "")
    assert "samples" in done.err
    assert "hihg" in done.err
    assert "1.3" in done.err
    assert re.search(r"^\d problems$", done.err, re.MULTILINE)


def test_a_typo_is_shown_where_it_is(simcost_cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("typo.toml").write_text(TYPO)
    done = simcost_cli("run", "typo.toml")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("typo.toml:6:22: ")
    source, caret = done.err.splitlines()[1:3]
    assert source[caret.index("^") : caret.rindex("^") + 1] == "sampels"
    assert "samples" in done.err.splitlines()[3]


def test_a_model_that_reports_nothing(simcost_cli, tmp_path):
    model = tmp_path / "empty.toml"
    model.write_text("[model]\nname = 'empty'\n")
    done = simcost_cli("run", model)
    assert (done.code, done.out) == (3, "")
    assert done.err.strip()


def test_contradictory_correlations_are_refused_and_forced(simcost_cli, tmp_path):
    model = tmp_path / "contradiction.toml"
    pairs = (("a", "b", 0.95), ("b", "c", 0.95), ("a", "c", -0.95))
    text = "[inputs]\n" + "".join(f"{x} = {{ normal = {{ mean = 0, sd = 1 }} }}\n" for x in "abc")
    for x, y, rho in pairs:
        text += f'[[correlations]]\nbetween = ["{x}", "{y}"]\nspearman = {rho}\n'
    model.write_text(text)
    refused = simcost_cli("run", model, *FEW)
    assert (refused.code, refused.out) == (3, "")
    forced = simcost_cli("run", model, *FEW, "--force")
    assert forced.code == 0, forced.err


# -- size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [(), ("--design", "sobol"), ("--per", "success"), ("--per", "portfolio"), ("--json",)],
)
def test_too_many_draws_are_refused_at_once_with_the_figure(simcost_cli, options):
    start = time.perf_counter()
    done = simcost_cli("run", STAGED, "--draws", "1e12", *options)
    assert time.perf_counter() - start < 30  # guards against a hang, not a speed
    assert (done.code, done.out) == (5, "")
    assert re.search(r"take \d[\d.,]* [TP]B of memory", done.err)


LIMITED = """
import resource, sys
limit = 4 * 2**30
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
from simcost.cli import main
try:
    main(["run", sys.argv[1], "--draws", "1e12"])
finally:
    # Not getrusage: that counts the parent's memory, too, from before this program was loaded.
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(int(peak.split()[1]) // 1024, "MB", file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_refused_run_takes_no_memory():
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(QUICK)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 5, done.stderr
    assert int(re.search(r"(\d+) MB$", done.stderr.strip()).group(1)) < 400


# -- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [(), ("--design", "sobol"), ("--seed", "5")])
def test_a_nan_names_outcome_and_quantity_and_replay_shows_it(simcost_cli, tmp_path, options):
    model = MODELS / "not_a_number.toml"
    out = tmp_path / "run.csv"
    done = simcost_cli("run", model, *options, "--out", out)
    assert (done.code, done.out) == (6, "")
    assert list(tmp_path.iterdir()) == []
    assert "loglevel is not a number" in done.err
    command = re.search(r"simcost replay MODEL (.*)", done.err).group(1)
    shown = simcost_cli("replay", model, *command.split())
    assert shown.code == 0
    assert float(re.search(r"level\s+(\S+)", shown.out).group(1)) < 0
    assert re.search(r"loglevel\s+nan", shown.out)
    assert "NaN" not in simcost_cli("replay", model, *command.split(), "--json").out


def test_an_infinity_is_refused(simcost_cli, tmp_path):
    model = tmp_path / "infinite.toml"
    inputs, outputs = "x = { normal = { mean = 900, sd = 1 } }", 'huge = { formula = "exp(x)" }'
    model.write_text(f"[inputs]\n{inputs}\n[outputs]\n{outputs}\n")
    done = simcost_cli("run", model, *FEW)
    assert (done.code, done.out) == (6, "")
    assert "huge is infinite in outcome 0" in done.err


@pytest.mark.parametrize(
    "options", [("--per", "success"), ("--per", "portfolio"), ("--precision", "5%")]
)
def test_views_and_precision_refuse_nan_too(simcost_cli, tmp_path, options):
    model = tmp_path / "staged.toml"
    text = '[inputs]\nx = { normal = { mean = 0, sd = 1 } }\n[model]\ncurrency = "USD"\n'
    model.write_text(text + '[[stages]]\nname = "only"\ncost = "log(x) * 1 USD"\n')
    done = simcost_cli("run", model, *FEW, *options)
    assert (done.code, done.out) == (6, "")
    assert "in outcome" in done.err


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "check", "explain", "replay"])
def test_a_missing_model(simcost_cli, command):
    more = ["--outcome", 0] if command == "replay" else []
    done = simcost_cli(command, "nowhere.toml", *more)
    assert (done.code, done.out) == (74, "")
    assert "nowhere.toml" in done.err


def test_a_folder_is_no_model(simcost_cli, tmp_path):
    done = simcost_cli("run", tmp_path)
    assert (done.code, done.out) == (74, "")
    assert str(tmp_path) in done.err


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00", b"", b"[inputs"])
def test_files_that_are_no_text_or_no_toml(simcost_cli, tmp_path, content):
    model = tmp_path / "model.toml"
    model.write_bytes(content)
    done = simcost_cli("run", model)
    assert done.code in (3, 74)
    assert done.out == ""
    assert "model.toml" in done.err or content == b""


@pytest.mark.parametrize("name", ["run.xls", "run.", "missing/run.nc", "folder.nc", "run.nc/x.nc"])
def test_where_no_file_can_appear_is_refused_before_the_run(
    simcost_cli, tmp_path, monkeypatch, name
):
    monkeypatch.setattr("simcost.model.model.run_plan", never)
    (tmp_path / "folder.nc").mkdir()
    done = simcost_cli("run", STAGED, "--out", tmp_path / name)
    assert (done.code, done.out) == (74, "")
    assert name.split("/")[0] in done.err
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder.nc"]


def never(*_arguments):
    raise AssertionError("the run was started")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(simcost_cli, tmp_path):
    tmp_path.chmod(0o500)
    done = simcost_cli("run", STAGED, *FEW, "--out", tmp_path / "run.nc")
    assert (done.code, done.out) == (74, "")


@pytest.mark.parametrize("suffix", [".nc", ".csv", ".json"])
def test_a_failure_while_writing_leaves_nothing(simcost_cli, tmp_path, monkeypatch, suffix):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = simcost_cli("run", STAGED, *FEW, "--out", tmp_path / f"run{suffix}")
    assert done.code == 74
    assert done.out == ""
    assert "No space left" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_standard_output(simcost_process):
    with open("/dev/full", "w") as full:
        done = simcost_process("run", QUICK, *FEW, stdout=full)
    assert done.code == 74
    assert "No space left" in done.err
    assert "Exception ignored" not in done.err


# -- pipes and interrupts ------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [("run", QUICK, *FEW), ("explain", STAGED), ("inputs",)])
def test_a_closed_pipe_ends_quietly(simcost_process, arguments):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = simcost_process(*arguments, stdout=writer)
    finally:
        os.close(writer)
    assert done.err == ""
    assert done.code == 0


def test_head_takes_what_it_wants():
    command = f"set -o pipefail; {sys.executable} -m simcost run {QUICK} --draws 2000 | head -1"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


def test_an_interrupted_run_says_so(simcost_cli, tmp_path, monkeypatch):
    def interrupt(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("simcost.model.model.run_plan", interrupt)
    done = simcost_cli("run", STAGED, *FEW, "--out", tmp_path / "run.nc")
    assert (done.code, done.out) == (130, "")
    assert "interrupted" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_without_unicode_gets_an_answer(simcost_process):
    done = simcost_process("run", STAGED, *FEW, PYTHONIOENCODING="ascii")
    assert done.code == 0, done.err
    assert "P90" in done.out
