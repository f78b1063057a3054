"""Rules that come into force or end soon, and the open campaigns that they touch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.disclosure.packs import Datum, Pack, Packs
from campaigns.models import Campaign, PackAddition
from crm.models import Brand

AHEAD = 90


@dataclass(frozen=True)
class Change:
    """One datum of a pack, or one addition of the brand, that begins or ends on a day."""

    on: date
    begins: bool
    jurisdiction: str
    name: str
    words: str
    datum: Datum | None
    addition: PackAddition | None
    campaigns: tuple[Campaign, ...]


def coming(brand: Brand, packs: Packs, on: date, *, days: int = AHEAD) -> list[Change]:
    """In the order of their days, the next `days` of them: two queries."""
    last = on + timedelta(days=days)
    campaigns = list(
        Campaign.objects.filter(brand=brand, ends_on__gte=on).open().in_use().order_by("name", "pk")
    )
    additions = PackAddition.objects.filter(brand=brand).select_related("added_by").order_by("pk")
    found = []
    for pack in packs.jurisdictions.values():
        mine = [one for one in campaigns if _is_touched(one, pack)]
        for day, begins, datum in _of_pack(pack, on, last):
            touched = tuple(one for one in mine if _runs(one, day, begins=begins))
            found.append(Change(day, begins, pack.key, pack.name, datum.note, datum, None, touched))
    for row in additions:
        known = packs.jurisdictions.get(row.jurisdiction)
        if known is None:
            continue
        mine = [one for one in campaigns if _is_touched(one, known)]
        for day, begins in _of_addition(row, on, last):
            touched = tuple(one for one in mine if _runs(one, day, begins=begins))
            found.append(Change(day, begins, known.key, known.name, str(row), None, row, touched))
    return sorted(found, key=lambda one: (one.on, one.jurisdiction, one.words))


def _of_pack(pack: Pack, on: date, last: date) -> Iterator[tuple[date, bool, Datum]]:
    seen = set()
    for datum in pack.data:
        if datum.params.get("added") or datum.key in seen:
            continue
        seen.add(datum.key)
        if datum.effective_from and on < datum.effective_from <= last:
            yield datum.effective_from, True, datum
        if datum.effective_to and on <= datum.effective_to <= last:
            yield datum.effective_to, False, datum


def _of_addition(row: PackAddition, on: date, last: date) -> Iterator[tuple[date, bool]]:
    if row.until is not None and row.until < row.starts_on:
        return
    if on < row.starts_on <= last:
        yield row.starts_on, True
    if row.until is not None and on <= row.until <= last:
        yield row.until, False


def _is_touched(campaign: Campaign, pack: Pack) -> bool:
    """A rule of the EU counts for its members as well."""
    return bool({pack.key, *pack.members} & set(campaign.jurisdictions))


def _runs(campaign: Campaign, day: date, *, begins: bool) -> bool:
    """Whether content of the campaign goes out while the rule is another than today."""
    return campaign.ends_on >= day if begins else campaign.ends_on > day
