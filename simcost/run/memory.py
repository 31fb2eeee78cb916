"""How much memory a run takes, said before it is taken."""

from __future__ import annotations

import os
from pathlib import Path

from simcost.errors import ResourceError
from simcost.executors import processors

BYTES = 8
WORKING_COPIES = 2  # one output is copied to be partially sorted, and one for its moments
FIXED = 64 * 2**20  # tables, block buffers
EAGER = 2**24  # outcomes of all outputs together: new memory costs as much time as drawing them
AMPLE = 2**27  # a gigabyte; up to here they are drawn anew if they are wanted after all
LONGEST = 10**11
NANOSECONDS = 120  # an outcome takes of one processor, measuring it included
SHARE = 0.7  # of the memory that is free now


def estimate_memory(draws: int, outputs: int) -> int:
    """Return the peak number of bytes that a run of `draws` outcomes holds.

    Parameters
    ----------
    draws : int
        Number of outcomes.
    outputs : int
        Number of outputs kept for each of them.

    Returns
    -------
    int
        Bytes.
    """
    return draws * (outputs + WORKING_COPIES) * BYTES + FIXED


def available_memory() -> int:
    """Return the bytes that this process can still take, within its control group's limit."""
    found = []
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        found += [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")]
    except OSError:
        if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
            found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
        used = Path("/sys/fs/cgroup/memory.current").read_text(encoding="ascii").strip()
        if limit.isdigit():
            found.append(max(0, int(limit) - int(used)))
    except OSError:
        pass
    return min(found, default=4 * 2**30)


def allowed_memory(limit: int | None) -> int:
    """Return the bytes that a run may take: the limit, or 70% of what is available now."""
    return int(available_memory() * SHARE) if limit is None else limit


def check_memory(draws: int, outputs: int, limit: int | None = None, *, hint: str = "") -> None:
    """Refuse a run that would not fit.

    Parameters
    ----------
    draws, outputs : int
        Size of the run.
    limit : int or None
        Bytes allowed; None for 70% of what is available now.
    hint : str
        What else could be done, a sentence.

    Raises
    ------
    ResourceError
        With the figure needed, the figure available and the largest number of draws that fits.
    """
    allowed = allowed_memory(limit)
    needed = estimate_memory(draws, outputs)
    if needed > allowed:
        fits = max(0, (allowed - FIXED) // ((outputs + WORKING_COPIES) * BYTES))
        raise ResourceError(
            f"{draws:,} draws of {outputs} outputs take {readable(needed)} of memory; "
            f"{readable(allowed)} may be used here. "
            f"At most {_round_down(fits):,} draws fit." + f" {hint}" * bool(hint)
        )


def keeps(
    draws: int, outputs: int, keep: bool | None, limit: int | None = None, most: int | None = None
) -> bool:
    """Return whether a run keeps every outcome: as asked, or where there is ample room.

    Parameters
    ----------
    draws, outputs : int
        Size of the run.
    keep : bool or None
        What was asked for, if anything.
    limit : int or None
        Bytes allowed; None for 70% of what is available now.
    most : int or None
        Figures up to which they are kept if nothing was asked for; None for 16.8 million.
    """
    if keep is not None:
        return keep
    fits = estimate_memory(draws, outputs) <= allowed_memory(limit)
    return draws * outputs <= (EAGER if most is None else most) and fits


def keeps_later(draws: int, outputs: int, keep: bool | None) -> bool:
    """Return whether outcomes that were not kept are drawn anew when they are asked for."""
    return keep is None and draws * outputs <= AMPLE


def check_size(draws: int, outputs: int) -> None:
    """Refuse a run that would not end in reasonable time.

    Parameters
    ----------
    draws, outputs : int
        Size of a run that keeps no outcomes.

    Raises
    ------
    ResourceError
        With the time and the memory that it would take, and what to write instead.
    """
    if draws > LONGEST:
        raise ResourceError(
            f"{draws:,} draws of {outputs} outputs would take {readable_time(draws)} here, and to "
            f"keep them would take {readable(estimate_memory(draws, outputs))} of memory. "
            f"At most {LONGEST:,} draws are run; 1e9 give four digits of a percentile."
        )


def readable_time(outcomes: int) -> str:
    """Return how long so many outcomes take here, as people say it."""
    hours = outcomes * NANOSECONDS / processors() / 3.6e12
    return f"about {hours:,.0f} hours" if hours < 48 else f"about {hours / 24:,.0f} days"


def readable(size: float) -> str:
    """Return a number of bytes as people write it, ``"1.5 GB"``."""
    for unit in ("B", "kB", "MB", "GB", "TB", "PB"):
        if size < 1000 or unit == "PB":
            break
        size /= 1000
    return f"{size:.3g} {unit}" if size < 1000 else f"{size:,.0f} {unit}"


def _round_down(number: int) -> int:
    """Two significant digits, so that the advice can be typed."""
    if number < 100:
        return number
    scale = 10 ** (len(str(number)) - 2)
    return int(number // scale * scale)
