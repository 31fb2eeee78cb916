"""The compiled loops behind `simcost.machine.weigh`, over a row of weighted outcomes.

Sixteen replicates at a time: outcome k belongs to replicate k mod 16, so that eight chains of
additions for each of them are 128 neighbours in memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.machine import lanes
from simcost.machine.cache import numba_cache
from simcost.machine.loops import jit
from simcost.result.pairwise import CHAINS, LONGEST
from simcost.result.weigher import Term

lanes.check()
SIZE = lanes.LANES
WIDTH = CHAINS * SIZE
BLOCK = LONGEST * SIZE
DEPTH = 64  # halvings of any number
NOTHING, VALUE, SQUARE, EXCESS = map(int, (Term.NOTHING, Term.VALUE, Term.SQUARE, Term.EXCESS))
between_of = lanes.between


@jit
def terms_of(x: Any, w: Any, term: Any, level: Any, out: Any) -> None:
    """Write what is summed of a block; `w` is empty where all weigh the same."""
    if term == VALUE:
        for i in range(x.size):
            out[i] = x[i]
    elif term == SQUARE:
        for i in range(x.size):
            d = x[i] - level
            out[i] = d * d
    elif term == EXCESS:
        for i in range(x.size):
            d = x[i] - level
            out[i] = d if d > 0.0 else 0.0
    else:
        for i in range(x.size):
            out[i] = 1.0 if x[i] <= level else 0.0
    if w.size:
        for i in range(x.size):
            out[i] = out[i] * w[i]


@jit
def add_up(terms: Any, size: Any, chains: Any, out: Any) -> None:
    """Add the terms of a block; see `simcost.result.pairwise`."""
    whole = size // WIDTH * WIDTH
    if whole:
        for k in range(WIDTH):
            chains[k] = terms[k]
        for first in range(WIDTH, whole, WIDTH):
            row = terms[first : first + WIDTH]
            for k in range(WIDTH):
                chains[k] += row[k]
        for r in range(SIZE):
            left = (chains[r] + chains[SIZE + r]) + (chains[2 * SIZE + r] + chains[3 * SIZE + r])
            right = (chains[4 * SIZE + r] + chains[5 * SIZE + r]) + (
                chains[6 * SIZE + r] + chains[7 * SIZE + r]
            )
            out[r] = left + right
    else:
        whole = SIZE
        for r in range(SIZE):
            out[r] = terms[r]
    for first in range(whole, size, SIZE):
        for r in range(SIZE):
            out[r] += terms[first + r]


@jit
def see(
    x: Any, w: Any, term: Any, level: Any, lengths: Any, merges: Any, sums: Any,
    lows: Any, highs: Any, below: Any, found: Any, values: Any, places: Any,
) -> Any:  # fmt: skip
    """Pass over a row block by block; see `simcost.result.weigher`. False if there is no room.

    `sums` is float64[16]. For each of k brackets `below`, int64[k, 16], and `found`, int64[k], are
    zero; `values` and `places` are two-dimensional, a row each.
    """
    stack, terms, chains = np.empty(DEPTH * SIZE), np.empty(BLOCK), np.empty(WIDTH)
    part = np.empty(2 * SIZE, dtype=np.int64)
    top = first = 0
    for b in range(lengths.size):
        size = lengths[b] * SIZE
        piece = x[first : first + size]
        if term != NOTHING:
            terms_of(piece, w[first : first + size], term, level, terms)
            add_up(terms, size, chains, stack[top * SIZE : (top + 1) * SIZE])
            for _ in range(merges[b]):
                before, after = stack[(top - 1) * SIZE : top * SIZE], stack[top * SIZE :]
                for r in range(SIZE):
                    before[r] = before[r] + after[r]
                top -= 1
            top += 1
        for k in range(lows.size):
            count = found[k]
            if count + size > values.shape[1]:
                return False
            mine = places[k, count:]
            more = between_of(piece, size, lows[k], highs[k], part, values[k, count:], mine)
            for i in range(more):
                mine[i] += first
            for r in range(SIZE):
                below[k, r] += part[r]
            found[k] = count + more
        first += size
    for r in range(SIZE):
        sums[r] = stack[r] if term != NOTHING else 0.0
    return True


with numba_cache() as cached:
    if cached:
        see.enable_caching()
