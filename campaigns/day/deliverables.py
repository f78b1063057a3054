"""What pieces of content bring to a day: drafts to be decided, drafts that do not come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import DateTimeField, F, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse

from campaigns.choices import DeliverableState
from campaigns.models import Deliverable, GateTurn
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.selectors.deliverables import for_person, queue
from campaigns.services.deliverables import gates, hours
from crm.day import DAY_AT, Asker, Row, Section, Source
from crm.permissions import Can


class DraftsToDecide(Source):
    """Drafts whose gate is this person's turn."""

    key = "draft-decision"
    section = Section.DECIDE
    name = "Draft at a gate"
    icon = "checklist"

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """By when a decision is due."""
        rows = queue(asker.brand)
        if not asker.is_team:
            rows = for_person(rows, asker.user, asker.role, asker.brand, asker.today)
        return rows.annotate(**{DAY_AT: F("due_at")})

    def show(self, asker: Asker, rows: Sequence[GateTurn]) -> list[Row]:
        """Which piece, whose, and how long there is."""
        week = gates.week_of(asker.brand)
        found = []
        for turn in rows:
            piece, due = turn.draft.deliverable, getattr(turn, DAY_AT)
            owner = piece.engagement.owner
            found.append(
                Row(
                    pk=turn.pk,
                    title=piece.title,
                    url=reverse("campaigns:deliverable", args=[asker.brand.slug, piece.pk]),
                    about=f"{piece.engagement.relationship.creator.name}, "
                    f"{piece.engagement.campaign.name}",
                    why=f"{turn.get_gate_display()}: {hours.words(asker.at, due, week)}",
                    since=due,
                    is_late=due <= asker.at,
                    who=owner.display_name if owner else "nobody",
                )
            )
        return found


class DraftsMissing(Source):
    """Drafts whose day has come and that nobody handed in."""

    key = "draft-missing"
    section = Section.CHASE
    name = "Draft due"
    icon = "clock"
    can = Can.RUN_CAMPAIGNS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Of the creators that one leads, and of those that nobody does."""
        rows = Deliverable.objects.filter(
            engagement__campaign__brand=asker.brand,
            engagement__campaign__status__in=OPEN_CAMPAIGNS,
            state=DeliverableState.PLANNED,
            draft_due_on__lte=asker.today,
        ).select_related(
            "engagement__campaign", "engagement__relationship__creator", "engagement__owner"
        )
        if not asker.is_team:
            rows = rows.filter(Q(engagement__owner=asker.user) | Q(engagement__owner=None))
        return rows.annotate(**{DAY_AT: Cast("draft_due_on", DateTimeField())})

    def show(self, asker: Asker, rows: Sequence[Deliverable]) -> list[Row]:
        """Which piece, and how late it is."""
        found = []
        for piece in rows:
            late = (asker.today - piece.draft_due_on).days if piece.draft_due_on else 0
            owner = piece.engagement.owner
            found.append(
                Row(
                    pk=piece.pk,
                    title=piece.title,
                    url=reverse("campaigns:deliverable", args=[asker.brand.slug, piece.pk]),
                    about=f"{piece.engagement.relationship.creator.name}, "
                    f"{piece.engagement.campaign.name}",
                    why=f"no draft yet, {late:,} day{'s'[: late != 1]} late"
                    if late
                    else "the draft is due today",
                    since=getattr(piece, DAY_AT),
                    is_late=late > 0,
                    who=owner.display_name if owner else "nobody",
                )
            )
        return found


SOURCES = (DraftsToDecide(), DraftsMissing())
