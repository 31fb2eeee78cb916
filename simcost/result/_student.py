"""Critical values of the normal and of Student's t."""

from __future__ import annotations

from scipy import special


def normal(confidence: float) -> float:
    """Return z with P(-z < Z < z) = `confidence`; 1.96 for 0.95."""
    return float(special.ndtri(0.5 + confidence / 2))


def student(confidence: float, df: int) -> float:
    """Return t with P(-t < T < t) = `confidence`; 2.131 for 0.95 and 15 degrees of freedom."""
    return float(special.stdtrit(df, 0.5 + confidence / 2))
