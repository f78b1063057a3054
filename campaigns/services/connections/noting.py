"""Rows of the ledger of connections: added, replaced with a reason, taken back; never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from campaigns.choices import TieEntry
from campaigns.disclosure.vocabulary import CONNECTION_KINDS
from campaigns.models import ConnectionEntry
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.registers import checking
from campaigns.services.registers.looking import look
from crm import audit
from crm.models import Brand, Relationship, User

ROWS_MAX = 2_000


@dataclass(frozen=True)
class Tie:
    """A connection as somebody found it out."""

    kind: str
    source: str
    value: Decimal | None = None
    currency: str = ""
    on: date | None = None
    ended_on: date | None = None
    aim: str = ""
    advertiser: str = ""
    influence: bool | None = None
    written_contract: bool | None = None
    evidence: str = ""


@transaction.atomic
def note(*, relationship: Relationship, tie: Tie, actor: User, at: datetime) -> ConnectionEntry:
    """Write a connection down. Raises CampaignRefused."""
    row = _row(relationship, tie, actor, at)
    return _add(row, relationship, actor, at, "noted")


@transaction.atomic
def note_none(
    *, relationship: Relationship, on: date, source: str, actor: User, at: datetime
) -> ConnectionEntry:
    """Write down that somebody looked on a day and found no connection. Raises CampaignRefused."""
    row = ConnectionEntry(
        relationship=relationship,
        entry=TieEntry.NONE,
        on=checking.day(on, "on", until=today_of(relationship.brand, at)),
        source=checking.line(source, "source", 500, "Say where you looked, and whom you asked."),
        created_by=actor,
        created_at=at,
    )
    return _add(row, relationship, actor, at, "none_noted")


@transaction.atomic
def replace(
    *, entry_id: int, brand: Brand, tie: Tie, reason: str, actor: User, at: datetime
) -> ConnectionEntry:
    """Put another row in the place of one: it ended, or was wrong.

    Raises CampaignRefused, ConnectionEntry.DoesNotExist.
    """
    old = _standing(entry_id, brand)
    if old.entry != TieEntry.TIE:
        raise CampaignRefused("That there is none can only be taken back, not changed.")
    row = _row(old.relationship, tie, actor, at)
    row.replaces = old
    row.reason = checking.line(reason, "reason", 500, "Say what was wrong, or how it ended.")
    return _add(row, old.relationship, actor, at, "replaced")


@transaction.atomic
def take_back(
    *, entry_id: int, brand: Brand, reason: str, actor: User, at: datetime
) -> ConnectionEntry:
    """A row should not have been written. Raises as `replace`."""
    old = _standing(entry_id, brand)
    row = ConnectionEntry(
        relationship=old.relationship,
        entry=TieEntry.WITHDRAWN,
        source=old.source,
        replaces=old,
        reason=checking.line(reason, "reason", 500, "Say why it should not stand."),
        created_by=actor,
        created_at=at,
    )
    return _add(row, old.relationship, actor, at, "taken_back")


def _standing(entry_id: int, brand: Brand) -> ConnectionEntry:
    rows = ConnectionEntry.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "relationship__brand", "relationship__creator"
    )
    found = rows.get(pk=entry_id, relationship__brand=brand)
    is_over = ConnectionEntry.objects.filter(replaces=found).exists()
    if is_over or found.entry == TieEntry.WITHDRAWN:
        raise CampaignRefused(
            "Somebody put another row in the place of this one since you loaded the page.",
            code="outdated",
        )
    return found


def _row(relationship: Relationship, tie: Tie, actor: User, at: datetime) -> ConnectionEntry:
    if tie.kind not in CONNECTION_KINDS:
        raise CampaignRefused("Choose what it is.", field="kind")
    today = today_of(relationship.brand, at)
    on, ended_on = checking.day(tie.on, "on", until=today), checking.day(tie.ended_on, "ended_on")
    checking.in_order(on, ended_on, "ended_on")
    advertiser = checking.line(tie.advertiser, "advertiser", 120)
    if advertiser.casefold() == relationship.brand.name.casefold():
        advertiser = ""
    return ConnectionEntry(
        relationship=relationship,
        entry=TieEntry.TIE,
        kind=tie.kind,
        value=tie.value,
        currency=checking.amount(tie.value, tie.currency),
        on=on,
        ended_on=ended_on,
        aim=checking.line(tie.aim, "aim", 120),
        advertiser=advertiser,
        influence=tie.influence,
        written_contract=tie.written_contract,
        source=checking.line(
            tie.source, "source", 500, "Say how you know: a mail, a post, who said so."
        ),
        evidence=checking.line(tie.evidence, "evidence", 500),
        created_by=actor,
        created_at=at,
    )


def _add(
    row: ConnectionEntry, relationship: Relationship, actor: User, at: datetime, verb: str
) -> ConnectionEntry:
    if ConnectionEntry.objects.filter(relationship=relationship).count() >= ROWS_MAX:
        raise CampaignRefused(f"{ROWS_MAX:,} rows are the most for one creator.", code="too_many")
    row.save(force_insert=True)
    look(brand=relationship.brand, relationships=[relationship], at=at)
    audit.record(
        brand=relationship.brand,
        verb=f"campaigns.connection.{verb}",
        target=row,
        actor=actor,
        at=at,
        data={
            "relationship": relationship.pk,
            "kind": row.kind,
            "on": row.on,
            "replaces": row.replaces_id,
        },
        label=relationship.creator.name,
    )
    return row
