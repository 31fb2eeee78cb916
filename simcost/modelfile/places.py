"""Where in the file stands what was put together while reading: switched formulas, fragments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from simcost.errors import Key, Problem

Path = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start` to `end` of a formula that was put together stand at `path`."""

    start: int
    end: int
    path: Path


@dataclass
class Places:
    """Says where a problem is, that was found at a path which the file does not have.

    Parameters
    ----------
    pieces : dict
        Of formulas put together, by their path.
    moved : dict
        Paths that were made up, and where the file says it.
    headers : set
        Those of `moved` that stand for something in another file: point at the header.
    absent : dict
        Cases of a switch that are left out, and what to write for them.
    """

    pieces: dict[Path, list[Piece]] = field(default_factory=dict)
    moved: dict[Path, Path] = field(default_factory=dict)
    headers: set[Path] = field(default_factory=set)
    absent: dict[Path, str] = field(default_factory=dict)

    def move(self, made_up: Path, real: Path, *, header: bool = False) -> None:
        """Remember that what is at `made_up` comes from `real`."""
        self.moved[made_up] = real
        if header:
            self.headers.add(made_up)

    def real(self, problem: Problem) -> Problem:
        """Return the problem at the place where the file says what it is about."""
        path, offset = problem.path, problem.offset
        for piece in self.pieces.get(path, ()) if offset >= 0 else ():
            if piece.start <= offset <= piece.end:
                path, offset = piece.path, offset - piece.start
                break
        for size in range(len(path), 0, -1):
            start = path[:size]
            if start in self.moved:
                if start in self.headers:
                    return replace(problem, path=self.moved[start], offset=-1)
                path = (*self.moved[start], *path[size:])
                break
        return replace(problem, path=path, offset=offset)
