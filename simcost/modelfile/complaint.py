"""A message about a stretch of a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """A message about characters `start` to `end` of the text."""

    message: str
    fix: str
    start: int
    end: int
