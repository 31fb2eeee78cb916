"""Why an input matters in one tornado and not in another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from simcost.analyses._outcomes import Outcomes
from simcost.analyses._swing import Base, values_to_try

ALONE = "one at a time (swing)"  # in every such sentence


def unmoved(outcomes: Outcomes, names: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence on inputs that matter in the run and move nothing one at a time.

    One input at a time, the project takes the path of its base. An input that acts only after a
    failure lies on another path; which gate opens it is found by trying.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    names : iterable of str
        Inputs whose conditional effect is significant.
    """
    after, unknown = _unmoved(outcomes, names)
    notes = [*_sentences(after)]
    if unknown:
        notes.append(
            f"{', '.join(unknown)}: {ALONE} it moves nothing, since it acts only where other "
            "inputs are away from their medians, or through inputs correlated with it"
        )
    return tuple(notes)


def behind_gates(outcomes: Outcomes, names: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence on inputs without a swing that would have one after a failure.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    names : iterable of str
        Inputs that move nothing one at a time.
    """
    return tuple(_sentences(_unmoved(outcomes, names)[0]))


def _sentences(after: Mapping[str, Sequence[str]]) -> Iterator[str]:
    path = "and the base takes the path on which all gates pass"
    if len(after) == 1:
        ((gates, names),) = after.items()
        who = ", ".join(names)
        yield f"{who}: {ALONE} it moves nothing, since it acts only after {gates} {path}"
    elif after:
        found = "; ".join(f"{', '.join(names)} after {gates}" for gates, names in after.items())
        yield f"{ALONE} inputs move nothing that act only after a failure, {path}: {found}"


def _unmoved(
    outcomes: Outcomes, names: Iterable[str]
) -> tuple[Mapping[str, Sequence[str]], Sequence[str]]:
    """Return inputs that move nothing at the base: by the failures they act after, and others."""
    base = Base(outcomes, "pass")
    switches = [driver.name for driver in base.switches]
    after: dict[str, list[str]] = {}
    unknown: list[str] = []
    drivers = {driver.name: driver for driver in outcomes.drivers}
    for name in names:
        if name not in drivers or name in switches:
            continue
        values = values_to_try(drivers[name])
        if np.ptp(base.at({name: values})) > 0:
            continue
        opened = [
            gate
            for gate in switches
            if np.ptp(base.at({name: values, gate: np.ones(len(values))})) > 0
        ]
        if opened:
            after.setdefault(" or ".join(map(_failure, opened)), []).append(name)
        else:
            unknown.append(name)
    return after, unknown


def _failure(gate: str) -> str:
    stage = gate.removesuffix(".gate")
    return f"a failure of {stage}" if stage != gate else f"{gate} = 1"
