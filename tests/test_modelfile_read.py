"""What a right file is read as."""

from __future__ import annotations

import pytest

from simcost.catalogue import load_catalogue
from simcost.errors import ModelError
from simcost.families import build
from simcost.model import Change, CorrelationSpec, FormulaSpec, StageSpec
from simcost.modelfile import load, parse, read, template

FULL = """
[model]
name = "Document classifier"
currency = "USD"
description = "an example"

[inputs]
samples = { lognormal = { p10 = 2e4, p50 = 1.2e5 }, unit = "sample" }
wage = { pert = { low = 8, mode = 12, high = 20 }, unit = "USD/hour", basis = "judgement" }
count = 5
cut = { normal = { mean = 1, sd = 2 }, within = [0, inf], note = "one-sided", source = "a book" }

[inputs.label_rate]
uniform = { low = 5, high = 10 }
unit = "sample/hour"
basis = "published"
money_year = 2019
source = { producer = "InfoQ", published = 2019-11-22 }

[quantities]
hours = "samples / label_rate"
days = { formula = "hours / 8", unit = "hour" }

[[stages]]
name = "data"
cost = "hours * wage"
failure = 0.3
spent_at_failure = { uniform = { low = 0, high = 1 } }

[[stages]]
name = "training"
cost = 5

[outputs]
labelling = { formula = "hours * wage", unit = "USD" }
days = "days"

[[correlations]]
between = ["samples", "wage"]
spearman = 0.6

[[correlations]]
between = ["samples", "cut"]
latent = -1
copula = "t"
df = 4

[scenarios.slow]
label_rate = { percentiles = [0, 10] }
wage = { scale = 0.8 }
cut = { shift = -2 }
count = { value = 4 }
samples = { uniform = { low = 0, high = 1 }, within = [0, 0.5] }

[scenarios."plain number"]
count = 7
"""


@pytest.fixture(scope="module")
def spec():
    spec, problems = parse(FULL)
    assert problems == []
    return spec


def test_model(spec):
    assert (spec.name, spec.currency, spec.broken) == ("Document classifier", "USD", frozenset())


def test_inputs_keep_their_order(spec):
    assert list(spec.inputs) == ["samples", "wage", "count", "cut", "label_rate"]


def test_inputs(spec):
    rate = spec.inputs["label_rate"]
    assert rate.distribution.key == build({"uniform": {"low": 5, "high": 10}}).key
    assert (rate.unit, rate.basis, rate.money_year) == ("sample/hour", "published", 2019)
    assert rate.source["producer"] == "InfoQ"
    assert spec.inputs["count"].distribution.key == build({"value": 5}).key
    assert spec.inputs["cut"].distribution.support()[0] == 0
    assert spec.inputs["cut"].source == {"title": "a book"}
    assert spec.inputs["samples"].basis == ""


def test_formulas(spec):
    assert spec.quantities == {
        "hours": FormulaSpec("samples / label_rate"),
        "days": FormulaSpec("hours / 8", "hour"),
    }
    assert spec.outputs["labelling"] == FormulaSpec("hours * wage", "USD")


def test_stages(spec):
    first, second = spec.stages
    assert (first.name, first.cost, first.failure) == ("data", "hours * wage", 0.3)
    assert first.spent_at_failure.key == build({"uniform": {"low": 0, "high": 1}}).key
    assert second == StageSpec("training", cost=5.0)


def test_correlations(spec):
    assert spec.correlations == (
        CorrelationSpec(("samples", "wage"), "spearman", 0.6),
        CorrelationSpec(("samples", "cut"), "latent", -1.0, "t", 4.0),
    )


def test_scenarios(spec):
    slow = spec.scenarios["slow"].changes
    assert slow["label_rate"] == Change(percentiles=(0.0, 10.0))
    assert slow["wage"] == Change(scale=0.8)
    assert slow["cut"] == Change(shift=-2.0)
    assert slow["count"] == Change(value=4.0)
    assert slow["samples"].distribution.support() == (0, 0.5)
    assert spec.scenarios["plain number"].changes == {"count": Change(value=7.0)}


