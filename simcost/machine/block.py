"""The unit of work inside the machine."""

# Outcomes that one instruction handles at a time: small enough that the slots stay in the
# second-level cache, large enough that reading an instruction costs nothing. A multiple of the 96
# outcomes whose random words are made at a time (see `simcost.machine.words`).
BLOCK = 1152
# From one slot to the next, in numbers: a line of the cache more than a block, so that the same
# places of all slots do not meet in the same few lines.
ROW = BLOCK + 8
