"""A fingerprint of outcomes, whoever computed them and in whatever pieces."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

_SIZE = 16


def digest(hashes: Mapping[str, Sequence[bytes]], count: int) -> str:
    """Return the fingerprint of named outcomes, 32 hexadecimal digits.

    BLAKE2b of the hashes of the leaves, output by output in the order of their names.

    Parameters
    ----------
    hashes : mapping of str to sequence of bytes
        By output, those of its leaves of 65,536 outcomes; see `Tools.fingerprint`.
    count : int
        Number of outcomes.
    """
    root = hashlib.blake2b(digest_size=_SIZE, person=b"simcost root")
    for name in sorted(hashes):
        text = name.encode()
        root.update(len(text).to_bytes(8, "little") + text + count.to_bytes(8, "little"))
        root.update(b"".join(hashes[name]))
    return root.hexdigest()
