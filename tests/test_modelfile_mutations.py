"""Whatever stands in a file, reading it gives problems with places, never a traceback."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simcost.errors import ModelError
from simcost.modelfile import load, parse, template

TEXT = template()
TOKENS = re.findall(r"\w+|\s+|[^\w\s]", TEXT)
PIECES = [
    *"[]{}=\"'#,.\n\\-+%😀\0\x1b",
    '"""', "'''", "[[", "]]", "nan", "-inf", "1e999", "9" * 400, "0x1", "true", "2020-01-01",
    "{}", "[]", "[[]]", "{ value = 5 }", "wage", "stages", "inputs", "p10", "p0", "within",
    "from", "lambda", "__import__", "9**9**9", "hour", "uniform", "mixture", "empirical",
]  # fmt: skip


def check(text):
    spec, problems = parse(text)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    for problem in problems:
        assert problem.message
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        str(problem)
    places = [(problem.line, problem.column) for problem in problems]
    assert places == sorted(places)
    return spec


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(TOKENS) - 1), st.sampled_from(["", *PIECES, *TOKENS])))
)
@example([(0, "\ufeff")])
def test_changed_tokens(changes):
    tokens = list(TOKENS)
    for position, piece in changes:
        tokens[position] = piece
    check("".join(tokens))


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text(text):
    check(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, *TOKENS]), max_size=30).map("".join))
def test_any_tokens(text):
    check(text)


words = st.sampled_from(
    "low high mode mean sd p p10 p50 p90 p99 alpha beta shape scale df values weights components "
    "count severity csv column within value from unit source basis note money_year name cost "
    "failure salvage between spearman copula percentiles shift formula x wage normal uniform pert "
    "lognormal mixture compound empirical discrete bernoulli binomial poisson jqpd student_t "
    "beta gamma weibull pareto gumbel negative_binomial".split()
)
values = st.recursive(
    st.one_of(
        st.sampled_from(["5", "-1", "0", "1e300", "nan", "inf", "true", "1.3", "9" * 400]),
        st.sampled_from(["'wage'", "'x'", "''", "'5'", "'t'", "'a + b'", "2020-01-01", "'\\'"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.lists(st.tuples(words, inner), max_size=3, unique_by=lambda pair: pair[0]).map(
            lambda pairs: "{ " + ", ".join(f"{key} = {item}" for key, item in pairs) + " }"
        ),
    ),
    max_leaves=6,
)
headers = st.sampled_from(
    "[model] [inputs] [quantities] [[stages]] [outputs] [[correlations]] [scenarios.s] [inputs.x] "
    "[scenarios] [stages] [[inputs]] [inputs.x.mixture]".split()
)
entries = st.lists(st.tuples(words, values), max_size=4, unique_by=lambda pair: pair[0])
files = st.lists(st.tuples(headers, entries), max_size=5, unique_by=lambda pair: pair[0])


@settings(max_examples=300, deadline=None)
@given(files)
def test_right_toml_with_wrong_contents(sections):
    lines = []
    for header, pairs in sections:
        lines += [header, *(f"{key} = {value}" for key, value in pairs)]
    check("\n".join(lines))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["x", "wage"]), values, min_size=1))
def test_right_sections_with_wrong_values(inputs):
    body = "\n".join(f"{name} = {value}" for name, value in inputs.items())
    for header in ("[inputs]", "[quantities]", "[outputs]", "[scenarios.s]", "[[stages]]"):
        check(
            f"[inputs]\nbase = 1\n{header}\n{body}" if header != "[inputs]" else f"{header}\n{body}"
        )


def mutated(seed):
    """Return the template with a few tokens replaced, swapped or removed."""
    chance = random.Random(seed)
    tokens = list(TOKENS)
    for _ in range(chance.randint(1, 4)):
        position = chance.randrange(len(tokens))
        tokens[position] = chance.choice([*PIECES, *TOKENS, ""])
    return "".join(tokens)


@pytest.mark.parametrize("seed", range(60))
def test_mutated_files_load_or_raise_model_errors(seed, tmp_path):
    path = tmp_path / "model.toml"
    path.write_text(mutated(seed), encoding="utf-8")
    problems = ()
    try:
        load(path)
    except ModelError as error:
        problems = error.problems
    assert all(problem.line for problem in problems)
