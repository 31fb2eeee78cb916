"""How far a quantity can go, and how fast its tails fall, read off its formula.

Weights exp(θ Y) that raise the mean of Y exist only if E exp(θ Y) does. A sample cannot tell: it
always has a largest value, and the weights then follow that one outcome. The formula can tell.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simcost.families import Affine, Banded, Distribution, Truncated
from simcost.graph.node import Node, walk

BOUNDED, NORMAL, EXPONENTIAL, HEAVY = range(4)  # from the fastest fall to the slowest
INF = math.inf


@dataclass(frozen=True, slots=True)
class Reach:
    """Ends of a quantity's range and how its tails fall; cautious where the formula is unclear.

    Parameters
    ----------
    low, high : float
        It never lies outside; infinite where no bound is known.
    lower, upper : int
        `BOUNDED`, `NORMAL`, `EXPONENTIAL` (E exp(θ Y) exists for some θ ≠ 0) or `HEAVY`.
    """

    low: float = -INF
    high: float = INF
    lower: int = HEAVY
    upper: int = HEAVY


ANY = Reach()


def reach(root: Node) -> Reach:
    """Return how far a quantity can go and how its tails fall."""
    found: dict[Node, Reach] = {}
    for node in walk([root]):
        found[node] = _of(node, [found[arg] for arg in node.args])
    return found[root]


def _of(node: Node, args: list[Reach]) -> Reach:
    if node.op == "const":
        return _between(node.value, node.value)
    if node.op == "quantile":
        return _law(node.payload)
    if node.op in _CHANCES:
        return _between(0.0, 1.0)
    if node.op == "where" and _is_nan(node.args[2]):
        return args[1]  # a share that is checked: NaN stops the run
    if node.op in _LOGARITHMS and _lognormal(node.args[0]):
        return Reach(-INF, INF, NORMAL, NORMAL)
    if node.op == "pow":
        return _power(args[0], node.args[1])
    rule = _RULES.get(node.op)
    return rule(*args) if rule else ANY


def _is_nan(node: Node) -> bool:
    return node.op == "const" and math.isnan(node.value)


def _between(low: float, high: float, lower: int = HEAVY, upper: int = HEAVY) -> Reach:
    """Return a range whose tails have these classes where it has no end."""
    if math.isnan(low) or math.isnan(high):
        return ANY
    return Reach(
        low,
        high,
        BOUNDED if math.isfinite(low) else lower,
        BOUNDED if math.isfinite(high) else upper,
    )


def _law(law: Any) -> Reach:
    low, high = law.support()
    tail = _tail(law)
    return _between(float(low), float(high), tail, tail)


def _tail(law: Distribution) -> int:
    while isinstance(law, Affine | Banded | Truncated):
        law = law.base
    if law.tail_index() > 0.0:
        return HEAVY
    if law.family in ("exponential", "gamma", "gumbel", "poisson", "negative_binomial"):
        return EXPONENTIAL
    if law.family == "weibull":
        return EXPONENTIAL if law.params[0] >= 1.0 else HEAVY
    straight = law.family == "percentiles" and law.support()[0] == -INF
    return NORMAL if law.family == "normal" or straight else HEAVY


def _neg(a: Reach) -> Reach:
    return Reach(-a.high, -a.low, a.upper, a.lower)


def _add(a: Reach, b: Reach) -> Reach:
    return _between(a.low + b.low, a.high + b.high, max(a.lower, b.lower), max(a.upper, b.upper))


def _mul(a: Reach, b: Reach) -> Reach:
    for factor, other in ((a, b), (b, a)):
        if factor.low == factor.high:
            by, turned = factor.low, other if factor.low >= 0.0 else _neg(other)
            if by == 0.0:
                return _between(0.0, 0.0)
            return Reach(abs(by) * turned.low, abs(by) * turned.high, turned.lower, turned.upper)
    corners = [_product(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    tails = [max(one.lower, one.upper) for one in (a, b)]
    tail = max(tails) if BOUNDED in tails else HEAVY
    return _between(min(corners), max(corners), tail, tail)


def _product(x: float, y: float) -> float:
    return 0.0 if x == 0.0 or y == 0.0 else x * y


def _div(a: Reach, b: Reach) -> Reach:
    if b.low <= 0.0 <= b.high:
        return ANY
    return _mul(a, _between(1.0 / b.high, 1.0 / b.low))


def _min(a: Reach, b: Reach) -> Reach:
    return Reach(
        min(a.low, b.low), min(a.high, b.high), max(a.lower, b.lower), min(a.upper, b.upper)
    )


def _max(a: Reach, b: Reach) -> Reach:
    return _neg(_min(_neg(a), _neg(b)))


def _where(_: Reach, a: Reach, b: Reach) -> Reach:
    return Reach(
        min(a.low, b.low), max(a.high, b.high), max(a.lower, b.lower), max(a.upper, b.upper)
    )


def _abs(a: Reach) -> Reach:
    low = max(a.low, -a.high, 0.0)
    return _between(low, max(a.high, -a.low), BOUNDED, max(a.lower, a.upper))


def _rising(function: Callable[[float], float], upper: int | None) -> Callable[[Reach], Reach]:
    """Return the rule of a rising function; `upper` is the class that its tails have then."""

    def rule(a: Reach) -> Reach:
        tails = (a.lower, a.upper) if upper is None else (upper, upper)
        return _between(_at(function, a.low), _at(function, a.high), *tails)

    return rule


def _at(function: Callable[[float], float], x: float) -> float:
    try:
        return function(x)
    except OverflowError:
        return INF
    except ValueError:
        return -INF  # the logarithm of 0 and below


def _whole(a: Reach) -> Reach:
    return Reach(a.low - 1.0, a.high + 1.0, a.lower, a.upper)


def _power(base: Reach, exponent: Node) -> Reach:
    if exponent.op != "const" or exponent.value <= 0.0 or base.low < 0.0:
        return ANY
    power = exponent.value
    tail = base.upper if power <= 1.0 else HEAVY
    return _between(_at(lambda x: x**power, base.low), _at(lambda x: x**power, base.high), 0, tail)


def _lognormal(node: Node) -> bool:
    """Whether a quantity is a product of positive numbers and lognormals."""
    if node.op == "quantile":
        law: Any = node.payload
        while isinstance(law, Affine) and law.shift == 0.0:
            law = law.base
        return bool(law.family == "lognormal")
    if node.op in ("mul", "div"):
        return all(_lognormal(arg) or (arg.op == "const" and arg.value > 0) for arg in node.args)
    return False


_LOGARITHMS = {"log": math.log, "log2": math.log2, "log10": math.log10}
_CHANCES = frozenset(
    ("stream", "ndtr", "student_cdf", "lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not")
)
_RULES: dict[str, Callable[..., Reach]] = {
    "neg": _neg,
    "add": _add,
    "sub": lambda a, b: _add(a, _neg(b)),
    "mul": _mul,
    "div": _div,
    "min": _min,
    "max": _max,
    "where": _where,
    "abs": _abs,
    "sqrt": _rising(lambda x: math.sqrt(x), None),
    "exp": _rising(math.exp, HEAVY),
    "expm1": _rising(math.expm1, HEAVY),
    # The logarithm of a power tail falls exponentially.
    **{name: _rising(function, EXPONENTIAL) for name, function in _LOGARITHMS.items()},
    "log1p": _rising(math.log1p, EXPONENTIAL),
    "ndtri": lambda _: Reach(-INF, INF, NORMAL, NORMAL),
    **dict.fromkeys(("floor", "ceil", "round"), _whole),
    **dict.fromkeys(("sin", "cos"), lambda _: _between(-1.0, 1.0)),
}
