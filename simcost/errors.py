"""Every error simcost raises, in one tree.

::

    SimcostError                 anything simcost refuses, exit code 1
    ├── UsageError               2   a call or command that makes no sense
    ├── ModelError               3   a model file or model with problems (a list of Problem)
    │   └── ParameterError       3   parameters of one distribution
    │   └── UnitError            3   units that do not fit
    ├── ResourceError            5   a run refused because of its size
    ├── NumericalError           6   a NaN or infinity in an output
    └── FileError                74  a file that cannot be read or written
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

Key = str | int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a model: where, what, and what to write instead.

    Parameters
    ----------
    message : str
        What is wrong, in one sentence without a full stop at the end.
    fix : str
        What to write instead; empty when there is nothing useful to say.
    path : tuple of str or int
        Keys from the root of the model file, ``("inputs", "wage", "pert", "low")``.
    file : str
        Name of the model file; empty for a model built in Python.
    line, column : int
        Position, counted from 1; 0 where unknown.
    length : int
        Number of characters that the caret underlines.
    source : str
        The text of that line.
    offset : int
        Where the problem starts inside the text at `path` (a formula), from 0; -1 for all of it.
    """

    message: str
    fix: str = ""
    path: tuple[Key, ...] = ()
    file: str = ""
    line: int = 0
    column: int = 0
    length: int = 1
    source: str = ""
    offset: int = -1

    def under(self, *prefix: Key) -> Problem:
        """Return the same problem with its path placed below `prefix`."""
        return replace(self, path=(*prefix, *self.path))

    @property
    def where(self) -> str:
        """``file:line:column: inputs.wage.pert.low``, as far as known."""
        place = ":".join(
            [self.file] * bool(self.file) + [str(n) for n in (self.line, self.column) if n]
        )
        dotted = ".".join(
            str(key) if isinstance(key, int) or key.replace("-", "_").isidentifier() else f'"{key}"'
            for key in self.path
        )
        return ": ".join(part for part in (place, dotted) if part)

    def __str__(self) -> str:
        lines = [": ".join(part for part in (self.where, self.message) if part)]
        if self.source:
            lines += [
                f"  {self.source}",
                "  " + " " * (self.column - 1) + "^" * max(1, self.length),
            ]
        if self.fix:
            lines.append(f"  {_sentence(self.fix)}")
        return "\n".join(lines)


def _sentence(text: str) -> str:
    """Return advice as a sentence, however the room that gave it wrote it."""
    # After a colon stands what to type: a full stop would be typed with it.
    ended = text if ":" in text or text.endswith((".", "?", "!")) else f"{text}."
    return ended[0].upper() + ended[1:] if ended[0].isascii() else ended


class SimcostError(Exception):
    """Base of everything simcost raises on purpose."""

    exit_code = 1


class UsageError(SimcostError):
    """A call or command line that makes no sense."""

    exit_code = 2


class ModelError(SimcostError):
    """A model with problems; all of them, in the order of the file.

    Parameters
    ----------
    problems : sequence of Problem
        At least one.
    """

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ModelError], tuple[tuple[Problem, ...]]]:
        # The default would hand the joined text to __init__ in the other process.
        return ModelError, (self.problems,)


class ParameterError(ModelError):
    """Parameters of a distribution that are missing, contradictory or out of range.

    Parameters
    ----------
    message : str
        What is wrong.
    fix : str
        What to write instead.
    path : tuple of str or int
        Keys inside the distribution's table, ``("pert", "low")``.
    """

    def __init__(self, message: str, fix: str = "", path: tuple[Key, ...] = ()) -> None:
        super().__init__([Problem(message, fix, path)])


class UnitError(ModelError):
    """Units that are unknown or do not fit together.

    Parameters
    ----------
    message : str
        What is wrong.
    fix : str
        What to write instead.
    """

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__([Problem(message, fix)])


class ResourceError(SimcostError):
    """A run refused before it starts because of the memory it would take."""

    exit_code = 5


class NumericalError(SimcostError):
    """A NaN or an infinity in an output."""

    exit_code = 6


class FileError(SimcostError):
    """A file that cannot be read or written."""

    exit_code = 74
