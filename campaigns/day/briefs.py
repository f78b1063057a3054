"""What briefs and policies bring to a day: to decide, to chase, to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from campaigns.choices import BriefGate, BriefState, CampaignStatus
from campaigns.models import (
    BriefAcceptance,
    BriefDecision,
    BriefVersion,
    Engagement,
    PolicyVersion,
)
from campaigns.selectors.briefs import BRIEFED
from campaigns.selectors.policies import unread_by
from crm.day import DAY_AT, Asker, PutAside, Row, Section, Source
from crm.permissions import Can

# So long a creator may take to accept the brief before anybody asks.
PATIENCE = timedelta(days=2)


class _BriefsToDecide(Source):
    """Versions that wait at a gate."""

    section = Section.DECIDE
    name = "Brief"
    icon = "checklist"
    gate: BriefGate

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Those nobody said yes to for this gate since they were submitted."""
        given = BriefDecision.objects.filter(
            version=OuterRef("pk"),
            gate=self.gate,
            is_yes=True,
            at__gte=OuterRef("submitted_at"),
            digest=OuterRef("digest"),
        )
        return (
            BriefVersion.objects.filter(
                ~Exists(given), brief__campaign__brand=asker.brand, state=BriefState.SUBMITTED
            )
            .select_related("brief__campaign", "author")
            .annotate(**{DAY_AT: F("submitted_at")})
        )

    def show(self, asker: Asker, rows: Sequence[BriefVersion]) -> list[Row]:
        """It takes a look to decide."""
        return [
            Row(
                pk=row.pk,
                title=f"{row.brief}, version {row.number}",
                url=reverse(
                    "campaigns:brief",
                    args=[asker.brand.slug, row.brief.campaign.key, row.brief_id],
                ),
                about=row.brief.campaign.name,
                why="waits for a yes or a no"
                + (f", written by {row.author.display_name}" if row.author else ""),
                since=getattr(row, DAY_AT),
            )
            for row in rows
        ]


class BriefsForBrand(_BriefsToDecide):
    """For the brand: not one's own, unless it is the team's day."""

    key = "brief-approve"
    can = Can.PLAN_CAMPAIGNS
    gate = BriefGate.BRAND

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """What others wrote."""
        rows = super().rows(asker)
        return rows if asker.is_team else rows.exclude(author=asker.user)


class BriefsForLegal(_BriefsToDecide):
    """For legal: where claims rest on evidence, or a crisis is spoken about."""

    key = "brief-clear"
    can = Can.CLEAR_LEGAL
    gate = BriefGate.LEGAL

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Those that need it."""
        return super().rows(asker).filter(needs_legal=True)


class BriefsNotAccepted(PutAside):
    """Creators of active campaigns who have not accepted the brief that holds for them."""

    key = "brief-missing"
    section = Section.CHASE
    name = "Brief not accepted"
    icon = "checklist"
    can = Can.RUN_CAMPAIGNS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Since the version holds; of the creators whom one leads."""
        approved = BriefVersion.objects.filter(
            brief__campaign=OuterRef("campaign"), state=BriefState.APPROVED
        )
        own = approved.filter(brief__segment=OuterRef("segment"))
        general = approved.filter(brief__segment="")
        held = Engagement.objects.filter(
            campaign__brand=asker.brand,
            campaign__status=CampaignStatus.ACTIVE,
            stage__in=BRIEFED,
        ).annotate(
            held=Coalesce(Subquery(own.values("pk")[:1]), Subquery(general.values("pk")[:1])),
            number=Coalesce(
                Subquery(own.values("number")[:1]), Subquery(general.values("number")[:1])
            ),
            **{
                DAY_AT: Coalesce(
                    Subquery(own.values("approved_at")[:1]),
                    Subquery(general.values("approved_at")[:1]),
                )
            },
        )
        given = BriefAcceptance.objects.filter(engagement=OuterRef("pk"), version=OuterRef("held"))
        rows = held.filter(
            ~Exists(given),
            held__isnull=False,
            stage_since__lte=asker.at - PATIENCE,
            **{f"{DAY_AT}__lte": asker.at - PATIENCE},
        ).select_related("campaign", "relationship__creator", "owner")
        return rows if asker.is_team else rows.filter(owner=asker.user)

    def show(self, asker: Asker, rows: Sequence[Any]) -> list[Row]:
        """Whom to remind, of which version."""
        return [
            Row(
                pk=row.pk,
                title=row.relationship.creator.name,
                url=reverse("campaigns:briefs", args=[asker.brand.slug, row.campaign.key]),
                about=row.campaign.name,
                why=f"has not accepted version {row.number} of the brief",
                since=getattr(row, DAY_AT),
                who=row.owner.display_name if row.owner else "nobody",
                done="Put aside",
            )
            for row in rows
        ]


class PoliciesToRead(Source):
    """Policies that one is asked to read and accept."""

    key = "policy-read"
    section = Section.DECIDE
    name = "Policy to read"
    icon = "checkbox"

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Since they were published."""
        return unread_by(asker.user, asker.brand).annotate(**{DAY_AT: F("published_at")})

    def show(self, asker: Asker, rows: Sequence[PolicyVersion]) -> list[Row]:
        """A click away."""
        return [
            Row(
                pk=row.pk,
                title=row.policy.title,
                url=reverse("campaigns:policy", args=[asker.brand.slug, row.policy_id]),
                why=f"read version {row.number} and accept it",
                since=getattr(row, DAY_AT),
            )
            for row in rows
        ]


SOURCES = (BriefsForBrand(), BriefsForLegal(), BriefsNotAccepted(), PoliciesToRead())
