"""Conformance of families, for our own tests and for those of anyone who adds a family.

::

    from simcost.testing import check_family

    def test_my_family():
        check_family(MY_FAMILY)

It raises AssertionError with everything that is wrong, or returns how accurate the family is.
"""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, isnan
from pathlib import Path
from typing import Any

import numpy as np

from simcost.families import Bound, Distribution, Family, Vector
from simcost.families._elicit import resolve
from simcost.families._moments import mean_sd

_EPS = float(np.finfo(np.float64).eps)
_CLOSE = 1e-12  # relative difference of values found on either side of one half


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Worst errors against an independent implementation.

    Parameters
    ----------
    value : float
        Of the quantile function, relative to the value or to the interquartile range, whichever
        is larger.
    probability : float
        Of the distribution function at these values, absolute.
    """

    value: float
    probability: float


@dataclass(frozen=True, slots=True)
class _Case:
    family: Family
    example: Mapping[str, Any]
    law: Distribution
    tolerance: float


def levels() -> Vector:
    """Return the probabilities that families are tried at: both tails to 1e-12, and the middle."""
    tail = 10.0 ** -np.arange(0.35, 12.001, 0.05)
    half = np.array([0.5, np.nextafter(0.5, 0.0), np.nextafter(0.5, 1.0)])
    low = np.concatenate([[1e-12], tail, np.linspace(0.01, 0.49, 97)])
    return np.unique(np.concatenate([low, half, 1.0 - low]))


def check_family(
    record: Family, *, folder: Path | None = None, tolerance: float = 1e-9
) -> Accuracy | None:
    """Check everything that simcost relies on in a family, at each of its examples.

    Parameters
    ----------
    record : Family
        Need not be registered.
    folder : Path, optional
        Where the file names in its examples start from.
    tolerance : float
        Relative error allowed in tail probabilities, moments and against the oracle. Families
        that are themselves the result of a numerical method may ask for more.

    Returns
    -------
    Accuracy or None
        Worst errors against the family's `oracle`; None where it has none.

    Raises
    ------
    AssertionError
        Listing every failure of every example.
    """
    wrong = [f"{record.name}: {failure}" for failure in _record_failures(record)]
    found: list[Accuracy] = []
    for example in record.examples:
        case = _Case(record, example, bind(record, example, folder), tolerance)
        for check in _CHECKS:
            wrong += [f"{record.name} {dict(example)}: {failure}" for failure in check(case)]
        measured = accuracy(record, case.law)
        if measured is not None:
            found.append(measured)
            if not max(measured.value, measured.probability) <= tolerance:
                wrong.append(f"{record.name} {dict(example)}: differs from its oracle: {measured}")
    if wrong:
        raise AssertionError("\n".join(wrong))
    if not found:
        return None
    return Accuracy(max(a.value for a in found), max(a.probability for a in found))


def bind(record: Family, example: Mapping[str, Any], folder: Path | None = None) -> Distribution:
    """Return the distribution of a family, registered or not, for a table of parameters."""
    if record.make is not None:
        return record.make(example, folder)
    return Bound(record, resolve(record, example))


def accuracy(record: Family, law: Distribution) -> Accuracy | None:
    """Return the errors of `law` against its family's oracle, None where it has none."""
    if record.oracle is None:
        return None
    u = levels()
    lower, q = u <= 0.5, 1.0 - u
    x = law.quantile(u)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        # What the oracle mumbles about its own tails is not our failure.
        warnings.simplefilter("ignore")
        oracle = record.oracle(*law.params)
        expected = np.where(lower, oracle.ppf(u), oracle.isf(q))
        middle = float(oracle.ppf(0.75) - oracle.ppf(0.25))
        chance = np.where(lower, oracle.cdf(x), oracle.sf(x))
        beside = np.abs(oracle.cdf(np.minimum(x, expected)) - u) <= 4 * _EPS
    if record.discrete:
        # At a step either side is right to within rounding.
        expected = np.where(beside, x, expected)
    size = np.maximum(np.maximum(np.abs(expected), middle), np.finfo(np.float64).tiny)
    ours = np.where(lower, law.cdf(x), law.sf(x))
    return Accuracy(
        float(np.max(np.abs(x - expected) / size)), float(np.max(np.abs(ours - chance)))
    )


