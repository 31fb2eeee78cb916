"""Fragments: parts of models in files of their own, with parameters that a model binds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from simcost.catalogue import load_catalogue, shipped_folder
from simcost.errors import FileError, ModelError
from simcost.graph.tokens import attach_units, cut, names
from simcost.modelfile.document import Document, clean, read_document
from simcost.modelfile.places import Places
from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.syntax import parse_toml
from simcost.modelfile.wording import did_you_mean, kind

FOLDER = "fragments"
OWN = ("fragment", "parameters", "switches", "quantities")
_NEEDED = 'For example: needed_for = { accounting = "market" }'
_META = ("description", "needed_for", "formula")


@dataclass(frozen=True)
class Fragment:
    """A fragment's file.

    Parameters
    ----------
    document : Document
        Its text.
    data : dict
        Its tables.
    shipped : bool
        Whether it came with simcost, and so has been checked.
    """

    document: Document
    data: dict[str, Any] = field(default_factory=dict)
    shipped: bool = False

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """What a model may bind, by name."""
        return _tables(self.data.get("parameters"))

    @property
    def quantities(self) -> dict[str, Any]:
        """Its formulas by name."""
        section = self.data.get("quantities")
        return section if isinstance(section, dict) else {}

    @property
    def names(self) -> frozenset[str]:
        """Every name that gets the prefix of the model."""
        return frozenset({*self.parameters, *self.quantities})


def shipped_fragments() -> dict[str, Traversable]:
    """Return the files of the fragments that came with simcost, by name."""
    folder = shipped_folder() / FOLDER
    files = sorted(folder.iterdir(), key=lambda one: one.name) if folder.is_dir() else []
    return {one.name.removesuffix(".toml"): one for one in files if one.name.endswith(".toml")}


def open_fragment(name: str, folder: Path | None) -> Fragment:
    """Read a fragment: one that came with simcost by its name, another by its path.

    Parameters
    ----------
    name : str
        ``training_energy`` or ``parts/cooling.toml``.
    folder : Path or None
        Where a path starts from.

    Raises
    ------
    FileError
        When there is no such file.
    ModelError
        When the file is not TOML.
    """
    if "/" in name or name.endswith(".toml"):
        return _parsed(read_document((folder or Path()) / name), shipped=False)
    known = shipped_fragments()
    if name not in known:
        raise FileError(f"there is no fragment {name}\0{did_you_mean(name, known, 'There are')}")
    text = clean(known[name].read_text(encoding="utf-8"))
    return _parsed(Document(text, f"{FOLDER}/{name}.toml"), shipped=True)


def _parsed(document: Document, *, shipped: bool) -> Fragment:
    toml = parse_toml(document)
    if toml.data is None or toml.problems:
        raise ModelError(toml.problems)
    return Fragment(toml.document, toml.data, shipped)


def as_model(fragment: Fragment) -> tuple[dict[str, Any], Places]:
    """Return a fragment as a model of its own, whose parameters are inputs.

    Parameters
    ----------
    fragment : Fragment
        The fragment.

    Returns
    -------
    dict
        The tables of a model file.
    Places
        Where the fragment's file says what they say.
    """
    places, inputs = Places(), {}
    quantities = dict(fragment.quantities)
    for name, about in fragment.parameters.items():
        places.move(("inputs", name), ("parameters", name))
        if "formula" in about:
            kept = {key: about[key] for key in ("formula", "unit") if key in about}
            quantities[name] = kept
            places.move(("quantities", name), ("parameters", name))
        else:
            inputs[name] = default_of(about) or {"value": 1, **unit_of(about)}
    switches = fragment.data.get("switches", {})
    return {"inputs": inputs, "switches": switches, "quantities": quantities}, places


def default_of(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a parameter is where it is not bound, as an input; empty if it must be."""
    kept = {key: value for key, value in about.items() if key not in _META}
    return kept if set(kept) - {"unit"} else {}


def check_shape(reading: Reading, fragment: Fragment) -> bool:
    """Report what cannot stand in a fragment; say whether the rest can be read as a model.

    Parameters
    ----------
    reading : Reading
        Of the fragment's file; takes the problems.
    fragment : Fragment
        The fragment.
    """
    unknown = [key for key in fragment.data if key not in OWN]
    for key in unknown:
        fix = did_you_mean(key, OWN, "A fragment has")
        reading.add((key,), f"a fragment has no {key}", fix, on_key=True)
    for key, section in fragment.data.items():
        if key in OWN:
            reading.table(section, (key,), f"Write [{key}].")
    section = fragment.data.get("parameters")
    for name, about in section.items() if isinstance(section, dict) else ():
        path: KeyPath = ("parameters", name)
        if not reading.table(about, path, 'For example: { unit = "hour" }'):
            continue
        formula = about.get("formula", "")
        if not isinstance(formula, str):
            reading.add((*path, "formula"), f"formula is {kind(formula)}, not text")
        needed = reading.table(about.get("needed_for", {}), (*path, "needed_for"), _NEEDED)
        if not all(isinstance(choice, str) for choice in needed.values()):
            reading.add((*path, "needed_for"), "needed_for names a choice", _NEEDED)
    return reading.count == len(unknown)


def renamed(text: str, prefix: str, own: frozenset[str]) -> str:
    """Return a formula of a fragment with its own names as the model has them.

    Parameters
    ----------
    text : str
        The formula.
    prefix : str
        Put before its own names.
    own : frozenset of str
        The names of the fragment; units and functions stay.
    """
    tokens, _ = attach_units(cut(text)[0])
    done, position = [], 0
    for token in names(tokens):
        if token.text in own:
            done += [text[position : token.start], prefix + token.text]
            position = token.end
    return "".join([*done, text[position:]])


def _tables(section: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(section, dict):
        return {}
    return {name: about for name, about in section.items() if isinstance(about, dict)}


def unit_of(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the unit that a parameter says, or that the entry has which it defaults to."""
    unit = about.get("unit")
    if not unit and isinstance(about.get("from"), str):
        try:
            unit = load_catalogue().get(about["from"]).unit
        except ModelError:  # told where the entry is read
            unit = ""
    return {"unit": unit} if unit else {}
