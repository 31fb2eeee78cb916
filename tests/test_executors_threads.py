"""Answers in order, errors at once, few answers held."""

import threading
import time

import pytest

from simcost.executors import ordered_map, processors
from simcost.executors.threads import AHEAD


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_answers_come_in_order(threads):
    def slow_at_first(k):
        time.sleep(0.002 * (k % 3 == 0))
        return k * k

    assert list(ordered_map(slow_at_first, range(40), threads)) == [k * k for k in range(40)]


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_stops_the_rest(threads):
    seen = []

    def fail_at_five(k):
        seen.append(k)
        if k == 5:
            raise ValueError("five")
        return k

    with pytest.raises(ValueError, match="five"):
        list(ordered_map(fail_at_five, range(10_000), threads))
    assert len(seen) < 100


def test_no_more_is_read_than_is_needed():
    read = []

    def items():
        for k in range(100):
            read.append(k)
            yield k

    answers = ordered_map(lambda k: k, items(), 3)
    next(answers)
    assert len(read) <= 3 * AHEAD
    answers.close()
    assert threading.active_count() == 1


def test_there_is_a_processor():
    assert processors() >= 1
