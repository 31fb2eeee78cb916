"""What drives a figure: analyses of a Result. One analysis is one file, found by the folder.

An analysis takes a `Result` that knows the plan it was drawn from, and returns a labelled
`xarray.Dataset` of bars. All of them are also methods of a Result: ``result.tornado("cost")``.

The Dataset of bars
-------------------
Attributes of all: ``analysis``, ``method``, ``statistic``, ``output``, ``unit``, ``model``,
``draws``, ``seed``, ``design``, ``scenario``, ``confidence``, ``title`` (a sentence) and ``notes``
(a list of sentences that a reader must see). An end of an interval that does not exist is NaN.

``analysis = "tornado"`` (methods ``conditional``, ``swing``, ``regression``, ``rank``, ``gate``):
dimension ``input``, largest effect first; ``low`` and ``high``, the statistic at the low-u and the
high-u end of the input; ``low_lower``, ``low_upper``, ``high_lower``, ``high_upper``, their
intervals; ``effect`` = ``high`` - ``low`` with ``effect_lower``, ``effect_upper``; ``significant``
(after Holm); ``p_value``; ``low_label``, ``high_label``, what the input is at each end, as text,
and ``input_unit``; scalars ``base``, the statistic of all outcomes, and ``noise_floor``, the
largest effect of 16 inputs that have none (0 where there is no noise). For ``regression`` and
``rank``, ``low`` is 0 and ``high`` the coefficient, a plain number; ``rank`` adds ``ctv_rank``,
``regression`` adds ``mapped`` (output units for a standard deviation of the input), each with
``_lower`` and ``_upper``, and the attributes ``r2``, ``r2_lower``, ``r2_upper``.

``analysis = "spider"``: dimensions ``input`` and ``percentile``; ``statistic``,
``statistic_lower``, ``statistic_upper``; scalar ``base``.

``analysis = "comparison"``: dimensions ``tornado`` (methods) and ``input``; ``effect`` with
``effect_lower`` and ``effect_upper``, ``rank``, ``significant``; ``disagree`` over ``input``, and
``unit``, that of the effects, over ``tornado``.

``analysis = "sensitivity"``: dimension ``input``, largest Shapley effect first; ``first``,
``total``, ``shapley``, ``delta``, each with ``_lower`` and ``_upper``; ``significant`` (of the
first order, after Holm); scalars ``noise_floor_delta``, and ``variance`` and ``interaction`` with
``_lower`` and ``_upper`` (``interaction`` is NaN where inputs are correlated, of which it says
nothing).

``analysis = "contingency"``: dimension ``item``; ``contribution`` with ``_lower``, ``_upper``;
``rest``, what an item and all smaller ones contribute together, likewise (NaN of the interactions);
scalars ``base`` and ``target``, each with ``_lower`` and ``_upper``. The contributions add up to
``target`` - ``base``.

Other Datasets
--------------
`reverse`, `discover` and `rare` ask backwards: what would have to be true, where it breaks, and how
likely ruin is. Their attributes are those above without ``statistic``; their variables are
described where they are made.

``analysis = "timeline"``: dimensions ``period``, numbered from 1, and ``quantile`` (``P10``);
``amount`` in each period and ``cumulative`` up to its end, each with ``_lower`` and ``_upper``, and
``amount_mean``, ``cumulative_mean`` over ``period``; scalars ``later_mean`` (what falls after the
horizon), ``total_mean`` and ``over``, the chance that a project goes on then. With
``outcomes=True`` also ``outcome``, what each outcome spends in each period, over ``draw`` and
``period``, and ``outcome_later`` over ``draw``. Attributes ``period_unit`` and ``horizon``.

``analysis = "joint"``: dimension ``target`` (outputs): ``limit`` (NaN where no amount was stated),
``holds``, the chance to stay within it, ``budget``, the amount at the common percentile ``level``
where all hold with the chance ``joint_confidence`` (an attribute), ``alone``, that at its own, and
``target_unit``; dimensions ``pair`` and ``point``: ``frontier_x``, a target of the output
``first`` (the last its largest outcome, so no target at all), and ``frontier_y``, what it asks of
``second`` (NaN beyond the last point); dimension
``funding``: ``amount`` of a line, ``upto`` of all lines so far, and ``funding_level``; scalars
``joint``, the chance that all stated targets hold, ``succeeds``, in a project that succeeds,
``independent``, what single chances multiply to, and ``alone_joint``. Estimates have ``_lower``
and ``_upper``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from simcost.analyses._analysis import Analysis
from simcost.registry import collect

if TYPE_CHECKING:
    from simcost.run.plan import Plan

    ANALYSES: Mapping[str, Analysis]


@cache
def _analyses() -> Mapping[str, Analysis]:
    return collect(__name__, "ANALYSIS")


def refuse_early(
    analysis: str, plan: Plan, output: str, draws: int, design: str, **options: Any
) -> None:
    """Refuse a question of a run that has no answer, before the run.

    Parameters
    ----------
    analysis : str
        Name of the analysis.
    plan : Plan
        What would be drawn.
    output, draws, design
        As the run and the question have them.
    **options
        Those of the analysis.

    Raises
    ------
    UsageError
        As the analysis does, except for what only the outcomes can tell.
    """
    from simcost.analyses._subject import Subject
    from simcost.run.engine import Settings, rounded

    check = _analyses()[analysis].check
    subject = Subject(plan, output, rounded(Settings(draws=draws, design=design)).draws)
    subject.require_drivers()
    if check is not None:
        check(subject, **options)


def __getattr__(name: str) -> Mapping[str, Analysis]:
    # Collected on first use: the analyses import this package's helpers.
    if name == "ANALYSES":
        return _analyses()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["ANALYSES", "Analysis", "refuse_early"]
