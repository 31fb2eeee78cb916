"""Declaring a model in Python: what goes with what, and named changes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simcost.errors import ModelError, Problem
from simcost.families import Distribution
from simcost.model import given
from simcost.model.changes import stage_target
from simcost.model.declare_stages import StagedDeclaration
from simcost.model.scenario import resolve
from simcost.model.spec import Scenario


class FullDeclaration(StagedDeclaration):
    """A model being written down; `simcost.model.Model` adds what can be asked of it."""

    def correlate(
        self,
        first: str,
        second: str,
        *,
        spearman: float | None = None,
        kendall: float | None = None,
        pearson: float | None = None,
        latent: float | None = None,
        copula: str = "gaussian",
        df: float | None = None,
    ) -> None:
        """Tie two inputs together by exactly one measure of correlation.

        Parameters
        ----------
        first, second : str
            Names of two inputs.
        spearman, kendall, pearson, latent : float
            One of them, in [-1, 1]; `latent` is that of the underlying normals.
        copula : str
            ``"gaussian"``, or ``"t"`` for joint extremes.
        df : float
            Degrees of freedom of the t copula.

        Raises
        ------
        ModelError
            For unknown inputs, or anything but one measure in [-1, 1].
        """
        measures = {"spearman": spearman, "kendall": kendall, "pearson": pearson, "latent": latent}
        stated = {name: value for name, value in measures.items() if value is not None}
        path = ("correlations", len(self._spec.correlations))
        table = {"between": [first, second], **stated, "copula": copula, "df": df}
        pair = given.correlation(table, path, self._spec.inputs)
        if {first, second} in (set(one.between) for one in self._spec.correlations):
            what = f"the correlation of {first!r} and {second!r} is given twice"
            raise ModelError([Problem(what, "Keep one.", path)])
        self._change(correlations=(*self._spec.correlations, pair))

    def scenario(
        self,
        name: str,
        *,
        extends: str | Sequence[str] = (),
        correlations: Sequence[Mapping[str, Any]] = (),
        correlation_stress: float | None = None,
        **changes: Mapping[str, Any] | Distribution | float,
    ) -> None:
        """Declare a named change of the model.

        Parameters
        ----------
        name : str
            A new scenario name.
        extends : str or sequence of str
            Scenarios whose changes are made too, unless this one changes the same.
        correlations : sequence of mapping
            Stated anew: ``{"between": ["a", "b"], "spearman": 0.9}``.
        correlation_stress : float or None
            Share of the way of every stated dependence to perfect, 0 to 1.
        **changes : mapping, Distribution or float
            For each input, as in a model file: ``{"percentile": 90}``,
            ``{"percentiles": [0, 10]}``, ``{"shift": -2}``, ``{"shift": "10%"}``,
            ``{"scale": 0.8}``, ``{"value": 5}`` or 5, or a whole distribution. For a figure of a
            stage: ``**{"pilot.failure": 0.5}``.

        Raises
        ------
        ModelError
            For an unknown input, stage, scenario or change.
        """
        path = ("scenarios", name)
        if not isinstance(name, str) or not name.strip():
            raise ModelError([Problem(f"{name!r} is no name", "Give text.", ("scenarios",))])
        if name in self._spec.scenarios:
            what = f"there is a scenario {name!r} already"
            raise ModelError([Problem(what, "Choose another name.", path)])
        stages = {stage.name: stage for stage in self._spec.stages}
        for key in changes:
            if key not in self._spec.inputs:
                try:
                    stage_target(key, stages)
                except ModelError as error:
                    raise ModelError([one.under(*path, key) for one in error.problems]) from None
        made = Scenario(
            changes={key: given.change(one, (*path, key)) for key, one in changes.items()},
            extends=(extends,) if isinstance(extends, str) else tuple(extends),
            correlations=tuple(
                given.correlation(one, (*path, "correlations", i), self._spec.inputs)
                for i, one in enumerate(correlations)
            ),
            correlation_stress=given.share(correlation_stress, (*path, "correlation_stress")),
        )
        resolve({**self._spec.scenarios, name: made}, name)
        self._change(scenarios={**self._spec.scenarios, name: made})
