"""The reference problem as each contender expresses it: `run(draws, seed)` and what it cannot."""
