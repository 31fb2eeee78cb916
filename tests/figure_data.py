"""Made-up analyses of every kind, in the shape that figures take: small, large and awkward."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtri

from simcost.result import Meta, Result

PERCENTS = np.arange(1.0, 100.0)
AT = ndtri(PERCENTS / 100)


class Plain(dict):
    """The least that a figure needs of a Dataset: items and attributes."""

    def __init__(self, attrs: dict[str, Any], **items: Any) -> None:
        super().__init__(items)
        self.attrs = attrs


def attributes(analysis: str, **own: Any) -> dict[str, Any]:
    return {
        "analysis": analysis,
        "method": "conditional",
        "statistic": "P90",
        "output": "cost",
        "unit": "USD",
        "model": "Labelling by hand",
        "draws": 100_000,
        "seed": 0,
        "design": "random",
        "scenario": "",
        "confidence": 0.95,
        "title": "",
        "notes": [],
    } | own


def names_of(count: int, long: bool) -> list[str]:
    tale = "annotation_hours_per_thousand_samples_in_the_second_labelling_round_"
    return [(tale if long and i % 3 == 0 else "gpu_price_") + str(i) for i in range(count)]


def ends(name: str, value: np.ndarray, half: float) -> dict[str, np.ndarray]:
    return {name: value, f"{name}_lower": value - half, f"{name}_upper": value + half}


def falling(count: int, seed: int) -> np.ndarray:
    return np.sort(np.random.default_rng(seed).lognormal(0.0, 1.0, count))[::-1]


def tornado(
    count: int = 8,
    scale: float = 1e5,
    long: bool = False,
    sign: int = 1,
    method: str = "conditional",
) -> Plain:
    effect = falling(count, 1) * scale / 5
    base = 2.5 * scale * sign
    turned = np.where(np.arange(count) % 3 == 1, -1.0, 1.0)
    low, high = base - turned * effect * 0.4, base + turned * effect * 0.6
    if count > 2:
        low[2] = base + effect[2] * 0.3  # both ends on one side
        low[-1] = high[-1] = base  # moves nothing
    half = 0.03 * scale
    if method in ("regression", "rank"):
        low, high, base, half = np.zeros(count), turned * effect / effect[0] * 0.9, 0.0, 0.03
    at = falling(2 * count, 2) * 20
    labels = np.array([f"{value:,.4g} USD/hour" for value in at])
    return Plain(
        attributes("tornado", method=method, statistic="P90" if low.any() else "coefficient"),
        input=np.array(names_of(count, long)),
        **ends("low", low, half),
        **ends("high", high, half),
        **ends("effect", high - low, 1.4 * half),
        significant=np.abs(high - low) > 3 * half,
        low_label=labels[:count],
        high_label=labels[count:],
        base=base,
        noise_floor=2 * half,
    )


def spider(count: int = 8, scale: float = 1e5, long: bool = False, sign: int = 1) -> Plain:
    percents = np.array([5.0, 10, 25, 50, 75, 90, 95])
    z = ndtri(percents / 100)
    turned = np.where(np.arange(count) % 3 == 1, -1.0, 1.0) * falling(count, 3) * scale / 10
    values = sign * 2.5 * scale + turned[:, None] * (z + 0.2 * z**2)
    return Plain(
        attributes("spider", statistic="mean"),
        input=np.array(names_of(count, long)),
        percentile=percents,
        statistic=values,
        base=sign * 2.5 * scale,
    )


def sensitivity(count: int = 8, scale: float = 1.0, long: bool = False, sign: int = 1) -> Plain:
    del scale
    first = falling(count, 4) / falling(count, 4).sum() * 0.8
    first[-1] = -0.004 * sign
    total = first * 1.3 + 0.01
    return Plain(
        attributes("sensitivity", statistic="variance"),
        input=np.array(names_of(count, long)),
        **ends("first", first, 0.015),
        **ends("total", total, 0.02),
        **ends("shapley", (first + total) / 2, 0.015),
        **ends("delta", np.abs(first) * 0.6 + 0.02, 0.01),
        noise_floor_delta=0.03,
        interaction=0.12,
        interaction_lower=0.10,
        interaction_upper=0.14,
    )


def contingency(count: int = 7, scale: float = 1e5, long: bool = False, sign: int = 1) -> Plain:
    parts = falling(count, 5) * scale / 10 * sign
    parts[-1] *= -1
    parts = np.append(parts, 0.08 * scale)
    base = scale * sign
    return Plain(
        attributes("contingency", statistic="P80 minus mean", target_name="P80", base_name="mean"),
        item=np.array([*names_of(count, long), "interactions"]),
        **ends("contribution", parts, scale * 0.04),
        base=base,
        target=base + parts.sum(),
    )


def comparison(count: int = 8, scale: float = 1.0, long: bool = False, sign: int = 1) -> Plain:
    del scale, sign
    noise = np.random.default_rng(8).normal(0.0, 1.2, (4, count))
    ranks = np.argsort(np.argsort(np.arange(count) + noise, axis=1), axis=1) + 1.0
    apart = ranks.max(axis=0) - ranks.min(axis=0) >= 3
    ranks[1, -1] = np.nan
    return Plain(
        attributes("comparison"),
        tornado=np.array(["conditional", "swing", "regression", "rank"]),
        input=np.array(names_of(count, long)),
        rank=ranks,
        effect=ranks,
        significant=ranks < count - 1,
        disagree=apart,
    )


def stress(count: int = 5, scale: float = 1e5, long: bool = False, sign: int = 1) -> Plain:
    base = np.array([0.3, 1.0, 2.4]) * scale * sign
    moved = np.random.default_rng(5).normal(0.2, 0.3, (count + 1, 3)) * np.abs(base)
    moved[0] = 0.0
    moved[-1] = 0.0  # a scenario without effect
    curves = [sign * scale * (1 + 0.1 * i) * np.exp(sign * 0.8 * AT) for i in range(count + 1)]
    return Plain(
        attributes("stress"),
        scenario=np.array(["as declared", *names_of(count, long)]),
        quantile=np.array(["P10", "P50", "P90"]),
        **ends("value", base + moved, 0.02 * scale),
        **ends("difference", moved, 0.01 * scale),
        base=base,
        curve=np.array(curves),
        percentile=PERCENTS,
    )


def ladder(count: int = 6, scale: float = 1e5, long: bool = False, sign: int = 1) -> Plain:
    severity = np.array([50.0, 75, 90, 95, 99])
    slopes = falling(count, 6) * scale / 5
    steps = ndtri(severity / 100)
    rise = np.vstack([np.outer(slopes, steps), slopes.sum() * steps])
    return Plain(
        attributes("ladder"),
        input=np.array([*names_of(count, long), "all together"]),
        severity=severity,
        value=sign * 2 * scale + rise,
        base=sign * 2 * scale,
    )


def reverse(count: int = 6, scale: float = 1e5, long: bool = False, sign: int = 1) -> Plain:
    middle = falling(count, 7) * 20 * sign
    spread = np.abs(middle) * 0.4
    gamma = np.linspace(0.9, -0.3, count)
    after = {"p10": -1.28, "p50": 0.0, "p90": 1.28, "mean": 0.1}
    columns = {f"base_{q}": middle + z * spread for q, z in after.items()}
    columns |= {f"stressed_{q}": middle + (gamma + 1.1 * z) * spread for q, z in after.items()}
    return Plain(
        attributes("reverse"),
        input=np.array(names_of(count, long)),
        gamma=gamma,
        unit=np.array(["USD/hour"] * count),
        percent=PERCENTS,
        curve_base=scale * np.exp(0.8 * AT),
        curve_stressed=1.3 * scale * np.exp(0.8 * AT),
        **columns,
    )


def timeline(count: int = 14, scale: float = 1e4, long: bool = False, sign: int = 1) -> Plain:
    n = np.arange(1.0, count + 1)
    shares = np.exp(-(((n - count / 2.5) / (count / 4)) ** 2))
    amount = sign * scale * shares[:, None] * np.array([0.3, 1.0, 2.4])
    mean = sign * scale * shares * 1.2
    attrs = attributes("timeline", period_unit="month", horizon=count, title="cost by month")
    attrs["notes"] = ["cost is in prices of 2026"] * long
    return Plain(
        attrs,
        period=n,
        quantile=["P10", "P50", "P90"],
        amount=amount,
        amount_mean=mean,
        cumulative=amount.cumsum(axis=0),
        cumulative_mean=mean.cumsum(),
        **ends("total_mean", mean.sum(), scale / 50),
    )


def joint(count: int = 2, scale: float = 1e5, long: bool = False, sign: int = 1) -> Plain:
    names = ["emissions_of_training_and_of_serving_" * long + "emissions", "cost", "duration"]
    names = names[: min(count, 3)]
    pairs = [(a, b) for k, a in enumerate(names) for b in names[k + 1 :]]
    u = np.linspace(0.72, 1.0, 20, endpoint=False)
    x = np.tile(scale * np.exp(ndtri(u)), (len(pairs), 1))
    y = np.tile(scale * np.exp(ndtri(0.7 / u)), (len(pairs), 1))
    if sign < 0:
        x, y = x - 5 * scale, y - 5 * scale
    shift = 0 if sign > 0 else -5 * scale
    limit = np.array([scale * 1.5 + shift, *[np.nan] * (len(names) - 1)])
    attrs = attributes("joint", joint_confidence=0.7, title="Targets that hold together")
    return Plain(
        attrs,
        target=names,
        target_unit=["kgCO2e", "USD", "month"][: len(names)],
        first=[a for a, _ in pairs],
        second=[b for _, b in pairs],
        frontier_x=x,
        limit=limit,
        budget=np.full(len(names), scale * np.exp(ndtri(0.7**0.5)) + shift),
        alone=np.full(len(names), scale * np.exp(ndtri(0.7)) + shift),
        **ends("frontier_y", y, scale / 30),
        **ends("level", np.array(83.7), 0.1),
        **ends("joint", np.array(0.612), 0.003),
    )


MAKERS = {
    one.__name__: one
    for one in (
        tornado, spider, sensitivity, contingency, comparison, stress, ladder, reverse, timeline,
        joint,
    )
}  # fmt: skip
EXTRA = {"stress_curves": "stress", "reverse_curves": "reverse"}  # figures of another's analysis
SHAPES = {
    "plain": {},
    "three, negative, millions": {"count": 3, "scale": 3.2e6, "sign": -1},
    "many and long": {"count": 30, "long": True},
}


def analysis_of(figure: str, **shape: Any) -> Plain:
    """Return an analysis that a figure is drawn of."""
    return MAKERS[EXTRA.get(figure, figure)](**shape)


def result_of(kind: str, draws: int = 4000) -> Result:
    """Return outcomes of a cost that are skewed, hold an atom, are negative, few, tiny or huge."""
    u = np.random.default_rng(1).uniform(size=draws)
    tail = np.exp(1.4 * np.random.default_rng(2).normal(size=draws))
    columns = {
        "skewed": 6e4 * tail,
        "atom": np.where(u < 0.4, 0.0, 6e4 * tail),
        "negative": -3e6 + 1e6 * (u - 0.5),
        "levels": np.floor(5 * u**2),
        "tiny": 1e-7 * tail,
        "huge": 4e13 * tail,
    }
    notes = ("rests on judgement: " + ", ".join(f"input_number_{i}" for i in range(40)),)
    meta = Meta(
        model="Labelling by hand", seed=0, draws=draws, design="random", replicates=1, notes=notes
    )
    return Result({"cost": columns[kind]}, {"cost": "USD"}, meta)
