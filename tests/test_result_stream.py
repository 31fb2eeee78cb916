"""Outcomes that are not kept give the figures of those that are, to the bit."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcost.errors import NumericalError, UsageError
from simcost.report import render
from simcost.report.formats.json import to_json
from simcost.result import Meta, Result, radix
from simcost.result import bracket as bracket_module
from simcost.result.ledger import Ledger
from simcost.result.radix import keys_of, value_of
from simcost.result.source import LEAF, at_once, finished, when_due

N = 5 * LEAF + 16 * 1001
RNG = np.random.default_rng(11)
SMOOTH = RNG.lognormal(size=N)
SHAPES = {
    "lognormal": SMOOTH,
    "heavy": RNG.pareto(0.8, N),
    "mostly zero": np.where(RNG.random(N) < 0.7, 0.0, SMOOTH),
    "minus zero": np.where(RNG.random(N) < 0.7, -0.0, 0.0),
    "all equal": np.full(N, 0.1),
    "discrete": RNG.poisson(2.0, N).astype(float),
    "yes or no": (RNG.random(N) < 0.3).astype(float),
    "sorted": np.sort(SMOOTH),
    "falling": -np.sort(SMOOTH),
    "late change": np.concatenate([np.zeros(LEAF), SMOOTH[LEAF:]]),
    "late atom": np.concatenate([SMOOTH[: 2 * LEAF], np.zeros(N - 2 * LEAF)]),
    "huge": SMOOTH * 1e304,
    "tiny": SMOOTH * 1e-305,
    "both": np.where(RNG.random(N) < 0.5, SMOOTH * 1e300, -SMOOTH),
}


class Fleeting:
    """A source that hands out each leaf once more, in any thread, and spoils it afterwards."""

    def __init__(self, values: Mapping[str, np.ndarray], threads: int = 1) -> None:
        self.values, self.threads, self.passes = dict(values), threads, 0

    @property
    def count(self) -> int:
        return len(next(iter(self.values.values())))

    def map(
        self, work: Callable, names: Sequence[str], first: int, last: int, due: Callable = at_once
    ) -> Iterator:
        self.passes += first == 0

        def one(leaf: int):
            span = slice(leaf * LEAF, (leaf + 1) * LEAF)
            lent = {name: self.values[name][span].copy() for name in names}

            def finish():
                try:
                    return work(leaf, lent)
                finally:
                    for array in lent.values():
                        array[:] = np.nan

            return when_due(due(leaf), finish)

        if self.threads == 1:
            yield from map(finished, map(one, range(first, last)))
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                yield from map(finished, pool.map(one, range(first, last)))


def meta_of(count: int, replicates: int = 1, **other) -> Meta:
    design = "random" if replicates == 1 else "sobol"
    return Meta(model="m", seed=0, draws=count, design=design, replicates=replicates, **other)


def both(values: Mapping[str, np.ndarray], replicates: int = 1, threads: int = 1, **other):
    meta = meta_of(len(next(iter(values.values()))), replicates, **other)
    source = Fleeting(values, threads)
    streamed = Result.of_ledger(Ledger(source, replicates), dict.fromkeys(values, ""), meta)
    return Result(values, {}, meta), streamed, source


def answers(result: Result, name: str) -> list[object]:
    levels = [result.exceedance(name, level) for level in (0.0, 0.5, 1.0)]
    budget = result.budget(name)
    return [
        result.estimate(name),
        [result.cvar(name, percent) for percent in (50.0, 90.0)],
        levels,
        budget,
        result.outcome(LEAF + 1),
        result.notes,
        result.digest,
    ]


@pytest.mark.parametrize("replicates", [1, 16])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_answer_is_that_of_the_outcomes_in_memory(shape, replicates):
    kept, streamed, _ = both({"y": SHAPES[shape]}, replicates, threads=2)
    streamed.prepare()
    assert answers(streamed, "y") == answers(kept, "y")


@pytest.mark.parametrize("shape", SHAPES)
def test_percentiles_are_those_of_a_partition(shape):
    values = SHAPES[shape]
    _, streamed, _ = both({"y": values}, quantiles=(0.1, 10.0, 50.0, 90.0, 99.9))
    streamed.prepare()
    for percent in streamed.meta.quantiles:
        rank = int(np.ceil(len(values) * percent / 100)) - 1
        assert streamed.quantile("y", percent).value == np.partition(values, rank)[rank]


def test_one_pass_answers_a_report():
    values = {"cost": SMOOTH, "write_off": SHAPES["mostly zero"], "succeeded": SHAPES["yes or no"]}
    for replicates in (1, 16):
        kept, streamed, source = both(values, replicates)
        streamed.prepare(thresholds={"cost": (2.0,)})
        texts = render(streamed), to_json(streamed)
        figures = streamed.cvar("cost"), streamed.exceedance("cost", 2.0), streamed.success
        ratio = streamed.ratio("cost", "succeeded")
        assert source.passes == 1
        assert texts == (render(kept), to_json(kept))
        assert figures == (kept.cvar("cost"), kept.exceedance("cost", 2.0), kept.success)
        assert ratio == kept.ratio("cost", "succeeded")


def test_what_was_not_foreseen_takes_another_pass():
    kept, streamed, source = both({"y": SMOOTH})
    streamed.prepare()
    assert streamed.quantile("y", 33) == kept.quantile("y", 33)
    assert source.passes == 2
    assert streamed.quantile("y", 33) == kept.quantile("y", 33)
    assert streamed.cvar("y", 33) == kept.cvar("y", 33)
    assert source.passes == 3


@pytest.mark.parametrize("shape", ["sorted", "falling", "late change", "late atom"])
def test_a_bracket_that_missed_is_found_again(shape):
    _, steady, source = both({"y": SMOOTH})
    steady.prepare()
    assert source.passes == 1
    _, moving, source = both({"y": SHAPES[shape]})
    moving.prepare()
    assert source.passes > 1, "otherwise this tests nothing"


def test_few_outcomes_are_ever_kept():
    _, streamed, _ = both({"y": np.random.default_rng(1).random(64 * LEAF)})
    streamed.prepare()
    most = 0
    for one in streamed._ledger.brackets("y"):
        most = max(most, len(one.piece.middle))
    assert most < 10_000


@given(
    st.integers(1, 400),
    st.sampled_from([1, 2, 16]),
    st.sampled_from(["few values", "normal", "ramp"]),
    st.integers(0, 2**32 - 1),
    st.integers(1, 3),
)
@settings(max_examples=60, deadline=None)
def test_any_outcomes_in_any_threads(count, replicates, kind, seed, threads):
    """With leaves of 32 outcomes, brackets that often miss, and rank by rank at the end."""
    count = max(count, replicates)
    rng = np.random.default_rng(seed)
    values = {
        "few values": rng.integers(-2, 3, count).astype(float),
        "normal": rng.normal(size=count),
        "ramp": np.arange(count) + rng.random(count),
    }[kind]
    with pytest.MonkeyPatch.context() as patch:
        for module in ("source", "ledger", "result"):
            patch.setattr(f"simcost.result.{module}.LEAF", 32)
        patch.setattr(f"{__name__}.LEAF", 32)
        patch.setattr("simcost.result.leaf._PILOT", 8)
        patch.setattr(radix, "_KEPT", 4)
        patch.setattr(bracket_module, "_MARGIN", 1.0)
        kept, streamed, _ = both({"y": values}, replicates, threads, quantiles=(5.0, 50.0, 99.0))
        streamed.prepare()
        assert streamed.estimate("y") == kept.estimate("y")
        assert streamed.cvar("y", 50) == kept.cvar("y", 50)
        assert streamed.within("y", 0.5) == kept.within("y", 0.5)
        assert streamed.digest == kept.digest
    rank = max(int(np.ceil(count * 0.05)), 1) - 1
    assert streamed.quantile("y", 5.0).value == np.sort(values)[rank]


def test_cvar_against_its_definition():
    for shape in ("lognormal", "mostly zero", "discrete", "sorted"):
        values = np.sort(SHAPES[shape])
        q = values[int(np.ceil(N * 0.9)) - 1]
        expected = q + np.maximum(values - q, 0.0).sum() / N / 0.1
        for replicates in (1, 16):
            _, streamed, _ = both({"y": SHAPES[shape]}, replicates)
            assert streamed.cvar("y", 90).value == pytest.approx(expected, rel=1e-12)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2))
def test_keys_keep_the_order(numbers):
    values = np.sort(np.array(numbers))
    keys = keys_of(values)
    assert np.all((keys[1:] > keys[:-1]) == (values[1:] > values[:-1]))
    assert [value_of(int(key)) for key in keys] == list(values)


def test_outcomes_that_were_not_kept_are_not_there():
    _, streamed, _ = both({"y": SMOOTH})
    assert not streamed.kept
    for ask in (lambda: streamed.values, lambda: streamed.dataset):
        with pytest.raises(UsageError, match="keep=True"):
            ask()


def test_a_streamed_result_travels():
    _, streamed, _ = both({"y": SMOOTH})
    streamed.prepare()
    again = pickle.loads(pickle.dumps(streamed))
    assert (again.estimate("y"), again.digest) == (streamed.estimate("y"), streamed.digest)


def test_the_first_outcome_that_is_not_finite_is_named():
    values = SMOOTH.copy()
    values[3 * LEAF + 5 :: 7] = np.inf
    _, streamed, _ = both({"y": values}, threads=3)
    with pytest.raises(NumericalError, match=f"outcome {3 * LEAF + 5} of 'y' is inf"):
        streamed.prepare()
