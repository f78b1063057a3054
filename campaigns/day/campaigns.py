"""What campaigns bring to a day: steps that are due, next steps with creators, who stands still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, F, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse

from campaigns.choices import CampaignStatus, EngagementStage
from campaigns.models import Deadline, Engagement
from campaigns.models.campaigns import OPEN_CAMPAIGNS
from campaigns.models.engagements import OPEN_STAGES
from campaigns.services.plans import finish_deadline
from crm.day import DAY_AT, Asker, DayRefused, Row, Section, Source
from crm.permissions import Can

# After so many days in a stage somebody should look.
PATIENCE: Mapping[EngagementStage, int] = {
    EngagementStage.SHORTLISTED: 14,
    EngagementStage.VETTED: 7,
    EngagementStage.APPROVED: 7,
    EngagementStage.INVITED: 5,
    EngagementStage.NEGOTIATING: 10,
    EngagementStage.CONTRACTED: 14,
    EngagementStage.IN_PRODUCTION: 21,
    EngagementStage.LIVE: 45,
}


class StepsDue(Source):
    """Steps of open campaigns whose day has come. One click says that it is done."""

    key = "campaign-step"
    section = Section.CHASE
    name = "Step of a campaign"
    icon = "speakerphone"
    finished = "The step is done."
    can = can_finish = Can.PLAN_CAMPAIGNS

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Of the campaigns that one owns, and of those that nobody does."""
        rows = Deadline.objects.filter(
            campaign__brand=asker.brand,
            campaign__status__in=OPEN_CAMPAIGNS,
            campaign__archived_at=None,
            done_at=None,
            due_on__lte=asker.today,
        ).select_related("campaign__owner")
        if not asker.is_team:
            rows = rows.filter(Q(campaign__owner=asker.user) | Q(campaign__owner=None))
        return rows.annotate(**{DAY_AT: Cast("due_on", DateTimeField())})

    def show(self, asker: Asker, rows: Sequence[Deadline]) -> list[Row]:
        """What is to be done, for which campaign."""
        found = []
        for row in rows:
            owner = row.campaign.owner
            late = (asker.today - row.due_on).days
            words = "due today" if not late else f"{late:,} day{'s'[: late != 1]} late"
            found.append(
                Row(
                    pk=row.pk,
                    title=row.title,
                    url=reverse("campaigns:campaign", args=[asker.brand.slug, row.campaign.key]),
                    about=row.campaign.name,
                    why=words,
                    since=getattr(row, DAY_AT),
                    is_late=late > 0,
                    who=owner.display_name if owner else "nobody",
                    done="Done",
                )
            )
        return found

    def finish(
        self, asker: Asker, pk: int, *, version: int | None, asked: Mapping[str, Any]
    ) -> Any:
        """It is done."""
        if Deadline.objects.filter(pk=pk, done_at__isnull=False).exists():
            raise DayRefused("Somebody did it already.")
        finish_deadline(
            deadline_id=pk, brand=asker.brand, is_done=True, actor=asker.user, at=asker.at
        )
        return None

    def undo(self, asker: Asker, pk: int, state: Any) -> None:
        """It is not, after all."""
        finish_deadline(
            deadline_id=pk, brand=asker.brand, is_done=False, actor=asker.user, at=asker.at
        )


class _Creators(Source):
    """Creators in active campaigns."""

    icon = "speakerphone"
    can = Can.RUN_CAMPAIGNS

    def _mine(self, asker: Asker) -> QuerySet[Engagement]:
        rows = Engagement.objects.filter(
            campaign__brand=asker.brand,
            campaign__status=CampaignStatus.ACTIVE,
            stage__in=OPEN_STAGES,
        ).select_related("campaign", "relationship__creator", "owner")
        return rows if asker.is_team else rows.filter(owner=asker.user)

    def _row(self, asker: Asker, row: Engagement, why: str, *, is_late: bool) -> Row:
        return Row(
            pk=row.pk,
            title=row.relationship.creator.name,
            url=reverse("campaigns:engagement", args=[asker.brand.slug, row.campaign.key, row.pk]),
            about=row.campaign.name,
            why=why,
            since=getattr(row, DAY_AT),
            is_late=is_late,
            who=row.owner.display_name if row.owner else "nobody",
        )


class NextSteps(_Creators):
    """What one planned to do with a creator of a campaign by today."""

    key = "campaign-next-step"
    section = Section.CHASE
    name = "Next step in a campaign"

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """By their day."""
        rows = self._mine(asker).filter(next_step_on__lte=asker.today)
        return rows.annotate(**{DAY_AT: Cast("next_step_on", DateTimeField())})

    def show(self, asker: Asker, rows: Sequence[Engagement]) -> list[Row]:
        """What was planned."""
        return [
            self._row(
                asker,
                row,
                row.next_step,
                is_late=row.next_step_on is not None and row.next_step_on < asker.today,
            )
            for row in rows
        ]


class StandingStill(_Creators):
    """Creators who are longer in a stage of an active campaign than is good for it."""

    key = "campaign-stalled"
    section = Section.UNBLOCK
    name = "Stands still in a campaign"

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """By stage; who has a next step to come is not stuck."""
        late = Q()
        for stage, days in PATIENCE.items():
            late |= Q(stage=stage, stage_since__lt=asker.at - timedelta(days=days))
        planned = Q(next_step_on__isnull=False)
        rows = self._mine(asker).filter(late).exclude(planned)
        return rows.annotate(**{DAY_AT: F("stage_since")})

    def show(self, asker: Asker, rows: Sequence[Engagement]) -> list[Row]:
        """Where, and for how long."""
        return [
            self._row(
                asker,
                row,
                f"{row.get_stage_display().lower()} for {(asker.at - row.stage_since).days} days; "
                f"{PATIENCE[EngagementStage(row.stage)]} are usual",
                is_late=False,
            )
            for row in rows
        ]


SOURCES = (StepsDue(), NextSteps(), StandingStill())
