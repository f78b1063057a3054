"""What events bring to a day: answers that are due, and places that are held too long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Min, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse

from campaigns.choices import InvitationState
from campaigns.models import Event
from crm.day import DAY_AT, Asker, Row, Section, Source
from crm.permissions import Can

# So long before the last day to answer people are reminded, and so long a place may be held.
SOON = timedelta(days=2)
HELD = timedelta(days=2)
_INVITED = Q(invitations__state=InvitationState.INVITED)
_OFFERED = Q(invitations__state=InvitationState.OFFERED)


class _Events(Source):
    """Of campaigns that one owns, or that nobody does."""

    section = Section.CHASE
    icon = "calendar"
    can = Can.RUN_CAMPAIGNS

    def _mine(self, asker: Asker) -> QuerySet[Event]:
        rows = (
            Event.objects.planned()
            .filter(campaign__brand=asker.brand, ends_at__gt=asker.at)
            .select_related("campaign__owner")
        )
        if asker.is_team:
            return rows
        return rows.filter(Q(campaign__owner=asker.user) | Q(campaign__owner=None))

    def _row(self, asker: Asker, row: Event, why: str, *, is_late: bool) -> Row:
        owner = row.campaign.owner
        return Row(
            pk=row.pk,
            title=row.name,
            url=reverse("campaigns:event", args=[asker.brand.slug, row.campaign.key, row.pk]),
            about=row.campaign.name,
            why=why,
            since=getattr(row, DAY_AT),
            is_late=is_late,
            who=owner.display_name if owner else "nobody",
        )


class AnswersDue(_Events):
    """The last day to answer comes or has passed, and somebody has not."""

    key = "event-answers"
    name = "Answers to an invitation"

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """With how many are missing."""
        return (
            self._mine(asker)
            .filter(answer_by__lte=asker.today + SOON)
            .annotate(
                missing=Count("invitations", filter=_INVITED),
                **{DAY_AT: Cast("answer_by", DateTimeField())},
            )
            .filter(missing__gt=0)
        )

    def show(self, asker: Asker, rows: Sequence[Any]) -> list[Row]:
        """How many, by when."""
        found = []
        for row in rows:
            late = (asker.today - row.answer_by).days
            when = f"was due {row.answer_by:%-d %B}" if late > 0 else f"due {row.answer_by:%-d %B}"
            people = "1 creator has" if row.missing == 1 else f"{row.missing:,} creators have"
            words = f"{people} not answered, {when}"
            found.append(self._row(asker, row, words, is_late=late > 0))
        return found


class PlacesHeld(_Events):
    """A free place is held for somebody who does not answer, while others may wait for it."""

    key = "event-held"
    name = "Place held at an event"

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Since the longest of them."""
        return (
            self._mine(asker)
            .annotate(
                held=Count("invitations", filter=_OFFERED),
                **{DAY_AT: Min("invitations__state_since", filter=_OFFERED)},
            )
            .filter(held__gt=0, **{f"{DAY_AT}__lte": asker.at - HELD})
        )

    def show(self, asker: Asker, rows: Sequence[Any]) -> list[Row]:
        """Ask them, or pass the place on."""
        return [
            self._row(
                asker,
                row,
                f"{row.held:,} place{'s'[: row.held != 1]} held for who was offered one: ask, or "
                "pass it on",
                is_late=False,
            )
            for row in rows
        ]


SOURCES = (AnswersDue(), PlacesHeld())
