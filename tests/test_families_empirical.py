from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcost.errors import ModelError, ParameterError
from simcost.families import FAMILIES, build
from simcost.testing import check_family


def empirical(values):
    return build({"empirical": {"values": values}})


def from_csv(folder, column="cost", name="data.csv"):
    return build({"empirical": {"csv": name, "column": column}}, folder=folder)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_step_quantile_is_the_inverted_cdf_of_numpy(values):
    law = empirical(values)
    n = len(values)
    u = (np.arange(n) + 0.5) / n
    np.testing.assert_array_equal(law.quantile(u), np.sort(np.array(values) + 0.0))
    expected = np.quantile(values, [0.013, 0.51, 0.987], method="inverted_cdf")
    np.testing.assert_array_equal(law.quantile(np.array([0.013, 0.51, 0.987])), expected)
    assert law.mean() == pytest.approx(np.mean(values), abs=1e-6)
    assert law.sd() == pytest.approx(np.std(values), abs=1e-5)


def test_atoms_count_repeated_values():
    values, chances = empirical([3, 1, 4, 1]).atoms()
    np.testing.assert_array_equal(values, [1, 3, 4])
    np.testing.assert_allclose(chances, [0.5, 0.25, 0.25], rtol=1e-15)
    assert empirical([3, 1, 4, 1]).discrete
    # A control that must fail: the average of the data is not in them.
    assert 2.25 not in empirical([3, 1, 4, 1]).quantile(np.linspace(0.01, 0.99, 99))


def test_key_is_the_multiset():
    assert empirical([1, 2, 2]).key == empirical([2.0, 1, 2]).key
    assert empirical([1, 2, 2]).key != empirical([1, 1, 2]).key
    many = list(range(100))
    assert empirical(many).key == empirical(many[::-1]).key != empirical([*many, 5]).key


def test_column_of_a_file_beside_the_model(tmp_path):
    (tmp_path / "data.csv").write_text("\ufeffname, cost \na,1.5\n\nb,2e3\n", encoding="utf-8")
    law = from_csv(tmp_path)
    np.testing.assert_array_equal(law.quantile(np.array([0.2, 0.8])), [1.5, 2000])


@pytest.mark.parametrize(
    ("text", "column", "key", "words"),
    [
        ("name,cost\na,1\n", "costs", "column", "no column costs"),
        ("name,cost\na,1\nb,two\n", "cost", "csv", 'line 3, column cost: "two" is not a number'),
        ("name,cost\na,1\nb,\n", "cost", "csv", "line 3, column cost: the cell is empty"),
        ("name,cost\na,1\nb\n", "cost", "csv", "line 3, column cost: the cell is empty"),
        ("name,cost\na,nan\n", "cost", "csv", "line 2, column cost: nan is not a finite"),
        ("name,cost\na,1_0\n", "cost", "csv", "line 2"),
        ("name,cost\n", "cost", "column", "is empty"),
        ("", "cost", "csv", "data.csv is empty"),
        ("cost,cost\n1,2\n", "cost", "column", "several columns"),
        ("name;cost\na;1\n", "cost", "csv", "not separated by commas"),
    ],
)
def test_refused_files(tmp_path, text, column, key, words):
    (tmp_path / "data.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        from_csv(tmp_path, column)
    (problem,) = caught.value.problems
    assert problem.path == ("empirical", key)
    assert words in problem.message
    assert problem.fix


def test_missing_column_suggests_the_close_one(tmp_path):
    (tmp_path / "data.csv").write_text("name,cost\na,1\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="Did you mean cost"):
        from_csv(tmp_path, "costs")


def test_unreadable_files(tmp_path):
    with pytest.raises(ParameterError, match="cannot read"):
        from_csv(tmp_path, name="missing.csv")
    (tmp_path / "data.csv").write_bytes(b"cost\n\xff\xfe\n")
    with pytest.raises(ParameterError, match="not UTF-8"):
        from_csv(tmp_path)


@pytest.mark.parametrize(
    "table",
    [
        {"values": []},
        {"values": [1, float("nan")]},
        {"values": [True]},
        {"values": 3},
        {"values": [1], "csv": "a.csv"},
        {"csv": "a.csv"},
        {"csv": 3, "column": "x"},
        {"valeus": [1]},
        {},
    ],
)
def test_refused_tables(table):
    with pytest.raises(ModelError):
        build({"empirical": table})


def test_a_million_rows(tmp_path):
    rng = np.random.default_rng(1)
    data = rng.normal(size=1_000_000)
    lines = "\n".join(map(repr, data.tolist()))
    (tmp_path / "data.csv").write_text(f"cost\n{lines}\n", encoding="utf-8")
    start = time.perf_counter()
    law = from_csv(tmp_path)
    assert time.perf_counter() - start < 60  # guards against a hang, not a speed
    assert law.quantile(np.array([0.5]))[0] == np.quantile(data, 0.5, method="inverted_cdf")


def test_family_conforms(tmp_path):
    (tmp_path / "hours.csv").write_text("hours\n12\n7.5\n9\n", encoding="utf-8")
    assert check_family(FAMILIES["empirical"], folder=tmp_path) is None
