"""What a tornado is asked for, and which method has a use for what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simcost.analyses._statistic import Statistic, statistic_of
from simcost.analyses._subject import Subject
from simcost.errors import UsageError

Groups = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Question:
    """What a tornado was asked for.

    Parameters
    ----------
    statistic : str
        ``mean``, ``P90``, ``CVaR90``, ``overrun``.
    bins : int
        Equal bins that the run is cut into along each input.
    budget : float or None
        Of ``overrun``.
    gates_at : str
        Where gates stand in a swing: ``pass``, ``fail`` or ``expected``.
    groups : mapping of str to sequence of str
        Inputs shown as one bar.
    """

    statistic: str = "mean"
    bins: int = 10
    budget: float | None = None
    gates_at: str = "pass"
    groups: Groups | None = None

    def of(self, subject: Subject) -> Statistic:
        """Return the statistic, after checking that the output has it."""
        statistic = statistic_of(self.statistic, subject.output, self.budget, subject.confidence)
        if statistic.moments:
            subject.require_variance(f"a tornado of its {statistic.name}")
        return statistic

    def refuse_beyond(self, takes: Collection[str], who: str) -> None:
        """Refuse what is asked for and would be ignored.

        Parameters
        ----------
        takes : collection of str
            Of ``statistic``, ``bins``, ``gates_at``, ``groups``: what is made use of.
        who : str
            By whom, ``a swing``.

        Raises
        ------
        UsageError
            With the method that has a use for it.
        """
        asked = {
            "statistic": (
                self.statistic != "mean" or self.budget is not None,
                f"{who} has no statistic; ask for {self.statistic} with the method conditional "
                "or gate",
            ),
            "bins": (
                self.bins != USUAL.bins,
                f"{who} has no bins (--bins); the method conditional has",
            ),
            "gates_at": (
                self.gates_at != USUAL.gates_at,
                f"{who} holds no gates (--gates-at); the method swing does",
            ),
            "groups": (bool(self.groups), f"{who} has no groups; leave them out (--group)"),
        }
        for option, (given, message) in asked.items():
            if given and option not in takes:
                raise UsageError(message)

    def only(self, takes: Collection[str]) -> Question:
        """Return the question with what is not taken as usual."""
        usual: dict[str, dict[str, Any]] = {
            "statistic": {"statistic": USUAL.statistic, "budget": None},
            "bins": {"bins": USUAL.bins},
            "gates_at": {"gates_at": USUAL.gates_at},
            "groups": {"groups": None},
        }
        found = self
        for option, own in usual.items():
            found = found if option in takes else replace(found, **own)
        return found


USUAL = Question()
