"""Creators in campaigns: where each stands, how that came about, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.choices import EngagementStage
from campaigns.models.campaigns import Campaign
from crm.models import Brand, Profile, Relationship, Tier, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# The way of somebody with whom everything goes well.
PATH = (
    EngagementStage.SHORTLISTED,
    EngagementStage.VETTED,
    EngagementStage.APPROVED,
    EngagementStage.INVITED,
    EngagementStage.NEGOTIATING,
    EngagementStage.CONTRACTED,
    EngagementStage.IN_PRODUCTION,
    EngagementStage.LIVE,
    EngagementStage.COMPLETED,
)
# Ways out of a campaign: each has a reason.
LEFT = (EngagementStage.DECLINED, EngagementStage.DROPPED, EngagementStage.SUBSTITUTED)
OPEN_STAGES = PATH[:-1]
# From here on both sides are bound, and what it costs counts as spent.
BOUND = PATH[PATH.index(EngagementStage.CONTRACTED) :]


def tier_name() -> Coalesce:
    """What the brand's scheme calls the tier that an engagement has from then, else its key."""
    tiers = Tier.objects.filter(
        scheme=OuterRef("campaign__brand__tier_scheme"), key=OuterRef("tier")
    )
    return Coalesce(Subquery(tiers.values("name")[:1]), F("tier"))


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Engagements in campaigns of the brands in which `user` has a role."""
        return self.filter(campaign__brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those who are neither through nor out."""
        return self.filter(stage__in=OPEN_STAGES)

    def with_creator(self) -> Self:
        """With what a row of the shortlist and a card of the board show."""
        accounts = Profile.objects.select_related("platform").order_by(
            F("followers").desc(nulls_last=True), "pk"
        )
        return self.select_related(
            "campaign", "relationship__creator__metrics", "owner"
        ).prefetch_related(models.Prefetch("relationship__creator__profiles", queryset=accounts))


class Engagement(models.Model):
    """A creator in a campaign: once. The relationship's own stage is another matter."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, related_name="engagements"
    )
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(
        max_length=20, choices=EngagementStage.choices, default=EngagementStage.SHORTLISTED
    )
    stage_since = models.DateTimeField(default=timezone.now)
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    next_step = models.CharField(max_length=200, blank=True, default="")
    next_step_on = models.DateField(null=True, blank=True)
    # What the budget is cut by: the tier when the creator was put on the list, and the segment
    # that they were taken from (an app above this one); empty: not known, by hand.
    tier = models.CharField(max_length=40, blank=True, default="")
    segment = models.CharField(max_length=60, blank=True, default="")
    # In the campaign's currency; null: nobody said.
    planned_cost = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    agreed_cost = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    # Who went out for this one. That nobody is replaced twice, or by themselves, the service sees
    # to: a constraint would stand in the way of a merge of two creators.
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaced_by"
    )
    # Raised with each change: a move from an old card is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "-stage_since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "relationship"], name="campaigns_engagement_once"
            ),
            models.CheckConstraint(
                name="campaigns_engagement_stage_valid",
                condition=Q(stage__in=EngagementStage.values),
            ),
            models.CheckConstraint(
                name="campaigns_engagement_costs",
                condition=(Q(planned_cost=None) | Q(planned_cost__gte=0))
                & (Q(agreed_cost=None) | Q(agreed_cost__gte=0)),
            ),
            models.CheckConstraint(
                name="campaigns_engagement_step",
                condition=Q(next_step_on=None) | ~Q(next_step=""),
            ),
        ]
        indexes = [
            # A column of the campaign's board, newest arrivals first; also the counts by stage.
            models.Index(
                fields=["campaign", "stage", "-stage_since", "-id"],
                name="campaigns_engagement_board",
            ),
            # The API's list, and the campaign's creators by when they came.
            models.Index(fields=["campaign", "id"], name="campaigns_engagement_list"),
            # My day: what stands still, of one person.
            models.Index(
                fields=["owner", "stage_since"],
                condition=Q(stage__in=[stage.value for stage in OPEN_STAGES]),
                name="campaigns_engagement_owned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.relationship_id}: {self.stage}"

    @property
    def is_open(self) -> bool:
        """Whether the creator is neither through nor out."""
        return self.stage in OPEN_STAGES


class EngagementStay(models.Model):
    """A stay in a stage of a campaign: closed-open, the open one has no end."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="stays")
    from_stage = models.CharField(
        max_length=20, choices=EngagementStage.choices, blank=True, default="", db_default=""
    )
    stage = models.CharField(max_length=20, choices=EngagementStage.choices)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Why: what vetting found, why somebody went out, why they were put on the list.
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["engagement", "-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement"], condition=Q(left_at=None), name="campaigns_one_open_stay"
            ),
            models.CheckConstraint(
                name="campaigns_stay_valid", condition=Q(stage__in=EngagementStage.values)
            ),
            models.CheckConstraint(
                name="campaigns_stay_order",
                condition=Q(left_at=None) | Q(left_at__gte=F("entered_at")),
            ),
            # Nobody leaves without a word.
            models.CheckConstraint(
                name="campaigns_stay_reasoned", condition=~Q(stage__in=LEFT) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage or 'new'} to {self.stage}"
