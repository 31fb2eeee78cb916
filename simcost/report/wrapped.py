"""Sentences in the text of an answer."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any


def heading(attributes: Mapping[str, Any]) -> str:
    """Return the first line: what was asked, of which model, with which draws."""
    facts = [f"{attributes['draws']:,} draws", f"seed {attributes['seed']}"]
    facts += [f"scenario {attributes['scenario']}"] * bool(attributes["scenario"])
    title = str(attributes["title"])
    return f"{attributes['model']}: {title[:1].lower()}{title[1:]}; {', '.join(facts)}"


def note(label: str, text: str, width: int = 100) -> list[str]:
    """Return a labelled sentence, wrapped, its further lines indented."""
    return textwrap.wrap(f"{label}: {text}", max(width, 40), subsequent_indent="  ")
