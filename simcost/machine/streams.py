"""Compiled streams: the loops of the designs, with random words made 96 at a time."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from simcost import designs
from simcost.designs._threefry import BUNDLE
from simcost.machine.cache import PLAIN_LOOKUP
from simcost.machine.loops import jit

U = np.uint64
plain = designs.bind(jit)


def _fill() -> Any:
    """Return the loops of all designs, the plain ones where 96 at a time cannot be had."""
    if os.environ.get(PLAIN_LOOKUP):
        return plain.fill
    try:
        from simcost.machine.words import BUNDLES, WORDS, check, uniforms, words, words_of_one

        check()
    except Exception:  # a compiler that knows no such instructions says so in its own ways
        return plain.fill

    @jit
    def fill_bundles(key0: Any, key1: Any, bundle: Any, out: Any) -> None:
        whole = out.size // WORDS
        for j in range(whole):
            words(key0, key1, U(bundle + j * BUNDLES), out, j * WORDS)
        for j in range(whole * BUNDLES, out.size // BUNDLE):
            words_of_one(key0, key1, U(bundle + j), out, j * BUNDLE)

    rest = designs.bind(jit, {"fill_bundles": fill_bundles}).fill_random

    @jit
    def fill_random(key0: Any, key1: Any, first: Any, out: Any) -> None:
        bundle = first // BUNDLE
        whole = out.size // WORDS if bundle * BUNDLE == first else 0
        for j in range(whole):
            uniforms(key0, key1, U(bundle + j * BUNDLES), out, j * WORDS)
        if whole * WORDS < out.size:
            rest(key0, key1, first + whole * WORDS, out[whole * WORDS :])

    return designs.bind(jit, {"fill_bundles": fill_bundles, "fill_random": fill_random}).fill


fill = _fill()
