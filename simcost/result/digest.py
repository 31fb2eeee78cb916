"""A fingerprint of outcomes, whoever computed them and in whatever pieces."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

LEAF = 1 << 16
_SIZE = 16


def digest(values: Mapping[str, npt.NDArray[np.float64]]) -> str:
    """Return the fingerprint of named outcomes, 32 hexadecimal digits.

    BLAKE2b of the hashes of fixed leaves of 65,536 outcomes, output by output in the order of
    their names. Numbers count by their bits: -0.0 is not 0.0, and a NaN equals itself.
    """
    leaves = [
        (name, values[name][first : first + LEAF])
        for name in sorted(values)
        for first in range(0, len(values[name]), LEAF)
    ]
    if len(leaves) < 8:  # a pool costs more than it saves
        hashes = [_leaf(leaf) for _, leaf in leaves]
    else:
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            hashes = list(pool.map(lambda item: _leaf(item[1]), leaves))
    root = hashlib.blake2b(digest_size=_SIZE, person=b"simcost root")
    previous = None
    for (name, _), part in zip(leaves, hashes, strict=True):
        if name != previous:
            root.update(_header(name, len(values[name])))
            previous = name
        root.update(part)
    return root.hexdigest()


def _leaf(values: npt.NDArray[np.float64]) -> bytes:
    plain = np.ascontiguousarray(values, dtype="<f8")
    return hashlib.blake2b(
        plain.view(np.uint8).data, digest_size=32, person=b"simcost leaf"
    ).digest()


def _header(name: str, count: int) -> bytes:
    text = name.encode()
    return len(text).to_bytes(8, "little") + text + count.to_bytes(8, "little")
