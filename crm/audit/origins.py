"""Entries that were written in another installation: the numbers that rows had there.

A brand that is taken along (docs/round-trip.md) keeps its ledger word for word, hashes included.
Rows may have other numbers here, so what is hashed is said in the numbers of there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from crm.models import AuditEntry, LedgerOrigin

BRAND, USER = "crm.brand", "crm.user"


class Numbers(NamedTuple):
    """Of brand, actor and target, as the hash of an entry is taken over them."""

    brand: int
    actor: int | None
    target: int | None


class Origins:
    """Where the entries of one brand were written; of most brands: all of them here."""

    def __init__(self, origins: Sequence[LedgerOrigin] = ()) -> None:
        self._origins = sorted(origins, key=lambda origin: origin.number)
        self._ends = [origin.number for origin in self._origins]

    @classmethod
    def of_brand(cls, brand_id: int) -> Origins:
        """Those of a brand: one query."""
        return cls(list(LedgerOrigin.objects.filter(brand=brand_id)))

    def numbers(self, entry: AuditEntry) -> Numbers:
        """The numbers that `entry` was hashed with."""
        place = bisect_left(self._ends, entry.number)
        if place == len(self._ends):
            return Numbers(entry.brand_id, entry.actor_id, entry.target_id)
        origin = self._origins[place]
        return Numbers(
            there(origin, BRAND, entry.brand_id),
            None if entry.actor_id is None else there(origin, USER, entry.actor_id),
            None if entry.target_id is None else there(origin, entry.target_type, entry.target_id),
        )

    def brand_at(self, number: int, brand_id: int) -> int:
        """The number of the brand where entry `number` was written."""
        place = bisect_left(self._ends, number)
        if place == len(self._ends):
            return brand_id
        return there(self._origins[place], BRAND, brand_id)


def there(origin: LedgerOrigin, label: str, here: int) -> int:
    """The number in the other installation of a row of this kind, by its number here."""
    found = origin.keys.get(label, {}).get(str(here))
    return int(found) if found is not None else here - origin.shift
