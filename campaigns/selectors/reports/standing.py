"""Where a campaign's cost and reach lie: concentration, and whether one segment does best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from statistics import fmean, stdev
from typing import Any

from campaigns.selectors.reports.cuts import Group, Part
from campaigns.selectors.reports.figures import FEW
from campaigns.selectors.reports.spreads import Spread
from crm.agreement.student import student


def spreads(
    all_of: Group, tiers: Sequence[Group], platforms: Sequence[Group]
) -> list[dict[str, Any]]:
    """Of cost and of reach, by creator, tier and platform."""
    creators = [Group(str(part.partner.pk), part.partner.name, [part]) for part in all_of.parts]
    found = []
    for of, worth in (("cost", _cost), ("reach", _reach)):
        for by, groups in (("creator", creators), ("tier", tiers), ("platform", platforms)):
            found.append(_spread(of, by, groups, worth).plain)
    return found


def best_segment(segments: Sequence[Group]) -> dict[str, Any]:
    """The segment whose creators engage most, if any does clearly.

    Mean over creators of their mean rate, with Student's t interval over creators; a segment of
    fewer than FEW creators with a rate is not compared.
    """
    compared: list[dict[str, Any]] = []
    few: list[dict[str, Any]] = []
    for group in segments:
        rates = _creator_rates(group)
        if len(rates) < FEW:
            few.append({"key": group.key, "name": group.name, "creators": len(rates)})
            continue
        low, high = _interval(rates)
        compared.append(
            {
                "key": group.key,
                "name": group.name,
                "creators": len(rates),
                "mean": round(fmean(rates), 6),
                "low": round(low, 6),
                "high": round(high, 6),
                "words": f"{fmean(rates):.2%} ({low:.2%} to {high:.2%})",
            }
        )
    compared.sort(key=lambda one: (-one["mean"], one["key"]))
    return {
        "compared": compared,
        "too_few": few,
        "best": compared[0]["key"] if _is_clear(compared) else None,
        "words": _verdict(compared),
        "formula": "engagement rate by followers, mean over each creator's publications, then over "
        "creators; 95 % interval by Student's t over creators",
    }


def _creator_rates(group: Group) -> list[float]:
    """Each creator's mean rate, of those of whom one is known."""
    found: dict[int, list[float]] = defaultdict(list)
    for part in group.parts:
        for piece in part.published:
            if (rate := piece.rate) is not None:
                found[part.partner.creator].append(rate)
    return [fmean(rates) for rates in found.values()]


def _interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of a mean; never below zero."""
    middle, number = fmean(values), len(values)
    half = student(number - 1, 0.95) * stdev(values) / number**0.5
    return max(middle - half, 0.0), middle + half


def _is_clear(compared: Sequence[dict[str, Any]]) -> bool:
    """Whether the first one's interval lies above all others."""
    return len(compared) > 1 and all(compared[0]["low"] > one["high"] for one in compared[1:])


def _verdict(compared: Sequence[dict[str, Any]]) -> str:
    if len(compared) < 2:
        return (
            f"Too few: two segments with at least {FEW} creators each, of whom an engagement rate "
            "is known, are needed to compare."
        )
    if _is_clear(compared):
        return f"{compared[0]['name']} does best: its interval lies above those of the others."
    return (
        f"{compared[0]['name']} has the highest mean, but the intervals overlap: it may be chance."
    )


Worth = Callable[[Part], tuple[float | None, bool]]


def _spread(of: str, by: str, groups: Sequence[Group], worth: Worth) -> Spread:
    amounts: dict[str, float] = {}
    known = out_of = 0
    for group in groups:
        values = [worth(part) for part in group.parts]
        counted = [value for value, is_due in values if value is not None and is_due]
        is_due = any(due for _value, due in values)
        out_of += is_due
        if counted:
            known += 1
            amounts[group.name] = amounts.get(group.name, 0.0) + sum(counted)
    total = sum(amounts.values())
    shares = (
        sorted(
            ((name, amount / total) for name, amount in amounts.items()),
            key=lambda one: (-one[1], one[0]),
        )
        if total
        else []
    )
    return Spread(of, by, shares, known, out_of)


def _cost(part: Part) -> tuple[float | None, bool]:
    """The agreed cost of creators under contract."""
    is_due = part.partner.is_bound
    return (float(part.cost) if isinstance(part.cost, Decimal) else None), is_due


def _reach(part: Part) -> tuple[float | None, bool]:
    """The known reach of what is published."""
    known = [piece.reach for piece in part.published if piece.reach is not None]
    return (float(sum(known)) if known else None), bool(part.published)
