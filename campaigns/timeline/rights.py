"""What a creator allowed, and what of it was taken back."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from campaigns.choices import RightAct
from campaigns.models import RightEvent
from crm.models import Relationship
from crm.timeline import Event, Source, Window, name_of

_KIND = "right"
_TITLES = {
    RightAct.GRANT: "Right given",
    RightAct.START: "Right started",
    RightAct.REVOKE: "Right taken back",
}


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = RightEvent.objects.filter(
        Q(right__engagement__relationship=relationship) | Q(right__asset__relationship=relationship)
    ).select_related("right__engagement__campaign", "right__deliverable", "right__asset", "actor")
    for row in window.rows(rows, at="at", person="actor"):
        right = row.right
        until = "without end" if right.is_endless else ""
        if right.ends_on:
            until = f"until {right.ends_on:%-d %B %Y}"
        yield Event(
            at=row.at,
            kind=_KIND,
            title=f"{_TITLES[RightAct(row.act)]}: {right.in_short}",
            who=name_of(row.actor),
            text=row.note if row.act == RightAct.REVOKE else until,
            number=row.pk,
            url=reverse("campaigns:right", args=[relationship.brand.slug, right.pk]),
            link="Open",
        )


SOURCE = Source(_KIND, "Rights", "key", _find)
