"""Where a result came from: everything needed to make it again and to judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from simcost.errors import UsageError

_MAPPINGS = ("versions", "tail_index")


@dataclass(frozen=True, kw_only=True)
class Meta:
    """Provenance and settings of a run; immutable.

    Parameters
    ----------
    model : str
        Name of the model.
    seed : int
        Seed of every stream; 0 is a seed.
    draws : int
        Number of outcomes.
    design : str
        ``random``, ``sobol`` or ``lhs``.
    replicates : int
        Independent randomisations: 1 for a random design, 16 for the others. Outcome k belongs
        to replicate ``k % replicates``.
    confidence : float
        Level of every interval, between 0 and 1.
    currency : str
        Money of the model; empty where there is none.
    scenario, view : str
        Which change of the model, and per what: ``attempt``, ``success``, ``portfolio``.
    model_hash, catalogue_hash : str
        Hashes of what was run.
    versions : mapping of str to str
        Versions of simcost and of what it computes with.
    notes : tuple of str
        Sentences the reader must see (judgement inputs, repaired correlations, …).
    tail_index : mapping of str to float
        Upper tail index ξ of each output, known from its inputs. With ξ ≥ 1 the mean does not
        exist; with ξ ≥ 1/2 the variance does not, and an interval of the mean is invalid.
    quantiles : tuple of float
        Percentiles reported unless others are asked for, in per cent.
    sequential : bool
        Whether the number of draws was chosen by a precision rule.
    gates : str
        ``sampled``, or ``exact`` where each outcome counts in every pattern of the gates.
    patterns : tuple of str
        Names of these patterns; empty where gates are sampled.
    """

    model: str
    seed: int
    draws: int
    design: str
    replicates: int
    confidence: float = 0.95
    currency: str = ""
    scenario: str = ""
    view: str = "attempt"
    model_hash: str = ""
    catalogue_hash: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    tail_index: Mapping[str, float] = field(default_factory=dict)
    quantiles: tuple[float, ...] = (10.0, 50.0, 90.0)
    sequential: bool = False
    gates: str = "sampled"
    patterns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in _MAPPINGS:
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        object.__setattr__(self, "notes", tuple(self.notes))
        object.__setattr__(self, "patterns", tuple(self.patterns))
        object.__setattr__(self, "quantiles", tuple(float(p) for p in self.quantiles))
        if not 0.0 < self.confidence < 1.0:
            raise UsageError(f"confidence must lie between 0 and 1, not {self.confidence!r}")
        if self.replicates < 1:
            raise UsageError(f"replicates must be 1 or more, not {self.replicates!r}")

    def __reduce__(self) -> tuple[Any, tuple[dict[str, Any]]]:
        # A mapping proxy does not pickle; the plain dict behind it does.
        state = {f.name: getattr(self, f.name) for f in fields(self)}
        return _rebuild, ({**state, **{name: dict(state[name]) for name in _MAPPINGS}},)


def _rebuild(state: dict[str, Any]) -> Meta:
    return Meta(**state)
