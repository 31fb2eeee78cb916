"""Several tornadoes of one output side by side, with the inputs that they rank differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcost.analyses._analysis import Analysis
from simcost.analyses._bars import NAN, attributes
from simcost.analyses._names import one_of
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._question import Groups, Question
from simcost.analyses._subject import Subject
from simcost.analyses._why import ALONE
from simcost.analyses.tornado import METHODS, check_method, dataset_of
from simcost.errors import UsageError
from simcost.result import Result

if TYPE_CHECKING:
    import xarray

APART = 3  # places in the ranking from which two methods are said to disagree
SMALL = 0.05  # of the largest effect; an input that no method gives more does not matter


def comparison(
    result: Result,
    output: str = "cost",
    *,
    methods: Sequence[str] = ("conditional", "swing", "regression", "rank"),
    statistic: str = "mean",
    bins: int = 10,
    budget: float | None = None,
    gates_at: str = "pass",
    groups: Groups | None = None,
) -> xarray.Dataset:
    """Return the effects and ranks that several methods give the inputs of an output.

    Parameters
    ----------
    result, output, statistic, bins, budget, gates_at, groups
        As for a tornado; the statistic is that of ``conditional`` and ``gate``.
    methods : sequence of str
        Two or more of a tornado's methods.

    Returns
    -------
    xarray.Dataset
        As described in `simcost.analyses`. Of an input that some method gives 5% of its
        largest effect or more, methods disagree where one calls it significant and another does
        not, or where two that do rank it three places apart.

    Raises
    ------
    UsageError
        As a tornado does, and for fewer than two methods.
    """
    outcomes = Outcomes(result, output)
    question = Question(statistic, bins, budget, gates_at, groups)
    _check(outcomes, methods, question)
    found = {
        name: dataset_of(outcomes, name, question.only(METHODS[name].takes)) for name in methods
    }
    return _dataset(outcomes, found)


def check(subject: Subject, *, methods: Sequence[str], **options: Any) -> None:
    """Refuse options of a comparison that make no sense; nothing needs to have been drawn.

    Raises
    ------
    UsageError
        As `comparison` does.
    """
    _check(subject, methods, Question(**options))


def _check(subject: Subject, methods: Sequence[str], question: Question) -> None:
    names = [one_of("method", method, METHODS) for method in methods]
    if len(set(names)) < 2 or len(set(names)) < len(names):
        raise UsageError("a comparison takes two different methods or more")
    together = {option for name in names for option in METHODS[name].takes}
    question.refuse_beyond(together, f"a comparison of {' and '.join(names)}")
    for name in names:
        check_method(subject, name, question.only(METHODS[name].takes))


def _dataset(outcomes: Outcomes, found: Mapping[str, xarray.Dataset]) -> xarray.Dataset:
    from simcost.analyses._plot import Drawing

    first = next(iter(found.values()))
    inputs = [str(name) for name in first["input"].values]
    for dataset in found.values():
        inputs += [str(n) for n in dataset["input"].values if n not in inputs]
    table = {name: _columns(dataset, inputs) for name, dataset in found.items()}
    columns: dict[str, Any] = {
        key: (("tornado", "input"), np.array([row[k] for row in table.values()]))
        for k, key in enumerate(("effect", "rank", "significant", "effect_lower", "effect_upper"))
    }
    flags, notes = _disagreement(inputs, table)
    columns["disagree"] = ("input", flags)
    columns["unit"] = ("tornado", np.array([d.attrs["unit"] for d in found.values()], dtype=object))
    said = [
        note
        for name, dataset in found.items()
        for note in dataset.attrs["notes"]
        # why an input has no swing: of those that matter, and in one sentence
        if not (name == "swing" and "conditional" in found and ALONE in note)
    ]
    notes = list(dict.fromkeys([*said, *notes]))
    attrs = attributes(
        outcomes,
        analysis="comparison",
        method=", ".join(found),
        statistic=first.attrs["statistic"],
        title=f"What drives {outcomes.output}, by {len(found)} methods",
    )
    coords = {"tornado": np.array([*found], dtype=object), "input": np.array(inputs, dtype=object)}
    return Drawing(columns, coords, attrs | {"notes": notes})


def _columns(dataset: xarray.Dataset, inputs: Sequence[str]) -> tuple[list[Any], ...]:
    """Return effect, rank from 1, significance and interval of each input; NaN without a bar."""
    place = {str(name): k for k, name in enumerate(dataset["input"].values)}

    def column(name: str) -> list[Any]:
        values = dataset[name].values
        return [float(values[place[n]]) if n in place else NAN for n in inputs]

    known = dataset["significant"].values
    return (
        column("effect"),
        [place[n] + 1.0 if n in place else NAN for n in inputs],
        [bool(known[place[n]]) if n in place else False for n in inputs],
        column("effect_lower"),
        column("effect_upper"),
    )


def _disagreement(
    inputs: Sequence[str], table: Mapping[str, Any]
) -> tuple[npt.NDArray[np.bool_], list[str]]:
    """Flag inputs that matter and that methods see differently, with a sentence on them."""
    flags, said = [], []
    largest = {m: np.nanmax(np.abs(row[0])) for m, row in table.items()}
    for k, name in enumerate(inputs):
        ranks = {m: row[1][k] for m, row in table.items() if row[1][k] == row[1][k]}
        seen = {m: place for m, place in ranks.items() if table[m][2][k]}
        matters = any(abs(table[m][0][k]) >= SMALL * largest[m] for m in seen)
        apart = max(seen.values(), default=0.0) - min(seen.values(), default=0.0) >= APART
        flags.append(matters and (len(seen) < len(ranks) or apart))
        if flags[-1]:
            places = [f"{m} {p:.0f}" if m in seen else f"{m} no effect" for m, p in ranks.items()]
            said.append(f"{name} ({', '.join(places)})")
    notes = [f"the methods disagree on {'; '.join(said)}"] if said else []
    return np.array(flags, dtype=bool), notes


ANALYSIS = Analysis(
    "comparison",
    "several tornadoes side by side, disagreement flagged",
    comparison,
    "Saltelli et al. (2008), Global Sensitivity Analysis, chapter 1",
    check,
)
