"""One entry of the catalogue: a number and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simcost.families import Distribution

BASES = ("published", "derived", "judgement")
REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Entry:
    """A sourced quantity.

    Parameters
    ----------
    key : str
        ``domain/name``: the file without its ending, and the table in it.
    distribution : Distribution
        Its law, in `unit`; a constant where a single number is published.
    unit : str
        Empty for a plain number.
    basis : str
        ``published`` (printed in the source), ``derived`` (computed from what is printed, as the
        note says) or ``judgement`` (somebody's estimate).
    source : mapping of str to str
        ``producer``, ``title``, ``published``, ``locator``, ``via``, ``url``, as far as known.
    note : str
        What the number counts, how it was derived, what not to do with it.
    money_year : int or None
        Year of the prices, where money is involved.
    article_claims : tuple of int
        Numbers of the article's statements that the entry holds, see ``docs/catalogue.md``.
    table : mapping
        The distribution as written, ``{"uniform": {"low": 5, "high": 10}}``.
    """

    key: str
    distribution: Distribution
    unit: str = ""
    basis: str = ""
    source: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    money_year: int | None = None
    article_claims: tuple[int, ...] = ()
    table: Mapping[str, Any] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """``labelling`` of ``labelling/label_rate``."""
        return self.key.partition("/")[0]

    @property
    def name(self) -> str:
        """``label_rate`` of ``labelling/label_rate``."""
        return self.key.partition("/")[2]

    @property
    def is_reference(self) -> bool:
        """Whether it is a published result to compare with, not an input."""
        return self.domain == REFERENCE

    @property
    def value(self) -> float | None:
        """The number of a fixed entry, in `unit`; None where there is a distribution."""
        return float(self.table["value"]) if "value" in self.table else None

    def citation(self) -> str:
        """Return the source on one line; ``no source`` for a bare judgement."""
        known = self.source
        head = ", ".join(known[key] for key in ("producer", "title", "published") if key in known)
        text = "; ".join(part for part in (head, known.get("locator", "")) if part)
        text += f" (via {known['via']})" if "via" in known else ""
        text += f" <{known['url']}>" if "url" in known else ""
        return text or "no source"
