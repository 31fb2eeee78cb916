"""What measuring a leaf costs, compiled and in NumPy: pytest benchmarks/test_measure.py."""

from __future__ import annotations

import numpy as np
import pytest

from simcost.machine import tools_of
from simcost.result.tools import NUMPY, Wanted

LEAF = 65_536
RNG = np.random.default_rng(0)
X, Y = RNG.lognormal(size=LEAF), RNG.normal(size=LEAF)
AT = np.quantile(X, [0.1, 0.5, 0.9, 0.95, 0.9995])
BRACKETS = Wanted(
    0.995 * AT, np.append(1.005 * AT[:-1], np.inf), np.array([0, 1, 1, 1, 0], dtype=np.int64)
)
ASK = {
    "powers and range": lambda tools: tools.look(X, 1.0, 1),
    "exact sum": lambda tools: tools.total(X, (1.5 * 2.0**22, 1.5 * 2.0**-14), 1),
    "five brackets": lambda tools: tools.spans(X, BRACKETS, 1),
    "sixteen replicates": lambda tools: tools.spans(X, BRACKETS, 16),
    "products": lambda tools: tools.products(X, Y, (1.0, 0.0), 1),
    "fingerprint": lambda tools: tools.fingerprint(X),
}


@pytest.mark.parametrize("what", ASK)
@pytest.mark.parametrize("tools", [tools_of("machine"), NUMPY], ids=["compiled", "numpy"])
def test_measure(benchmark, tools, what):
    benchmark.extra_info["outcomes"] = LEAF
    benchmark(ASK[what], tools)
