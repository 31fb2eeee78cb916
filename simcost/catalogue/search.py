"""Finding entries by the words in them."""

from __future__ import annotations

from collections.abc import Iterable

from simcost.catalogue.entry import Entry


def matching(entries: Iterable[Entry], words: str) -> tuple[Entry, ...]:
    """Return the entries in which every word occurs, best first.

    Parameters
    ----------
    entries : iterable of Entry
        Where to look.
    words : str
        Separated by spaces; capitals do not matter. Empty for all entries.

    Returns
    -------
    tuple of Entry
        Those with a word in their key before those that have it in unit, source or note;
        otherwise in the order given.
    """
    wanted = words.lower().split()
    found = [entry for entry in entries if all(word in _text(entry) for word in wanted)]
    return tuple(sorted(found, key=lambda entry: -sum(word in entry.key for word in wanted)))


def _text(entry: Entry) -> str:
    parts = (entry.key, entry.unit, entry.basis, *entry.table, entry.note)
    return " ".join([*parts, entry.citation()]).lower()
