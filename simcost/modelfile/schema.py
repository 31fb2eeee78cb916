"""The JSON Schema of the model file, for editors that complete and check while one types.

It is made from the same shapes and the same families that the reader uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from simcost.families import Elicitation, Family, Parameter, families
from simcost.graph.profiles import PARAMETERS as PROFILES
from simcost.model.changes import STAGE_KEYS
from simcost.modelfile.shapes import (
    CHANGES,
    MEASURES,
    ChangeShape,
    CorrelationShape,
    FormulaShape,
    InputShape,
    ModelShape,
    ScenarioShape,
    Shape,
    StageShape,
    SwitchShape,
    TimeShape,
    UseShape,
)

Schema = dict[str, Any]

_NAME = "^[A-Za-z_][A-Za-z0-9_]*$"
_PERCENTILE = r"^p[0-9]+([._][0-9]+)?$"
_NUMBER: Schema = {"type": "number"}
_WITHIN: Schema = {
    "description": "Cut the distribution to this range",
    "type": "array",
    "items": _NUMBER,
    "minItems": 2,
    "maxItems": 2,
}


def json_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of the model file.

    Returns
    -------
    dict
        Fit for `json.dumps`. What it accepts may still be refused for reasons that a schema
        cannot say: units, cycles, percentiles in the wrong order.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "simcost model",
        "description": "A project as probability distributions, formulas and stages",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "model": _shape(ModelShape),
            "inputs": _named("Uncertain quantities", "input"),
            "quantities": _named("Named formulas", "formula"),
            "stages": {"type": "array", "items": _shape(StageShape)},
            "time": _shape(TimeShape),
            "outputs": _named("Formulas to report", "formula"),
            "switches": _switches(),
            "use": _uses(),
            "correlations": {"type": "array", "items": _correlation()},
            "scenarios": {
                "description": "Named changes of inputs",
                "type": "object",
                "additionalProperties": _scenario(),
            },
        },
        "$defs": {
            "distribution": _distribution(),
            "term": {
                "description": "A formula, a number, or a distribution",
                "anyOf": [_text(), _NUMBER, {"$ref": "#/$defs/distribution"}],
            },
            "profile": _profile(),
            "formula": {"anyOf": [_text(), _NUMBER, _shape(FormulaShape), _cases()]},
            "input": _input(),
            "change": _change(),
            **{f"family-{name}": _family(family) for name, family in families().items()},
        },
    }


def _switches() -> Schema:
    choices = {"type": "array", "items": {"type": "string"}, "minItems": 2}
    return {
        "description": "Choices of method",
        "type": "object",
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": {"anyOf": [choices, _shape(SwitchShape)]},
    }


def _uses() -> Schema:
    """Say what a use holds: a fragment, and parameters that only the fragment knows."""
    use = _shape(UseShape)
    return {
        "description": "Fragments put into the model",
        "type": "object",
        "additionalProperties": {
            **use,
            "additionalProperties": {
                "anyOf": [{"$ref": "#/$defs/formula"}, {"$ref": "#/$defs/input"}]
            },
        },
    }


def _cases() -> Schema:
    """Say what stands for a formula that depends on a switch."""
    shape = _shape(FormulaShape)["properties"]
    kept = {key: shape[key] for key in ("unit", "published")}
    return {
        "description": "A formula for each choice of a switch",
        "type": "object",
        "properties": {"switch": {"type": "string"}, **kept},
        "required": ["switch"],
        "additionalProperties": {"anyOf": [_text(), _NUMBER]},
    }


def _text() -> Schema:
    return {"type": "string", "pattern": r"\S"}


def _named(description: str, kind: str) -> Schema:
    return {
        "description": description,
        "type": "object",
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": {"$ref": f"#/$defs/{kind}"},
    }


def _shape(shape: type[Shape]) -> Schema:
    """Return pydantic's schema of a shape without what TOML has no use for."""
    plain: Schema = _plain(shape.model_json_schema())
    return {**plain, "description": plain["description"].replace("`", "")}


