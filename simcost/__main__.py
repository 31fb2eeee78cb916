"""``python -m simcost``."""

from __future__ import annotations

from simcost.cli import main

if __name__ == "__main__":
    main()
