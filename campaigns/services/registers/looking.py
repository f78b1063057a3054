"""The look at creators for what the rules ask beside the label: contracts, registers, permits.

Each finding is kept as an alert until it is no longer so; what somebody set aside stays aside,
unless it gets worse.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from campaigns.choices import AlertLevel, AlertState
from campaigns.models import RuleAlert
from campaigns.selectors.connections import ledgers
from campaigns.selectors.markets import business_with, markets, these
from campaigns.selectors.packs import packs_for
from campaigns.selectors.rule_view import rule_views
from campaigns.services.days import today_of
from campaigns.services.registers.due import Due, due_of
from crm.choices import NotificationKind
from crm.models import Brand, Relationship
from crm.services.notifications import notify

# Creators at a time: what is known of them is held at once.
BATCH = 500


def look_at_all(*, at: datetime) -> int:
    """Look at every creator with whom any brand has dealings; how many alerts changed."""
    changed = 0
    for brand in Brand.objects.order_by("pk"):
        numbers = list(business_with(brand).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(numbers), BATCH):
            some = list(these(brand, numbers[start : start + BATCH]))
            changed += look(brand=brand, relationships=some, at=at)
    return changed


@transaction.atomic
def look(*, brand: Brand, relationships: Collection[Relationship], at: datetime) -> int:
    """Open, change and resolve the alerts of these creators; how many. Safe to run often."""
    on = today_of(brand, at)
    packs = packs_for(brand, on)
    views = rule_views(relationships, on)
    concerned = markets(views)
    books = ledgers(brand, list(views), on)
    # In one order: two looks at the same creators wait for each other.
    rows = (
        RuleAlert.objects.filter(relationship__in=views)
        .order_by("pk")
        .select_for_update(no_key=True)
    )
    known = {(row.relationship_id, row.rule, row.subject): row for row in rows}
    changed = 0
    for relationship in relationships:
        pk = relationship.pk
        ties = [tie.connection for tie in books[pk].ours]
        found = due_of(views[pk], ties, concerned[pk], packs=packs, on=on)
        # The same paper may have been written down twice.
        for due in {(one.rule, one.subject): one for one in found}.values():
            row = known.pop((pk, due.rule, due.subject), None)
            changed += _keep(row, relationship, due, at)
    for row in known.values():
        if row.state != AlertState.RESOLVED:
            _save(row, at, state=AlertState.RESOLVED)
            changed += 1
    return changed


def _keep(row: RuleAlert | None, relationship: Relationship, due: Due, at: datetime) -> int:
    says: dict[str, Any] = {
        "level": due.level.value,
        "words": due.words,
        "pack_version": due.pack_version,
    }
    if row is None:
        # Somebody who writes about the same creator at the same moment may have been quicker.
        made, is_new = RuleAlert.objects.get_or_create(
            relationship=relationship,
            rule=due.rule,
            subject=due.subject,
            defaults={
                "brand_id": relationship.brand_id,
                "jurisdiction": due.jurisdiction,
                "opened_at": at,
                "changed_at": at,
            }
            | says,
        )
        if is_new:
            _tell(made, relationship, at)
        return int(is_new)
    is_worse = row.level == AlertLevel.ASK and due.level is AlertLevel.DUE
    reopens = row.state == AlertState.RESOLVED or (row.state == AlertState.ASIDE and is_worse)
    if reopens:
        says |= {"state": AlertState.OPEN.value, "reason": "", "aside_by": None, "opened_at": at}
    if all(getattr(row, name) == value for name, value in says.items()):
        return 0
    _save(row, at, **says)
    if reopens or (is_worse and row.state == AlertState.OPEN):
        _tell(row, relationship, at)
    return 1


def _save(row: RuleAlert, at: datetime, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at = at
    row.version += 1
    row.save()


def _tell(row: RuleAlert, relationship: Relationship, at: datetime) -> None:
    """Whoever leads the relationship: once for each time that it opens or gets worse."""
    if relationship.owner is None or row.level != AlertLevel.DUE:
        return
    notify(
        user=relationship.owner,
        brand=relationship.brand,
        kind=NotificationKind.CAMPAIGN,
        text=f"{relationship.creator.name}, {row.jurisdiction}: {row.words}",
        url=reverse(
            "campaigns:connections", args=[relationship.brand.slug, relationship.creator.uid]
        ),
        at=at,
        key=f"rule-alert-{row.pk}-{row.version}",
    )
