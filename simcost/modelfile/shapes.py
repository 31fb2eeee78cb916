"""The fixed shapes of the model file's tables, checked strictly by pydantic.

Values that can be several things (a formula, a number or a distribution) are `Any` here, with
the JSON Schema editors need; `terms.py` and `inputs.py` check them. Every field says what to
write, which is shown when it is wrong.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

Number = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=-1, le=1)]
PERCENT = r"^\s*[+-]?[0-9]+(\.[0-9]+)?\s*%\s*$"
# pydantic follows references itself, so this one is put in later, by `schema.py`.
Term = Annotated[Any, WithJsonSchema({"x-definition": "term"})]
Spending = Annotated[Any, WithJsonSchema({"x-definition": "profile"})]


class Shape(BaseModel):
    """A table that allows the keys it declares and no others."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ModelShape(Shape):
    """``[model]``: what the whole file is about."""

    name: str = Field(
        default="model",
        description="Name shown in reports; that of the file if left out",
        examples=["Document classifier"],
    )
    currency: str = Field(
        default="",
        description="Currency of the costs",
        examples=["USD"],
    )
    description: str = Field(
        default="",
        description="Free text",
        examples=["What the project is for"],
    )


class InputShape(Shape):
    """What an input says beside its distribution."""

    unit: str = Field(
        default="",
        description="Unit of the values",
        examples=["USD/hour"],
    )
    basis: Literal["published", "derived", "judgement"] | None = Field(
        default=None,
        description="How the numbers are known",
        examples=["judgement"],
    )
    source: str | dict[str, Any] = Field(
        default="",
        description="Where the numbers come from: producer, title, published, locator, url …",
        examples=[{"producer": "InfoQ", "title": "Cost of AI"}],
    )
    note: str = Field(
        default="",
        description="Free text",
        examples=["one person, office hours"],
    )
    money_year: int | None = Field(
        default=None,
        ge=1900,
        le=2100,
        description="Year of the prices",
        examples=[2024],
    )
    origin: str = Field(
        default="",
        alias="from",
        description="Entry of the catalogue; every field beside it overrides the entry's",
        examples=["labelling/label_rate"],
    )


class FormulaShape(Shape):
    """A formula and the unit it is wanted in."""

    formula: str = Field(
        description="The formula",
        examples=["hours * wage"],
    )
    unit: str = Field(
        default="",
        description="Unit to convert the result to",
        examples=["USD"],
    )
    published: Number | list[Number] | None = Field(
        default=None,
        description="What a source prints for it, a figure or [low, high], to compare with",
        examples=[552.1],
    )


class SwitchShape(Shape):
    """``[switches]``: a choice of method, made and not drawn."""

    choices: list[str] = Field(
        min_length=2,
        description="What can be chosen",
        examples=[["location", "market"]],
    )
    default: str = Field(
        default="",
        description="The choice that is made; the first if left out",
        examples=["location"],
    )
    description: str = Field(
        default="",
        description="Free text",
        examples=["How a kWh of electricity is accounted for"],
    )


class UseShape(Shape):
    """``[use.NAME]``: a fragment, whose names get NAME in front."""

    fragment: str = Field(
        min_length=1,
        description="A fragment that comes with simcost, or the path of a file",
        examples=["training_energy"],
    )
    prefix: str | None = Field(
        default=None,
        description="Put before the fragment's names instead of NAME; empty for nothing",
        examples=["train"],
    )


class StageShape(Shape):
    """``[[stages]]``: a part of the project that can fail and so end it."""

    name: str = Field(
        min_length=1,
        description="Unique among the stages",
        examples=["data"],
    )
    cost: Term = Field(
        default=None,
        description="Cost of the stage",
        examples=["hours * wage"],
    )
    duration: Term = Field(
        default=None,
        description="Time it takes",
        examples=["3 month"],
    )
    emissions: Term = Field(
        default=None,
        description="CO2e it emits",
        examples=["120 kgCO2e"],
    )
    failure: Term = Field(
        default=None,
        description="Chance that the stage fails, 0 to 1",
        examples=[0.3],
    )
    spent_at_failure: Term = Field(
        default=None,
        description="Share of the stage that is spent when it fails, 0 to 1",
        examples=[0.5],
    )
    salvage: Term = Field(
        default=None,
        description="Share of the money spent that a failed project gets back",
        examples=[0.1],
    )
    profile: Spending = Field(
        default="uniform",
        description="How the stage spends over its duration, in a model with [time]",
        examples=["beta"],
    )


