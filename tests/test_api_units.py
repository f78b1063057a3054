"""What the API's answers promise about units: money has its currency, a moment its offset."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.schema import kept_schema

SCHEMAS: Mapping[str, Any] = kept_schema()["components"]["schemas"]
ANSWERS = {name: shape for name, shape in SCHEMAS.items() if not name.endswith("Request")}
# Decimals that are no money, and sums that are named for their currency.
NO_MONEY = {
    "percent", "score", "points", "low", "high", "euros", "amounts", "spike_deviations",
    "likes", "comments", "saves", "shares",
}  # fmt: skip


def members(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = ANSWERS[name].get("properties", {})
    return found


def sums() -> Iterator[tuple[str, str]]:
    """Each shape with a member that is an exact decimal: money, but for what is named above."""
    for name in ANSWERS:
        for member, shape in members(name).items():
            if "'decimal'" in str(shape) and member not in NO_MONEY:
                yield name, member


def refers(shape: Any) -> set[str]:
    return set(re.findall(r"#/components/schemas/(\w+)", str(shape)))


ANSWERED = {
    name
    for methods in kept_schema()["paths"].values()
    for operation in methods.values()
    for answer in operation["responses"].values()
    for name in refers(answer)
}


def has_currency(name: str) -> bool:
    """Whether the shape says the currency, or each shape that holds it does."""
    if any("currency" in member for member in members(name)):
        return True
    if name in ANSWERED:
        return False
    holders = [other for other in ANSWERS if name in refers(members(other)) and other != name]
    return bool(holders) and all(map(has_currency, holders))


def test_each_sum_of_money_has_its_currency_beside_it_or_around_it():
    found = list(sums())
    assert len(found) > 50
    assert not [f"{name}.{member}" for name, member in found if not has_currency(name)]


def test_each_moment_and_each_day_is_described_as_one():
    """Moments (RFC 3339, with their offset) end in _at, days in _on."""
    seen = 0
    for name in ANSWERS:
        for member, shape in members(name).items():
            kind = {"_at": "date-time", "_on": "date"}.get(member[-3:])
            if kind and shape.get("type") in ("string", ["string", "null"]):
                assert shape.get("format") == kind, f"{name}.{member}"
                seen += 1
    assert seen > 100
