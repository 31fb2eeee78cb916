"""Stated correlations → blocks of dependent inputs → operations on their uniform draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from simcost import families
from simcost.dependence.eigen import Matrix
from simcost.dependence.measures import latent_correlation
from simcost.dependence.nearest import cholesky, is_correlation, nearest_correlation
from simcost.errors import ModelError, Problem
from simcost.families import Distribution
from simcost.graph.node import Node, const, make, quantile, stream

LARGEST_REPAIR = 0.10
U_MIN = 2.0**-53  # the designs' own limits; a linear combination of normals can leave them


@dataclass(frozen=True, slots=True)
class Pair:
    """One stated correlation between two inputs."""

    first: str
    second: str
    measure: str
    value: float
    copula: str = "gaussian"
    df: float | None = None


@dataclass(frozen=True, slots=True)
class Coupling:
    """Uniform draws after coupling.

    Parameters
    ----------
    uniforms : mapping of str to Node
        For each input of a block, its dependent uniform draws.
    notes : tuple of str
        What was repaired, in words.
    """

    uniforms: Mapping[str, Node] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def couple(
    pairs: Sequence[Pair],
    distributions: Mapping[str, Distribution],
    uniforms: Mapping[str, Node],
    *,
    force: bool = False,
    stress: float = 0.0,
) -> Coupling:
    """Make inputs dependent through Gaussian or t copulas, one for each connected block.

    Parameters
    ----------
    pairs : sequence of Pair
        Stated correlations. Pairs of a block that are not stated have latent correlation 0.
    distributions : mapping of str to Distribution
        Laws of the inputs, in order of declaration.
    uniforms : mapping of str to Node
        Their independent uniform draws.
    force : bool
        Accept a repair of any size.
    stress : float
        Share t of the way to perfect dependence, 0 to 1: the latent matrix R of each block
        becomes (1 - t) R + t J, J full of ones. Mixtures of correlation matrices are ones.

    Returns
    -------
    Coupling

    Raises
    ------
    ModelError
        For a correlation that cannot be had, a block with two copulas, or a matrix so far from
        any correlation matrix that repairing it would move an entry by more than 0.10.
    """
    problems: list[Problem] = []
    coupled: dict[str, Node] = {}
    notes: list[str] = []
    for names, members in _blocks(pairs, list(distributions)):
        try:
            matrix = _matrix(names, [pairs[i] for i in members], members, distributions)
            kinds = {(pairs[i].copula, pairs[i].df) for i in members}
            if len(kinds) > 1:
                raise ModelError([_two_copulas(names, members)])
            if not is_correlation(matrix):
                matrix, note = _repair(names, matrix, members, force)
                notes.append(note)
            if stress:
                matrix = (1.0 - stress) * matrix + stress
                np.fill_diagonal(matrix, 1.0)
            df = next(iter(kinds))[1]
            coupled |= _transform(names, cholesky(matrix), uniforms, df)
        except ModelError as error:
            problems.extend(error.problems)
    if problems:
        raise ModelError(problems)
    return Coupling(coupled, tuple(notes))


def _blocks(pairs: Sequence[Pair], order: list[str]) -> list[tuple[list[str], list[int]]]:
    """Return connected components: inputs by name, and their pairs.

    In order of name: the order of declaration must not change a draw.
    """
    component = {name: name for name in order}

    def root(name: str) -> str:
        while component[name] != name:
            name = component[name]
        return name

    for pair in pairs:
        component[root(pair.first)] = root(pair.second)
    blocks: dict[str, tuple[list[str], list[int]]] = {}
    used = {name for pair in pairs for name in (pair.first, pair.second)}
    for name in sorted(order):
        if name in used:
            blocks.setdefault(root(name), ([], []))[0].append(name)
    for i, pair in enumerate(pairs):
        blocks[root(pair.first)][1].append(i)
    return list(blocks.values())


def _matrix(
    names: list[str],
    pairs: Sequence[Pair],
    members: list[int],
    distributions: Mapping[str, Distribution],
) -> Matrix:
    matrix = np.eye(len(names))
    problems: list[Problem] = []
    for i, pair in zip(members, pairs, strict=True):
        try:
            value = latent_correlation(
                pair.measure,
                pair.value,
                distributions[pair.first],
                distributions[pair.second],
                pair.df if pair.copula == "t" else None,
            )
        except ModelError as error:
            problems += [
                problem.under("correlations", i, pair.measure) for problem in error.problems
            ]
            continue
        j, k = names.index(pair.first), names.index(pair.second)
        matrix[j, k] = matrix[k, j] = value
    if problems:
        raise ModelError(problems)
    return matrix


def _two_copulas(names: list[str], members: list[int]) -> Problem:
    return Problem(
        f"{', '.join(names)} are tied together, but not all by the same copula",
        "Give every correlation of the block the same copula and df.",
        ("correlations", members[-1]),
    )


def _repair(
    names: list[str], matrix: Matrix, members: list[int], force: bool
) -> tuple[Matrix, str]:
    nearest = nearest_correlation(matrix)
    moved = [
        f"{names[i]} and {names[j]} from {matrix[i, j]:.3f} to {nearest[i, j]:.3f}"
        for i in range(len(names))
        for j in range(i)
        if abs(nearest[i, j] - matrix[i, j]) >= 0.0005
    ]
    largest = float(np.max(np.abs(nearest - matrix)))
    if largest > LARGEST_REPAIR and not force:
        raise ModelError(
            [
                Problem(
                    "these correlations contradict each other; the nearest possible ones move "
                    + "; ".join(moved),
                    "Correct them, state the pairs left out (they count as 0), "
                    "or accept this repair with force (--force).",
                    ("correlations", members[0]),
                )
            ]
        )
    return nearest, "correlations repaired to the nearest possible ones: " + "; ".join(moved)


def _transform(
    names: list[str], lower: Matrix, uniforms: Mapping[str, Node], df: float | None
) -> dict[str, Node]:
    independent = [make("ndtri", uniforms[name]) for name in names]
    mixing = None if df is None else _mixing(names[0], df)
    coupled: dict[str, Node] = {}
    for i, name in enumerate(names):
        terms = [
            independent[k]
            if lower[i, k] == 1.0
            else make("mul", const(lower[i, k]), independent[k])
            for k in range(i + 1)
            if lower[i, k] != 0.0
        ]
        z = reduce(lambda total, term: make("add", total, term), terms)
        if mixing is not None:
            u = make("student_cdf", make("mul", z, mixing), value=df or 0.0)
        elif z is independent[i]:
            coupled[name] = uniforms[name]  # the first of a block keeps its draws to the bit
            continue
        else:
            u = make("ndtr", z)
        coupled[name] = make("min", make("max", u, const(U_MIN)), const(1.0 - U_MIN))
    return coupled


def _mixing(name: str, df: float) -> Node:
    """√(df/χ²), from a stream of its own that no other block shares."""
    chi_square = families.build({"gamma": {"shape": df / 2, "scale": 2.0}})
    drawn = quantile(stream(f"copula:{name}:chi2"), chi_square)
    return make("sqrt", make("div", const(df), drawn))