def _plain(schema: Any) -> Any:
    """Drop titles, defaults and null: a key that is not given is left out of a TOML file."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    kept = {
        key: {name: _plain(item) for name, item in value.items()}
        if key == "properties"
        else value
        if key == "examples"
        else _plain(value)
        for key, value in schema.items()
        if key not in ("title", "default", "anyOf")
    }
    if "x-definition" in kept:
        kept["$ref"] = f"#/$defs/{kept.pop('x-definition')}"
    if len(options) == 1:
        return {**_plain(options[0]), **kept}
    return {**kept, "anyOf": [_plain(option) for option in options]} if options else kept


def _exactly_one(keys: Iterable[str]) -> list[Schema]:
    return [{"required": [key]} for key in keys]


def _laws() -> dict[str, Schema]:
    """Every key that begins a distribution."""
    own = {name: {"$ref": f"#/$defs/family-{name}"} for name in families()}
    return {"value": {"description": "A fixed number", **_NUMBER}, **own}


def _distribution() -> Schema:
    laws = _laws()
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {**laws, "within": _WITHIN},
        "oneOf": _exactly_one(laws),
    }


def _profile() -> Schema:
    """Return a name alone where nothing has to be given, or a table with its numbers."""
    alone = [name for name, keys in PROFILES.items() if None not in keys.values()]
    tables = {
        name: {
            "type": "object",
            "additionalProperties": False,
            "properties": {key: {"type": "number", "exclusiveMinimum": 0} for key in keys},
            "required": [key for key, value in keys.items() if value is None],
        }
        for name, keys in PROFILES.items()
    }
    one = {
        "type": "object",
        "additionalProperties": False,
        "properties": tables,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {"description": "Share spent by a share of the time", "anyOf": [{"enum": alone}, one]}


def _input() -> Schema:
    laws, fields = _laws(), _shape(InputShape)
    from_alone = {"required": ["from"], "not": {"anyOf": _exactly_one(laws)}}
    table = {
        **fields,
        "properties": {**laws, "within": _WITHIN, **fields["properties"]},
        "oneOf": [*_exactly_one(laws), from_alone],
    }
    return {"anyOf": [_NUMBER, table]}


def _scenario() -> Schema:
    """Allow changes of inputs and stages by name, beside the few words of the grammar."""
    shape = _shape(ScenarioShape)
    figures = {key: {"$ref": "#/$defs/change"} for key in STAGE_KEYS}
    stage: Schema = {"type": "object", "properties": figures, "additionalProperties": False}
    pairs: Schema = {"type": "array", "items": _correlation()}
    change: Schema = {"$ref": "#/$defs/change"}
    choice = {"description": "The choice of a switch", **_text()}
    words = {
        **shape["properties"],
        "correlations": {**shape["properties"]["correlations"], **pairs},
        "stages": {**shape["properties"]["stages"], "additionalProperties": stage},
    }
    return {
        "description": "Changes by input, or by stage and figure",
        "type": "object",
        # An input that is called like a word of the grammar means the input.
        "properties": {
            word: {"anyOf": [schema, {"type": "object", **change}]}
            for word, schema in words.items()
        },
        "additionalProperties": {"anyOf": [change, choice, {**stage, "minProperties": 1}]},
    }


def _change() -> Schema:
    laws, fields = _laws(), _shape(ChangeShape)
    properties = {**laws, "within": _WITHIN, **fields["properties"]}
    # A band as a list, a family as a table.
    properties["percentiles"] = {"anyOf": [properties["percentiles"], laws["percentiles"]]}
    table = {
        **fields,
        "properties": properties,
        "oneOf": _exactly_one(dict.fromkeys([*CHANGES, *laws])),
    }
    return {"anyOf": [_NUMBER, table]}


def _correlation() -> Schema:
    return {**_shape(CorrelationShape), "oneOf": _exactly_one(MEASURES)}


def _family(family: Family) -> Schema:
    with_percentiles = any(way.percentiles for way in family.elicitations)
    schema: Schema = {
        "description": family.summary,
        "type": "object",
        "properties": {name: _parameter(word) for name, word in family.keys.items()},
        "additionalProperties": False,
        "anyOf": [_way(way) for way in family.elicitations],
    }
    fixed = {key for way in family.elicitations for key in (*way.keys, *way.optional)}
    for key in sorted(fixed - set(schema["properties"])):
        schema["properties"][key] = _NUMBER
    if with_percentiles:
        schema["patternProperties"] = {_PERCENTILE: _NUMBER}
    return schema


def _way(way: Elicitation) -> Schema:
    allowed: list[Schema] = [{"enum": [*way.keys, *way.optional]}]
    if way.percentiles:
        allowed.append({"pattern": _PERCENTILE})
    return {
        "description": way.doc,
        "required": list(way.keys),
        "propertyNames": {"anyOf": allowed},
        "minProperties": len(way.keys) + way.percentiles,
    }


def _parameter(word: Parameter) -> Schema:
    if word.kind == "text":
        kind: Mapping[str, Any] = {"type": "string"}
    elif word.kind == "distribution":
        kind = {"$ref": "#/$defs/distribution"}
    elif word.kind == "distributions":
        kind = {"type": "array", "items": {"$ref": "#/$defs/distribution"}}
    else:
        kind = {"type": "integer" if word.integer else "number", **_range(word)}
        kind = {"type": "array", "items": kind} if word.kind == "numbers" else kind
    return {"description": word.doc, **kind}


def _range(word: Parameter) -> Schema:
    bounds: Schema = {}
    if isfinite(word.low):
        bounds["exclusiveMinimum" if word.low_open else "minimum"] = word.low
    if isfinite(word.high):
        bounds["exclusiveMaximum" if word.high_open else "maximum"] = word.high
    return bounds
