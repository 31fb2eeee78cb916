"""Compiled streams: the loops of the designs, with random words made 64 at a time."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from simcost import designs
from simcost.machine.cache import PLAIN_LOOKUP
from simcost.machine.loops import jit

U = np.uint64
plain = designs.bind(jit)


def _fill() -> Any:
    """Return the loops of all designs, the plain ones where 64 at a time cannot be had."""
    if os.environ.get(PLAIN_LOOKUP):
        return plain.fill
    try:
        from simcost.machine.words import BLOCKS, WORDS, check, words

        check()
    except Exception:  # a compiler that knows no such instructions says so in its own ways
        return plain.fill
    rest = plain.fill_blocks

    @jit
    def fill_blocks(key0: Any, key1: Any, block: Any, out: Any) -> None:
        whole = out.size // WORDS
        for j in range(whole):
            words(key0, key1, U(block + j * BLOCKS), out, j * WORDS)
        rest(key0, key1, block + whole * BLOCKS, out[whole * WORDS :])

    return designs.bind(jit, {"fill_blocks": fill_blocks}).fill


fill = _fill()
