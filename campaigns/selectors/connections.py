"""What ties creators to a brand: offers, contracts, gifts, costs, events, and what people wrote.

Nothing is copied: what the product knows is read where it stands. Only what somebody found out is
a row of its own (ConnectionEntry).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from campaigns.choices import TieEntry
from campaigns.disclosure.case import Connection
from campaigns.models import ConnectionEntry
from campaigns.selectors.event_ties import invitations
from campaigns.selectors.given import Given, contracts, costs, gifts, offers
from crm.models import Brand, Relationship

# After so long nobody knows any more whether there is still none.
LOOKED_FOR = timedelta(days=365)


@dataclass(frozen=True)
class Ledger:
    """All ties of one creator on a day, the newest first, and the last look that found none."""

    ties: tuple[Given, ...]
    none_noted: ConnectionEntry | None

    @property
    def ours(self) -> tuple[Given, ...]:
        """Those to the brand: what others gave is worth knowing, and ties nobody to it."""
        return tuple(tie for tie in self.ties if tie.connection.advertiser is None)

    def connections(self, on: date) -> tuple[Connection, ...] | None:
        """As the engine takes them: None where nobody looked and nothing is on file."""
        found = tuple(tie.connection for tie in self.ours if not tie.ended(on))
        if found:
            return found
        looked = self.none_noted and self.none_noted.on
        return () if looked and on - LOOKED_FOR <= looked <= on else None


def ledgers(brand: Brand, relationships: Collection[int], on: date) -> Mapping[int, Ledger]:
    """The ledger of each of these creators on a day: six queries, however many they are."""
    ties: dict[int, list[Given]] = defaultdict(list)
    agreed = list(contracts(brand, relationships, on))
    for tie in agreed:
        ties[tie.relationship].append(tie)
    covered = {tie.engagement for tie in agreed if tie.engagement is not None}
    sent = list(gifts(brand, relationships, on))
    promised = list(offers(brand, relationships, on, agreed=agreed, sent=sent))
    covered |= {tie.engagement for tie in promised if tie.engagement is not None}
    asked = invitations(brand, relationships, on, promised=promised)
    for tie in (*promised, *sent, *costs(brand, relationships, covered=covered), *asked):
        ties[tie.relationship].append(tie)
    noted: dict[int, ConnectionEntry] = {}
    for row in _entries(relationships, on):
        if row.entry == TieEntry.NONE:
            noted.setdefault(row.relationship_id, row)
        else:
            ties[row.relationship_id].append(_of_entry(row))
    return {pk: Ledger(tuple(_newest_first(ties[pk])), noted.get(pk)) for pk in relationships}


def connections(relationship: Relationship, on: date) -> tuple[Connection, ...] | None:
    """What ties a creator to the brand on a day: what disclosure has to be checked against.

    None: nobody looked, and nothing is on file. Empty: somebody looked within the last year, and
    there is none. How long a connection has to be disclosed is the rule packs' to say: only what
    somebody ended, and what came back, is left out.
    """
    return ledgers(relationship.brand, [relationship.pk], on)[relationship.pk].connections(on)


def _entries(relationships: Collection[int], on: date) -> Iterator[ConnectionEntry]:
    rows = ConnectionEntry.objects.filter(
        Q(on=None) | Q(on__lte=on), relationship__in=relationships
    )
    yield from rows.standing().select_related("created_by", "replaces").order_by("-on", "-pk")


def _of_entry(row: ConnectionEntry) -> Given:
    return Given(
        relationship=row.relationship_id,
        connection=Connection(
            row.kind,
            row.value,
            row.currency or None,
            row.on,
            aim=row.aim or None,
            advertiser=row.advertiser or None,
            influence=row.influence,
            written_contract=row.written_contract,
        ),
        title=row.get_kind_display(),
        from_where="Written down",
        url="",
        ended_on=row.ended_on,
        entry=row,
    )


def _newest_first(ties: list[Given]) -> list[Given]:
    return sorted(ties, key=lambda tie: (tie.connection.on or date.min, tie.title), reverse=True)