def _record_failures(record: Family) -> Iterator[str]:
    if not record.name.isidentifier() or record.name != record.name.lower():
        yield "the name is not a lower-case identifier"
    for field in ("summary", "source", "examples", "parameters", "elicitations"):
        if not getattr(record, field):
            yield f"{field} is empty"
    for parameter in (*record.parameters, *record.words):
        if not parameter.doc:
            yield f"{parameter.name} has no doc"
    for way in record.elicitations:
        unknown = {key for key in (*way.keys, *way.optional) if key not in record.keys}
        if not all(key.startswith("p") and key[1:].isdigit() for key in unknown):
            yield f"the keys {sorted(unknown)} of ({way}) are described nowhere"
        if not any(set(way.keys) <= set(example) for example in record.examples):
            yield f"no example shows ({way})"


def _check_identity(case: _Case) -> Iterator[str]:
    law = case.law
    if law.family != case.family.name or not law.key.startswith(case.family.name):
        yield f"family {law.family!r} and key {law.key!r} do not start with the family's name"
    if law != pickle.loads(pickle.dumps(law)):
        yield "does not survive pickling"
    if not law.describe():
        yield "describes itself as nothing"


def _check_shape(case: _Case) -> Iterator[str]:
    u = np.array([[0.1, 0.5, 0.9], [0.2, 0.6, 1.0 - 2.0**-53]])
    u.flags.writeable = False
    for points in (u, u[0], u[0, 0], u[:, ::2], np.empty(0)):
        for method in (case.law.quantile, case.law.isf, case.law.cdf, case.law.sf):
            out = np.asarray(method(np.asarray(points)))
            if out.shape != np.shape(points) or out.dtype != np.float64:
                name = method.__name__
                yield f"{name} makes {out.dtype}{out.shape} from float64{np.shape(points)}"


def _check_quantile(case: _Case) -> Iterator[str]:
    u = levels()
    x = case.law.quantile(u)
    low, high = case.law.support()
    if not np.all(np.isfinite(x)):
        yield f"quantile is not finite at u = {u[~np.isfinite(x)][0]}"
        return
    if np.any((x < low) | (x > high)):
        yield f"quantile leaves the support {low} to {high}"
    slack = _CLOSE * np.maximum(np.abs(x[1:]), np.abs(x[:-1]))
    falls = np.flatnonzero(np.diff(x) < -slack)
    if falls.size:
        yield f"quantile falls after u = {u[falls[0]]}"
    mirrored = case.law.isf(1.0 - u)
    upper = u >= 0.5  # there 1 - u is exact
    apart = np.abs(mirrored - x)[upper] > _CLOSE * np.abs(x[upper])
    if np.any(apart):
        yield f"isf(1 - u) is not quantile(u) at u = {u[upper][apart][0]}"


def _check_inverse(case: _Case) -> Iterator[str]:
    """Check F(x-) <= u <= F(x), in whichever tail is the short one."""
    u, law, slack = levels(), case.law, case.tolerance
    lower, q = u <= 0.5, 1.0 - u
    x = law.quantile(u)
    if not np.all(np.isfinite(x)):
        return
    step = 8 * _EPS * np.abs(x) + np.finfo(np.float64).tiny
    at, before = x + step, x - step
    with np.errstate(invalid="ignore"):
        high_enough = np.where(lower, law.cdf(at) >= u * (1 - slack), law.sf(at) <= q * (1 + slack))
        least = np.where(
            lower, law.cdf(before) <= u * (1 + slack), law.sf(before) >= q * (1 - slack)
        )
    if not np.all(high_enough):
        yield f"P(X <= quantile(u)) is below u at u = {u[~high_enough][0]}"
    if not np.all(least):
        yield f"quantile(u) is not the least such value at u = {u[~least][0]}"


def _check_distribution_function(case: _Case) -> Iterator[str]:
    law = case.law
    x = np.unique(law.quantile(levels()))
    cdf, sf = law.cdf(x), law.sf(x)
    if np.any(np.abs(cdf + sf - 1.0) > 1e-10):
        yield "cdf and sf do not add up to 1"
    ends = np.array([-np.inf, np.inf])
    if list(law.cdf(ends)) != [0.0, 1.0] or list(law.sf(ends)) != [1.0, 0.0]:
        yield "cdf and sf are not 0 and 1 at infinity"


