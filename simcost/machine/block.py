"""The unit of work inside the machine."""

# Outcomes that one instruction handles at a time: small enough that the slots stay in the
# second-level cache, large enough that reading an instruction costs nothing.
BLOCK = 1024
