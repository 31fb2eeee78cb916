"""Random words made 96 at a time, by bundles or one by one: the same bits."""

import numpy as np
import pytest

from simcost.designs import DESIGNS
from simcost.machine.block import BLOCK


@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
def test_many_at_a_time_plain_loop_and_arrays_give_the_same_bits(design):
    from simcost.machine import streams

    tables = DESIGNS[design].tables(3, "x", 5)
    fields = tables.kind, tables.directions, tables.seeds, tables.key0, tables.key1
    fields = (fields[0], *(np.asarray(each, dtype=np.uint64) for each in fields[1:3]),
              *(np.uint64(each) for each in fields[3:]))  # fmt: skip
    for first in (0, 1, 62, 24, 96, 2**33 + 7):
        if design != "random" and first > 1000:
            continue
        for size in (0, 1, 2, 23, 24, 25, 63, 95, 96, 97, 121, 193, BLOCK):
            expected = DESIGNS[design].points(3, "x", 5, first, first + size)
            for fill in (streams.fill, streams.plain.fill):
                out = np.full(size + 1, 9.0)
                fill(*fields, first, out[:size])
                assert np.array_equal(out[:size], expected)
                assert out[size] == 9.0  # not written beyond


def test_many_at_a_time_are_used_where_they_can_be_had(monkeypatch):
    from simcost.machine import streams, words

    assert streams.fill is not streams.plain.fill
    monkeypatch.setenv("SIMCOST_PLAIN_LOOKUP", "1")
    assert streams._fill() is streams.plain.fill
    monkeypatch.delenv("SIMCOST_PLAIN_LOOKUP")

    def broken():
        raise RuntimeError("no such instruction")

    monkeypatch.setattr(words, "check", broken)
    assert streams._fill() is streams.plain.fill