def _check_density(case: _Case) -> Iterator[str]:
    """Check density and slope against differences of the distribution function."""
    law, u = case.law, np.linspace(0.02, 0.98, 49)
    away = [np.abs(u - kink) > 0.01 for kink in law.kinks()]
    u = u[np.all(away, axis=0)] if away else u
    u = u[np.abs(law.cdf(law.quantile(u)) - u) < 1e-6]  # elsewhere is an atom
    x = law.quantile(u)
    slopes = law.slopes(x)
    if slopes is None:
        if case.family.density is not None or case.family.log_slope is not None:
            yield "it has only one of density and log_slope"
        return
    density, slope = slopes
    # A step that changes the nearer tail by 1e-4: differences are then good to 1e-6.
    scale = np.minimum(u, 1.0 - u) / density
    step = 1e-4 * scale
    ends = [law.sf(x - step) - law.sf(x + step), law.cdf(x + step) - law.cdf(x - step)]
    rise = np.where(u > 0.5, *ends) / (2.0 * step)
    wrong = ~(np.abs(rise - density) <= 1e-5 * density)
    if np.any(wrong):
        yield f"density is {density[wrong][0]} at {x[wrong][0]}, by differences {rise[wrong][0]}"
    sides = [law.slopes(x + way * step) for way in (-1.0, 1.0)]
    assert sides[0] is not None
    assert sides[1] is not None
    bend = np.log(sides[1][0] / sides[0][0]) / (2.0 * step)
    wrong = ~(np.abs(bend - slope) <= 1e-4 * np.abs(slope) + 1e-5 / scale)
    if np.any(wrong):
        yield f"log_slope is {slope[wrong][0]} at {x[wrong][0]}, by differences {bend[wrong][0]}"
    outside = np.array([end + way for end, way in zip(law.support(), (-1.0, 1.0), strict=True)])
    hidden = law.slopes(outside[np.isfinite(outside)])
    if hidden is not None and np.any(hidden[0] != 0.0):
        yield "density is not 0 outside the support"


def _check_moments(case: _Case) -> Iterator[str]:
    law, xi = case.law, case.law.tail_index()
    expected = mean_sd(law)
    for name, ours, theirs in zip(("mean", "sd"), (law.mean(), law.sd()), expected, strict=True):
        size = max(abs(expected[0]), expected[1]) if isfinite(expected[1]) else abs(expected[0])
        same = ours == theirs or (isnan(ours) and isnan(theirs))
        if not same and not abs(ours - theirs) <= max(case.tolerance, 1e-9) * size:
            yield f"{name} is {ours}, by integration {theirs}"
    if isfinite(law.mean()) != (xi < 1) or isfinite(law.sd()) != (xi < 0.5):
        yield f"mean {law.mean()} and sd {law.sd()} do not fit a tail index of {xi}"
    if xi > 0:
        q = np.array([2e-12, 1e-12])
        growth = (np.log2(np.abs(ends[1] / ends[0])) for ends in (law.isf(q), law.quantile(q)))
        if not abs(max(growth) - xi) <= max(0.1 * xi, 0.05):
            yield f"the tails do not grow with a tail index of {xi}"


def _check_kinks(case: _Case) -> Iterator[str]:
    kinks = case.law.kinks()
    if list(kinks) != sorted(set(kinks)) or not all(0.0 < kink < 1.0 for kink in kinks):
        yield f"kinks {kinks} are not ascending inside (0, 1)"


def _check_atoms(case: _Case) -> Iterator[str]:
    law, atoms = case.law, case.law.atoms()
    if (atoms is not None) != law.discrete or law.discrete < case.family.discrete:
        yield "atoms and discrete do not agree"
    if atoms is None:
        return
    values, probabilities = atoms
    if np.any(np.diff(values) <= 0.0) or np.any(probabilities <= 0.0):
        yield "atoms are not ascending with positive probabilities"
    if abs(float(np.sum(probabilities)) - 1.0) > 1e-12:
        yield "the probabilities of the atoms do not sum to 1"
    if np.max(np.abs(np.cumsum(probabilities) - law.cdf(values))) > 1e-12:
        yield "atoms and cdf do not agree"
    if not np.all(np.isin(law.quantile(levels()), values)):
        yield "quantile gives values that are not atoms"


def _check_oracle_moments(case: _Case) -> Iterator[str]:
    if case.family.oracle is None:
        return
    oracle = case.family.oracle(*case.law.params)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = {"mean": float(oracle.mean()), "sd": float(oracle.std())}
    for name, ours in (("mean", case.law.mean()), ("sd", case.law.sd())):
        if not (isfinite(ours) and isfinite(theirs[name])):
            continue
        spread = theirs["sd"] if isfinite(theirs["sd"]) else 0.0
        if not abs(ours - theirs[name]) <= case.tolerance * (abs(theirs["mean"]) + spread):
            yield f"{name} is {ours}, that of its oracle {theirs[name]}"


_CHECKS: tuple[Callable[[_Case], Iterator[str]], ...] = (
    _check_identity,
    _check_shape,
    _check_quantile,
    _check_inverse,
    _check_distribution_function,
    _check_density,
    _check_moments,
    _check_kinks,
    _check_atoms,
    _check_oracle_moments,
)
