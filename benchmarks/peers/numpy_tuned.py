"""The NumPy twin after an afternoon with a profiler."""

from __future__ import annotations

from benchmarks import twin

NAME = "NumPy twin, tuned"
PACKAGES = ("numpy", "scipy")
LIMITS = "units"


def run(draws: int, seed: int) -> dict[str, dict[str, float]]:
    """Simulate and summarise."""
    return twin.run(draws, seed, tuned=True)
