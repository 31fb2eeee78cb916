"""The JSON Schema says what the reader accepts."""

from __future__ import annotations

import datetime
import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from simcost.errors import ModelError
from simcost.families import build, families
from simcost.modelfile import json_schema, parse, template

ROOT = Path(__file__).parent.parent
SCHEMA = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def plain(value):
    """Return TOML values as JSON has them: a date is a text there."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def accepts(text):
    return VALIDATOR.is_valid(plain(tomllib.loads(text)))


def test_it_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA, allow_nan=False)) == SCHEMA


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("examples/**/*.toml")), ids=lambda path: path.name
)
def test_examples_are_accepted(path):
    assert accepts(path.read_text(encoding="utf-8"))


def test_the_template_is_accepted():
    assert accepts(template())


EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{number}")
    for name, family in families().items()
    for number, example in enumerate(family.examples)
]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_every_example_of_every_family_is_accepted(name, example):
    example = plain_example(example)
    assert list(VALIDATOR.iter_errors({"inputs": {"x": {name: example, "unit": "hour"}}})) == []


def plain_example(value):
    if isinstance(value, dict):
        return {key: plain_example(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_example(item) for item in value]
    return value


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_unknown_key_of_a_family_is_refused(name, example):
    wrong = {**plain_example(example), "nonsense": 1}
    assert not VALIDATOR.is_valid({"inputs": {"x": {name: wrong}}})
    with pytest.raises(ModelError):
        build({name: wrong})


RIGHT = [
    "[inputs]\nx = 5",
    "[inputs]\nx = { from = 'labelling/label_rate' }",
    "[inputs]\nx = { from = 'labelling/label_rate', normal = { mean = 1, sd = 2 } }",
    "[inputs]\nx = { normal = { mean = 1, sd = 2 }, within = [0, 5] }",
    "[inputs]\nx = { lognormal = { p5 = 1, 'p97.5' = 2 } }",
    "[inputs]\nx = { value = 5, source = 'a book', money_year = 2020 }",
    "[inputs]\nx = { value = 5, source = { producer = 'ONS', published = 2020-01-01 } }",
    "[inputs]\nx = 1\n[quantities]\ny = { formula = 'x + 1', unit = '' }\nz = 'y'",
    "[[stages]]\nname = 'a'\ncost = 5\nfailure = { uniform = { low = 0, high = 1 } }",
    "[inputs]\nx = 1\n[scenarios.s]\nx = 3",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { percentiles = [0, 10] }",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { percentiles = { p10 = 1, p50 = 2, p75 = 4, p90 = 6 } }",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { uniform = { low = 0, high = 1 } }",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { percentile = 90 }",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { shift = '-10 %' }",
    "[inputs]\nextends = 1\n[scenarios.s]\nextends = { scale = 2 }",
    "[inputs]\nx = 1\n[scenarios.s]\nextends = 't'\n[scenarios.t]\nextends = []",
    "[inputs]\nx = 1\n[scenarios.s]\ncorrelation_stress = 0",
    "[[stages]]\nname = 'a'\n[scenarios.s]\n'a.failure' = 0.5\nstages.a.salvage = { scale = 2 }",
    "[[stages]]\nname = 'a'\n[scenarios.s]\na.failure = { uniform = { low = 0, high = 1 } }",
    "[inputs]\nx = 1\ny = 2\n[[scenarios.s.correlations]]\nbetween = ['x', 'y']\nlatent = 0.5",
]
WRONG = [
    "input = 5",
    "[inputs]\nx = '5'",
    "[inputs]\nx = {}",
    "[inputs]\nx = { unit = 'hour' }",
    "[inputs]\nx = { valu = 5 }",
    "[inputs]\nx = { value = 5, normal = { mean = 1, sd = 2 } }",
    "[inputs]\nx = { from = 'a/b', normal = { mean = 1, sd = 2 }, value = 1 }",
    "[inputs]\nx = { normal = { mean = 1 } }",
    "[inputs]\nx = { normal = { mean = 1, sd = -2 } }",
    "[inputs]\nx = { lognormal = { p5 = 1 } }",
    "[inputs]\nx = { normal = { mean = 1, sd = 2 }, within = [0] }",
    "[inputs]\nx = { value = 5, unit = 3 }",
    "[inputs]\nx = { value = 5, basis = 'guess' }",
    "[inputs]\n'my wage' = 5",
    "[quantities]\nx = [5]",
    "[quantities]\nx = ' '",
    "[quantities]\nx = { formul = 'x' }",
    "[stages]\nname = 'a'",
    "[[stages]]\ncost = 5",
    "[[stages]]\nname = 'a'\ncots = 5",
    "[[stages]]\nname = 'a'\nfailure = true",
    "[inputs]\nx = 1\ny = 2\n[[correlations]]\nbetween = ['x', 'y']",
    "[inputs]\nx = 1\ny = 2\n[[correlations]]\nbetween = ['x']\nspearman = 0.5",
    "[inputs]\nx = 1\ny = 2\n[[correlations]]\nbetween = ['x', 'y']\nspearman = 1.5",
    "[inputs]\nx = 1\ny = 2\n[[correlations]]\nbetween = ['x', 'y']\nspearman = 1\nlatent = 1",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { scale = 0 }",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { shift = 1, scale = 2 }",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { percentiles = [0, 101] }",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { percentiles = { p10 = 1 } }",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { percentiles = 5 }",
    "[inputs]\nx = 1\n[scenarios]\nx = 5",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { percentile = 101 }",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { percentile = [90] }",
    "[inputs]\nx = 1\n[scenarios.s]\nx = { shift = '10' }",
    "[scenarios.s]\ncorrelation_stress = 1.5",
    "[scenarios.s]\nextends = [1]",
    "[[stages]]\nname = 'a'\n[scenarios.s]\nstages.a.failrue = 0.5",
    "[[stages]]\nname = 'a'\n[scenarios.s]\nstages.a.failure = 'x'",
    "[inputs]\nx = 1\ny = 2\n[scenarios.s]\ncorrelations = [{ between = ['x', 'y'], latent = 2 }]",
]


@pytest.mark.parametrize("text", RIGHT)
def test_schema_and_reader_accept(text):
    assert accepts(text)
    assert parse(text)[1] == []


@pytest.mark.parametrize("text", WRONG)
def test_schema_and_reader_refuse(text):
    assert not accepts(text)
    assert parse(text)[1]


def test_editors_find_every_family_with_a_description():
    for name in families():
        assert SCHEMA["$defs"][f"family-{name}"]["description"]
        assert name in SCHEMA["$defs"]["input"]["anyOf"][1]["properties"]
