"""Where the compiled machine is kept between runs.

The compiler's own cache looks at one source file only: a callee edited in another file would
keep its stale result. So every version of the engine gets a folder of its own, named after a
hash of all of its sources and of the versions that it was compiled with.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

_ROOMS = ("machine", "elementary", "designs")
_LIBRARIES = ("numba", "llvmlite", "numpy")
# Set in the environment, it makes the machine take plain loops for look-ups and streams.
PLAIN_LOOKUP = "SIMCOST_PLAIN_LOOKUP"


@cache
def engine_hash() -> str:
    """Hash of everything that the compiled code depends on."""
    root = Path(__file__).parent.parent
    h = blake2b(digest_size=12)
    for room in _ROOMS:
        for source in sorted((root / room).glob("*.py")):
            h.update(f"{room}/{source.name}\0".encode() + source.read_bytes() + b"\0")
    surroundings = [platform.machine(), sys.implementation.cache_tag]
    surroundings.append(f"plain {bool(os.environ.get(PLAIN_LOOKUP))}")
    surroundings += [f"{name} {version(name)}" for name in _LIBRARIES]
    h.update("\0".join(map(str, surroundings)).encode())
    return h.hexdigest()


def folder() -> Path:
    """Where this engine's compiled code belongs; SIMCOST_CACHE_DIR and XDG_CACHE_HOME move it."""
    own = os.environ.get("SIMCOST_CACHE_DIR")
    if own:
        return Path(own) / engine_hash()
    return (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "simcost" / engine_hash()
    )


def compiled() -> bool:
    """Whether the machine was compiled before, so that it starts at once."""
    try:
        return any(folder().rglob("*.nbc"))
    except (OSError, RuntimeError):
        return False


def _usable(place: Path) -> bool:
    """Create the folder; refuse one that somebody else could write to.

    What lies in it is loaded as code.
    """
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = place.stat()
    except OSError:
        return False
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
        return False
    return os.access(place, os.W_OK | os.X_OK)


@contextmanager
def numba_cache() -> Iterator[bool]:
    """Point numba's cache to our folder for as long as functions are being declared.

    Yields
    ------
    bool
        Whether there is a folder to use; without one everything works, a little later.
    """
    import numba

    try:
        place = folder()
    except RuntimeError:  # no home
        yield False
        return
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(place)
    try:
        yield _usable(place)
    finally:
        numba.config.CACHE_DIR = before
