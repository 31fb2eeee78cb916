"""The same outcomes evaluated several times, with some of their draws exchanged for others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from simcost.machine.execution import kernel_arguments
from simcost.machine.interpreter import interpret
from simcost.machine.program import Floats, Integers, Program

Walk = Callable[[Floats, Integers, int, int], Floats]

_CONSTANTS, _BASES = 1, 4  # places among the kernel's arguments


def walker(program: Program, *, seed: int, engine: str) -> Walk:
    """Return what evaluates a program of one output with draws from several outcomes.

    Parameters
    ----------
    program : Program
        With one output.
    seed : int
        Of all streams; the design is the random one, since exchanged draws are no points of
        another.
    engine : str
        ``machine`` or ``interpreter``; the same bits.

    Returns
    -------
    callable
        Takes the program's constants (float64[k], so that a walk may have numbers of its own),
        what is added to the outcome number for each step and stream (int64[steps, streams]), and
        the first and last outcome; returns float64[steps, last - first]. May be called from
        several threads.
    """
    return _compiled(program, seed) if engine == "machine" else _plain(program, seed)


def _compiled(program: Program, seed: int) -> Walk:
    from simcost.machine.kernel import run

    arguments = kernel_arguments(program, seed, "random")

    def walk(constants: Floats, bases: Integers, first: int, last: int) -> Floats:
        out = np.empty((len(bases), 1, last - first))
        given = [*arguments]
        given[_CONSTANTS] = constants
        for step, numbers in enumerate(bases):
            given[_BASES] = numbers
            run(*given, first, last, out[step])
        return out[:, 0]

    return walk


def _plain(program: Program, seed: int) -> Walk:
    def walk(constants: Floats, bases: Integers, first: int, last: int) -> Floats:
        own = replace(program, constants=constants)
        return np.concatenate(
            [interpret(own, seed, "random", first, last, numbers) for numbers in bases]
        )

    return walk
