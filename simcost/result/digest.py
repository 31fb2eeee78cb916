"""A fingerprint of outcomes, whoever computed them and in whatever pieces."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

_SIZE = 16


def leaf_hash(values: npt.NDArray[np.float64]) -> bytes:
    """Return the hash of one leaf of 65,536 outcomes.

    SHA-256, because processors have instructions for it: five times as fast as BLAKE2b here.
    Numbers count by their bits: -0.0 is not 0.0, and a NaN equals itself.
    """
    plain = np.ascontiguousarray(values, dtype="<f8")
    return hashlib.sha256(plain.view(np.uint8).data).digest()


def digest(hashes: Mapping[str, Sequence[bytes]], count: int) -> str:
    """Return the fingerprint of named outcomes, 32 hexadecimal digits.

    BLAKE2b of the hashes of the leaves, output by output in the order of their names.

    Parameters
    ----------
    hashes : mapping of str to sequence of bytes
        By output, those of its leaves.
    count : int
        Number of outcomes.
    """
    root = hashlib.blake2b(digest_size=_SIZE, person=b"simcost root")
    for name in sorted(hashes):
        text = name.encode()
        root.update(len(text).to_bytes(8, "little") + text + count.to_bytes(8, "little"))
        root.update(b"".join(hashes[name]))
    return root.hexdigest()
