"""What several end-to-end tests share: the command line, in this process and in its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from simcost.cli import main

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Done:
    """What a command left: exit code, results, messages."""

    code: int
    out: str
    err: str


@pytest.fixture
def simcost_cli(capsys):
    """Run a command in this process: ``simcost_cli("run", path, "--json")``."""

    def run(*arguments: object) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_info:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Done(int(exit_info.value.code or 0), out, err)

    return run


@pytest.fixture
def simcost_process():
    """Run a command in a process of its own: ``simcost_process("run", path, python=("-O",))``."""

    def run(
        *arguments: object, python: tuple[str, ...] = (), stdout=subprocess.PIPE, **environment
    ):
        done = subprocess.run(
            [sys.executable, *python, "-m", "simcost", *map(str, arguments)],
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            check=False,
            env={**os.environ, **environment},
            cwd=ROOT,
        )
        assert "Traceback" not in (done.stdout or "") + done.stderr
        return Done(done.returncode, done.stdout or "", done.stderr)

    return run
