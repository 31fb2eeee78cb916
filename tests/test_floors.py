"""Imports point down, rooms of one floor do not know each other, heavy libraries have one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "simcost"

FLOORS = (
    ("errors",),
    ("units", "registry", "elementary"),
    ("families", "designs", "graph", "executors", "result"),
    ("catalogue", "machine", "dependence"),
    ("run",),
    ("model",),
    ("modelfile", "analyses"),
    ("report",),
    ("cli",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS, start=1) for room in rooms}
FACES = {"__init__", "__main__", "testing"}  # the public face and the conformance suite see all

DOORS = {
    "pint": {"units"},
    "numba": {"machine"},
    "llvmlite": {"machine"},
    "xarray": {"result", "analyses"},
    "pydantic": {"modelfile"},
    "tree_sitter": {"modelfile"},
    "tree_sitter_toml": {"modelfile"},
    "tomllib": {"modelfile", "catalogue"},
    "matplotlib": {"report"},
    "click": {"cli"},
    "rich": {"cli", "report"},
}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "simcost":
                yield from (f"simcost.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


FILES = sorted(PACKAGE.rglob("*.py"))


def test_every_room_has_a_floor():
    rooms = {room_of(path) for path in FILES} - FACES
    assert rooms <= set(FLOOR), f"rooms without a floor: {rooms - set(FLOOR)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path):
    room = room_of(path)
    if room in FACES:
        return
    for name in imports(path):
        top, *rest = name.split(".")
        if name == "simcost.__version__":
            continue  # a number, not a room
        if top == "simcost":
            other = rest[0] if rest else "__init__"
            assert other == room or FLOOR.get(other, 99) < FLOOR[room], f"{room} imports {name}"
        elif top in DOORS:
            assert room in DOORS[top], f"{room} imports {name}"
        elif name == "scipy.stats":
            assert room == "families", f"{room} imports {name}"


def test_the_check_can_fail(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text("def f():\n    from simcost import cli\n", encoding="utf-8")
    (name,) = imports(wrong)
    assert FLOOR[name.split(".")[1]] > FLOOR["families"]
