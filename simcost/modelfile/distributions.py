"""Distributions written in a model file, and the problems families have with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from simcost.errors import FileError, Key, ModelError, Problem
from simcost.families import Distribution, build, families
from simcost.modelfile.locate import Found
from simcost.modelfile.reading import KeyPath, Reading

_PERCENTILE = re.compile(r"p\d+([._]\d+)?")


def family_keys() -> tuple[str, ...]:
    """Return the keys that begin a distribution: the families, and ``value``."""
    return (*families(), "value")


def read_distribution(
    reading: Reading, table: Mapping[str, Any], path: KeyPath
) -> Distribution | None:
    """Build the distribution that a table describes, or report what is wrong with it.

    Parameters
    ----------
    reading : Reading
        Takes the problems.
    table : mapping
        A family's key and perhaps ``within``.
    path : tuple
        Where the table is.
    """
    try:
        with np.errstate(all="ignore"):
            return build(table, folder=reading.folder)
    except ModelError as error:
        for problem in error.problems:
            reading.findings.found.append(
                Found(problem.under(*path), _is_about_key(problem, table))
            )
    except FileError as error:  # data in a CSV file; part of the model as far as a user can see
        reading.add(_data_path(table, path), str(error))
    except ArithmeticError:  # 1e300 squared; families check ranges, not every combination
        message = "these numbers are too large or too small to compute with"
        reading.add(path, message, "Choose a unit in which they are nearer to 1.")
    return None


def _is_about_key(problem: Problem, table: Any) -> bool:
    """Whether a family complains about a key that it does not know."""
    *_, last = problem.path or (0,)
    family = _innermost_family(problem.path)
    if not isinstance(last, str) or family is None or last == family:
        return False
    known = families()[family].keys
    return last not in known and not _PERCENTILE.fullmatch(last)


def _innermost_family(path: tuple[Key, ...]) -> str | None:
    named = [key for key in path if isinstance(key, str) and key in families()]
    return named[-1] if named else None


def _data_path(table: Mapping[str, Any], path: KeyPath) -> KeyPath:
    return (*path, "empirical", "csv") if "empirical" in table else path


def families_with(keys: Iterable[str]) -> list[str]:
    """Return the families that can be given by exactly these keys: they may have been meant."""
    given = set(keys)
    percentiles = {key for key in given if _PERCENTILE.fullmatch(key)}
    found = [
        name
        for name, family in families().items()
        if any(
            set(way.keys) <= given
            and given <= {*way.keys, *way.optional} | (percentiles if way.percentiles else set())
            and len(percentiles - set(way.keys)) >= way.percentiles
            for way in family.elicitations
        )
    ]
    return sorted(found, key=len)  # uniform before loguniform, normal before lognormal
