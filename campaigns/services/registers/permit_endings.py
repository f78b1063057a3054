"""Permits and entries in registers that end soon: told once each at 60, 30 and 7 days."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from campaigns.choices import PaperState
from campaigns.models import Permit
from campaigns.services.days import today_of
from campaigns.services.registers.due import STEPS
from crm.choices import NotificationKind
from crm.services.notifications import notify


@transaction.atomic
def tell_endings(*, at: datetime) -> int:
    """Tell whoever leads the relationship, else who wrote the paper down. How many now.

    Safe to run often, and late: only the step that a paper has reached is told.
    """
    last = at.date() + timedelta(days=STEPS[-1] + 1)
    rows = Permit.objects.in_use().filter(
        state=PaperState.HELD, valid_until__range=(at.date() - timedelta(days=1), last)
    )
    told = 0
    for permit in rows.select_related(
        "brand", "relationship__owner", "relationship__creator", "created_by"
    ).order_by("valid_until", "pk"):
        person = permit.relationship.owner or permit.created_by
        if person is None or permit.valid_until is None:
            continue
        left = (permit.valid_until - today_of(permit.brand, at)).days
        step = next((days for days in STEPS if 0 <= left <= days), None)
        if step is None:
            continue
        creator = permit.relationship.creator
        when = "today" if not left else f"in {left} day{'s'[: left != 1]}"
        notify(
            user=person,
            brand=permit.brand,
            kind=NotificationKind.CAMPAIGN,
            text=f"{creator.name}: {permit} ends {when}. Ask for the next one.",
            url=reverse("campaigns:connections", args=[permit.brand.slug, creator.uid]),
            at=at,
            key=f"permit-{permit.pk}-{permit.valid_until}-{step}",
        )
        told += 1
    return told