class TimeShape(Shape):
    """``[time]``: periods that the stages' spending is spread over."""

    unit: str = Field(
        description="Length of a period",
        examples=["month"],
    )
    horizon: int = Field(
        ge=1,
        le=600,
        description="Number of periods; what comes later is added up",
        examples=[24],
    )
    discount_rate: Term = Field(
        default=None,
        description="Share of 1 by which money is discounted a year",
        examples=[0.08],
    )
    compounding: Literal["annual", "continuous"] = Field(
        default="annual",
        description="annual: (1 + rate)^-years; continuous: exp(-rate years)",
        examples=["annual"],
    )
    escalation: Term = Field(
        default=None,
        description="Share of 1 by which prices rise a year",
        examples=[0.03],
    )
    price_year: int | None = Field(
        default=None,
        ge=1900,
        le=2100,
        description="Year of the prices",
        examples=[2026],
    )
    start_year: int | None = Field(
        default=None,
        ge=1900,
        le=2100,
        description="Year in which the project starts; that of the prices if left out",
        examples=[2027],
    )


class CorrelationShape(Shape):
    """``[[correlations]]``: dependence between two inputs."""

    between: list[str] = Field(
        min_length=2,
        max_length=2,
        description="Two inputs",
        examples=[["samples", "months"]],
    )
    spearman: Share | None = Field(
        default=None,
        description="Rank correlation",
        examples=[0.6],
    )
    kendall: Share | None = Field(
        default=None,
        description="Kendall's tau",
        examples=[0.4],
    )
    pearson: Share | None = Field(
        default=None,
        description="Linear correlation",
        examples=[0.6],
    )
    latent: Share | None = Field(
        default=None,
        description="Correlation of the underlying normals",
        examples=[0.6],
    )
    copula: Literal["gaussian", "t"] = Field(
        default="gaussian",
        description="t makes extremes come together",
        examples=["t"],
    )
    df: Number | None = Field(
        default=None,
        gt=0,
        description="Degrees of freedom of the t copula",
        examples=[4],
    )


class ScenarioShape(Shape):
    """What a scenario says besides changes of inputs."""

    extends: str | list[str] | None = Field(
        default=None,
        description="Scenarios whose changes are made too, unless this one changes the same",
        examples=["dear"],
    )
    correlation_stress: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None,
        description="Share of the way of every stated dependence to perfect",
        examples=[0.5],
    )
    correlations: Any = Field(
        default=None,
        description="Correlations stated anew",
        examples=[[{"between": ["samples", "months"], "spearman": 0.9}]],
    )
    stages: dict[str, Any] | None = Field(
        default=None,
        description="Changes of stages, by their names",
        examples=[{"pilot": {"failure": 0.5}}],
    )


class ChangeShape(Shape):
    """What a scenario does to one input."""

    value: Number | None = Field(
        default=None,
        description="Fix the input",
        examples=[5],
    )
    percentile: Annotated[Number, Field(ge=0, le=100)] | None = Field(
        default=None,
        description="Fix the input at this percentile of its distribution",
        examples=[90],
    )
    percentiles: list[Annotated[Number, Field(ge=0, le=100)]] | None = Field(
        default=None,
        min_length=2,
        max_length=2,
        description="Keep only the part between two percentiles",
        examples=[[0, 10]],
    )
    shift: Number | Annotated[str, Field(pattern=PERCENT)] | None = Field(
        default=None,
        description="Add this to every value; a share of it where it is written as text",
        examples=[-2, "10%"],
    )
    scale: Number | None = Field(
        default=None,
        gt=0,
        description="Multiply every value by this",
        examples=[0.8],
    )


MEASURES = ("spearman", "kendall", "pearson", "latent")
CHANGES = ("value", "percentile", "percentiles", "shift", "scale")
