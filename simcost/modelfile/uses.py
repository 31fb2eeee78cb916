"""``[use.NAME]``: putting the inputs and formulas of a fragment into a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from simcost.errors import FileError, ModelError, Problem
from simcost.modelfile.fragments import (
    Fragment,
    default_of,
    open_fragment,
    renamed,
    unit_of,
)
from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.shapes import UseShape
from simcost.modelfile.validate import validate
from simcost.modelfile.wording import did_you_mean, is_number, kind, listed

_HINT = 'Write [use.train] and fragment = "training_energy".'
_RESERVED = ("fragment", "prefix")


def expand_uses(
    reading: Reading,
    data: dict[str, Any],
    check: Callable[[Fragment], Sequence[Problem]],
) -> dict[str, Any]:
    """Return the file as if its fragments were written out in it.

    Parameters
    ----------
    reading : Reading
        Takes the problems, and where the file says what was put in.
    data : dict
        The whole file.
    check : callable
        Returns what is wrong in a fragment's own file, located there; such a fragment is left out.

    Returns
    -------
    dict
        The file with more inputs, switches and quantities.
    """
    uses = reading.table(data.get("use", {}), ("use",), _HINT)
    if not uses:
        return data
    changed = dict(data)
    for section in ("inputs", "quantities", "switches"):
        own = data.get(section, {})
        if not isinstance(own, dict):  # reported where the section is read
            return data
        changed[section] = dict(own)
    for name, entry in uses.items():
        fragment = _open(reading, entry, ("use", name))
        problems = check(fragment) if fragment is not None else []
        reading.findings.extend(problems)
        if fragment is not None and not problems:
            _Use(reading, changed, fragment, entry, name).expand()
        else:
            _hide(reading, entry, name)
    return changed


def _open(reading: Reading, entry: Any, path: KeyPath) -> Fragment | None:
    if not isinstance(entry, dict):
        reading.add(path, f"{path[-1]} is {kind(entry)}, not a table", _HINT)
        return None
    own = {key: value for key, value in entry.items() if key in _RESERVED}
    shape = validate(reading, UseShape, own, path)
    if shape is None:
        return None
    try:
        return open_fragment(shape.fragment, reading.folder)
    except FileError as error:
        message, _, fix = str(error).partition("\0")
        reading.add((*path, "fragment"), message, fix)
    except ModelError as error:
        reading.findings.extend(error.problems)
    return None


def _hide(reading: Reading, entry: Any, name: str) -> None:
    """Blame no formula for a name that a fragment would have brought."""
    prefix = entry.get("prefix", name) if isinstance(entry, dict) else name
    if isinstance(prefix, str):
        pattern = rf"\b{re.escape(prefix)}_\w+" if prefix else r"\b[A-Za-z_]\w*"
        reading.broken |= set(re.findall(pattern, reading.document.text))


class _Use:
    """One use of a fragment on its way into the model."""

    def __init__(
        self,
        reading: Reading,
        data: dict[str, Any],
        fragment: Fragment,
        entry: dict[str, Any],
        name: str,
    ) -> None:
        self.reading, self.data, self.fragment, self.entry = reading, data, fragment, entry
        self.path: KeyPath = ("use", name)
        prefix = entry.get("prefix", name)
        self.prefix = f"{prefix}_" if prefix else ""
        self.absent: dict[str, dict[str, str]] = {}  # parameter: the choice that it is needed for

    def expand(self) -> None:
        parameters = self.fragment.parameters
        for key in self.entry:
            if key not in parameters and key not in _RESERVED:
                message = f"{self.entry['fragment']} has no parameter {key}"
                fix = did_you_mean(key, parameters, "Its parameters are")
                self.reading.add((*self.path, key), message, fix, on_key=True)
        needed = []
        for name, about in parameters.items():
            if name in self.entry:
                self._bind(name, about)
            elif default_of(about) or "formula" in about:
                self._default(name, about)
            elif "needed_for" in about:
                self.absent[name] = about["needed_for"]
            else:
                needed.append(f"{name} [{unit_of(about).get('unit', 'plain number')}]")
                self.reading.broken.add(self.prefix + name)
        if needed:
            example = needed[0].split()[0]
            self.reading.add(
                self.path,
                f"{self.entry['fragment']} needs {listed(needed)}",
                f'Write {example} = a number, "a formula" or a distribution below the header.',
                on_key=True,
            )
        self._switches()
        for name, entry in self.fragment.quantities.items():
            self._quantity(name, entry)

    def _bind(self, name: str, about: dict[str, Any]) -> None:
        whole, value = self.prefix + name, self.entry[name]
        real: KeyPath = (*self.path, name)
        unit = unit_of(about)
        if isinstance(value, str):
            self._put("quantities", whole, {"formula": value, **unit}, real)
        elif is_number(value):
            self._put("inputs", whole, {"value": value, **unit}, real)
        elif isinstance(value, dict) and {"formula", "switch"} & set(value):
            self._put("quantities", whole, {**unit, **value}, real)
        elif isinstance(value, dict):
            self._put("inputs", whole, {**unit, **value}, real)
        else:
            message = f"{name} is {kind(value)}, not a number, a formula or a distribution"
            self.reading.add(real, message)
            self.reading.broken.add(whole)

    def _default(self, name: str, about: dict[str, Any]) -> None:
        whole = self.prefix + name
        if "formula" in about:
            text = renamed(about["formula"], self.prefix, self.fragment.names)
            unit = unit_of(about)
            self._put("quantities", whole, {"formula": text, **unit}, self.path, header=True)
        else:
            self._put("inputs", whole, default_of(about), self.path, header=True)

    def _switches(self) -> None:
        for name, entry in (self.fragment.data.get("switches") or {}).items():
            own = self.data["switches"].get(name)
            choices = entry["choices"] if isinstance(entry, dict) else entry
            if own is None:
                self._put("switches", name, entry, self.path, header=True)
                continue
            theirs = own.get("choices") if isinstance(own, dict) else own
            if theirs != choices:
                message = f"the switch {name} of {self.entry['fragment']} has other choices"
                fix = f"Write {', '.join(choices)}, in this order."
                self.reading.add(("switches", name), message, fix)

    def _quantity(self, name: str, entry: Any) -> None:
        whole = self.prefix + name
        own = self.fragment.names
        if isinstance(entry, str):
            entry = {"formula": entry}
        kept: dict[str, Any] = {}
        for key, value in entry.items():
            if key in ("unit", "published", "switch") or not isinstance(value, str):
                kept[key] = value
            elif not self._is_absent(entry, key, value, whole):
                kept[key] = renamed(value, self.prefix, own)
        self._put("quantities", whole, kept, self.path, header=True)

    def _is_absent(self, entry: dict[str, Any], choice: str, text: str, whole: str) -> bool:
        """Whether a case speaks of a parameter that was not given; remembers what to write."""
        marked = renamed(text, "\0", frozenset(self.absent))
        for name, needed_for in self.absent.items():
            if f"\0{name}" in marked and needed_for.get(str(entry.get("switch"))) == choice:
                fix = f"Write {name} = … below [use.{self.path[1]}]."
                self.reading.places.absent["quantities", whole, choice] = fix
                return True
        return False

    def _put(
        self, section: str, name: str, entry: Any, real: KeyPath, *, header: bool = False
    ) -> None:
        if name in self.data[section] and section != "switches":
            message = f"{name} is also a name of the fragment {self.entry['fragment']}"
            fix = f"Bind it below [use.{self.path[1]}], or choose another prefix."
            self.reading.add((section, name), message, fix, on_key=True)
            return
        self.data[section][name] = entry
        self.reading.places.move((section, name), real, header=header)
