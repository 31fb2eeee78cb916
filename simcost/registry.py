"""Folders that register themselves: one file, one record, the same name.

A hand-kept list forgets its newest entry; a folder cannot.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any


def collect(package: str, attribute: str) -> Mapping[str, Any]:
    """Import every public module of a package and return its records by name.

    Parameters
    ----------
    package : str
        Dotted name of the package, ``"simcost.families"``.
    attribute : str
        Name of the record in each module, ``"FAMILY"``. Modules whose name starts with an
        underscore are helpers and are skipped.

    Returns
    -------
    mapping of str to record
        Sorted by name, read-only.

    Raises
    ------
    TypeError
        When a module has no record, or one whose name is not the module's.
    """
    found: dict[str, Any] = {}
    for module_info in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if module_info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package}.{module_info.name}")
        record = getattr(module, attribute, None)
        if record is None:
            raise TypeError(f"{module.__name__} has no {attribute}")
        if record.name != module_info.name:
            raise TypeError(f"{module.__name__} registers {record.name!r}, not its own name")
        found[record.name] = record
    return MappingProxyType(dict(sorted(found.items())))
