"""The unit of work inside the machine."""

# Outcomes that one instruction handles at a time: small enough that the slots stay in the
# second-level cache, large enough that reading an instruction costs nothing. A multiple of eight.
BLOCK = 1024
# From one slot to the next, in numbers: a line of the cache more than a block, so that the same
# places of all slots do not meet in the same few lines.
ROW = BLOCK + 8
