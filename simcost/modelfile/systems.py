"""The published systems that come with simcost as models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

from simcost.errors import FileError
from simcost.modelfile.wording import did_you_mean


def shipped_systems() -> dict[str, Traversable]:
    """Return the files of the systems by name, sorted.

    Inside the package where it was installed from a wheel, among the examples in a checkout.

    Raises
    ------
    FileError
        When they are in neither place.
    """
    package = files("simcost")
    beside = Path(str(package)).parent / "examples" / "systems"
    for folder in (package / "systems", beside):
        if folder.is_dir():
            found = sorted(folder.iterdir(), key=lambda one: one.name)
            return {
                one.name.removesuffix(".toml"): one for one in found if one.name.endswith(".toml")
            }
    raise FileError(f"the example systems are missing: no folder {beside}")


@contextmanager
def system_file(name: str) -> Iterator[Path | None]:
    """Yield the file of a system, or None for a path of the user's own.

    Raises
    ------
    FileError
        When it is neither a system nor looks like a path.
    """
    known = shipped_systems()
    if name in known:
        with as_file(known[name]) as path:
            yield path
    elif "." in name or "/" in name or Path(name).exists():
        yield None
    else:
        raise FileError(f"there is no system {name}. {did_you_mean(name, known, 'There are')}")
