"""The NumPy twin as a contender."""

from __future__ import annotations

from benchmarks import twin

NAME = "NumPy twin"
PACKAGES = ("numpy", "scipy")
LIMITS = "units"


def run(draws: int, seed: int) -> dict[str, dict[str, float]]:
    """Simulate and summarise."""
    return twin.run(draws, seed)
