"""Speed, measured in ways that anyone can repeat; `python -m benchmarks.summary` is the table."""
