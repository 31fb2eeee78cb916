"""What builds tables with and without compiled loops: shared by the tests that compare them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from simcost import elementary
from simcost.machine import swift


@contextmanager
def plain() -> Iterator[None]:
    """NumPy alone."""
    taken = elementary.withdraw()
    try:
        yield
    finally:
        elementary.provide(**taken)


@contextmanager
def compiled() -> Iterator[None]:
    """The compiled loops."""
    with plain():
        swift.provide()
        try:
            yield
        finally:
            elementary.withdraw()
