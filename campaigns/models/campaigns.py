"""What a brand wants to reach together with creators, until when, and for how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import BudgetKind, CampaignStatus, CampaignTrigger, UseCase
from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Words that are pages of their own below a brand's campaigns.
RESERVED = ("new", "calendar", "competitors", "export")
OPEN_CAMPAIGNS = (CampaignStatus.DRAFT, CampaignStatus.ACTIVE)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Campaigns of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those that are planned or under way."""
        return self.filter(status__in=OPEN_CAMPAIGNS)

    def in_use(self) -> Self:
        """Those that nobody put away."""
        return self.filter(archived_at=None)


class Campaign(models.Model):
    """One piece of work with creators. What it is for can be measured, or it cannot be saved."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.SlugField(max_length=60, db_index=False)
    name = models.CharField(max_length=120)
    use_case = models.CharField(max_length=20, choices=UseCase.choices)
    trigger = models.CharField(max_length=20, choices=CampaignTrigger.choices)
    # What set it off, in words.
    occasion = models.CharField(max_length=500, blank=True, default="")

    # What it is to reach: a metric of campaigns/objectives.py, how much, and by when.
    objective = models.CharField(max_length=40)
    target = models.DecimalField(max_digits=16, decimal_places=4)
    target_on = models.DateField()
    # What came of it, as far as somebody said so; null: nobody knows yet.
    reached = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)

    audience = models.CharField(max_length=500, blank=True, default="")
    # Keys of the packs of campaigns/disclosure, and of crm.Platform.
    jurisdictions = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    platforms = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    # What the creators are exclusive for: compared with what they promised elsewhere.
    category = models.CharField(max_length=120, blank=True, default="")
    # Which of the packs' sensitive goods it is about (alcohol, gambling ...).
    goods = ArrayField(models.CharField(max_length=40), default=list, blank=True, db_default=[])

    # The brand's days: the first publication, and the last.
    starts_on = models.DateField()
    ends_on = models.DateField()
    # Nothing may be published before.
    embargo_until = models.DateTimeField(null=True, blank=True)

    # null: nobody said.
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    # ISO 4217, of the budget and of what each creator costs.
    currency = models.CharField(max_length=3)
    wanted_creators = models.PositiveIntegerField(null=True, blank=True)

    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    status = models.CharField(
        max_length=10, choices=CampaignStatus.choices, default=CampaignStatus.DRAFT
    )
    status_since = models.DateTimeField(default=timezone.now)
    # What the next one should know: asked for when it is completed.
    lessons = models.TextField(max_length=10_000, blank=True, default="")
    cloned_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Put away: it is in no list any more, but in every history.
    archived_at = models.DateTimeField(null=True, blank=True)
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "key"], name="campaigns_campaign_once"),
            models.CheckConstraint(name="campaigns_campaign_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="campaigns_campaign_key_free", condition=~Q(key__in=RESERVED)
            ),
            models.CheckConstraint(
                name="campaigns_campaign_choices_valid",
                condition=Q(
                    use_case__in=UseCase.values,
                    trigger__in=CampaignTrigger.values,
                    status__in=CampaignStatus.values,
                ),
            ),
            models.CheckConstraint(
                name="campaigns_campaign_objective",
                condition=~Q(objective="")
                & Q(target__gt=0)
                & (Q(reached=None) | Q(reached__gte=0)),
            ),
            models.CheckConstraint(
                name="campaigns_campaign_days", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="campaigns_campaign_money",
                condition=Q(currency__regex="^[A-Z]{3}$") & (Q(budget=None) | Q(budget__gt=0)),
            ),
            models.CheckConstraint(
                name="campaigns_campaign_wanted",
                condition=Q(wanted_creators=None) | Q(wanted_creators__gt=0),
            ),
            # What is completed has told what it taught.
            models.CheckConstraint(
                name="campaigns_campaign_lessons",
                condition=~Q(status=CampaignStatus.COMPLETED) | ~Q(lessons=""),
            ),
        ]
        indexes = [
            # The list, the newest start first.
            models.Index(fields=["brand", "-starts_on", "-id"], name="campaigns_campaign_list"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it is planned or under way."""
        return self.status in OPEN_CAMPAIGNS


class BudgetLine(models.Model):
    """A part of a campaign's budget: for a tier or for a segment."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, related_name="budget_lines"
    )
    kind = models.CharField(max_length=7, choices=BudgetKind.choices)
    # Of the tier in the brand's scheme, or of the segment: an app above this one.
    key = models.SlugField(max_length=60, db_index=False)
    name = models.CharField(max_length=120)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    # null: nobody said how many.
    creators = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["campaign", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind", "key"], name="campaigns_budget_line_once"
            ),
            models.CheckConstraint(
                name="campaigns_budget_line_valid",
                condition=Q(kind__in=BudgetKind.values, amount__gt=0) & ~Q(key="") & ~Q(name=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.amount}"


class Deadline(models.Model):
    """A step of a campaign and the brand's day by which it is to be done."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, related_name="deadlines"
    )
    title = models.CharField(max_length=200)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["campaign", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(name="campaigns_deadline_titled", condition=~Q(title="")),
        ]
        indexes = [
            # The campaign page in order.
            models.Index(fields=["campaign", "due_on", "id"], name="campaigns_deadline_order"),
            # My day and calendars: what is open.
            models.Index(
                fields=["due_on"],
                condition=Q(done_at=None),
                name="campaigns_deadline_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Competitor(models.Model):
    """Whom a brand competes with, and the names by which creators' posts mention them."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    name = models.CharField(max_length=120)
    # In small letters, without @ and #.
    handles = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["brand", "name"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "name"], name="campaigns_competitor_once"),
            models.CheckConstraint(
                name="campaigns_competitor_valid", condition=~Q(name="") & ~Q(handles__len=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name
