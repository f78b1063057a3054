"""Shares and rates of tools that write the same thing once as 0.25 and once as 25."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# Parts of a whole that was rounded, or cut after the largest.
_WHOLE_LOW, _WHOLE_HIGH = 0.9, 1.1
# How far a rate may be from what likes and comments say.
_NEAR = 3.0


def shares_of(
    rows: Iterable[Mapping[str, Any]] | None, *, key: str = "code", value: str = "weight"
) -> dict[str, float] | None:
    """[{"code": "DK", "weight": 0.25}] as {"DK": 0.25}; None where there is nothing."""
    found = {
        str(row[key])[:40]: float(row[value])
        for row in rows or ()
        if row.get(key) and _is_number(row.get(value))
    }
    return found or None


def scale_of(whole: Mapping[str, float] | None) -> float | None:
    """What the parts of a whole have to be multiplied with to be fractions; None: who knows.

    Genders add up to 1 or to 100. Countries do not: lists of them are cut.
    """
    total = sum(whole.values()) if whole else 0.0
    if _WHOLE_LOW <= total <= _WHOLE_HIGH:
        return 1.0
    if _WHOLE_LOW * 100 <= total <= _WHOLE_HIGH * 100:
        return 0.01
    return None


def rate_near(
    stated: Any, *, likes: Any = None, comments: Any = None, followers: Any = None
) -> float | None:
    """An engagement rate as a fraction, told by what likes and comments say of it.

    None where they are not known, or where neither 0.025 nor 2.5 % comes near.
    """
    numbers = (stated, likes, followers)
    if not all(_is_number(number) for number in numbers) or followers <= 0 or likes <= 0:
        return None
    expected = (likes + (comments if _is_number(comments) else 0)) / followers
    near = [
        rate
        for rate in (float(stated), float(stated) / 100)
        if expected / _NEAR <= rate <= expected * _NEAR
    ]
    return near[0] if len(near) == 1 else None


def times(shares: Mapping[str, float] | None, scale: float) -> dict[str, float] | None:
    """All of them multiplied."""
    return {name: round(share * scale, 6) for name, share in shares.items()} if shares else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
