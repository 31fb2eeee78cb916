"""Where compiled code is kept, and when it is not believed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simcost.machine import cache

SNIPPET = """
from simcost.graph.node import stream
from simcost.machine import compiled, execute, lower
before = compiled()
execute(lower({"u": stream("u")}), seed=0, last=10, engine="interpreter")
import sys
print(before, "numba" in sys.modules)
"""


@pytest.fixture
def moved(tmp_path, monkeypatch):
    monkeypatch.setenv("SIMCOST_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_the_folder_is_named_after_the_engine(moved, monkeypatch):
    assert cache.folder() == moved / cache.engine_hash()
    monkeypatch.delenv("SIMCOST_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache.folder() == Path("/somewhere/simcost") / cache.engine_hash()
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.folder() == Path.home() / ".cache" / "simcost" / cache.engine_hash()


def test_the_hash_follows_every_source(monkeypatch):
    before = cache.engine_hash()
    original = Path.read_bytes
    for room in ("machine", "elementary", "designs"):

        def edited(self, room=room):
            return original(self) + b"#" * (self.name == "__init__.py" and self.parent.name == room)

        monkeypatch.setattr(Path, "read_bytes", edited)
        assert cache.engine_hash.__wrapped__() != before
    monkeypatch.setattr(Path, "read_bytes", original)
    assert cache.engine_hash.__wrapped__() == before


def test_the_folder_is_for_its_owner_only(moved):
    place = moved / "sub" / "engine"
    assert cache._usable(place)
    assert place.stat().st_mode & 0o777 == 0o700
    place.chmod(0o770)
    assert not cache._usable(place)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_not_used(moved):
    moved.chmod(0o500)
    assert not cache._usable(moved / "engine")


def test_a_file_in_the_way_is_not_used(moved):
    (moved / "engine").write_text("")
    assert not cache._usable(moved / "engine")


def test_compiled_tells_whether_there_is_something(moved):
    assert not cache.compiled()
    place = cache.folder() / "machine_1"
    place.mkdir(parents=True)
    (place / "kernel.run-1.nbc").write_bytes(b"")
    assert cache.compiled()


def test_numba_keeps_its_own_setting(moved):
    import numba

    before = numba.config.CACHE_DIR
    with cache.numba_cache() as usable:
        assert usable
        assert numba.config.CACHE_DIR == str(cache.folder())
    assert before == numba.config.CACHE_DIR


def test_the_interpreter_needs_no_compiler(moved):
    done = subprocess.run(
        [sys.executable, "-c", SNIPPET], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
