"""One contender in a process of its own: requests in by line, timings out by line.

Each contender keeps its process through all rounds, so that what it compiled stays compiled, and
none shares thread pools, caches or a memory allocator with another.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from importlib import import_module
from importlib.metadata import version
from typing import TextIO

STARTED = time.perf_counter()


def main() -> None:
    """Answer requests ``{"draws": n, "seed": s}`` until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # some libraries write remarks to standard output
    module = import_module(f"benchmarks.peers.{sys.argv[1]}")
    about = {
        "name": module.NAME,
        "limits": module.LIMITS,
        "versions": {package: version(package) for package in module.PACKAGES},
        "import_seconds": time.perf_counter() - STARTED,
    }
    _send(answers, about)
    for line in sys.stdin:
        request = json.loads(line)
        gc.collect()
        before = time.perf_counter()
        summary = module.run(request["draws"], request["seed"])
        seconds = time.perf_counter() - before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        _send(answers, {"seconds": seconds, "peak_mb": peak, "summary": summary})


def _send(stream: TextIO, message: object) -> None:
    stream.write(json.dumps(message) + "\n")
    stream.flush()


if __name__ == "__main__":
    main()
