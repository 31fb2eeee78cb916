"""Time to build the table of one input, family by family.

Run with ``pytest benchmarks/test_tables.py``; `extra_info` holds the largest error in u.
"""

import pytest

from simcost.families import FAMILIES, build
from simcost.machine.tables import tabulate

LAWS = {
    name: law
    for name, family in FAMILIES.items()
    if name != "empirical"
    for law in [build({name: family.examples[0]})]
    if not law.discrete
}
OTHERS = {
    "beta of large shapes": {"beta": {"alpha": 2e4, "beta": 1e5}},
    "gamma of a large shape": {"gamma": {"shape": 2e5, "scale": 1.0}},
    "pert in a window": {"pert": {"low": 8.0, "mode": 11.0, "high": 20.0}, "within": [9.0, 15.0]},
}


@pytest.mark.parametrize("name", [*LAWS, *OTHERS])
def test_one_table(benchmark, name):
    law = LAWS[name] if name in LAWS else build(OTHERS[name])
    table = benchmark(tabulate, law)
    benchmark.extra_info["error_in_u"] = table.error


def test_eight_perts(benchmark):
    """What a small model waits for before its first outcome."""
    laws = [build({"pert": {"low": 8.0, "mode": 9.0 + k, "high": 25.0}}) for k in range(8)]
    benchmark(lambda: [tabulate(law) for law in laws])