def test_reading_is_the_same_from_a_file_with_other_line_ends(tmp_path, spec):
    path = tmp_path / "model.toml"
    path.write_bytes(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    assert read(path) == spec


class TestCatalogue:
    KEY = "labelling/label_rate"

    def entry(self):
        return load_catalogue().get(self.KEY)

    def read(self, text):
        spec, problems = parse(f"[inputs]\nx = {text}")
        assert problems == []
        return spec.inputs["x"]

    def test_as_it_is(self):
        read, entry = self.read(f'{{ from = "{self.KEY}" }}'), self.entry()
        assert read.distribution.key == entry.distribution.key
        assert (read.unit, read.basis, read.source) == (entry.unit, entry.basis, entry.source)
        assert (read.note, read.origin) == (entry.note, self.KEY)

    def test_any_field_can_be_overridden(self):
        read = self.read(f'{{ from = "{self.KEY}", unit = "sample/day", note = "mine" }}')
        assert (read.unit, read.note, read.basis) == ("sample/day", "mine", self.entry().basis)

    def test_a_family_replaces_the_distribution(self):
        read = self.read(f'{{ from = "{self.KEY}", uniform = {{ low = 1, high = 2 }} }}')
        assert read.distribution.support() == (1, 2)
        assert read.unit == self.entry().unit

    def test_a_window_cuts_it(self):
        low, high = self.entry().distribution.support()
        middle = (low + high) / 2
        read = self.read(f'{{ from = "{self.KEY}", within = [{middle}, {high}] }}')
        assert read.distribution.support() == (middle, high)

    def test_a_window_beside_a_family_cuts_the_family(self):
        read = self.read(
            f'{{ from = "{self.KEY}", uniform = {{ low = 1, high = 3 }}, within = [1, 2] }}'
        )
        assert read.distribution.support() == (1, 2)

    def test_a_bad_window_is_reported(self):
        _, problems = parse(f'[inputs]\nx = {{ from = "{self.KEY}", within = [1] }}')
        assert [problem.path for problem in problems] == [("inputs", "x", "within")]


def test_an_input_may_have_the_name_of_a_unit():
    spec, problems = parse("[inputs]\nhour = 5\nUSD = 3")
    assert problems == []
    assert list(spec.inputs) == ["hour", "USD"]


def test_an_output_may_report_a_quantity_under_its_own_name():
    _, problems = parse("[quantities]\nx = '1 + 1'\n[outputs]\nx = ' x '")
    assert problems == []


def test_names_of_stages_outputs_are_free_without_stages():
    _, problems = parse("[quantities]\ncost = '1 + 1'")
    assert problems == []


def test_what_uses_a_broken_input_is_not_blamed(tmp_path):
    path = tmp_path / "model.toml"
    path.write_text(
        "[inputs]\nx = { normal = { mean = 1 } }\ny = nan\nz = oops\n"
        "[quantities]\nq = 'x + y + z'\nr = 'q + 1'\n"
        "[[stages]]\nname = 'a'\ncost = 'q'\nfailure = []\n"
        "[outputs]\no = 'cost + r'\n"
        "[[correlations]]\nbetween = ['x', 'z']\nspearman = 0.5\n"
        "[scenarios.s]\nz = { scale = 2 }\n"
    )
    with pytest.raises(ModelError) as caught:
        load(path)
    assert [problem.line for problem in caught.value.problems] == [2, 3, 4, 11]


def test_problems_of_correlations_are_placed_after_broken_ones(tmp_path):
    path = tmp_path / "model.toml"
    names = "abc"
    path.write_text(
        "[inputs]\n"
        + "".join(f"{name} = {{ normal = {{ mean = 0, sd = 1 }} }}\n" for name in names)
        + "[[correlations]]\nbetween = ['a', 'zz']\nspearman = 0.5\n"
        + "".join(
            f"[[correlations]]\nbetween = ['{x}', '{y}']\nspearman = {value}\n"
            for x, y, value in (("a", "b", 0.99), ("b", "c", 0.99), ("a", "c", -0.99))
        )
    )
    with pytest.raises(ModelError) as caught:
        load(path)
    first, *others = caught.value.problems
    assert first.line == 6
    assert others
    assert all(problem.line > 7 for problem in others)


def test_a_stage_with_a_mistake_does_not_move_the_problems_of_others(tmp_path):
    path = tmp_path / "model.toml"
    path.write_text("[[stages]]\nnam = 'a'\n[[stages]]\nname = 'b'\ncost = 'nothing'\n")
    with pytest.raises(ModelError) as caught:
        load(path)
    assert [problem.line for problem in caught.value.problems] == [1, 2, 5]


def test_the_template_runs(tmp_path):
    path = tmp_path / "model.toml"
    path.write_text(template(), encoding="utf-8")
    result = load(path).run(draws=256, seed=1)
    for name in ("cost", "emissions", "duration", "write_off", "labelling_cost"):
        assert name in result.values


def test_the_template_uses_every_section():
    spec, _ = parse(template())
    assert all(
        (spec.inputs, spec.quantities, spec.stages, spec.outputs, spec.correlations, spec.scenarios)
    )
