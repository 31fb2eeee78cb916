"""Which design a run takes and what becomes of its gates, where that was left open."""

from __future__ import annotations

BEST = "best"  # sobol with exact gates


def choose(design: str | None, gates: str | None, precision: float | None) -> tuple[str, str]:
    """Return the design and the treatment of gates.

    Outcomes are random unless something else is asked for: then an input keeps its draws whatever
    is added to the model. Who asks for a precision asks for figures, not for outcomes, and gets
    them with the fewest draws. The measurements behind this are in ``docs/accuracy.md``.

    Parameters
    ----------
    design : str or None
        ``random``, ``sobol``, ``lhs``, or ``best``: Sobol points with exact gates. None is
        ``best`` where a precision is asked for, else ``random``.
    gates : str or None
        ``sampled`` or ``exact``; None is ``exact`` for the best design, else ``sampled``.
    precision : float or None
        The precision asked for, if any.
    """
    if design is None:
        design = "random" if precision is None else BEST
    if design == BEST:
        return "sobol", gates or "exact"
    return design, gates or "sampled"
